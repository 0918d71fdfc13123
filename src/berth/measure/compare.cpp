#include "berth/measure/compare.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "berth/core/text.h"
#include "berth/measure/forecast.h"
#include "berth/measure/pairs.h"
#include "berth/perf/memory.h"

namespace berth {
namespace {

std::string unknown_names(const Comparison& c) {
  std::vector<std::string> unknown;
  if (c.names.model == nullptr) unknown.emplace_back("model");
  if (c.names.gpu == nullptr) unknown.emplace_back("GPU");
  if (!c.names.precision && c.names.model != nullptr) unknown.emplace_back("precision");
  std::string text = "unknown";
  for (std::size_t k = 0; k < unknown.size(); ++k) text += (k == 0 ? " " : " and ") + unknown[k];
  return text;
}

/// An offline batch that took less than reading the active weights once for each output token.
bool beats_the_memory(const Comparison& c) {
  if (c.setting.metric != Metric::kBatchE2e || !c.predicted) return false;
  constexpr double kMargin = 0.8;
  const ModelSpec& model = *c.names.model;
  const double share = model.active_parameters / model.parameters;
  const Precision precision = dense_precision(model, *c.names.precision);
  const double bytes = split_of(model).dense * bytes_per_parameter(precision) * share;
  const double rate = c.setting.tensor_parallel * c.names.gpu->bandwidth_bytes_per_s;
  return c.row.value < kMargin * c.setting.output_tokens * bytes / rate;
}

Comparison compare_row(MeasuredRow row, const Catalog& catalog) {
  Comparison c;
  c.row = std::move(row);
  c.names = resolve_names(c.row, catalog);
  c.setting = setting_of(c.row, c.names.precision);
  if (!c.names.complete()) {
    c.reason = unknown_names(c);
    return c;
  }
  Deployment deployment;
  deployment.model = c.names.model;
  deployment.gpu = c.names.gpu;
  deployment.engine = c.names.engine_profile;
  deployment.precision = *c.names.precision;
  const auto& precisions = c.names.model->precisions;
  if (std::find(precisions.begin(), precisions.end(), *c.names.precision) == precisions.end()) {
    c.setting.assume("the model comes in this precision, which the catalog does not list");
  }
  if (!c.names.own_profile) c.setting.assume("the engine is as " + c.names.engine_profile->name);
  Forecast predicted = forecast(c.setting, deployment);
  c.predicted = predicted.value;
  c.reason = std::move(predicted.reason);
  if (c.setting.doubt.empty() && beats_the_memory(c)) {
    c.setting.doubt = "faster than its weights can be read once a token";
  }
  return c;
}

using GroupKey = std::tuple<std::string, std::string, std::string, Metric, int>;

/// Groups in the order of their keys. `key_of` says what they have in common.
template <class KeyOf>
std::vector<ErrorGroup> grouped(const std::vector<Comparison>& rows, KeyOf key_of) {
  struct Errors {
    std::vector<double> all;
    std::vector<double> trusted;
  };
  std::map<GroupKey, Errors> errors;
  for (const Comparison& row : rows) {
    const std::optional<double> error = row.error();
    if (!error) continue;
    for (const GroupKey& key : key_of(row)) {
      Errors& group = errors[key];
      group.all.push_back(*error);
      if (!row.setting.suspect()) group.trusted.push_back(*error);
    }
  }
  std::vector<ErrorGroup> groups;
  for (auto& [key, group] : errors) {
    ErrorGroup one;
    int kind = 0;
    std::tie(one.gpu, one.engine, one.model, one.metric, kind) = key;
    if (kind > 0) one.kind = kind == 1 ? ModelKind::kDense : ModelKind::kMixture;
    one.all = error_stats(std::move(group.all));
    one.trusted = error_stats(std::move(group.trusted));
    groups.push_back(std::move(one));
  }
  return groups;
}

std::vector<std::size_t> worst_first(const std::vector<Comparison>& rows) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    // By ratio: ten times too fast is as bad as ten times too slow.
    if (rows[k].predicted) {
      order.emplace_back(-std::abs(std::log(*rows[k].predicted / rows[k].row.value)), k);
    }
  }
  std::sort(order.begin(), order.end());
  std::vector<std::size_t> worst;
  for (const auto& [ratio, k] : order) worst.push_back(k);
  return worst;
}

class Counter {
 public:
  void add(const std::string& what, const std::string& name) { ++rows_[{what, name}]; }

  [[nodiscard]] std::vector<Counted> most_first() const {
    std::vector<Counted> counted;
    for (const auto& [key, rows] : rows_) counted.push_back({key.first, key.second, rows});
    std::stable_sort(counted.begin(), counted.end(),
                     [](const Counted& a, const Counted& b) { return a.rows > b.rows; });
    return counted;
  }

 private:
  std::map<std::pair<std::string, std::string>, std::size_t> rows_;
};

void count(Validation& validation) {
  Counter unresolved;
  Counter reasons;
  for (const Comparison& c : validation.rows) {
    if (c.row.derived) continue;
    if (c.names.model == nullptr) unresolved.add("model", c.row.model);
    if (c.names.gpu == nullptr) unresolved.add("GPU", c.row.gpu);
    if (!c.names.precision && !c.row.dtype.empty()) unresolved.add("precision", c.row.dtype);
    if (!c.names.engine_known && !c.row.engine.empty()) unresolved.add("engine", c.row.engine);
    if (!c.predicted) reasons.add("", c.reason);
    if (c.predicted) ++validation.compared;
    if (c.predicted && c.setting.suspect()) ++validation.suspects;
  }
  validation.unresolved = unresolved.most_first();
  validation.reasons = reasons.most_first();
}

int kind_of(const Comparison& c) { return c.names.model->is_moe() ? 2 : 1; }

}  // namespace

std::string_view to_string(ModelKind kind) {
  return kind == ModelKind::kDense ? "dense" : "mixture";
}

Validation compare(std::string file, std::vector<MeasuredRow> rows, const Catalog& catalog) {
  Validation validation;
  validation.file = std::move(file);
  validation.measured = rows.size();
  for (MeasuredRow& row : end_to_end_of_pairs(rows)) rows.push_back(std::move(row));
  validation.rows.reserve(rows.size());
  for (MeasuredRow& row : rows) validation.rows.push_back(compare_row(std::move(row), catalog));
  validation.totals = grouped(validation.rows, [](const Comparison& c) {
    return std::vector<GroupKey>{{"", "", "", c.setting.metric, 0},
                                 {"", "", "", c.setting.metric, kind_of(c)}};
  });
  validation.by_gpu = grouped(validation.rows, [](const Comparison& c) {
    return std::vector<GroupKey>{{c.gpu(), "", "", c.setting.metric, 0}};
  });
  validation.groups = grouped(validation.rows, [](const Comparison& c) {
    return std::vector<GroupKey>{{c.gpu(), c.names.engine, c.model(), c.setting.metric, 0}};
  });
  validation.worst = worst_first(validation.rows);
  count(validation);
  return validation;
}

}  // namespace berth
