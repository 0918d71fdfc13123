import { useEffect, useState } from "preact/hooks";
import { api, ApiError } from "../api.ts";
import { extended } from "../lib/trajectory.ts";
import { announce } from "../state.ts";
import type { Job, Progress, TrajectoryPoint } from "../types.ts";

export interface Followed {
  job: Job | null;
  points: TrajectoryPoint[];
  error: unknown;
  /** The stream broke off; the job is asked for every two seconds until it is back. */
  reconnecting: boolean;
}

const RETRY = 2000;
const NONE: Followed = { job: null, points: [], error: null, reconnecting: false };
export const ended = (job: Job) => job.state !== "queued" && job.state !== "running";

/**
 * The first point of a stream is what was known before; a job that waits stays so with it. The job's clock goes on
 * between points, so that one of them may be from before what the job itself said last.
 */
function withPoint(state: Followed, point: Progress, first: boolean): Followed {
  if (first && state.job?.state === "queued" && point.seconds === 0) return state;
  const points = extended(state.points, point);
  const seconds = Math.max(points.at(-1)?.seconds ?? 0, point.seconds, state.job?.progress?.seconds ?? 0);
  return { ...state, points, job: state.job && { ...state.job, state: "running", progress: { ...point, seconds } } };
}

/** What was known before anybody watched, or while the stream was broken off. */
function withJob(state: Followed, job: Job): Followed {
  const known = job.trajectory ?? [];
  return {
    ...state,
    job,
    points: known.length > state.points.length ? known : state.points,
    error: null,
    reconnecting: false,
  };
}

/** A finished plan as its record has it: the last point of progress is from before the proof. */
async function withRecord(state: Followed, job: Job, signal: AbortSignal): Promise<Followed> {
  const done = { ...state, job, reconnecting: false };
  if (job.kind !== "plan" || !job.result?.plan) return done;
  const { trajectory, cost, lower_bound, gap, seconds } = await api.plan(job.result.plan, signal);
  const known = trajectory.length > state.points.length ? trajectory : state.points;
  const end = { seconds: Math.max(seconds, known.at(-1)?.seconds ?? 0), incumbent: cost, bound: lower_bound };
  const nodes = job.progress?.nodes ?? null;
  return {
    ...done,
    points: [...known.filter((p) => p.seconds < end.seconds), end],
    job: { ...job, progress: { ...end, gap, nodes, done: null, total: null } },
  };
}

/** Until the job has ended or is no longer wanted. Asks again where the stream or the server breaks off. */
async function follow(id: number, publish: (state: Followed) => void, signal: AbortSignal): Promise<void> {
  let state = NONE;
  const put = (next: Followed) => publish((state = next));
  for (;;) {
    try {
      let job = await api.job(id, signal);
      put(withJob(state, job));
      if (!ended(job)) {
        let first = true;
        const heard = (point: Progress) => {
          put(withPoint(state, point, first));
          first = false;
        };
        const end = await api.follow(id, heard, signal);
        job = end ?? (await api.job(id, signal));
      }
      if (ended(job)) {
        put(await withRecord(state, job, signal).catch(() => ({ ...state, job, reconnecting: false })));
        return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.status !== 0 && error.status < 500) {
        put({ ...state, error });
        return;
      }
      put({ ...state, reconnecting: true });
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY));
    if (signal.aborted) return;
  }
}

export function useJob(id: number | null): Followed {
  const [state, setState] = useState<Followed>(NONE);
  useEffect(() => {
    setState(NONE);
    if (id === null) return undefined;
    const abort = new AbortController();
    void follow(id, (next) => !abort.signal.aborted && setState(next), abort.signal);
    return () => abort.abort();
  }, [id]);
  const jobState = state.job?.state;
  useEffect(() => {
    if (jobState) announce(`The ${state.job?.kind ?? "job"} is ${jobState}.`);
  }, [jobState]);
  return state;
}
