#include "berth/output/switching_text.h"

#include <vector>

#include <fmt/format.h>

#include "berth/output/format.h"

namespace berth {

std::string switching_text(const PlanSwitching& switching) {
  if (switching.started + switching.stopped + switching.boxes == 0) {
    return switching.kept ? "what runs stays; only routes may change"
                          : "nothing starts or stops; only routes may change";
  }
  std::vector<std::string> parts;
  if (switching.started > 0) {
    parts.push_back(fmt::format("{} {}", format_count(switching.started, "replica", "replicas"),
                                switching.started == 1 ? "starts" : "start"));
  }
  if (switching.stopped > 0) {
    parts.push_back(fmt::format("{} {}", format_count(switching.stopped, "replica", "replicas"),
                                switching.stopped == 1 ? "stops" : "stop"));
  }
  if (switching.boxes > 0) {
    parts.push_back(fmt::format("{} {} rented anew", format_count(switching.boxes, "box", "boxes"),
                                switching.boxes == 1 ? "is" : "are"));
  }
  std::string text = fmt::format("{}: {:.2f} USD once, paid over {}", fmt::join(parts, ", "),
                                 switching.usd, format_seconds(switching.hold_s));
  if (switching.ready_s > 0.0) {
    text += fmt::format("; all serve after {}", format_seconds(switching.ready_s));
  }
  return text + ". 'berth diff' orders the steps";
}

}  // namespace berth
