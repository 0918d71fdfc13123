#include "berth/workload/reading/csv_records.h"

#include <algorithm>

#include "berth/workload/reading/csv_line.h"

namespace berth {

bool CsvRecords::next(std::string& record) {
  if (rest_.empty()) return false;
  first_line_ = line_ + 1;
  record.clear();
  bool open = false;
  do {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++line_;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (open) record += '\n';
    record += line;
    open = open != has_open_quote(line);
  } while (open && !rest_.empty());
  return true;
}

}  // namespace berth
