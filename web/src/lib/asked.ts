// What a plan is asked for beside its fleet: the texts of the solve bar, and a kept request as those texts.

export const ALWAYS = ["method", "time_limit", "robust", "survive", "gap", "seed"] as const;
/** These mean something only beside a plan that runs. */
export const BESIDE = ["max_changes", "hold", "hysteresis"] as const;
export type AskedKey = (typeof ALWAYS)[number] | (typeof BESIDE)[number];

const KEYS: readonly string[] = [...ALWAYS, ...BESIDE];
/** Whether an error is about one of these texts. */
export const isAsked = (where: string): boolean => KEYS.includes(where);

/** As they are typed and sent; empty, or missing, is not sent. */
export type Asked = { [key in AskedKey]?: string };

/** What the service keeps of a request although nobody asked for it. */
const DEFAULTS: Asked = { method: "auto", seed: "1" };

/** A duration in the largest unit in which it is a whole number. */
function durationOf(seconds: number): string {
  if (seconds > 0 && seconds % 3600 === 0) return `${seconds / 3600}h`;
  if (seconds > 0 && seconds % 60 === 0 && seconds > 60) return `${seconds / 60}m`;
  return `${seconds}s`;
}

function textOf(key: AskedKey, value: unknown): string {
  const plain = typeof value === "number" || typeof value === "string" ? value : "";
  const timed = typeof plain === "number" && (key === "hold" || key === "time_limit");
  const text = timed ? durationOf(plain) : String(plain);
  return text === DEFAULTS[key] ? "" : text;
}

/** The texts that ask for the same as a kept request. */
export function askedOf(request: Record<string, unknown>): Asked {
  const asked: Asked = {};
  for (const key of [...ALWAYS, ...BESIDE]) {
    const text = textOf(key, request[key]);
    if (text) asked[key] = text;
  }
  return asked;
}

/** What is sent: trimmed, and beside no plan that runs nothing that needs one. */
export function sentOf(asked: Asked, beside: boolean): Asked {
  const sent: Asked = {};
  for (const key of beside ? [...ALWAYS, ...BESIDE] : ALWAYS) {
    const text = asked[key]?.trim();
    if (text) sent[key] = text;
  }
  return sent;
}
