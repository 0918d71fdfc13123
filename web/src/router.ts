import { computed, signal } from "@preact/signals";

// Routes live behind the hash, so the server has to know only "/".

export type StudyTab = "simulate" | "stress" | "replay";

export type Route =
  | { view: "home" }
  | { view: "plan"; id: number }
  | { view: "whatif"; id: number | null; tab: StudyTab }
  | { view: "history"; picked: number[] }
  | { view: "diff"; from: number; to: number }
  | { view: "jobs" }
  | { view: "job"; id: number; base: number | null }
  | { view: "study"; id: number }
  | { view: "edit"; from: number | null; example: string | null }
  | { view: "missing"; path: string };

const TABS: readonly StudyTab[] = ["simulate", "stress", "replay"];

const wholeNumber = (text: string | null | undefined): number | null =>
  text && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;

function planRoute(parts: string[], query: URLSearchParams, path: string): Route {
  const id = wholeNumber(parts[1]);
  if (parts.length === 1) {
    const picked = (query.get("pick") ?? "")
      .split(",")
      .map(wholeNumber)
      .filter((n) => n !== null);
    return { view: "history", picked };
  }
  if (id === null) return { view: "missing", path };
  if (parts.length === 2) return { view: "plan", id };
  if (parts[2] === "what-if" && parts.length === 3) return { view: "whatif", id, tab: tabOf(query) };
  const other = wholeNumber(parts[3]);
  if (parts[2] === "diff" && parts.length === 4 && other !== null) return { view: "diff", from: id, to: other };
  return { view: "missing", path };
}

function tabOf(query: URLSearchParams): StudyTab {
  const kind = query.get("kind") as StudyTab | null;
  return kind && TABS.includes(kind) ? kind : "simulate";
}

export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#\/?/, "");
  const mark = path.indexOf("?");
  const query = new URLSearchParams(mark < 0 ? "" : path.slice(mark + 1));
  const parts = (mark < 0 ? path : path.slice(0, mark)).split("/").filter(Boolean);
  const id = wholeNumber(parts[1]);
  switch (parts[0]) {
    case undefined:
      return { view: "home" };
    case "plans":
      return planRoute(parts, query, path);
    case "what-if":
      return { view: "whatif", id: null, tab: tabOf(query) };
    case "jobs":
      if (parts.length === 1) return { view: "jobs" };
      return id === null ? { view: "missing", path } : { view: "job", id, base: wholeNumber(query.get("base")) };
    case "studies":
      return id === null ? { view: "missing", path } : { view: "study", id };
    case "edit":
      return { view: "edit", from: wholeNumber(query.get("from")), example: query.get("example") };
    default:
      return { view: "missing", path };
  }
}

export const to = {
  home: "#/",
  history: "#/plans",
  jobs: "#/jobs",
  plan: (id: number) => `#/plans/${id}`,
  whatIf: (id: number | null, tab: StudyTab = "simulate") =>
    `${id === null ? "#/what-if" : `#/plans/${id}/what-if`}?kind=${tab}`,
  picked: (ids: readonly number[]) => (ids.length ? `#/plans?pick=${ids.join(",")}` : "#/plans"),
  diff: (from: number, other: number) => `#/plans/${from}/diff/${other}`,
  job: (id: number, base: number | null = null) => `#/jobs/${id}${base ? `?base=${base}` : ""}`,
  study: (id: number) => `#/studies/${id}`,
  edit: (from: number | null = null) => (from ? `#/edit?from=${from}` : "#/edit"),
  example: (name: string) => `#/edit?example=${encodeURIComponent(name)}`,
};

const hash = signal(typeof location === "undefined" ? "" : location.hash);
export const route = computed(() => parseRoute(hash.value));

export function startRouter(): void {
  hash.value = location.hash;
  addEventListener("hashchange", () => (hash.value = location.hash));
}

export function go(target: string, replace = false): void {
  if (!replace) {
    location.hash = target;
    return;
  }
  history.replaceState(null, "", target);
  hash.value = target;
}
