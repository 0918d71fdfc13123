#pragma once
// Random small instances with any mix of the model's features. The same seed gives the same one.

#include <cstdint>
#include <string>

#include "berth/instance/instance.h"

namespace berth::testing {

struct RandomShape {
  int classes = 4;
  int pools = 3;
  int options = 8;
  double pair_share = 0.6;  ///< of all (class, option) pairs; every class gets at least one

  bool boxes = false;  ///< offers of several GPUs, several a pool
  bool caps = false;   ///< offers and replicas are limited
  bool budget = false;
  bool groups = false;
  bool fixed_costs = false;
  bool pair_costs = false;
  bool average_delay = false;
  bool average_error = false;
  bool unmet = false;                ///< some classes may stay partly or wholly unmet
  bool one_class_an_option = false;  ///< what brute force needs
};

/// Turns features on and picks sizes by the bits of `seed`; `tight` allows caps and budget.
[[nodiscard]] RandomShape random_shape(std::uint64_t seed, bool tight);
[[nodiscard]] std::string to_string(const RandomShape& shape);

[[nodiscard]] InstanceColumns random_columns(const RandomShape& shape, std::uint64_t seed);
[[nodiscard]] Instance random_instance(const RandomShape& shape, std::uint64_t seed);

}  // namespace berth::testing
