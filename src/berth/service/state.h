#pragma once
// Private to this room: what the answers are made of.

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include "berth/http/route.h"
#include "berth/service/jobs.h"
#include "berth/service/plan_store.h"
#include "berth/service/service.h"

namespace berth {

/// Answers by class of their status, for /metrics: 2xx, 3xx, 4xx, 5xx.
using AnswerCounts = std::array<std::atomic<std::uint64_t>, 4>;

struct ServiceState {
  ServeOptions options;
  std::unique_ptr<PlanStore> plans;
  std::unique_ptr<JobQueue> jobs;
  std::shared_ptr<const std::string> openapi;
  AnswerCounts answers{};
  std::atomic<std::uint64_t> faults{0};  ///< connections that an exception ended
  std::atomic<double> last_solve_s{0.0};
  std::atomic<bool> ready{false};
};

// The rows of docs/serve.md, by its sections. `state` must outlive them.
[[nodiscard]] std::vector<HttpRoute> plan_routes(ServiceState& state);
[[nodiscard]] std::vector<HttpRoute> study_routes(ServiceState& state);
[[nodiscard]] std::vector<HttpRoute> fleet_routes(ServiceState& state);
[[nodiscard]] std::vector<HttpRoute> job_routes(ServiceState& state);
[[nodiscard]] std::vector<HttpRoute> machine_routes(ServiceState& state);
[[nodiscard]] std::vector<HttpRoute> page_routes();

void append_routes(std::vector<HttpRoute> more, std::vector<HttpRoute>& routes);

/// Submits the work and answers: 202 at once where `async`, else when it is done; a client that
/// goes away cancels it. 429 where the queue is full.
void answer_by_job(ServiceState& state, JobSpec spec, bool async, const Reply& reply);

/// Seconds since 1970.
[[nodiscard]] double wall_clock_s();

// Parameters that several rows have.
[[nodiscard]] RouteParameter id_parameter(std::string_view name, std::string_view about);
[[nodiscard]] RouteParameter async_parameter();

/// "/metrics".
[[nodiscard]] std::string service_metrics(ServiceState& state);

}  // namespace berth
