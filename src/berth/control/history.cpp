#include "berth/control/history.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "berth/plan/plan_json.h"

namespace berth {
namespace {

constexpr std::array<std::string_view, 1> kSchema = {R"sql(
CREATE TABLE plans (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at REAL NOT NULL,
  plan TEXT NOT NULL);
CREATE TABLE decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at REAL NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  inputs TEXT NOT NULL,
  plan INTEGER REFERENCES plans(id) ON DELETE CASCADE);
CREATE TABLE stages (
  plan INTEGER NOT NULL REFERENCES plans(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  wait REAL NOT NULL,
  begun REAL,
  applied REAL,
  settled REAL,
  PRIMARY KEY (plan, number));
CREATE TABLE calibrations (
  class TEXT NOT NULL,
  quantity TEXT NOT NULL,
  factor REAL NOT NULL,
  samples REAL NOT NULL,
  PRIMARY KEY (class, quantity));
CREATE INDEX decisions_at ON decisions(at);
)sql"};

constexpr std::array<MigrationStage::Kind, 3> kStages = {
    MigrationStage::Kind::kGrow, MigrationStage::Kind::kRoute, MigrationStage::Kind::kShrink};

template <class Kind, std::size_t N>
Kind kind_named(const std::array<Kind, N>& kinds, const std::string& name) {
  for (const Kind kind : kinds) {
    if (to_string(kind) == name) return kind;
  }
  return kinds.front();
}

DatabaseValue text(std::string_view value) { return std::string(value); }

Result<Plan> stored_plan(const DatabaseValue& value, std::string name) {
  return parse_plan(std::move(name), text_of(value));
}

}  // namespace

std::string_view to_string(Decision::Kind kind) {
  switch (kind) {
    case Decision::Kind::kPlan: return "plan";
    case Decision::Kind::kKeep: return "keep";
    case Decision::Kind::kFreeze: return "freeze";
    case Decision::Kind::kFail: return "fail";
    case Decision::Kind::kAbandon: return "abandon";
  }
  return "keep";
}

Result<History> History::open(const std::filesystem::path& path) {
  Result<Database> database = Database::open(path, {kSchema, "the history"});
  if (!database) return database.errors();
  return History(*std::move(database));
}

Status History::insert(const Decision& decision) {
  std::vector<DatabaseValue> row = {decision.at_s, text(to_string(decision.kind)), decision.reason,
                                    decision.inputs, std::monostate{}};
  if (decision.plan) row.back() = *decision.plan;
  return database_.run(
      "INSERT INTO decisions(at, kind, reason, inputs, plan) VALUES(?, ?, ?, ?, ?)", row);
}

Status History::insert(const std::vector<StoredCalibration>& calibrations) {
  for (const StoredCalibration& c : calibrations) {
    const std::array<DatabaseValue, 4> row = {c.query_class, c.quantity, c.factor, c.samples};
    if (Status status = database_.run(
            "INSERT INTO calibrations(class, quantity, factor, samples) VALUES(?, ?, ?, ?) "
            "ON CONFLICT(class, quantity) DO UPDATE SET factor = excluded.factor, "
            "samples = excluded.samples",
            row);
        !status) {
      return status;
    }
  }
  return Ok{};
}

Status History::insert(std::int64_t plan, int number, const MigrationStage& stage, double wait_s) {
  const std::array<DatabaseValue, 5> row = {plan, std::int64_t{number}, text(to_string(stage.kind)),
                                            to_json(stage.state), wait_s};
  return database_.run("INSERT INTO stages(plan, number, kind, state, wait) VALUES(?, ?, ?, ?, ?)",
                       row);
}

Status History::record(const Decision& decision,
                       const std::vector<StoredCalibration>& calibrations) {
  return database_.transact([&]() -> Status {
    if (Status status = insert(calibrations); !status) return status;
    return insert(decision);
  });
}

Status History::record_plan(const Decision& decision, const Plan& plan,
                            const std::vector<MigrationStage>& stages,
                            const std::vector<double>& waits,
                            const std::vector<StoredCalibration>& calibrations) {
  return database_.transact([&]() -> Status {
    if (Status status = insert(calibrations); !status) return status;
    if (Status status = database_.run("INSERT INTO plans(at, plan) VALUES(?, ?)",
                                      std::array<DatabaseValue, 2>{decision.at_s, to_json(plan)});
        !status) {
      return status;
    }
    Decision with_plan = decision;
    with_plan.plan = database_.last_key();
    for (std::size_t k = 0; k < stages.size(); ++k) {
      if (Status status = insert(*with_plan.plan, static_cast<int>(k), stages[k], waits[k]);
          !status) {
        return status;
      }
    }
    return insert(with_plan);
  });
}

Result<std::optional<StoredPlan>> History::latest_plan() {
  const auto rows = database_.rows("SELECT id, at, plan FROM plans ORDER BY id DESC LIMIT 1");
  if (!rows) return rows.errors();
  if (rows->empty()) return std::optional<StoredPlan>();
  const DatabaseRow& row = rows->front();
  Result<Plan> plan = stored_plan(row[2], fmt::format("plan {}", integer_of(row[0])));
  if (!plan) return plan.errors();
  return std::optional(StoredPlan{integer_of(row[0]), number_of(row[1]), *std::move(plan)});
}

Result<std::optional<StoredStage>> History::pending_stage() {
  const auto rows = database_.rows(
      "SELECT plan, number, kind, state, wait, begun, applied FROM stages WHERE settled IS NULL "
      "AND plan = (SELECT max(id) FROM plans) ORDER BY number LIMIT 1");
  if (!rows) return rows.errors();
  if (rows->empty()) return std::optional<StoredStage>();
  const DatabaseRow& row = rows->front();
  StoredStage stage;
  stage.plan = integer_of(row[0]);
  stage.number = static_cast<int>(integer_of(row[1]));
  stage.kind = kind_named(kStages, text_of(row[2]));
  Result<Plan> state =
      stored_plan(row[3], fmt::format("stage {} of plan {}", stage.number, stage.plan));
  if (!state) return state.errors();
  stage.state = *std::move(state);
  stage.wait_s = number_of(row[4]);
  stage.begun_s = optional_number(row[5]);
  stage.applied_s = optional_number(row[6]);
  return std::optional(std::move(stage));
}

Result<std::string> History::last_plan_inputs() {
  const auto rows =
      database_.rows("SELECT inputs FROM decisions WHERE kind = 'plan' ORDER BY id DESC LIMIT 1");
  if (!rows) return rows.errors();
  return rows->empty() ? std::string() : text_of(rows->front()[0]);
}

Result<Plan> History::state_before(const StoredStage& stage) {
  const auto rows = database_.rows(
      "SELECT state FROM stages WHERE applied IS NOT NULL AND (plan < ?1 OR (plan = ?1 AND number "
      "< "
      "?2)) ORDER BY plan DESC, number DESC LIMIT 1",
      std::array<DatabaseValue, 2>{stage.plan, std::int64_t{stage.number}});
  if (!rows) return rows.errors();
  if (rows->empty()) return Plan{};
  return stored_plan(rows->front()[0], "the state before");
}

Result<std::optional<Plan>> History::applied_state() {
  const auto rows = database_.rows(
      "SELECT state FROM stages WHERE applied IS NOT NULL ORDER BY plan DESC, number DESC LIMIT 1");
  if (!rows) return rows.errors();
  if (rows->empty()) return std::optional<Plan>();
  Result<Plan> state = stored_plan(rows->front()[0], "the state applied last");
  if (!state) return state.errors();
  return std::optional(*std::move(state));
}

Result<std::vector<Decision>> History::decisions(std::string_view which) {
  const auto rows = database_.rows(
      fmt::format("SELECT id, at, kind, reason, inputs, plan FROM decisions {}", which));
  if (!rows) return rows.errors();
  std::vector<Decision> decisions;
  for (const DatabaseRow& row : *rows) {
    Decision& decision = decisions.emplace_back();
    decision.id = integer_of(row[0]);
    decision.at_s = number_of(row[1]);
    decision.kind = kind_named(kDecisionKinds, text_of(row[2]));
    decision.reason = text_of(row[3]);
    decision.inputs = text_of(row[4]);
    if (optional_number(row[5])) decision.plan = integer_of(row[5]);
  }
  return decisions;
}

Result<std::vector<Decision>> History::since_a_plan_was_found() {
  return decisions(
      "WHERE id >= coalesce((SELECT max(id) FROM decisions WHERE kind IN ('plan', 'keep')), 0) "
      "ORDER BY id");
}

Result<std::optional<Decision>> History::last_decision() {
  Result<std::vector<Decision>> last = decisions("ORDER BY id DESC LIMIT 1");
  if (!last) return last.errors();
  if (last->empty()) return std::optional<Decision>();
  return std::optional(std::move(last->front()));
}

Status History::mark(const StoredStage& stage, const char* column, double at_s) {
  // What is marked stays marked: a step that is resumed is not done twice in the record.
  const std::string sql = fmt::format(
      "UPDATE stages SET {0} = ? WHERE plan = ? AND number = ? AND {0} IS NULL", column);
  return database_.run(sql,
                       std::array<DatabaseValue, 3>{at_s, stage.plan, std::int64_t{stage.number}});
}

Status History::begin(const StoredStage& stage, double at_s) { return mark(stage, "begun", at_s); }
Status History::applied(const StoredStage& stage, double at_s) {
  return mark(stage, "applied", at_s);
}
Status History::settled(const StoredStage& stage, double at_s) {
  return mark(stage, "settled", at_s);
}

Result<std::vector<StoredCalibration>> History::calibrations() {
  const auto rows = database_.rows(
      "SELECT class, quantity, factor, samples FROM calibrations ORDER BY class, quantity");
  if (!rows) return rows.errors();
  std::vector<StoredCalibration> result;
  for (const DatabaseRow& row : *rows) {
    result.push_back({text_of(row[0]), text_of(row[1]), number_of(row[2]), number_of(row[3])});
  }
  return result;
}

Result<std::optional<double>> History::latest_time() {
  const auto rows = database_.rows(
      "SELECT max(t) FROM (SELECT max(at) AS t FROM decisions UNION ALL SELECT max(max("
      "coalesce(begun, 0), coalesce(applied, 0), coalesce(settled, 0))) FROM stages)");
  if (!rows) return rows.errors();
  return optional_number(rows->front()[0]);
}

Status History::forget_before(double at_s) {
  Status forgotten = database_.transact([&]() -> Status {
    if (Status status = database_.run("DELETE FROM decisions WHERE plan IS NULL AND at < ?",
                                      std::array<DatabaseValue, 1>{at_s});
        !status) {
      return status;
    }
    return database_.run(
        "DELETE FROM plans WHERE at < ? AND id NOT IN (SELECT id FROM plans ORDER BY id DESC "
        "LIMIT 2) AND id <> coalesce((SELECT max(plan) FROM stages WHERE applied IS NOT NULL), 0)",
        std::array<DatabaseValue, 1>{at_s});
  });
  if (!forgotten) return forgotten;
  constexpr int kPagesALook = 500;  // the rest goes with the next
  if (const auto more = database_.shrink(kPagesALook); !more) return more.errors();
  return Ok{};
}

}  // namespace berth
