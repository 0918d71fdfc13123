import type { Asked } from "./lib/asked.ts";
import { readEvents } from "./lib/sse.ts";
import { askForToken, token } from "./state.ts";
import type {
  ApiProblem,
  Example,
  FleetCheck,
  Job,
  PlanDiff,
  PlanPage,
  PlanRecord,
  PlanSummary,
  Progress,
  Study,
  StudyHead,
  StudyKind,
  StudyResult,
} from "./types.ts";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problems: ApiProblem[],
    readonly retryAfter: number | null = null,
  ) {
    super(problems[0]?.message ?? `the server answered ${status}`);
  }
  get code(): string {
    return this.problems[0]?.code ?? "";
  }
}

export const UNREACHABLE = 0;

interface Ask {
  method?: string;
  body?: string;
  type?: string;
  signal?: AbortSignal | undefined;
}

const problem = (code: string, message: string, suggestion = ""): ApiProblem => ({
  code,
  message,
  where: "",
  suggestion,
});

async function send(path: string, ask: Ask): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (ask.body !== undefined) headers["Content-Type"] = ask.type ?? "application/json";
  if (token.value) headers["Authorization"] = `Bearer ${token.value}`;
  try {
    return await fetch(path, {
      method: ask.method ?? "GET",
      headers,
      cache: "no-store",
      ...(ask.body === undefined ? {} : { body: ask.body }),
      ...(ask.signal ? { signal: ask.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(UNREACHABLE, [
      problem("unreachable", "The server does not answer.", "is berth serve running, and the network up?"),
    ]);
  }
}

async function failure(response: Response): Promise<ApiError> {
  const retry = Number(response.headers.get("Retry-After"));
  let problems: ApiProblem[] = [];
  try {
    const body = (await response.json()) as { error?: ApiProblem; errors?: ApiProblem[] };
    problems = body.errors?.length ? body.errors : body.error ? [body.error] : [];
  } catch {
    // Something between here and the server may answer with a page of its own.
  }
  if (!problems.length) {
    problems = [problem("unreadable", `The server answered ${response.status} ${response.statusText}.`)];
  }
  return new ApiError(response.status, problems, Number.isFinite(retry) && retry > 0 ? retry : null);
}

/** Sends, asks for a token as often as the server wants one, and throws an ApiError for everything but success. */
async function request(path: string, ask: Ask = {}): Promise<Response> {
  for (;;) {
    const response = await send(path, ask);
    if (response.ok) return response;
    const error = await failure(response);
    if (response.status !== 401 || !(await askForToken(token.value !== ""))) throw error;
  }
}

async function json<T>(path: string, ask: Ask = {}): Promise<T> {
  return (await (await request(path, ask)).json()) as T;
}

const fleetType = (text: string) => (text.trimStart().startsWith("{") ? "application/json" : "application/yaml");

function query(values: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") search.set(key, String(value));
  }
  return search.toString();
}

/** As texts; what is empty is not sent. */
export interface SolveOptions extends Asked {
  current?: number | null;
  title?: string;
}

export const EXPORTS = [
  ["kubernetes.yaml", "Kubernetes manifests"],
  ["kserve.yaml", "KServe manifests"],
  ["keda.yaml", "KEDA scalers"],
  ["prometheus.yaml", "Prometheus rules"],
  ["report.html", "Report, one HTML page"],
  ["plan.json", "Plan, JSON"],
  ["plan.yaml", "Plan, YAML"],
  ["deployments.csv", "Deployments, CSV"],
  ["routes.csv", "Routes, CSV"],
  ["classes.csv", "Classes, CSV"],
] as const;

export const api = {
  plans: (limit = 200, before: number | null = null, signal?: AbortSignal) =>
    json<PlanPage>(`v1/plans?${query({ limit, before })}`, { signal }),
  plan: (id: number, signal?: AbortSignal) => json<PlanRecord>(`v1/plans/${id}`, { signal }),
  solve: (fleet: string, options: SolveOptions) =>
    json<Job>(`v1/plans?async&${query({ ...options })}`, { method: "POST", body: fleet, type: fleetType(fleet) }),
  removePlan: (id: number) => request(`v1/plans/${id}`, { method: "DELETE" }),
  activate: (id: number) => json<PlanSummary>(`v1/plans/${id}/activate`, { method: "POST" }),
  diff: (from: number, other: number, signal?: AbortSignal) =>
    json<PlanDiff>(`v1/plans/${from}/diff/${other}`, { signal }),
  exportPath: (id: number, name: string) => `v1/plans/${id}/export/${name}`,

  check: (fleet: string, signal?: AbortSignal) =>
    json<FleetCheck>("v1/fleets/check", { method: "POST", body: fleet, type: fleetType(fleet), signal }),
  explainFleet: (fleet: string) =>
    json<Job>("v1/explanations?async", { method: "POST", body: fleet, type: fleetType(fleet) }),
  examples: (signal?: AbortSignal) => json<{ examples: Example[] }>("v1/examples", { signal }),

  study: <R extends StudyResult>(id: number, signal?: AbortSignal) => json<Study<R>>(`v1/studies/${id}`, { signal }),
  studies: (plan: number, signal?: AbortSignal) =>
    json<{ studies: StudyHead[] }>(`v1/plans/${plan}/studies`, { signal }),
  runStudy: (plan: number, kind: StudyKind, body: object) =>
    json<Job>(`v1/plans/${plan}/${kind}?async`, { method: "POST", body: JSON.stringify(body) }),
  removeStudy: (id: number) => request(`v1/studies/${id}`, { method: "DELETE" }),

  jobs: (signal?: AbortSignal) => json<{ jobs: Job[] }>("v1/jobs", { signal }),
  job: (id: number, signal?: AbortSignal) => json<Job>(`v1/jobs/${id}`, { signal }),
  cancel: (id: number) => json<Job>(`v1/jobs/${id}`, { method: "DELETE" }),
  keepBest: (id: number) => json<Job>(`v1/jobs/${id}?keep`, { method: "DELETE" }),

  /** The job's events until it has ended; gives the ended job, or null where the stream broke off. */
  async follow(id: number, onProgress: (point: Progress) => void, signal: AbortSignal): Promise<Job | null> {
    const response = await request(`v1/jobs/${id}/events`, { signal });
    if (!response.body) return null;
    for await (const { event, data } of readEvents(response.body)) {
      if (event === "progress") onProgress(JSON.parse(data) as Progress);
      if (event === "end") return JSON.parse(data) as Job;
    }
    return null;
  },

  blob: async (path: string) => (await request(path)).blob(),
};
