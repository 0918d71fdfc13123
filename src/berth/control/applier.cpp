#include "berth/control/applier.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "berth/control/process.h"
#include "berth/core/file.h"
#include "berth/manifest/facts.h"
#include "berth/manifest/render.h"

namespace berth {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr Seconds kKubectlTimeout{60.0};
/// What the cluster still has to lose, in the directory of the manifests.
constexpr const char* kGoneFolder = ".berth-gone";

class DryApplier : public Applier {
 public:
  DryApplier(const Fleet& fleet, DeploySettings settings, ManifestTarget target)
      : fleet_(fleet), settings_(std::move(settings)), target_(std::move(target)) {}

  Result<std::vector<std::string>> check(const Plan& state) const override {
    Result<Manifests> manifests = render_state(state, fleet_, settings_, target_);
    if (!manifests) return manifests.errors();
    return std::move(manifests->warnings);
  }
  Status apply(const Plan&) override { return Ok{}; }
  Result<bool> ready(const Plan&) override { return true; }

 protected:
  const Fleet& fleet_;
  DeploySettings settings_;
  ManifestTarget target_;
};

class DirectoryApplier : public DryApplier {
 public:
  DirectoryApplier(const Fleet& fleet, DeploySettings settings, ManifestTarget target,
                   fs::path directory)
      : DryApplier(fleet, std::move(settings), std::move(target)),
        directory_(std::move(directory)) {}

  Status apply(const Plan& state) override {
    const Result<Manifests> manifests = render_state(state, fleet_, settings_, target_);
    if (!manifests) return manifests.errors();
    return write(manifests->files);
  }

 protected:
  virtual Status write(const ManifestTree& files) {
    const Result<WrittenTree> written = write_tree(files, directory_);
    if (!written) return written.errors();
    return Ok{};
  }

  fs::path directory_;
};

/// Replicas by the name of their object.
using Wanted = std::map<std::string, long long>;

/// Whether an object of the cluster has what the state asks of it. What the object itself asks for
/// may be an autoscaler's doing, and behind.
bool object_ready(const Json& object, const Wanted& replicas) {
  const std::string kind = object.value("kind", "");
  const Json status = object.value("status", Json::object());
  const Json metadata = object.value("metadata", Json::object());
  const auto found = replicas.find(metadata.value("name", ""));
  const bool seen = !status.contains("observedGeneration") ||
                    status.value("observedGeneration", 0LL) >= metadata.value("generation", 0LL);
  if (kind == "Deployment" || kind == "LeaderWorkerSet") {
    if (found == replicas.end()) return true;  // not a deployment of the plan
    const long long wanted = found->second;
    return seen && (kind != "Deployment" || status.contains("observedGeneration")) &&
           status.value("readyReplicas", 0LL) >= wanted &&
           (wanted == 0 || status.value("updatedReplicas", 0LL) >= wanted);
  }
  if (kind == "LLMInferenceService") {
    const Json conditions = status.value("conditions", Json::array());
    return seen && std::any_of(conditions.begin(), conditions.end(), [](const Json& condition) {
             return condition.value("type", "") == "Ready" &&
                    condition.value("status", "") == "True";
           });
  }
  return true;
}

class KubectlApplier : public DirectoryApplier {
 public:
  KubectlApplier(const Fleet& fleet, DeploySettings settings, ManifestTarget target,
                 fs::path directory, std::string kubectl)
      : DirectoryApplier(fleet, std::move(settings), std::move(target), std::move(directory)),
        kubectl_(std::move(kubectl)) {}

  Result<bool> ready(const Plan& state) override {
    const Result<std::string> objects = kubectl({"get", "-k", directory_.string(), "-o", "json"});
    if (!objects) return objects.errors();
    const Json list = Json::parse(*objects, nullptr, false);
    if (!list.is_object()) {
      return Error{ErrorCode::kSyntax, "'kubectl get -o json' gave no JSON", "", ""};
    }
    const Json items = list.contains("items") ? list["items"] : Json::array({list});
    Wanted replicas;
    const std::vector<std::string> names = object_names(state);
    for (std::size_t k = 0; k < names.size(); ++k) {
      replicas[names[k]] = state.deployments[k].replicas;
    }
    return std::all_of(items.begin(), items.end(),
                       [&](const Json& item) { return object_ready(item, replicas); });
  }

 private:
  /// What leaves the directory is remembered until the cluster has lost it too, so that a kill in
  /// between forgets nothing.
  Status write(const ManifestTree& files) override {
    if (Status kept = keep_what_goes(files); !kept) return kept;
    if (Status written = DirectoryApplier::write(files); !written) return written;
    const auto applied = kubectl({"apply", "--server-side", "--force-conflicts",
                                  "--field-manager=berth", "-k", directory_.string()});
    if (!applied) return applied.errors();
    return delete_what_went(files);
  }

  Status keep_what_goes(const ManifestTree& files) const {
    for (const std::string& name : written_files(directory_)) {
      const bool object = name.ends_with(".yaml") && !name.ends_with("kustomization.yaml");
      if (!object || files.contains(name)) continue;
      const Result<std::string> content = read_file(directory_ / name);
      if (!content) continue;  // gone already: an earlier call was interrupted after that
      if (Status status = write_file(directory_ / kGoneFolder / name, *content); !status) {
        return status;
      }
    }
    return Ok{};
  }

  Status delete_what_went(const ManifestTree& files) const {
    const fs::path gone = directory_ / kGoneFolder;
    std::error_code failed;
    if (!fs::is_directory(gone, failed)) return Ok{};
    for (const auto& entry : fs::recursive_directory_iterator(gone, failed)) {
      if (!entry.is_regular_file()) continue;
      // It may have come back since.
      if (files.contains(fs::relative(entry.path(), gone, failed).generic_string())) continue;
      const auto deleted =
          kubectl({"delete", "--ignore-not-found", "--wait=false", "-f", entry.path().string()});
      if (!deleted) return deleted.errors();
    }
    fs::remove_all(gone, failed);
    if (failed) {
      return Error{ErrorCode::kUnwritable, "cannot be removed: " + failed.message(), gone.string(),
                   ""};
    }
    return Ok{};
  }

  /// What it prints. Errors: those of the process; kUnwritable with kubectl's own words.
  [[nodiscard]] Result<std::string> kubectl(const std::vector<std::string>& words) const {
    std::vector<std::string> all = {kubectl_};
    all.insert(all.end(), words.begin(), words.end());
    Result<ProcessResult> done = run_process(all, kKubectlTimeout);
    if (!done) return done.errors();
    if (done->status == 0) return std::move(done->out);
    while (!done->err.empty() && done->err.back() == '\n') done->err.pop_back();
    return Error{
        ErrorCode::kUnwritable,
        fmt::format("'kubectl {}' ended with {}: {}", words.front(), done->status, done->err), "",
        ""};
  }

  std::string kubectl_;
};

}  // namespace

Result<Manifests> render_state(const Plan& state, const Fleet& fleet,
                               const DeploySettings& settings, const ManifestTarget& target) {
  const Result<DeployFacts> facts = deploy_facts(state, fleet.catalog, &fleet);
  if (!facts) return facts.errors();
  DeploySettings own = settings;
  if (target.keda) own.omit_replicas = true;
  const RenderOptions options{target.engine, target.keda};
  if (target.kserve) return render_kserve(state, *facts, own, options);
  return render_kubernetes(state, *facts, own, options);
}

std::unique_ptr<Applier> make_dry_applier(const Fleet& fleet, DeploySettings settings,
                                          const ManifestTarget& target) {
  return std::make_unique<DryApplier>(fleet, std::move(settings), target);
}

std::unique_ptr<Applier> make_directory_applier(const Fleet& fleet, DeploySettings settings,
                                                const ManifestTarget& target, fs::path directory) {
  return std::make_unique<DirectoryApplier>(fleet, std::move(settings), target,
                                            std::move(directory));
}

std::unique_ptr<Applier> make_kubectl_applier(const Fleet& fleet, DeploySettings settings,
                                              const ManifestTarget& target, fs::path directory,
                                              std::string kubectl) {
  return std::make_unique<KubectlApplier>(fleet, std::move(settings), target, std::move(directory),
                                          std::move(kubectl));
}

}  // namespace berth
