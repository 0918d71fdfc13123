#include "berth/control/start.h"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <unistd.h>

#include "berth/core/text.h"
#include "berth/pipeline/pipeline.h"
#include "berth/plan/engine_args.h"

namespace berth {

namespace fs = std::filesystem;

Status check_writable(const fs::path& directory) {
  std::error_code failed;
  fs::path there = fs::absolute(directory.empty() ? "." : directory, failed).lexically_normal();
  while (!failed && !fs::exists(fs::symlink_status(there, failed)) &&
         there != there.parent_path()) {
    failed.clear();
    there = there.parent_path();
  }
  const auto unwritable = [&there](const std::string& why) {
    return Error{ErrorCode::kUnwritable, "no files can be made here: " + why, there.string(), ""};
  };
  if (failed) return unwritable(failed.message());
  if (!fs::is_directory(there, failed)) return unwritable("not a directory");
  if (::access(there.c_str(), W_OK | X_OK) != 0) return unwritable(std::strerror(errno));
  return Ok{};
}

Result<FileLock> lock_manifests(const fs::path& directory) {
  Result<FileLock> lock = FileLock::take(directory / kDirectoryLock);
  if (lock || lock.errors().front().code != ErrorCode::kInconsistent) return lock;
  return Error{ErrorCode::kInconsistent, "another loop keeps its manifests here",
               directory.string(), "stop it, or name another directory with -o"};
}

Status check_engine(const DeploySettings& settings, const std::string& engine) {
  if (engine.empty() || settings.engines.contains(engine)) return Ok{};
  return Error{ErrorCode::kUnknownName, "unknown engine '" + engine + "'", "--engine",
               suggest(engine, engine_names())};
}

Status check_target(const Fleet& fleet, const DeploySettings& settings,
                    const ManifestTarget& target, const Limits& limits) {
  PlanRequest request;
  request.method = "gh";
  request.limits = limits;
  const Result<PlanOutcome> outcome = make_plan(fleet, request);
  if (!outcome) return Ok{};
  const Result<Manifests> manifests = render_state(outcome->plan, fleet, settings, target);
  if (!manifests) return manifests.errors();
  return Ok{};
}

}  // namespace berth
