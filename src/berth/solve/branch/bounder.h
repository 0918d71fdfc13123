#pragma once
// Bounds one part: prices that prove more, found as at the root (docs/bound.md, "The search") but
// from the prices and uses of the part it was cut from.

#include "berth/core/limits.h"
#include "berth/solve/branch/model.h"
#include "berth/solve/branch/node.h"
#include "berth/solve/branch/pricing.h"

namespace berth::branch {

/// How hard to try.
struct Effort {
  int passes = 20;        ///< at most
  double settled = 1e-5;  ///< little: the model promises less than this part of the bound
  int rounds = 1;         ///< ends after so many rounds of little, each looking farther
};

/// Scratch space is kept between calls; one object a thread.
class Bounder {
 public:
  Bounder(const Problem& problem, const Deadline& deadline)
      : pricing_(problem), model_(problem), deadline_(&deadline) {}

  /// Raises node.bound; ends early once it reaches `target` or the deadline is reached.
  void raise(Node& node, const Effort& effort, double target);

  /// See Pricing::narrow.
  void narrow(Node& node, double target) { pricing_.narrow(node, target); }

  [[nodiscard]] std::int64_t passes() const { return pricing_.passes(); }

 private:
  Pricing pricing_;
  Model model_;
  Answer answer_;
  const Deadline* deadline_;
};

}  // namespace berth::branch
