#include "berth/workload/formats/mooncake.h"

namespace berth {
namespace {

constexpr std::array kColumns = {
    ColumnName{TraceRole::kTimestamp, "timestamp"},
    ColumnName{TraceRole::kPrompt, "input_length"},
    ColumnName{TraceRole::kOutput, "output_length"},
    ColumnName{TraceRole::kHashIds, "hash_ids"},
};
constexpr std::array<std::string_view, 4> kSignature = {"timestamp", "input_length",
                                                        "output_length", "hash_ids"};

}  // namespace

const TraceFormat kMooncakeFormat{
    .name = "mooncake",
    .syntax = TraceSyntax::kJsonLines,
    .shape = R"({"timestamp": ms, "input_length": n, "output_length": n, "hash_ids": [...]})",
    .columns = kColumns,
    .signature = kSignature,
    .unit = TimestampUnit::kMilliseconds,
};

}  // namespace berth
