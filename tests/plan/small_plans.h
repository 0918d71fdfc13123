#pragma once
// Plans of a few rows, for tests of what changes between two of them.

#include <string>

#include "berth/plan/plan.h"

namespace berth::test {

/// `replicas` of a model on TP `tp`, in pool "p" of GPU "g", full to the brim.
[[nodiscard]] PlanDeployment small_deployment(const std::string& name, int replicas, int tp = 1);

/// Class "chat" at 10/s, wholly on one deployment "a" of 4 GPUs in boxes of one.
[[nodiscard]] Plan small_plan(int replicas = 4);

/// `share` of a class to a deployment.
void add_route(Plan& plan, const std::string& query_class, const std::string& deployment,
               double share);
void add_class(Plan& plan, const std::string& name, double rate);
/// Boxes of one GPU in pool "p", 1 USD/h each.
void set_boxes(Plan& plan, int boxes);

}  // namespace berth::test
