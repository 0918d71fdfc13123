#include "berth/plan/read_plan.h"

#include <algorithm>
#include <array>
#include <limits>

#include "berth/core/text.h"
#include "berth/document/reader.h"

namespace berth {
namespace {

constexpr Range kCount{.min = std::numeric_limits<int>::min(),
                       .max = std::numeric_limits<int>::max()};
constexpr Range kMoney{.min = 1.0 - CostRate::kMaxTotalUsdPerHour,
                       .max = CostRate::kMaxTotalUsdPerHour - 1.0};

int count(MapReader& map, std::string_view key) {
  return static_cast<int>(map.integer(key, kCount));
}

CostRate money(MapReader& map, std::string_view key) {
  return CostRate::usd_per_hour(map.number(key, kMoney));
}

std::optional<Seconds> seconds(MapReader& map, std::string_view key) {
  const std::optional<double> value = map.optional_number(key, kNotNegative);
  return value ? std::optional(Seconds(*value)) : std::nullopt;
}

/// The rows of a list that must be there; each is a map.
template <class Row>
std::vector<Row> rows(MapReader& plan, std::string_view key, Row (*read)(MapReader&)) {
  std::vector<Row> result;
  const std::optional<ValueReader> list = plan.require(key);
  if (!list) return result;
  for (const ValueReader& item : list->list()) {
    MapReader row = item.map();
    result.push_back(read(row));
    row.reject_unknown_keys();
  }
  return result;
}

std::vector<std::string> texts(MapReader& map, std::string_view key) {
  if (!map.require(key)) return {};
  return map.strings(key);
}

PlanDeployment read_deployment(MapReader& row) {
  PlanDeployment deployment;
  deployment.name = row.string("name");
  deployment.model = row.string("model");
  deployment.precision = row.string("precision");
  deployment.pool = row.string("pool");
  deployment.gpu = row.string("gpu");
  deployment.tensor_parallel = count(row, "tp");
  deployment.pipeline_parallel = count(row, "pp");
  deployment.tpot_target = seconds(row, "tpot_target");
  deployment.replicas = count(row, "replicas");
  deployment.gpus = count(row, "gpus");
  deployment.max_num_seqs = count(row, "max_num_seqs");
  deployment.max_model_len = count(row, "max_model_len");
  deployment.utilization = row.number("utilization", kAnyNumber);
  deployment.tpot_s = row.number("tpot", kAnyNumber);
  deployment.ttft_s = row.number("ttft", kAnyNumber);
  deployment.cost = money(row, "cost");
  deployment.engine_args = texts(row, "engine_args");
  return deployment;
}

PlanOffer read_offer(MapReader& row) {
  PlanOffer offer;
  offer.pool = row.string("pool");
  offer.offer = row.string("offer");
  offer.boxes = count(row, "boxes");
  offer.gpus = count(row, "gpus");
  offer.cost = money(row, "cost");
  return offer;
}

PlanRoute read_route(MapReader& row) {
  PlanRoute route;
  route.query_class = row.string("class");
  route.deployment = row.string("deployment");
  route.share = row.number("share", kAnyNumber);
  route.ttft_s = row.number("ttft", kAnyNumber);
  route.tpot_s = row.number("tpot", kAnyNumber);
  route.e2e_s = row.number("e2e", kAnyNumber);
  route.error = row.number("error", kAnyNumber);
  return route;
}

ServiceLevel read_slo(MapReader& row) {
  ServiceLevel level;
  const std::optional<ValueReader> value = row.require("slo");
  if (!value) return level;
  MapReader slo = value->map();
  level.ttft = seconds(slo, "ttft");
  level.tpot = seconds(slo, "tpot");
  level.e2e = seconds(slo, "e2e");
  level.percentile = slo.number("percentile", kShareRange);
  slo.reject_unknown_keys();
  return level;
}

ClassMargin read_margin(MapReader& row) {
  constexpr Range kLoad{.min = ClassMargin::kLeastLoad, .max = ClassMargin::kMostLoad};
  constexpr Range kTpot{.min = ClassMargin::kLeastTpot, .max = 1.0};
  ClassMargin margin;
  const std::optional<ValueReader> value = row.find("margin");
  if (!value) return margin;
  MapReader map = value->map();
  margin.load = map.number("load", kLoad);
  margin.tpot = map.number("tpot", kTpot);
  map.reject_unknown_keys();
  return margin;
}

PlanClass read_class(MapReader& row) {
  PlanClass result;
  result.name = row.string("name");
  result.rate = row.number("rate", kAnyNumber);
  result.unmet = row.number("unmet", kAnyNumber);
  result.ttft_s = row.number("ttft", kAnyNumber);
  result.tpot_s = row.number("tpot", kAnyNumber);
  result.e2e_s = row.number("e2e", kAnyNumber);
  result.error = row.number("error", kAnyNumber);
  result.slo = read_slo(row);
  result.margin = read_margin(row);
  result.max_error = row.number("max_error", kAnyNumber);
  result.slo_met = row.boolean("slo_met");
  return result;
}

/// The total is a sum, so it is compared here: Cost has no place for a wrong one.
Cost read_cost(MapReader& plan) {
  Cost cost;
  const std::optional<ValueReader> value = plan.require("cost");
  if (!value) return cost;
  MapReader row = value->map();
  cost.rental = money(row, "rental");
  cost.delay = money(row, "delay");
  cost.unmet = money(row, "unmet");
  cost.fixed = money(row, "fixed");
  if (row.has("switching")) cost.switching = money(row, "switching");
  const CostRate total = money(row, "total");
  if (row.has("total") && total != cost.total()) {
    row.fail(ErrorCode::kInconsistent, "total " + shortest(total.usd()) +
                                           " is not the sum of its parts, " +
                                           shortest(cost.total().usd()));
  }
  row.reject_unknown_keys();
  return cost;
}

std::map<std::string, double> read_prices(MapReader& row, std::string_view key) {
  std::map<std::string, double> prices;
  const std::optional<ValueReader> value = row.require(key);
  if (!value) return prices;
  MapReader entries = value->map();
  for (const auto& [name, price] : entries.entries()) {
    prices[name] = price.number().value_or(0.0);
  }
  return prices;
}

ShadowPrices read_shadow_prices(MapReader& plan) {
  ShadowPrices prices;
  const std::optional<ValueReader> value = plan.require("shadow_prices");
  if (!value) return prices;
  MapReader row = value->map();
  prices.pools = read_prices(row, "pools");
  prices.budget = row.optional_number("budget");
  prices.classes = read_prices(row, "classes");
  row.reject_unknown_keys();
  return prices;
}

std::optional<PlanSwitching> read_switching(MapReader& plan) {
  const std::optional<ValueReader> value = plan.find("switching");
  if (!value) return std::nullopt;
  MapReader row = value->map();
  PlanSwitching switching;
  switching.from = row.string("from", "");
  switching.kept = row.boolean("kept");
  switching.started = static_cast<int>(row.integer("started", kCount));
  switching.stopped = static_cast<int>(row.integer("stopped", kCount));
  switching.boxes = static_cast<int>(row.integer("boxes", kCount));
  switching.usd = row.number("usd", kNotNegative);
  switching.hold_s = row.number("hold", kPositive);
  switching.ready_s = row.number("ready", kNotNegative);
  row.reject_unknown_keys();
  return switching;
}

std::optional<PlanRobustness> read_robust(MapReader& plan) {
  constexpr Range kBudget{.min = 0.0, .max = 1e6, .exclusive_min = true};
  constexpr Range kDeviation{.min = 0.0, .max = 10.0};
  constexpr Range kFactor{.min = 1.0, .max = Survival::kMost};
  const std::optional<ValueReader> value = plan.find("robust");
  if (!value) return std::nullopt;
  MapReader row = value->map();
  PlanRobustness robust;
  if (row.has("survive")) {
    robust.survival.factor = row.number("survive", kFactor);
  } else {
    robust.uncertainty.budget = row.number("budget", kBudget);
    robust.uncertainty.load = row.number("load", kDeviation);
    robust.uncertainty.delay = row.number("delay", kDeviation);
    robust.uncertainty.error = row.number("error", kDeviation);
  }
  row.reject_unknown_keys();
  return robust;
}

void read_seconds(MapReader& reader, Plan& plan) {
  const std::optional<ValueReader> value = reader.require("seconds");
  if (!value) return;
  MapReader row = value->map();
  plan.build_seconds = row.number("build", kNotNegative);
  plan.solve_seconds = row.number("solve", kNotNegative);
  plan.bound_seconds = row.number("bound", kNotNegative);
  row.reject_unknown_keys();
}

std::string read_status(MapReader& reader) {
  static const std::array<std::string, 3> kStatuses = {"optimal", "feasible", "limit"};
  std::string status = reader.string("status");
  if (!status.empty() && std::find(kStatuses.begin(), kStatuses.end(), status) == kStatuses.end()) {
    reader.find("status")->fail(ErrorCode::kUnknownName, "unknown status '" + status + "'",
                                suggest(status, kStatuses));
  }
  return status;
}

}  // namespace

Result<Plan> plan_from(const Document& document) {
  Errors errors;
  MapReader reader(document, errors);
  if (!errors.empty()) return errors;
  reader.expect_format("berth.plan/1");
  Plan plan;
  plan.fleet = reader.string("fleet", "");
  plan.method = reader.string("method");
  plan.status = read_status(reader);
  plan.cost = read_cost(reader);
  plan.lower_bound = reader.optional_number("lower_bound");
  plan.gap = reader.optional_number("gap");
  read_seconds(reader, plan);
  plan.deployments = rows(reader, "deployments", read_deployment);
  plan.offers = rows(reader, "offers", read_offer);
  plan.routes = rows(reader, "routes", read_route);
  plan.classes = rows(reader, "classes", read_class);
  plan.shadow_prices = read_shadow_prices(reader);
  plan.warnings = texts(reader, "warnings");
  plan.switching = read_switching(reader);
  plan.robust = read_robust(reader);
  reader.reject_unknown_keys();
  if (!errors.empty()) return errors;
  return plan;
}

}  // namespace berth
