#pragma once
// A class reduced once to the numbers that every pair needs.

#include <vector>

#include "berth/fleet/fleet.h"
#include "berth/instance/tpot_targets.h"
#include "berth/perf/phase_model.h"
#include "berth/perf/prompt_queue.h"

namespace berth {

struct ClassTerms {
  double prompt = 0.0;    ///< h, mean
  double output = 0.0;    ///< f, mean
  double prompt_p = 0.0;  ///< h_p, at the class's percentile
  double later_p = 0.0;   ///< f_p - 1
  double longest_prompt = 0.0;
  double longest_output = 0.0;
  double prefix_reuse = 0.0;
  double prompt_variation = 0.0;  ///< squared coefficient of variation
  double output_variation = 0.0;
  double arrival_variability = 0.0;
  RequestKind kind;
  PromptQueues prompts;
  double percentile = 0.0;
  double ttft = 0.0;  ///< planned limit, s; infinity
  double e2e = 0.0;
  double planned_rate = 0.0;       ///< lambda (1 + headroom), requests/s
  double delay_usd_per_s = 0.0;    ///< USD/h for each second of mean delay
  std::size_t usable_targets = 0;  ///< the first so many of the targets (all, if it has no limit)
};

[[nodiscard]] ClassTerms class_terms(const Fleet& fleet, const FleetClass& query_class,
                                     const std::vector<std::optional<Seconds>>& targets);

}  // namespace berth
