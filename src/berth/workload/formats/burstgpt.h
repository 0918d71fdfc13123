#pragma once
// BurstGPT, in its six- and eight-column form; no response tokens mean a failed request.

#include "berth/workload/formats/format.h"

namespace berth {

extern const TraceFormat kBurstGptFormat;

}  // namespace berth
