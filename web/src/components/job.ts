import { useEffect, useState } from "preact/hooks";
import { api, ApiError } from "../api.ts";
import { announce } from "../state.ts";
import type { Job, Progress, TrajectoryPoint } from "../types.ts";

export interface Followed {
  job: Job | null;
  points: TrajectoryPoint[];
  error: unknown;
  /** The stream broke off; the job is asked for every two seconds until it is back. */
  reconnecting: boolean;
}

const NONE: Followed = { job: null, points: [], error: null, reconnecting: false };
export const ended = (job: Job) => job.state !== "queued" && job.state !== "running";

function withPoint(state: Followed, point: Progress): Followed {
  const job = state.job && { ...state.job, state: "running" as const, progress: point };
  const last = state.points.at(-1);
  // After a reconnection the server tells the newest point once more.
  if (last && last.seconds >= point.seconds) return { ...state, job };
  return { ...state, job, points: [...state.points, point] };
}

/** The points of a finished plan come from its record: the job keeps only the last. */
async function trajectory(job: Job, signal: AbortSignal): Promise<TrajectoryPoint[]> {
  if (job.kind !== "plan" || !job.result?.plan) return [];
  return (await api.plan(job.result.plan, signal)).trajectory;
}

async function follow(id: number, set: (change: (old: Followed) => Followed) => void, signal: AbortSignal) {
  for (;;) {
    try {
      let job = await api.job(id, signal);
      set((old) => ({ ...old, job, error: null, reconnecting: false }));
      if (!ended(job)) {
        const end = await api.follow(id, (point) => set((old) => withPoint(old, point)), signal);
        job = end ?? (await api.job(id, signal));
      }
      if (ended(job)) {
        const points = await trajectory(job, signal).catch(() => []);
        set((old) => ({ ...old, job, reconnecting: false, points: points.length > old.points.length ? points : old.points }));
        return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.status !== 0 && error.status < 500) {
        set((old) => ({ ...old, error }));
        return;
      }
      set((old) => ({ ...old, reconnecting: true }));
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
    if (signal.aborted) return;
  }
}

export function useJob(id: number | null): Followed {
  const [state, setState] = useState<Followed>(NONE);
  useEffect(() => {
    setState(NONE);
    if (id === null) return undefined;
    const abort = new AbortController();
    void follow(id, (change) => !abort.signal.aborted && setState(change), abort.signal);
    return () => abort.abort();
  }, [id]);
  const jobState = state.job?.state;
  useEffect(() => {
    if (jobState) announce(`The ${state.job?.kind ?? "job"} is ${jobState}.`);
  }, [jobState]);
  return state;
}
