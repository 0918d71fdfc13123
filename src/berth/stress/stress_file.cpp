#include "berth/stress/stress_file.h"

#include <algorithm>
#include <iterator>

#include "berth/document/reader.h"

namespace berth {
namespace {

constexpr Range kAnyCount{.min = 0.0, .max = 1e9};

std::size_t count_of(MapReader& map, std::string_view key) {
  return static_cast<std::size_t>(std::max(0LL, map.integer(key, kAnyCount)));
}

FactorRange range_of(MapReader& map, std::string_view key) {
  FactorRange range;
  const std::optional<ValueReader> value = map.require(key);
  if (!value) return range;
  const std::vector<ValueReader> ends = value->list();
  if (ends.size() != 2) {
    value->fail(ErrorCode::kWrongType, "expected [low, high]");
    return range;
  }
  range.low = ends[0].number(kPositive).value_or(1.0);
  range.high = ends[1].number(kPositive).value_or(1.0);
  return range;
}

ScenarioShape shape_of(MapReader& map) {
  const std::string name = map.string("shape");
  const auto begin = std::begin(kScenarioShapeNames);
  const auto end = std::end(kScenarioShapeNames);
  if (std::find(begin, end, name) != end) return scenario_shape_of(name);
  if (const auto value = map.find("shape")) {
    value->fail(ErrorCode::kUnknownName, "expected uniform, correlated or heavy");
  }
  return ScenarioShape::kUniform;
}

/// Files of before it existed do not say it.
DelayKind delay_kind_of(MapReader& map) {
  const std::string name = map.string("delay_kind", kDelayKindNames[0]);
  const auto begin = std::begin(kDelayKindNames);
  const auto end = std::end(kDelayKindNames);
  if (std::find(begin, end, name) != end) return berth::delay_kind_of(name);
  map.find("delay_kind")->fail(ErrorCode::kUnknownName, "expected service or latency");
  return DelayKind::kService;
}

StressRow read_row(const ValueReader& item) {
  MapReader map = item.map();
  StressRow row;
  row.scenario = count_of(map, "scenario");
  row.cost = map.number("cost", kAnyNumber);
  row.broken = static_cast<int>(count_of(map, "broken"));
  row.late = static_cast<int>(count_of(map, "late"));
  row.poor = static_cast<int>(count_of(map, "poor"));
  row.unmet = static_cast<int>(count_of(map, "unmet"));
  row.unmet_share = map.number("unmet_share", kShareRange);
  row.late_share = map.number("late_share", kShareRange);
  map.reject_unknown_keys();
  return row;
}

StressedMethod read_method(const ValueReader& item, std::size_t expected) {
  MapReader map = item.map();
  StressedMethod method;
  method.method = map.string("method");
  method.headroom = map.optional_number("headroom", kNotNegative);
  method.robust = map.optional_number("robust", kPositive);
  method.survive = map.optional_number("survive", kPositive);
  method.plan_cost = CostRate::usd_per_hour(
      map.number("plan_cost", {.min = 0.0, .max = CostRate::kMaxTotalUsdPerHour - 1.0}));
  for (const ValueReader& row : map.list("rows")) method.rows.push_back(read_row(row));
  if (method.rows.size() != expected) {
    item.fail(ErrorCode::kInconsistent, "the rows are not those of this part",
              "the file is incomplete: make it again");
  }
  return method;
}

}  // namespace

Result<StressResult> read_stress(const std::filesystem::path& path) {
  const Result<Document> document = read_document(path);
  if (!document) return document.errors();
  Errors errors;
  MapReader map(*document, errors);
  map.expect_format("berth.stress/1");
  StressResult result;
  result.fleet = map.string("fleet");
  result.classes = count_of(map, "classes");
  result.scenarios = count_of(map, "scenarios");
  result.seed = static_cast<std::uint64_t>(map.integer("seed", kNotNegative));
  result.wall_s = map.number("wall_seconds", kNotNegative);
  result.ranges.demand = range_of(map, "demand");
  result.ranges.delay = range_of(map, "delay");
  result.ranges.error = range_of(map, "error");
  result.ranges.shape = shape_of(map);
  result.ranges.delay_kind = delay_kind_of(map);
  if (const auto shard = map.find("shard")) {
    MapReader part = shard->map();
    result.shard.index = count_of(part, "index");
    result.shard.count = count_of(part, "count");
    if (result.shard.count < 1 || result.shard.index >= result.shard.count) {
      shard->fail(ErrorCode::kOutOfRange, "expected an index below the count");
      result.shard = {};
    }
  }
  const StressShard& shard = result.shard;
  const std::size_t rest =
      result.scenarios > shard.index ? result.scenarios - shard.index : std::size_t{0};
  const std::size_t expected = (rest + shard.count - 1) / shard.count;
  for (const ValueReader& item : map.list("methods")) {
    result.methods.push_back(read_method(item, expected));
  }
  if (result.methods.empty()) {
    errors.push_back({ErrorCode::kMissing, "no methods", document->name, ""});
  }
  if (!errors.empty()) return errors;
  return result;
}

}  // namespace berth
