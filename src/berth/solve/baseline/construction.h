#pragma once
// What LPR and DVR share: classes go onto a placement one by one, each where the method says; what
// finds no room is served as GH would; classes that still lack demand they must have go first in
// the next round; a linear program routes the classes over the replicas of the best round.

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "berth/solve/greedy/attempt.h"
#include "berth/solve/greedy/candidate.h"
#include "berth/solve/greedy/placement.h"
#include "berth/solve/greedy/table.h"

namespace berth::baseline {

class Construction {
 public:
  /// What stands before the first class.
  using Begin = std::function<void(greedy::Placement&)>;
  /// Serves up to `wanted` more of class i.
  using Serve = std::function<void(greedy::Placement&, std::size_t i, double wanted)>;
  enum class Opening : std::uint8_t {
    kNone,     ///< only into replicas that run
    kAllowed,  ///< as many more as the limits allow
  };

  /// REQUIRES: `instance` outlives the construction.
  Construction(std::string_view method, const Instance& instance, const Limits& limits);
  Construction(const Construction&) = delete;
  Construction& operator=(const Construction&) = delete;
  ~Construction() = default;

  [[nodiscard]] const greedy::GreedyTable& table() const { return table_; }
  [[nodiscard]] double elapsed_seconds() const { return budgeted_.elapsed_seconds(); }

  /// The proof that no plan exists, if some class can be served by no option that can ever run.
  [[nodiscard]] std::optional<SolveResult> refusal();
  /// A result without a plan.
  [[nodiscard]] SolveResult nothing(Termination termination) const;

  [[nodiscard]] SolveResult build(const Begin& begin, const Serve& serve);

  /// `wanted` more replicas of option d, or as many as the limits allow.
  void open(greedy::Placement& placement, std::size_t d, std::int64_t wanted);
  /// Up to `wanted` more of the entry's class onto option d, within every limit. Returns how much.
  double place(greedy::Placement& placement, std::size_t e, std::size_t d, double wanted,
               Opening opening);

 private:
  struct Round {
    greedy::Placement placement;
    greedy::Standing standing;
    std::vector<std::uint32_t> failed;  ///< classes that lack demand they must have
  };

  [[nodiscard]] Round run(std::span<const std::uint32_t> order, const Begin& begin,
                          const Serve& serve);
  [[nodiscard]] double missing(const greedy::Placement& placement, std::size_t i) const;
  /// Carries out `step`, which serves up to a given share of class i, for all of the class; if that
  /// costs more than it saves, again for what must not stay unmet. False: nothing was placed.
  bool worthwhile(greedy::Placement& placement, std::size_t i,
                  const std::function<void(double wanted)>& step);
  [[nodiscard]] SolveResult conclude(const Round& best) const;

  std::string_view method_;
  const Instance& instance_;
  greedy::Budgeted budgeted_;
  greedy::GreedyTable table_;
  greedy::Ranking ranking_;
};

}  // namespace berth::baseline
