#include "berth/plan/diff_rows.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "berth/core/tolerance.h"

namespace berth {
namespace {

/// As resolve_plan: far above any real engine, far below what could overflow.
constexpr int kMostParallel = 4096;
/// A shown share is rounded by whoever wrote the plan.
constexpr double kMostShare = 1.0 + tolerance::kReported;

class RowCheck {
 public:
  RowCheck(const Plan& plan, const std::string& which) : plan_(plan), which_(which) {}

  Errors find() {
    check_deployments();
    check_offers();
    check_classes();
    check_routes();
    if (errors_.empty()) check_room();
    return std::move(errors_);
  }

 private:
  void fail(ErrorCode code, const std::string& pointer, std::string message) {
    errors_.push_back({code, std::move(message), which_ + ": " + pointer, ""});
  }

  void check_deployments() {
    for (std::size_t k = 0; k < plan_.deployments.size(); ++k) {
      const PlanDeployment& row = plan_.deployments[k];
      const std::string at = fmt::format("/deployments/{}", k);
      if (!deployments_.emplace(row.name, k).second) {
        fail(ErrorCode::kDuplicate, at + "/name", "a second deployment '" + row.name + "'");
      }
      if (row.replicas < 0) fail(ErrorCode::kOutOfRange, at + "/replicas", "must not be negative");
      for (const auto& [key, degree] :
           {std::pair("tp", row.tensor_parallel), std::pair("pp", row.pipeline_parallel)}) {
        if (degree >= 1 && degree <= kMostParallel) continue;
        fail(ErrorCode::kOutOfRange, at + "/" + key,
             fmt::format("{} is not a degree of parallelism (1 to {})", degree, kMostParallel));
      }
    }
  }

  void check_offers() {
    std::set<std::pair<std::string, std::string>> seen;
    for (std::size_t k = 0; k < plan_.offers.size(); ++k) {
      const PlanOffer& row = plan_.offers[k];
      const std::string at = fmt::format("/offers/{}", k);
      if (!seen.emplace(row.pool, row.offer).second) {
        fail(ErrorCode::kDuplicate, at + "/offer",
             fmt::format("a second row for offer '{}' of pool '{}'", row.offer, row.pool));
      }
      if (row.boxes < 0) {
        fail(ErrorCode::kOutOfRange, at + "/boxes", "must not be negative");
      } else if (row.boxes == 0 ? row.gpus != 0 : row.gpus <= 0 || row.gpus % row.boxes != 0) {
        fail(ErrorCode::kInconsistent, at + "/gpus",
             fmt::format("{} GPUs are not {} boxes of one size", row.gpus, row.boxes));
      }
    }
  }

  void check_classes() {
    for (std::size_t k = 0; k < plan_.classes.size(); ++k) {
      const PlanClass& row = plan_.classes[k];
      const std::string at = fmt::format("/classes/{}", k);
      if (!served_.emplace(row.name, 0.0).second) {
        fail(ErrorCode::kDuplicate, at + "/name", "a second row for class '" + row.name + "'");
      }
      if (row.rate < 0.0) fail(ErrorCode::kOutOfRange, at + "/rate", "must not be negative");
    }
  }

  void check_routes() {
    std::set<std::pair<std::string, std::string>> seen;
    for (std::size_t k = 0; k < plan_.routes.size(); ++k) {
      const PlanRoute& row = plan_.routes[k];
      const std::string at = fmt::format("/routes/{}", k);
      if (!seen.emplace(row.query_class, row.deployment).second) {
        fail(ErrorCode::kDuplicate, at, "the route is listed twice");
      }
      check_ends(row, at);
      if (row.share < 0.0 || row.share > kMostShare) {
        fail(ErrorCode::kOutOfRange, at + "/share", "must be between 0 and 1");
        continue;
      }
      const auto served = served_.find(row.query_class);
      if (served == served_.end()) continue;
      const bool fitted = served->second <= kMostShare;
      served->second += row.share;
      if (fitted && served->second > kMostShare) {
        fail(ErrorCode::kInconsistent, at + "/share",
             "the shares of class '" + row.query_class + "' sum to more than 1");
      }
    }
  }

  void check_ends(const PlanRoute& row, const std::string& at) {
    if (!served_.contains(row.query_class)) {
      fail(ErrorCode::kUnknownName, at + "/class",
           "the plan has no class '" + row.query_class + "'");
    }
    const auto deployment = deployments_.find(row.deployment);
    if (deployment == deployments_.end()) {
      fail(ErrorCode::kUnknownName, at + "/deployment",
           "the plan has no deployment '" + row.deployment + "'");
    } else if (row.share > 0.0 && plan_.deployments[deployment->second].replicas == 0) {
      fail(ErrorCode::kInconsistent, at + "/deployment",
           "a route to deployment '" + row.deployment + "', which has no replicas");
    }
  }

  void check_room() {
    std::map<std::string, std::pair<long long, long long>> pools;  // used, rented
    for (const PlanDeployment& row : plan_.deployments) {
      pools[row.pool].first +=
          static_cast<long long>(row.replicas) * row.tensor_parallel * row.pipeline_parallel;
    }
    for (const PlanOffer& row : plan_.offers) pools[row.pool].second += row.gpus;
    for (const auto& [pool, gpus] : pools) {
      if (gpus.first <= gpus.second) continue;
      fail(ErrorCode::kInconsistent, "/offers",
           fmt::format("replicas of pool '{}' take {} GPUs, {} are rented", pool, gpus.first,
                       gpus.second));
    }
  }

  const Plan& plan_;
  const std::string& which_;
  std::map<std::string, std::size_t> deployments_;  // row by name
  std::map<std::string, double> served_;            // share by class
  Errors errors_;
};

using Rows = std::vector<std::size_t>;

/// Rows of both plans that have the same key.
struct AlikeRows {
  Rows olds;
  Rows news;
};

bool same_target(const PlanDeployment& a, const PlanDeployment& b) {
  return a.tpot_target.has_value() == b.tpot_target.has_value() &&
         (!a.tpot_target || a.tpot_target->value == b.tpot_target->value);
}

/// All that a running engine cannot change.
auto engine_key(const PlanDeployment& d) {
  return std::tuple(d.model, d.pool, d.gpu, d.precision, d.tensor_parallel, d.pipeline_parallel,
                    d.max_num_seqs, d.max_model_len, d.engine_args);
}

auto place_key(const PlanDeployment& d) { return std::tuple(d.model, d.pool, d.gpu); }

/// How much a running deployment has in common with a planned one of the same key.
int likeness(const PlanDeployment& a, const PlanDeployment& b) {
  const auto points = [](bool equal, int worth) { return equal ? worth : 0; };
  return points(a.precision == b.precision, 4) + points(a.tensor_parallel == b.tensor_parallel, 4) +
         points(a.pipeline_parallel == b.pipeline_parallel, 4) + points(same_target(a, b), 2) +
         points(a.name == b.name, 1);
}

class Matching {
 public:
  Matching(const Plan& old_plan, const Plan& new_plan)
      : old_(old_plan),
        new_(new_plan),
        old_used_(old_plan.deployments.size(), false),
        new_used_(new_plan.deployments.size(), false) {
    // What does not run has no part in it.
    for (std::size_t k = 0; k < old_used_.size(); ++k) {
      old_used_[k] = old_.deployments[k].replicas == 0;
    }
    for (std::size_t k = 0; k < new_used_.size(); ++k) {
      new_used_[k] = new_.deployments[k].replicas == 0;
    }
  }

  std::vector<DeploymentPair> pairs() {
    pair_by(engine_key, true);
    pair_by(place_key, false);
    std::sort(pairs_.begin(), pairs_.end(), [](const DeploymentPair& a, const DeploymentPair& b) {
      return a.new_row < b.new_row;
    });
    return std::move(pairs_);
  }

 private:
  template <class Key>
  void pair_by(const Key& key, bool same) {
    std::map<decltype(key(PlanDeployment{})), AlikeRows> groups;
    for (std::size_t k = 0; k < old_used_.size(); ++k) {
      if (!old_used_[k]) groups[key(old_.deployments[k])].olds.push_back(k);
    }
    for (std::size_t k = 0; k < new_used_.size(); ++k) {
      if (!new_used_[k]) groups[key(new_.deployments[k])].news.push_back(k);
    }
    for (const auto& [unused, group] : groups) pair_group(group, same);
  }

  void pair_group(const AlikeRows& group, bool same) {
    std::vector<std::tuple<int, std::size_t, std::size_t>> candidates;
    for (const std::size_t o : group.olds) {
      for (const std::size_t n : group.news) {
        candidates.emplace_back(-likeness(old_.deployments[o], new_.deployments[n]), o, n);
      }
    }
    std::sort(candidates.begin(), candidates.end());
    for (const auto& [unlikeness, o, n] : candidates) {
      if (old_used_[o] || new_used_[n]) continue;
      old_used_[o] = new_used_[n] = true;
      pairs_.push_back({o, n, same});
    }
  }

  const Plan& old_;
  const Plan& new_;
  std::vector<bool> old_used_;
  std::vector<bool> new_used_;
  std::vector<DeploymentPair> pairs_;
};

}  // namespace

Errors contradictions(const Plan& plan, const std::string& which) {
  return RowCheck(plan, which).find();
}

std::vector<DeploymentPair> match_deployments(const Plan& old_plan, const Plan& new_plan) {
  return Matching(old_plan, new_plan).pairs();
}

}  // namespace berth
