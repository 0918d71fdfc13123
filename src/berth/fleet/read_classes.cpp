// The sections `classes`, `defaults` and `policy` of one fleet file.

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/fleet/draft.h"
#include "berth/workload/workload_yaml.h"

namespace berth::fleet_draft {
namespace {

constexpr Range kDurationRange{.min = 0.0, .max = 1e6, .exclusive_min = true};
constexpr Range kCostPerRequest{.min = 0.0, .max = 1e6};

void read_limit(MapReader& map, std::string_view key, Setting<Seconds>& limit) {
  // "tpot: null" lifts a default; an absent key leaves it.
  const bool given = map.has(key);
  const auto value = map.optional_duration(key, kDurationRange);
  if (given) limit = {true, value};
}

void read_slo(MapReader& parent, Terms& terms, const FileReader& reader) {
  const auto value = parent.find("slo");
  if (!value) return;
  MapReader map(*value);
  terms.slo_where = value->where();
  read_limit(map, "ttft", terms.ttft);
  read_limit(map, "tpot", terms.tpot);
  read_limit(map, "e2e", terms.e2e);
  if (const auto percentile = map.optional_number("percentile", kOpenShareRange)) {
    terms.percentile = percentile;
  }
  reader.finish(map, "slo");
}

void read_quality(MapReader& parent, Terms& terms, const FileReader& reader) {
  const auto value = parent.find("quality");
  if (!value) return;
  MapReader map(*value);
  if (const auto task = map.find("task")) {
    if (auto name = task->string()) terms.task = {*std::move(name), task->where()};
  }
  if (const auto min = map.optional_number("min", kShareRange)) terms.min_score = min;
  if (const auto mode = map.find("mode")) {
    const std::vector<std::string> known = {"average", "strict"};
    const auto name = mode->string();
    if (name && std::find(known.begin(), known.end(), *name) == known.end()) {
      mode->fail(ErrorCode::kUnknownName, fmt::format("unknown mode '{}'", *name),
                 suggest(*name, known));
    } else if (name) {
      terms.mode = *name == "strict" ? QualityFloor::Mode::kStrict : QualityFloor::Mode::kAverage;
    }
  }
  reader.finish(map, "quality");
}

void read_unmet(MapReader& parent, Terms& terms, const FileReader& reader) {
  const auto value = parent.find("unmet");
  if (!value) return;
  MapReader map(*value);
  if (const auto max = map.optional_number("max", kShareRange)) terms.max_unmet = max;
  if (const auto cost = map.optional_number("cost", kCostPerRequest)) terms.unmet_cost = cost;
  reader.finish(map, "unmet");
}

void read_terms(MapReader& map, Terms& terms, const FileReader& reader) {
  read_slo(map, terms, reader);
  read_quality(map, terms, reader);
  read_unmet(map, terms, reader);
  if (const auto cost = map.optional_number("delay_cost", kCostPerRequest)) terms.delay_cost = cost;
}

void read_tokens(MapReader& map, std::string_view key, std::optional<LengthDistribution>& lengths) {
  const auto value = map.find(key);
  if (!value) return;
  auto read = read_lengths(*value);
  if (read && read->mean() <= 0) {
    value->fail(ErrorCode::kOutOfRange, "the mean must be greater than 0 tokens, got 0");
  } else if (read) {
    lengths = std::move(read);
    return;
  }
  // Reported; the key must not count as missing on top of it.
  lengths = LengthDistribution::constant(1.0);
}

void read_traffic(MapReader& map, ClassDraft& draft) {
  if (const auto rate = map.find("rate")) draft.rate = rate->rate(kRateRange).value_or(1.0);
  read_tokens(map, "prompt_tokens", draft.prompt_tokens);
  read_tokens(map, "output_tokens", draft.output_tokens);
  if (const auto value = map.optional_number("arrival_variability", kVariabilityRange)) {
    draft.arrival_variability = value;
  }
  if (const auto value = map.optional_number("prefix_reuse", kShareRange))
    draft.prefix_reuse = value;
}

/// The class of that name from an included file, or a new one.
ClassDraft& class_of(FleetDraft& draft, const std::string& name) {
  const auto found = std::find_if(draft.classes.begin(), draft.classes.end(),
                                  [&](const ClassDraft& other) { return other.name == name; });
  if (found != draft.classes.end()) return *found;
  ClassDraft& added = draft.classes.emplace_back();
  added.name = name;
  return added;
}

/// A list of whole numbers >= 1, each once.
void read_degrees(MapReader& map, std::string_view key, std::vector<int>& degrees,
                  std::string& where) {
  constexpr Range kDegreeRange{.min = 1, .max = 1024};
  const auto value = map.find(key);
  if (!value) return;
  std::vector<int> read;
  for (const ValueReader& item : value->list()) {
    const auto degree = item.integer(kDegreeRange);
    if (degree) read.push_back(static_cast<int>(*degree));
  }
  if (value->is_list() && value->node().items.empty()) {
    value->fail(ErrorCode::kMissing, fmt::format("'{}' lists nothing", key),
                "expected for example [1, 2, 4]");
  }
  std::sort(read.begin(), read.end());
  read.erase(std::unique(read.begin(), read.end()), read.end());
  degrees = std::move(read);
  where = value->where();
}

void read_precisions(MapReader& map, std::vector<Precision>& precisions) {
  const auto value = map.find("precisions");
  if (!value) return;
  precisions.clear();
  std::vector<std::string> known;
  for (const Precision precision : kPrecisions) known.emplace_back(to_string(precision));
  for (const ValueReader& item : value->list()) {
    const auto name = item.string();
    if (!name) continue;
    const auto precision = precision_from(*name);
    if (!precision) {
      item.fail(ErrorCode::kUnknownName, fmt::format("unknown precision '{}'", *name),
                suggest(*name, known));
    } else if (std::find(precisions.begin(), precisions.end(), *precision) == precisions.end()) {
      precisions.push_back(*precision);
    }
  }
  if (value->is_list() && value->node().items.empty()) {
    value->fail(ErrorCode::kMissing, "'precisions' lists nothing",
                "leave it out for each model's own");
  }
}

}  // namespace

void read_classes(MapReader& root, FileReader& reader) {
  const auto value = root.find("classes");
  if (!value) return;
  std::set<std::string> names;
  for (const ValueReader& item : value->list()) {
    MapReader map(item);
    const auto name = read_name(map);
    const bool repeated = name && !names.insert(*name).second;
    if (repeated)
      map.fail(ErrorCode::kDuplicate, fmt::format("the class '{}' appears twice", *name));
    ClassDraft unnamed;
    ClassDraft& draft = name && !repeated ? class_of(reader.draft, *name) : unnamed;
    draft.where = item.where();
    read_traffic(map, draft);
    read_terms(map, draft.terms, reader);
    reader.finish(map, "class");
  }
  if (value->is_list() && value->node().items.empty()) {
    value->fail(ErrorCode::kMissing, "no class is listed",
                "expected [{name: chat, rate: 2, prompt_tokens: 1000, output_tokens: 200}]");
  }
}

void read_defaults(MapReader& root, FileReader& reader) {
  const auto value = root.find("defaults");
  if (!value) return;
  MapReader map(*value);
  read_terms(map, reader.draft.defaults, reader);
  reader.finish(map, "defaults");
}

namespace {

void read_kv_cache(MapReader& map, CacheFormat& format) {
  const auto value = map.find("kv_cache");
  if (!value) return;
  const auto name = value->string();
  if (!name) return;
  if (const auto read = cache_format_from(*name)) {
    format = *read;
  } else {
    value->fail(ErrorCode::kUnknownName, fmt::format("unknown format of the cache '{}'", *name),
                "one of: " + cache_format_words());
  }
}

}  // namespace

namespace {

void read_switching(MapReader& policy, FileReader& reader) {
  constexpr Range kTime{.min = 0.0, .max = 7.0 * 86400.0};
  constexpr Range kHold{.min = 1.0, .max = 365.0 * 86400.0};
  constexpr Range kBandwidth{.min = 1e6, .max = 1e15};
  const auto value = policy.find("switching");
  if (!value) return;
  MapReader map(*value);
  SwitchingPolicy& switching = reader.draft.policy.switching;
  const auto time = [&map](std::string_view key, Range range, Seconds& into) {
    if (const auto read = map.optional_duration(key, range)) into = *read;
  };
  time("engine_start", kTime, switching.engine_start);
  if (const auto bandwidth = map.find("load_bandwidth")) {
    switching.load_bandwidth = bandwidth->size(kBandwidth).value_or(switching.load_bandwidth);
  }
  time("box_start", kTime, switching.box_start);
  time("drain", kTime, switching.drain);
  time("hold", kHold, switching.hold);
  switching.hysteresis = map.number("hysteresis", kShareRange, switching.hysteresis);
  reader.finish(map, "switching");
}

void read_uncertainty(MapReader& policy, FileReader& reader) {
  constexpr Range kBudget{.min = 0.0, .max = 1e6};
  constexpr Range kDeviation{.min = 0.0, .max = 10.0};
  const auto value = policy.find("uncertainty");
  if (!value) return;
  MapReader map(*value);
  UncertaintyPolicy& uncertainty = reader.draft.policy.uncertainty;
  uncertainty.budget = map.number("budget", kBudget, uncertainty.budget);
  uncertainty.load = map.number("load", kDeviation, uncertainty.load);
  uncertainty.delay = map.number("delay", kDeviation, uncertainty.delay);
  uncertainty.error = map.number("error", kDeviation, uncertainty.error);
  reader.finish(map, "uncertainty");
}

}  // namespace

void read_policy(MapReader& root, FileReader& reader) {
  constexpr Range kHeadroom{.min = 0.0, .max = 10.0};
  constexpr Range kSequences{.min = 1, .max = 65536};
  constexpr Range kUtilization{.min = 0.0, .max = 1.0, .exclusive_min = true};
  constexpr Range kTargets{.min = 1, .max = 16};
  const auto value = root.find("policy");
  if (!value) return;
  MapReader map(*value);
  FleetPolicy& policy = reader.draft.policy;
  policy.headroom = map.number("headroom", kHeadroom, policy.headroom);
  policy.one_config_per_model_and_gpu =
      map.boolean("one_config_per_model_and_gpu", policy.one_config_per_model_and_gpu);
  read_degrees(map, "tensor_parallel", policy.tensor_parallel, reader.draft.tensor_parallel_where);
  read_degrees(map, "pipeline_parallel", policy.pipeline_parallel,
               reader.draft.pipeline_parallel_where);
  read_precisions(map, policy.precisions);
  if (const auto engine = map.find("engine")) {
    if (auto name = engine->string()) reader.draft.engine = {*std::move(name), engine->where()};
  }
  read_kv_cache(map, policy.kv_cache);
  policy.max_num_seqs =
      static_cast<int>(map.integer("max_num_seqs", kSequences, policy.max_num_seqs));
  policy.memory_utilization =
      map.number("memory_utilization", kUtilization, policy.memory_utilization);
  policy.tpot_targets =
      static_cast<int>(map.integer("tpot_targets", kTargets, policy.tpot_targets));
  read_switching(map, reader);
  read_uncertainty(map, reader);
  reader.finish(map, "policy");
}

}  // namespace berth::fleet_draft
