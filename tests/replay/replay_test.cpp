#include "berth/replay/replay.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "berth/output/replay_table.h"
#include "berth/replay/policy.h"

namespace berth {
namespace {

constexpr const char* kFleet = R"(
format: berth.fleet/1
models: [llama-3.1-8b, qwen2.5-7b, llama-3.3-70b]
pools:
  - {name: l40s, gpu: l40s, offers: [{name: one, lot: 1, cost: 1.861}]}
  - {name: h100, gpu: h100-sxm, offers: [{name: one, lot: 1, cost: 6.88}]}
classes:
  - {name: chat, rate: 10, prompt_tokens: 1000, output_tokens: 200, slo: {ttft: 2s, tpot: 80ms}, quality: {task: chat, min: 0.7}}
  - {name: code, rate: 5, prompt_tokens: 2000, output_tokens: 50, slo: {ttft: 2s, tpot: 80ms}, quality: {task: chat, min: 0.7}}
policy: {headroom: 0.1}
)";

Fleet fleet() { return parse_fleet("fleet.yaml", kFleet, ".").value(); }

/// Windows of ten minutes; rates by window for both classes.
DemandWindows windows_of(const std::vector<std::pair<double, double>>& rates) {
  std::string csv = "start_s,class,rate_per_s,prompt_mean,prompt_std,output_mean,output_std,cv2\n";
  for (std::size_t w = 0; w < rates.size(); ++w) {
    csv += std::to_string(600 * w) + ",chat," + std::to_string(rates[w].first) +
           ",1000,900,200,150,2\n";
    csv += std::to_string(600 * w) + ",code," + std::to_string(rates[w].second) +
           ",2000,1500,50,40,2\n";
  }
  return DemandWindows::make(parse_demand_series("series.csv", csv).value(), 0.0).value();
}

/// Up and down, twice.
DemandWindows waves() {
  std::vector<std::pair<double, double>> rates;
  for (int w = 0; w < 24; ++w) {
    const double wave = 1.0 - std::cos(2.0 * M_PI * w / 12.0);
    rates.emplace_back(10.0 + 40.0 * wave, 30.0 - 12.0 * wave);
  }
  return windows_of(rates);
}

ReplayResult replayed(const DemandWindows& windows, ReplayRequest request) {
  const Result<ReplayResult> result = run_replay(fleet(), windows, request);
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.errors().front().message);
  return result.value();
}

ReplayRequest all_policies() {
  ReplayRequest request;
  for (const PolicyKind& kind : replay_policies()) request.policies.emplace_back(kind.name);
  request.limits.time = Seconds{5.0};
  return request;
}

const ReplayedPolicy& policy_of(const ReplayResult& result, const std::string& name) {
  return *std::find_if(result.policies.begin(), result.policies.end(),
                       [&](const ReplayedPolicy& p) { return p.name == name; });
}

TEST(Replay, KnownDemandIsServedAndPlanningAnewPays) {
  const ReplayResult result = replayed(waves(), all_policies());
  const auto sum = [&](const char* name) { return summarise(policy_of(result, name), result); };
  for (const char* name : {"static-peak", "gh", "agh", "milp", "fresh", "oracle"}) {
    EXPECT_EQ(sum(name).violation_rate, 0.0) << name;
    EXPECT_EQ(sum(name).failed, 0U) << name;
  }
  EXPECT_GT(sum("static-mean").violation_rate, 0.1) << "the mean is not enough at the top";
  EXPECT_LT(sum("agh").cost, 0.8 * sum("static-peak").cost);
  // Nobody undercuts who knows all and changes for nothing, but for the luck of the search.
  for (const char* name : {"gh", "agh", "milp", "fresh", "static-peak"}) {
    EXPECT_GE(sum(name).cost, sum("oracle").cost * 0.99) << name;
  }
  EXPECT_LE(sum("agh").changes, sum("fresh").changes);
  EXPECT_EQ(sum("static-peak").changes, 0);
  EXPECT_EQ(sum("oracle").switching, 0.0);
  EXPECT_GT(sum("agh").switching, 0.0);
}

TEST(Replay, AStableLoadChangesNothing) {
  const std::vector<std::pair<double, double>> same(8, {40.0, 20.0});
  const ReplayResult result = replayed(windows_of(same), all_policies());
  for (const char* name : {"gh", "agh", "milp"}) {
    EXPECT_EQ(summarise(policy_of(result, name), result).changes, 0) << name;
  }
}

TEST(Replay, WhoDoesNotKnowStartsTooLate) {
  std::vector<std::pair<double, double>> step(6, {10.0, 5.0});
  step.resize(12, {120.0, 60.0});
  ReplayRequest request;
  request.policies = {"agh"};
  request.forecast = ForecastKind::kLast;
  const ReplayResult late = replayed(windows_of(step), request);
  EXPECT_GT(late.policies[0].windows[6].broken, 0) << "planned for the window before";
  const ReplayWindow& next = late.policies[0].windows[7];
  EXPECT_GT(next.late_share + next.unmet_share, 0.0) << "what starts is not ready at once";
  EXPECT_EQ(late.policies[0].windows[8].broken, 0);
  request.forecast = ForecastKind::kKnown;
  const ReplayResult known = replayed(windows_of(step), request);
  EXPECT_EQ(summarise(known.policies[0], known).violation_rate, 0.0);
}

TEST(Replay, NoMoreChangesAWindowThanAllowed) {
  ReplayRequest request;
  request.policies = {"gh", "agh"};
  request.max_changes = 3;
  const ReplayResult result = replayed(waves(), request);
  for (const ReplayedPolicy& policy : result.policies) {
    for (const ReplayWindow& window : policy.windows) {
      EXPECT_LE(window.started + window.stopped, 3) << policy.name;
    }
  }
}

TEST(Replay, TheSameAtAnyNumberOfThreads) {
  ReplayRequest request;
  request.policies = {"static-mean", "threshold", "gh", "agh"};
  request.threads = 1;
  const ReplayResult alone = replayed(waves(), request);
  request.threads = 4;
  const ReplayResult together = replayed(waves(), request);
  for (std::size_t p = 0; p < alone.policies.size(); ++p) {
    for (std::size_t w = 0; w < alone.policies[p].windows.size(); ++w) {
      EXPECT_EQ(alone.policies[p].windows[w].cost, together.policies[p].windows[w].cost);
      EXPECT_EQ(alone.policies[p].windows[w].replicas, together.policies[p].windows[w].replicas);
    }
  }
}

TEST(Replay, ClassesThatDoNotFitAndUnknownPoliciesAreToldTogether) {
  ReplayRequest request;
  request.policies = {"agh", "orakel"};
  Fleet other = fleet();
  other.classes[0].traffic.name = "chats";
  const Result<ReplayResult> result = run_replay(other, waves(), request);
  ASSERT_FALSE(result.ok());
  ASSERT_EQ(result.errors().size(), 3U);
  EXPECT_EQ(result.errors()[0].message, "the demand series has no class 'chats'");
  EXPECT_EQ(result.errors()[1].message, "the fleet has no class 'chat' of the demand series");
  EXPECT_EQ(result.errors()[2].message, "unknown policy 'orakel'");
  EXPECT_EQ(result.errors()[2].suggestion, "did you mean 'oracle'?");
}

TEST(Replay, StopsWhenAsked) {
  StopFlag stop;
  stop.request_stop();
  ReplayRequest request;
  request.policies = {"static-peak"};
  request.limits.stop = &stop;
  const Result<ReplayResult> result = run_replay(fleet(), waves(), request);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.errors().front().code, ErrorCode::kLimitReached);
}

TEST(Replay, SumsAndWords) {
  ReplayResult result;
  result.fleet = "fleet";
  result.series = "series.csv";
  result.window_s = 600.0;
  result.classes = 2;
  result.demand = {10.0, 30.0};
  const auto window = [](double cost, int broken, double unmet) {
    ReplayWindow w;
    w.cost = cost;
    w.broken = broken;
    w.unmet_share = unmet;
    w.started = 1;
    return w;
  };
  result.policies.push_back({"static-peak", {window(10.0, 0, 0.0), window(10.0, 0, 0.0)}});
  result.policies.push_back({"agh", {window(5.0, 1, 0.0), window(7.0, 0, 0.4)}});
  const ReplaySummary sum = summarise(result.policies[1], result);
  EXPECT_EQ(sum.cost, 12.0);
  EXPECT_EQ(sum.violation_rate, 0.25);
  EXPECT_NEAR(sum.unmet_share, 0.3, 1e-12);
  EXPECT_EQ(sum.changes, 2);
  EXPECT_EQ(replay_answer(result),
            "agh costs $12.00 in all and breaks 25.00 % of the promises; 40.0 % less than "
            "static-peak at more broken promises.");
}

}  // namespace
}  // namespace berth
