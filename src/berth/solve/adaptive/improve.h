#pragma once
// The search over whole assignments: small ones from several starts at once, large ones part by
// part, the parts of a round side by side.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "berth/core/limits.h"
#include "berth/core/team.h"
#include "berth/solve/adaptive/adaptive.h"
#include "berth/solve/adaptive/assignment.h"
#include "berth/solve/adaptive/part.h"
#include "berth/solve/adaptive/partition.h"
#include "berth/solve/adaptive/search.h"

namespace berth::adaptive {

struct Beginning {
  Assignment assignment;
  double cost = 0.0;  ///< USD/h
};

/// By class: USD/h alone, whole replicas, where that is cheapest.
[[nodiscard]] std::vector<double> stand_alone_costs(const Market& market);

/// `replicas` by option, mended: more of what carries the demand, less of what nothing needs. May
/// be incomplete.
[[nodiscard]] Assignment mended(const Market& market, std::span<const double> worth,
                                std::span<const std::int32_t> replicas, Random random);

class Improver {
 public:
  /// REQUIRES: everything outlives it.
  Improver(const Market& market, std::span<const double> worth, const AdaptiveOptions& options,
           const Limits& limits, const Deadline& deadline);

  /// The best assignment found, from the given ones (ascending cost; may be none).
  [[nodiscard]] Assignment run(std::vector<Beginning> begin);
  [[nodiscard]] std::int64_t moves() const { return moves_; }
  /// "time", "iterations", "stop", "gap", or nullptr: it ran to its own end.
  [[nodiscard]] const char* limit() const { return limit_; }

 private:
  /// One part under search.
  struct Task {
    Part part;
    std::unique_ptr<Search> search;
    bool better = false;
  };
  void search_whole(std::vector<Beginning> begin);
  void search_parts(std::vector<Beginning> begin);
  void build();
  void round(const Partition& partition, std::size_t closed_options, std::int64_t moves,
             bool from_nothing);
  void merge(const Task& task, const Assignment& from);
  bool adopt(Assignment&& candidate);
  [[nodiscard]] SearchOptions search_options(std::size_t k) const;  // of task k
  [[nodiscard]] bool go_on();
  [[nodiscard]] double temperature() const;

  const Market& market_;
  std::span<const double> worth_;
  const AdaptiveOptions& options_;
  const Limits& limits_;
  const Deadline& deadline_;
  Random random_;
  Team team_;
  std::vector<PoolRental> pools_;
  Assignment best_;
  double best_cost_;
  bool best_complete_ = false;
  std::int64_t moves_ = 0;
  std::int64_t most_moves_ = 0;
  std::uint64_t stream_ = 1;
  const char* limit_ = nullptr;
};

}  // namespace berth::adaptive
