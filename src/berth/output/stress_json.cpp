// berth.stress/1

#include <nlohmann/json.hpp>

#include "berth/output/stress_table.h"

namespace berth {
namespace {

using StressJson = nlohmann::ordered_json;

StressJson range_json(const FactorRange& range) {
  return StressJson::array({range.low, range.high});
}

StressJson row_json(const StressRow& row) {
  return {{"scenario", row.scenario},
          {"cost", row.cost},
          {"broken", row.broken},
          {"late", row.late},
          {"poor", row.poor},
          {"unmet", row.unmet},
          {"unmet_share", row.unmet_share},
          {"late_share", row.late_share}};
}

StressJson method_json(const StressedMethod& method, std::size_t classes) {
  const StressSummary sum = summarise(method, classes);
  StressJson json = {
      {"method", method.method},
      {"headroom", method.headroom ? StressJson(*method.headroom) : StressJson(nullptr)},
      {"robust", method.robust ? StressJson(*method.robust) : StressJson(nullptr)},
      {"survive", method.survive ? StressJson(*method.survive) : StressJson(nullptr)},
      {"plan_cost", method.plan_cost.usd()},
      {"expected_cost", sum.expected_cost},
      {"p95_cost", sum.p95_cost},
      {"violation_rate", sum.violation_rate},
      {"violations",
       {{"latency", sum.latency_rate}, {"error", sum.error_rate}, {"unmet", sum.unmet_rate}}},
      {"unmet_share", sum.unmet_share},
      {"late_share", sum.late_share},
      {"rows", StressJson::array()}};
  for (const StressRow& row : method.rows) json["rows"].push_back(row_json(row));
  return json;
}

}  // namespace

std::string to_json(const StressResult& result) {
  StressJson json = {{"format", "berth.stress/1"},
                     {"fleet", result.fleet},
                     {"classes", result.classes},
                     {"scenarios", result.scenarios},
                     {"seed", result.seed},
                     {"demand", range_json(result.ranges.demand)},
                     {"delay", range_json(result.ranges.delay)},
                     {"delay_kind", kDelayKindNames[static_cast<int>(result.ranges.delay_kind)]},
                     {"error", range_json(result.ranges.error)},
                     {"shape", kScenarioShapeNames[static_cast<int>(result.ranges.shape)]},
                     {"shard", {{"index", result.shard.index}, {"count", result.shard.count}}},
                     {"wall_seconds", result.wall_s},
                     {"methods", StressJson::array()}};
  for (const StressedMethod& method : result.methods) {
    json["methods"].push_back(method_json(method, result.classes));
  }
  return json.dump(2) + "\n";
}

}  // namespace berth
