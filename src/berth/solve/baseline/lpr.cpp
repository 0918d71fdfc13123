// The linear relaxation, rounded greedily.

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "berth/instance/dominance.h"
#include "berth/instance/reduced_instance.h"
#include "berth/solve/baseline/baselines.h"
#include "berth/solve/baseline/construction.h"
#include "berth/solve/milp/highs.h"
#include "berth/solve/milp/relaxation.h"
#include "berth/solve/reduced.h"

namespace berth {
namespace {

using baseline::Construction;
using greedy::ClassEntry;
using greedy::Entry;
using greedy::GreedyTable;
using greedy::Placement;
using Opening = Construction::Opening;

/// Less than this of a replica or a class is noise of the linear program.
constexpr double kNoise = 1e-6;

/// What the relaxation says, by the greedy table's entries and options.
struct Fractions {
  std::vector<double> share;                      // by entry
  std::vector<double> replicas;                   // by option
  std::vector<double> unmet;                      // by class
  std::vector<std::vector<ClassEntry>> of_class;  // entries with a share, the largest first
};

Fractions read_fractions(const GreedyTable& table, const milp::Formulation& form,
                         const std::vector<double>& value) {
  const auto at = [&](std::int32_t column) { return value[static_cast<std::size_t>(column)]; };
  Fractions result;
  result.of_class.resize(table.class_count());
  for (std::size_t d = 0; d < table.option_count(); ++d) {
    result.replicas.push_back(at(form.replicas[d]));
    for (std::size_t e = table.first[d]; e < table.first[d + 1]; ++e) {
      const Entry& entry = table.entries[e];
      const double share = std::clamp(at(form.share[entry.pair]), 0.0, 1.0);
      result.share.push_back(share);
      if (share <= kNoise) continue;
      result.of_class[entry.query_class].push_back(
          {static_cast<std::uint32_t>(e), static_cast<std::uint32_t>(d)});
    }
  }
  for (const std::int32_t column : form.unmet) {
    result.unmet.push_back(std::clamp(at(column), 0.0, 1.0));
  }
  for (auto& entries : result.of_class) {
    std::stable_sort(entries.begin(), entries.end(), [&](const ClassEntry& a, const ClassEntry& b) {
      return result.share[a.entry] > result.share[b.entry];
    });
  }
  return result;
}

class Rounding {
 public:
  Rounding(const Instance& instance, const Limits& limits)
      : instance_(instance), limits_(limits), construction_("lpr", instance, limits) {}

  SolveResult solve() {
    if (std::optional<SolveResult> refused = construction_.refusal()) return *std::move(refused);
    if (instance_.pair_count() > milp::searchable_pairs(limits_.time)) {
      return construction_.nothing(
          {TerminationReason::kLimit, false, "size",
           fmt::format("{} pairs are too many for the relaxation in this time",
                       instance_.pair_count())});
    }
    const milp::LpAnswer answer = relax();
    const double seconds = construction_.elapsed_seconds();
    if (answer.ending != milp::Ending::kOptimal) return without_fractions(answer);
    fractions_ = read_fractions(construction_.table(), form_, answer.value);
    SolveResult result =
        construction_.build([this](Placement& placement) { keep_whole_replicas(placement); },
                            [this](Placement& placement, std::size_t i, double wanted) {
                              round(placement, i, wanted);
                            });
    result.lower_bound = milp::proven_bound(answer.objective);
    result.bound_seconds = seconds;
    return result;
  }

 private:
  milp::LpAnswer relax() {
    milp::FormulationOptions options;
    options.strong_rows = milp::choose_strong_rows(instance_);
    form_ = milp::formulate(instance_, options);
    milp::Highs highs(form_.model);
    const double seconds = limits_.time.value - construction_.elapsed_seconds();
    if (options.strong_rows != milp::StrongRows::kLazy) {
      return highs.solve_relaxation(seconds, limits_.stop);
    }
    Limits rest = limits_;
    rest.time = Seconds{seconds};
    return milp::add_violated_rows(highs, milp::strengthening_rows(instance_, form_, options),
                                   Deadline(rest), rest);
  }

  [[nodiscard]] SolveResult without_fractions(const milp::LpAnswer& answer) const {
    if (answer.ending == milp::Ending::kInfeasible) {
      return construction_.nothing({TerminationReason::kInfeasible,
                                    true,
                                    {},
                                    "the limits contradict each other, even with fractions of "
                                    "replicas and boxes"});
    }
    if (answer.ending == milp::Ending::kLimit) {
      const bool stopped = limits_.stop != nullptr && limits_.stop->stop_requested();
      return construction_.nothing({TerminationReason::kLimit, false, stopped ? "stop" : "time",
                                    "the relaxation was not solved"});
    }
    return construction_.nothing({TerminationReason::kError, false, {}, answer.detail});
  }

  /// floor(y_d) replicas with their part of the shares. Shares that earn room under an average
  /// limit go before those that use it.
  void keep_whole_replicas(Placement& placement) {
    const GreedyTable& table = construction_.table();
    std::vector<std::size_t> kept;
    for (std::size_t d = 0; d < table.option_count(); ++d) {
      const double whole = std::floor(fractions_.replicas[d] + kNoise);
      if (whole < 1.0) continue;
      construction_.open(placement, d, static_cast<std::int64_t>(whole));
      if (placement.replicas(d) > 0) kept.push_back(d);
    }
    for (const bool uses_room : {false, true}) {
      for (const std::size_t d : kept) {
        const double part =
            std::min(1.0, placement.replicas(d) / std::max(kNoise, fractions_.replicas[d]));
        for (std::size_t e = table.first[d]; e < table.first[d + 1]; ++e) {
          const Entry& entry = table.entries[e];
          if ((entry.delay_excess > 0.0 || entry.error_excess > 0.0) != uses_room) continue;
          construction_.place(placement, e, d, part * fractions_.share[e], Opening::kNone);
        }
      }
    }
  }

  /// What is left of class i goes into replicas that run, then all of it where the relaxation sends
  /// most.
  void round(Placement& placement, std::size_t i, double wanted) {
    const double may_stay = instance_.columns().classes.max_unmet[i];
    wanted = std::min(wanted, placement.remaining(i) - std::min(may_stay, fractions_.unmet[i]));
    for (const Opening opening : {Opening::kNone, Opening::kAllowed}) {
      for (const ClassEntry& at : fractions_.of_class[i]) {
        if (wanted < tolerance::kShare) return;
        wanted -= construction_.place(placement, at.entry, at.option, wanted, opening);
      }
    }
  }

  const Instance& instance_;
  const Limits& limits_;
  Construction construction_;
  milp::Formulation form_;
  Fractions fractions_;
};

}  // namespace

SolveResult solve_lpr(const Instance& instance, const Limits& limits) {
  const ReducedInstance reduced = without_dominated(instance);
  SolveResult result = Rounding(reduced.instance, limits).solve();
  if (result.solution) {
    result.solution = out_of_reduced(reduced.new_index, *result.solution);
  }
  return result;
}

}  // namespace berth
