#pragma once
// Plans that were made and what was found out about them, in an SQLite file. docs/serve.md.

#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "berth/core/result.h"
#include "berth/plan/plan.h"
#include "berth/store/database.h"

namespace berth {

/// A plan as it is kept. JSON where a name says so.
struct StoredEntry {
  double created_s = 0.0;  ///< since 1970
  std::string title;
  std::string fleet_text;               ///< as it was sent
  std::string request_json;             ///< how it was asked for
  std::string trajectory_json;          ///< incumbent and bound while it was solved
  std::optional<std::int64_t> current;  ///< the plan that ran
  double seconds = 0.0;
  Plan plan;
};

/// What of the history stays when a plan is added.
struct Retention {
  std::int64_t newest = 0;  ///< so many plans that are not active, and the active one; 0 = all
  std::vector<std::int64_t> in_use;  ///< these as well
};

/// A study of a plan.
struct StoredStudy {
  std::int64_t plan = 0;
  std::string kind;  ///< "simulate", "stress", "replay", "explain"
  double created_s = 0.0;
  std::string request_json;
  std::string result_json;
};

/// The plan that runs, as /v1/targets and /metrics speak of it.
struct ActivePlan {
  std::int64_t id = 0;
  double created_s = 0.0;
  Plan plan;
};

/// Safe for any thread. Errors of every call: those of Database; kNotFound for an id that there is
/// not.
class PlanStore {
 public:
  using Text = std::shared_ptr<const std::string>;

  static Result<std::unique_ptr<PlanStore>> open(const std::filesystem::path& path);

  /// With what is forgotten for it, a few plans at most, or not at all.
  Result<std::int64_t> add(const StoredEntry& entry, const Retention& retention = {});
  /// The plan record (docs/serve.md), from memory where it was asked for lately.
  [[nodiscard]] Result<Text> record(std::int64_t id);
  [[nodiscard]] Result<Plan> plan(std::int64_t id);
  [[nodiscard]] Result<std::string> fleet_text(std::int64_t id);
  [[nodiscard]] Result<std::string> request_json(std::int64_t id);
  [[nodiscard]] Result<std::string> summary(std::int64_t id);
  /// {"plans": [summary, ...], "next": id or null}, newest first, older than `before`.
  [[nodiscard]] Result<std::string> list(std::int64_t limit, std::optional<std::int64_t> before);
  /// Its studies go with it. Errors: also kInconsistent where it is active.
  Status remove(std::int64_t id);
  Status activate(std::int64_t id);
  [[nodiscard]] std::shared_ptr<const ActivePlan> active() const;

  Result<std::int64_t> add(const StoredStudy& study);
  [[nodiscard]] Result<std::string> study(std::int64_t id);
  [[nodiscard]] Result<std::string> studies(std::int64_t plan);
  Status remove_study(std::int64_t id);

  [[nodiscard]] Result<std::int64_t> count();  ///< of plans

 private:
  explicit PlanStore(Database database) : database_(std::move(database)) {}
  Result<std::string> column(const char* sql, std::int64_t id);
  Result<DatabaseRow> row(std::string_view sql, std::int64_t id, const char* what);
  // REQUIRES: locked, a transaction.
  Result<std::vector<std::int64_t>> older_than(const Retention& retention);
  Status erase(const std::vector<std::int64_t>& ids);

  /// Not locked: what was deleted goes back to the file system in steps, readers between them.
  Status give_room_back();
  Status load_active();
  void remember(std::int64_t id, Text text);
  void forget(std::int64_t id);

  mutable std::mutex mutex_;  // of all that follows
  Database database_;
  std::list<std::pair<std::int64_t, Text>> recent_;  // records, latest use first
  std::size_t recent_bytes_ = 0;
  std::unordered_map<std::int64_t, std::list<std::pair<std::int64_t, Text>>::iterator> place_;

  mutable std::mutex
      active_mutex_;  // to write what follows, behind the other; one is enough to read
  std::shared_ptr<const ActivePlan> active_;
};

}  // namespace berth
