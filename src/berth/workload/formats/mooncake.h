#pragma once
// Mooncake: JSON lines with times in ms and the hashes of the prompt's 512-token blocks.

#include "berth/workload/formats/format.h"

namespace berth {

extern const TraceFormat kMooncakeFormat;

}  // namespace berth
