#pragma once
// Any JSON lines whose keys are named in a common way or by --map.

#include "berth/workload/formats/format.h"

namespace berth {

extern const TraceFormat kGenericJsonLinesFormat;

}  // namespace berth
