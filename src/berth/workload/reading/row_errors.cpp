#include "berth/workload/reading/row_errors.h"

#include <fmt/format.h>

namespace berth {

std::string at_line(const std::string& file, std::uint64_t line) {
  return fmt::format("{}:{}", file, line);
}

void RowErrors::add(std::uint64_t line, ErrorCode code, std::string message,
                    std::string suggestion) {
  ++count_;
  if (listed_.size() == kListed) return;
  listed_.push_back({code, std::move(message), at_line(file_, line), std::move(suggestion)});
}

Errors RowErrors::take() {
  Errors errors = std::move(listed_);
  listed_.clear();
  if (count_ > errors.size()) {
    errors.push_back(
        {errors.back().code,
         fmt::format("{} rows are bad in all; the first {} are listed", count_, errors.size()),
         file_,
         {}});
  }
  count_ = 0;
  return errors;
}

}  // namespace berth
