#pragma once
// The search for the prices with the best bound: a proximal bundle method on the model of Master.

#include "berth/solve/bound/bound.h"
#include "berth/solve/bound/master.h"
#include "berth/solve/bound/relaxation.h"

namespace berth::bound {

class Search {
 public:
  /// Goes on from what is proven `before`. REQUIRES: options.start is set.
  Search(const Relaxation& relaxation, const BoundOptions& options, const Limits& limits,
         Bound before);

  [[nodiscard]] Bound run();

 private:
  void evaluate(const std::vector<double>& prices);
  [[nodiscard]] Prices prices_of(const std::vector<double>& vector) const;
  void take_step(const std::vector<double>& prices);
  [[nodiscard]] bool ended();
  [[nodiscard]] bool end(const char* limit);

  const Relaxation& relaxation_;
  const BoundOptions& options_;
  const Limits& limits_;
  Deadline deadline_;
  Team team_;
  Workspace work_;
  Evaluation evaluation_;
  std::int64_t cost_step_;
  double dearest_;

  std::vector<double> gpu_prices_;  // by pool, of the start: all there is to say of whole pools
  std::vector<double> centre_;      // the best prices so far
  double centre_value_;
  double proven_;  // before rounding
  double step_;
  int nulls_ = 0;       // passes since the centre moved
  int inaccurate_ = 0;  // rounds without success whose model was not solved well
  int settled_ = 0;     // rounds in a row in which the model promised nothing more
  Master master_;
  Bound bound_;
};

}  // namespace berth::bound
