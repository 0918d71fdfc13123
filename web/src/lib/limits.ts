import * as f from "./format.ts";

const TIME_KINDS = new Set(["ttft", "tpot", "e2e"]);

/** A value of a limit of an explanation in its own unit. */
export function limitValue(kind: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (TIME_KINDS.has(kind)) return f.duration(value);
  if (kind === "budget") return f.perHour(value);
  if (kind === "unmet" || kind === "headroom") return f.percent(value);
  if (kind === "quota") return f.count(value, "GPU");
  return f.number(value);
}
