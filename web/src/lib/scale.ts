// Positions of a slider, 0 to 1000, and the values they stand for.

export interface Scale {
  kind: "log" | "linear";
  from: number;
  to: number;
}

const STEPS = 1000;

export function toSlider(scale: Scale, value: number): number {
  const { from, to } = scale;
  const part =
    scale.kind === "linear" ? (value - from) / (to - from) : Math.log(Math.max(value, 1e-12) / from) / Math.log(to / from);
  return Math.round(Math.min(1, Math.max(0, Number.isFinite(part) ? part : 0)) * STEPS);
}

/** Two digits on a logarithmic scale: nobody means 1.0347 times. */
export function fromSlider(scale: Scale, position: number): number {
  const part = position / STEPS;
  if (scale.kind === "linear") return scale.from + part * (scale.to - scale.from);
  return Number((scale.from * (scale.to / scale.from) ** part).toPrecision(2));
}

export function clampToScale(value: number, scale: Scale): number {
  return Math.min(scale.to, Math.max(scale.from, value));
}
