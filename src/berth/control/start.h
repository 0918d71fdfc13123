#pragma once
// What must be right before a loop begins, and can be known by then.

#include <filesystem>

#include "berth/control/applier.h"
#include "berth/core/file_lock.h"
#include "berth/core/limits.h"
#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/manifest/settings.h"

namespace berth {

/// Hidden, so that neither kustomize nor GitOps takes it for a manifest.
inline constexpr std::string_view kDirectoryLock = ".berth.lock";

/// Whether files can be made in a directory, which need not be there yet. Makes nothing. Errors:
/// kUnwritable with the directory, or the one above it that is in the way.
[[nodiscard]] Status check_writable(const std::filesystem::path& directory);

/// A directory of manifests for one loop alone, until the lock goes. Makes the directory. Errors:
/// kInconsistent (another loop has it), kUnwritable.
[[nodiscard]] Result<FileLock> lock_manifests(const std::filesystem::path& directory);

/// Whether the settings know an engine; an empty one is that of the plan. Errors: kUnknownName.
[[nodiscard]] Status check_engine(const DeploySettings& settings, const std::string& engine);

/// Whether a plan for the fleet's own demand can become objects, by these settings and of this
/// target. What no plan carries says nothing about them and is no error here. Errors: those of
/// render_state.
[[nodiscard]] Status check_target(const Fleet& fleet, const DeploySettings& settings,
                                  const ManifestTarget& target, const Limits& limits = {});

}  // namespace berth
