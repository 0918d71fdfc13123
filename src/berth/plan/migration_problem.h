#pragma once
// A migration as numbers: what runs, which loads move, how many GPUs there may be. Part of
// plan_migration; docs/diff.md has the rules.

#include <cstddef>
#include <optional>
#include <vector>

#include "berth/core/tolerance.h"

namespace berth {

struct MigrationUnit {
  std::size_t pool = 0;
  long long gpus = 1;  ///< a replica
  int before = 0;      ///< replicas in the old plan
  int after = 0;
  std::optional<std::size_t> replaces = std::nullopt;
};

/// What a class has on a unit. Loads are in replicas, at the rate that the plan has for the class.
struct MigrationFlow {
  std::size_t query_class = 0;
  std::size_t unit = 0;
  double share_before = 0.0;
  double share_after = 0.0;
  double load_before = 0.0;
  double load_after = 0.0;
};

struct MigrationClass {
  double rate_before = 0.0;  ///< requests/s; 0 = not in that plan
  double rate_after = 0.0;
};

/// INVARIANT: the replicas of either plan carry that plan's loads and fit into `pool_gpus`.
struct MigrationProblem {
  std::vector<MigrationUnit> units;
  std::vector<MigrationClass> classes;
  std::vector<MigrationFlow> flows;  ///< by class
  /// GPUs that can be rented at once, with those of both plans; absent: no limit is known.
  std::vector<std::optional<long long>> pool_gpus;
  /// A class that grows may ask for its new rate as soon as any of it has moved; else only when all
  /// of it has.
  bool early_growth = true;
};

/// A part of a class that changes from one unit to another. Without `from` it is newly served,
/// without `to` it is served no more. A share of 0: only what the class asks for changes.
struct Transfer {
  std::size_t query_class = 0;
  std::optional<std::size_t> from;
  std::optional<std::size_t> to;
  double share = 0.0;
};

/// The least that leads from the old routes to the new ones: replaced shapes first, then within a
/// pool, then the rest. By class.
[[nodiscard]] std::vector<Transfer> transfers_of(const MigrationProblem& problem);

/// What a class has on a unit at some moment.
struct Placed {
  std::size_t unit = 0;
  double share = 0.0;
  double load = 0.0;
};

/// Where the classes are at some moment: how much of every transfer has happened.
///
/// A class that has not begun to move has the old plan's rate, since that plan serves no more of
/// it; one that has wholly moved has the new plan's. In between it has the larger of both (without
/// early_growth the old plan's), at the larger of both plans' loads a request.
class Routing {
 public:
  /// The old plan's.
  Routing(const MigrationProblem& problem, const std::vector<Transfer>& transfers);

  /// 0..1 of a transfer.
  [[nodiscard]] double moved(std::size_t transfer) const { return moved_[transfer]; }
  [[nodiscard]] bool finished() const;
  /// O(flows of its class).
  void move(std::size_t transfer, double part);
  void move_all();
  /// Sums the loads again: many moves there and back leave rounding behind.
  void settle();

  [[nodiscard]] double load(std::size_t unit) const { return load_[unit]; }
  /// Replicas that carry what is on the unit: whole, and one as soon as anything is.
  [[nodiscard]] int need(std::size_t unit, double over = tolerance::kLoad) const;
  [[nodiscard]] std::vector<Placed> placed(std::size_t query_class) const;
  [[nodiscard]] double rate(std::size_t query_class) const;  ///< requests/s

 private:
  enum class Phase { kBefore, kBetween, kAfter };
  [[nodiscard]] Phase phase(std::size_t query_class) const;
  void add(std::size_t query_class, double sign);

  struct Rows {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  const MigrationProblem* problem_;
  const std::vector<Transfer>* transfers_;
  std::vector<Rows> flows_of_;      // by class
  std::vector<Rows> transfers_of_;  // by class
  std::vector<double> moved_;
  std::vector<double> load_;
  std::vector<double> share_;
};

}  // namespace berth
