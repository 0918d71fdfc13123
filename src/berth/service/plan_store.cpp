#include "berth/service/plan_store.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <numeric>
#include <thread>

#include <fmt/format.h>

#include "berth/plan/plan_json.h"
#include "berth/service/json_text.h"

namespace berth {
namespace {

// Records in memory.
constexpr std::size_t kRemembered = 64;
constexpr std::size_t kRememberedBytes = std::size_t{64} << 20;
// What one call deletes and gives back at most, so that it takes moments: the rest goes with the
// next.
constexpr std::size_t kMostErased = 4;
constexpr int kMostSteps = 40;
constexpr int kPagesAStep = 100;
constexpr std::chrono::milliseconds kBetweenSteps{1};
constexpr std::int32_t kApplication = 0x42727468;  // "Brth"

// What lists show stands in columns, so that they read no documents.
constexpr std::array<std::string_view, 1> kSchema = {R"(
CREATE TABLE plans (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  created REAL NOT NULL,
  summary TEXT NOT NULL,
  fleet TEXT NOT NULL,
  request TEXT NOT NULL,
  trajectory TEXT NOT NULL,
  document TEXT NOT NULL
);
CREATE TABLE active (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  plan INTEGER NOT NULL REFERENCES plans (id)
);
CREATE TABLE studies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  plan INTEGER NOT NULL REFERENCES plans (id),
  kind TEXT NOT NULL,
  created REAL NOT NULL,
  request TEXT NOT NULL,
  result TEXT NOT NULL
);
CREATE INDEX studies_of_plan ON studies (plan);
)"};

bool all_met(const Plan& plan) {
  for (const PlanClass& row : plan.classes) {
    if (!row.slo_met) return false;
  }
  return true;
}

/// The fields of a summary that do not change, without braces.
std::string summary_fields(const StoredEntry& entry) {
  const Plan& plan = entry.plan;
  const int gpus = std::accumulate(plan.offers.begin(), plan.offers.end(), 0,
                                   [](int sum, const PlanOffer& o) { return sum + o.gpus; });
  return fmt::format(
      R"("created":{},"title":{},"fleet":{},"method":{},"status":{},"cost":{},"lower_bound":{},)"
      R"("gap":{},"seconds":{},"classes":{},"deployments":{},"gpus":{},"slo_met":{},"current":{})",
      json_time(entry.created_s), json_string(entry.title), json_string(plan.fleet),
      json_string(plan.method), json_string(plan.status), exact_usd(plan.cost.total()),
      json_or_null(plan.lower_bound), json_or_null(plan.gap), entry.seconds, plan.classes.size(),
      plan.deployments.size(), gpus, json_bool(all_met(plan)), json_or_null(entry.current));
}

std::string head_of(std::int64_t id, bool active, const std::string& fields) {
  return fmt::format(R"({{"id":{},"active":{},{})", id, json_bool(active), fields);
}

std::string study_head(const DatabaseRow& row) {
  return fmt::format(R"({{"id":{},"plan":{},"kind":{},"created":{},"request":{})",
                     integer_of(row[0]), integer_of(row[1]), json_string(text_of(row[2])),
                     json_time(number_of(row[3])), text_of(row[4]));
}

}  // namespace

Result<std::unique_ptr<PlanStore>> PlanStore::open(const std::filesystem::path& path) {
  Result<Database> database = Database::open(path, {kSchema, "the history of plans", kApplication});
  if (!database) return database.errors();
  std::unique_ptr<PlanStore> store(new PlanStore(*std::move(database)));
  if (Status loaded = store->load_active(); !loaded) return loaded.errors();
  return store;
}

Result<DatabaseRow> PlanStore::row(std::string_view sql, std::int64_t id, const char* what) {
  const std::array<DatabaseValue, 1> values = {id};
  Result<std::vector<DatabaseRow>> rows = database_.rows(sql, values);
  if (!rows) return rows.errors();
  if (rows->empty()) {
    return Error{ErrorCode::kNotFound, fmt::format("there is no {} {}", what, id), "id", ""};
  }
  return std::move(rows->front());
}

Result<std::int64_t> PlanStore::add(const StoredEntry& entry, const Retention& retention) {
  const std::array<DatabaseValue, 6> values = {entry.created_s,       summary_fields(entry),
                                               entry.fleet_text,      entry.request_json,
                                               entry.trajectory_json, to_json(entry.plan)};
  if (retention.newest >
      0) {  // what went with the plan before; first, so that no plan is kept in vain
    if (Status given = give_room_back(); !given) return given.errors();
  }
  const std::lock_guard lock(mutex_);
  std::int64_t id = 0;
  std::vector<std::int64_t> old;
  Status done = database_.transact([&]() -> Status {
    Status inserted = database_.run(
        "INSERT INTO plans (created, summary, fleet, request, trajectory, document) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        values);
    if (!inserted) return inserted;
    id = database_.last_key();
    if (retention.newest <= 0) return Ok{};
    Result<std::vector<std::int64_t>> found = older_than(retention);
    if (!found) return found.errors();
    old = *std::move(found);
    return erase(old);
  });
  if (!done) return done.errors();
  for (const std::int64_t gone : old) forget(gone);
  return id;
}

Status PlanStore::give_room_back() {
  for (int step = 0; step < kMostSteps; ++step) {
    {
      const std::lock_guard lock(mutex_);
      const Result<bool> more = database_.shrink(kPagesAStep);
      if (!more) return more.errors();
      if (!*more) return Ok{};
    }
    std::this_thread::sleep_for(kBetweenSteps);
  }
  return Ok{};
}

Result<std::vector<std::int64_t>> PlanStore::older_than(const Retention& retention) {
  const std::array<DatabaseValue, 1> values = {retention.newest};
  const Result<std::vector<DatabaseRow>> rows = database_.rows(
      "SELECT id FROM plans WHERE id NOT IN (SELECT plan FROM active) "
      "ORDER BY id DESC LIMIT -1 OFFSET ?",
      values);
  if (!rows) return rows.errors();
  std::vector<std::int64_t> ids;
  for (const DatabaseRow& row : *rows) {
    const std::int64_t id = integer_of(row[0]);
    const auto& used = retention.in_use;
    if (std::find(used.begin(), used.end(), id) == used.end()) ids.push_back(id);
  }
  // The oldest first; what is left goes with the next plans.
  std::reverse(ids.begin(), ids.end());
  if (ids.size() > kMostErased) ids.resize(kMostErased);
  return ids;
}

Status PlanStore::erase(const std::vector<std::int64_t>& ids) {
  for (const std::int64_t id : ids) {
    const std::array<DatabaseValue, 1> values = {id};
    for (const char* sql :
         {"DELETE FROM studies WHERE plan = ?", "DELETE FROM plans WHERE id = ?"}) {
      if (Status gone = database_.run(sql, values); !gone) return gone;
    }
  }
  return Ok{};
}

void PlanStore::remember(std::int64_t id, Text text) {
  recent_bytes_ += text->size();
  recent_.emplace_front(id, std::move(text));
  place_[id] = recent_.begin();
  while (recent_.size() > kRemembered || (recent_.size() > 1 && recent_bytes_ > kRememberedBytes)) {
    forget(recent_.back().first);
  }
}

void PlanStore::forget(std::int64_t id) {
  const auto known = place_.find(id);
  if (known == place_.end()) return;
  recent_bytes_ -= known->second->second->size();
  recent_.erase(known->second);
  place_.erase(known);
}

Result<PlanStore::Text> PlanStore::record(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  if (const auto known = place_.find(id); known != place_.end()) {
    recent_.splice(recent_.begin(), recent_, known->second);
    return known->second->second;
  }
  const Result<DatabaseRow> found = row(
      "SELECT summary, fleet, request, trajectory, document FROM plans WHERE id = ?", id, "plan");
  if (!found) return found.errors();
  const DatabaseRow& r = *found;
  auto text = std::make_shared<const std::string>(
      head_of(id, active_ && active_->id == id, text_of(r[0])) +
      ",\"fleet_text\":" + json_string(text_of(r[1])) + ",\"request\":" + text_of(r[2]) +
      ",\"trajectory\":" + text_of(r[3]) + ",\"plan\":" + text_of(r[4]) + "}\n");
  remember(id, text);
  return Text(text);
}

Result<Plan> PlanStore::plan(std::int64_t id) {
  const Result<std::string> document = column("SELECT document FROM plans WHERE id = ?", id);
  if (!document) return document.errors();
  return parse_plan(fmt::format("plan {}", id), *document);
}

Result<std::string> PlanStore::column(const char* sql, std::int64_t id) {
  const std::lock_guard lock(mutex_);
  const Result<DatabaseRow> found = row(sql, id, "plan");
  if (!found) return found.errors();
  return text_of(found->front());
}

Result<std::string> PlanStore::fleet_text(std::int64_t id) {
  return column("SELECT fleet FROM plans WHERE id = ?", id);
}

Result<std::string> PlanStore::request_json(std::int64_t id) {
  return column("SELECT request FROM plans WHERE id = ?", id);
}

Result<std::string> PlanStore::summary(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  const Result<DatabaseRow> found = row("SELECT summary FROM plans WHERE id = ?", id, "plan");
  if (!found) return found.errors();
  return head_of(id, active_ && active_->id == id, text_of(found->front())) + "}\n";
}

Result<std::string> PlanStore::list(std::int64_t limit, std::optional<std::int64_t> before) {
  const std::lock_guard lock(mutex_);
  const std::array<DatabaseValue, 2> values = {
      before.value_or(std::numeric_limits<std::int64_t>::max()), limit + 1};
  const Result<std::vector<DatabaseRow>> rows =
      database_.rows("SELECT id, summary FROM plans WHERE id < ? ORDER BY id DESC LIMIT ?", values);
  if (!rows) return rows.errors();
  const std::size_t shown = std::min(rows->size(), static_cast<std::size_t>(limit));
  std::string text = "{\"plans\":[";
  for (std::size_t k = 0; k < shown; ++k) {
    const DatabaseRow& r = (*rows)[k];
    const std::int64_t id = integer_of(r[0]);
    text += (k == 0 ? "" : ",") + head_of(id, active_ && active_->id == id, text_of(r[1])) + "}";
  }
  const bool more = rows->size() > shown;
  text += "],\"next\":" + (more ? fmt::format("{}", integer_of((*rows)[shown - 1][0])) : "null");
  return text + "}\n";
}

Status PlanStore::remove(std::int64_t id) {
  {
    const std::lock_guard lock(mutex_);
    if (active_ && active_->id == id) {
      return Error{ErrorCode::kInconsistent, "this plan is active", "id", "activate another first"};
    }
    if (const auto found = row("SELECT id FROM plans WHERE id = ?", id, "plan"); !found) {
      return found.errors();
    }
    Status removed = database_.transact([&] { return erase({id}); });
    if (!removed) return removed;
    forget(id);
  }
  return give_room_back();
}

Status PlanStore::load_active() {
  const Result<std::vector<DatabaseRow>> rows = database_.rows(
      "SELECT plans.id, plans.created, plans.document FROM active JOIN plans ON plans.id = "
      "active.plan");
  if (!rows) return rows.errors();
  if (rows->empty()) return Ok{};
  const DatabaseRow& r = rows->front();
  const std::int64_t id = integer_of(r[0]);
  Result<Plan> plan = parse_plan(fmt::format("plan {}", id), text_of(r[2]));
  if (!plan) return plan.errors();
  auto active =
      std::make_shared<const ActivePlan>(ActivePlan{id, number_of(r[1]), *std::move(plan)});
  const std::lock_guard lock(active_mutex_);
  active_ = std::move(active);
  return Ok{};
}

Status PlanStore::activate(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  if (const auto found = row("SELECT id FROM plans WHERE id = ?", id, "plan"); !found) {
    return found.errors();
  }
  const std::array<DatabaseValue, 1> values = {id};
  if (Status done = database_.run("INSERT INTO active (one, plan) VALUES (1, ?) "
                                  "ON CONFLICT (one) DO UPDATE SET plan = excluded.plan",
                                  values);
      !done) {
    return done;
  }
  // Records in memory say which is active.
  recent_.clear();
  recent_bytes_ = 0;
  place_.clear();
  return load_active();
}

/// Waits for no work on the file: probes and autoscalers ask.
std::shared_ptr<const ActivePlan> PlanStore::active() const {
  const std::lock_guard lock(active_mutex_);
  return active_;
}

// ---------------------------------------------------------------------------------------------
// Studies

Result<std::int64_t> PlanStore::add(const StoredStudy& study) {
  const std::lock_guard lock(mutex_);
  if (const auto found = row("SELECT id FROM plans WHERE id = ?", study.plan, "plan"); !found) {
    return found.errors();
  }
  const std::array<DatabaseValue, 5> values = {study.plan, study.kind, study.created_s,
                                               study.request_json, study.result_json};
  if (Status added = database_.run(
          "INSERT INTO studies (plan, kind, created, request, result) VALUES (?, ?, ?, ?, ?)",
          values);
      !added) {
    return added.errors();
  }
  return database_.last_key();
}

Result<std::string> PlanStore::study(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  const Result<DatabaseRow> found =
      row("SELECT id, plan, kind, created, request, result FROM studies WHERE id = ?", id, "study");
  if (!found) return found.errors();
  return study_head(*found) + ",\"result\":" + text_of((*found)[5]) + "}\n";
}

Result<std::string> PlanStore::studies(std::int64_t plan) {
  const std::lock_guard lock(mutex_);
  if (const auto found = row("SELECT id FROM plans WHERE id = ?", plan, "plan"); !found) {
    return found.errors();
  }
  const std::array<DatabaseValue, 1> values = {plan};
  const Result<std::vector<DatabaseRow>> rows = database_.rows(
      "SELECT id, plan, kind, created, request FROM studies WHERE plan = ? ORDER BY id DESC",
      values);
  if (!rows) return rows.errors();
  std::string text = "{\"studies\":[";
  for (std::size_t k = 0; k < rows->size(); ++k) {
    text += (k == 0 ? "" : ",") + study_head((*rows)[k]) + "}";
  }
  return text + "]}\n";
}

Status PlanStore::remove_study(std::int64_t id) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = row("SELECT id FROM studies WHERE id = ?", id, "study"); !found) {
      return found.errors();
    }
    const std::array<DatabaseValue, 1> values = {id};
    if (Status gone = database_.run("DELETE FROM studies WHERE id = ?", values); !gone) return gone;
  }
  return give_room_back();
}

Result<std::int64_t> PlanStore::count() {
  const std::lock_guard lock(mutex_);
  const Result<std::vector<DatabaseRow>> rows = database_.rows("SELECT count(*) FROM plans");
  if (!rows) return rows.errors();
  return integer_of(rows->front().front());
}

}  // namespace berth
