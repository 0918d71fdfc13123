// Positions of a slider and the values they stand for.

export interface Scale {
  kind: "log" | "linear";
  from: number;
  to: number;
  /** Positions; as many as there are values worth telling apart, so that a key press always moves on. */
  steps?: number;
}

const STEPS = 200;
export const stepsOf = (scale: Scale): number => scale.steps ?? STEPS;

export function toSlider(scale: Scale, value: number): number {
  const { from, to } = scale;
  const part =
    scale.kind === "linear"
      ? (value - from) / (to - from)
      : Math.log(Math.max(value, 1e-12) / from) / Math.log(to / from);
  return Math.round(Math.min(1, Math.max(0, Number.isFinite(part) ? part : 0)) * stepsOf(scale));
}

/** Three digits: fewer than a step apart, more than anyone means. */
export function fromSlider(scale: Scale, position: number): number {
  const part = position / stepsOf(scale);
  const value =
    scale.kind === "linear"
      ? scale.from + part * (scale.to - scale.from)
      : scale.from * (scale.to / scale.from) ** part;
  return Number(value.toPrecision(3));
}
