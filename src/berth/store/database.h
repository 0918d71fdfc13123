#pragma once
// An embedded database file (SQLite) that survives a kill at any moment: what is committed stays,
// what is not never was.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "berth/core/result.h"

namespace berth {

/// NULL, INTEGER, REAL, TEXT.
using DatabaseValue = std::variant<std::monostate, std::int64_t, double, std::string>;
using DatabaseRow = std::vector<DatabaseValue>;

[[nodiscard]] std::int64_t integer_of(const DatabaseValue& value);  ///< else 0
[[nodiscard]] double number_of(const DatabaseValue& value);         ///< else 0.0
[[nodiscard]] std::string text_of(const DatabaseValue& value);      ///< else empty
[[nodiscard]] std::optional<double> optional_number(const DatabaseValue& value);

/// Not for several threads at once. Errors of every call: kUnwritable, kUnreadable with SQLite's
/// words and the file as `where`.
class Database {
 public:
  struct Options {
    /// The steps of the schema: step n brings version n to n + 1. A file of a newer version is
    /// refused.
    std::span<const std::string_view> schema;
    /// What the file is, for messages: "the history".
    std::string what;
    /// Tells files of different programs apart (PRAGMA application_id).
    std::int32_t application = 0;
  };

  /// Makes the file, and its directory, where there is none. Checks its integrity, brings its
  /// schema up to date in one transaction and takes it for this process alone (readers may look).
  /// Errors: kUnwritable, kUnreadable (no database, damaged, a newer schema), kInconsistent
  /// (another process has it; tables of another program).
  static Result<Database> open(const std::filesystem::path& path, const Options& options);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// One statement with '?' for each of `values`.
  Status run(std::string_view sql, std::span<const DatabaseValue> values = {});
  Result<std::vector<DatabaseRow>> rows(std::string_view sql,
                                        std::span<const DatabaseValue> values = {});
  /// Gives room of what was deleted back to the file system, so many pages of it; whether there is
  /// more. A page takes a fraction of a millisecond, more in a large file.
  Result<bool> shrink(int pages);
  /// The key of the row that the last insert made.
  [[nodiscard]] std::int64_t last_key() const;

  /// All of `work` or nothing of it: an error undoes it, and an exception. Not nested.
  Status transact(const std::function<Status()>& work);

 private:
  struct Impl;
  explicit Database(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace berth
