#include "berth/workload/formats/burstgpt.h"

namespace berth {
namespace {

constexpr std::array kColumns = {
    ColumnName{TraceRole::kTimestamp, "timestamp"},
    ColumnName{TraceRole::kPrompt, "request tokens"},
    ColumnName{TraceRole::kOutput, "response tokens"},
};
constexpr std::array<std::string_view, 3> kSignature = {"timestamp", "request tokens",
                                                        "response tokens"};

}  // namespace

const TraceFormat kBurstGptFormat{
    .name = "burstgpt",
    .syntax = TraceSyntax::kCsv,
    .shape =
        "Timestamp,[Session ID,Elapsed time,]Model,Request tokens,Response tokens,Total "
        "tokens,Log Type",
    .columns = kColumns,
    .signature = kSignature,
    .unit = TimestampUnit::kSeconds,
    .zero_output_failed = true,
};

}  // namespace berth
