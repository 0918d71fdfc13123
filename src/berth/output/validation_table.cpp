#include "berth/output/validation_table.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/text_grid.h"
#include "berth/output/validation_words.h"

namespace berth {
namespace {

constexpr std::size_t kMostListed = 12;  // of reasons and of names
constexpr double kGoodError = 0.1;       // median
constexpr double kBadError = 0.3;

GridColumn number(std::string header) { return {std::move(header), Align::kRight, 0}; }

/// Means, as of a run at a fixed rate, with one decimal.
std::string batch_text(double batch) {
  if (!(batch > 0.0)) return {};
  return batch == std::floor(batch) ? fmt::format("{:g}", batch) : fmt::format("{:.1f}", batch);
}

class Text {
 public:
  Text(const Validation& validation, const TableStyle& style)
      : validation_(validation), style_(style) {}

  std::string write(std::size_t worst) {
    out_ = paint("Predicted against measured", Tone::kStrong, style_.color) + "\n  " +
           validation_title(validation_) + "\n";
    if (validation_.compared > 0) {
      add_groups("By metric", "METRIC", validation_.totals, &Text::total_label);
      add_groups("By GPU and metric", "GPU", validation_.by_gpu, &Text::gpu_label);
      add_worst(worst);
    }
    add_counts("Without a prediction", validation_.reasons);
    add_counts("Names the catalog does not have", validation_.unresolved);
    return out_;
  }

 private:
  void section(const std::string& title, const std::string& note = {}) {
    out_ += "\n" + paint(title, Tone::kStrong, style_.color);
    if (!note.empty()) out_ += paint("  " + note, Tone::kDim, style_.color);
    out_ += "\n";
  }

  void render(const TextGrid& grid) {
    out_ += grid.render(static_cast<std::size_t>(style_.width), style_.color);
  }

  [[nodiscard]] static std::string total_label(const ErrorGroup& group) {
    if (!group.kind) return metric_words(group.metric);
    return group.kind == ModelKind::kDense ? "  dense models" : "  mixtures";
  }
  [[nodiscard]] static std::string gpu_label(const ErrorGroup& group) {
    return printable(group.gpu);
  }

  void add_groups(const std::string& title, const std::string& label,
                  const std::vector<ErrorGroup>& groups,
                  std::string (*label_of)(const ErrorGroup&)) {
    section(title, "error = predicted/measured - 1; median and p90 of its size; bias = its median");
    const bool by_gpu = label == "GPU";
    const bool suspects = std::any_of(groups.begin(), groups.end(), [](const ErrorGroup& g) {
      return g.trusted.count < g.all.count;
    });
    std::vector<GridColumn> columns = {{label, Align::kLeft, 8}};
    if (by_gpu) columns.push_back({"METRIC", Align::kLeft, 0});
    for (const char* name : {"ROWS", "MEDIAN", "P90", "BIAS"}) columns.push_back(number(name));
    if (suspects) {
      for (const char* name : {"NOT SUSPECT", "MEDIAN", "P90"}) columns.push_back(number(name));
    }
    TextGrid grid(std::move(columns));
    const std::string* last = nullptr;
    for (const ErrorGroup& group : groups) {
      const bool repeated = by_gpu && last != nullptr && *last == group.gpu;
      last = &group.gpu;
      std::vector<GridCell> cells = {
          {repeated ? "" : label_of(group), group.kind ? Tone::kPlain : Tone::kStrong}};
      if (by_gpu) cells.push_back({metric_words(group.metric)});
      add_stats(cells, group, suspects);
      grid.add_row(std::move(cells));
    }
    render(grid);
  }

  static void add_stats(std::vector<GridCell>& cells, const ErrorGroup& group, bool suspects) {
    const ErrorStats& all = group.all;
    cells.push_back({format_count(all.count)});
    cells.push_back({format_percent(all.median), all.median <= kGoodError  ? Tone::kGood
                                                 : all.median >= kBadError ? Tone::kBad
                                                                           : Tone::kPlain});
    cells.push_back({format_percent(all.ninetieth)});
    cells.push_back({signed_percent(all.bias)});
    if (!suspects) return;
    const ErrorStats& trusted = group.trusted;
    const bool differ = trusted.count < all.count && trusted.count > 0;
    cells.push_back({trusted.count < all.count ? format_count(trusted.count) : ""});
    cells.push_back({differ ? format_percent(trusted.median) : ""});
    cells.push_back({differ ? format_percent(trusted.ninetieth) : ""});
  }

  void add_worst(std::size_t worst) {
    const std::size_t shown = std::min(worst, validation_.worst.size());
    if (shown == 0) return;
    section("Furthest off", "by ratio; ? = its note says that it is suspect");
    TextGrid grid({number("LINE"),
                   {"GPU", Align::kLeft, 6},
                   {"ENGINE", Align::kLeft, 6},
                   {"MODEL", Align::kLeft, 10},
                   number("GPUS"),
                   number("BATCH"),
                   number("IN"),
                   number("OUT"),
                   {"METRIC", Align::kLeft, 0},
                   number("MEASURED"),
                   number("PREDICTED"),
                   number("ERROR")});
    const bool one_file = validation_.rows.front().row.file == validation_.rows.back().row.file;
    for (std::size_t k = 0; k < shown; ++k) {
      const Comparison& c = validation_.rows[validation_.worst[k]];
      const RunSetting& s = c.setting;
      const std::string file = std::filesystem::path(c.row.file).filename().string();
      const std::string line = std::to_string(c.row.line) + (s.suspect() ? "?" : "");
      grid.add_row({{one_file ? line : printable(file) + ":" + line},
                    {printable(c.gpu())},
                    {printable(c.row.engine)},
                    {printable(c.model()), Tone::kStrong},
                    {std::to_string(s.tensor_parallel * s.pipeline_parallel)},
                    {batch_text(s.batch)},
                    {fmt::format("{:.0f}", s.prompt_tokens)},
                    {s.output_tokens > 0.0 ? fmt::format("{:.0f}", s.output_tokens) : ""},
                    {metric_words(s.metric)},
                    {measured_text(s.metric, c.row.value)},
                    {measured_text(s.metric, *c.predicted)},
                    {signed_percent(*c.error()), Tone::kBad}});
    }
    render(grid);
  }

  void add_counts(const std::string& title, const std::vector<Counted>& counted) {
    if (counted.empty()) return;
    section(title);
    TextGrid grid({number("ROWS"), {"", Align::kLeft, 20}});
    for (std::size_t k = 0; k < std::min(counted.size(), kMostListed); ++k) {
      const Counted& one = counted[k];
      grid.add_row(
          {{format_count(one.rows)},
           {one.what.empty() ? printable(one.name) : one.what + " " + printable(one.name)}});
    }
    render(grid);
    if (counted.size() > kMostListed) {
      out_ += fmt::format("  and {} more\n", counted.size() - kMostListed);
    }
  }

  const Validation& validation_;
  const TableStyle& style_;
  std::string out_;
};

}  // namespace

std::string to_table(const Validation& validation, const TableStyle& style, std::size_t worst) {
  return Text(validation, style).write(worst);
}

}  // namespace berth
