#pragma once
// The pairs of an instance in columns by option: single precision for the pass over all of them,
// double for the few options that matter.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "berth/solve/bound/bound.h"

namespace berth::bound {

/// Prices as the pass reads them: what a class pays, and one entry more for the padding; and what a
/// pair loses of it (its cost, the average limits), by padded pair.
struct PassPrices {
  std::vector<float> demand;
  float most = 0.0F;             ///< no pair is worth more
  const float* extra = nullptr;  ///< null if no pair loses anything
  std::vector<float> own_extra;  ///< what `extra` points to where it depends on the prices
};

class PairColumns {
 public:
  explicit PairColumns(const Instance& instance);

  [[nodiscard]] std::size_t option_count() const { return count_.size(); }
  [[nodiscard]] std::size_t count(std::size_t option) const { return count_[option]; }
  [[nodiscard]] std::size_t padded_size() const { return load_.size(); }
  /// Pairs of an option, in the order of Instance::pairs_of.
  [[nodiscard]] std::span<const double> load(std::size_t option) const {
    return std::span(exact_load_).subspan(first_exact_[option], count_[option]);
  }
  /// Class of the k-th pair of an option.
  [[nodiscard]] std::uint32_t query_class(std::size_t option, std::size_t k) const {
    const std::size_t at = first_[option] + k;
    return narrow_class_.empty() ? wide_class_[at] : narrow_class_[at];
  }

  /// O(classes), and O(pairs) where pairs have costs or average limits.
  void set_prices(const Prices& prices, PassPrices& pass) const;
  /// USD/h that the k-th pair of the option earns per its whole class, load not yet paid.
  void worths(const Prices& prices, std::size_t option, std::vector<double>& worth) const;

  /// sum max(0, worth - load * density) over the option's pairs, in single precision.
  [[nodiscard]] float screen(const PassPrices& pass, std::size_t option, float density) const;
  /// Most by which screen() may fall short of the exact sum, given the sum it returned.
  [[nodiscard]] double screen_error(const PassPrices& pass, std::size_t option, double sum) const;

 private:
  void place_pairs();
  void place_extras();
  [[nodiscard]] double extra(const Prices& prices, std::size_t pair) const;

  const Instance* instance_;
  std::vector<std::size_t> first_;  // by option, padded
  std::vector<std::size_t> first_exact_;
  std::vector<std::size_t> count_;
  std::vector<float> load_;                  // padded
  std::vector<std::uint16_t> narrow_class_;  // padded; one of the two
  std::vector<std::uint32_t> wide_class_;
  std::vector<float> cost_;   // padded; empty if no pair has a cost
  std::vector<float> delay_;  // beyond the limit; padded; empty if there is none
  std::vector<float> error_;
  std::vector<double> exact_load_;
};

}  // namespace berth::bound
