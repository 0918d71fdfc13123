#pragma once
// A part of an assignment to be searched alone: some classes, with the options that matter to
// them; everything else stays where it is.

#include <cstdint>
#include <span>
#include <vector>

#include "berth/solve/adaptive/assignment.h"
#include "berth/solve/adaptive/market.h"
#include "berth/solve/adaptive/state.h"

namespace berth::adaptive {

struct Part {
  Market market;
  std::vector<std::uint32_t> classes;  ///< of the whole, by class of the part
  std::vector<std::uint32_t> options;  ///< of the whole, by option of the part; ascending
  std::vector<std::uint32_t> entries;  ///< of the whole, by entry of the part
  std::vector<std::int32_t> replicas;  ///< by option of the part: beside the base
  std::vector<double> worth;           ///< by class of the part
};

/// What a part may touch: an open option belongs to one part of a round, which alone may use what
/// is free on it and release its replicas.
inline constexpr std::int32_t kNoPart = -1;

class Cutter {
 public:
  /// `worth` by class, USD/h. REQUIRES: both outlive the cutter.
  Cutter(const Market& whole, std::span<const double> worth);

  /// Cuts out `classes`. `owner` by option: the part that owns what is open there; this part is
  /// number `self`. Of closed options the `most_options` that earn most per dollar come along.
  /// O(pairs of the classes).
  [[nodiscard]] Part cut(const Assignment& assignment, std::span<const std::uint32_t> classes,
                         std::span<const std::int32_t> owner, std::int32_t self,
                         std::size_t most_options);

 private:
  struct Sum {  // of one option over the classes of the part
    double total = 0.0, surplus = 0.0, load = 0.0;
    std::uint32_t users = 0;
    bool needed = false;  // the cheapest of some class
  };
  void sum_up(const Assignment& assignment, std::span<const std::uint32_t> classes);
  void choose_options(const Assignment& assignment, std::span<const std::int32_t> owner,
                      std::int32_t self, std::size_t most_options, Part& part);
  void copy_options(const Assignment& assignment, std::span<const std::int32_t> owner,
                    std::int32_t self, Part& part) const;
  void copy_entries(Part& part);

  const Market& whole_;
  std::span<const double> worth_;
  std::vector<Sum> sums_;            // by option; zero between cuts
  std::vector<std::uint32_t> seen_;  // options with a sum
  std::vector<std::int32_t> local_;  // by option: its number in the part; -1 between cuts
};

/// Puts what a search has found for the part back into the whole.
void put_back(const Part& part, const State& found, const Market& whole, Assignment& assignment);

}  // namespace berth::adaptive
