// Why a class has no option, in the user's words.

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "berth/instance/build.h"

namespace berth {
namespace {

std::string thousands(std::int64_t n) {
  std::string digits = std::to_string(n);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

std::string seconds_text(double seconds) {
  return seconds < 1.0 ? fmt::format("{:.3g} ms", seconds / kMilli)
                       : fmt::format("{:.3g} s", seconds);
}

/// What failed, for a sentence "812 of 1,204 configurations <this>".
std::string_view failure(PairRejection reason) {
  switch (reason) {
    case PairRejection::kShape: return "cannot be formed (precision, TP, PP or weights)";
    case PairRejection::kAvailability:
      return "need more GPUs, or more in one box, than are offered";
    case PairRejection::kContext: return "have too short a context";
    case PairRejection::kMemory: return "lack memory for the longest request";
    case PairRejection::kQuality: return "are below the quality floor";
    case PairRejection::kTtft: return "fail TTFT";
    case PairRejection::kTpot: return "fail TPOT";
    case PairRejection::kE2e: return "fail the end-to-end limit";
    case PairRejection::kTargetTooSlow:
    case PairRejection::kCount: break;
  }
  return "fail";
}

std::string nearest_text(const Fleet& fleet, const FleetClass& c, const ClassRejections& r) {
  const OptionSpec& option = r.nearest;
  const std::string who = fmt::format(
      "{}:{} on {} TP{} PP{}", fleet.catalog.model(option.model).name, to_string(option.precision),
      fleet.pools[option.pool.index()].name, option.tensor_parallel, option.pipeline_parallel);
  const std::string model = fleet.catalog.model(option.model).name;
  const auto time = [&](std::string_view slo) {
    return fmt::format("{} needs {} even before waiting, {} SLO {}", who,
                       seconds_text(r.nearest_value), slo, seconds_text(r.nearest_limit));
  };
  switch (r.nearest_reason) {
    case PairRejection::kTtft: return time("TTFT");
    case PairRejection::kE2e: return time("end-to-end");
    case PairRejection::kTpot:
      return fmt::format("{} takes {} a token alone, TPOT target {}", who,
                         seconds_text(r.nearest_value), seconds_text(r.nearest_limit));
    case PairRejection::kQuality:
      return fmt::format("{} at {} scores {:.3f} for '{}', floor {:.3f}", model,
                         to_string(option.precision), r.nearest_value, c.quality.task,
                         r.nearest_limit);
    case PairRejection::kContext:
      return fmt::format("{} takes {:.0f} tokens, the longest request has {:.0f}", model,
                         r.nearest_limit, r.nearest_value);
    case PairRejection::kMemory:
      return fmt::format("{} holds {:.0f} tokens, a request needs {:.0f}", who, r.nearest_limit,
                         r.nearest_value);
    default: return {};
  }
}

std::string message(const Fleet& fleet, const FleetClass& c, const ClassRejections& r) {
  std::vector<std::size_t> reasons;
  std::int64_t total = 0;
  for (std::size_t reason = 0; reason < r.count.size(); ++reason) {
    const bool miss = reason != static_cast<std::size_t>(PairRejection::kTargetTooSlow);
    if (!miss || r.count[reason] == 0) continue;
    reasons.push_back(reason);
    total += r.count[reason];
  }
  std::stable_sort(reasons.begin(), reasons.end(),
                   [&](std::size_t a, std::size_t b) { return r.count[a] > r.count[b]; });
  std::string text = fmt::format("class '{}': no model and GPU can serve it", c.traffic.name);
  for (std::size_t k = 0; k < reasons.size(); ++k) {
    const std::string_view what = failure(static_cast<PairRejection>(reasons[k]));
    text += k == 0 ? fmt::format(": of {} configurations {} {}", thousands(total),
                                 thousands(r.count[reasons[k]]), what)
                   : fmt::format(", {} {}", thousands(r.count[reasons[k]]), what);
  }
  const std::string nearest = nearest_text(fleet, c, r);
  if (!nearest.empty()) text += fmt::format(" (closest: {})", nearest);
  return text;
}

std::string suggestion(const ClassRejections& r) {
  switch (r.nearest_reason) {
    case PairRejection::kTtft: return "relax slo.ttft or allow unmet demand";
    case PairRejection::kTpot: return "relax slo.tpot or allow unmet demand";
    case PairRejection::kE2e: return "relax slo.e2e or allow unmet demand";
    case PairRejection::kQuality:
      return "lower quality.min, or add a model with a score for the task";
    case PairRejection::kContext: return "add a model with a longer context";
    case PairRejection::kMemory: return "add a larger GPU or allow more parallelism";
    default: return "add models, GPUs or larger boxes";
  }
}

}  // namespace

Status require_coverable(const Fleet& fleet, const BuiltInstance& built) {
  Errors errors;
  for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
    const FleetClass& c = fleet.classes[i];
    const ClassId id(i);
    if (c.max_unmet >= 1.0 || built.instance.first_pair(id) != built.instance.end_pair(id))
      continue;
    errors.push_back({ErrorCode::kInfeasible, message(fleet, c, built.rejections[i]),
                      "/classes/" + std::to_string(i), suggestion(built.rejections[i])});
  }
  if (!errors.empty()) return errors;
  return Ok{};
}

}  // namespace berth
