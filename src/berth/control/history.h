#pragma once
// What a control loop decided, why, and how far it has come: an SQLite file that it resumes from.
// docs/operations.md has the tables.

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/plan/migration_stages.h"
#include "berth/plan/plan.h"
#include "berth/store/database.h"

namespace berth {

/// One look at the demand and what came of it.
struct Decision {
  enum class Kind : std::uint8_t {
    kPlan,     ///< a new plan; its stages follow
    kKeep,     ///< what runs carries the demand, and no plan saves enough
    kFreeze,   ///< the data cannot be trusted: the last good plan stays
    kFail,     ///< no plan within the limits: the last good plan stays
    kAbandon,  ///< a stage was not applied or not ready in time: what runs is the plan now
  };
  std::int64_t id = 0;  ///< given by the history
  double at_s = 0.0;    ///< since 1970
  Kind kind = Kind::kKeep;
  std::string reason;  ///< a sentence
  std::string inputs;  ///< JSON: the demand it was decided on
  std::optional<std::int64_t> plan = std::nullopt;
};
inline constexpr std::array kDecisionKinds = {Decision::Kind::kPlan, Decision::Kind::kKeep,
                                              Decision::Kind::kFreeze, Decision::Kind::kFail,
                                              Decision::Kind::kAbandon};
/// "plan", "keep", "freeze", "fail", "abandon".
[[nodiscard]] std::string_view to_string(Decision::Kind kind);

struct StoredPlan {
  std::int64_t id = 0;
  double at_s = 0.0;
  Plan plan;
};

/// A stage of the way to a plan. Begun, applied and settled are seconds since 1970.
struct StoredStage {
  std::int64_t plan = 0;
  int number = 0;  ///< from 0
  MigrationStage::Kind kind = MigrationStage::Kind::kGrow;
  Plan state;
  double wait_s = 0.0;  ///< from applied until what it starts is expected to be ready
  std::optional<double> begun_s;
  std::optional<double> applied_s;
  std::optional<double> settled_s;
};

/// How a class's measured latency or load relates to the predicted one.
struct StoredCalibration {
  std::string query_class;
  std::string quantity;  ///< "tpot", "load"
  double factor = 1.0;   ///< measured / predicted, smoothed
  double samples = 0.0;  ///< windows it was learned from
};

/// Errors of every call: those of Database; kSyntax where a stored plan cannot be read.
class History {
 public:
  static Result<History> open(const std::filesystem::path& path);

  /// Records a decision that starts nothing, with what was learned for it.
  Status record(const Decision& decision, const std::vector<StoredCalibration>& calibrations = {});
  /// A new plan, its stages (and how long each waits, s), what was learned and the decision for it,
  /// or nothing of it.
  Status record_plan(const Decision& decision, const Plan& plan,
                     const std::vector<MigrationStage>& stages, const std::vector<double>& waits,
                     const std::vector<StoredCalibration>& calibrations = {});

  /// The plan that is in force or on its way: the last recorded.
  [[nodiscard]] Result<std::optional<StoredPlan>> latest_plan();
  /// The first stage of the latest plan that is not settled.
  [[nodiscard]] Result<std::optional<StoredStage>> pending_stage();
  /// Inputs of the last decision that made a plan; empty before the first one.
  [[nodiscard]] Result<std::string> last_plan_inputs();
  /// What ran before a stage was begun: the stage before it, or what was applied last of an earlier
  /// plan; an empty plan where nothing was.
  [[nodiscard]] Result<Plan> state_before(const StoredStage& stage);
  /// The state that was applied last; absent before the first one.
  [[nodiscard]] Result<std::optional<Plan>> applied_state();
  [[nodiscard]] Result<std::optional<Decision>> last_decision();
  /// From the last look that found a plan, or that what runs is one, in order.
  [[nodiscard]] Result<std::vector<Decision>> since_a_plan_was_found();

  Status begin(const StoredStage& stage, double at_s);
  Status applied(const StoredStage& stage, double at_s);
  Status settled(const StoredStage& stage, double at_s);

  [[nodiscard]] Result<std::vector<StoredCalibration>> calibrations();
  /// The latest time that anything here speaks of; absent: the history is empty.
  [[nodiscard]] Result<std::optional<double>> latest_time();

  /// Forgets decisions without a plan that are older, and plans (with their stages) that are older,
  /// not among the last two, and without the state that was applied last.
  Status forget_before(double at_s);

 private:
  explicit History(Database database) : database_(std::move(database)) {}
  Result<std::vector<Decision>> decisions(std::string_view which);
  Status mark(const StoredStage& stage, const char* column, double at_s);
  Status insert(const Decision& decision);
  Status insert(const std::vector<StoredCalibration>& calibrations);
  Status insert(std::int64_t plan, int number, const MigrationStage& stage, double wait_s);

  Database database_;
};

}  // namespace berth
