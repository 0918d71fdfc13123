#include "berth/workload/formats/generic_csv.h"

#include "berth/workload/formats/common_names.h"

namespace berth {

const TraceFormat kGenericCsvFormat{
    .name = "generic-csv",
    .syntax = TraceSyntax::kCsv,
    .shape = R"(timestamp,class,prompt,output)",
    .columns = kCommonColumnNames,
    .signature = {},
};

}  // namespace berth
