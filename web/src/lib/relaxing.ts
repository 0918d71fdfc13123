import type { CheckedFleet, Explanation, Relaxation } from "../types.ts";
import { durationText, setClasses, setOffer, setValues } from "./fleet_edit.ts";

const CLASS_PATHS: Record<string, string[]> = {
  ttft: ["slo", "ttft"],
  tpot: ["slo", "tpot"],
  e2e: ["slo", "e2e"],
  quality: ["quality", "min"],
  unmet: ["unmet", "max"],
};

/** The one offer of a pool that has a quota; with several it is the reader's choice which of them grows. */
function limitedOffer(fleet: CheckedFleet, pool: string) {
  const limited = fleet.pools.find((p) => p.name === pool)?.offers.filter((o) => o.max !== null) ?? [];
  return limited.length === 1 ? limited[0] : undefined;
}

export function canApply(explanation: Explanation, fleet: CheckedFleet, way: Relaxation): boolean {
  return way.changes.every((change) => {
    const limit = explanation.limits[change.limit];
    if (!limit) return false;
    if (limit.kind === "quota") return change.to !== null && limitedOffer(fleet, limit.subject) !== undefined;
    return limit.kind in CLASS_PATHS || limit.kind === "budget" || limit.kind === "headroom";
  });
}

/** The text with the limits changed as the explanation suggests. */
export function applyRelaxation(text: string, explanation: Explanation, fleet: CheckedFleet, way: Relaxation): string {
  return way.changes.reduce((before, { limit: index, to }) => {
    const limit = explanation.limits[index];
    if (!limit) return before;
    if (limit.kind === "budget") return setValues(before, [{ path: ["budget"], value: to }]);
    if (limit.kind === "headroom") return setValues(before, [{ path: ["policy", "headroom"], value: to ?? 0 }]);
    if (limit.kind === "quota") {
      const offer = limitedOffer(fleet, limit.subject);
      return offer && to !== null
        ? setOffer(before, fleet, limit.subject, offer.name, "max", Math.ceil(to / offer.lot))
        : before;
    }
    const path = CLASS_PATHS[limit.kind];
    if (!path) return before;
    const lifted = limit.kind === "quality" ? 0 : limit.kind === "unmet" ? 1 : null;
    const value = to === null ? lifted : path[0] === "slo" ? durationText(to) : to;
    return setClasses(before, [{ name: limit.subject, path, value }]);
  }, text);
}
