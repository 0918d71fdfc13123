import { useEffect } from "preact/hooks";
import { api } from "../api.ts";
import * as f from "../lib/format.ts";
import { toast } from "../state.ts";
import type { Job } from "../types.ts";
import { ended, useJob } from "./job.ts";
import { ProblemList, Problems } from "./problems.tsx";

/** A job that runs beside what the reader looks at: how far it is, a way to cancel, and what went wrong. */
export function JobStrip(props: { id: number; what: string; done: (job: Job) => void }) {
  const { job, error, reconnecting } = useJob(props.id);
  useEffect(() => {
    if (job?.state === "done") props.done(job);
  }, [job?.state]);
  if (error) return <Problems error={error} />;
  if (job?.state === "failed") return <JobFailure job={job} />;
  if (job?.state === "cancelled") return <p class="quiet">Cancelled; nothing was kept.</p>;
  const progress = job?.progress;
  const known = progress?.total ? (progress.done ?? 0) / progress.total : null;
  return (
    <div class="job-strip">
      <progress aria-label={props.what} max={1} {...(known === null ? {} : { value: known })} />
      <span class="num">
        {reconnecting
          ? "The server does not answer; trying again"
          : job?.state === "queued"
            ? "Waits for its turn"
            : props.what}
        {progress?.total ? `, ${f.integer(progress.done)} of ${f.integer(progress.total)}` : ""}
        {progress ? `, ${f.duration(progress.seconds)}` : ""}
      </span>
      {job && !ended(job) && (
        <button type="button" class="button small" onClick={() => cancelJob(job.id)}>
          Cancel
        </button>
      )}
    </div>
  );
}

export function JobFailure({ job }: { job: Job }) {
  return (
    <div class="notice bad" role="alert">
      <h2>{job.error?.error.code === "infeasible" ? "No plan keeps all these limits" : "This did not work"}</h2>
      <ProblemList problems={job.error?.errors ?? []} />
    </div>
  );
}

function cancelJob(id: number): void {
  api.cancel(id).catch((error: unknown) => toast(error instanceof Error ? error.message : String(error), "bad"));
}
