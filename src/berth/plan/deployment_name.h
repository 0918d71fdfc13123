#pragma once
// Names for deployments that are readable, unique within a plan, and usable for Kubernetes objects.

#include <string>
#include <string_view>
#include <vector>

namespace berth {

struct PlanDeployment;

inline constexpr std::size_t kMaxNameLength = 63;

/// Names by position: "<model>-<gpu>-tp<n>[-pp<m>]", followed by the pool, precision and TPOT
/// target where deployments would else share a name. Longer than 63 characters: cut, with a hash of
/// the whole. A pure function of the set of deployments, whatever their order; reads everything but
/// `name`. REQUIRES: no two deployments are the same option.
[[nodiscard]] std::vector<std::string> deployment_names(
    const std::vector<PlanDeployment>& deployments);

/// A name that says what runs, whatever else does: "<model>-<gpu>-tp<n>[-pp<m>]-<hash>", the hash
/// of its model, pool, precision, parallelism, TPOT target and engine arguments. The same in every
/// plan that has the deployment, so that objects of a cluster keep their names from plan to plan.
[[nodiscard]] std::string lasting_name(const PlanDeployment& deployment);

/// RFC 1123: at most 63 of a-z, 0-9, '-', '.'; every part between dots starts and ends with a
/// letter or digit.
[[nodiscard]] bool is_dns_name(std::string_view name);

}  // namespace berth
