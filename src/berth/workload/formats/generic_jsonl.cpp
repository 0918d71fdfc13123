#include "berth/workload/formats/generic_jsonl.h"

#include "berth/workload/formats/common_names.h"

namespace berth {

const TraceFormat kGenericJsonLinesFormat{
    .name = "generic-jsonl",
    .syntax = TraceSyntax::kJsonLines,
    .shape = R"({"timestamp": t, "prompt": n, "output": n})",
    .columns = kCommonColumnNames,
    .signature = {},
};

}  // namespace berth
