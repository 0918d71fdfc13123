#pragma once
// Column names that many tools use, for the generic formats; --map overrides them.

#include <array>

#include "berth/workload/formats/format.h"

namespace berth {

inline constexpr std::array kCommonColumnNames = {
    ColumnName{TraceRole::kTimestamp, "timestamp"},
    ColumnName{TraceRole::kTimestamp, "time"},
    ColumnName{TraceRole::kTimestamp, "ts"},
    ColumnName{TraceRole::kTimestamp, "arrival_time"},
    ColumnName{TraceRole::kTimestamp, "arrived_at"},
    ColumnName{TraceRole::kTimestamp, "arrival_timestamp"},
    ColumnName{TraceRole::kPrompt, "prompt"},
    ColumnName{TraceRole::kPrompt, "prompt_tokens"},
    ColumnName{TraceRole::kPrompt, "input_tokens"},
    ColumnName{TraceRole::kPrompt, "input_length"},
    ColumnName{TraceRole::kPrompt, "prompt_length"},
    ColumnName{TraceRole::kPrompt, "num_prefill_tokens"},
    ColumnName{TraceRole::kPrompt, "contexttokens"},
    ColumnName{TraceRole::kPrompt, "request tokens"},
    ColumnName{TraceRole::kOutput, "output"},
    ColumnName{TraceRole::kOutput, "output_tokens"},
    ColumnName{TraceRole::kOutput, "completion_tokens"},
    ColumnName{TraceRole::kOutput, "output_length"},
    ColumnName{TraceRole::kOutput, "num_decode_tokens"},
    ColumnName{TraceRole::kOutput, "generatedtokens"},
    ColumnName{TraceRole::kOutput, "response tokens"},
    ColumnName{TraceRole::kLabel, "class"},
    ColumnName{TraceRole::kImages, "images"},
    ColumnName{TraceRole::kImages, "num_images"},
    ColumnName{TraceRole::kHashIds, "hash_ids"},
};

}  // namespace berth
