// The tree: parts with the lowest bound first, a few at once.

#include "berth/solve/branch/branch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "berth/core/team.h"
#include "berth/plan/price.h"
#include "berth/solve/bound/rounding.h"
#include "berth/solve/branch/completion.h"
#include "berth/solve/branch/division.h"
#include "berth/solve/reduced.h"

namespace berth::branch {
namespace {

constexpr double kHalfMicro = 0.5e-6;
/// Parts divided side by side, whatever the number of threads: the tree is the same for all.
constexpr std::size_t kRound = 8;
/// Some of the gap that may stay is kept for rounding.
constexpr double kGapPart = 0.9;
/// Memory: a part takes some 10 kB.
constexpr std::size_t kMostOpen = 200'000;
constexpr Effort kRootEffort{200, 1e-6, 3};
constexpr double kProgressEvery = 0.25;  // s

int thread_count(const Limits& limits) {
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const int asked = limits.threads > 0 ? limits.threads : cores;
  return std::clamp(std::min(asked, cores), 1, static_cast<int>(kRound));
}

class Tree {
 public:
  Tree(const Instance& instance, const bound::Lagrangian& relaxation, const bound::Bound& bound,
       double cost, const Limits& limits, const BranchOptions& options)
      : instance_(instance),
        limits_(limits),
        options_(options),
        deadline_(limits),
        step_(bound::cost_step(instance)),
        root_bound_(bound.value),
        target_(target_for(cost)),
        reduced_(bound::reduce(instance, relaxation.fix(bound, target_))),
        problem_(reduced_.instance, target_),
        history_(problem_),
        team_(thread_count(limits)) {
    result_.bound = bound.value;
    result_.cost = cost;
    for (std::size_t k = 0; k < team_.size(); ++k) bounders_.emplace_back(problem_, deadline_);
    plant(bound.prices);
  }

  BranchResult run() {
    while (!ended()) grow();
    result_.bound = proven();
    result_.open = open_.size() + (dive_ ? 1 : 0);
    for (const Bounder& bounder : bounders_) result_.passes += bounder.passes();
    result_.seconds = deadline_.elapsed_seconds();
    return std::move(result_);
  }

 private:
  /// Parts that cost at least this need no closer look: no plan there beats `cost` by more than the
  /// gap, or by a whole step of the costs.
  [[nodiscard]] double target_for(double cost) const {
    const double within_gap = cost - kGapPart * limits_.gap * std::abs(cost);
    const double next_step = cost - static_cast<double>(step_) * 1e-6 + kHalfMicro;
    return std::min(cost, std::max(within_gap, next_step));
  }

  void plant(const bound::Prices& prices) {
    auto root = std::make_unique<Node>();
    root->least.assign(problem_.count_total(), 0);
    root->most = problem_.most();
    root->prices = problem_.structure().to_vector(prices);
    bounders_.front().raise(*root, kRootEffort, target_);
    if (root->bound >= target_) return;
    bounders_.front().narrow(*root, target_);
    push(std::move(root));
  }

  static bool later(const std::unique_ptr<Node>& a, const std::unique_ptr<Node>& b) {
    return a->bound != b->bound ? a->bound > b->bound : a->number > b->number;
  }

  void push(std::unique_ptr<Node> node) {
    node->number = created_++;
    open_.push_back(std::move(node));
    std::push_heap(open_.begin(), open_.end(), later);
  }

  std::unique_ptr<Node> pop() {
    std::pop_heap(open_.begin(), open_.end(), later);
    std::unique_ptr<Node> node = std::move(open_.back());
    open_.pop_back();
    return node;
  }

  /// No plan costs less: the least of what is open, what was given up, and what needed no look.
  [[nodiscard]] double proven() const {
    double least = std::min(target_, leaf_bound_);
    if (!open_.empty()) least = std::min(least, open_.front()->bound);
    if (dive_) least = std::min(least, dive_->bound);
    return std::min(result_.cost, std::max(root_bound_, bound::rounded_up(least, step_)));
  }

  [[nodiscard]] bool ended() {
    hear_of_others();
    const double bound = proven();
    report(bound);
    const auto end = [&](const char* limit) {
      result_.limit = limit;
      return true;
    };
    if (result_.cost - bound <= limits_.gap * std::abs(result_.cost)) return end("gap");
    if (open_.empty() && !dive_) return end("leaves");
    if (deadline_.stopped()) return end("stop");
    if (deadline_.expired()) return end("time");
    if (result_.nodes >= limits_.nodes) return end("nodes");
    return open_.size() > kMostOpen && end("memory");
  }

  /// Somebody else may have found a cheaper plan.
  void hear_of_others() {
    if (!options_.best_cost) return;
    const double cost = options_.best_cost();
    if (cost > result_.cost - kHalfMicro) return;
    result_.cost = cost;
    result_.better.reset();
    target_ = std::min(target_, target_for(cost));
  }

  void report(double bound) {
    if (!limits_.on_progress || deadline_.elapsed_seconds() < next_report_) return;
    next_report_ = deadline_.elapsed_seconds() + kProgressEvery;
    Progress progress;
    progress.seconds = deadline_.elapsed_seconds();
    progress.incumbent = result_.cost;
    progress.bound = bound;
    progress.nodes = result_.nodes;
    limits_.on_progress(progress);
  }

  /// One round: the lowest bounds, and one part that goes on where the last one ended, for plans
  /// are found deep in the tree.
  void grow() {
    std::vector<std::unique_ptr<Node>> round;
    const auto wanted = static_cast<std::size_t>(
        std::min<std::int64_t>(static_cast<std::int64_t>(kRound), limits_.nodes - result_.nodes));
    if (dive_) round.push_back(std::move(dive_));
    while (round.size() < wanted && !open_.empty()) {
      std::unique_ptr<Node> node = pop();
      if (node->bound < target_) round.push_back(std::move(node));
    }
    std::vector<Expansion> expansions(round.size());
    const double target = target_;
    team_.run(round.size(), [&](std::size_t number, std::size_t worker) {
      expansions[number] =
          expand(problem_, *round[number], history_, target, deadline_, bounders_[worker]);
    });
    for (std::size_t k = 0; k < round.size(); ++k)
      merge(std::move(round[k]), expansions[k], k == 0);
  }

  void merge(std::unique_ptr<Node> node, Expansion& expansion, bool dives) {
    if (expansion.unfinished) return push(std::move(node));
    ++result_.nodes;
    for (const Observation& observation : expansion.observations) history_.note(observation);
    if (expansion.whole) offer(*expansion.whole);
    if (expansion.leaf) leaf_bound_ = std::min(leaf_bound_, node->bound);
    std::vector<std::unique_ptr<Node>> parts;
    for (Node& part : expansion.parts) parts.push_back(std::make_unique<Node>(std::move(part)));
    std::sort(parts.begin(), parts.end(),
              [](const auto& a, const auto& b) { return a->bound < b->bound; });
    for (auto& part : parts) {
      if (dives && !dive_) {
        part->number = created_++;
        dive_ = std::move(part);
      } else {
        push(std::move(part));
      }
    }
  }

  void offer(const std::vector<std::int32_t>& replicas) {
    const std::optional<Solution> plan = completed(reduced_.instance, replicas);
    if (!plan) return;
    Solution solution = out_of_reduced(reduced_.new_index, *plan);
    const double cost = price(instance_, solution).total().usd();
    if (cost > result_.cost - kHalfMicro) return;
    result_.cost = cost;
    result_.better = std::move(solution);
    target_ = std::min(target_, target_for(cost));
    // What nobody needs to look at any more is dropped when its turn comes.
  }

  const Instance& instance_;
  const Limits& limits_;
  const BranchOptions& options_;
  Deadline deadline_;
  std::int64_t step_;
  double root_bound_;
  double target_;
  ReducedInstance reduced_;
  Problem problem_;
  History history_;
  Team team_;
  std::vector<Bounder> bounders_;            // by worker
  std::vector<std::unique_ptr<Node>> open_;  // heap: the lowest bound first
  std::unique_ptr<Node> dive_;
  std::int64_t created_ = 0;
  double leaf_bound_ = std::numeric_limits<double>::infinity();
  double next_report_ = 0.0;
  BranchResult result_;
};

}  // namespace

BranchResult prove(const Instance& instance, const bound::Lagrangian& relaxation,
                   const bound::Bound& bound, double cost, const Limits& limits,
                   const BranchOptions& options) {
  return Tree(instance, relaxation, bound, cost, limits, options).run();
}

}  // namespace berth::branch
