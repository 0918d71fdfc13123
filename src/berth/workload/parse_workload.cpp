#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "berth/core/file.h"
#include "berth/core/text.h"
#include "berth/embedded/embedded_workloads.h"
#include "berth/workload/demand_series.h"
#include "berth/workload/workload_yaml.h"

namespace berth {
namespace {

constexpr std::string_view kFormat = "berth.workload/1";
constexpr std::string_view kProfileSuffix = ".yaml";

void check_range(MapReader& map, double min, double max, std::string_view what) {
  if (max > 0 && max <= min) {
    map.fail(ErrorCode::kInconsistent,
             fmt::format("{}_max {} is not above {}_min {}", what, max, what, min),
             "the range is half-open: min <= tokens < max; leave max out for no limit");
  }
}

ClassRule read_rule(const ValueReader& value) {
  MapReader map(value);
  ClassRule rule;
  rule.source = map.optional_string("source");
  rule.label = map.optional_string("class");
  rule.prompt_min = map.number("prompt_min", kNotNegative, 0.0);
  rule.prompt_max = map.number("prompt_max", kNotNegative, 0.0);
  rule.output_min = map.number("output_min", kNotNegative, 0.0);
  rule.output_max = map.number("output_max", kNotNegative, 0.0);
  check_range(map, rule.prompt_min, rule.prompt_max, "prompt");
  check_range(map, rule.output_min, rule.output_max, "output");
  map.reject_unknown_keys();
  return rule;
}

LengthDistribution read_length_key(MapReader& map, std::string_view key) {
  const std::optional<ValueReader> value = map.require(key);
  if (!value) return LengthDistribution::constant(1);
  return read_lengths(*value).value_or(LengthDistribution::constant(1));
}

QueryClass read_class(const ValueReader& value, std::set<std::string>& names) {
  MapReader map(value);
  QueryClass query;
  query.name = map.string("name");
  if (!query.name.empty() && !names.insert(query.name).second) {
    map.fail(ErrorCode::kDuplicate, fmt::format("the class '{}' appears twice", query.name));
  }
  if (const auto rate = map.require("rate")) query.rate = rate->rate(kRateRange).value_or(0.0);
  query.prompt_tokens = read_length_key(map, "prompt_tokens");
  query.output_tokens = read_length_key(map, "output_tokens");
  query.arrival_variability = map.number("arrival_variability", kVariabilityRange, 1.0);
  query.prefix_reuse = map.number("prefix_reuse", kShareRange, 0.0);
  if (const auto rule = map.find("rule")) query.rule = read_rule(*rule);
  map.reject_unknown_keys();
  return query;
}

}  // namespace

Result<Workload> parse_workload(const Document& document) {
  Errors errors;
  MapReader map(document, errors);
  map.expect_format(kFormat);
  Workload workload;
  workload.source = map.string("source", std::string());
  workload.date = map.string("date", std::string());
  workload.duration_s =
      map.optional_duration("duration", kNotNegative).value_or(Seconds(0.0)).value;
  std::set<std::string> names;
  if (map.require("classes")) {
    const std::vector<ValueReader> classes = map.list("classes");
    if (classes.empty() && errors.empty()) {
      map.fail(ErrorCode::kMissing, "the workload has no classes");
    }
    for (const ValueReader& value : classes) workload.classes.push_back(read_class(value, names));
  }
  map.reject_unknown_keys();
  if (!errors.empty()) return errors;
  return workload;
}

Result<Workload> read_workload(const std::filesystem::path& path) {
  Result<std::string> content = read_file(path);
  if (!content) return std::move(content).errors();
  if (looks_like_demand_series(*content)) {
    Result<DemandSeries> series = parse_demand_series(path.string(), *content);
    if (!series) return std::move(series).errors();
    return workload_of(*series);
  }
  const std::string_view text = trim(*content);
  Result<Document> document = text.starts_with('{') ? parse_json(path.string(), *content)
                                                    : parse_yaml(path.string(), *content);
  if (!document) return std::move(document).errors();
  return parse_workload(*document);
}

std::vector<std::string> builtin_workload_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_workloads()) {
    std::string_view name = file.name;
    if (name.ends_with(kProfileSuffix)) name.remove_suffix(kProfileSuffix.size());
    names.emplace_back(name);
  }
  return names;
}

Result<Workload> builtin_workload(std::string_view name) {
  const std::vector<std::string> names = builtin_workload_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    return Error{ErrorCode::kUnknownName, fmt::format("there is no built-in workload '{}'", name),
                 "", suggest(name, names)};
  }
  const EmbeddedFile& file = embedded_workloads()[static_cast<std::size_t>(found - names.begin())];
  Result<Document> document = parse_yaml(fmt::format("<builtin>/{}", file.name), file.content);
  if (!document) return std::move(document).errors();
  return parse_workload(*document);
}

}  // namespace berth
