#include "berth/output/calibration_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "berth/output/format.h"
#include "berth/output/text_grid.h"
#include "berth/output/validation_words.h"

namespace berth {
namespace {

constexpr std::size_t kMostListed = 20;

/// "4.5 / 15 / -0.2 %"; empty where nothing was predicted.
std::string errors_text(const ErrorStats& errors) {
  if (errors.count == 0) return "-";
  constexpr double kAbsurd = 100.0;
  if (errors.ninetieth > kAbsurd) return "off more than 100 x";
  return fmt::format("{:.1f} / {:.0f} / {:+.1f} %", errors.median * 100.0, errors.ninetieth * 100.0,
                     errors.bias * 100.0);
}

TextGrid group_grid(const Calibration& calibration) {
  std::vector<GridColumn> columns = {
      {"RUNS", Align::kLeft, 8}, {"METRIC", Align::kLeft, 0}, {"ROWS", Align::kRight, 0}};
  const std::size_t shown = calibration.folds > 0 ? kHoldOuts.size() : 1;
  for (std::size_t h = 0; h < shown; ++h) {
    columns.push_back({std::string(to_string(kHoldOuts[h])), Align::kRight, 0});
  }
  TextGrid grid(std::move(columns));
  const CalibrationGroup* last = nullptr;
  for (const CalibrationGroup& group : calibration.groups) {
    const bool repeated = last != nullptr && last->kind == group.kind;
    std::vector<GridCell> row = {{repeated ? "" : std::string(to_string(group.kind))},
                                 {metric_words(group.metric)},
                                 {format_count(group.errors[0].count)}};
    for (std::size_t h = 0; h < shown; ++h) row.push_back({errors_text(group.errors[h])});
    grid.add_row(std::move(row));
    last = &group;
  }
  return grid;
}

bool is_time(const FittedCoefficient& c) {
  if (c.kind != CoefficientKind::kEngine) return false;
  for (const auto& field : engine_fields()) {
    if (field.key == c.key) return field.unit == CoefficientUnit::kSeconds;
  }
  return false;
}

std::string value_text(const FittedCoefficient& c, double value) {
  return is_time(c) ? fmt::format("{:.4g} us", value * 1e6) : fmt::format("{:.3g}", value);
}

TextGrid coefficient_grid(std::vector<FittedCoefficient> fitted, bool all) {
  if (!all) {
    std::stable_sort(
        fitted.begin(), fitted.end(), [](const FittedCoefficient& a, const FittedCoefficient& b) {
          return std::abs(std::log(a.after / a.before)) > std::abs(std::log(b.after / b.before));
        });
    if (fitted.size() > kMostListed) fitted.resize(kMostListed);
  }
  TextGrid grid({{"OF", Align::kLeft, 8},
                 {"COEFFICIENT", Align::kLeft, 0},
                 {"BEFORE", Align::kRight, 0},
                 {"FITTED", Align::kRight, 0},
                 {"+-", Align::kRight, 0},
                 {"ROWS", Align::kRight, 0}});
  for (const FittedCoefficient& c : fitted) {
    grid.add_row({{printable(c.entry)},
                  {c.key},
                  {value_text(c, c.before)},
                  {value_text(c, c.after)},
                  {format_percent(c.error)},
                  {format_count(c.rows)}});
  }
  return grid;
}

nlohmann::ordered_json json_of(const ErrorStats& errors) {
  return {{"rows", errors.count},
          {"median", errors.median},
          {"p90", errors.ninetieth},
          {"bias", errors.bias}};
}

}  // namespace

std::string to_table(const Calibration& calibration, const TableStyle& style, bool all) {
  const auto width = static_cast<std::size_t>(style.width);
  const auto title = [&](const std::string& text, const std::string& note) {
    return paint(text, Tone::kStrong, style.color) + paint("  " + note, Tone::kDim, style.color) +
           "\n";
  };
  std::string out = paint("Calibration", Tone::kStrong, style.color) + "\n";
  out += fmt::format("  {} coefficients fitted to {} measured numbers in {} steps",
                     calibration.fitted.size(), format_count(calibration.rows), calibration.steps);
  if (calibration.folds > 0) out += fmt::format("; {} more fits held rows out", calibration.folds);
  out += "\n\n";
  out += title("Errors", "median / p90 / bias of predicted/measured - 1");
  out += group_grid(calibration).render(width, style.color);
  out += "\n";
  out += title(all ? "Coefficients" : "Coefficients that moved most",
               "+- is the standard error of the logarithm");
  return out + coefficient_grid(calibration.fitted, all).render(width, style.color);
}

std::string to_json(const Calibration& calibration) {
  nlohmann::ordered_json json;
  json["format"] = "berth.calibration/1";
  json["rows"] = calibration.rows;
  json["steps"] = calibration.steps;
  json["folds"] = calibration.folds;
  json["errors"] = nlohmann::ordered_json::array();
  for (const CalibrationGroup& group : calibration.groups) {
    nlohmann::ordered_json one = {{"runs", to_string(group.kind)},
                                  {"metric", to_string(group.metric)}};
    for (std::size_t h = 0; h < kHoldOuts.size(); ++h) {
      if (group.errors[h].count == 0) continue;
      std::string key(to_string(kHoldOuts[h]));
      std::replace(key.begin(), key.end(), ' ', '_');
      one[key] = json_of(group.errors[h]);
    }
    json["errors"].push_back(std::move(one));
  }
  json["coefficients"] = nlohmann::ordered_json::array();
  for (const FittedCoefficient& c : calibration.fitted) {
    json["coefficients"].push_back(
        {{"kind", c.kind == CoefficientKind::kEngine ? "engine" : "architecture"},
         {"of", c.entry},
         {"key", c.key},
         {"before", c.before},
         {"after", c.after},
         {"error", c.error},
         {"rows", c.rows}});
  }
  return json.dump(2) + "\n";
}

}  // namespace berth
