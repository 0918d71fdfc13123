#include "berth/import/aibrix_load.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/core/units.h"
#include "berth/document/reader.h"
#include "berth/import/known_form.h"
#include "berth/measure/import/json_texts.h"

namespace berth {
namespace {

constexpr std::string_view kLoadForm =
    "a load of AIBrix: a request trace of its gateway, or its generator's workload";
constexpr Range kRequests{.min = 0.0, .max = 1e12};
constexpr Range kInterval{.min = 0.0, .max = 1e9, .exclusive_min = true};
constexpr Range kPrecision{.min = 1.0, .max = 1000.0};
constexpr Range kTokens{.min = 1.0, .max = 1e8};
/// The gateway's window where the trace is of a version that does not say.
constexpr double kDefaultInterval = 10.0;
/// 2^27 tokens are beyond every context.
constexpr double kMostLog = 27.0;
/// Texts of the prompts, which may be long and are not looked at.
constexpr std::array<std::string_view, 2> kTexts = {"prompt", "completion"};

class LoadReader {
 public:
  Result<ObservedLoad> read(std::span<const NamedText> files) {
    for (const NamedText& file : files) read_file(file);
    if (!errors_.empty()) return std::move(errors_);
    const std::string& name = files.front().name;
    if (windows_ > 0 && !ticks_.empty()) {
      return Error{ErrorCode::kUnsupported, "the gateway's windows and a generator's workload",
                   name, "give the one or the other"};
    }
    if (load_.patterns.empty()) {
      return Error{ErrorCode::kMissing, "no request with its lengths", name, {}};
    }
    if (windows_ == 0 && ticks_.size() < 2) {
      return Error{ErrorCode::kMissing, "requests of one moment have no rate", name, {}};
    }
    // Ticks stand for the time until the next one; the last is as long as the others on average.
    const double ticks = static_cast<double>(ticks_.size());
    const double seconds =
        windows_ > 0 ? seconds_
                     : (*ticks_.rbegin() - *ticks_.begin()) * kMilli * ticks / (ticks - 1.0);
    load_.rate = arrived_ / seconds;
    if (!(load_.rate > 0.0)) {
      return Error{ErrorCode::kInconsistent, "completed requests, but none that arrived", name, {}};
    }
    return std::move(load_);
  }

 private:
  void read_file(const NamedText& file) {
    if (!opens_json(file.content)) {
      errors_.push_back(wrong_form(file.name, file.content, kLoadForm));
      return;
    }
    for (const JsonText& text : json_texts(file.content)) {
      const Result<Document> document =
          parse_json(file.name, text.text, {.skip = kTexts, .first_line = text.line});
      if (!document) {
        errors_.insert(errors_.end(), document.errors().begin(), document.errors().end());
        return;
      }
      const ValueReader root(*document, document->root, {}, errors_);
      const bool many = root.is_list();
      for (const ValueReader& value : many ? root.list() : std::vector<ValueReader>{root}) {
        if (read_value(value)) continue;
        errors_.push_back(wrong_form(file.name, file.content, kLoadForm));
        return;
      }
    }
  }

  /// False if it is neither kind.
  bool read_value(const ValueReader& value) {
    if (!value.is_map()) return false;
    MapReader map(value);
    if (map.has("requests") || map.has("Requests")) {
      read_tick(map);
      return true;
    }
    const auto& fields = value.node().fields;
    const bool window = std::any_of(fields.begin(), fields.end(), [](const auto& field) {
      return field.first.starts_with("meta_") || pattern_of(field.first).has_value();
    });
    if (window) read_window(map);
    return window;
  }

  /// "112:95" -> the two numbers.
  static std::optional<std::pair<double, double>> pattern_of(std::string_view key) {
    const std::vector<std::string> parts = split(key, ':');
    if (parts.size() != 2) return std::nullopt;
    const auto prompt = parse_integer(parts[0]);
    const auto output = parse_integer(parts[1]);
    if (!prompt || !output || *prompt < 0 || *output < 0) return std::nullopt;
    return std::pair(static_cast<double>(*prompt), static_cast<double>(*output));
  }

  void read_window(MapReader& window) {
    const double precision = window.number("meta_precision", kPrecision, 1.0);
    seconds_ += window.number("meta_interval_sec", kInterval, kDefaultInterval);
    const std::optional<double> total = window.optional_number("meta_total_reqs", kRequests);
    ++windows_;
    double completed = 0.0;
    for (const auto& [key, value] : window.entries()) {
      if (key.starts_with("meta_")) continue;
      const auto pattern = pattern_of(key);
      const std::optional<double> requests = value.number(kRequests);
      if (!pattern || pattern->first > kMostLog * precision ||
          pattern->second > kMostLog * precision) {
        value.fail(ErrorCode::kWrongType,
                   fmt::format("'{}' is no size: expected two logarithms of a number of tokens, "
                               "such as 112:95",
                               key));
        continue;
      }
      if (!requests) continue;
      completed += *requests;
      add(std::exp2(pattern->first / precision), std::exp2(pattern->second / precision), *requests);
    }
    arrived_ += total.value_or(completed);
  }

  void read_tick(MapReader& tick) {
    const bool old = tick.has("Requests");
    const auto time = tick.require(old ? "Timestamp" : "timestamp");
    const std::optional<double> at = time ? time->number(kNotNegative) : std::nullopt;
    if (at) ticks_.insert(*at);
    for (const ValueReader& item : tick.list(old ? "Requests" : "requests")) {
      MapReader request(item);
      const auto prompt = request.optional_number(old ? "Prompt Length" : "prompt_length", kTokens);
      const auto output = request.optional_number(old ? "Output Length" : "output_length", kTokens);
      arrived_ += 1.0;
      if (prompt && output) {
        add(*prompt, *output, 1.0);
      } else {
        ++load_.without_lengths;
      }
    }
  }

  void add(double prompt, double output, double requests) {
    if (requests > 0.0) load_.patterns.push_back({prompt, output, requests});
  }

  Errors errors_;
  ObservedLoad load_;
  std::size_t windows_ = 0;
  double seconds_ = 0.0;  // of the windows
  double arrived_ = 0.0;
  std::set<double> ticks_;  // ms
};

}  // namespace

Result<ObservedLoad> read_aibrix_load(std::span<const NamedText> files) {
  if (files.empty()) {
    return Error{ErrorCode::kUsage, "no requests to plan for", "--load",
                 "give a request trace of the gateway, or a workload of the generator"};
  }
  return LoadReader().read(files);
}

}  // namespace berth
