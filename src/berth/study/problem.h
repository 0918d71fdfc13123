#pragma once
// The problems a study looks at: generated ones by size and seed, the paper's set-up, one's own
// files.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "berth/core/money.h"
#include "berth/core/result.h"
#include "berth/instance/instance.h"

namespace berth {

/// A recipe. Problems that differ in the seed alone belong to one set.
struct StudyProblem {
  enum class Source : std::uint8_t {
    kGenerated,  ///< generate_fleet
    kPaper,      ///< paper_fleet
    kFile,       ///< berth.instance/1 or berth.fleet/1
  };
  Source source = Source::kGenerated;
  std::string set;         ///< "20x20x20", "paper", the file's stem
  std::uint64_t seed = 1;  ///< of the generator and of the methods
  int classes = 0;         ///< kGenerated
  int models = 0;
  int gpus = 0;
  bool boxes = false;
  std::optional<CostRate> budget;  ///< kPaper: instead of the paper's 100 USD a day
  std::filesystem::path file;      ///< kFile

  /// "20x20x20-s1"; a file's is its set.
  [[nodiscard]] std::string name() const;
};

/// The problem as the methods get it.
struct StudyInstance {
  Instance instance;
  std::size_t classes = 0;
  std::optional<std::size_t> models;  ///< absent for berth.instance/1, which knows no models
  std::size_t pools = 0;
  double build_seconds = 0.0;  ///< to enumerate, evaluate and filter, or to read the file
};

/// `dominated` options stay where the problem is built here; a berth.instance/1 is taken as it is.
/// Errors: those of the generators, readers and build_instance.
[[nodiscard]] Result<StudyInstance> build_problem(const StudyProblem& problem,
                                                  bool dominated = false);

/// "6x6x10,20x20x20-boxes": classes x models x GPU types; with boxes of 8 GPUs. Errors: kUsage, all
/// at once.
[[nodiscard]] Result<std::vector<StudyProblem>> parse_sizes(std::string_view text);

/// The paper's set-up; with `budget` instead of its own.
[[nodiscard]] StudyProblem paper_problem();
[[nodiscard]] StudyProblem paper_problem(CostRate budget);

/// 72 USD in 24 h: where the paper's methods begin to break.
inline constexpr CostRate kCriticalBudget = CostRate::micro_usd_per_hour(3'000'000);

/// Errors: kDuplicate for two files of the same stem.
[[nodiscard]] Result<std::vector<StudyProblem>> file_problems(
    const std::vector<std::string>& paths);

/// Each problem with the seeds 1 .. count. REQUIRES: count >= 1.
[[nodiscard]] std::vector<StudyProblem> with_seeds(const std::vector<StudyProblem>& problems,
                                                   int count);

}  // namespace berth
