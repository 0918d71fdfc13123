// berth.replay/1

#include <nlohmann/json.hpp>

#include "berth/output/replay_table.h"

namespace berth {
namespace {

using ReplayJson = nlohmann::ordered_json;

ReplayJson window_json(const ReplayWindow& window) {
  return {{"cost", window.cost},
          {"switching", window.switching},
          {"gpus", window.gpus},
          {"replicas", window.replicas},
          {"started", window.started},
          {"stopped", window.stopped},
          {"broken", window.broken},
          {"unmet_share", window.unmet_share},
          {"late_share", window.late_share},
          {"planning_seconds", window.planning_s},
          {"failed", window.failed}};
}

ReplayJson policy_json(const ReplayedPolicy& policy, const ReplayResult& result) {
  const ReplaySummary sum = summarise(policy, result);
  ReplayJson json = {
      {"policy", policy.name},
      {"cost", sum.cost},
      {"switching", sum.switching},
      {"violation_rate", sum.violation_rate},
      {"unmet_share", sum.unmet_share},
      {"late_share", sum.late_share},
      {"changes", sum.changes},
      {"failed", sum.failed},
      {"planning_seconds", {{"mean", sum.planning_mean_s}, {"max", sum.planning_max_s}}},
      {"windows", ReplayJson::array()}};
  for (const ReplayWindow& window : policy.windows) json["windows"].push_back(window_json(window));
  return json;
}

}  // namespace

std::string to_json(const ReplayResult& result) {
  ReplayJson json = {{"format", "berth.replay/1"},
                     {"fleet", result.fleet},
                     {"series", result.series},
                     {"windows", result.demand.size()},
                     {"window_seconds", result.window_s},
                     {"start", result.start_s},
                     {"classes", result.classes},
                     {"missing", result.missing},
                     {"forecast", kForecastNames[static_cast<int>(result.forecast)]},
                     {"demand", result.demand},
                     {"wall_seconds", result.wall_s},
                     {"policies", ReplayJson::array()}};
  for (const ReplayedPolicy& policy : result.policies) {
    json["policies"].push_back(policy_json(policy, result));
  }
  return json.dump(1) + "\n";
}

}  // namespace berth
