#include "berth/telemetry/groups.h"

#include <algorithm>
#include <numeric>
#include <set>

#include <fmt/format.h>

namespace berth {
namespace {

constexpr std::string_view kNoModel = "unlabelled";
constexpr std::size_t kLongestName = 63;

bool matches(const LabelSet& labels, const std::vector<LabelMatch>& match) {
  return std::all_of(match.begin(), match.end(), [&](const LabelMatch& one) {
    const std::string_view value = label_of(labels, one.label);
    return std::find(one.values.begin(), one.values.end(), value) != one.values.end();
  });
}

/// A name that a fleet file may have.
std::string class_name(std::string_view model) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/+-";
  std::string name(model.substr(0, kLongestName));
  for (char& c : name) {
    if (kAllowed.find(c) == std::string_view::npos) c = '-';
  }
  return name.empty() ? std::string(kNoModel) : name;
}

}  // namespace

ClassGroups::ClassGroups(const TelemetryMapping& mapping) : mapping_(mapping) {
  std::set<std::string> labels;
  for (const ClassSource& source : mapping.classes) {
    for (const LabelMatch& match : source.match) labels.insert(match.label);
    const bool known = std::any_of(groups_.begin(), groups_.end(),
                                   [&](const Group& group) { return group.match == source.match; });
    if (!known) groups_.push_back({source.match, ""});
  }
  if (mapping.classes.empty()) {
    labels.insert(mapping.pack.model_labels.begin(), mapping.pack.model_labels.end());
  }
  labels_.assign(labels.begin(), labels.end());
}

std::size_t ClassGroups::model_group(const LabelSet& labels) {
  std::string model;
  for (const std::string& label : mapping_.pack.model_labels) {
    model = label_of(labels, label);
    if (!model.empty()) break;
  }
  const auto found = std::find_if(groups_.begin(), groups_.end(),
                                  [&](const Group& group) { return group.model == model; });
  if (found != groups_.end()) return static_cast<std::size_t>(found - groups_.begin());
  groups_.push_back({{}, model});
  return groups_.size() - 1;
}

std::optional<std::size_t> ClassGroups::group_of(const LabelSet& labels) {
  if (mapping_.classes.empty()) return model_group(labels);
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (matches(labels, groups_[i].match)) return i;
  }
  return std::nullopt;
}

std::vector<GroupedClass> ClassGroups::model_classes(TelemetryWarnings& warnings) const {
  std::vector<std::size_t> order(groups_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return groups_[a].model < groups_[b].model; });
  std::vector<GroupedClass> classes;
  std::set<std::string> taken;
  for (const std::size_t group : order) {
    const std::string wanted = class_name(groups_[group].model);
    std::string name = wanted;
    for (int copy = 2; !taken.insert(name).second; ++copy) {
      const std::string ending = fmt::format("-{}", copy);
      name = wanted.substr(0, kLongestName - ending.size()) + ending;
    }
    if (name != groups_[group].model && !groups_[group].model.empty()) {
      warnings.push_back(
          {TelemetryWarning::Kind::kRenamed, name,
           fmt::format("the model '{}' cannot be the name of a class", groups_[group].model)});
    }
    classes.push_back({name, group, 0.0, 0.0});
  }
  return classes;
}

std::vector<GroupedClass> ClassGroups::classes(TelemetryWarnings& warnings) const {
  if (mapping_.classes.empty()) return model_classes(warnings);
  std::vector<GroupedClass> classes;
  for (const ClassSource& source : mapping_.classes) {
    const auto group = std::find_if(groups_.begin(), groups_.end(), [&](const Group& candidate) {
      return candidate.match == source.match;
    });
    classes.push_back({source.name, static_cast<std::size_t>(group - groups_.begin()),
                       source.prompt_min, source.prompt_max});
  }
  return classes;
}

std::optional<std::size_t> DeploymentGroups::group_of(const LabelSet& labels) const {
  for (const std::string& label : pack_.deployment_labels) {
    const std::string_view value = label_of(labels, label);
    std::optional<std::size_t> best;
    for (std::size_t k = 0; k < names_.size(); ++k) {
      const std::string& name = names_[k];
      const bool fits =
          value.starts_with(name) && (value.size() == name.size() || value[name.size()] == '-');
      if (fits && !name.empty() && (!best || name.size() > names_[*best].size())) best = k;
    }
    if (best) return best;
  }
  return std::nullopt;
}

std::vector<GroupedClass> DeploymentGroups::classes(TelemetryWarnings&) const {
  std::vector<GroupedClass> all;
  for (std::size_t k = 0; k < names_.size(); ++k) all.push_back({names_[k], k, 0.0, 0.0});
  return all;
}

std::string shown_labels(const LabelSet& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{}=\"{}\"", name, value);
  }
  return text.empty() ? "no labels" : text;
}

}  // namespace berth
