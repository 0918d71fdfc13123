import type { StressMethod } from "../types.ts";
import { number, percent } from "./format.ts";

/** A tested plan by how it was made. */
export const nameOf = (m: StressMethod, alone: boolean): string => {
  if (alone && m.headroom === null) return "the plan";
  const parts = [
    m.headroom !== null && `headroom ${percent(m.headroom)}`,
    m.robust !== null && `robust ${number(m.robust)}`,
    m.survive !== null && `survive ${number(m.survive)}`,
  ].filter(Boolean);
  return [m.method, ...parts].join(", ");
};
