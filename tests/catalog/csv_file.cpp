#include "tests/catalog/csv_file.h"

#include <fstream>

#include "berth/core/text.h"

namespace berth::testing {
namespace {

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

}  // namespace

std::optional<double> CsvRow::number(const std::string& column) const {
  return parse_number((*this)[column]);
}

std::optional<std::vector<CsvRow>> read_csv(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> header = cells_of(line);
  std::vector<CsvRow> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = cells_of(line);
    std::map<std::string, std::string> row;
    for (std::size_t i = 0; i < header.size(); ++i) {
      row[header[i]] = i < cells.size() ? cells[i] : std::string();
    }
    rows.emplace_back(std::move(row));
  }
  return rows;
}

std::filesystem::path shared_data() { return std::filesystem::path(BERTH_SHARED_DIR) / "data"; }

}  // namespace berth::testing
