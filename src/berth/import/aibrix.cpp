#include "berth/import/aibrix.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/document/reader.h"
#include "berth/import/aibrix_load.h"
#include "berth/import/known_form.h"
#include "berth/import/size_table.h"

namespace berth {
namespace {

constexpr std::string_view kProfileForm = "a profile of AIBrix (gpu, cost, tputs, indexes)";
constexpr Range kProfileCost{.min = 0.0, .max = CostRate::kMaxUsdPerHour, .exclusive_max = true};
constexpr Range kProfileThroughput{.min = 0.0, .max = 1e9};
constexpr Range kProfileTokens{.min = 1.0, .max = 1e8};

/// The sizes that all profiles have in common: rows are outputs, columns are inputs.
struct ProfileGrid {
  std::vector<double> outputs;  ///< tokens, ascending
  std::vector<double> inputs;
  friend bool operator==(const ProfileGrid&, const ProfileGrid&) = default;
};

/// Index of the tick that is nearest on a logarithmic scale.
std::size_t nearest_tick(const std::vector<double>& ticks, double tokens) {
  std::size_t best = 0;
  for (std::size_t k = 1; k < ticks.size(); ++k) {
    if (std::abs(std::log2(tokens / ticks[k])) < std::abs(std::log2(tokens / ticks[best])))
      best = k;
  }
  return best;
}

/// Whether `tokens` are more than the last tick stands for: half a step beyond it.
bool is_beyond(const std::vector<double>& ticks, double tokens) {
  const std::size_t n = ticks.size();
  const double step = n > 1 ? ticks[n - 1] / ticks[n - 2] : 2.0;
  return tokens > ticks.back() * std::sqrt(step);
}

class ProfileReader {
 public:
  void read(const NamedText& file) {
    const Result<Document> document =
        opens_json(file.content)
            ? parse_json(file.name, file.content)
            : Result<Document>(wrong_form(file.name, file.content, kProfileForm));
    if (!document) {
      errors_.insert(errors_.end(), document.errors().begin(), document.errors().end());
      return;
    }
    const ValueReader root(*document, document->root, {}, errors_);
    const bool many = root.is_list();
    for (const ValueReader& value : many ? root.list() : std::vector<ValueReader>{root}) {
      if (!is_aibrix_profile(value.node())) {
        errors_.push_back(wrong_form(file.name, file.content, kProfileForm));
        return;
      }
      read_profile(value);
    }
  }

  [[nodiscard]] const Errors& errors() const { return errors_; }
  [[nodiscard]] const std::optional<ProfileGrid>& grid() const { return grid_; }
  [[nodiscard]] ProfiledServing serving() && { return std::move(serving_); }

 private:
  void read_profile(const ValueReader& value) {
    MapReader profile(value);
    const std::string name = profile.string("gpu");
    const double cost = profile.number("cost", kProfileCost);
    const auto tputs = profile.require("tputs");
    const auto indexes = profile.require("indexes");
    if (!tputs || !indexes) return;
    std::optional<SizeTable> table = read_size_table(*tputs, kProfileThroughput);
    const std::optional<ProfileGrid> grid = read_grid(*indexes);
    if (!table || !grid) return;
    if (table->rows != grid->outputs.size() || table->columns != grid->inputs.size()) {
      tputs->fail(
          ErrorCode::kInconsistent,
          fmt::format("{} x {} sizes, but indexes name {} outputs and {} inputs", table->rows,
                      table->columns, grid->outputs.size(), grid->inputs.size()));
      return;
    }
    if (!join(*indexes, *tputs, *grid)) return;
    for (const ProfiledGpu& other : serving_.gpus) {
      if (other.name != name) continue;
      value.fail(ErrorCode::kDuplicate, fmt::format("a second profile of '{}'", name));
      return;
    }
    serving_.gpus.push_back({name, CostRate::usd_per_hour(cost), std::move(table->cells)});
  }

  static std::optional<std::vector<double>> read_ticks(const ValueReader& value) {
    if (!value.is_list()) {
      static_cast<void>(value.list());  // records what was expected
      return std::nullopt;
    }
    std::vector<double> ticks;
    bool good = true;
    for (const ValueReader& item : value.list()) {
      const std::optional<double> tokens = item.number(kProfileTokens);
      if (tokens && !ticks.empty() && *tokens <= ticks.back()) {
        item.fail(ErrorCode::kOutOfRange,
                  fmt::format("{} does not come after {}: sizes must ascend", shortest(*tokens),
                              shortest(ticks.back())));
        good = false;
      }
      good = good && tokens.has_value();
      ticks.push_back(tokens.value_or(ticks.empty() ? 1.0 : ticks.back() + 1.0));
    }
    return good ? std::optional(std::move(ticks)) : std::nullopt;
  }

  static std::optional<ProfileGrid> read_grid(const ValueReader& value) {
    const std::vector<ValueReader> axes = value.list();
    if (!value.is_list()) return std::nullopt;
    if (axes.size() != 2) {
      value.fail(
          ErrorCode::kInconsistent,
          fmt::format("expected two lists, of output and of input tokens, found {}", axes.size()));
      return std::nullopt;
    }
    std::optional<std::vector<double>> outputs = read_ticks(axes[0]);
    std::optional<std::vector<double>> inputs = read_ticks(axes[1]);
    if (!outputs || !inputs) return std::nullopt;
    return ProfileGrid{std::move(*outputs), std::move(*inputs)};
  }

  /// The first profile sets the sizes; the others must have the same.
  bool join(const ValueReader& indexes, const ValueReader& tputs, const ProfileGrid& grid) {
    if (grid_) {
      if (*grid_ == grid) return true;
      indexes.fail(ErrorCode::kInconsistent, fmt::format("other sizes than in {}", grid_where_),
                   "profile all GPUs with the same inputs and outputs");
      return false;
    }
    grid_ = grid;
    grid_where_ = indexes.where();
    const std::vector<ValueReader> rows = tputs.list();
    for (std::size_t o = 0; o < grid.outputs.size(); ++o) {
      const std::vector<ValueReader> cells = rows[o].list();
      for (std::size_t i = 0; i < grid.inputs.size(); ++i) {
        serving_.buckets.push_back(
            {fmt::format("in{}/out{}", shortest(grid.inputs[i]), shortest(grid.outputs[o])), 0.0,
             cells[i].where()});
      }
    }
    return true;
  }

  Errors errors_;
  std::optional<ProfileGrid> grid_;
  std::string grid_where_;
  ProfiledServing serving_;
};

/// Spreads the load over the sizes; says what they do not cover.
std::vector<std::string> spread(const ObservedLoad& load, const ProfileGrid& grid,
                                ProfiledServing& serving) {
  double requests = 0.0;
  double beyond = 0.0;
  for (const LoadPattern& pattern : load.patterns) requests += pattern.requests;
  for (const LoadPattern& pattern : load.patterns) {
    const std::size_t bucket =
        nearest_tick(grid.outputs, pattern.output_tokens) * grid.inputs.size() +
        nearest_tick(grid.inputs, pattern.prompt_tokens);
    serving.buckets[bucket].rate += load.rate * pattern.requests / requests;
    const bool is_long = is_beyond(grid.inputs, pattern.prompt_tokens) ||
                         is_beyond(grid.outputs, pattern.output_tokens);
    if (is_long) beyond += pattern.requests;
  }
  std::vector<std::string> notes;
  if (beyond > 0.0) {
    notes.push_back(
        fmt::format("{:.3g} % of the requests are longer than the profiles go and count as the "
                    "longest profiled size, as in AIBrix: they take more than planned",
                    100.0 * beyond / requests));
  }
  if (load.without_lengths > 0) {
    notes.push_back(fmt::format("{} requests have no lengths and are taken to be like the others",
                                load.without_lengths));
  }
  return notes;
}

}  // namespace

Result<ImportedProblem> import_aibrix(std::span<const NamedText> profiles,
                                      std::span<const NamedText> loads) {
  ProfileReader reader;
  for (const NamedText& profile : profiles) reader.read(profile);
  Errors errors = reader.errors();
  const Result<ObservedLoad> load = read_aibrix_load(loads);
  if (!load) errors.insert(errors.end(), load.errors().begin(), load.errors().end());
  if (!errors.empty()) return errors;
  if (!reader.grid()) return Error{ErrorCode::kMissing, "no profile of a GPU", "", {}};
  const ProfileGrid grid = *reader.grid();
  ProfiledServing serving = std::move(reader).serving();
  std::vector<std::string> notes = spread(*load, grid, serving);
  Result<ImportedProblem> problem = to_problem(serving, profiles.front().name);
  if (problem) problem->notes.insert(problem->notes.end(), notes.begin(), notes.end());
  return problem;
}

}  // namespace berth
