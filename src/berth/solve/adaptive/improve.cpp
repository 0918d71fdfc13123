#include "berth/solve/adaptive/improve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <thread>
#include <utility>

namespace berth::adaptive {
namespace {

// Up to here all classes are searched as one; larger parts cost more a move than they gain.
constexpr std::size_t kWholeClasses = 24;
constexpr std::size_t kPartClasses = 18;
constexpr std::size_t kClosedOptions = 120;  // that a part may open
constexpr std::size_t kBuildClasses = 80;    // of a part when there is no start
constexpr std::size_t kBuildOptions = 400;
constexpr std::size_t kSearches = 4;       // of a small instance, from the best starts
constexpr std::size_t kBoxSearches = 8;    // likewise, where starts differ in the boxes they fill
constexpr std::int64_t kChunk = 32;        // moves between two looks at the limits
constexpr std::int64_t kPartMoves = 48;    // of one part in one round
constexpr std::int64_t kLeastMoves = 400;  // without any limit
constexpr std::int64_t kMovesPerClass = 250;
constexpr std::int64_t kTimedFactor =
    20;  // with a time limit: so often, then nothing is left to find
constexpr std::int64_t kRunningPart = 16;  // of those, from a plan that runs
// Annealing, in prices of an ordinary replica.
constexpr double kHot = 0.2;
constexpr double kCooling = 0.05;  // of that, at the end
constexpr double kLeastGain = 1e-9;
// Searches without a plan to begin with weigh rent and missing demand differently.
constexpr std::array kPushes = {1.0, 4.0, 16.0, 64.0};

int thread_count(const Limits& limits) {
  if (limits.threads > 0) return limits.threads;
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

std::int64_t default_moves(const Market& market) {
  return std::max(kLeastMoves, kMovesPerClass * static_cast<std::int64_t>(market.class_count()));
}

}  // namespace

std::vector<double> stand_alone_costs(const Market& market) {
  std::vector<double> result(market.class_count(), std::numeric_limits<double>::infinity());
  for (const Entry& entry : market.entries) {
    const std::size_t d = entry.option;
    const double replicas = std::max(1.0, std::ceil(entry.load));
    double& least = result[entry.query_class];
    least = std::min(least, replicas * market.unit_price[d] + entry.cost);
  }
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (!std::isfinite(result[i])) result[i] = market.unmet_cost[i];
  }
  return result;
}

Assignment mended(const Market& market, std::span<const double> worth,
                  std::span<const std::int32_t> replicas, Random random) {
  Assignment assignment(market);
  for (std::size_t d = 0; d < replicas.size(); ++d) {
    assignment.set_replicas(market, d, std::min(replicas[d], market.max_replicas[d]));
  }
  std::vector<std::uint32_t> all(market.class_count());
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  const std::vector<std::int32_t> owner(market.option_count(), 0);
  Cutter cutter(market, worth);
  const Part part = cutter.cut(assignment, all, owner, 0, market.option_count());
  Search search(part.market, part.worth, random, {});
  search.begin(part.replicas, 0.05);
  put_back(part, search.best_state(), market, assignment);
  return assignment;
}

Improver::Improver(const Market& market, std::span<const double> worth,
                   const AdaptiveOptions& options, const Limits& limits, const Deadline& deadline)
    : market_(market),
      worth_(worth),
      options_(options),
      limits_(limits),
      deadline_(deadline),
      random_(options.seed),
      team_(thread_count(limits)),
      pools_(*market.pools),
      best_(market),
      best_cost_(std::numeric_limits<double>::infinity()) {
  most_moves_ = limits.iterations;
  if (limits.iterations != Limits{}.iterations) return;
  if (options.from_running) {
    most_moves_ = default_moves(market) / kRunningPart;
    return;
  }
  const bool timed = std::isfinite(limits.time.value);
  most_moves_ = (timed ? kTimedFactor : 1) * default_moves(market);
}

bool Improver::go_on() {
  if (limit_ != nullptr) return false;
  if (moves_ >= most_moves_) {
    if (most_moves_ == limits_.iterations) limit_ = "iterations";
    return false;
  }
  if (deadline_.expired()) limit_ = "time";
  if (deadline_.stopped()) limit_ = "stop";
  if (options_.proven && best_complete_ &&
      best_cost_ - options_.proven() <= limits_.gap * best_cost_) {
    limit_ = "gap";
  }
  if (limits_.on_progress) {
    Progress progress;
    progress.seconds = deadline_.elapsed_seconds();
    if (best_complete_) progress.incumbent = best_cost_;
    limits_.on_progress(progress);
  }
  return limit_ == nullptr;
}

double Improver::temperature() const {
  double spent = static_cast<double>(moves_) / static_cast<double>(most_moves_);
  if (std::isfinite(limits_.time.value)) {
    spent = std::max(spent, deadline_.elapsed_seconds() / limits_.time.value);
  }
  return kHot * std::pow(kCooling, std::min(1.0, spent));
}

bool Improver::adopt(Assignment&& candidate) {
  const bool complete = candidate.complete();
  const double cost = cost_of(market_, pools_, candidate);
  if (!std::isfinite(cost) || (best_complete_ && !complete)) return false;
  if (complete == best_complete_ && cost >= best_cost_ - kLeastGain) return false;
  best_ = std::move(candidate);
  best_cost_ = cost;
  best_complete_ = complete;
  if (complete && options_.on_better) options_.on_better(cost);
  return true;
}

Assignment Improver::run(std::vector<Beginning> begin) {
  for (const Beginning& beginning : begin) adopt(Assignment(beginning.assignment));
  const bool as_it_is = options_.from_running && !options_.local_search && best_complete_;
  if (market_.class_count() > 0 && !as_it_is) {
    if (market_.class_count() <= kWholeClasses) {
      search_whole(std::move(begin));
    } else {
      search_parts(std::move(begin));
    }
  }
  return best_;
}

SearchOptions Improver::search_options(std::size_t k) const {
  const double push = best_complete_ ? 1.0 : kPushes[k % kPushes.size()];
  return {options_.local_search, options_.consolidation, push};
}

void Improver::search_whole(std::vector<Beginning> begin) {
  std::vector<std::uint32_t> all(market_.class_count());
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  const std::vector<std::int32_t> owner(market_.option_count(), 0);
  // One search begins with nothing but prices; the others with the best starts.
  const std::size_t most = market_.boxes ? kBoxSearches : kSearches;
  const std::size_t count = options_.from_running  ? std::min<std::size_t>(2, begin.size())
                            : options_.multi_start ? most
                                                   : 1;
  std::vector<Task> tasks(count);
  Cutter cutter(market_, worth_);
  const Assignment nothing(market_);
  std::vector<const Assignment*> from(count, &nothing);
  for (std::size_t k = 0; k < count; ++k) {
    const bool given = k + 1 < count || count == 1 || options_.from_running;
    if (k < begin.size() && given) from[k] = &begin[k].assignment;
    tasks[k].part = cutter.cut(*from[k], all, owner, 0, market_.option_count());
  }
  team_.run(count, [&](std::size_t k, std::size_t) {
    Task& task = tasks[k];
    task.search = std::make_unique<Search>(task.part.market, task.part.worth, random_.split(k + 1),
                                           search_options(k));
    task.search->begin(task.part.replicas, 0.05);
  });
  const auto gather = [&] {
    for (Task& task : tasks) {
      if (!task.search->complete() && best_complete_) continue;
      if (best_complete_ && task.search->best_cost() >= best_cost_ - kLeastGain) continue;
      merge(task, *from[static_cast<std::size_t>(&task - tasks.data())]);
    }
  };
  gather();
  while (options_.local_search && go_on()) {
    const double heat = temperature();
    team_.run(count, [&](std::size_t k, std::size_t) {
      for (std::int64_t move = 0; move < kChunk; ++move) tasks[k].search->step(heat);
    });
    moves_ += kChunk * static_cast<std::int64_t>(count);
    gather();
  }
}

/// Takes over what the task has found, beginning with `from`, if it is better.
void Improver::merge(const Task& task, const Assignment& from) {
  Assignment candidate = from;
  put_back(task.part, task.search->best_state(), market_, candidate);
  adopt(std::move(candidate));
}

void Improver::search_parts(std::vector<Beginning> begin) {
  begin.clear();
  if (!best_complete_) build();
  while (options_.local_search && go_on()) {
    Random random = random_.split(stream_);
    round(around_open_options(market_, best_, kPartClasses, random), kClosedOptions, kPartMoves,
          false);
  }
}

/// A first assignment: the classes in groups that suit the same options, each for itself.
void Improver::build() {
  round(by_cheapest_option(market_, kBuildClasses), kBuildOptions, 0, true);
}

void Improver::round(const Partition& partition, std::size_t closed_options, std::int64_t moves,
                     bool from_nothing) {
  const std::size_t count = partition.parts.size();
  std::vector<Task> tasks(count);
  const double heat = temperature();
  std::vector<std::unique_ptr<Cutter>> cutters(team_.size());
  const std::uint64_t stream = stream_;
  team_.run(count, [&](std::size_t k, std::size_t worker) {
    if (deadline_.reached() && !from_nothing) return;
    if (!cutters[worker]) cutters[worker] = std::make_unique<Cutter>(market_, worth_);
    Task& task = tasks[k];
    task.part = cutters[worker]->cut(best_, partition.parts[k], partition.owner,
                                     static_cast<std::int32_t>(k), closed_options);
    task.search = std::make_unique<Search>(task.part.market, task.part.worth,
                                           random_.split(stream + k + 1), search_options(k));
    task.search->begin(task.part.replicas, 0.05);
    const double before = task.search->best_cost();
    for (std::int64_t move = 0; move < moves; ++move) {
      if (move % 8 == 0 && deadline_.reached()) break;
      task.search->step(heat);
    }
    task.better = from_nothing || task.search->best_cost() < before - kLeastGain;
  });
  stream_ += count + 1;
  moves_ += moves * static_cast<std::int64_t>(count);
  if (from_nothing) {
    for (const Task& task : tasks) put_back(task.part, task.search->best_state(), market_, best_);
    best_cost_ = cost_of(market_, pools_, best_);
    best_complete_ = best_.complete();
    if (std::isfinite(best_cost_)) return;
    // Each part kept the limits, all of them together did not.
    best_ = Assignment(market_);
    best_complete_ = false;
    return;
  }
  for (const Task& task : tasks) {
    if (task.search && task.better) merge(task, best_);
  }
}

}  // namespace berth::adaptive
