#include "berth/measure/import/read_benchmarks.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "berth/document/node.h"
#include "berth/document/reader.h"
#include "berth/measure/import/bench_format.h"
#include "berth/measure/import/json_texts.h"
#include "berth/workload/reading/row_errors.h"

namespace berth {
namespace {

constexpr std::size_t kMostErrors = 20;
constexpr std::size_t kMostKeys = 8;

/// Lists that hold a value for each request or token. Nothing reads them, and they may be millions.
constexpr std::array<std::string_view, 12> kPerRequest = {
    "requests",  "pdf",         "input_lens",      "output_lens", "ttfts",      "itls",
    "latencies", "start_times", "generated_texts", "errors",      "timeslices", "queue_times"};

std::string keys_found(const Node& node) {
  if (node.kind != Node::Kind::kMap) return std::string(to_string(node.kind));
  if (node.fields.empty()) return "a map without keys";
  std::vector<std::string> keys;
  for (const auto& field : node.fields) {
    if (keys.size() == kMostKeys) break;
    keys.push_back(field.first);
  }
  const std::size_t more = node.fields.size() - keys.size();
  return fmt::format("the keys {}{}", fmt::join(keys, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : std::string());
}

const BenchFormat* format_of(const Node& root) {
  for (const BenchFormat& format : bench_formats()) {
    if (format.recognises(root)) return &format;
  }
  return nullptr;
}

std::string formats_known() {
  std::vector<std::string> known;
  for (const BenchFormat& format : bench_formats()) {
    known.push_back(fmt::format("{} ({})", format.name, format.marks));
  }
  return fmt::format("known are {}, and CSV", fmt::join(known, ", "));
}

class BenchmarkReader {
 public:
  BenchmarkReader(const std::string& name, const RunFacts& said) : name_(name), said_(said) {}

  Result<std::vector<MeasuredRow>> read(std::string_view content) {
    for (const JsonText& text : json_texts(content)) read_text(text);
    if (errors_.empty() && rows_.empty()) {
      return Error{ErrorCode::kMissing, "no run in this file", name_, {}};
    }
    check_facts();
    if (errors_.empty()) return std::move(rows_);
    if (errors_.size() > kMostErrors) {
      const std::size_t more = errors_.size() - kMostErrors;
      errors_.resize(kMostErrors);
      errors_.push_back({ErrorCode::kSyntax, fmt::format("{} more errors", more), name_, {}});
    }
    return std::move(errors_);
  }

 private:
  void read_text(const JsonText& text) {
    const Result<Document> document =
        parse_json(name_, text.text, {.skip = kPerRequest, .first_line = text.line});
    if (!document) {
      errors_.insert(errors_.end(), document.errors().begin(), document.errors().end());
      return;
    }
    const ValueReader root(*document, document->root, {}, errors_);
    if (!root.is_list()) return read_value(root);
    for (const ValueReader& item : root.list()) read_value(item);
  }

  void read_value(const ValueReader& value) {
    if (const BenchFormat* format = format_of(value.node())) return format->read(value, rows_);
    // A file of unknown lines is unknown once.
    if (std::exchange(unknown_, true)) return;
    value.fail(
        ErrorCode::kUnsupported,
        fmt::format("expected the result of a load generator, found {}", keys_found(value.node())),
        formats_known());
  }

  /// Each fact that some run lacks is asked for once.
  void check_facts() {
    const auto ask = [&](const char* what, const char* flag, bool said, auto lacks) {
      if (said) return;
      const auto first = std::find_if(rows_.begin(), rows_.end(), lacks);
      if (first == rows_.end()) return;
      errors_.push_back({ErrorCode::kMissing, fmt::format("does not say {}", what),
                         at_line(name_, first->line), fmt::format("add {}", flag)});
    };
    ask("which GPU served", "--gpu NAME", !said_.gpu.empty(),
        [](const MeasuredRow& row) { return row.gpu.empty(); });
    ask("which model was served", "--model NAME", !said_.model.empty(),
        [](const MeasuredRow& row) { return row.model.empty(); });
    ask("the tensor-parallel degree", "--tp N (1 for one GPU)", said_.tensor_parallel.has_value(),
        [](const MeasuredRow& row) { return !row.tensor_parallel; });
  }

  const std::string& name_;
  const RunFacts& said_;
  Errors errors_;
  std::vector<MeasuredRow> rows_;
  bool unknown_ = false;
};

}  // namespace

std::span<const BenchFormat> bench_formats() {
  static const std::array formats = {vllm_bench_format(), aiperf_format(), guidellm_format(),
                                     inference_perf_format()};
  return formats;
}

const BenchFormat* benchmark_format(std::string_view content) {
  const std::vector<JsonText> texts = json_texts(content);
  if (texts.empty()) return nullptr;
  const Result<Document> document = parse_json("", texts.front().text, {.skip = kPerRequest});
  if (!document) return nullptr;
  const Node& root = document->root;
  if (root.kind != Node::Kind::kList) return format_of(root);
  return root.items.empty() ? nullptr : format_of(root.items.front());
}

Result<std::vector<MeasuredRow>> parse_benchmarks(const std::string& name, std::string_view content,
                                                  const RunFacts& said) {
  return BenchmarkReader(name, said).read(content);
}

}  // namespace berth
