#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/document/yaml_text.h"
#include "berth/workload/workload_yaml.h"

namespace berth {
namespace {

constexpr std::size_t kPairsPerLine = 6;

std::vector<std::string> histogram_pairs(const LengthDistribution& lengths) {
  std::vector<std::string> pairs;
  double edge = 0.0;
  for (const LengthBin& bin : lengths.bins()) {
    if (bin.share <= 0) continue;
    if (bin.lower > edge) pairs.push_back(fmt::format("[{}, 0]", shortest(bin.lower)));
    pairs.push_back(fmt::format("[{}, {:.6g}]", shortest(bin.upper), bin.share));
    edge = bin.upper;
  }
  return pairs;
}

void append_lengths(std::string& out, std::string_view key, const LengthDistribution& lengths) {
  fmt::format_to(
      std::back_inserter(out),
      "    {}:\n      mean: {}\n      std: {}\n      histogram:  # [upper edge, share]\n", key,
      shortest(lengths.mean()), shortest(lengths.standard_deviation()));
  const std::vector<std::string> pairs = histogram_pairs(lengths);
  for (std::size_t first = 0; first < pairs.size(); first += kPairsPerLine) {
    out += first == 0 ? "        [" : "         ";
    const std::size_t end = std::min(first + kPairsPerLine, pairs.size());
    for (std::size_t i = first; i < end; ++i) {
      out += pairs[i];
      if (i + 1 < pairs.size()) out += i + 1 < end ? ", " : ",";
    }
    out += end == pairs.size() ? "]\n" : "\n";
  }
}

void append_rule(std::string& out, const ClassRule& rule) {
  std::vector<std::string> parts;
  if (rule.source) parts.push_back("source: " + yaml_text(*rule.source));
  if (rule.label) parts.push_back("class: " + yaml_text(*rule.label));
  const auto bound = [&](std::string_view key, double value) {
    if (value > 0) parts.push_back(fmt::format("{}: {}", key, shortest(value)));
  };
  bound("prompt_min", rule.prompt_min);
  bound("prompt_max", rule.prompt_max);
  bound("output_min", rule.output_min);
  bound("output_max", rule.output_max);
  fmt::format_to(std::back_inserter(out), "    rule: {{{}}}\n", fmt::join(parts, ", "));
}

void append_class(std::string& out, const QueryClass& query) {
  fmt::format_to(std::back_inserter(out), "  - name: {}\n    rate: {}  # requests/s\n",
                 yaml_text(query.name), shortest(query.rate));
  fmt::format_to(std::back_inserter(out),
                 "    arrival_variability: {}  # ca^2; 1 = Poisson\n    prefix_reuse: {}\n",
                 shortest(query.arrival_variability), shortest(query.prefix_reuse));
  append_lengths(out, "prompt_tokens", query.prompt_tokens);
  append_lengths(out, "output_tokens", query.output_tokens);
  if (query.rule) append_rule(out, *query.rule);
}

}  // namespace

std::string to_yaml(const Workload& workload) {
  std::string out = "format: berth.workload/1\n";
  const auto line = [&](std::string_view key, const std::string& value) {
    fmt::format_to(std::back_inserter(out), "{}: {}\n", key, value);
  };
  if (!workload.source.empty()) line("source", yaml_text(workload.source));
  if (!workload.date.empty()) line("date", yaml_text(workload.date));
  if (workload.duration_s > 0) line("duration", shortest(workload.duration_s) + "  # s");
  out += "classes:\n";
  for (const QueryClass& query : workload.classes) append_class(out, query);
  return out;
}

}  // namespace berth
