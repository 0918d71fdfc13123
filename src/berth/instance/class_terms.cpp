#include "berth/instance/class_terms.h"

#include <algorithm>

#include "berth/instance/instance.h"
#include "berth/instance/planned_for.h"
#include "berth/instance/tpot_spread.h"

namespace berth {

ClassTerms class_terms(const Fleet& fleet, const FleetClass& query_class,
                       const std::vector<std::optional<Seconds>>& targets) {
  const QueryClass& traffic = query_class.traffic;
  const ServiceLevel& slo = query_class.slo;
  ClassTerms t;
  t.prompt = std::max(1.0, traffic.prompt_tokens.mean());
  t.output = std::max(1.0, traffic.output_tokens.mean());
  t.prompt_p = std::max(1.0, traffic.prompt_tokens.quantile(slo.percentile));
  t.later_p = std::max(1.0, traffic.output_tokens.quantile(slo.percentile)) - 1.0;
  t.longest_prompt = traffic.prompt_tokens.max();
  t.longest_output = traffic.output_tokens.max();
  t.prefix_reuse = traffic.prefix_reuse;
  t.prompt_variation = traffic.prompt_tokens.squared_variation();
  t.output_variation = traffic.output_tokens.squared_variation();
  t.arrival_variability = traffic.arrival_variability;
  t.kind = running_kind(query_class);
  t.prompts = PromptQueues(t.arrival_variability, t.prompt_variation, slo.percentile);
  t.percentile = slo.percentile;
  const PlannedFor planned = planned_for(fleet.policy, query_class.margin);
  t.ttft = slo.ttft ? slo.ttft->value / planned.times : kNoLimit;
  t.e2e = slo.e2e ? slo.e2e->value / planned.times : kNoLimit;
  t.planned_rate = traffic.rate * planned.demand;
  t.delay_usd_per_s = query_class.delay_cost_per_second * traffic.rate * kSecondsPerHour;
  const std::optional<Seconds> limit = planned_tpot_limit(fleet.policy, query_class);
  t.usable_targets = static_cast<std::size_t>(std::count_if(
      targets.begin(), targets.end(),
      [&](const std::optional<Seconds>& target) { return target_allowed(target, limit); }));
  return t;
}

}  // namespace berth
