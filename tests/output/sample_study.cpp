#include "tests/output/sample_study.h"

#include <optional>
#include <string>

namespace berth::test {
namespace {

constexpr const char* kNasty = "<b>&\"x\"</b>\x1b[31m";

StudyRow row(const std::string& set, const std::string& method, std::optional<double> cost,
             double seconds, std::size_t pairs) {
  StudyRow result;
  result.set = set;
  result.instance = set + "-s1";
  result.family = method.substr(0, method.find(' '));
  result.method = method;
  result.status = cost ? "feasible" : "infeasible";
  result.detail = cost ? "" : kNasty;
  if (cost) result.cost = CostRate::usd_per_hour(*cost);
  result.solve_seconds = seconds;
  result.options = 10;
  result.pairs = pairs;
  return result;
}

}  // namespace

Study sample_study(StudyKind kind) {
  Study study;
  study.kind = kind;
  const std::string second = kind == StudyKind::kAblation ? "gh without M1" : "milp";
  study.variants = {{"gh", "gh", "all of it", {}},
                    {second.substr(0, second.find(' ')), second, kNasty, {}}};
  study.rows = {
      row("6x6x10", "gh", 12.0, 1e-4, 400),    row("6x6x10", second, 10.0, 0.5, 400),
      row(kNasty, "gh", 30.0, 1e-3, 3000),     row(kNasty, second, std::nullopt, 9.0, 3000),
      row("20x20x20", "gh", 7.0, 1e-2, 30000), row("20x20x20", second, 7.0, 10.0, 30000)};
  study.rows[1].status = "optimal";
  study.rows[1].lower_bound = 9.99;
  study.rows[1].root_bound = 8.0;
  study.rows[5].status = "limit";
  study.rows[5].limit = "time";
  study.command = std::string("berth study ") + kNasty;
  study.version = "1.2.3";
  study.time_limit_s = 10.0;
  fill_gaps(study.rows);
  return study;
}

}  // namespace berth::test
