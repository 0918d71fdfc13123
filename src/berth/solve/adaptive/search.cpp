#include "berth/solve/adaptive/search.h"

#include <algorithm>
#include <cmath>

#include "berth/solve/adaptive/moves/move.h"

namespace berth::adaptive {
namespace {

constexpr double kLeastNoise = 0.05;
constexpr double kMostNoise = 2;
constexpr double kGiveUp = 6.0;      // temperatures above the current cost
constexpr int kPatience = 100;       // rejected moves before it goes back to the best state
constexpr double kSmoothing = 0.1;   // what a GPU in use counts for, beside the rent of boxes
constexpr double kLeastGain = 1e-9;  // USD/h

}  // namespace

Search::Search(const Market& market, std::span<const double> worth, Random random,
               const SearchOptions& options)
    : market_(market), options_(options), bench_(market, worth, random, options.push) {
  bench_.set_smoothing(kSmoothing);
}

bool Search::begin(std::span<const std::int32_t> replicas, double noise) {
  State& state = bench_.state();
  state.save(current_);
  for (std::size_t d = 0; d < replicas.size() && state.sound(); ++d) {
    if (replicas[d] > 0) bench_.add(d, replicas[d]);
  }
  bench_.bar(std::nullopt);
  if (state.sound()) bench_.refill(noise, std::numeric_limits<double>::infinity());
  if (state.sound()) bench_.prune();
  if (!state.refresh()) state.restore(current_);
  std::size_t count = 0;
  for (const std::uint32_t d : state.open()) {
    replica_price_ += market_.unit_price[d];
    ++count;
  }
  replica_price_ /= static_cast<double>(std::max<std::size_t>(1, count));
  state.save(current_);
  best_ = current_;
  best_guide_ = current_guide_ = bench_.guide();
  current_complete_ = best_complete_ = state.complete();
  return best_complete_;
}

const Move& Search::draw_move() {
  double sum = 0.0;
  const auto weight = [this](const Move& move) {
    return weight_in(market_, move, options_.consolidation);
  };
  for (const Move& move : moves()) sum += weight(move);
  double draw = bench_.random().uniform() * sum;
  for (const Move& move : moves()) {
    draw -= weight(move);
    if (draw < 0.0) return move;
  }
  return moves().front();
}

bool Search::accept(double temperature) {
  const State& state = bench_.state();
  const bool complete = state.complete();
  if (!complete && current_complete_) return false;
  const double luck = -std::log(1.0 - bench_.random().uniform());
  if (complete && !current_complete_) return true;
  const double limit = std::max(current_guide_, best_guide_ + temperature * replica_price_ * luck);
  // What is cheaper than all before is never refused, however it uses its boxes.
  if (complete && state.cost() < best_.cost() - kLeastGain) return true;
  return bench_.guide() < limit - kLeastGain;
}

bool Search::step(double temperature) {
  if (!options_.local_search) return false;
  State& state = bench_.state();
  bench_.bar(std::nullopt);
  bench_.bar_pool(std::nullopt);
  const Move& move = draw_move();
  const double noise = kLeastNoise * std::pow(kMostNoise / kLeastNoise, bench_.random().uniform());
  const double cutoff = current_.cost() + kGiveUp * temperature * replica_price_;
  const bool filled = move.make(bench_) && (bench_.refill(noise, cutoff) || !current_complete_);
  if (filled && state.sound()) bench_.prune();
  if (!filled || !state.sound() || !accept(temperature) || !state.refresh()) {
    if (++rejected_ > kPatience) best_state();
    state.restore(current_);
    return false;
  }
  rejected_ = 0;
  state.save(current_);
  current_guide_ = bench_.guide();
  current_complete_ = state.complete();
  if ((current_complete_ && !best_complete_) ||
      (current_complete_ == best_complete_ && current_.cost() < best_.cost() - kLeastGain)) {
    best_ = current_;
    best_guide_ = current_guide_;
    best_complete_ = current_complete_;
    return true;
  }
  return false;
}

const State& Search::best_state() {
  rejected_ = 0;
  current_ = best_;
  current_guide_ = best_guide_;
  current_complete_ = best_complete_;
  bench_.state().restore(best_);
  return bench_.state();
}

}  // namespace berth::adaptive
