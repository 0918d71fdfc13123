#pragma once
// Any CSV whose columns are named in a common way or by --map.

#include "berth/workload/formats/format.h"

namespace berth {

extern const TraceFormat kGenericCsvFormat;

}  // namespace berth
