#pragma once
// The steps of a migration, still as numbers. Part of plan_migration.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "berth/plan/migration_problem.h"

namespace berth {

/// Where all requests of a class go from now on.
struct ClassRouting {
  std::size_t query_class = 0;
  double rate = 0.0;  ///< requests/s that are provided for; 0: the class is gone
  struct Part {
    std::size_t unit = 0;
    double share = 0.0;
  };
  std::vector<Part> parts;  ///< by unit, shares > 0
};

struct LostShare {
  std::size_t query_class = 0;
  double share = 0.0;  ///< of all requests of the class
};

struct OrderStep {
  enum class Kind : std::uint8_t { kStart, kRoute, kStop };
  Kind kind = Kind::kStart;
  std::size_t unit = 0;  ///< of kStart, kStop
  int replicas = 0;
  int running = 0;                   ///< of the unit, after the step
  std::vector<ClassRouting> routes;  ///< of kRoute: classes whose routes or rates change
  std::vector<LostShare> lost;       ///< while this is the last step taken
};

struct MigrationOrder {
  std::vector<OrderStep> steps;
  std::vector<long long> most_gpus;  ///< by pool, at any moment
  double lost = 0.0;                 ///< requests/s, the most at any moment

  [[nodiscard]] bool lossless() const { return lost <= 0.0; }
};

/// Replicas start before routes need them and stop when no route does; routes of many classes
/// change at once. Where GPUs suffice for both plans: starts, one change of routes, stops. Of the
/// ways of migration_waves() the one that loses least, then the one with the fewest steps. Growth
/// waits until a class has wholly moved only where less is lost that way.
[[nodiscard]] MigrationOrder order_migration(const MigrationProblem& problem);

}  // namespace berth
