#include <cmath>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/verification.h"

namespace berth {
namespace {

/// " +-5.7"; nothing where too few segments tell.
std::string half_text(double half) {
  return std::isfinite(half) ? fmt::format(" ±{:.1f}", 100.0 * half) : "";
}

/// What a class is planned with beyond its own demand and limit.
std::string margin_text(const PlanClass& row) {
  const ClassMargin& margin = row.margin;
  if (margin == ClassMargin{}) return "";
  std::string out = "  " + printable(row.name) + " is planned";
  if (margin.load != 1.0) out += fmt::format(" for {:.2f} times its demand", margin.load);
  if (margin.load != 1.0 && margin.tpot != 1.0) out += " and";
  if (margin.tpot != 1.0)
    out += fmt::format(" within {:.0f} % of its TPOT limit", 100.0 * margin.tpot);
  return out + "\n";
}

}  // namespace

std::string to_text(const VerifiedPlan& verified) {
  std::string out = "Verification\n";
  for (std::size_t k = 0; k < verified.rounds.size(); ++k) {
    const VerifyRound& round = verified.rounds[k];
    out += fmt::format("  plan {}: {} an hour, {} {}", k + 1, format_usd(round.cost), round.holding,
                       round.holding == 1 ? "class holds" : "classes hold");
    if (!round.worst.empty()) {
      out += fmt::format("; {} has {:.1f} %{} within its limit", printable(round.worst),
                         round.worst_share * 100.0, half_text(round.worst_half));
    }
    out += "\n";
  }
  const CostRate first = verified.rounds.front().cost;
  const CostRate last = verified.outcome.plan.cost.total();
  if (!verified.holds) return out + "  It does not hold: " + printable(verified.why_not) + "\n";
  for (const PlanClass& row : verified.outcome.plan.classes) out += margin_text(row);
  out += "  Every class holds at 95 % confidence, for ";
  if (last == first) return out + "what the first plan costs\n";
  return out + fmt::format("{} instead of {} an hour\n", format_usd(last), format_usd(first));
}

}  // namespace berth
