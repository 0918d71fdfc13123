#pragma once
// Private to this room: what is found out about a plan on request. docs/serve.md, "Studies".

#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/http/call.h"
#include "berth/plan/plan.h"
#include "berth/service/jobs.h"
#include "berth/service/service.h"

namespace berth {

/// What a study starts from. All of it must outlive the study.
struct StudySubject {
  std::int64_t id = 0;
  const Fleet& fleet;  ///< with the margins and the policy that the plan was made with
  const Plan& plan;
  const ServeOptions& options;
};

struct PlanStudyKind {
  std::string_view name;  ///< "stress"
  std::string_view path;
  std::string_view id;
  std::string_view summary;
  std::string_view schema;  ///< of its result
  std::vector<RouteParameter> (*fields)();
  /// The result, JSON. Errors: those of what it runs; kLimitReached when it is cancelled.
  Result<std::string> (*run)(const StudySubject&, const Call&, JobContext&);
};

[[nodiscard]] const std::vector<PlanStudyKind>& study_kinds();

[[nodiscard]] std::vector<RouteParameter> simulate_fields();
[[nodiscard]] Result<std::string> run_simulate(const StudySubject& subject, const Call& call,
                                               JobContext& context);
[[nodiscard]] std::vector<RouteParameter> stress_fields();
[[nodiscard]] Result<std::string> run_stress_study(const StudySubject& subject, const Call& call,
                                                   JobContext& context);
[[nodiscard]] std::vector<RouteParameter> replay_fields();
[[nodiscard]] Result<std::string> run_replay_study(const StudySubject& subject, const Call& call,
                                                   JobContext& context);
[[nodiscard]] std::vector<RouteParameter> explain_fields();
[[nodiscard]] Result<std::string> run_explain(const StudySubject& subject, const Call& call,
                                              JobContext& context);

}  // namespace berth
