#include "berth/instance/column_sinks.h"

#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace berth::instance_json {

std::string Column::pointer() const { return fmt::format("/{}/{}", table, key); }

std::vector<Column> columns_of(InstanceColumns& c) {
  return {
      {"classes", "name", Text{&c.classes.name}},
      {"classes", "unmet_cost", Money{&c.classes.unmet_cost}},
      {"classes", "max_unmet", Real{&c.classes.max_unmet}},
      {"classes", "max_delay", Real{&c.classes.max_delay, true}},
      {"classes", "max_error", Real{&c.classes.max_error, true}},
      {"pools", "name", Text{&c.pools.name}},
      {"offers", "name", Text{&c.offers.name}},
      {"offers", "pool", Index<PoolId>{&c.offers.pool}},
      {"offers", "lot", Count{&c.offers.lot}},
      {"offers", "cost", Money{&c.offers.cost}},
      {"offers", "max", Count{&c.offers.max, true}},
      {"options", "name", Text{&c.options.name}},
      {"options", "pool", Index<PoolId>{&c.options.pool}},
      {"options", "units", Count{&c.options.units}},
      {"options", "fixed_cost", Money{&c.options.fixed_cost}},
      {"options", "max_replicas", Count{&c.options.max_replicas, true}},
      {"options", "group", Group{&c.options}},
      {"pairs", "option", Index<OptionId>{&c.pairs.option}},
      {"pairs", "class", Index<ClassId>{&c.pairs.query_class}},
      {"pairs", "load", Real{&c.pairs.load}},
      {"pairs", "delay", Real{&c.pairs.delay}},
      {"pairs", "error", Real{&c.pairs.error}},
      {"pairs", "cost", Money{&c.pairs.cost}},
      {"switching", "replicas", Count{&c.switching.replicas}},
      {"switching", "start_cost", Money{&c.switching.start_cost}},
      {"switching", "stop_cost", Money{&c.switching.stop_cost}},
      {"switching", "boxes", Count{&c.switching.boxes}},
      {"switching", "rent_cost", Money{&c.switching.rent_cost}},
      {"switching", "max_changes", OneCount{&c.switching.max_changes}},
      {"uncertainty", "budget", OneReal{&c.uncertainty.budget}},
      {"uncertainty", "load", Real{&c.uncertainty.load}},
      {"uncertainty", "delay", Real{&c.uncertainty.delay}},
      {"uncertainty", "error", Real{&c.uncertainty.error}},
  };
}

void ElementWriter::append(const Column& column, std::size_t element, const Value& value) {
  column_ = &column;
  element_ = element;
  std::visit([&](const auto& sink) { store(sink, value); }, column.sink);
}

void ElementWriter::fail(ErrorCode code, std::string message) {
  if (column_->scalar()) {
    errors_.add(code, column_->pointer(), std::move(message));
  } else {
    errors_.add(code, column_->pointer(), element_, std::move(message));
  }
}

void ElementWriter::wrong(const Value& value, std::string_view expected) {
  fail(ErrorCode::kWrongType, fmt::format("expected {}, found {}", expected, value.kind_name()));
}

void ElementWriter::store(const Text& sink, const Value& value) {
  if (value.kind == Value::Kind::kString) {
    sink.to->push_back(std::move(*value.text));
    return;
  }
  wrong(value, "a string");
  sink.to->emplace_back();
}

void ElementWriter::store(const Real& sink, const Value& value) {
  if (value.kind == Value::Kind::kNumber) {
    sink.to->push_back(value.number);
    return;
  }
  if (value.kind == Value::Kind::kNull && sink.null_is_no_limit) {
    sink.to->push_back(kNoLimit);
    return;
  }
  wrong(value, sink.null_is_no_limit ? "a number or null" : "a number");
  sink.to->push_back(1.0);  // harmless everywhere: a share, a load, an error
}

void ElementWriter::store(const Money& sink, const Value& value) {
  CostRate cost;
  if (value.kind != Value::Kind::kNumber) {
    wrong(value, "a number");
  } else if (!(std::abs(value.number) < CostRate::kMaxUsdPerHour)) {
    fail(ErrorCode::kOutOfRange,
         fmt::format("{} USD/h must be below {:.0e}", value.number, CostRate::kMaxUsdPerHour));
  } else {
    cost = CostRate::usd_per_hour(value.number);
  }
  sink.to->push_back(cost);
}

double ElementWriter::integer(const Value& value, double min, double max, double fallback) {
  if (value.kind != Value::Kind::kNumber) {
    wrong(value, "an integer");
  } else if (value.number != std::floor(value.number)) {
    fail(ErrorCode::kWrongType, fmt::format("expected an integer, found {}", value.number));
  } else if (value.number < min || value.number > max) {
    fail(ErrorCode::kOutOfRange,
         fmt::format("{} must be between {} and {}", value.number, min, max));
  } else {
    return value.number;
  }
  return fallback;
}

void ElementWriter::store(const Count& sink, const Value& value) {
  if (value.kind == Value::Kind::kNull && sink.null_is_unlimited) {
    sink.to->push_back(kUnlimited);
    return;
  }
  constexpr double kLargest = std::numeric_limits<std::int32_t>::max() - 1;
  sink.to->push_back(static_cast<std::int32_t>(integer(value, -kLargest, kLargest, 1.0)));
}

void ElementWriter::store(const OneCount& sink, const Value& value) {
  if (value.kind == Value::Kind::kNull) return;
  constexpr double kLargest = std::numeric_limits<std::int32_t>::max() - 1;
  *sink.to = static_cast<std::int32_t>(integer(value, 0.0, kLargest, 0.0));
}

void ElementWriter::store(const OneReal& sink, const Value& value) {
  if (value.kind == Value::Kind::kNumber) {
    *sink.to = value.number;
  } else {
    wrong(value, "a number");
  }
}

template <class Id>
void ElementWriter::store(const Index<Id>& sink, const Value& value) {
  constexpr double kLargest = std::numeric_limits<std::uint32_t>::max() - 1;
  sink.to->push_back(Id(static_cast<std::uint32_t>(integer(value, 0.0, kLargest, 0.0))));
}

void ElementWriter::store(const Group& sink, const Value& value) {
  std::int32_t number = kNoGroup;
  if (value.kind == Value::Kind::kString) {
    const auto next = static_cast<std::int32_t>(group_numbers_.size());
    const auto [entry, added] = group_numbers_.try_emplace(*value.text, next);
    if (added) sink.to->group_name.push_back(*value.text);
    number = entry->second;
  } else if (value.kind != Value::Kind::kNull) {
    wrong(value, "a group's name or null");
  }
  sink.to->group.push_back(number);
}

}  // namespace berth::instance_json
