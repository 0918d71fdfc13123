#include "berth/manifest/names.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/manifest/render.h"

namespace berth {
namespace manifest {
namespace {

bool is_small(char c) { return c >= 'a' && c <= 'z'; }
bool is_name_digit(char c) { return c >= '0' && c <= '9'; }

/// FNV-1a: stable on every platform, which std::hash does not promise.
std::uint32_t name_hash(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

std::string to_label(std::string_view text) {
  std::string out;
  for (const char c : to_lower(text)) {
    if (is_small(c) || is_name_digit(c)) {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  if (out.empty()) return "x";
  return is_small(out.front()) ? out : "x-" + out;
}

std::string with_hash(std::string_view label, std::string_view whole, std::size_t most) {
  const std::string hash = fmt::format("-{:08x}", name_hash(whole));
  std::string head(label.substr(0, most - hash.size()));
  while (!head.empty() && head.back() == '-') head.pop_back();
  return head + hash;
}

}  // namespace

bool is_label(std::string_view text) {
  if (text.empty() || text.size() > kMaxLabel || !is_small(text.front()) || text.back() == '-') {
    return false;
  }
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_small(c) || is_name_digit(c) || c == '-'; });
}

std::vector<std::string> unique_labels(const std::vector<std::string>& names, std::size_t most) {
  std::map<std::string, int> uses;
  std::vector<std::string> labels;
  for (const std::string& name : names) {
    labels.push_back(to_label(name));
    ++uses[labels.back()];
  }
  for (std::size_t k = 0; k < names.size(); ++k) {
    const bool clash = uses[labels[k]] > 1 && labels[k] != names[k];
    if (clash || labels[k].size() > most) labels[k] = with_hash(labels[k], names[k], most);
  }
  // Two names with one hash, or a name that looks like a hashed one.
  std::map<std::string, int> seen;
  for (std::string& label : labels) {
    const std::string first = label;
    while (seen[label] > 0) {
      label = with_hash(first, first + std::to_string(seen[first]++), most);
    }
    ++seen[label];
  }
  return labels;
}

std::string label_value(std::string_view text) {
  const auto alphanumeric = [](char c) {
    return is_small(c) || (c >= 'A' && c <= 'Z') || is_name_digit(c);
  };
  std::string out;
  for (const char c : text) {
    if (alphanumeric(c) || ((c == '-' || c == '_' || c == '.') && !out.empty())) {
      out += c;
    } else if (!out.empty()) {
      out += '-';
    }
  }
  if (out.size() > kMaxLabel) out = out.substr(0, kMaxLabel);
  while (!out.empty() && !alphanumeric(out.back())) out.pop_back();
  return out;
}

}  // namespace manifest

std::vector<std::string> object_names(const Plan& plan) {
  std::vector<std::string> names;
  for (const PlanDeployment& d : plan.deployments) names.push_back(d.name);
  return manifest::unique_labels(names, manifest::kMaxWorkloadName);
}

}  // namespace berth
