#include "berth/workload/fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "berth/workload/fitting/build_series.h"
#include "berth/workload/fitting/class_names.h"
#include "berth/workload/fitting/source_fit.h"
#include "berth/workload/fitting/split.h"

namespace berth {
namespace {

// Traces whose first requests lie this close together share a clock in the demand series; others
// are laid on top of each other from their first request on.
constexpr double kSameClock = 24 * 3600.0;
// A first timestamp after 2001 is a date, an earlier one counts from a zero of the trace's own.
constexpr std::int64_t kDates = 1'000'000'000'000'000'000;

void append(Errors& errors, const Errors& more) {
  errors.insert(errors.end(), more.begin(), more.end());
}

Errors check_request(std::span<const TraceSource> sources, const FitOptions& options) {
  Errors errors;
  if (sources.empty()) errors.push_back({ErrorCode::kUsage, "no trace is given", "", {}});
  std::set<std::string_view> names;
  for (const TraceSource& source : sources) {
    if (names.insert(source.name).second) continue;
    errors.push_back({ErrorCode::kDuplicate, fmt::format("two traces are named '{}'", source.name),
                      source.path.string(), "give them names: NAME=FILE"});
  }
  if (options.classes && *options.classes < static_cast<int>(sources.size())) {
    errors.push_back({ErrorCode::kOutOfRange,
                      fmt::format("{} classes for {} traces: each trace needs one at least",
                                  *options.classes, sources.size()),
                      "--classes",
                      {}});
  }
  if (options.classes && *options.classes > kMaxFittedClasses) {
    errors.push_back(
        {ErrorCode::kOutOfRange,
         fmt::format("{} classes; at most {} are fitted", *options.classes, kMaxFittedClasses),
         "--classes",
         {}});
  }
  if (!(options.window_s > 0) || !std::isfinite(options.window_s)) {
    errors.push_back(
        {ErrorCode::kOutOfRange, "the window must be longer than 0 s", "--window", {}});
  }
  return errors;
}

using Rectangles = std::vector<std::vector<LengthRectangle>>;

/// Pass 1: the rectangles per source; none at all when classes go by file.
Result<Rectangles> find_rectangles(std::span<const TraceSource> sources,
                                   const FitOptions& options) {
  Rectangles rectangles(sources.size());
  if (!options.classes) return rectangles;
  Errors errors;
  std::vector<LengthGrid> grids;
  for (const TraceSource& source : sources) {
    Result<LengthGrid> grid = count_lengths(source, options.trace);
    if (!grid) append(errors, grid.errors());
    if (grid) grids.push_back(std::move(grid).value());
  }
  if (!errors.empty()) return errors;
  auto split = split_lengths(grids, static_cast<std::size_t>(*options.classes));
  if (!split) {
    return Error{
        ErrorCode::kOutOfRange,
        fmt::format("the token lengths differ too little for {} classes", *options.classes),
        "--classes", "ask for fewer"};
  }
  return *std::move(split);
}

/// Where each trace starts on the common clock.
std::vector<double> clock_shifts(const std::vector<StartedTrace>& traces) {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  for (const StartedTrace& trace : traces) {
    const std::int64_t origin = trace.reader->origin_ns().value_or(0);
    first = std::min(first, origin);
    last = std::max(last, origin);
  }
  const auto seconds = [](std::int64_t from, std::int64_t to) {
    return (static_cast<double>(to) - static_cast<double>(from)) * 1e-9;
  };
  std::vector<double> shifts(traces.size(), 0.0);
  if (seconds(first, last) > kSameClock) return shifts;
  for (std::size_t i = 0; i < traces.size(); ++i) {
    shifts[i] = static_cast<double>(traces[i].reader->origin_ns().value_or(0) - first) * 1e-9;
  }
  return shifts;
}

std::string date_of(std::int64_t origin_ns) {
  if (origin_ns < kDates) return {};
  return fmt::format("{:%Y-%m-%d}",
                     fmt::gmtime(static_cast<std::time_t>(origin_ns / 1'000'000'000)));
}

/// Turns the statistics of all sources into classes.
class FitBuilder {
 public:
  FitBuilder(std::span<const TraceSource> sources, const Rectangles& rectangles)
      : sources_(sources), rectangles_(rectangles) {}

  void add(std::size_t s, const SourceFit& source, double shift_s) {
    const FittedSource& summary = source.summary;
    fit_.sources.push_back(summary);
    fit_.workload.duration_s = std::max(fit_.workload.duration_s, summary.duration_s);
    // n requests span n - 1 intervals.
    const auto rows = static_cast<double>(summary.counts.rows);
    const double source_rate = (rows - 1.0) / summary.duration_s;
    for (std::size_t i = 0; i < source.classes.size(); ++i) {
      const ClassStatistics& statistics = source.classes[i];
      if (statistics.count() == 0) continue;  // a label that only failed requests have
      const double share = static_cast<double>(statistics.count()) / rows;
      QueryClass query = statistics.query_class(source_rate * share);
      query.rule = rule(s, source, i);
      query.name = name(s, source, i);
      covered_.push_back({query.name, &statistics, shift_s, shift_s + summary.duration_s});
      fit_.workload.classes.push_back(std::move(query));
    }
  }

  Result<Fit> finish(double window_s, const std::string& date) {
    Result<DemandSeries> series = build_series(covered_, window_s);
    if (!series) return std::move(series).errors();
    fit_.series = std::move(series).value();
    fit_.workload.date = date;
    std::vector<std::string> parts;
    for (const FittedSource& source : fit_.sources) {
      parts.push_back(fmt::format("{} ({} requests)", source.source.path.filename().string(),
                                  source.counts.rows));
    }
    fit_.workload.source = fmt::format("fitted on {}", fmt::join(parts, ", "));
    fit_.spread = remaining_spread();
    return std::move(fit_);
  }

 private:
  [[nodiscard]] ClassRule rule(std::size_t s, const SourceFit& source, std::size_t i) const {
    if (!rectangles_[s].empty()) return rule_of(sources_[s].name, rectangles_[s][i]);
    ClassRule rule;
    rule.source = sources_[s].name;
    if (!source.labels.empty()) rule.label = source.labels[i];
    return rule;
  }

  [[nodiscard]] std::string name(std::size_t s, const SourceFit& source, std::size_t i) const {
    const std::string& source_name = sources_[s].name;
    if (!rectangles_[s].empty()) return name_of(rule_of(source_name, rectangles_[s][i]));
    if (source.labels.empty()) return source_name;
    return sources_.size() == 1 ? source.labels[i] : source_name + "/" + source.labels[i];
  }

  /// Share of the lengths' variance that is left within the classes: eq. (3).
  [[nodiscard]] double remaining_spread() const {
    const auto share = [&](const LengthHistogram& (ClassStatistics::*lengths)() const) {
      double n = 0.0, sum = 0.0, square = 0.0, within = 0.0;
      for (const CoveredClass& covered : covered_) {
        const LengthHistogram& histogram = (covered.statistics->*lengths)();
        const auto count = static_cast<double>(histogram.count());
        const double mean = histogram.mean();
        const double variance = histogram.variance();
        n += count;
        sum += count * mean;
        square += count * (variance + mean * mean);
        within += count * variance;
      }
      const double total = square - sum * sum / n;
      return total > 0 ? std::min(1.0, within / total) : 0.0;
    };
    return 0.5 * (share(&ClassStatistics::prompt) + share(&ClassStatistics::output));
  }

  std::span<const TraceSource> sources_;
  const Rectangles& rectangles_;
  std::vector<CoveredClass> covered_;
  Fit fit_;
};

Result<std::vector<StartedTrace>> start_all(std::span<const TraceSource> sources,
                                            const TraceOptions& options) {
  Errors errors;
  std::vector<StartedTrace> traces;
  for (const TraceSource& source : sources) {
    Result<StartedTrace> trace = start_trace(source, options);
    if (!trace) append(errors, trace.errors());
    if (trace) traces.push_back(std::move(trace).value());
  }
  if (!errors.empty()) return errors;
  return traces;
}

}  // namespace

TraceSource parse_trace_source(std::string_view argument) {
  std::error_code ignored;
  const std::size_t equals = argument.find('=');
  if (equals != std::string_view::npos && equals > 0 &&
      !std::filesystem::exists(std::filesystem::path(argument), ignored)) {
    return {std::string(argument.substr(0, equals)), std::string(argument.substr(equals + 1))};
  }
  const std::filesystem::path path(argument);
  std::filesystem::path stem = path.filename();
  if (stem.extension() == ".gz" || stem.extension() == ".zst") stem = stem.stem();
  return {stem.stem().string(), path};
}

Result<FitOptions> fit_options(std::span<const std::string> map, std::optional<int> classes) {
  FitOptions options;
  Errors errors;
  Result<ColumnMap> columns = parse_column_map(map);
  if (!columns) append(errors, columns.errors());
  if (columns) options.trace.map = std::move(columns).value();
  if (classes && (*classes < 1 || *classes > kMaxFittedClasses)) {
    errors.push_back({ErrorCode::kOutOfRange,
                      fmt::format("expected 1 to {}, got {}", kMaxFittedClasses, *classes),
                      "--classes",
                      {}});
  }
  options.classes = classes;
  if (!errors.empty()) return errors;
  return options;
}

Result<Fit> fit_traces(std::span<const TraceSource> sources, const FitOptions& options) {
  if (Errors errors = check_request(sources, options); !errors.empty()) return errors;
  const Result<Rectangles> rectangles = find_rectangles(sources, options);
  if (!rectangles) return rectangles.errors();
  Result<std::vector<StartedTrace>> traces = start_all(sources, options.trace);
  if (!traces) return std::move(traces).errors();
  const std::vector<double> shifts = clock_shifts(*traces);
  const std::string date = date_of(traces->front().reader->origin_ns().value_or(0));

  Errors errors;
  std::vector<SourceFit> fits;
  for (std::size_t s = 0; s < sources.size(); ++s) {
    Result<SourceFit> fit = fit_source(sources[s], std::move((*traces)[s]), shifts[s],
                                       options.window_s, (*rectangles)[s]);
    if (!fit) append(errors, fit.errors());
    if (fit) fits.push_back(std::move(fit).value());
  }
  if (!errors.empty()) return errors;
  FitBuilder builder(sources, *rectangles);
  for (std::size_t s = 0; s < sources.size(); ++s) builder.add(s, fits[s], shifts[s]);
  return builder.finish(options.window_s, date);
}

Result<Workload> fit_workload(std::span<const std::string> arguments, const FitOptions& options) {
  std::vector<TraceSource> sources;
  for (const std::string& argument : arguments) sources.push_back(parse_trace_source(argument));
  Result<Fit> fit = fit_traces(sources, options);
  if (!fit) return std::move(fit).errors();
  return std::move(fit->workload);
}

}  // namespace berth
