#include "berth/solve/bound/search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>
#include <utility>

#include "berth/solve/bound/rounding.h"

namespace berth::bound {
namespace {

/// Share of a price by which the first step may move it, and the limits of later ones.
constexpr double kFirstStep = 0.1;
constexpr double kLeastStep = 1e-4;
constexpr double kMostStep = 1e3;
/// A step is a success if it brings this part of what the model promised, a great one with this.
constexpr double kSuccess = 0.1;
constexpr double kGreatSuccess = 0.5;
/// The model promises less than this part of the bound: the prices have settled.
constexpr double kSettled = 1e-5;
constexpr int kSettledRounds = 3;
constexpr int kInaccurateRounds = 6;
constexpr std::size_t kTrail = 3;
/// Below this many pairs a second thread costs more than it saves.
constexpr std::size_t kPairsPerThread = 100'000;

int thread_count(const Instance& instance, const Limits& limits) {
  const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const int allowed = limits.threads > 0 ? limits.threads : cores;
  const std::size_t useful = 1 + instance.pair_count() / kPairsPerThread;
  return static_cast<int>(std::min(useful, static_cast<std::size_t>(allowed)));
}

}  // namespace

Search::Search(const Relaxation& relaxation, const BoundOptions& options, const Limits& limits,
               Bound before)
    : relaxation_(relaxation),
      options_(options),
      limits_(limits),
      deadline_(limits),
      team_(thread_count(relaxation.structure().instance(), limits)),
      work_(relaxation.workspace(team_.size())),
      cost_step_(cost_step(relaxation.structure().instance())),
      dearest_(dearest_plan(relaxation.structure().instance())),
      gpu_prices_(options.start->pool),
      centre_(relaxation.structure().to_vector(*options.start)),
      centre_value_(-std::numeric_limits<double>::infinity()),
      proven_(-std::numeric_limits<double>::infinity()),
      step_(kFirstStep),
      master_(relaxation.structure(), relaxation.structure().to_vector(*options.start)),
      bound_(std::move(before)) {
  relaxation_.structure().clip(centre_);
  bound_.plan = {};
}

Prices Search::prices_of(const std::vector<double>& vector) const {
  const Structure& structure = relaxation_.structure();
  Prices prices = structure.to_prices(vector);
  for (std::size_t r = 0; r < prices.pool.size(); ++r) {
    if (structure.pool(r).kind() == PoolKind::kWhole) prices.pool[r] = gpu_prices_[r];
  }
  return prices;
}

void Search::evaluate(const std::vector<double>& prices) {
  relaxation_.evaluate(relaxation_.structure().to_prices(prices), true, work_, team_, evaluation_);
  ++bound_.passes;
  if (evaluation_.proven <= proven_) return;
  proven_ = evaluation_.proven;
  const double rounded = rounded_up(proven_, cost_step_);
  if (proven_ > dearest_) bound_.infeasible = true;
  if (rounded < bound_.value) return;
  bound_.prices = prices_of(prices);
  if (rounded == bound_.value) return;
  bound_.value = rounded;
  if (bound_.trail.size() == kTrail) bound_.trail.erase(bound_.trail.begin());
  bound_.trail.push_back(bound_.prices);
  if (options_.on_improved) options_.on_improved(rounded, bound_.prices);
  if (limits_.on_progress) {
    Progress progress;
    progress.seconds = deadline_.elapsed_seconds();
    progress.bound = rounded;
    limits_.on_progress(progress);
  }
}

bool Search::end(const char* limit) {
  bound_.limit = limit;
  return true;
}

bool Search::ended() {
  if (bound_.infeasible) return end("infeasible");
  const double cost =
      options_.best_cost ? options_.best_cost() : std::numeric_limits<double>::infinity();
  if (std::isfinite(cost) && cost - bound_.value <= limits_.gap * std::abs(cost)) return end("gap");
  if (deadline_.stopped()) return end("stop");
  if (bound_.passes >= limits_.iterations) return end("iterations");
  if (deadline_.expired()) return end("time");
  return settled_ >= kSettledRounds && end("converged");
}

void Search::take_step(const std::vector<double>& prices) {
  const double promised = master_.model_value() - centre_value_;
  const double tiny = kSettled * (std::abs(centre_value_) + 1e-9);
  evaluate(prices);
  const double gained = evaluation_.value - centre_value_;
  if (promised <= tiny && !master_.accurate() && ++inaccurate_ < kInaccurateRounds) {
    // It may be the model's solution that is at fault: it is easier nearer the centre.
    step_ = std::max(kLeastStep, 0.3 * step_);
  } else if (promised <= tiny) {
    // Nothing better this near: look farther before giving up.
    ++settled_;
    step_ = std::min(kMostStep, 8.0 * step_);
  } else if (gained >= kSuccess * promised) {
    settled_ = nulls_ = inaccurate_ = 0;
    if (gained >= kGreatSuccess * promised) step_ = std::min(kMostStep, 1.5 * step_);
  } else {
    settled_ = 0;
    if (gained <= 0.0 && ++nulls_ > 3) {
      step_ = std::max(kLeastStep, 0.8 * step_);
      nulls_ = 0;
    }
  }
  if (gained > 0.0) {
    centre_ = prices;
    centre_value_ = evaluation_.value;
  }
}

Bound Search::run() {
  evaluate(centre_);
  centre_value_ = evaluation_.value;
  std::vector<double> prices = centre_;
  while (!ended()) {
    master_.add(evaluation_.uses, prices);
    prices = master_.next(centre_, step_, centre_value_);
    take_step(prices);
  }
  bound_.plan = master_.plan(relaxation_.structure().instance().option_count());
  bound_.seconds = deadline_.elapsed_seconds();
  return std::move(bound_);
}

}  // namespace berth::bound
