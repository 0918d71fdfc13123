#include "berth/output/explanation_words.h"

#include <cmath>

#include <fmt/format.h>

#include "berth/core/units.h"
#include "berth/output/format.h"

namespace berth {
namespace {

/// All digits that a limit was written with: "1.25 s", "31 ms", "0.4 ms".
std::string time_text(double seconds) {
  return std::abs(seconds) < 1.0 ? fmt::format("{:.4g} ms", seconds / kMilli)
                                 : fmt::format("{:.6g} s", seconds);
}

std::string whole(double count, std::string_view one, std::string_view many) {
  return format_count(std::llround(count), one, many);
}

}  // namespace

std::string_view kind_name(LimitKind kind) {
  switch (kind) {
    case LimitKind::kTtft: return "TTFT";
    case LimitKind::kTpot: return "TPOT";
    case LimitKind::kE2e: return "end-to-end time";
    case LimitKind::kQuality: return "quality";
    case LimitKind::kAverageDelay: return "average delay";
    case LimitKind::kAverageError: return "average error";
    case LimitKind::kUnmet: return "refused requests";
    case LimitKind::kQuota: return "quota";
    case LimitKind::kReplicas: return "replicas";
    case LimitKind::kGroup: return "one active option";
    case LimitKind::kOneConfig: return "one configuration per model and GPU";
    case LimitKind::kHeadroom: return "headroom";
    case LimitKind::kBudget: return "budget";
    case LimitKind::kCount: break;
  }
  return "limit";
}

std::string limit_name(const Limit& limit) {
  const std::string kind(kind_name(limit.kind));
  return limit.subject.empty() ? kind : kind + " of " + printable(limit.subject);
}

std::string limit_value(LimitKind kind, double value) {
  switch (kind) {
    case LimitKind::kTtft:
    case LimitKind::kTpot:
    case LimitKind::kE2e:
    case LimitKind::kAverageDelay: return time_text(value);
    case LimitKind::kQuality: return fmt::format("{:.4g}", value);
    case LimitKind::kAverageError:
    case LimitKind::kUnmet:
    case LimitKind::kHeadroom: return fmt::format("{:.3g} %", 100.0 * value);
    case LimitKind::kQuota: return whole(value, "GPU", "GPUs");
    case LimitKind::kReplicas: return whole(value, "replica", "replicas");
    case LimitKind::kBudget: return format_usd(CostRate::usd_per_hour(value)) + "/h";
    case LimitKind::kGroup:
    case LimitKind::kOneConfig:
    case LimitKind::kCount: break;
  }
  return fmt::format("{:.4g}", value);
}

std::string limit_bound(const Limit& limit) {
  std::string value = limit_value(limit.kind, limit.value);
  switch (limit.kind) {
    case LimitKind::kQuality: return "at least " + value;
    case LimitKind::kHeadroom: return value;
    case LimitKind::kUnmet: return limit.value <= 0.0 ? "none" : "at most " + value;
    case LimitKind::kGroup:
    case LimitKind::kOneConfig: return "on";
    default: return "at most " + value;
  }
}

std::string change_text(const Limit& limit, const Change& change) {
  const std::string name = limit_name(limit);
  const auto value = [&](double v) { return limit_value(limit.kind, v); };
  const bool all_refused = limit.kind == LimitKind::kUnmet && change.value && *change.value >= 1.0;
  if (!change.value || all_refused) {
    switch (limit.kind) {
      case LimitKind::kUnmet:
        return "allow all requests of " + printable(limit.subject) + " to be refused";
      case LimitKind::kQuality: return "drop the quality floor of " + printable(limit.subject);
      case LimitKind::kGroup:
      case LimitKind::kOneConfig: return "allow more than " + name;
      default: return "lift the limit: " + name;
    }
  }
  switch (limit.kind) {
    case LimitKind::kQuota:
    case LimitKind::kReplicas:
      return fmt::format("raise the {} by {}, to {}", name, value(*change.value - limit.value),
                         format_count(std::llround(*change.value)));
    case LimitKind::kUnmet:
      return fmt::format("allow {} of the requests of {} to be refused, not {}",
                         value(*change.value), printable(limit.subject),
                         limit.value <= 0.0 ? "none" : value(limit.value));
    default: return fmt::format("{} {} -> {}", name, value(limit.value), value(*change.value));
  }
}

std::string relaxation_text(const std::vector<Limit>& limits, const Relaxation& relaxation) {
  std::string text;
  for (const Change& change : relaxation.changes) {
    if (!text.empty()) text += "; ";
    text += change_text(limits[change.limit], change);
  }
  return text;
}

std::string step_text(const Limit& limit, double value) {
  const double step = value - limit.value;
  return (step < 0.0 ? "-" : "+") + limit_value(limit.kind, std::abs(step));
}

}  // namespace berth
