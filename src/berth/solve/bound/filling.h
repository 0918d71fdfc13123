#pragma once
// One option by itself: which classes fill its replicas best at given prices. A fractional knapsack
// for each number of replicas, concave in it (docs/bound.md, "One option").

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace berth::bound {

/// Class (position among the option's pairs) and the share of it that is taken, above 0.
struct Part {
  std::uint32_t pair = 0;
  double share = 0.0;
};

/// What the knapsack of an option is given. REQUIRES: most_replicas >= 1.
struct OptionTerms {
  std::span<const double> worth;  ///< USD/h earned by a whole class; by pair
  std::span<const double> load;   ///< replicas a whole class takes; > 0
  double replica_cost = 0.0;      ///< USD/h, >= 0
  double opening = 0.0;           ///< USD/h
  double most_replicas = 0.0;
  /// USD/h per replica: classes of much less worth per load are probably not let in. Only a hint,
  /// what an earlier density() said at similar prices; 0: none.
  double hint = 0.0;
};

/// Earned and paid at one number of replicas.
struct Count {
  double replicas = 0.0;  ///< whole, >= 1
  double profit = 0.0;    ///< worth - replica_cost * replicas - opening
};

/// Scratch space is kept between calls; one object a thread.
class Filling {
 public:
  /// The best number of replicas, at least one. O(pairs) expected.
  [[nodiscard]] Count best(const OptionTerms& terms);

  /// The numbers of replicas, at least one, whose profit is at least `least`, among those up to
  /// `span` and those within `span` of `top`, the best; ascending. O(pairs) expected for each.
  void counts(const OptionTerms& terms, const Count& top, double least, double span,
              std::vector<Count>& result);

  /// What fills `replicas` best. Returns its worth. O(pairs) expected.
  double parts(const OptionTerms& terms, double replicas, std::vector<Part>& result);

  /// Worth per replica of the last class taken by the last best(): the density below which nothing
  /// more is let in; at most replica_cost.
  [[nodiscard]] double density() const { return density_; }

 private:
  struct Item {
    double density = 0.0;
    double worth = 0.0;
    double load = 0.0;
    std::uint32_t pair = 0;
  };

  /// Collects the classes that matter for `capacity`, or for any if it is infinite.
  void collect(const OptionTerms& terms, double capacity);
  void collect_above(const OptionTerms& terms, double density);
  /// Orders the items so that the best ones that fill `capacity` come first. Sets the density of
  /// the last one taken (0 if all fit). Returns their worth.
  double select(double capacity);

  std::vector<Item> items_;  // of positive worth
  double item_load_ = 0.0;
  double wanted_ = 0.0;    // load of the items that pay for their replicas
  std::size_t whole_ = 0;  // items taken whole by the last select()
  double rest_ = 0.0;      // share of items_[whole_] taken
  double last_density_ = 0.0;
  double density_ = 0.0;
};

}  // namespace berth::bound
