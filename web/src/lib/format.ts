// Numbers as people read them: three digits that matter, always with their unit.

export const HOURS_PER_MONTH = 730;
const MISSING = "–";

function plain(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Three significant digits, without trailing zeros, large numbers with thousands separators. */
export function number(value: number | null | undefined, significant = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 10 ** (significant - 1)) return Math.round(value).toLocaleString("en-US");
  if (size < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(significant)));
}

export function integer(value: number | null | undefined): string {
  return value === null || value === undefined ? MISSING : Math.round(value).toLocaleString("en-US");
}

/** Cents up to 10,000 USD, whole dollars beyond, more digits where a cent would say nothing. */
export function dollars(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  if (size !== 0 && size < 0.01) return `${sign}$${Number(size.toPrecision(2))}`;
  return `${sign}$${plain(size, size >= 10_000 ? 0 : 2)}`;
}

export function perHour(value: number | null | undefined): string {
  const text = dollars(value);
  return text === MISSING ? text : `${text}/h`;
}

export function perMonth(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  const month = value * HOURS_PER_MONTH;
  return `${month < 0 ? "−" : ""}$${plain(Math.abs(month), Math.abs(month) < 100 ? 2 : 0)} per month`;
}

/** A difference keeps its sign, and 0 has none. */
export function signedDollars(value: number): string {
  if (Math.abs(value) < 5e-7) return "$0.00/h";
  return `${value > 0 ? "+" : ""}${perHour(value)}`;
}

export function percent(share: number | null | undefined, significant = 3): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return MISSING;
  const value = share * 100;
  if (value === 0) return "0 %";
  if (Math.abs(value) < 0.01) return "< 0.01 %";
  if (value < 100 && value > 99.99) return "> 99.99 %";
  return `${Number(value.toPrecision(Math.abs(value) >= 99 ? 4 : significant))} %`;
}

export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return MISSING;
  if (seconds === 0) return "0 s";
  const size = Math.abs(seconds);
  if (size < 0.9995e-3) return `${number(seconds * 1e6)} µs`;
  if (size < 0.9995) return `${number(seconds * 1e3)} ms`;
  if (size < 120) return `${number(seconds)} s`;
  if (size < 7200) return `${number(seconds / 60)} min`;
  if (size < 48 * 3600) return `${number(seconds / 3600)} h`;
  return `${number(seconds / 86400)} days`;
}

export function rate(perSecond: number | null | undefined): string {
  const text = number(perSecond);
  return text === MISSING ? text : `${text}/s`;
}

/** The service's words begin in lower case, as part of a line; alone they begin as a sentence does. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function count(value: number, one: string, many = `${one}s`): string {
  return `${integer(value)} ${value === 1 ? one : many}`;
}

/** `5 × TP8 × PP2`: five replicas of two stages of eight GPUs. */
export function shape(d: { replicas: number; tp: number; pp: number }): string {
  return `${d.replicas} × TP${d.tp}${d.pp > 1 ? ` × PP${d.pp}` : ""}`;
}

/** Plans round money to a millionth of a dollar and jobs do not: what is as small is no gap. */
const NO_GAP = 1e-6;

export function gap(value: number | null | undefined): string {
  if (value === null || value === undefined) return "not known";
  return value <= NO_GAP ? "0 %" : percent(value);
}

export function percentile(value: number): string {
  return `p${Number((value * 100).toPrecision(6))}`;
}

export function when(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return date.toLocaleString("en-GB", {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
}

const AGES: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, "second"],
  [3600, "minute"],
  [86400, "hour"],
];

export function ago(iso: string, now = Date.now()): string {
  const seconds = (now - new Date(iso).getTime()) / 1000;
  if (!Number.isFinite(seconds)) return iso;
  if (seconds < 5) return "just now";
  const words = new Intl.RelativeTimeFormat("en", { numeric: "always" });
  let divisor = 1;
  for (const [limit, unit] of AGES) {
    if (seconds < limit) return words.format(-Math.round(seconds / divisor), unit);
    divisor = limit;
  }
  return words.format(-Math.round(seconds / 86400), "day");
}
