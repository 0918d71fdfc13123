// Texts of a study's form and the JSON that the service takes. What equals the default is left out.

export type Fields = Record<string, string>;

export const numbers = (text: string): number[] =>
  text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number)
    .filter((n) => Number.isFinite(n));

export function asText(value: unknown, fallback: string): string {
  if (Array.isArray(value)) return value.join(", ");
  return value === undefined || value === null ? fallback : String(value);
}

function put(body: Record<string, unknown>, key: string, text: string | undefined, fallback: string): void {
  const trimmed = (text ?? "").trim();
  if (trimmed === "" || trimmed === fallback) return;
  const value = Number(trimmed);
  body[key] = Number.isFinite(value) ? value : trimmed;
}

export interface Field {
  key: string;
  label: string;
  fallback: string;
  /** What stands in the empty field. */
  example?: string;
  /** `number`, `pair` (low and high), `list` (numbers), or the choices of a select. */
  kind: "number" | "pair" | "list" | readonly string[];
}

export function requestOf(fields: readonly Field[], values: Fields): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const field of fields) {
    const text = values[field.key] ?? field.fallback;
    if (field.kind === "list" || field.kind === "pair") {
      const list = numbers(text);
      if (list.length && list.join(", ") !== numbers(field.fallback).join(", ")) body[field.key] = list;
    } else put(body, field.key, text, field.fallback);
  }
  return body;
}
