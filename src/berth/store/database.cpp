#include "berth/store/database.h"

#include <sqlite3.h>
#include <utility>

#include <fmt/format.h>

#include "berth/core/file_lock.h"

namespace berth {
namespace {

namespace fs = std::filesystem;

constexpr int kPatienceMs = 5000;  // for a reader that is in the way

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinishStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinishStatement>;

Result<FileLock> lock_of(const fs::path& path, const std::string& what) {
  fs::path beside = path;
  beside += ".lock";
  Result<FileLock> lock = FileLock::take(beside);
  if (lock || lock.errors().front().code != ErrorCode::kInconsistent) return lock;
  return Error{ErrorCode::kInconsistent, what + " is in use by another process", path.string(),
               "stop the other one, or name another file"};
}

void bind(sqlite3_stmt* statement, int at, const DatabaseValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    sqlite3_bind_int64(statement, at, *integer);
  } else if (const auto* number = std::get_if<double>(&value)) {
    sqlite3_bind_double(statement, at, *number);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    sqlite3_bind_text64(statement, at, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  } else {
    sqlite3_bind_null(statement, at);
  }
}

DatabaseValue column(sqlite3_stmt* statement, int at) {
  switch (sqlite3_column_type(statement, at)) {
    case SQLITE_INTEGER: return std::int64_t{sqlite3_column_int64(statement, at)};
    case SQLITE_FLOAT: return sqlite3_column_double(statement, at);
    case SQLITE_NULL: return std::monostate{};
    default: break;
  }
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, at));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, at));
  return text != nullptr ? std::string(text, size) : std::string();
}

}  // namespace

std::int64_t integer_of(const DatabaseValue& value) {
  const auto* integer = std::get_if<std::int64_t>(&value);
  return integer != nullptr ? *integer : 0;
}

double number_of(const DatabaseValue& value) { return optional_number(value).value_or(0.0); }

std::string text_of(const DatabaseValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? *text : std::string();
}

std::optional<double> optional_number(const DatabaseValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return static_cast<double>(*integer);
  }
  return std::nullopt;
}

struct Database::Impl {
  fs::path path;
  std::string what;
  FileLock lock;
  Handle handle;

  [[nodiscard]] Error failure(ErrorCode code) const {
    return {code, fmt::format("{}: {}", what, sqlite3_errmsg(handle.get())), path.string(), ""};
  }

  Result<std::vector<DatabaseRow>> rows(std::string_view sql,
                                        std::span<const DatabaseValue> values) {
    sqlite3_stmt* prepared = nullptr;
    if (sqlite3_prepare_v2(handle.get(), sql.data(), static_cast<int>(sql.size()), &prepared,
                           nullptr) != SQLITE_OK) {
      return failure(ErrorCode::kUnreadable);
    }
    const Statement statement(prepared);
    for (std::size_t k = 0; k < values.size(); ++k) {
      bind(statement.get(), static_cast<int>(k) + 1, values[k]);
    }
    std::vector<DatabaseRow> result;
    while (true) {
      const int state = sqlite3_step(statement.get());
      if (state == SQLITE_DONE) return result;
      if (state != SQLITE_ROW) {
        return failure(sqlite3_stmt_readonly(statement.get()) != 0 ? ErrorCode::kUnreadable
                                                                   : ErrorCode::kUnwritable);
      }
      DatabaseRow& row = result.emplace_back();
      for (int k = 0; k < sqlite3_column_count(statement.get()); ++k) {
        row.push_back(column(statement.get(), k));
      }
    }
  }

  Status execute(const std::string& sql) {
    if (sqlite3_exec(handle.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
      return failure(ErrorCode::kUnwritable);
    }
    return Ok{};
  }

  Status prepare(const Options& options) {
    sqlite3_busy_timeout(handle.get(), kPatienceMs);
    const Result<std::size_t> version =
        version_of(options);  // first: what is not ours stays as it is
    if (!version) return version.errors();
    // Room that is given up can be given back. Every commit reaches the disk before it counts;
    // readers look on while it is written.
    for (const char* pragma : {"PRAGMA auto_vacuum=INCREMENTAL", "PRAGMA journal_mode=WAL",
                               "PRAGMA journal_size_limit=16777216", "PRAGMA synchronous=FULL",
                               "PRAGMA foreign_keys=ON"}) {
      if (Status status = execute(pragma); !status) return status;
    }
    const auto integrity = rows("PRAGMA quick_check(1)", {});
    if (!integrity) return integrity.errors();
    if (integrity->empty() || text_of(integrity->front()[0]) != "ok") {
      return Error{ErrorCode::kUnreadable, what + " is damaged", path.string(),
                   "move it away and start anew, or bring back a copy"};
    }
    return bring_up_to_date(options, *version);
  }

  /// A file of another program, or of another part of this one, is left alone.
  Status check_owner(const Options& options, bool fresh) {
    const auto application = rows("PRAGMA application_id", {});
    if (!application) return application.errors();
    const auto tables = rows("SELECT count(*) FROM sqlite_master", {});
    if (!tables) return tables.errors();
    const bool empty = integer_of(tables->front()[0]) == 0;
    if (fresh ? empty : integer_of(application->front()[0]) == options.application) return Ok{};
    return Error{ErrorCode::kInconsistent, "holds something else than " + options.what,
                 path.string(), "name another file"};
  }

  /// 0 of a file that is new.
  Result<std::size_t> version_of(const Options& options) {
    const auto rows_of_version = rows("PRAGMA user_version", {});
    if (!rows_of_version) return rows_of_version.errors();
    const auto version = static_cast<std::size_t>(integer_of(rows_of_version->front()[0]));
    if (Status own = check_owner(options, version == 0); !own) return own.errors();
    if (version <= options.schema.size()) return version;
    return Error{ErrorCode::kUnreadable,
                 fmt::format("{} was written by a newer Berth (schema {}, this one knows {})", what,
                             version, options.schema.size()),
                 path.string(), ""};
  }

  Status bring_up_to_date(const Options& options, std::size_t from) {
    if (from == options.schema.size()) return Ok{};
    std::string sql = "BEGIN IMMEDIATE;";
    for (std::size_t k = from; k < options.schema.size(); ++k) sql += options.schema[k];
    sql += fmt::format("PRAGMA application_id={};PRAGMA user_version={};COMMIT;",
                       options.application, options.schema.size());
    return execute(sql);
  }
};

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const fs::path& path, const Options& options) {
  if (path.has_parent_path()) {
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    if (failed) {
      return Error{ErrorCode::kUnwritable, "the directory cannot be made: " + failed.message(),
                   path.parent_path().string(), ""};
    }
  }
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->what = options.what;
  Result<FileLock> lock = lock_of(path, options.what);
  if (!lock) return lock.errors();
  impl->lock = *std::move(lock);
  sqlite3* opened = nullptr;
  const int state =
      sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  impl->handle.reset(opened);
  if (state != SQLITE_OK) return impl->failure(ErrorCode::kUnwritable);
  if (Status status = impl->prepare(options); !status) return status.errors();
  return Database(std::move(impl));
}

Status Database::run(std::string_view sql, std::span<const DatabaseValue> values) {
  const auto done = impl_->rows(sql, values);
  if (!done) return done.errors();
  return Ok{};
}

Result<std::vector<DatabaseRow>> Database::rows(std::string_view sql,
                                                std::span<const DatabaseValue> values) {
  return impl_->rows(sql, values);
}

Result<bool> Database::shrink(int pages) {
  const auto free_pages = impl_->rows("PRAGMA freelist_count", {});
  if (!free_pages) return free_pages.errors();
  const std::int64_t count = integer_of(free_pages->front()[0]);
  if (count == 0) return false;
  if (Status done = impl_->execute(fmt::format("PRAGMA incremental_vacuum({})", pages)); !done) {
    return done.errors();
  }
  return count > pages;
}

std::int64_t Database::last_key() const { return sqlite3_last_insert_rowid(impl_->handle.get()); }

Status Database::transact(const std::function<Status()>& work) {
  if (Status begun = impl_->execute("BEGIN IMMEDIATE"); !begun) return begun;
  // Where the rollback fails too, SQLite has undone the transaction by itself.
  const auto undo = [this] { static_cast<void>(impl_->execute("ROLLBACK")); };
  Status done = Ok{};
  try {
    done = work();
  } catch (...) {
    undo();
    throw;
  }
  if (done) done = impl_->execute("COMMIT");
  if (!done) undo();
  return done;
}

}  // namespace berth
