#include "berth/explain/limit.h"

#include <algorithm>
#include <cmath>

#include "berth/core/units.h"

namespace berth {
namespace {

constexpr double kPoint = 0.01;
/// Times below this are as good as none: the grid starts here.
constexpr double kLeastTime = 1e-4;
/// Nothing is planned for longer than this, s.
constexpr double kMostTime = 1e6;
/// More GPUs, replicas or USD/h than any problem may have.
constexpr double kMostCount = 1e9;

/// The k-th number of two digits above `value`: 1.0 -> 1.1, 1.2, .. 9.9, 10, 11, ..
double two_digits(double value, std::int64_t k) {
  value = std::max(value, kLeastTime);
  const auto exponent = static_cast<std::int64_t>(std::floor(std::log10(value)));
  const double unit = std::pow(10.0, static_cast<double>(exponent - 1));
  // The slack lets 0.3 / 0.01 count as 30.
  const auto digits = static_cast<std::int64_t>(std::floor(value / unit * (1.0 + 1e-12)));
  const std::int64_t place = exponent * 90 + (digits - 10) + k;
  const std::int64_t decade = place >= 0 ? place / 90 : -((89 - place) / 90);
  const auto mantissa = static_cast<double>(place - decade * 90 + 10);
  const double scale = std::pow(10.0, std::abs(static_cast<double>(decade - 1)));
  return decade >= 1 ? mantissa * scale : mantissa / scale;
}

/// Whole percents above (below) a share; the k-th.
std::optional<double> percents(double value, std::int64_t k, bool downwards) {
  const double hundred = value * 100.0;
  const double whole = downwards ? std::ceil(hundred - 1e-9) - static_cast<double>(k)
                                 : std::floor(hundred + 1e-9) + static_cast<double>(k);
  if ((!downwards && whole > 100.0) || whole < 0.0) return std::nullopt;
  return whole / 100.0;
}

}  // namespace

std::string_view to_string(LimitKind kind) {
  switch (kind) {
    case LimitKind::kTtft: return "ttft";
    case LimitKind::kTpot: return "tpot";
    case LimitKind::kE2e: return "e2e";
    case LimitKind::kQuality: return "quality";
    case LimitKind::kAverageDelay: return "average_delay";
    case LimitKind::kAverageError: return "average_error";
    case LimitKind::kUnmet: return "unmet";
    case LimitKind::kQuota: return "quota";
    case LimitKind::kReplicas: return "replicas";
    case LimitKind::kGroup: return "group";
    case LimitKind::kOneConfig: return "one_config_per_model_and_gpu";
    case LimitKind::kHeadroom: return "headroom";
    case LimitKind::kBudget: return "budget";
    case LimitKind::kCount: break;
  }
  return "unknown";
}

bool relaxes_downwards(LimitKind kind) {
  return kind == LimitKind::kQuality || kind == LimitKind::kHeadroom;
}

std::optional<double> relaxed_value(const Limit& limit, std::int64_t k) {
  switch (limit.kind) {
    case LimitKind::kTtft:
    case LimitKind::kTpot:
    case LimitKind::kE2e:
    case LimitKind::kAverageDelay: {
      const double value = two_digits(limit.value, k);
      if (value > kMostTime) return std::nullopt;
      return value;
    }
    case LimitKind::kQuality:
    case LimitKind::kHeadroom: return percents(limit.value, k, true);
    case LimitKind::kAverageError:
    case LimitKind::kUnmet: return percents(limit.value, k, false);
    case LimitKind::kQuota:
    case LimitKind::kReplicas:
    case LimitKind::kBudget: {
      const double value = limit.value + static_cast<double>(limit.step) * static_cast<double>(k);
      if (value >= kMostCount) return std::nullopt;
      return value;
    }
    case LimitKind::kGroup:
    case LimitKind::kOneConfig:
    case LimitKind::kCount: break;
  }
  return std::nullopt;
}

std::optional<double> small_step(const Limit& limit) {
  switch (limit.kind) {
    case LimitKind::kTtft:
    case LimitKind::kTpot:
    case LimitKind::kE2e:
    case LimitKind::kAverageDelay: return limit.value + kMilli;
    case LimitKind::kQuality:
    case LimitKind::kHeadroom:
      if (limit.value <= 0.0) return std::nullopt;
      return std::max(0.0, limit.value - kPoint);
    case LimitKind::kAverageError:
    case LimitKind::kUnmet:
      if (limit.value >= 1.0) return std::nullopt;
      return std::min(1.0, limit.value + kPoint);
    default: return relaxed_value(limit, 1);
  }
}

}  // namespace berth
