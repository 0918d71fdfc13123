#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/verification.h"

namespace berth {

std::string to_text(const VerifiedPlan& verified) {
  std::string out = "Verification\n";
  for (std::size_t k = 0; k < verified.rounds.size(); ++k) {
    const VerifyRound& round = verified.rounds[k];
    out += fmt::format("  plan {}: {} an hour, {} classes hold", k + 1, format_usd(round.cost),
                       round.holding);
    if (!round.worst.empty()) {
      out += fmt::format("; {} has {:.1f} % within its limit", printable(round.worst),
                         round.worst_share * 100.0);
    }
    out += "\n";
  }
  const CostRate first = verified.rounds.front().cost;
  const CostRate last = verified.outcome.plan.cost.total();
  if (!verified.holds) return out + "  It does not hold: " + printable(verified.why_not) + "\n";
  return out + fmt::format("  Every class holds at 95 % confidence, for {} instead of {} an hour\n",
                           format_usd(last), format_usd(first));
}

}  // namespace berth
