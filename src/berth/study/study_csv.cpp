#include "berth/study/study_csv.h"

#include <vector>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/plan/document_text.h"

namespace berth {
namespace {

constexpr const char* kHeader =
    "study,set,instance,seed,classes,models,pools,options,pairs,family,method,status,limit,detail,"
    "cost,"
    "lower_bound,gap_to_best,gap_proven,build_s,solve_s,to_1pct_s,root_bound,nodes\n";

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string number(const std::optional<double>& value) { return value ? shortest(*value) : ""; }

template <class Count>
std::string count(const std::optional<Count>& value) {
  return value ? std::to_string(*value) : "";
}

}  // namespace

std::string to_csv(const Study& study) {
  std::string out = kHeader;
  for (const StudyRow& row : study.rows) {
    const std::vector<std::string> fields = {std::string(to_string(study.kind)),
                                             quoted(row.set),
                                             quoted(row.instance),
                                             std::to_string(row.seed),
                                             std::to_string(row.classes),
                                             count(row.models),
                                             std::to_string(row.pools),
                                             std::to_string(row.options),
                                             std::to_string(row.pairs),
                                             quoted(row.family),
                                             quoted(row.method),
                                             row.status,
                                             quoted(row.limit),
                                             quoted(row.detail),
                                             row.cost ? exact_usd(*row.cost) : "",
                                             number(row.lower_bound),
                                             number(row.gap_to_best),
                                             number(row.gap_proven),
                                             shortest(row.build_seconds),
                                             shortest(row.solve_seconds),
                                             number(row.seconds_to_1pct),
                                             number(row.root_bound),
                                             count(row.nodes)};
    out += fmt::format("{}\n", fmt::join(fields, ","));
  }
  return out;
}

}  // namespace berth
