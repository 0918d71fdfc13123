#include "berth/study/problem.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/document/format.h"
#include "berth/fleet/generate.h"
#include "berth/instance/build.h"
#include "berth/instance/instance_json.h"

namespace berth {
namespace {

Result<StudyInstance> from_fleet(const Fleet& fleet, bool dominated) {
  Result<BuiltInstance> built = build_instance(fleet, {.dominance = !dominated});
  if (!built) return std::move(built).errors();
  return StudyInstance{std::move(built->instance), fleet.classes.size(), fleet.models.size(),
                       fleet.pools.size(), built->seconds};
}

Result<StudyInstance> from_generator(Result<GeneratedFleet> generated, bool dominated) {
  if (!generated) return std::move(generated).errors();
  return from_fleet(generated->fleet, dominated);
}

Result<StudyInstance> paper(const StudyProblem& problem, bool dominated) {
  Result<GeneratedFleet> generated = paper_fleet(problem.seed);
  if (generated && problem.budget) generated->fleet.budget = problem.budget;
  return from_generator(std::move(generated), dominated);
}

Result<StudyInstance> from_file(const std::filesystem::path& path, bool dominated) {
  const Result<std::string> format = read_format(path);
  if (!format) return format.errors();
  if (*format == "berth.fleet/1") {
    const Result<Fleet> fleet = read_fleet(path);
    if (!fleet) return fleet.errors();
    return from_fleet(*fleet, dominated);
  }
  if (*format != "berth.instance/1") {
    return Error{ErrorCode::kUnsupported,
                 "format is '" + *format + "', expected berth.fleet/1 or berth.instance/1",
                 path.string() + ": /format", ""};
  }
  const auto start = std::chrono::steady_clock::now();
  Result<Instance> instance = read_instance(path);
  if (!instance) return std::move(instance).errors();
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  const std::size_t classes = instance->class_count();
  const std::size_t pools = instance->pool_count();
  return StudyInstance{std::move(*instance), classes, std::nullopt, pools, spent.count()};
}

/// One to `most`; 0 = not so.
int size_of(std::string_view text, int most) {
  const std::optional<long long> number = parse_integer(text);
  if (!number || *number < 1 || *number > most) return 0;
  return static_cast<int>(*number);
}

}  // namespace

std::string StudyProblem::name() const {
  return source == Source::kFile ? set : fmt::format("{}-s{}", set, seed);
}

Result<StudyInstance> build_problem(const StudyProblem& problem, bool dominated) {
  switch (problem.source) {
    case StudyProblem::Source::kGenerated:
      return from_generator(generate_fleet({problem.classes, problem.models, problem.gpus,
                                            problem.seed, problem.boxes}),
                            dominated);
    case StudyProblem::Source::kPaper: return paper(problem, dominated);
    case StudyProblem::Source::kFile: return from_file(problem.file, dominated);
  }
  return Error{ErrorCode::kInternal, "a problem from nowhere", "", ""};
}

Result<std::vector<StudyProblem>> parse_sizes(std::string_view text) {
  constexpr std::string_view kBoxes = "-boxes";
  std::vector<StudyProblem> problems;
  Errors errors;
  for (const std::string& word : split(text, ',')) {
    StudyProblem problem;
    problem.set = std::string(trim(word));
    problem.boxes = problem.set.ends_with(kBoxes);
    const std::string size =
        problem.set.substr(0, problem.set.size() - (problem.boxes ? kBoxes.size() : 0));
    const std::vector<std::string> parts = split(size, 'x');
    if (parts.size() == 3) {
      problem.classes = size_of(parts[0], kMostGeneratedClasses);
      problem.models = size_of(parts[1], kMostGeneratedModels);
      problem.gpus = size_of(parts[2], kMostGeneratedGpus);
    }
    if (problem.classes == 0 || problem.models == 0 || problem.gpus == 0) {
      errors.push_back(
          {ErrorCode::kUsage, "expected classes x models x GPU types, found '" + problem.set + "'",
           "--sizes",
           fmt::format("such as 6x6x10 or 20x20x20-boxes, at most {}x{}x{}", kMostGeneratedClasses,
                       kMostGeneratedModels, kMostGeneratedGpus)});
    }
    problems.push_back(std::move(problem));
  }
  if (!errors.empty()) return errors;
  return problems;
}

StudyProblem paper_problem() {
  StudyProblem problem;
  problem.source = StudyProblem::Source::kPaper;
  problem.set = "paper";
  return problem;
}

StudyProblem paper_problem(CostRate budget) {
  StudyProblem problem = paper_problem();
  problem.set = fmt::format("paper-{:.0f}usd", budget.usd() * 24.0);
  problem.budget = budget;
  return problem;
}

Result<std::vector<StudyProblem>> file_problems(const std::vector<std::string>& paths) {
  std::vector<StudyProblem> problems;
  Errors errors;
  for (const std::string& path : paths) {
    StudyProblem problem;
    problem.source = StudyProblem::Source::kFile;
    problem.file = path;
    problem.set = problem.file.stem().string();
    const bool known = std::any_of(problems.begin(), problems.end(),
                                   [&](const StudyProblem& p) { return p.set == problem.set; });
    if (known) {
      errors.push_back({ErrorCode::kDuplicate, "two problems are called '" + problem.set + "'",
                        path, "rename one of the files"});
    }
    problems.push_back(std::move(problem));
  }
  if (!errors.empty()) return errors;
  return problems;
}

std::vector<StudyProblem> with_seeds(const std::vector<StudyProblem>& problems, int count) {
  std::vector<StudyProblem> result;
  for (const StudyProblem& problem : problems) {
    for (int seed = 1; seed <= count; ++seed) {
      result.push_back(problem);
      result.back().seed = static_cast<std::uint64_t>(seed);
    }
  }
  return result;
}

}  // namespace berth
