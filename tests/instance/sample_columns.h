#pragma once
// A small instance that every test may break in its own way.

#include "berth/instance/instance.h"

namespace berth {

/// Two classes, two pools, three offers, three options (two in group "g"), four pairs.
inline InstanceColumns sample_columns() {
  InstanceColumns c;
  c.classes = {.name = {"chat", "code"},
               .unmet_cost = {CostRate::usd_per_hour(10), CostRate::usd_per_hour(20.5)},
               .max_unmet = {0.0, 0.25},
               .max_delay = {kNoLimit, 4.0},
               .max_error = {0.4, kNoLimit}};
  c.pools.name = {"l4", "h100"};
  c.offers = {.name = {"on-demand", "spot", "on-demand"},
              .pool = {PoolId(0), PoolId(0), PoolId(1)},
              .lot = {1, 4, 8},
              .cost = {CostRate::usd_per_hour(0.8), CostRate::usd_per_hour(2.0),
                       CostRate::usd_per_hour(55.04)},
              .max = {kUnlimited, 3, kUnlimited}};
  c.options = {.name = {"small", "wide", "big \"quoted\" \n"},
               .pool = {PoolId(0), PoolId(0), PoolId(1)},
               .units = {1, 2, 8},
               .fixed_cost = {CostRate{}, CostRate{}, CostRate::micro_usd_per_hour(4960)},
               .max_replicas = {kUnlimited, 6, 9},
               .group = {kNoGroup, 0, 0},
               .group_name = {"g"}};
  c.pairs = {.option = {OptionId(2), OptionId(0), OptionId(1), OptionId(2)},
             .query_class = {ClassId(1), ClassId(0), ClassId(0), ClassId(0)},
             .load = {0.1, 1.7623471, 0.9, 1e-7},
             .delay = {0.5, 6.44817, 3.25, 1.0 / 3.0},
             .error = {0.4, 0.0, 1.0, 0.25},
             .cost = {CostRate{}, CostRate::usd_per_hour(0.351864), CostRate{}, CostRate{}}};
  c.budget = CostRate::usd_per_hour(500);
  return c;
}

}  // namespace berth
