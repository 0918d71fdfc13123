#pragma once
// The shared fact tables, read by column name. Quotes as in RFC 4180, no line breaks inside.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace berth::testing {

class CsvRow {
 public:
  explicit CsvRow(std::map<std::string, std::string> cells) : cells_(std::move(cells)) {}
  [[nodiscard]] const std::string& operator[](const std::string& column) const {
    return cells_.at(column);  // a missing column is a broken test: let it throw
  }
  /// nullopt when the cell is empty or no number.
  [[nodiscard]] std::optional<double> number(const std::string& column) const;

 private:
  std::map<std::string, std::string> cells_;
};

/// nullopt when the file is absent.
[[nodiscard]] std::optional<std::vector<CsvRow>> read_csv(const std::filesystem::path& path);

/// Where the shared tables lie.
[[nodiscard]] std::filesystem::path shared_data();

}  // namespace berth::testing
