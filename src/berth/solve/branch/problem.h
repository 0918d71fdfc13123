#pragma once
// What all parts of the tree share: the pairs by option, the prices there are, the counts that can
// be restricted, and the sums of counts to branch on.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "berth/instance/instance.h"
#include "berth/solve/bound/structure.h"

namespace berth::branch {

/// Row `dimension` receives `amount` for each unit of a variable.
struct Entry {
  std::uint32_t dimension = 0;
  double amount = 0.0;
};

/// A class that an option may serve, and what serving all of it means.
struct Pair {
  std::uint32_t query_class = 0;
  std::int32_t delay_row = bound::kNone;
  std::int32_t error_row = bound::kNone;
  double load = 0.0;   ///< replicas
  double cost = 0.0;   ///< USD/h
  double delay = 0.0;  ///< s beyond the class's average limit
  double error = 0.0;  ///< likewise
};

struct OptionTerms {
  std::uint32_t block = 0;
  std::int32_t pool_row = bound::kNone;  ///< its GPUs are priced; else they cost `rent`
  double units = 0.0;                    ///< GPUs a replica
  double rent = 0.0;                     ///< USD/h a replica, 0 where priced
  double fixed_cost = 0.0;               ///< USD/h
  bool opens = false;                    ///< being active matters by itself: fixed cost or group
};

/// An unmet share or the boxes of an offer in a priced pool: a variable without a block.
struct Single {
  std::uint32_t count = 0;  ///< boxes: the count it is; see Problem::count_total
  bool boxes = false;
  bool endless = false;
  double cost = 0.0;  ///< USD/h
  double most = 0.0;  ///< of an unmet share
  std::vector<Entry> entries;
};

/// A sum of counts with whole coefficients: a whole number in every plan.
struct Sum {
  struct Term {
    std::uint32_t count = 0;
    std::int32_t factor = 1;
    friend auto operator<=>(const Term&, const Term&) = default;
  };
  std::vector<Term> terms;
};

class Problem {
 public:
  /// `cost`: only plans that are cheaper matter.
  Problem(const Instance& instance, double cost);

  [[nodiscard]] const Instance& instance() const { return *instance_; }
  [[nodiscard]] const bound::Structure& structure() const { return structure_; }
  /// Prices of the relaxation itself; those of branching rows come after them.
  [[nodiscard]] std::size_t dimensions() const { return structure_.space().size(); }
  [[nodiscard]] double supply(std::size_t dimension) const {
    return structure_.space().supply[dimension];
  }

  /// Of the row of an average limit: how far pairs of the class are from it, typically.
  [[nodiscard]] double row_unit(std::size_t dimension) const { return row_unit_[dimension]; }

  [[nodiscard]] std::size_t option_count() const { return options_.size(); }
  [[nodiscard]] std::size_t block_count() const { return structure_.blocks().size(); }
  [[nodiscard]] std::span<const Pair> pairs(std::size_t option) const {
    return std::span(pairs_).subspan(first_pair_[option],
                                     first_pair_[option + 1] - first_pair_[option]);
  }
  [[nodiscard]] const OptionTerms& option(std::size_t d) const { return options_[d]; }
  [[nodiscard]] std::span<const std::uint32_t> options_of_block(std::size_t block) const {
    return std::span(block_options_)
        .subspan(first_block_option_[block],
                 first_block_option_[block + 1] - first_block_option_[block]);
  }
  [[nodiscard]] std::size_t most_pairs() const { return most_pairs_; }
  [[nodiscard]] const std::vector<Single>& singles() const { return singles_; }

  /// Counts: replicas by option, then boxes by offer (0 most where they are no variable).
  [[nodiscard]] std::size_t count_total() const { return most_.size(); }
  [[nodiscard]] const std::vector<std::int32_t>& most() const { return most_; }

  /// The first count_total() sums are the counts themselves.
  [[nodiscard]] const std::vector<Sum>& sums() const { return sums_; }
  /// USD/h: about what one unit of a sum costs.
  [[nodiscard]] double unit_cost(std::size_t sum) const { return unit_cost_[sum]; }
  /// Sums, and the factors there, in which an option is; beyond the counts themselves.
  struct Membership {
    std::uint32_t sum = 0;
    std::int32_t factor = 1;
  };
  [[nodiscard]] std::span<const Membership> memberships(std::size_t option) const {
    return memberships_[option];
  }

 private:
  void add_options();
  void add_blocks();
  void find_units();
  void bound_counts(double cost);
  void add_singles();
  void add_sum(std::vector<Sum::Term> terms, std::span<const double> price);
  void add_sums();

  const Instance* instance_;
  bound::Structure structure_;
  std::vector<double> row_unit_;
  std::vector<Pair> pairs_;
  std::vector<std::size_t> first_pair_;
  std::vector<OptionTerms> options_;
  std::vector<std::uint32_t> block_options_;
  std::vector<std::size_t> first_block_option_;
  std::size_t most_pairs_ = 0;
  std::vector<Single> singles_;
  std::vector<std::int32_t> most_;
  std::vector<Sum> sums_;
  std::vector<double> unit_cost_;
  std::vector<std::vector<Membership>> memberships_;
};

}  // namespace berth::branch
