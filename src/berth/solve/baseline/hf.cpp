// The best homogeneous fleet.

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "berth/instance/reduced_instance.h"
#include "berth/solve/baseline/baselines.h"
#include "berth/solve/baseline/construction.h"
#include "berth/solve/greedy/greedy.h"
#include "berth/solve/reduced.h"

namespace berth {
namespace {

/// So many classes of each pool are named when no pool serves all.
constexpr std::size_t kNamed = 6;

std::string listed(const std::vector<std::string>& names) {
  const std::size_t shown = std::min(names.size(), kNamed);
  std::string text = fmt::format(
      "{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

/// Classes that must be served and that no option of `only` serves.
std::vector<std::string> unserved(const Instance& only) {
  const auto& classes = only.columns().classes;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < only.class_count(); ++i) {
    const bool none = only.first_pair(ClassId(i)) == only.end_pair(ClassId(i));
    if (none && classes.max_unmet[i] < 1.0) names.push_back("'" + classes.name[i] + "'");
  }
  return names;
}

class Homogeneous {
 public:
  Homogeneous(const Instance& instance, const Limits& limits)
      : instance_(instance), limits_(limits), deadline_(limits) {
    result_.method = "hf";
  }

  SolveResult solve() {
    for (std::size_t r = 0; r < instance_.pool_count(); ++r) {
      if (deadline_.reached()) limit_ = deadline_.stopped() ? "stop" : "time";
      if (!limit_.empty()) break;
      try_pool(PoolId(r));
    }
    if (instance_.pool_count() == 0) try_options({}, "no pool");
    Termination& end = result_.termination;
    if (!result_.solution) {
      end.reason = TerminationReason::kInfeasible;
      end.detail = "no single pool serves every class: " + failures();
    } else {
      end.reason = TerminationReason::kFeasible;
      end.detail = "all on " + where_;
    }
    if (!limit_.empty()) {
      end.reason = TerminationReason::kLimit;
      end.limit = limit_;
    }
    result_.solve_seconds = deadline_.elapsed_seconds();
    return std::move(result_);
  }

 private:
  void try_pool(PoolId pool) {
    try_options(instance_.options_of(pool),
                "pool '" + instance_.columns().pools.name[pool.index()] + "'");
  }

  void try_options(std::span<const OptionId> options, const std::string& name) {
    std::vector<std::uint8_t> keep(instance_.option_count(), 0);
    for (const OptionId id : options) keep[id.index()] = 1;
    const ReducedInstance only = reduced_to(instance_, keep);
    if (const std::vector<std::string> classes = unserved(only.instance); !classes.empty()) {
      failures_.push_back(fmt::format("{} has no option for {}", name, listed(classes)));
      return;
    }
    Limits rest = limits_;
    rest.time = Seconds{limits_.time.value - deadline_.elapsed_seconds()};
    const SolveResult found = solve_greedy(only.instance, GreedyOptions{}, rest);
    if (found.termination.reason == TerminationReason::kLimit) limit_ = found.termination.limit;
    if (!found.solution) {
      failures_.push_back(fmt::format("{}: {}", name, found.termination.detail));
      return;
    }
    if (result_.solution && found.cost.total() >= result_.cost.total()) return;
    result_.solution = out_of_reduced(only.new_index, *found.solution);
    result_.cost = found.cost;
    where_ = name;
  }

  [[nodiscard]] std::string failures() const {
    return fmt::format("{}", fmt::join(failures_, "; "));
  }

  const Instance& instance_;
  const Limits& limits_;
  Deadline deadline_;
  SolveResult result_;
  std::string where_;
  std::string limit_;                  // what ended the work early
  std::vector<std::string> failures_;  // by pool that does not do
};

}  // namespace

SolveResult solve_hf(const Instance& instance, const Limits& limits) {
  baseline::Construction construction("hf", instance, limits);
  if (std::optional<SolveResult> refused = construction.refusal()) return *std::move(refused);
  return Homogeneous(instance, limits).solve();
}

}  // namespace berth
