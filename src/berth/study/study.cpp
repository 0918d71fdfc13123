#include "berth/study/study.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <utility>

#include "berth/core/tolerance.h"
#include "berth/plan/check.h"
#include "berth/plan/price.h"
#include "berth/plan/solution_json.h"
#include "berth/study/statistics.h"

namespace berth {
namespace {

/// A run shorter than this is repeated, so that its time is more than noise.
constexpr double kShortRun = 0.05;
constexpr std::size_t kMostRepeats = 5;

/// Near enough for most users, and comparable between methods that stop by themselves or do not.
constexpr double kNear = 0.01;

struct Timed {
  VariantRun run;
  double seconds = 0.0;
  std::vector<Incumbent> incumbents;
};

Timed run_once(const Variant& variant, const Instance& instance, std::uint64_t seed,
               const Limits& limits) {
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [start] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  Timed timed;
  Limits watched = limits;
  watched.on_progress = [&](const Progress& progress) {
    auto& known = timed.incumbents;
    if (progress.incumbent && (known.empty() || *progress.incumbent < known.back().cost)) {
      known.push_back({elapsed(), *progress.incumbent});
    }
    if (limits.on_progress) limits.on_progress(progress);
  };
  timed.run = variant.run(instance, seed, watched);
  timed.seconds = elapsed();
  return timed;
}

Timed run_timed(const Variant& variant, const Instance& instance, std::uint64_t seed,
                const Limits& limits) {
  Timed first = run_once(variant, instance, seed, limits);
  std::vector<double> seconds = {first.seconds};
  double total = first.seconds;
  while (total < kShortRun && seconds.size() < kMostRepeats) {
    seconds.push_back(run_once(variant, instance, seed, limits).seconds);
    total += seconds.back();
  }
  first.seconds = *median(seconds);
  return first;
}

bool stop_requested(const Limits& limits) {
  return limits.stop != nullptr && limits.stop->stop_requested();
}

/// What the run said it had on the way, as far as the plan bears it out: a cost may be said before
/// the plan is checked, and come to nothing.
std::vector<Incumbent> borne_out(const Timed& timed, double cost) {
  std::vector<Incumbent> result;
  const double noise = tolerance::kReported * cost;
  for (const Incumbent& said : timed.incumbents) {
    if (said.cost < cost - noise) continue;
    // A run that was repeated has the median of the times, the first may have taken longer.
    result.push_back({std::min(said.seconds, timed.seconds), said.cost});
    if (said.cost > cost + noise) continue;
    result.back().cost = cost;
    return result;
  }
  result.push_back({timed.seconds, cost});
  return result;
}

/// What the run says of itself, as far as it is true.
void record(StudyRow& row, const Instance& instance, const SolveResult& result) {
  row.status = to_string(result.termination.reason);
  row.limit = result.termination.limit;
  row.detail = result.termination.detail;
  if (!result.solution) {
    row.lower_bound = result.lower_bound;
    return;
  }
  const CostRate cost = price(instance, *result.solution).total();
  const std::vector<Violation> violations =
      check(instance, *result.solution, {.objective = cost, .lower_bound = result.lower_bound});
  if (!violations.empty()) {
    row.status = "error";
    row.detail =
        "the plan fails the check: " + violations.front().where + ": " + violations.front().message;
    return;
  }
  row.cost = cost;
  row.lower_bound = result.lower_bound;
}

StudyRow row_of(const StudyProblem& problem, const StudyInstance& built, const Variant& variant) {
  StudyRow row;
  row.set = problem.set;
  row.instance = problem.name();
  row.seed = problem.seed;
  row.classes = built.classes;
  row.models = built.models;
  row.pools = built.pools;
  row.options = built.instance.option_count();
  row.pairs = built.instance.pair_count();
  row.build_seconds = built.build_seconds;
  row.family = variant.family;
  row.method = variant.name;
  return row;
}

class Runner {
 public:
  Runner(const StudyRequest& request, const std::function<void(const StudyStep&)>& on_step)
      : request_(request), on_step_(on_step) {}

  Result<Study> run() {
    if (Status read = read_files(); !read) return std::move(read).errors();
    study_.kind = request_.kind;
    study_.variants = request_.variants;
    study_.shard = request_.shard;
    step_.total = 0;
    for (std::size_t task = 0; task < tasks(); ++task)
      step_.total += request_.shard.holds(task) ? 1U : 0U;
    for (std::size_t p = 0; p < request_.problems.size() && !study_.stopped; ++p) {
      if (Status done = run_problem(p); !done) return std::move(done).errors();
    }
    if (request_.shard.count == 1) fill_gaps(study_.rows);
    return std::move(study_);
  }

 private:
  [[nodiscard]] std::size_t tasks() const {
    return request_.problems.size() * request_.variants.size();
  }
  [[nodiscard]] std::size_t task(std::size_t p, std::size_t v) const {
    return p * request_.variants.size() + v;
  }

  /// Whoever starts a long study learns of a bad file at once.
  Status read_files() const {
    Errors errors;
    for (std::size_t p = 0; p < request_.problems.size(); ++p) {
      const StudyProblem& problem = request_.problems[p];
      if (problem.source != StudyProblem::Source::kFile) continue;
      if (p > 0 && problem.file == request_.problems[p - 1].file) continue;
      const Result<StudyInstance> built = build_problem(problem);
      if (built) continue;
      errors.insert(errors.end(), built.errors().begin(), built.errors().end());
    }
    if (!errors.empty()) return errors;
    return Ok{};
  }

  Status run_problem(std::size_t p) {
    std::array<std::optional<StudyInstance>, 2> built;  // without and with dominated options
    for (std::size_t v = 0; v < request_.variants.size(); ++v) {
      if (!request_.shard.holds(task(p, v))) continue;
      study_.stopped = study_.stopped || stop_requested(request_.limits);
      if (study_.stopped) return Ok{};
      const Variant& variant = request_.variants[v];
      std::optional<StudyInstance>& instance = built[variant.dominated ? 1 : 0];
      if (!instance) {
        Result<StudyInstance> result = build_problem(request_.problems[p], variant.dominated);
        if (!result) return std::move(result).errors();
        instance = *std::move(result);
      }
      run_variant(request_.problems[p], *instance, variant);
    }
    return Ok{};
  }

  void run_variant(const StudyProblem& problem, const StudyInstance& built,
                   const Variant& variant) {
    step_.instance = problem.name();
    step_.method = variant.name;
    if (on_step_) on_step_(step_);
    StudyRow row = row_of(problem, built, variant);
    const Timed timed = run_timed(variant, built.instance, row.seed, request_.limits);
    // A run that was cut short says nothing about its method.
    if (timed.run.result.termination.limit == "stop") {
      study_.stopped = true;
      return;
    }
    row.solve_seconds = timed.seconds;
    row.nodes = timed.run.nodes;
    record(row, built.instance, timed.run.result);
    if (row.cost) row.incumbents = borne_out(timed, row.cost->usd());
    if (variant.root) row.root_bound = variant.root(built.instance, request_.limits);
    study_.rows.push_back(std::move(row));
    ++step_.done;
  }

  const StudyRequest& request_;
  const std::function<void(const StudyStep&)>& on_step_;
  Study study_;
  StudyStep step_;
};

struct Known {
  std::optional<CostRate> best;
  std::optional<double> bound;
};

/// Bounds are rounded to whole micro-dollars.
constexpr double kHalfMicro = 5e-7;

std::optional<double> time_to(const StudyRow& row, double cost) {
  for (const Incumbent& incumbent : row.incumbents) {
    if (incumbent.cost <= cost + kHalfMicro) return incumbent.seconds;
  }
  return std::nullopt;
}

bool is_refuted(const StudyRow& row, const Known& known) {
  return row.lower_bound && known.best && *row.lower_bound > known.best->usd() + kHalfMicro;
}

}  // namespace

std::string_view to_string(StudyKind kind) {
  switch (kind) {
    case StudyKind::kScale: return "scale";
    case StudyKind::kGap: return "gap";
    case StudyKind::kAblation: return "ablation";
  }
  return "unknown";
}

void fill_gaps(std::vector<StudyRow>& rows) {
  std::map<std::string, Known> known;
  for (const StudyRow& row : rows) {
    Known& of = known[row.instance];
    if (row.cost && (!of.best || *row.cost < *of.best)) of.best = row.cost;
  }
  for (StudyRow& row : rows) {
    Known& of = known[row.instance];
    if (is_refuted(row, of)) {
      row.status = "error";
      row.detail = "its bound lies above the cost of a plan of another method";
    } else if (row.lower_bound && (!of.bound || *row.lower_bound > *of.bound)) {
      of.bound = row.lower_bound;
    }
  }
  for (StudyRow& row : rows) {
    const Known& of = known[row.instance];
    row.gap_to_best.reset();
    row.seconds_to_1pct.reset();
    row.gap_proven.reset();
    if (!row.cost) continue;
    const double best = of.best->usd();
    row.seconds_to_1pct = time_to(row, best * (1.0 + kNear));
    row.gap_to_best = best > 0.0 ? (row.cost->usd() - best) / best : 0.0;
    row.gap_proven = gap_of(row.cost, of.bound);
  }
}

Result<Study> run_study(const StudyRequest& request,
                        const std::function<void(const StudyStep&)>& on_step) {
  return Runner(request, on_step).run();
}

}  // namespace berth
