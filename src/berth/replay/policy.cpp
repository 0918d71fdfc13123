#include "berth/replay/policy.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "berth/pipeline/pipeline.h"

namespace berth {
namespace {

PlanRequest plan_request(const ReplayWorld& world, std::string_view method) {
  PlanRequest request;
  request.method = std::string(method);
  request.limits = world.request.limits;
  request.limits.threads = 1;
  request.seed = world.request.seed;
  return request;
}

Result<Plan> planned(const Fleet& fleet, const PlanRequest& request) {
  Result<PlanOutcome> outcome = make_plan(fleet, request);
  if (!outcome) return std::move(outcome).errors();
  return std::move(outcome->plan);
}

/// Requests times their tokens: what makes a window busy for a class.
double token_rate(const WindowDemand& demand) {
  return demand.rate * (demand.prompt_mean + demand.output_mean);
}

/// Rates averaged, lengths by rate; variabilities likewise.
WindowDemand mean_demand(const DemandWindows& windows, std::size_t i) {
  WindowDemand sum;
  sum.cv2 = 0.0;
  double weight = 0.0;
  double prompt_square = 0.0;
  double output_square = 0.0;
  for (std::size_t w = 0; w < windows.count(); ++w) {
    const WindowDemand& d = windows.at(w, i);
    const double each = std::max(d.rate, 1e-9);
    weight += each;
    sum.rate += d.rate;
    sum.prompt_mean += each * d.prompt_mean;
    sum.output_mean += each * d.output_mean;
    prompt_square += each * (d.prompt_mean * d.prompt_mean + d.prompt_std * d.prompt_std);
    output_square += each * (d.output_mean * d.output_mean + d.output_std * d.output_std);
    sum.cv2 += each * d.cv2;
  }
  sum.rate /= static_cast<double>(windows.count());
  sum.prompt_mean /= weight;
  sum.output_mean /= weight;
  sum.prompt_std =
      std::sqrt(std::max(0.0, prompt_square / weight - sum.prompt_mean * sum.prompt_mean));
  sum.output_std =
      std::sqrt(std::max(0.0, output_square / weight - sum.output_mean * sum.output_mean));
  sum.cv2 /= weight;
  return sum;
}

WindowDemand peak_demand(const DemandWindows& windows, std::size_t i) {
  std::size_t busiest = 0;
  for (std::size_t w = 1; w < windows.count(); ++w) {
    if (token_rate(windows.at(w, i)) > token_rate(windows.at(busiest, i))) busiest = w;
  }
  return windows.at(busiest, i);
}

Result<Plan> static_plan(const ReplayWorld& world,
                         WindowDemand (*demand)(const DemandWindows&, std::size_t)) {
  Fleet fleet = world.fleet;
  for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
    set_demand(fleet.classes[i], demand(world.windows, world.row_of[i]));
  }
  return planned(fleet, plan_request(world, "agh"));
}

/// One plan for all windows.
class StaticPolicy : public ReplayPolicy {
 public:
  StaticPolicy(const ReplayWorld& world, Result<Plan> (*make)(const ReplayWorld&))
      : world_(world), make_(make) {}
  Result<Plan> decide(std::size_t, const Plan* running) override {
    if (running != nullptr) return *running;
    return make_(world_);
  }

 private:
  const ReplayWorld& world_;
  Result<Plan> (*make_)(const ReplayWorld&);
};

/// Plans every window anew, beside what runs.
class ReplanPolicy : public ReplayPolicy {
 public:
  ReplanPolicy(const ReplayWorld& world, const char* method) : world_(world), method_(method) {}
  Result<Plan> decide(std::size_t window, const Plan* running) override {
    const Fleet fleet = forecast_fleet(world_, world_.request.forecast, window);
    PlanRequest request = plan_request(world_, method_);
    request.current = running;
    request.max_changes = running != nullptr ? world_.request.max_changes : std::nullopt;
    return planned(fleet, request);
  }

 private:
  const ReplayWorld& world_;
  const char* method_;
};

/// Plans every window as if nothing ran, with the forecast: what flapping costs.
class FreshPolicy : public ReplayPolicy {
 public:
  explicit FreshPolicy(const ReplayWorld& world) : world_(world) {}
  Result<Plan> decide(std::size_t window, const Plan*) override {
    return planned(forecast_fleet(world_, world_.request.forecast, window),
                   plan_request(world_, "agh"));
  }

 private:
  const ReplayWorld& world_;
};

/// Knows every window and changes for nothing, with the headroom of all.
class OraclePolicy : public ReplayPolicy {
 public:
  explicit OraclePolicy(const ReplayWorld& world) : world_(world) {}
  Result<Plan> decide(std::size_t window, const Plan* running) override {
    Fleet fleet = forecast_fleet(world_, ForecastKind::kKnown, window);
    SwitchingPolicy& free = fleet.policy.switching;
    free.engine_start = free.box_start = free.drain = Seconds{0.0};
    free.load_bandwidth = std::numeric_limits<double>::infinity();
    free.hysteresis = 0.0;
    PlanRequest request = plan_request(world_, "agh");
    request.current = running;
    return planned(fleet, request);
  }
  [[nodiscard]] bool free_changes() const override { return true; }
  [[nodiscard]] bool knows(ForecastKind) const override { return true; }

 private:
  const ReplayWorld& world_;
};

template <const char* Method>
std::unique_ptr<ReplayPolicy> make_replan(const ReplayWorld& world) {
  return std::make_unique<ReplanPolicy>(world, Method);
}
constexpr char kGh[] = "gh";
constexpr char kAgh[] = "agh";
constexpr char kMilp[] = "milp";

constexpr std::array kPolicies = {
    PolicyKind{"static-mean", "one plan, for the mean demand of all windows",
               [](const ReplayWorld& world) -> std::unique_ptr<ReplayPolicy> {
                 return std::make_unique<StaticPolicy>(world, plan_for_mean);
               }},
    PolicyKind{"static-peak", "one plan, for each class's busiest window",
               [](const ReplayWorld& world) -> std::unique_ptr<ReplayPolicy> {
                 return std::make_unique<StaticPolicy>(world, plan_for_peak);
               }},
    PolicyKind{"threshold", "the plan for mean demand, its deployments scaled by utilisation",
               make_threshold_policy},
    PolicyKind{"gh", "re-plans every window with gh, beside what runs", make_replan<kGh>},
    PolicyKind{"agh", "re-plans every window with agh, beside what runs", make_replan<kAgh>},
    PolicyKind{"milp", "re-plans every window with the exact method, within the time limit",
               make_replan<kMilp>},
    PolicyKind{"fresh", "agh anew every window, whatever runs: what flapping costs",
               [](const ReplayWorld& world) -> std::unique_ptr<ReplayPolicy> {
                 return std::make_unique<FreshPolicy>(world);
               }},
    PolicyKind{"oracle", "knows every window and changes for nothing",
               [](const ReplayWorld& world) -> std::unique_ptr<ReplayPolicy> {
                 return std::make_unique<OraclePolicy>(world);
               }},
};

}  // namespace

Fleet forecast_fleet(const ReplayWorld& world, ForecastKind kind, std::size_t window) {
  Fleet fleet = world.fleet;
  for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
    set_demand(fleet.classes[i], forecast(world.windows, kind, window, world.row_of[i]));
  }
  return fleet;
}

void set_true_demand(const ReplayWorld& world, std::size_t window, Fleet& fleet) {
  for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
    set_demand(fleet.classes[i], world.windows.at(window, world.row_of[i]));
  }
}

Result<Plan> plan_for_mean(const ReplayWorld& world) { return static_plan(world, mean_demand); }
Result<Plan> plan_for_peak(const ReplayWorld& world) { return static_plan(world, peak_demand); }

std::span<const PolicyKind> replay_policies() { return kPolicies; }

const PolicyKind* find_policy(std::string_view name) {
  const auto found = std::find_if(kPolicies.begin(), kPolicies.end(),
                                  [name](const PolicyKind& kind) { return kind.name == name; });
  return found == kPolicies.end() ? nullptr : &*found;
}

}  // namespace berth
