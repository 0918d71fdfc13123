#pragma once
// Private to this room: series put together by their labels, as a mapping's classes want them.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "berth/telemetry/mapping.h"
#include "berth/telemetry/prometheus.h"
#include "berth/telemetry/warning.h"

namespace berth {

/// A class and the group that its numbers come from.
struct GroupedClass {
  std::string name;
  std::size_t group = 0;
  double prompt_min = 0.0;
  double prompt_max = 0.0;  ///< 0 = no limit

  [[nodiscard]] bool cut_by_length() const { return prompt_min > 0.0 || prompt_max > 0.0; }
};

/// A group has the series of one `match` of the mapping; without classes in the mapping, those of
/// one model, found as they come.
class ClassGroups {
 public:
  explicit ClassGroups(const TelemetryMapping& mapping);

  /// What series are summed by.
  [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }
  /// The first group that matches; none of a mapping's matches: nullopt.
  [[nodiscard]] std::optional<std::size_t> group_of(const LabelSet& labels);
  [[nodiscard]] std::size_t size() const { return groups_.size(); }
  /// In the mapping's order; models by name. Tells of models whose name cannot be a class's.
  [[nodiscard]] std::vector<GroupedClass> classes(TelemetryWarnings& warnings) const;

 private:
  struct Group {
    std::vector<LabelMatch> match;
    std::string model;
  };

  [[nodiscard]] std::size_t model_group(const LabelSet& labels);
  [[nodiscard]] std::vector<GroupedClass> model_classes(TelemetryWarnings& warnings) const;

  const TelemetryMapping& mapping_;
  std::vector<std::string> labels_;
  std::vector<Group> groups_;
};

/// The deployment of a series, told by the labels of its pack.
class DeploymentGroups {
 public:
  /// Both must outlive it.
  DeploymentGroups(const MetricPack& pack, std::span<const std::string> names)
      : pack_(pack), names_(names) {}

  [[nodiscard]] const std::vector<std::string>& labels() const { return pack_.deployment_labels; }
  /// By the first label that names one: as it is, or with a '-' and more behind it; the longest
  /// name that fits.
  [[nodiscard]] std::optional<std::size_t> group_of(const LabelSet& labels) const;
  [[nodiscard]] std::size_t size() const { return names_.size(); }
  [[nodiscard]] std::vector<GroupedClass> classes(TelemetryWarnings& warnings) const;

 private:
  const MetricPack& pack_;
  std::span<const std::string> names_;
};

/// `model_name="a", tenant="b"`, for messages.
[[nodiscard]] std::string shown_labels(const LabelSet& labels);

}  // namespace berth
