import {
  addClass,
  durationText,
  EditError,
  removeClass,
  setClasses,
  setOffer,
  setValues,
  type Value,
} from "../../lib/fleet_edit.ts";
import { toast } from "../../state.ts";
import type { CheckedFleet } from "../../types.ts";

const round = (value: number) => Number(value.toPrecision(4));
const TIMES = ["ttft", "tpot", "e2e"] as const;

export type Edits = ReturnType<typeof makeEdits>;

/** What the form can do to the text. Each tells whether it could. */
export function makeEdits(text: () => string, fleet: CheckedFleet, change: (text: string) => void) {
  const attempt = (edit: () => string): boolean => {
    try {
      change(edit());
      return true;
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      toast(error.message, "bad");
      return false;
    }
  };
  return {
    headroom: (value: number) =>
      attempt(() => setValues(text(), [{ path: ["policy", "headroom"], value: round(value) }])),
    budget: (value: number | null) => attempt(() => setValues(text(), [{ path: ["budget"], value }])),
    ofClass: (name: string, path: string[], value: Value) => attempt(() => setClasses(text(), [{ name, path, value }])),
    time: (name: string, key: (typeof TIMES)[number], value: number | null) =>
      attempt(() =>
        setClasses(text(), [{ name, path: ["slo", key], value: value === null ? null : durationText(value) }]),
      ),
    scaleRates: (factor: number) =>
      attempt(() =>
        setClasses(
          text(),
          fleet.classes.map((c) => ({ name: c.name, path: ["rate"], value: round(c.rate * factor) })),
        ),
      ),
    scaleSlos: (factor: number) => attempt(() => scaleSlos(text(), fleet, factor)),
    offer: (pool: string, offer: string, key: "cost" | "max", value: number | null) =>
      attempt(() => setOffer(text(), fleet, pool, offer, key, value)),
    remove: (name: string) => attempt(() => removeClass(text(), name)),
    add: (name: string) =>
      attempt(() =>
        addClass(text(), {
          name,
          rate: 1,
          prompt_tokens: { mean: 1000, std: 800 },
          output_tokens: { mean: 200, std: 150 },
          slo: { ttft: "2s", tpot: "80ms" },
          quality: { min: 0.65 },
        }),
      ),
  };
}

/** One limit at a time over all classes: a class without `slo` would get two of them from two limits at once. */
function scaleSlos(text: string, fleet: CheckedFleet, factor: number): string {
  return TIMES.reduce((before, key) => {
    const changes = fleet.classes.flatMap((c) => {
      const limit = c.slo[key];
      return limit === null ? [] : [{ name: c.name, path: ["slo", key], value: durationText(limit * factor) }];
    });
    return changes.length ? setClasses(before, changes) : before;
  }, text);
}
