#include "berth/workload/formats/azure.h"

namespace berth {
namespace {

constexpr std::array kColumns = {
    ColumnName{TraceRole::kTimestamp, "timestamp"},
    ColumnName{TraceRole::kPrompt, "contexttokens"},
    ColumnName{TraceRole::kOutput, "generatedtokens"},
};
constexpr std::array<std::string_view, 3> kSignature = {"timestamp", "contexttokens",
                                                        "generatedtokens"};

}  // namespace

const TraceFormat kAzureFormat{
    .name = "azure",
    .syntax = TraceSyntax::kCsv,
    .shape = "TIMESTAMP,ContextTokens,GeneratedTokens",
    .columns = kColumns,
    .signature = kSignature,
};

}  // namespace berth
