#pragma once
// The relaxed problem at given prices: its value, and what each block does there.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "berth/core/team.h"
#include "berth/solve/bound/filling.h"
#include "berth/solve/bound/pair_columns.h"
#include "berth/solve/bound/pool_choice.h"
#include "berth/solve/bound/structure.h"

namespace berth::bound {

/// What a use takes of one priced row: the use earns amount * price.
struct Entry {
  std::uint32_t dimension = 0;
  double amount = 0.0;
};

/// One way to use a block. It earns sum amount * price - cost, at any prices.
struct Use {
  std::uint32_t block = 0;
  double profit = 0.0;  ///< at the prices of the evaluation, > 0
  double cost = 0.0;    ///< USD/h
  std::vector<Entry> entries;
  std::vector<std::pair<std::uint32_t, double>> running;  ///< option, replicas
};

/// The relaxed problem's answer.
struct Evaluation {
  double proven = 0.0;  ///< USD/h: the value less rounding errors and check()'s tolerances
  double value = 0.0;   ///< USD/h
  std::vector<Use> uses;
};

/// Scratch space of evaluations one after the other; what one learns makes the next faster, never
/// different in more than rounding.
struct Workspace {
  PassPrices pass;
  std::vector<float> density;           ///< by option: see Filling::density; < 0 unknown
  std::vector<double> profit;           ///< by option; -infinity: surely not above its threshold
  std::vector<double> replicas;         ///< by option, of `profit`
  std::vector<std::uint32_t> touched;   ///< blocks to look at
  std::vector<std::vector<Use>> found;  ///< by touched block
  std::vector<double> block_profit;     ///< by touched block, >= 0
  struct Scratch {
    Filling filling;
    std::vector<double> worth;
    std::vector<Part> parts;
    std::vector<Count> counts;
    std::vector<double> dense;       ///< by dimension, all 0 between uses
    std::vector<std::uint8_t> seen;  ///< likewise
  };
  std::vector<Scratch> workers;
};

class Relaxation {
 public:
  /// `pairs`: of the same instance; must outlive this.
  Relaxation(const Instance& instance, const PairColumns& pairs, Treatment treatment);

  [[nodiscard]] const Structure& structure() const { return structure_; }
  [[nodiscard]] const PairColumns& pairs() const { return pairs_; }
  [[nodiscard]] Workspace workspace(std::size_t workers) const;

  /// One pass. `with_uses`: also say what each block of positive profit does. O(pairs). The result
  /// does not depend on the number of threads.
  void evaluate(const Prices& prices, bool with_uses, Workspace& work, Team& team,
                Evaluation& result) const;

  /// Best profit of an option by itself with at least one replica; nullopt if it cannot run.
  [[nodiscard]] std::optional<Count> option_profit(const Prices& prices, std::size_t option,
                                                   Workspace::Scratch& scratch) const;

  /// Options of a block, by stage: at most one option of a stage runs.
  [[nodiscard]] std::size_t stage_count(std::size_t block) const {
    return first_stage_[block + 1] - first_stage_[block];
  }
  [[nodiscard]] std::span<const std::uint32_t> stage(std::size_t block, std::size_t n) const {
    const std::size_t s = first_stage_[block] + n;
    return std::span(stage_option_)
        .subspan(first_option_[s], first_option_[s + 1] - first_option_[s]);
  }

  /// The best choice for a whole pool, with `forced` (an option, or kNone) running. Uses the
  /// profits in `work` of all its options (-infinity: not considered).
  [[nodiscard]] PoolPick pick_pool(const Prices& prices, std::size_t block, std::int32_t forced,
                                   const Workspace& work, Workspace::Scratch& scratch) const;

  /// Of the knapsack of an option; `worth` is filled and must outlive the result.
  [[nodiscard]] OptionTerms terms(const Prices& prices, std::size_t option,
                                  std::vector<double>& worth) const;

  /// Fills Workspace::profit for every option exactly (-infinity only where it cannot run).
  void all_profits(const Prices& prices, Workspace& work, Team& team) const;

 private:
  void build_stages();
  void screen_option(const Prices& prices, std::size_t option, Workspace& work,
                     Workspace::Scratch& scratch) const;
  [[nodiscard]] double threshold(const Prices& prices, std::size_t option) const;
  void look_at_block(const Prices& prices, bool with_uses, std::size_t position, Workspace& work,
                     Workspace::Scratch& scratch) const;
  void add_running(const Prices& prices, std::size_t option, double replicas, Use& use,
                   Workspace::Scratch& scratch) const;
  void finish_use(std::int64_t gpus, std::size_t pool, Use& use, Workspace::Scratch& scratch) const;

  /// Most by which rounding may have changed the value.
  [[nodiscard]] double noise(const Prices& prices, const Tally& tally, const Workspace& work) const;

  Structure structure_;
  const PairColumns& pairs_;
  std::vector<std::size_t> first_stage_;   // blocks + 1
  std::vector<std::size_t> first_option_;  // stages + 1
  std::vector<std::uint32_t> stage_option_;
  std::vector<std::size_t> first_chunk_;  // options: chunks of about equal numbers of pairs
  std::size_t most_pairs_ = 0;            // of one option
};

}  // namespace berth::bound
