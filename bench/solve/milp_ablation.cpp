// What each part of the exact method is worth: root bound and time to a proven optimum, with all on
// and with each part off. Prints two markdown tables (docs/results.md); `scripts/ablation` runs it.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/fleet/generate.h"
#include "berth/instance/build.h"
#include "berth/instance/instance_json.h"
#include "berth/solve/milp/milp.h"
#include "berth/solve/milp/relaxation.h"
#include "tests/support/shared_instances.h"

namespace berth {
namespace {

using milp::MilpOptions;
using milp::MilpReport;
using milp::StrongRows;

struct Settings {
  bool quick = false;
  double time_limit_s = 20.0;
  int threads = 1;
  std::vector<std::string> words;  ///< only instances whose name holds one
};

/// The full method with one part changed.
struct Variant {
  std::string name;
  std::function<void(MilpOptions&)> change;
  bool moves_root = true;  ///< whether the root bound may differ
};

std::vector<Variant> variants() {
  const auto strong = [](StrongRows rows) {
    return [rows](MilpOptions& options) { options.formulation.strong_rows = rows; };
  };
  return {
      {"all on", [](MilpOptions&) {}},
      {"no dominance", [](MilpOptions& options) { options.dominance = false; }},
      {"no strong rows", strong(StrongRows::kNone)},
      {"strong up front", strong(StrongRows::kUpFront), false},
      {"strong lazy", strong(StrongRows::kLazy), false},
      {"no box rows", [](MilpOptions& options) { options.formulation.box_rows = false; }},
      {"no tight bounds", [](MilpOptions& options) { options.formulation.tight_bounds = false; }},
      {"no warm start", [](MilpOptions& options) { options.warm_start = false; }, false},
  };
}

struct Problem {
  std::string name;
  Instance instance;
  std::optional<double> best;  ///< USD/h, best known
};

struct Run {
  SolveResult result;
  MilpReport report;
  std::optional<double> root;  ///< USD/h

  [[nodiscard]] bool proven() const {
    const TerminationReason reason = result.termination.reason;
    return reason == TerminationReason::kOptimal ||
           (reason == TerminationReason::kInfeasible && result.termination.proven);
  }
};

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "milp_ablation: {}\n", why);
  std::exit(1);
}

double number_after(int argc, char** argv, int& i) {
  const std::string flag = argv[i];
  const auto value = i + 1 < argc ? parse_number(argv[++i]) : std::nullopt;
  if (!value || *value <= 0) give_up(flag + " needs a number greater than 0");
  return *value;
}

Settings read_arguments(int argc, char** argv) {
  Settings settings;
  std::optional<double> limit;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--quick") {
      settings.quick = true;
    } else if (word == "--time-limit") {
      limit = number_after(argc, argv, i);
    } else if (word == "--threads") {
      settings.threads = static_cast<int>(number_after(argc, argv, i));
    } else if (word.starts_with("-")) {
      give_up("usage: [--quick] [--time-limit SECONDS] [--threads N] [WORD...]");
    } else {
      settings.words.push_back(word);
    }
  }
  settings.time_limit_s = limit.value_or(settings.quick ? 3.0 : settings.time_limit_s);
  return settings;
}

bool wanted(const Settings& settings, const std::string& name) {
  return settings.words.empty() ||
         std::any_of(settings.words.begin(), settings.words.end(),
                     [&](const std::string& word) { return name.find(word) != std::string::npos; });
}

void add_known(const Settings& settings, std::vector<Problem>& problems) {
  for (const testing::KnownInstance& known : testing::known_instances()) {
    if (settings.quick && !known.name.starts_with("t1-") && !known.name.starts_with("t9-"))
      continue;
    if (!wanted(settings, known.name)) continue;
    Result<Instance> instance = read_instance(known.path);
    if (!instance) give_up(to_string(instance.errors().front()));
    problems.push_back({known.name, *std::move(instance), known.objective});
  }
}

/// Every option, as the filters are part of what is measured.
void add_generated(const Settings& settings, std::vector<Problem>& problems) {
  struct Size {
    int classes, models, gpus;
  };
  for (const Size& size : {Size{6, 6, 10}, Size{10, 10, 10}, Size{20, 20, 20}, Size{50, 20, 20}}) {
    if (settings.quick && size.classes > 6) continue;
    for (const bool boxes : {false, true}) {
      const std::string name =
          fmt::format("{}x{}x{}{}", size.classes, size.models, size.gpus, boxes ? "-boxes" : "");
      if (!wanted(settings, name)) continue;
      const auto generated = generate_fleet({size.classes, size.models, size.gpus, 1, boxes});
      if (!generated) give_up(to_string(generated.errors().front()));
      Result<BuiltInstance> built = build_instance(generated->fleet, {.dominance = false});
      if (!built) give_up(to_string(built.errors().front()));
      problems.push_back({name, std::move(built->instance), std::nullopt});
    }
  }
}

Run run(const Problem& problem, const Variant& variant, const Settings& settings) {
  fmt::print(stderr, "{}: {} ...\n", problem.name, variant.name);
  MilpOptions options;
  variant.change(options);
  Limits limits;
  limits.time = Seconds(settings.time_limit_s);
  limits.threads = settings.threads;
  Run run;
  run.result = milp::solve_milp(problem.instance, options, limits, &run.report);
  if (variant.moves_root) {
    run.root = milp::relaxation_bound(problem.instance, options, settings.time_limit_s);
  }
  return run;
}

double gap(double best, double bound) { return best > 0.0 ? (best - bound) / best : 0.0; }

/// Below the noise of the root bound there is no gap.
std::string percent(double share) {
  return share < 5e-6 ? "0 %" : fmt::format("{:.2f} %", 100.0 * share);
}

/// "1.2 s, 35": to the proof; "> 20 s, 0.8 %": the gap that is left.
std::string time_cell(const Run& run) {
  const SolveResult& result = run.result;
  if (run.proven()) return fmt::format("{:.2f} s, {}", result.solve_seconds, run.report.nodes);
  std::string rest = "no plan";
  if (result.solution && !result.lower_bound) rest = "no bound";
  if (result.solution && result.lower_bound) {
    rest = percent(gap(result.cost.total().usd(), *result.lower_bound));
  }
  const bool limit = result.termination.reason == TerminationReason::kLimit;
  return fmt::format("{} {:.0f} s, {}", limit ? ">" : to_string(result.termination.reason),
                     result.solve_seconds, rest);
}

std::string money(double usd) { return usd == milp::kInfinity ? "-" : fmt::format("{:.2f}", usd); }

void print_row(const std::vector<std::string>& cells) {
  fmt::print("| {} |\n", fmt::join(cells, " | "));
}

void print_header(const std::vector<std::string>& cells) {
  print_row(cells);
  fmt::print("|{}\n", [&] {
    std::string line;
    for (std::size_t c = 0; c < cells.size(); ++c) line += c == 0 ? "---|" : "---:|";
    return line;
  }());
}

double best_of(const Problem& problem, const std::vector<Run>& runs) {
  double best = problem.best.value_or(milp::kInfinity);
  for (const Run& run : runs) {
    if (run.result.solution) best = std::min(best, run.result.cost.total().usd());
  }
  return best;
}

void print_roots(const std::vector<Problem>& problems, const std::vector<std::vector<Run>>& runs) {
  std::vector<std::string> header = {"instance", "options",    "left",      "columns",
                                     "rows",     "best USD/h", "root USD/h"};
  for (const Variant& variant : variants()) {
    if (variant.moves_root) header.push_back(variant.name);
  }
  fmt::print("\nGap of the root's relaxation to the best known plan:\n\n");
  print_header(header);
  for (std::size_t p = 0; p < problems.size(); ++p) {
    const MilpReport& report = runs[p].front().report;
    const double best = best_of(problems[p], runs[p]);
    const double root = runs[p].front().root.value_or(milp::kInfinity);
    std::vector<std::string> row = {problems[p].name,
                                    std::to_string(problems[p].instance.option_count()),
                                    std::to_string(report.options),
                                    std::to_string(report.columns),
                                    std::to_string(report.rows),
                                    money(best),
                                    money(root)};
    for (std::size_t v = 0; v < runs[p].size(); ++v) {
      if (!variants()[v].moves_root) continue;
      const std::optional<double>& own = runs[p][v].root;
      const bool known = own && best < milp::kInfinity;
      row.push_back(known ? percent(gap(best, *own)) : "-");
    }
    print_row(row);
  }
}

void print_times(const std::vector<Problem>& problems, const std::vector<std::vector<Run>>& runs) {
  std::vector<std::string> header = {"instance"};
  for (const Variant& variant : variants()) header.push_back(variant.name);
  fmt::print("\nTime to a proven gap of 1e-4 and nodes of the search tree, or the gap left:\n\n");
  print_header(header);
  std::vector<double> seconds(variants().size(), 0.0);
  std::vector<int> proven(variants().size(), 0);
  for (std::size_t p = 0; p < problems.size(); ++p) {
    std::vector<std::string> row = {problems[p].name};
    for (std::size_t v = 0; v < runs[p].size(); ++v) {
      row.push_back(time_cell(runs[p][v]));
      seconds[v] += runs[p][v].result.solve_seconds;
      proven[v] += runs[p][v].proven() ? 1 : 0;
    }
    print_row(row);
  }
  std::vector<std::string> total = {"all"};
  for (std::size_t v = 0; v < seconds.size(); ++v) {
    total.push_back(fmt::format("{:.1f} s, {} proven", seconds[v], proven[v]));
  }
  print_row(total);
}

int measure(const Settings& settings) {
  std::vector<Problem> problems;
  add_known(settings, problems);
  add_generated(settings, problems);
  std::vector<std::vector<Run>> runs;
  for (const Problem& problem : problems) {
    std::vector<Run>& own = runs.emplace_back();
    for (const Variant& variant : variants()) own.push_back(run(problem, variant, settings));
  }
  print_roots(problems, runs);
  print_times(problems, runs);
  return 0;
}

}  // namespace
}  // namespace berth

int main(int argc, char** argv) { return berth::measure(berth::read_arguments(argc, argv)); }
