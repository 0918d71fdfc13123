#pragma once
// A class of requests: its traffic, as measured or stated.

#include <optional>
#include <string>
#include <vector>

#include "berth/workload/lengths.h"

namespace berth {

/// Which requests of a trace belong to the class: source name and half-open token ranges.
struct ClassRule {
  std::optional<std::string> source;  ///< trace name; any if absent
  std::optional<std::string> label;   ///< value of the trace's `class` column; any if absent
  double prompt_min = 0.0;            ///< inclusive
  double prompt_max = 0.0;            ///< exclusive; 0 = no limit
  double output_min = 0.0;
  double output_max = 0.0;
};

struct QueryClass {
  std::string name;
  double rate = 0.0;  ///< lambda, requests/s
  LengthDistribution prompt_tokens;
  LengthDistribution output_tokens;
  double arrival_variability =
      1.0;                    ///< ca^2: squared variability of inter-arrival times (1 = Poisson)
  double prefix_reuse = 0.0;  ///< r, share of prompt tokens found in a prefix cache, 0..1
  std::optional<ClassRule> rule;
};

/// A fitted workload, berth.workload/1 (YAML).
struct Workload {
  std::vector<QueryClass> classes;
  std::string source;  ///< attribution
  std::string date;
  double duration_s = 0.0;  ///< of the traces it was fitted on; 0 = unknown
};

}  // namespace berth
