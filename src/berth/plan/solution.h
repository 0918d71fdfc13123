#pragma once
// A solver's answer in the instance's own indices. berth.solution/1.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "berth/core/id.h"
#include "berth/core/money.h"
#include "berth/instance/instance.h"

namespace berth {

struct Route {
  ClassId query_class;
  OptionId option;
  double share = 0.0;  ///< of the class, 0..1
  friend bool operator==(const Route&, const Route&) = default;
};

struct Solution {
  std::vector<std::int32_t> replicas;  ///< y_d, by option
  std::vector<std::int32_t> boxes;     ///< N_o, by offer
  std::vector<Route> routes;           ///< sorted by (class, option), shares > 0
  std::vector<double> unmet;           ///< u_i, by class
  friend bool operator==(const Solution&, const Solution&) = default;
};

}  // namespace berth
