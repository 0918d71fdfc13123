#include "berth/instance/build.h"

#include <chrono>
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

#include "berth/instance/enumeration.h"
#include "berth/instance/planned_for.h"

namespace berth {
namespace {

using Clock = std::chrono::steady_clock;

/// What a reader of fleets has already excluded; a fleet made by hand may still be wrong.
Errors fleet_errors(const Fleet& fleet) {
  Errors errors;
  const auto fail = [&](std::string message, std::string where) {
    errors.push_back({ErrorCode::kInconsistent, std::move(message), std::move(where), {}});
  };
  if (fleet.classes.empty()) fail("the fleet has no classes", "/classes");
  if (fleet.models.empty()) fail("the fleet has no models", "/models");
  if (fleet.pools.empty()) fail("the fleet has no pools", "/pools");
  const FleetPolicy& policy = fleet.policy;
  if (policy.tensor_parallel.empty()) fail("no tensor-parallel degree", "/policy/tensor_parallel");
  if (policy.pipeline_parallel.empty()) fail("no pipeline depth", "/policy/pipeline_parallel");
  if (policy.max_num_seqs < 1) fail("must be at least 1", "/policy/max_num_seqs");
  double all_unmet = 0.0;
  for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
    const FleetClass& c = fleet.classes[i];
    const std::string where = fmt::format("/classes/{}", i);
    if (!(c.traffic.rate > 0.0) || std::isinf(c.traffic.rate)) {
      fail(fmt::format("class '{}' has rate {}: must be greater than 0", c.traffic.name,
                       c.traffic.rate),
           where + "/rate");
    }
    if (c.traffic.prompt_tokens.bins().empty()) fail("no prompt lengths", where + "/prompt_tokens");
    if (c.traffic.output_tokens.bins().empty()) fail("no output lengths", where + "/output_tokens");
    const double unmet = c.unmet_cost_per_request * c.traffic.rate * kSecondsPerHour;
    if (!(unmet < CostRate::kMaxUsdPerHour)) {
      fail(fmt::format(
               "unmet demand of class '{}' would cost {:.3g} USD/h: more than can be planned",
               c.traffic.name, unmet),
           where + "/unmet/cost");
    }
    all_unmet += unmet;
  }
  if (errors.empty() && !(all_unmet < CostRate::kMaxUsdPerHour)) {
    fail(fmt::format("unmet demand of all classes would cost {:.3g} USD/h: more than can be "
                     "planned; it must be below {:.0e}",
                     all_unmet, CostRate::kMaxUsdPerHour),
         "/classes");
  }
  return errors;
}

InstanceColumns class_and_offer_columns(const Fleet& fleet) {
  InstanceColumns c;
  for (const FleetClass& source : fleet.classes) {
    const QualityFloor& quality = source.quality;
    const bool average = quality.mode == QualityFloor::Mode::kAverage && quality.min > 0.0;
    c.classes.name.push_back(source.traffic.name);
    c.classes.unmet_cost.push_back(CostRate::usd_per_hour(source.unmet_cost_per_request *
                                                          source.traffic.rate * kSecondsPerHour));
    c.classes.max_unmet.push_back(source.max_unmet);
    c.classes.max_delay.push_back(kNoLimit);
    const double factor = planned_for(fleet.policy, source.margin).average_error;
    c.classes.max_error.push_back(average ? (1.0 - quality.min) / factor : kNoLimit);
  }
  c.uncertainty = uncertainty_of(fleet);
  for (std::size_t r = 0; r < fleet.pools.size(); ++r) {
    c.pools.name.push_back(fleet.pools[r].name);
    for (const FleetOffer& offer : fleet.pools[r].offers) {
      c.offers.name.push_back(offer.name);
      c.offers.pool.emplace_back(r);
      c.offers.lot.push_back(offer.lot);
      c.offers.cost.push_back(offer.cost);
      c.offers.max.push_back(offer.max.value_or(kUnlimited));
    }
  }
  if (fleet.budget) c.budget = *fleet.budget;
  return c;
}

}  // namespace

InstanceColumns::Uncertainty uncertainty_of(const Fleet& fleet) {
  const UncertaintyPolicy& policy = fleet.policy.uncertainty;
  if (policy.budget <= 0.0) return {};
  const std::size_t classes = fleet.classes.size();
  return {policy.budget, std::vector<double>(classes, policy.load),
          std::vector<double>(classes, policy.delay), std::vector<double>(classes, policy.error)};
}

namespace {

/// Pointers into the columns name nothing in a fleet, but the index of a class is the same.
Errors in_fleet(Errors errors) {
  constexpr std::string_view kClass = "/classes/name/";
  for (Error& error : errors) {
    if (error.where.starts_with(kClass)) error.where.erase(8, kClass.size() - 9);
  }
  return errors;
}

/// Writes the surviving options and their pairs.
class Emitter {
 public:
  Emitter(const Fleet& fleet, const Enumeration& all, InstanceColumns& columns)
      : fleet_(fleet), all_(all), columns_(columns) {}

  void emit() {
    for (std::size_t r = 0; r < all_.rows().size(); ++r) {
      emit_option(all_.rows()[r]);
      emit_pairs(r, all_.rows()[r]);
    }
  }

  Errors errors;

 private:
  void emit_option(const Enumeration::Row& row) {
    auto& options = columns_.options;
    options.name.push_back(option_name(fleet_, row.option));
    options.pool.push_back(row.option.pool);
    options.units.push_back(row.option.tensor_parallel * row.option.pipeline_parallel);
    options.fixed_cost.emplace_back();
    options.max_replicas.push_back(row.max_replicas);
    options.group.push_back(group_of(row));
  }

  std::int32_t group_of(const Enumeration::Row& row) {
    if (row.group == kNoGroup) return kNoGroup;
    auto& names = columns_.options.group_name;
    const auto [entry, added] =
        groups_.try_emplace(row.group, static_cast<std::int32_t>(names.size()));
    if (added) {
      const GpuId gpu = fleet_.pools[row.option.pool.index()].gpu;
      names.push_back(fleet_.catalog.model(row.option.model).name + "/" +
                      fleet_.catalog.gpu(gpu).name);
    }
    return entry->second;
  }

  void emit_pairs(std::size_t r, const Enumeration::Row& row) {
    const PhaseModel model(deployment_of(fleet_, row.option));
    const ModelFit& fit = all_.fits()[row.fit];
    const double target = row.option.tpot_target ? row.option.tpot_target->value : kNoLimit;
    PairSizing pair;
    auto& pairs = columns_.pairs;
    for (const std::uint32_t i : fit.eligible) {
      const double load = all_.load(r, i);
      if (load == kNoLimit) continue;
      const ClassTerms& c = all_.terms()[i];
      pair.prepare(model, c);
      pair.size(c, target);
      const double delay = pair.mean_delay(c);
      pairs.option.push_back(OptionId(r));
      pairs.query_class.push_back(ClassId(i));
      pairs.load.push_back(load);
      pairs.delay.push_back(delay);
      pairs.error.push_back(fit.error[i]);
      pairs.cost.push_back(delay_cost(i, c.delay_usd_per_s * delay));
    }
  }

  CostRate delay_cost(std::size_t i, double usd) {
    if (usd < CostRate::kMaxUsdPerHour) return CostRate::usd_per_hour(usd);
    if (errors.empty()) {
      errors.push_back({ErrorCode::kInconsistent,
                        fmt::format("delay of class '{}' would cost {:.3g} USD/h: more than can be "
                                    "planned",
                                    fleet_.classes[i].traffic.name, usd),
                        fmt::format("/classes/{}/delay_cost", i),
                        {}});
    }
    return {};
  }

  const Fleet& fleet_;
  const Enumeration& all_;
  InstanceColumns& columns_;
  std::unordered_map<std::int32_t, std::int32_t> groups_;
};

}  // namespace

Result<BuiltInstance> build_instance(const Fleet& fleet, const BuildOptions& options) {
  const Clock::time_point start = Clock::now();
  if (Errors errors = fleet_errors(fleet); !errors.empty()) return errors;
  InstanceColumns columns = class_and_offer_columns(fleet);
  const std::vector<PoolSupply> supplies = pool_supplies(columns.offers, fleet.pools.size());
  Enumeration all(fleet, supplies, options);
  Emitter emitter(fleet, all, columns);
  emitter.emit();
  if (!emitter.errors.empty()) return emitter.errors;
  Result<Instance> instance = Instance::make(std::move(columns));
  if (!instance.ok()) return in_fleet(std::move(instance).errors());

  BuiltInstance built{.instance = std::move(instance).value(),
                      .options = {},
                      .rejections = {},
                      .configurations = all.configurations(),
                      .options_before_dominance = all.options_before_dominance(),
                      .seconds = 0.0};
  for (const Enumeration::Row& row : all.rows()) built.options.push_back(row.option);
  built.rejections = std::move(all).rejections();
  built.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return built;
}

}  // namespace berth
