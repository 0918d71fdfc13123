#pragma once
// Who decides what runs in a window. Part of the replay.

#include <memory>
#include <span>
#include <string_view>

#include "berth/core/result.h"
#include "berth/plan/plan.h"
#include "berth/replay/replay.h"

namespace berth {

/// What a policy may know.
struct ReplayWorld {
  const Fleet& fleet;  ///< with the demand of no window in particular
  const DemandWindows& windows;
  const ReplayRequest& request;
  std::vector<std::size_t> row_of;  ///< by class of the fleet: its class in the windows
};

/// A copy of the fleet with the forecast for a window in it.
[[nodiscard]] Fleet forecast_fleet(const ReplayWorld& world, ForecastKind kind, std::size_t window);
/// Puts a window's demand as it came into a copy of the fleet.
void set_true_demand(const ReplayWorld& world, std::size_t window, Fleet& fleet);

class ReplayPolicy {
 public:
  virtual ~ReplayPolicy() = default;
  /// The plan for `window`; `running` is that of the window before, null for the first. Errors: no
  /// plan was found.
  virtual Result<Plan> decide(std::size_t window, const Plan* running) = 0;
  /// Whether its changes come free and at once: the oracle.
  [[nodiscard]] virtual bool free_changes() const { return false; }
  /// Whether it knows the demand of a window before it begins.
  [[nodiscard]] virtual bool knows(ForecastKind kind) const { return kind == ForecastKind::kKnown; }
};

struct PolicyKind {
  std::string_view name;
  std::string_view summary;
  std::unique_ptr<ReplayPolicy> (*make)(const ReplayWorld&);
};
[[nodiscard]] std::span<const PolicyKind> replay_policies();
/// nullptr if unknown.
[[nodiscard]] const PolicyKind* find_policy(std::string_view name);

/// A plan for mean demand whose deployments grow and shrink with the utilisation of the window
/// before, each alone, like a horizontal pod autoscaler. Shapes and shares stay.
[[nodiscard]] std::unique_ptr<ReplayPolicy> make_threshold_policy(const ReplayWorld& world);

/// The plan for the mean demand of all windows, or for each class's busiest window.
[[nodiscard]] Result<Plan> plan_for_mean(const ReplayWorld& world);
[[nodiscard]] Result<Plan> plan_for_peak(const ReplayWorld& world);

}  // namespace berth
