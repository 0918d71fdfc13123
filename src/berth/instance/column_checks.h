#pragma once
// What Instance::make demands of its columns. Errors name the JSON pointer of berth.instance/1.

#include <string>
#include <string_view>

#include "berth/core/error.h"
#include "berth/instance/instance.h"

namespace berth {

/// Collects errors up to a limit, so that a column of a million NaNs stays readable: beyond
/// kShown only their number is kept.
class ErrorList {
 public:
  static constexpr std::size_t kShown = 100;

  void add(ErrorCode code, std::string where, std::string message, std::string suggestion = {});
  /// At element `index` of the array `pointer`.
  void add(ErrorCode code, std::string_view pointer, std::size_t index, std::string message,
           std::string suggestion = {});

  [[nodiscard]] bool empty() const { return errors_.empty(); }
  /// All errors; a last one tells how many more there were. REQUIRES: not empty.
  [[nodiscard]] Errors take() &&;

 private:
  Errors errors_;
  std::size_t more_ = 0;
};

/// Lengths, indices, signs, NaN, ranges; not duplicates of pairs. O(size of the columns).
void check_columns(const InstanceColumns& columns, ErrorList& errors);

}  // namespace berth
