// berth study scale|gap|ablation: the methods against each other, as tables, plots and a page.

#include "berth/study/study.h"

#include <algorithm>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/shard.h"
#include "berth/core/text.h"
#include "berth/output/format.h"
#include "berth/output/study_charts.h"
#include "berth/output/study_report.h"
#include "berth/output/study_table.h"
#include "berth/output/svg.h"
#include "berth/study/defaults.h"
#include "berth/study/study_csv.h"
#include "berth/study/study_json.h"

namespace berth::cli {
namespace {

constexpr int kMostSeeds = 10'000;

struct StudyArguments {
  StudyKind kind = StudyKind::kGap;
  std::vector<std::string> files;
  std::string preset;
  std::string sizes;
  bool sizes_given = false;  ///< an empty list is an error, not the default
  std::string methods;
  bool methods_given = false;
  int seeds = 0;  ///< 0: the study's own
  std::string time_limit;
  int threads = 0;
  bool quick = false;
  std::string shard;
  std::string directory;
  std::string output = "table";
};

void append(Errors& errors, Errors more) {
  errors.insert(errors.end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
}

std::vector<std::string> words_of(const std::string& list) {
  std::vector<std::string> words;
  for (const std::string& word : split(list, ',')) words.emplace_back(trim(word));
  return words;
}

Errors contradictions(const StudyArguments& arguments) {
  Errors errors;
  const auto either = [&](const char* flag, const char* other) {
    errors.push_back({ErrorCode::kUsage, fmt::format("{} has problems of its own", other), flag,
                      fmt::format("leave out either {} or {}", flag, other)});
  };
  if (!arguments.preset.empty() && arguments.sizes_given) either("--sizes", "--preset");
  if (!arguments.preset.empty() && !arguments.files.empty()) either("--preset", "a file");
  if (arguments.sizes_given && !arguments.files.empty()) either("--sizes", "a file");
  const auto empty = [&](const char* flag, bool given, const std::string& list, const char* like) {
    if (given && trim(list).empty()) {
      errors.push_back({ErrorCode::kUsage, "the list is empty", flag, like});
    }
  };
  empty("--sizes", arguments.sizes_given, arguments.sizes, "such as --sizes 6x6x10,20x20x20-boxes");
  empty("--methods", arguments.methods_given, arguments.methods, "such as --methods gh,agh");
  return errors;
}

/// All that was asked for, with what the study does otherwise filled in.
struct PlannedStudy {
  StudyRequest request;
  std::vector<std::string> methods;
  int seeds = 1;
};

Result<PlannedStudy> plan_study(const StudyArguments& arguments) {
  Errors errors = contradictions(arguments);
  const StudyPreset preset = arguments.preset == "paper" ? StudyPreset::kPaper : StudyPreset::kOurs;
  StudyDefaults defaults = study_defaults(arguments.kind, preset, arguments.quick);
  PlannedStudy plan;
  StudyRequest& request = plan.request;
  request.kind = arguments.kind;
  request.limits.time = defaults.time_limit;
  request.limits.threads = arguments.threads;
  if (Status read = read_duration("--time-limit", arguments.time_limit, request.limits.time);
      !read) {
    append(errors, std::move(read).errors());
  }
  if (Status read = read_shard(arguments.shard, request.shard.index, request.shard.count); !read) {
    append(errors, std::move(read).errors());
  }
  if (!trim(arguments.sizes).empty()) {
    Result<std::vector<StudyProblem>> sizes = parse_sizes(arguments.sizes);
    if (sizes) {
      defaults.problems = *std::move(sizes);
    } else {
      append(errors, std::move(sizes).errors());
    }
  }
  if (!arguments.files.empty()) {
    Result<std::vector<StudyProblem>> files = file_problems(arguments.files);
    if (files) {
      defaults.problems = *std::move(files);
      defaults.seeds = 1;
    } else {
      append(errors, std::move(files).errors());
    }
  }
  plan.methods = trim(arguments.methods).empty() ? defaults.methods : words_of(arguments.methods);
  Result<std::vector<Variant>> variants = arguments.kind == StudyKind::kAblation
                                              ? ablation_variants(plan.methods)
                                              : method_variants(plan.methods);
  if (variants) {
    request.variants = *std::move(variants);
  } else {
    append(errors, std::move(variants).errors());
  }
  if (!errors.empty()) return errors;
  plan.seeds = arguments.seeds > 0 ? arguments.seeds : defaults.seeds;
  request.problems = with_seeds(defaults.problems, plan.seeds);
  return plan;
}

/// The command that makes the study again, whatever the defaults of a later version are.
std::string command_of(const StudyArguments& arguments, const PlannedStudy& plan) {
  std::vector<std::string> words = {"berth", "study", std::string(to_string(arguments.kind))};
  words.insert(words.end(), arguments.files.begin(), arguments.files.end());
  const auto flag = [&words](const char* name, const std::string& value) {
    words.emplace_back(name);
    words.push_back(value);
  };
  if (!arguments.preset.empty()) {
    flag("--preset", arguments.preset);
  } else if (arguments.files.empty()) {
    std::vector<std::string> sizes;
    for (const StudyProblem& problem : plan.request.problems) {
      if (problem.seed == 1) sizes.push_back(problem.set);
    }
    flag("--sizes", fmt::format("{}", fmt::join(sizes, ",")));
  }
  flag("--methods", fmt::format("{}", fmt::join(plan.methods, ",")));
  flag("--seeds", std::to_string(plan.seeds));
  flag("--time-limit", fmt::format("{:g}s", plan.request.limits.time.value));
  if (arguments.threads > 0) flag("--threads", std::to_string(arguments.threads));
  if (arguments.quick) words.emplace_back("--quick");
  return shell_words(words);
}

int write_outputs(const StudyArguments& arguments, const Study& study, Session& session) {
  const std::filesystem::path directory = arguments.directory;
  const std::string name(to_string(study.kind));
  const auto write = [&](const std::string& file, const std::string& content, const char* what) {
    return deliver(session, (directory / file).string(), content, what);
  };
  if (study.shard.count > 1) {
    return write(fmt::format("{}-{}-of-{}.csv", name, study.shard.index, study.shard.count),
                 to_csv(study), "a part of the rows");
  }
  int status = write(name + ".csv", to_csv(study), "the rows");
  for (const StudyChart& chart : study_charts(study)) {
    if (status != kSuccess) return status;
    status = write(chart.name + ".svg", svg_file(chart.svg, chart.height), "a plot");
  }
  if (status != kSuccess) return status;
  return write(name + ".html", to_html_report(study), "the page");
}

/// "  3/24  20x20x20-s1  milp"
void watch(StudyRequest& request, std::string& current, Session& session) {
  if (!session.console.shows_progress()) return;
  request.limits.on_progress = [&session, &current](const Progress& progress) {
    std::string text = fmt::format("{}  {:.1f} s", current, progress.seconds);
    if (progress.incumbent) text += fmt::format("  best {:.2f} USD/h", *progress.incumbent);
    session.console.progress(text);
  };
}

int run_study_command(const StudyArguments& arguments, Session& session) {
  Result<PlannedStudy> plan = plan_study(arguments);
  if (!plan) return session.console.fail(plan.errors());
  if (Status ready = prepare_directory(arguments.directory); !ready) {
    return session.console.fail(ready.errors());
  }
  stop_on_interrupt(session);
  plan->request.limits.stop = &session.stop;
  std::string current;
  watch(plan->request, current, session);
  Result<Study> study = run_study(plan->request, [&](const StudyStep& step) {
    current = fmt::format("{:>4}/{}  {}  {}", step.done + 1, step.total, printable(step.instance),
                          step.method);
    session.console.progress(current);
  });
  if (!study) return session.console.fail(study.errors());
  study->command = command_of(arguments, *plan);
  study->version = BERTH_VERSION;
  study->preset = arguments.preset;
  study->seeds = plan->seeds;
  study->time_limit_s = plan->request.limits.time.value;
  if (study->rows.empty() && study->stopped) {
    return session.console.fail(
        {Error{ErrorCode::kLimitReached, "stopped before the first run ended", "", ""}});
  }
  if (!arguments.directory.empty()) {
    const int status = write_outputs(arguments, *study, session);
    if (status != kSuccess) return status;
  }
  const TableStyle style{
      .color = session.console.color(), .wide = false, .width = session.console.width()};
  const int status = deliver(
      session, "", arguments.output == "json" ? to_json(*study) : to_table(*study, style), "");
  if (status != kSuccess) return status;
  const bool broken = std::any_of(study->rows.begin(), study->rows.end(),
                                  [](const StudyRow& row) { return row.status == "error"; });
  return broken ? kInternalError : kSuccess;
}

void add_kind(CLI::App& parent, Session& session, StudyKind kind, const std::string& summary,
              const std::string& methods) {
  auto arguments = std::make_shared<StudyArguments>();
  arguments->kind = kind;
  CLI::App* command = parent.add_subcommand(std::string(to_string(kind)), summary);
  command->add_option("problems", arguments->files,
                      "INSTANCE.json or FLEET.yaml to study instead of generated problems");
  command
      ->add_option("--preset", arguments->preset,
                   "the problems: paper (the set-up of Cheng and Nguyen)")
      ->check(CLI::IsMember({"paper"}));
  command->add_option("--sizes", arguments->sizes,
                      "generated problems: classes x models x GPU types, e.g. "
                      "6x6x10,20x20x20-boxes");
  command->add_option("--methods", arguments->methods, methods);
  command->add_option("--seeds", arguments->seeds, "seeds 1 to this of each problem")
      ->check(CLI::Range(1, kMostSeeds));
  command->add_option("--time-limit", arguments->time_limit,
                      "of each run (default 10s, 0.5s with --quick)");
  command->add_option("--threads", arguments->threads, "threads of each run; 0 = all cores")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_flag("--quick", arguments->quick, "small problems, a few seconds in all");
  command->add_option("--shard", arguments->shard,
                      "run part i of n only, i from 0: i/n, or n with i from "
                      "JOB_COMPLETION_INDEX or SLURM_ARRAY_TASK_ID");
  command->add_option("-o", arguments->directory,
                      "write the rows (CSV), plots (SVG) and a page (HTML) into this directory");
  command->add_option("--output", arguments->output, "what to print")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->callback([arguments, command, &session] {
    arguments->sizes_given = command->count("--sizes") > 0;
    arguments->methods_given = command->count("--methods") > 0;
    session.run = [arguments, &session] { return run_study_command(*arguments, session); };
  });
}

}  // namespace

void add_study(CLI::App& app, Session& session) {
  CLI::App* parent = app.add_subcommand("study", "Compare the methods: cost, time, gap, parts");
  parent->require_subcommand(1);
  add_kind(*parent, session, StudyKind::kScale, "Cost and time by size",
           "methods to compare, separated by commas (default milp,lpr,dvr,hf,gh,agh)");
  add_kind(*parent, session, StudyKind::kGap, "Gap to the best known plan and to the bound",
           "methods to compare, separated by commas (default milp,lpr,dvr,hf,gh,agh)");
  add_kind(*parent, session, StudyKind::kAblation, "What each part of a method is worth",
           "methods to take parts from, separated by commas: " +
               fmt::format("{}", fmt::join(ablation_families(), ", ")) +
               " (default the heuristics)");
  add_experiments(*parent, session);
  add_merge(*parent, session);
}

}  // namespace berth::cli
