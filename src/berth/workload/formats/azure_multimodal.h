#pragma once
// Azure multimodal trace 2025: as the others, with the number of images.

#include "berth/workload/formats/format.h"

namespace berth {

extern const TraceFormat kAzureMultimodalFormat;

}  // namespace berth
