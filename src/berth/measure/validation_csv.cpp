#include "berth/measure/validation_csv.h"

#include <vector>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/workload/reading/csv_line.h"

namespace berth {
namespace {

std::string number(const std::optional<double>& value) { return value ? shortest(*value) : ""; }

/// 0 stands for what is not stated.
std::string stated(double value) { return value > 0.0 ? shortest(value) : ""; }

}  // namespace

std::string to_csv(const Validation& validation) {
  std::string out =
      "file,line,source,engine,engine_family,model,gpu,precision,tp,dp,pp,batch,prompt_tokens,"
      "output_tokens,metric,unit,measured,predicted,error,derived,suspect,doubt,reason,"
      "assumption\n";
  for (const Comparison& c : validation.rows) {
    const RunSetting& s = c.setting;
    const std::vector<std::string> fields = {
        csv_field(c.row.file),
        std::to_string(c.row.line),
        csv_field(c.row.source),
        csv_field(c.row.engine),
        csv_field(c.names.engine),
        csv_field(c.model()),
        csv_field(c.gpu()),
        c.names.precision ? std::string(to_string(*c.names.precision)) : csv_field(c.row.dtype),
        stated(s.tensor_parallel),
        stated(s.data_parallel),
        stated(s.pipeline_parallel),
        stated(s.batch),
        stated(s.prompt_tokens),
        stated(s.output_tokens),
        std::string(to_string(s.metric)),
        std::string(unit_of(s.metric)),
        shortest(c.row.value),
        number(c.predicted),
        number(c.error()),
        c.row.derived ? "true" : "false",
        s.suspect() ? "true" : "false",
        csv_field(s.doubt),
        csv_field(c.reason),
        csv_field(s.assumption)};
    out += fmt::format("{}\n", fmt::join(fields, ","));
  }
  return out;
}

}  // namespace berth
