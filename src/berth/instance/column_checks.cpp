#include "berth/instance/column_checks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "berth/core/tolerance.h"

namespace berth {

void ErrorList::add(ErrorCode code, std::string where, std::string message,
                    std::string suggestion) {
  if (errors_.size() == kShown) {
    ++more_;
    return;
  }
  errors_.push_back({code, std::move(message), std::move(where), std::move(suggestion)});
}

void ErrorList::add(ErrorCode code, std::string_view pointer, std::size_t index,
                    std::string message, std::string suggestion) {
  if (errors_.size() == kShown) {
    ++more_;
    return;
  }
  add(code, fmt::format("{}/{}", pointer, index), std::move(message), std::move(suggestion));
}

Errors ErrorList::take() && {
  if (more_ > 0) {
    const ErrorCode code = errors_.back().code;
    errors_.push_back({code, fmt::format("and {} more errors", more_), {}, {}});
  }
  return std::move(errors_);
}

namespace {

class Checker {
 public:
  explicit Checker(ErrorList& errors) : errors_(errors) {}

  void length(std::string_view pointer, std::size_t size, std::string_view first,
              std::size_t expected) {
    if (size == expected) return;
    errors_.add(ErrorCode::kInconsistent, std::string(pointer),
                fmt::format("has {} entries, but {} has {}", size, first, expected));
  }

  template <class Id>
  void index(std::string_view pointer, const std::vector<Id>& column, std::size_t count,
             std::string_view what) {
    each(
        pointer, column, ErrorCode::kOutOfRange, [count](Id id) { return id.index() < count; },
        [&](Id id) {
          return fmt::format("there is no {} {} (0 .. {} exist)", what, id.value(),
                             static_cast<long long>(count) - 1);
        });
  }

  void money(std::string_view pointer, const std::vector<CostRate>& column) {
    each(pointer, column, ErrorCode::kOutOfRange, valid_cost, cost_message);
  }

  /// Finite or, with `no_limit`, kNoLimit; within [0, max], and not 0 with `positive`.
  void real(std::string_view pointer, const std::vector<double>& column, double max, bool no_limit,
            bool positive = false) {
    each(
        pointer, column, ErrorCode::kOutOfRange,
        [=](double x) {
          if (no_limit && x == kNoLimit) return true;
          return std::isfinite(x) && x <= max && (positive ? x > 0.0 : x >= 0.0);
        },
        [=](double x) {
          const std::string low = positive ? "greater than 0" : "at least 0";
          return std::isinf(max) ? fmt::format("{} must be finite and {}", x, low)
                                 : fmt::format("{} must be {} and at most {}", x, low, max);
        });
  }

  void integer(std::string_view pointer, const std::vector<std::int32_t>& column,
               std::int32_t min) {
    each(
        pointer, column, ErrorCode::kOutOfRange, [min](std::int32_t n) { return n >= min; },
        [min](std::int32_t n) { return fmt::format("{} must be at least {}", n, min); });
  }

  template <class T, class Valid, class Message>
  void each(std::string_view pointer, const std::vector<T>& column, ErrorCode code, Valid valid,
            Message message) {
    for (std::size_t i = 0; i < column.size(); ++i) {
      if (!valid(column[i])) errors_.add(code, pointer, i, message(column[i]));
    }
  }

  static bool valid_cost(CostRate cost) {
    return cost >= CostRate{} && cost.usd() < CostRate::kMaxUsdPerHour;
  }
  static std::string cost_message(CostRate cost) {
    return fmt::format("{} USD/h must be at least 0 and below {:.0e}", cost.usd(),
                       CostRate::kMaxUsdPerHour);
  }

 private:
  ErrorList& errors_;
};

void check_lengths(const InstanceColumns& c, Checker& check) {
  const std::size_t classes = c.classes.name.size();
  check.length("/classes/unmet_cost", c.classes.unmet_cost.size(), "/classes/name", classes);
  check.length("/classes/max_unmet", c.classes.max_unmet.size(), "/classes/name", classes);
  check.length("/classes/max_delay", c.classes.max_delay.size(), "/classes/name", classes);
  check.length("/classes/max_error", c.classes.max_error.size(), "/classes/name", classes);
  const std::size_t offers = c.offers.name.size();
  check.length("/offers/pool", c.offers.pool.size(), "/offers/name", offers);
  check.length("/offers/lot", c.offers.lot.size(), "/offers/name", offers);
  check.length("/offers/cost", c.offers.cost.size(), "/offers/name", offers);
  check.length("/offers/max", c.offers.max.size(), "/offers/name", offers);
  const std::size_t options = c.options.name.size();
  check.length("/options/pool", c.options.pool.size(), "/options/name", options);
  check.length("/options/units", c.options.units.size(), "/options/name", options);
  check.length("/options/fixed_cost", c.options.fixed_cost.size(), "/options/name", options);
  check.length("/options/max_replicas", c.options.max_replicas.size(), "/options/name", options);
  check.length("/options/group", c.options.group.size(), "/options/name", options);
  const std::size_t pairs = c.pairs.option.size();
  check.length("/pairs/class", c.pairs.query_class.size(), "/pairs/option", pairs);
  check.length("/pairs/load", c.pairs.load.size(), "/pairs/option", pairs);
  check.length("/pairs/delay", c.pairs.delay.size(), "/pairs/option", pairs);
  check.length("/pairs/error", c.pairs.error.size(), "/pairs/option", pairs);
  check.length("/pairs/cost", c.pairs.cost.size(), "/pairs/option", pairs);
}

void check_switching(const InstanceColumns& c, Checker& check) {
  const InstanceColumns::Switching& s = c.switching;
  const std::size_t options = c.options.name.size();
  const std::size_t offers = c.offers.name.size();
  if (s.empty() && s.boxes.empty() && s.start_cost.empty()) return;
  check.length("/switching/replicas", s.replicas.size(), "/options/name", options);
  check.length("/switching/start_cost", s.start_cost.size(), "/options/name", options);
  check.length("/switching/stop_cost", s.stop_cost.size(), "/options/name", options);
  check.length("/switching/boxes", s.boxes.size(), "/offers/name", offers);
  check.length("/switching/rent_cost", s.rent_cost.size(), "/offers/name", offers);
  check.integer("/switching/replicas", s.replicas, 0);
  check.money("/switching/start_cost", s.start_cost);
  check.money("/switching/stop_cost", s.stop_cost);
  check.integer("/switching/boxes", s.boxes, 0);
  check.money("/switching/rent_cost", s.rent_cost);
}

void check_uncertainty(const InstanceColumns& c, Checker& check, ErrorList& errors) {
  const InstanceColumns::Uncertainty& u = c.uncertainty;
  if (!(u.budget >= 0.0) || !std::isfinite(u.budget)) {
    errors.add(ErrorCode::kOutOfRange, "/uncertainty/budget",
               fmt::format("{} must be finite and at least 0", u.budget));
  }
  if (u.empty() && u.delay.empty() && u.error.empty()) return;
  const std::size_t classes = c.classes.name.size();
  constexpr double kMost = 10.0;
  for (const auto& [name, column] :
       {std::pair("/uncertainty/load", &u.load), std::pair("/uncertainty/delay", &u.delay),
        std::pair("/uncertainty/error", &u.error)}) {
    check.length(name, column->size(), "/classes/name", classes);
    check.real(name, *column, kMost, false);
  }
}

/// Micro-dollars per hour for a GPU of each pool where it is cheapest; infinite without offers.
std::vector<double> cheapest_gpus(const InstanceColumns& c) {
  std::vector<double> price(c.pools.name.size(), std::numeric_limits<double>::infinity());
  for (std::size_t o = 0; o < c.offers.pool.size(); ++o) {
    if (c.offers.max[o] == 0) continue;
    double& least = price[c.offers.pool[o].index()];
    least = std::min(least, static_cast<double>(c.offers.cost[o].micros()) / c.offers.lot[o]);
  }
  return price;
}

/// What an option may take of a class.
struct Serving {
  double micros = 0.0;  ///< per hour if it took all of the class; GPUs counted in fractions
  double share = 0.0;   ///< the largest; more replicas than can be counted serve nobody
  double fixed = 0.0;   ///< micro-dollars per hour of the option, split among all it may serve
};

std::vector<std::vector<Serving>> servings_by_class(const InstanceColumns& c) {
  const std::vector<double> price = cheapest_gpus(c);
  std::vector<double> served(c.options.name.size(), 0.0);
  for (const OptionId option : c.pairs.option) served[option.index()] += 1.0;
  std::vector<std::vector<Serving>> servings(c.classes.name.size());
  for (std::size_t p = 0; p < c.pairs.option.size(); ++p) {
    const std::size_t d = c.pairs.option[p].index();
    const double gpus = c.pairs.load[p] * c.options.units[d];
    const double rent = gpus * price[c.options.pool[d].index()];
    if (c.options.max_replicas[d] < 1 || !std::isfinite(rent)) continue;
    servings[c.pairs.query_class[p].index()].push_back(
        {rent + static_cast<double>(c.pairs.cost[p].micros()),
         std::min(1.0, c.options.max_replicas[d] / c.pairs.load[p]),
         static_cast<double>(c.options.fixed_cost[d].micros()) / served[d]});
  }
  return servings;
}

/// The cheapest way to serve that share of a class; 0 if there is none.
double least_cost(std::vector<Serving>& servings, double needed) {
  if (servings.empty() || needed <= tolerance::kShare) return 0.0;
  const auto cheaper = [](const Serving& a, const Serving& b) { return a.micros < b.micros; };
  const auto fixed = std::min_element(servings.begin(), servings.end(), [](auto& a, auto& b) {
                       return a.fixed < b.fixed;
                     })->fixed;
  const auto cheapest = std::min_element(servings.begin(), servings.end(), cheaper);
  if (cheapest->share >= needed) return fixed + needed * cheapest->micros;
  std::sort(servings.begin(), servings.end(), cheaper);
  double cost = fixed;
  for (const Serving& serving : servings) {
    const double share = std::min(needed, serving.share);
    cost += share * serving.micros;
    needed -= share;
    if (needed <= tolerance::kShare) return cost;
  }
  return 0.0;
}

/// By class: micro-dollars per hour for what must be served of it; no plan stays below their sum.
/// 0 where the options cannot serve it: that is for the solvers to find.
std::vector<double> least_costs(const InstanceColumns& c) {
  std::vector<std::vector<Serving>> servings = servings_by_class(c);
  std::vector<double> least(servings.size());
  for (std::size_t i = 0; i < least.size(); ++i) {
    least[i] = least_cost(servings[i], 1.0 - c.classes.max_unmet[i]);
  }
  return least;
}

/// Sums of costs must be exact in 64 bits and as doubles, and a plan's cost must be readable again:
/// what a plan may leave unmet and what it must serve are each below kMaxUsdPerHour, and boxes that
/// are not full leave room up to kMaxTotalUsdPerHour.
void check_sums(const InstanceColumns& c, ErrorList& errors) {
  const auto add_if_too_large = [&errors](std::string_view pointer,
                                          const std::vector<double>& micros,
                                          std::string_view what) {
    double sum = 0.0;
    for (const double each : micros) sum += each * 1e-6;
    if (sum < CostRate::kMaxUsdPerHour) return;
    const auto most = std::max_element(micros.begin(), micros.end()) - micros.begin();
    errors.add(ErrorCode::kOutOfRange, pointer, static_cast<std::size_t>(most),
               fmt::format("{} {:.3g} USD/h, this class alone {:.3g}; together they must be below "
                           "{:.0e}",
                           what, sum, micros[static_cast<std::size_t>(most)] * 1e-6,
                           CostRate::kMaxUsdPerHour));
  };
  std::vector<double> unmet;
  for (const CostRate cost : c.classes.unmet_cost) {
    unmet.push_back(static_cast<double>(cost.micros()));
  }
  add_if_too_large("/classes/unmet_cost", unmet, "all unmet demand would cost");
  add_if_too_large("/classes/name", least_costs(c), "what must be served costs at least");
}

}  // namespace

void check_columns(const InstanceColumns& c, ErrorList& errors) {
  Checker check(errors);
  check_lengths(c, check);
  check.money("/classes/unmet_cost", c.classes.unmet_cost);
  check.real("/classes/max_unmet", c.classes.max_unmet, 1.0, false);
  check.real("/classes/max_delay", c.classes.max_delay, kNoLimit, true);
  check.real("/classes/max_error", c.classes.max_error, 1.0, true);

  check.index("/offers/pool", c.offers.pool, c.pools.name.size(), "pool");
  check.each(
      "/offers/lot", c.offers.lot, ErrorCode::kOutOfRange,
      [](std::int32_t n) { return n >= 1 && n <= kMaxLot; },
      [](std::int32_t n) {
        return fmt::format("{} must be at least 1 and at most {}", n, kMaxLot);
      });
  check.money("/offers/cost", c.offers.cost);
  check.integer("/offers/max", c.offers.max, 0);

  check.index("/options/pool", c.options.pool, c.pools.name.size(), "pool");
  check.integer("/options/units", c.options.units, 1);
  check.money("/options/fixed_cost", c.options.fixed_cost);
  check.integer("/options/max_replicas", c.options.max_replicas, 0);
  const auto groups = static_cast<std::int64_t>(c.options.group_name.size());
  check.each(
      "/options/group", c.options.group, ErrorCode::kOutOfRange,
      [groups](std::int32_t g) { return g == kNoGroup || (g >= 0 && g < groups); },
      [groups](std::int32_t g) {
        return fmt::format("there is no group {} ({} are named)", g, groups);
      });

  check.index("/pairs/option", c.pairs.option, c.options.name.size(), "option");
  check.index("/pairs/class", c.pairs.query_class, c.classes.name.size(), "class");
  check.real("/pairs/load", c.pairs.load, kNoLimit, false, true);
  check.real("/pairs/delay", c.pairs.delay, kNoLimit, false);
  check.real("/pairs/error", c.pairs.error, 1.0, false);
  check.money("/pairs/cost", c.pairs.cost);
  if (c.pairs.option.size() >= std::numeric_limits<std::uint32_t>::max()) {
    errors.add(ErrorCode::kOutOfRange, "/pairs", "more than 2^32 - 2 pairs are not supported");
  }
  if (c.budget != kNoBudget && !Checker::valid_cost(c.budget)) {
    errors.add(ErrorCode::kOutOfRange, "/budget", Checker::cost_message(c.budget));
  }
  check_switching(c, check);
  check_uncertainty(c, check, errors);
  if (errors.empty()) check_sums(c, errors);
}

}  // namespace berth
