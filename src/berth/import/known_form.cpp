#include "berth/import/known_form.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "berth/core/result.h"
#include "berth/core/text.h"
#include "berth/measure/import/bench_format.h"
#include "berth/measure/import/json_texts.h"
#include "berth/workload/reading/csv_line.h"

namespace berth {
namespace {

constexpr std::size_t kMostKeysShown = 8;

struct Found {
  std::string what;
  std::string use;  ///< a suggestion; empty = none
};

std::string keys_of(const Node& root) {
  if (root.kind != Node::Kind::kMap) return std::string(to_string(root.kind));
  if (root.fields.empty()) return "a map without keys";
  std::vector<std::string_view> keys;
  for (const auto& field : root.fields) {
    if (keys.size() == kMostKeysShown) break;
    keys.push_back(field.first);
  }
  const std::size_t more = root.fields.size() - keys.size();
  return fmt::format("the keys {}{}", fmt::join(keys, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : std::string());
}

Found json_form(const Node& root) {
  if (const Node* format = root.find("format"); format != nullptr) {
    return {fmt::format("Berth's own {}", format->text), "it needs no import"};
  }
  if (is_melange_config(root)) return {"a Mélange configuration", "use 'berth import melange'"};
  if (is_aibrix_profile(root)) return {"an AIBrix profile", "use 'berth import aibrix'"};
  if (is_aibrix_load(root)) {
    return {"a load of AIBrix", "use 'berth import aibrix PROFILE.json --load' with it"};
  }
  for (const BenchFormat& format : bench_formats()) {
    if (!format.recognises(root)) continue;
    return {fmt::format("a result of {}", format.name),
            fmt::format("use 'berth import {}'", format.word)};
  }
  return {keys_of(root), {}};
}

Found text_form(std::string_view content) {
  const std::string_view line = trim(content.substr(0, content.find('\n')));
  if (line.empty()) return {"an empty file", {}};
  std::vector<std::string> header;
  if (split_csv(line, header)) {
    const auto has = [&](std::string_view column) {
      return std::find(header.begin(), header.end(), column) != header.end();
    };
    if (has("AcceleratorName")) {
      return {"prices of SkyPilot's catalog", "use 'berth import skypilot-prices'"};
    }
    if (has("metric") && has("value")) {
      return {"a table of measured runs",
              "it needs no import: 'berth validate' and 'berth calibrate' read it"};
    }
    if (header.size() > 1) return {fmt::format("a table with the columns {}", line), {}};
  }
  if (line.starts_with("format: berth.")) {
    return {fmt::format("Berth's own {}", line.substr(8)), "it needs no import"};
  }
  return {"neither JSON nor a table", {}};
}

Result<Found> form_of(const std::string& name, std::string_view content) {
  if (!opens_json(content)) return text_form(content);
  const std::vector<JsonText> texts = json_texts(content);
  const Result<Document> document =
      parse_json(name, texts.front().text, {.skip = {}, .first_line = texts.front().line});
  if (!document) return document.errors();
  const Node& root = document->root;
  const bool has_items = root.kind == Node::Kind::kList && !root.items.empty();
  return json_form(has_items ? root.items.front() : root);
}

}  // namespace

bool opens_json(std::string_view content) {
  const std::size_t first = content.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (content[first] == '{' || content[first] == '[');
}

bool is_melange_config(const Node& root) {
  return root.find("gpu_info") != nullptr || root.find("workload_distribution") != nullptr;
}

bool is_aibrix_profile(const Node& root) {
  return root.find("tputs") != nullptr && root.find("gpu_info") == nullptr;
}

bool is_aibrix_load(const Node& root) {
  if (root.find("meta_v") != nullptr || root.find("meta_interval_sec") != nullptr) return true;
  const auto has_both = [&](std::string_view time, std::string_view requests) {
    return root.find(time) != nullptr && root.find(requests) != nullptr;
  };
  return has_both("timestamp", "requests") || has_both("Timestamp", "Requests");
}

Error wrong_form(const std::string& name, std::string_view content, std::string_view expected) {
  const Result<Found> found = form_of(name, content);
  if (!found) return found.errors().front();
  return {ErrorCode::kUnsupported, fmt::format("expected {}, found {}", expected, found->what),
          name, found->use};
}

}  // namespace berth
