#include "berth/plan/deployment_name.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "berth/core/text.h"
#include "berth/plan/plan.h"

namespace berth {
namespace {

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// Lower case; every run of other characters becomes one '-'; '.' only between digits or letters.
std::string slug(std::string_view text) {
  std::string out;
  for (const char c : to_lower(text)) {
    const char mapped = is_alphanumeric(c) || c == '.' ? c : '-';
    if (!is_alphanumeric(mapped) && (out.empty() || !is_alphanumeric(out.back()))) continue;
    out += mapped;
  }
  while (!out.empty() && !is_alphanumeric(out.back())) out.pop_back();
  return out;
}

/// FNV-1a: stable on every platform, which std::hash does not promise.
std::uint32_t stable_hash(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 16777619U;
  }
  return hash;
}

std::string base_name(const PlanDeployment& d) {
  std::string name = d.model + "-" + d.gpu + "-tp" + std::to_string(d.tensor_parallel);
  if (d.pipeline_parallel > 1) name += "-pp" + std::to_string(d.pipeline_parallel);
  const std::string result = slug(name);
  return result.empty() ? "deployment" : result;
}

std::string target_text(const PlanDeployment& d) {
  if (!d.tpot_target) return "max";
  constexpr double kMicroseconds = 1e6;
  return shortest(std::round(d.tpot_target->value * kMicroseconds) / 1000.0) + "ms";
}

/// Everything that makes a deployment the one it is, unambiguous.
std::string identity(const PlanDeployment& d) {
  return fmt::format("{}|{}|{}|{}|{}|{}|{}", d.model, d.gpu, d.pool, d.precision, d.tensor_parallel,
                     d.pipeline_parallel, d.tpot_target ? shortest(d.tpot_target->value) : "max");
}

std::string with_hash(const std::string& name, std::string_view of) {
  const std::string hash = fmt::format("-{:08x}", stable_hash(of));
  return slug(name.substr(0, kMaxNameLength - hash.size())) + hash;
}

using Text = std::string (*)(const PlanDeployment&);
constexpr Text kDistinctions[] = {
    [](const PlanDeployment& d) { return d.pool; },
    [](const PlanDeployment& d) { return d.precision; },
    target_text,
};

}  // namespace

std::vector<std::string> deployment_names(const std::vector<PlanDeployment>& deployments) {
  std::map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t k = 0; k < deployments.size(); ++k) {
    groups[base_name(deployments[k])].push_back(k);
  }
  std::vector<std::string> names(deployments.size());
  for (const auto& [base, members] : groups) {
    for (const std::size_t k : members) names[k] = base;
    for (const Text text : kDistinctions) {
      std::set<std::string> values;
      for (const std::size_t k : members) values.insert(text(deployments[k]));
      if (values.size() < 2) continue;
      for (const std::size_t k : members) names[k] = slug(names[k] + "-" + text(deployments[k]));
    }
  }
  std::map<std::string, int> uses;
  for (const std::string& name : names) ++uses[name];
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (names[k].size() > kMaxNameLength || uses[names[k]] > 1) {
      names[k] = with_hash(names[k], identity(deployments[k]));
    }
  }
  return names;
}

std::string lasting_name(const PlanDeployment& deployment) {
  return with_hash(base_name(deployment), fmt::format("{}|{}", identity(deployment),
                                                      fmt::join(deployment.engine_args, "\x1f")));
}

bool is_dns_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameLength) return false;
  for (const std::string& part : split(name, '.')) {
    if (part.empty() || !is_alphanumeric(part.front()) || !is_alphanumeric(part.back())) {
      return false;
    }
    const bool clean = std::all_of(part.begin(), part.end(),
                                   [](char c) { return is_alphanumeric(c) || c == '-'; });
    if (!clean) return false;
  }
  return true;
}

}  // namespace berth
