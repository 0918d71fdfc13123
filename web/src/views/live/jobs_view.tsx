import { useEffect } from "preact/hooks";
import { api } from "../../api.ts";
import { Empty, PageHead, Panel, Pill, type Tone } from "../../components/bits.tsx";
import type { Column } from "../../components/columns.ts";
import { ended } from "../../components/job.ts";
import { Loaded, useResource } from "../../components/resource.tsx";
import { DataTable } from "../../components/table.tsx";
import * as f from "../../lib/format.ts";
import { to } from "../../router.ts";
import type { Job, JobState } from "../../types.ts";

const TONES: Record<JobState, Tone> = {
  queued: "quiet",
  running: "close",
  done: "good",
  failed: "bad",
  cancelled: "quiet",
};

function resultOf(job: Job) {
  if (job.result?.plan) return <a href={to.plan(job.result.plan)}>Plan {job.result.plan}</a>;
  if (job.result?.study) return <a href={to.study(job.result.study)}>Study {job.result.study}</a>;
  // The list leaves explanations out; the job itself has its own.
  if (job.kind === "explain" && job.state === "done") return <a href={to.job(job.id)}>Explanation</a>;
  const message = job.error?.error.message;
  return message ? (
    <span class="cut" title={message}>
      {message}
    </span>
  ) : (
    "–"
  );
}

const columns: Column<Job>[] = [
  {
    key: "id",
    head: "Job",
    rowHead: true,
    value: (j) => j.id,
    text: (j) => String(j.id),
    cell: (j) => <a href={to.job(j.id)}>Job {j.id}</a>,
  },
  { key: "kind", head: "Kind", value: (j) => j.kind, text: (j) => j.kind },
  {
    key: "state",
    head: "State",
    value: (j) => j.state,
    text: (j) => j.state,
    cell: (j) => <Pill tone={TONES[j.state]}>{j.state}</Pill>,
  },
  {
    key: "cost",
    head: "Best plan",
    number: true,
    value: (j) => j.progress?.incumbent,
    text: (j) => f.perHour(j.progress?.incumbent),
  },
  {
    key: "gap",
    head: "Gap",
    number: true,
    value: (j) => j.progress?.gap,
    text: (j) => (j.progress?.gap == null ? "–" : f.gap(j.progress.gap)),
  },
  {
    key: "seconds",
    head: "Time",
    number: true,
    value: (j) => j.progress?.seconds,
    text: (j) => f.duration(j.progress?.seconds),
  },
  { key: "created", head: "Asked for", value: (j) => j.created, text: (j) => f.ago(j.created) },
  { key: "result", head: "Result", text: (j) => j.error?.error.message ?? "", cell: resultOf },
];

const REFRESH = 2000;

export function JobsView() {
  const jobs = useResource((signal) => api.jobs(signal), []);
  const busy = jobs.data?.jobs.some((j) => !ended(j)) ?? false;
  useEffect(() => {
    if (!busy) return undefined;
    const timer = setInterval(jobs.reload, REFRESH);
    return () => clearInterval(timer);
  }, [busy]);
  return (
    <>
      <PageHead
        eyebrow="Live"
        title="Jobs"
        lead="What waits, runs, or ended lately. Open one to watch it converge, or to end it."
      />
      <Panel title="Jobs">
        <Loaded of={jobs} what="the jobs">
          {(data) =>
            data.jobs.length ? (
              <DataTable caption="Jobs" what="jobs" columns={columns} rows={data.jobs} rowKey={(j) => j.id} />
            ) : (
              <Empty title="No job waits or runs.">
                <a class="button primary" href={to.edit()}>
                  Edit a fleet and solve
                </a>
              </Empty>
            )
          }
        </Loaded>
      </Panel>
    </>
  );
}
