import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { api } from "../../api.ts";
import { Figure, Figures } from "../../components/bits.tsx";
import { Chart, type Series } from "../../components/chart.tsx";
import { ended, type Followed } from "../../components/job.ts";
import { JobFailure } from "../../components/job_strip.tsx";
import { Problems } from "../../components/problems.tsx";
import * as f from "../../lib/format.ts";
import { announce, toast } from "../../state.ts";
import type { Job, TrajectoryPoint } from "../../types.ts";
import { useElapsed } from "./elapsed.ts";

const ANNOUNCE_EVERY = 8;

/** Best plan so far and lower bound while a job solves, and the two ways to end it. */
export function LivePanel({ followed }: { followed: Followed }) {
  const { job, points, error, reconnecting } = followed;
  useAnnouncements(job);
  const elapsed = useElapsed(job);
  const drawn = useMemo(() => upToNow(points, job, elapsed), [points, job, elapsed]);
  if (error) return <Problems error={error} />;
  if (!job)
    return (
      <p class="quiet" role="status">
        Asking for the job
      </p>
    );
  if (job.state === "failed") return <JobFailure job={job} />;
  return (
    <div class="live">
      {reconnecting && <p class="notice warn">The server does not answer. The job may still run; trying again.</p>}
      <LiveFigures job={job} elapsed={elapsed} />
      {job.kind === "plan" ? <Convergence points={drawn} job={job} /> : <StudyProgress job={job} />}
      {!ended(job) && <Ends job={job} />}
    </div>
  );
}

/** What was known last still holds: the lines go on until now. */
function upToNow(points: TrajectoryPoint[], job: Job | null, elapsed: number): TrajectoryPoint[] {
  const last = points.at(-1);
  if (!last || !job || ended(job) || elapsed <= last.seconds) return points;
  return [...points, { ...last, seconds: elapsed }];
}

function useAnnouncements(job: Job | null) {
  const said = useRef(-ANNOUNCE_EVERY);
  useEffect(() => {
    const p = job?.progress;
    if (!p || p.seconds - said.current < ANNOUNCE_EVERY) return;
    said.current = p.seconds;
    if (p.incumbent !== null)
      announce(`After ${f.duration(p.seconds)} the best plan costs ${f.perHour(p.incumbent)}, gap ${f.gap(p.gap)}`);
  }, [job?.progress]);
}

const STATES = {
  queued: "waits for its turn",
  running: "running",
  done: "done",
  failed: "failed",
  cancelled: "cancelled, nothing was kept",
};

function searched(job: Job): string {
  const nodes = job.progress?.nodes;
  if (nodes) return `${f.count(nodes, "node")} searched`;
  return ended(job) ? "without a search" : "no search yet";
}

function LiveFigures({ job, elapsed }: { job: Job; elapsed: number }) {
  const p = job.progress;
  if (job.kind !== "plan") {
    return (
      <Figures>
        <Figure label="State" value={job.state} small={STATES[job.state]} />
        <Figure label="Time" value={f.duration(elapsed)} />
        {p?.total != null && <Figure label="Done" value={f.integer(p.done ?? 0)} small={`of ${f.integer(p.total)}`} />}
      </Figures>
    );
  }
  return (
    <Figures>
      <Figure
        label="Best plan so far"
        value={f.dollars(p?.incumbent)}
        small={p?.incumbent == null ? "none yet" : "per hour"}
      />
      <Figure
        label="Lower bound"
        value={f.dollars(p?.bound)}
        small={p?.bound == null ? "none yet" : "no plan costs less"}
      />
      <Figure label="Proven gap" value={p?.gap == null ? "–" : f.gap(p.gap)} small={STATES[job.state]} />
      <Figure label="Time" value={f.duration(elapsed)} small={searched(job)} />
    </Figures>
  );
}

/** One moment and now are next to no line: they are drawn as points too. */
const FEW = 2;

function Convergence({ points, job }: { points: TrajectoryPoint[]; job: Job }) {
  const series = useMemo((): Series[] => {
    const look = { stepped: true, points: points.length <= FEW };
    return [
      { name: "Best plan", colour: "hue-0", values: points.map((p) => p.incumbent), ...look },
      { name: "Lower bound", colour: "hue-2", values: points.map((p) => p.bound), ...look },
    ];
  }, [points]);
  const x = useMemo(() => points.map((p) => p.seconds), [points]);
  if (points.filter((p) => p.incumbent !== null || p.bound !== null).length < 2) {
    return (
      <p class="quiet pad">
        {ended(job) ? "It was over before there was anything to draw." : "The first plans are on their way."}
      </p>
    );
  }
  return (
    <Chart
      label="Cost of the best plan and lower bound"
      x={x}
      xName="after"
      xText={f.duration}
      yText={f.perHour}
      series={series}
      height={230}
      xFromZero
    />
  );
}

function StudyProgress({ job }: { job: Job }) {
  const p = job.progress;
  const share = p?.total ? (p.done ?? 0) / p.total : null;
  if (ended(job)) return null;
  return (
    <progress
      class="long"
      aria-label={`Progress of the ${job.kind}`}
      max={1}
      {...(share === null ? {} : { value: share })}
    />
  );
}

/** A solver looks up only now and then, so what was asked for is shown until it has happened. */
function Ends({ job }: { job: Job }) {
  const [asked, setAsked] = useState<"keep" | "cancel" | null>(null);
  const end = (how: "keep" | "cancel") => {
    setAsked(how);
    const answer = how === "keep" ? api.keepBest(job.id) : api.cancel(job.id);
    answer.catch((error: unknown) => {
      setAsked(null);
      toast(error instanceof Error ? error.message : String(error), "bad");
    });
  };
  const nothing = job.progress?.incumbent == null;
  return (
    <div class="row live-ends">
      {job.kind === "plan" && (
        <button type="button" class="button primary" disabled={nothing || asked !== null} onClick={() => end("keep")}>
          {asked === "keep" ? "Stopping" : "Stop and keep the best so far"}
        </button>
      )}
      <button type="button" class="button" disabled={asked === "cancel"} onClick={() => end("cancel")}>
        {asked === "cancel" ? "Cancelling" : "Cancel"}
      </button>
    </div>
  );
}
