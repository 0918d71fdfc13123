#pragma once
// A study runs every variant on every problem and keeps a row of facts for each; every plan is
// priced again and checked. docs/study.md.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "berth/core/limits.h"
#include "berth/core/money.h"
#include "berth/core/result.h"
#include "berth/study/problem.h"
#include "berth/study/variant.h"

namespace berth {

enum class StudyKind : std::uint8_t { kScale, kGap, kAblation };
[[nodiscard]] std::string_view to_string(StudyKind kind);

/// A run had a plan of this cost after this time.
struct Incumbent {
  double seconds = 0.0;
  double cost = 0.0;  ///< USD/h
};

struct StudyRow {
  std::string set;       ///< StudyProblem::set
  std::string instance;  ///< StudyProblem::name
  std::uint64_t seed = 1;
  std::size_t classes = 0;
  std::optional<std::size_t> models;
  std::size_t pools = 0;
  std::size_t options = 0;
  std::size_t pairs = 0;
  std::string family;                 ///< of the variant
  std::string method;                 ///< the variant's name
  std::string status;                 ///< "optimal", "feasible", "limit", "infeasible", "error"
  std::string limit;                  ///< what ended the run: "time", "size", ...; or empty
  std::string detail;                 ///< why there is no plan, or no proof
  std::optional<CostRate> cost;       ///< of the plan, priced from the plan itself
  std::optional<double> lower_bound;  ///< USD/h, proven by this run
  std::optional<double> gap_to_best;  ///< (cost - best) / best; best = least cost of the instance
  std::optional<double> gap_proven;   ///< (cost - bound) / cost; bound = best one of the instance
  double build_seconds = 0.0;
  double solve_seconds = 0.0;  ///< median of several runs where one is short
  /// When the run first had a plan within 1 % of the best cost of the instance.
  std::optional<double> seconds_to_1pct;
  std::optional<double> root_bound;   ///< USD/h, of the root relaxation
  std::optional<std::int64_t> nodes;  ///< of the search tree
  /// Each cheaper than the one before and not later than solve_seconds; the last is the plan. Empty
  /// without a plan.
  std::vector<Incumbent> incumbents;
};

/// Part `index` of `count`: tasks are dealt out in turn, so that every part gets some of each
/// method. The union of all parts is the whole.
struct StudyShard {
  std::size_t index = 0;
  std::size_t count = 1;
  [[nodiscard]] bool holds(std::size_t task) const {
    return (task + task / count) % count == index;
  }
};

struct StudyRequest {
  StudyKind kind = StudyKind::kGap;
  std::vector<StudyProblem> problems;
  std::vector<Variant> variants;
  Limits limits;  ///< of each run; `stop` also ends the study
  StudyShard shard;
};

struct Study {
  StudyKind kind = StudyKind::kGap;
  std::vector<Variant> variants;
  std::vector<StudyRow> rows;  ///< by problem, then variant
  StudyShard shard;
  bool stopped = false;  ///< ended before all tasks were done
  // How it was made, for people.
  std::string command;
  std::string version;
  std::string preset;
  double time_limit_s = 0.0;
  int seeds = 1;
};

/// The next task: its number among `total`, from 0.
struct StudyStep {
  std::size_t done = 0;
  std::size_t total = 0;
  std::string instance;
  std::string method;
};

/// Problems from files are all read before the first run. Errors: those of the problems. A plan
/// that fails the check, or a bound above a cost, is a bug of the method: its row has the status
/// "error" and says so, and carries no cost. Gaps are filled in unless the study is a shard.
[[nodiscard]] Result<Study> run_study(const StudyRequest& request,
                                      const std::function<void(const StudyStep&)>& on_step);

/// Fills gap_to_best, seconds_to_1pct and gap_proven from the costs and bounds of all rows of the
/// same instance. A bound above the cost of another row's plan is a bug: its row gets the status
/// "error".
void fill_gaps(std::vector<StudyRow>& rows);

}  // namespace berth
