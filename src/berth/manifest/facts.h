#pragma once
// What manifests need to know beyond the plan: how large a model's weights are, who makes a GPU and
// how many a node holds.

#include <string>
#include <vector>

#include "berth/catalog/catalog.h"
#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/plan/plan.h"

namespace berth {

struct DeploymentFacts {
  std::vector<std::string> gpu_names;  ///< as in the plan, canonical, then aliases
  std::string vendor;                  ///< "nvidia"
  int node_gpus = 1;          ///< GPUs a replica finds on one node: the pool's largest box that is
                              ///< rented, at most what a server of such GPUs has
  double weight_bytes = 0.0;  ///< of the whole model in the deployment's precision
  bool native_precision = true;  ///< the published checkpoint has that format
  std::string model;             ///< canonical name
  std::string repository;        ///< what engines load: a Hugging Face id, or `model`
};

struct DeployFacts {
  std::vector<DeploymentFacts> deployments;  ///< parallel to the plan's
  SwitchingPolicy switching;                 ///< of the fleet, else its defaults
};

/// `fleet`, if not null, is the one the plan was made for: its catalog is used, the boxes of its
/// offers where the plan rents none, and its switching policy. Errors (all of them, `where` = JSON
/// pointer into the plan): kUnknownName for a model or GPU that the catalog lacks.
[[nodiscard]] Result<DeployFacts> deploy_facts(const Plan& plan, const Catalog& catalog,
                                               const Fleet* fleet = nullptr);

}  // namespace berth
