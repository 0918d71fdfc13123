#pragma once
// Azure LLM inference traces 2023 and 2024: `TIMESTAMP,ContextTokens,GeneratedTokens`.

#include "berth/workload/formats/format.h"

namespace berth {

extern const TraceFormat kAzureFormat;

}  // namespace berth
