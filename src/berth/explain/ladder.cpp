#include "berth/explain/ladder.h"

#include <algorithm>
#include <cmath>

namespace berth {
namespace {

/// Above any ladder: 2^21 boxes.
constexpr std::int64_t kHighestRung = std::int64_t{1} << 21;

/// Without the noise of a product: 0.2 * 1.1 is 0.22.
double six_digits(double value) {
  const double unit = std::pow(10.0, 6.0 - std::ceil(std::log10(value)));
  return std::round(value * unit) / unit;
}

bool is_time(LimitKind kind) {
  return kind == LimitKind::kTtft || kind == LimitKind::kTpot || kind == LimitKind::kE2e ||
         kind == LimitKind::kAverageDelay;
}

std::optional<double> common_value(const Limit& limit, std::int64_t k) {
  if (is_time(limit.kind)) {
    Limit factor = limit;
    factor.value = 1.0;
    const std::optional<double> times = relaxed_value(factor, k);
    if (!times || limit.value <= 0.0) return times;
    return six_digits(limit.value * *times);
  }
  if (limit.kind == LimitKind::kQuality || limit.kind == LimitKind::kHeadroom) {
    return std::max(0.0, relaxed_value(limit, k).value_or(0.0));
  }
  if (limit.kind == LimitKind::kUnmet || limit.kind == LimitKind::kAverageError) {
    return std::min(1.0, relaxed_value(limit, k).value_or(1.0));
  }
  return relaxed_value(limit, k);
}

}  // namespace

std::vector<Change> rung(std::span<const Limit> limits, std::span<const std::size_t> members,
                         std::int64_t k) {
  std::vector<Change> changes;
  for (const std::size_t member : members) {
    const Limit& limit = limits[member];
    changes.push_back(
        {member, members.size() == 1 ? relaxed_value(limit, k) : common_value(limit, k)});
  }
  return changes;
}

std::optional<Climb> climb(const std::function<Answer(std::int64_t)>& enough) {
  std::int64_t low = 0;  // not enough
  std::int64_t high = 1;
  bool sure = true;
  while (true) {
    const Answer answer = enough(high);
    if (answer == Answer::kYes) break;
    sure = answer == Answer::kNo;
    low = high;
    if (high >= kHighestRung) return std::nullopt;
    high *= 2;
  }
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    const Answer answer = enough(middle);
    if (answer == Answer::kYes) {
      high = middle;
    } else {
      low = middle;
      sure = answer == Answer::kNo;
    }
  }
  return Climb{high, sure};
}

}  // namespace berth
