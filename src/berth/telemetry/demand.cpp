#include "berth/telemetry/demand.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/telemetry/demand_queries.h"
#include "berth/telemetry/demand_warnings.h"
#include "berth/telemetry/group_demand.h"
#include "berth/telemetry/interval_counts.h"
#include "berth/telemetry/time_text.h"

namespace berth {
namespace {

using Kind = TelemetryWarning::Kind;

constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();
// Fewer intervals in a window say nothing about its variability.
constexpr std::size_t kFewestInWindow = 16;
constexpr double kEdgesPerToken = 100.0;

/// A group with all that its classes share.
struct GroupFacts {
  const GroupCounters* counters = nullptr;
  GroupDemand demand;
  HistogramTotals prompt;
  HistogramTotals output;
  std::vector<std::optional<GroupLengths>> prompt_in;  // by window
  std::vector<std::optional<GroupLengths>> output_in;
  std::optional<GroupLengths> prompt_all;
  std::optional<GroupLengths> output_all;
  std::optional<double> prefix_reuse;
};

/// Where there is no histogram: the mean from counters of tokens and of requests.
std::optional<GroupLengths> mean_alone(double tokens, double requests) {
  if (!(tokens > 0) || !(requests > 0)) return std::nullopt;
  return GroupLengths{{}, tokens / requests};
}

std::optional<double> prefix_reuse(const GroupCounters& counters) {
  double queries = 0.0;
  double hits = 0.0;
  for (std::size_t w = 0; w < counters.prefix_queries.size(); ++w) {
    if (!std::isfinite(counters.prefix_queries[w]) || !std::isfinite(counters.prefix_hits[w])) {
      continue;
    }
    queries += counters.prefix_queries[w];
    hits += counters.prefix_hits[w];
  }
  if (!(queries > 0)) return std::nullopt;
  return std::clamp(hits / queries, 0.0, 1.0);
}

class DemandReader {
 public:
  DemandReader(Prometheus& prometheus, const TelemetryMapping& mapping, const WindowGrid& grid)
      : prometheus_(prometheus), mapping_(mapping), grid_(grid), groups_(mapping) {}

  Result<DemandReading> read() {
    Result<DemandCounters> counters = query_demand(prometheus_, mapping_, groups_, grid_);
    if (!counters) return std::move(counters).errors();
    counters_ = std::move(counters).value();
    fill_groups();
    const auto measured = [](const GroupCounters& one) { return one.has_base; };
    if (std::none_of(counters_.groups.begin(), counters_.groups.end(), measured)) {
      return nothing_found();
    }
    reading_.start_s = grid_.start_s;
    reading_.step_s = grid_.step_s;
    reading_.windows = grid_.windows;
    reading_.source =
        fmt::format("Prometheus {} ({}), {} to {}", prometheus_.shown_url(), mapping_.pack.name,
                    iso_time(grid_.start_s), iso_time(grid_.end_of(grid_.windows - 1)));
    find_newest();
    if (Status status = count_intervals(); !status) return status.errors();
    for (std::size_t g = 0; g < counters_.groups.size(); ++g) facts_.push_back(facts_of(g));
    for (const GroupedClass& one : groups_.classes(reading_.warnings)) add_class(one);
    warn_reading(counters_, reading_, reading_.warnings);
    return std::move(reading_);
  }

 private:
  /// Groups of the mapping that no series matched still have a place.
  void fill_groups() {
    while (counters_.groups.size() < groups_.size()) counters_.groups.emplace_back();
  }

  [[nodiscard]] Error nothing_found() {
    std::vector<std::string> names;
    for (const MetricRole role : {MetricRole::kArrivals, MetricRole::kCompletions,
                                  MetricRole::kPromptTokens, MetricRole::kOutputTokens}) {
      const auto& more = mapping_.pack.of(role);
      names.insert(names.end(), more.begin(), more.end());
    }
    std::string message = fmt::format(
        "no series that counts requests has two samples in a window of {} between {} and {}",
        time_span_text(grid_.step_s), iso_time(grid_.start_s), iso_time(reading_end()));
    std::string hint = "another pack, another range, or longer windows?";
    const auto interval = demand_scrape_interval(prometheus_, mapping_, reading_end());
    if (interval && *interval && grid_.step_s < 2.0 * **interval) {
      message += fmt::format(", as scrapes are {} apart", time_span_text(**interval));
      hint = fmt::format("longer windows: {} at least", time_span_text(2.0 * **interval));
    }
    if (!counters_.unmatched.empty()) {
      message = fmt::format("no series belongs to a class; there is {}",
                            counters_.unmatched.begin()->first);
    }
    return {ErrorCode::kMissing, std::move(message), prometheus_.shown_url(),
            fmt::format("looked for {}; {}", fmt::join(names, ", "), hint)};
  }

  [[nodiscard]] double reading_end() const { return grid_.end_of(grid_.windows - 1); }

  void find_newest() {
    std::optional<double>& newest = reading_.newest_sample_s;
    for (const GroupCounters& one : counters_.groups) {
      for (std::size_t w = 0; w < one.newest.size(); ++w) {
        double time = one.newest[w];
        // Older than the server looks back, and yet inside the window.
        if (!std::isfinite(time) && one.samples[w] > 0) time = grid_.begin_of(w);
        if (std::isfinite(time) && (!newest || time > *newest)) newest = time;
      }
    }
  }

  /// Arrivals between scrapes, where arrivals are counted at all.
  Status count_intervals() {
    const auto counted = std::find_if(counters_.groups.begin(), counters_.groups.end(),
                                      [](const GroupCounters& one) { return one.has_base; });
    const auto interval =
        scrape_interval(prometheus_, mapping_, counted->base, counted->base_suffix,
                        reading_.newest_sample_s.value_or(reading_.end_s()));
    if (!interval) return interval.errors();
    reading_.scrape_interval_s = *interval;
    const bool arrivals = std::any_of(
        counters_.groups.begin(), counters_.groups.end(),
        [](const GroupCounters& one) { return one.has_base && one.base == MetricRole::kArrivals; });
    if (!arrivals || !*interval) return Ok{};
    Result<IntervalCounts> counts =
        query_interval_counts(prometheus_, mapping_, groups_, grid_, **interval);
    if (!counts) return std::move(counts).errors();
    intervals_ = std::move(counts).value();
    return Ok{};
  }

  [[nodiscard]] std::span<const double> intervals_of(std::size_t group) const {
    if (group >= intervals_.groups.size()) return {};
    return intervals_.groups[group];
  }

  [[nodiscard]] std::optional<double> variability_in(std::size_t group, std::size_t w) const {
    const auto all = intervals_of(group);
    if (all.empty()) return std::nullopt;
    const auto first = static_cast<std::size_t>(
        std::ceil(static_cast<double>(w) * grid_.step_s / intervals_.interval_s - 1e-6));
    const auto last = static_cast<std::size_t>(
        std::floor(static_cast<double>(w + 1) * grid_.step_s / intervals_.interval_s + 1e-6));
    if (last > all.size() || last < first + kFewestInWindow) return std::nullopt;
    return interval_variability(all.subspan(first, last - first));
  }

  [[nodiscard]] GroupFacts facts_of(std::size_t g) const {
    GroupFacts facts;
    const GroupCounters& counters = counters_.groups[g];
    facts.counters = &counters;
    if (!counters.has_base) return facts;
    facts.demand = group_demand(counters, grid_);
    facts.prompt = totals_of(counters.prompt, facts.demand.windows);
    facts.output = totals_of(counters.output, facts.demand.windows);
    facts.prompt_all = lengths_of(facts.prompt);
    facts.output_all = lengths_of(facts.output);
    double prompt_tokens = 0.0;
    double output_tokens = 0.0;
    double ended = 0.0;
    for (std::size_t w = 0; w < grid_.windows; ++w) {
      const GroupWindow& window = facts.demand.windows[w];
      const double completed = std::isfinite(window.completed) ? window.completed : window.requests;
      facts.prompt_in.push_back(window.measured ? lengths_in(counters.prompt, w) : std::nullopt);
      facts.output_in.push_back(window.measured ? lengths_in(counters.output, w) : std::nullopt);
      if (!facts.prompt_in[w]) facts.prompt_in[w] = mean_alone(counters.prompt_total[w], completed);
      if (!facts.output_in[w]) facts.output_in[w] = mean_alone(counters.output_total[w], completed);
      if (!window.measured) continue;
      ended += completed;
      if (std::isfinite(counters.prompt_total[w])) prompt_tokens += counters.prompt_total[w];
      if (std::isfinite(counters.output_total[w])) output_tokens += counters.output_total[w];
    }
    if (!facts.prompt_all) facts.prompt_all = mean_alone(prompt_tokens, ended);
    if (!facts.output_all) facts.output_all = mean_alone(output_tokens, ended);
    facts.prefix_reuse = prefix_reuse(counters);
    return facts;
  }

  /// One class's share of a group's window; nullopt where it cannot be told.
  [[nodiscard]] std::optional<MeasuredWindow> window_of(const GroupedClass& one,
                                                        const GroupFacts& facts,
                                                        std::size_t w) const {
    const GroupWindow& window = facts.demand.windows[w];
    if (!window.measured) return std::nullopt;
    const std::optional<GroupLengths>& lengths = facts.prompt_in[w];
    double share = 1.0;
    if (one.cut_by_length() && window.requests > 0) {
      // A window whose requests have not ended yet is cut as the whole range is.
      const auto& known = lengths && !lengths->bins.empty() ? lengths : facts.prompt_all;
      const auto part =
          known ? share_between(*known, one.prompt_min, one.prompt_max) : std::nullopt;
      if (!part) return std::nullopt;
      share = *part;
    }
    MeasuredWindow measured;
    measured.covered_s = window.covered_s;
    measured.rate = share * window.requests / window.covered_s;
    measured.completed =
        std::isfinite(window.completed) ? share * window.completed / window.covered_s : kNotKnown;
    measured.saturated = window.saturated;
    if (lengths) measured.prompt = moments_between(*lengths, one.prompt_min, one.prompt_max);
    if (facts.output_in[w]) measured.output = moments_between(*facts.output_in[w], 0.0, 0.0);
    if (!one.cut_by_length()) measured.cv2 = variability_in(one.group, w);
    return measured;
  }

  static std::optional<LengthDistribution> distribution(const GroupLengths& lengths, double lower,
                                                        double upper) {
    const auto moments = moments_between(lengths, lower, upper);
    if (!moments || !(moments->mean > 0)) return std::nullopt;
    if (lengths.bins.empty()) {
      return LengthDistribution::from_moments(moments->mean, moments->standard_deviation);
    }
    const bool whole = lower <= 0 && upper <= 0;
    std::vector<LengthBin> bins = whole ? lengths.bins : part_of(lengths.bins, lower, upper);
    for (LengthBin& bin : bins) {  // edges are estimates: people read them
      bin.lower = std::round(bin.lower * kEdgesPerToken) / kEdgesPerToken;
      bin.upper = std::round(bin.upper * kEdgesPerToken) / kEdgesPerToken;
    }
    return LengthDistribution::from_bins(std::move(bins), moments->mean,
                                         moments->standard_deviation);
  }

  void add_class(const GroupedClass& one) {
    const GroupFacts& facts = facts_[one.group];
    MeasuredClass measured;
    measured.name = one.name;
    measured.windows.resize(grid_.windows);
    if (!facts.counters->has_base) {
      // A model that only gauges know has no demand; a class of the mapping is missed.
      if (mapping_.classes.empty()) return;
      reading_.warnings.push_back(
          {Kind::kMissingMetric, one.name, "no series that counts requests matches this class"});
      reading_.classes.push_back(std::move(measured));
      return;
    }
    for (std::size_t w = 0; w < grid_.windows; ++w) {
      measured.windows[w] = window_of(one, facts, w);
      if (!measured.windows[w]) continue;
      measured.measured_s += measured.windows[w]->covered_s;
      measured.requests += measured.windows[w]->rate * measured.windows[w]->covered_s;
    }
    if (facts.prompt_all) {
      measured.prompt = distribution(*facts.prompt_all, one.prompt_min, one.prompt_max);
    }
    if (facts.output_all) measured.output = distribution(*facts.output_all, 0.0, 0.0);
    if (!one.cut_by_length()) measured.cv2 = interval_variability(intervals_of(one.group));
    measured.prefix_reuse = facts.prefix_reuse;
    warn_class(one, facts, measured);
    reading_.classes.push_back(std::move(measured));
  }

  void warn_class(const GroupedClass& one, const GroupFacts& facts, const MeasuredClass& measured) {
    TelemetryWarnings& warnings = reading_.warnings;
    warn_missing_windows(one.name, measured.windows, grid_, warnings);
    warn_group(one.name, *facts.counters, facts.demand, mapping_, warnings);
    warn_lengths(one.name, MetricRole::kPromptTokens, facts.prompt, facts.demand, mapping_,
                 warnings);
    warn_lengths(one.name, MetricRole::kOutputTokens, facts.output, facts.demand, mapping_,
                 warnings);
    const auto tell_missing = [&](MetricRole role, const std::optional<GroupLengths>& lengths) {
      if (lengths && !lengths->bins.empty()) return;
      if (!(measured.requests > 0) && !one.cut_by_length()) return;
      warnings.push_back(
          {Kind::kMissingMetric, one.name,
           fmt::format("no histogram of {} ({}){}", to_string(role), names_of(mapping_, role),
                       lengths ? "; the mean is that of a counter, the spread is taken to be as "
                                 "large"
                               : "")});
    };
    tell_missing(MetricRole::kPromptTokens, facts.prompt_all);
    tell_missing(MetricRole::kOutputTokens, facts.output_all);
    if (one.cut_by_length()) {
      warnings.push_back({Kind::kDefaulted, one.name,
                          "metrics do not tell output lengths by prompt length: they are those of "
                          "all prompts"});
    }
    if (!measured.prefix_reuse && measured.requests > 0 &&
        !mapping_.pack.of(MetricRole::kPrefixQueries).empty()) {
      warnings.push_back({Kind::kDefaulted, one.name,
                          fmt::format("nothing tells what the prefix cache saves ({}): taken as "
                                      "nothing",
                                      names_of(mapping_, MetricRole::kPrefixQueries))});
    }
    if (!measured.cv2 && measured.requests > 0) {
      warnings.push_back({Kind::kDefaulted, one.name,
                          facts.counters->base == MetricRole::kArrivals && !one.cut_by_length()
                              ? "too few arrivals tell how they vary: ca^2 is taken as 1"
                              : "what ends does not tell how arrivals vary: ca^2 is taken as 1"});
    }
  }

  Prometheus& prometheus_;
  const TelemetryMapping& mapping_;
  const WindowGrid& grid_;
  ClassGroups groups_;
  DemandCounters counters_;
  IntervalCounts intervals_;
  std::vector<GroupFacts> facts_;
  DemandReading reading_;
};

}  // namespace

std::optional<Seconds> DemandReading::age_at(double now_s) const {
  if (!newest_sample_s) return std::nullopt;
  return Seconds(now_s - *newest_sample_s);
}

Result<std::optional<double>> demand_scrape_interval(Prometheus& prometheus,
                                                     const TelemetryMapping& mapping,
                                                     double time_s) {
  const std::array<std::pair<MetricRole, std::string_view>, 4> counters = {
      {{MetricRole::kArrivals, ""},
       {MetricRole::kCompletions, ""},
       {MetricRole::kPromptTokens, "_count"},
       {MetricRole::kOutputTokens, "_count"}}};
  for (const auto& [role, suffix] : counters) {
    auto interval = scrape_interval(prometheus, mapping, role, suffix, time_s);
    if (!interval || *interval) return interval;
  }
  return std::optional<double>();
}

Result<DemandReading> read_demand(Prometheus& prometheus, const TelemetryMapping& mapping,
                                  double start_s, double end_s, double step_s) {
  // A thousandth of a window too short is rounding.
  const double windows = step_s > 0 ? std::floor((end_s - start_s) / step_s + 1e-3) : 0.0;
  if (!(windows >= 1.0)) {
    return Error{ErrorCode::kOutOfRange,
                 fmt::format("the range of {} s holds no whole window of {} s",
                             shortest(end_s - start_s), shortest(step_s)),
                 "", "a longer range or a shorter step"};
  }
  if (windows > static_cast<double>(kMostDemandWindows)) {
    return Error{ErrorCode::kOutOfRange,
                 fmt::format("the range holds {:.3g} windows, at most {} are read", windows,
                             kMostDemandWindows),
                 "", "a longer step"};
  }
  const WindowGrid grid{start_s, step_s, static_cast<std::size_t>(windows)};
  return DemandReader(prometheus, mapping, grid).read();
}

}  // namespace berth
