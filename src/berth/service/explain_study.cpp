// What binds, and what each limit costs.

#include <algorithm>

#include "berth/explain/explain.h"
#include "berth/output/explanation.h"
#include "berth/service/studies.h"

namespace berth {

std::vector<RouteParameter> explain_fields() {
  return {{.name = "time_limit",
           .type = ParameterType::kDuration,
           .about = "for everything",
           .max = 86400,
           .above = true,
           .fallback = "30"}};
}

Result<std::string> run_explain(const StudySubject& subject, const Call& call,
                                JobContext& context) {
  Limits limits;
  limits.time = Seconds{std::min(call.number("time_limit"), subject.options.time_limit.value)};
  limits.threads = subject.options.threads;
  limits.stop = context.stop();
  const Result<Explanation> explanation =
      explain_fleet(subject.fleet, solve_exactly, limits, &subject.plan);
  if (!explanation) return explanation.errors();
  return to_json(*explanation);
}

}  // namespace berth
