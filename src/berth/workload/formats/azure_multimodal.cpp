#include "berth/workload/formats/azure_multimodal.h"

namespace berth {
namespace {

constexpr std::array kColumns = {
    ColumnName{TraceRole::kTimestamp, "timestamp"},
    ColumnName{TraceRole::kImages, "numimages"},
    ColumnName{TraceRole::kPrompt, "contexttokens"},
    ColumnName{TraceRole::kOutput, "generatedtokens"},
};
constexpr std::array<std::string_view, 4> kSignature = {"timestamp", "numimages", "contexttokens",
                                                        "generatedtokens"};

}  // namespace

const TraceFormat kAzureMultimodalFormat{
    .name = "azure-multimodal",
    .syntax = TraceSyntax::kCsv,
    .shape = "TIMESTAMP,NumImages,ContextTokens,GeneratedTokens",
    .columns = kColumns,
    .signature = kSignature,
};

}  // namespace berth
