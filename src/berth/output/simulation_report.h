#pragma once
// A replayed plan as HTML: a page of its own, or parts of the plan's page (report.h).

#include <string>
#include <utility>
#include <vector>

#include "berth/evaluate/simulation/simulate.h"
#include "berth/output/simulation_table.h"
#include "berth/pipeline/verify.h"
#include "berth/plan/plan.h"

namespace berth {

/// Panels of a page and the links to them.
struct ReportPart {
  std::vector<std::pair<std::string, std::string>> links;  ///< id, words
  std::string html;
};

[[nodiscard]] ReportPart simulation_part(const SimulationReport& report, const Plan& plan);
/// The plans that were tried, and the replay of the one that was chosen.
[[nodiscard]] ReportPart verification_part(const VerifiedPlan& verified);

/// One self-contained page: no network, light and dark, charts as inline SVG.
[[nodiscard]] std::string to_html_report(const SimulationReport& report, const Plan& plan,
                                         const SimulationFacts& facts = {});

}  // namespace berth
