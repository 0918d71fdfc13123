#include "berth/fleet/write_fleet.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/document/yaml_text.h"

namespace berth {
namespace {

/// "{name: chat, rate: 2}", key by key.
class FlowMap {
 public:
  FlowMap& add(std::string_view key, const std::string& value) {
    fmt::format_to(std::back_inserter(text_), "{}{}: {}", text_.empty() ? "" : ", ", key, value);
    return *this;
  }
  FlowMap& add(std::string_view key, double value) { return add(key, shortest(value)); }
  [[nodiscard]] std::string str() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

/// Divided, not multiplied by 1e-6: only so is the shortest text that of the amount itself.
double usd(CostRate cost) { return static_cast<double>(cost.micros()) / 1e6; }

std::string list_of(const std::vector<std::string>& items) {
  return fmt::format("[{}]", fmt::join(items, ", "));
}

bool same_bins(const LengthDistribution& a, const LengthDistribution& b) {
  return std::equal(a.bins().begin(), a.bins().end(), b.bins().begin(), b.bins().end(),
                    [](const LengthBin& x, const LengthBin& y) {
                      return x.lower == y.lower && x.upper == y.upper && x.share == y.share;
                    });
}

/// Mean and std where they say all, else the histogram with them.
std::string text_of(const LengthDistribution& lengths) {
  const double mean = lengths.mean();
  const double deviation = lengths.standard_deviation();
  FlowMap map;
  map.add("mean", mean).add("std", deviation);
  if (same_bins(lengths, LengthDistribution::from_moments(mean, deviation))) return map.str();
  std::vector<std::string> pairs;
  double edge = 0.0;
  for (const LengthBin& bin : lengths.bins()) {
    if (bin.share <= 0) continue;
    if (bin.lower > edge) pairs.push_back(fmt::format("[{}, 0]", shortest(bin.lower)));
    pairs.push_back(fmt::format("[{}, {}]", shortest(bin.upper), shortest(bin.share)));
    edge = bin.upper;
  }
  return map.add("histogram", list_of(pairs)).str();
}

std::string text_of(const ServiceLevel& slo) {
  FlowMap map;
  const auto limit = [&](std::string_view key, const std::optional<Seconds>& value) {
    if (value) map.add(key, value->value);
  };
  limit("ttft", slo.ttft);
  limit("tpot", slo.tpot);
  limit("e2e", slo.e2e);
  return map.add("percentile", slo.percentile).str();
}

std::string text_of(const QualityFloor& floor) {
  return FlowMap()
      .add("task", yaml_text(floor.task))
      .add("min", floor.min)
      .add("mode", floor.mode == QualityFloor::Mode::kStrict ? "strict" : "average")
      .str();
}

std::string text_of(const FleetClass& query) {
  const QueryClass& traffic = query.traffic;
  FlowMap map;
  map.add("name", yaml_text(traffic.name)).add("rate", traffic.rate);
  map.add("prompt_tokens", text_of(traffic.prompt_tokens));
  map.add("output_tokens", text_of(traffic.output_tokens));
  if (traffic.arrival_variability != 1.0) {
    map.add("arrival_variability", traffic.arrival_variability);
  }
  if (traffic.prefix_reuse != 0.0) map.add("prefix_reuse", traffic.prefix_reuse);
  map.add("slo", text_of(query.slo)).add("quality", text_of(query.quality));
  if (query.max_unmet != 0.0 || query.unmet_cost_per_request != 0.0) {
    FlowMap unmet;
    unmet.add("max", query.max_unmet).add("cost", query.unmet_cost_per_request);
    map.add("unmet", unmet.str());
  }
  if (query.delay_cost_per_second != 0.0) map.add("delay_cost", query.delay_cost_per_second);
  return map.str();
}

std::string text_of(const FleetPool& pool, const Catalog& catalog) {
  std::vector<std::string> offers;
  for (const FleetOffer& offer : pool.offers) {
    FlowMap map;
    map.add("name", yaml_text(offer.name)).add("lot", offer.lot).add("cost", usd(offer.cost));
    if (offer.max) map.add("max", *offer.max);
    offers.push_back(map.str());
  }
  FlowMap map;
  map.add("name", yaml_text(pool.name)).add("gpu", yaml_text(catalog.gpu(pool.gpu).name));
  return map.add("offers", list_of(offers)).str();
}

std::string text_of(const SwitchingPolicy& switching) {
  return FlowMap()
      .add("engine_start", switching.engine_start.value)
      .add("load_bandwidth", switching.load_bandwidth)
      .add("box_start", switching.box_start.value)
      .add("drain", switching.drain.value)
      .add("hold", switching.hold.value)
      .add("hysteresis", switching.hysteresis)
      .str();
}

std::string text_of(const UncertaintyPolicy& uncertainty) {
  return FlowMap()
      .add("budget", uncertainty.budget)
      .add("load", uncertainty.load)
      .add("delay", uncertainty.delay)
      .add("error", uncertainty.error)
      .str();
}

std::string text_of(const FleetPolicy& policy) {
  FlowMap map;
  map.add("headroom", policy.headroom);
  map.add("one_config_per_model_and_gpu", policy.one_config_per_model_and_gpu ? "true" : "false");
  map.add("tensor_parallel", fmt::format("[{}]", fmt::join(policy.tensor_parallel, ", ")));
  map.add("pipeline_parallel", fmt::format("[{}]", fmt::join(policy.pipeline_parallel, ", ")));
  std::vector<std::string> precisions;
  for (const Precision precision : policy.precisions) precisions.emplace_back(to_string(precision));
  if (!precisions.empty()) map.add("precisions", list_of(precisions));
  map.add("engine", yaml_text(policy.engine));
  map.add("kv_cache", std::string(to_string(policy.kv_cache)));
  map.add("max_num_seqs", policy.max_num_seqs);
  map.add("memory_utilization", policy.memory_utilization);
  map.add("tpot_targets", policy.tpot_targets);
  if (policy.switching != SwitchingPolicy{}) map.add("switching", text_of(policy.switching));
  if (policy.uncertainty != UncertaintyPolicy{})
    map.add("uncertainty", text_of(policy.uncertainty));
  return map.str();
}

}  // namespace

std::string to_yaml(const Fleet& fleet, std::span<const std::string> catalogs) {
  std::string out = "format: berth.fleet/1\n";
  const auto append = [&](std::string_view key, const std::string& value) {
    fmt::format_to(std::back_inserter(out), "{}: {}\n", key, value);
  };
  const auto item = [&](const std::string& value) {
    fmt::format_to(std::back_inserter(out), "  - {}\n", value);
  };
  std::vector<std::string> entries;
  for (const std::string& catalog : catalogs) entries.push_back(yaml_text(catalog));
  append("catalog", list_of(entries));
  out += "models:\n";
  for (const ModelId id : fleet.models) item(yaml_text(fleet.catalog.model(id).name));
  out += "pools:  # cost: USD/h a box\n";
  for (const FleetPool& pool : fleet.pools) item(text_of(pool, fleet.catalog));
  out += "classes:  # rate: requests/s; slo: s\n";
  for (const FleetClass& query : fleet.classes) item(text_of(query));
  if (fleet.budget) append("budget", shortest(usd(*fleet.budget)) + "  # USD/h");
  append("policy", text_of(fleet.policy));
  return out;
}

}  // namespace berth
