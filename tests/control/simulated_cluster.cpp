#include "tests/control/simulated_cluster.h"

#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace berth::test {
namespace {

MeasuredClass measured(const char* name, const std::function<double(double)>& rate, double prompt,
                       double output, const DemandReading& reading, double until) {
  MeasuredClass result;
  result.name = name;
  result.prompt = LengthDistribution::from_moments(prompt, 0.7 * prompt);
  result.output = LengthDistribution::from_moments(output, 0.7 * output);
  for (std::size_t w = 0; w < reading.windows; ++w) {
    const double at = reading.start_s + static_cast<double>(w) * reading.step_s;
    if (at >= until) {
      result.windows.emplace_back(std::nullopt);
      continue;
    }
    MeasuredWindow window;
    window.rate = rate(at);
    window.completed = window.rate;
    window.covered_s = reading.step_s;
    window.prompt = {prompt, 0.7 * prompt};
    window.output = {output, 0.7 * output};
    window.cv2 = 1.0;
    result.windows.emplace_back(window);
    result.requests += window.rate * reading.step_s;
    result.measured_s += reading.step_s;
  }
  return result;
}

}  // namespace

Fleet small_fleet(const std::string& more) {
  const Result<Fleet> fleet = parse_fleet(
      "small",
      "format: berth.fleet/1\n"
      "models: [llama-3.1-8b, qwen3-8b, gemma-3-27b]\n"
      "pools:\n"
      "  - {name: l40s, gpu: l40s, offers: [{name: g6e.xlarge, lot: 1, cost: 1.861}]}\n"
      "  - {name: h100, gpu: h100-sxm, offers: [{name: p5.4xlarge, lot: 1, cost: 6.88}]}\n"
      "classes:\n"
      "  - {name: chat, rate: 20, prompt_tokens: {mean: 1000, std: 700}, output_tokens: {mean: "
      "200, "
      "std: 140}}\n"
      "  - {name: summary, rate: 4, prompt_tokens: {mean: 4000, std: 2800}, output_tokens: {mean: "
      "300, std: 210}, slo: {ttft: 6s}}\n"
      "defaults: {slo: {ttft: 2s, tpot: 100ms, percentile: 0.95}, quality: {task: chat, min: 0.5}, "
      "unmet: {max: 0}}\n" +
          more,
      ".");
  if (!fleet) {
    fmt::print(stderr, "{}\n", to_string(fleet.errors().front()));
    std::abort();
  }
  Fleet result = *fleet;
  result.policy.switching.hysteresis = 0.05;
  return result;
}

Result<DemandReading> SimulatedSource::demand(double start_s, double end_s, double step_s) {
  if (on_demand) on_demand();
  if (unreachable) {
    return Error{ErrorCode::kUnreadable, "connection refused", "http://prometheus:9090", ""};
  }
  DemandReading reading;
  reading.start_s = start_s;
  reading.step_s = step_s;
  reading.windows = static_cast<std::size_t>(std::lround((end_s - start_s) / step_s));
  reading.newest_sample_s = end_s - age_s;
  const double until = chat_until.value_or(end_s + 1.0);
  reading.classes.push_back(measured("chat", chat, 1000.0, 200.0, reading, until));
  reading.classes.push_back(measured("summary", summary, 4000.0, 300.0, reading, end_s + 1.0));
  if (contradicts) {
    reading.warnings.push_back(
        {TelemetryWarning::Kind::kContradiction, "chat", "5 requests with no tokens"});
  }
  return reading;
}

Result<LatencyReading> SimulatedSource::latency(double start_s, double end_s) {
  if (tpot_factor <= 0.0) {
    return Error{ErrorCode::kMissing, "no series of any role", "http://prometheus:9090", ""};
  }
  LatencyReading reading;
  reading.start_s = start_s;
  reading.end_s = end_s;
  for (const char* name : {"chat", "summary"}) {
    ClassLatency& row = reading.classes.emplace_back();
    row.name = name;
    MeasuredTime time;
    time.count = 1000.0;
    time.mean = 0.05 * tpot_factor;
    time.quantiles.fill(0.05 * tpot_factor);
    row.tpot = time;
  }
  return reading;
}

Result<LatencyReading> SimulatedSource::deployment_latency(std::span<const std::string> objects,
                                                           double, double) {
  LatencyReading reading;
  for (const std::string& object : objects) {
    const auto found = engines.find(object);
    if (found != engines.end()) reading.classes.push_back(found->second);
  }
  if (!reading.classes.empty()) return reading;
  return Error{ErrorCode::kMissing, "no series of any role", "http://prometheus:9090", ""};
}

Result<std::vector<std::string>> SimulatedCluster::check(const Plan&) const {
  if (renders) return std::vector<std::string>{};
  return Error{ErrorCode::kMissing, "no product is known for GPU 'h100-sxm'", "/gpus", ""};
}

Status SimulatedCluster::apply(const Plan& state) {
  if (on_apply) on_apply();
  if (failures > 0) {
    --failures;
    return Error{ErrorCode::kUnwritable, "the disk is full", "manifests", ""};
  }
  if (states.empty() || !(states.back() == state)) states.push_back(state);
  return Ok{};
}

Result<bool> SimulatedCluster::ready(const Plan&) { return becomes_ready; }

std::map<std::string, int> replicas_of(const Plan& plan) {
  std::map<std::string, int> result;
  for (const PlanDeployment& row : plan.deployments) result[row.name] = row.replicas;
  return result;
}

double rent_of(const Plan& plan) { return plan.cost.rental.usd(); }

}  // namespace berth::test
