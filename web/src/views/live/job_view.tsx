import { useEffect } from "preact/hooks";
import { PageHead, Panel } from "../../components/bits.tsx";
import { useJob } from "../../components/job.ts";
import * as f from "../../lib/format.ts";
import { go, to } from "../../router.ts";
import { Compare } from "../diff/compare.tsx";
import { Relax } from "../edit/relax.tsx";
import { LivePanel } from "./live_panel.tsx";

const NAMES: Record<string, string> = {
  plan: "Solving",
  simulate: "Simulation",
  stress: "Stress test",
  replay: "Replay",
  explain: "Explanation",
  explanation: "Explanation",
};

export function JobView(props: { id: number; base: number | null }) {
  const followed = useJob(props.id);
  const { job } = followed;
  const study = job?.result?.study;
  useEffect(() => {
    // A finished study has an address of its own; the job's would soon be forgotten by the server.
    if (job?.state === "done" && study) go(to.study(study), true);
  }, [job?.state, study]);
  return (
    <>
      <PageHead
        eyebrow={`Job ${props.id}`}
        title={job?.title || NAMES[job?.kind ?? ""] || "Job"}
        lead={
          job && (
            <>
              Asked for {f.ago(job.created)}
              {job.plan && (
                <>
                  , of <a href={to.plan(job.plan)}>plan {job.plan}</a>
                </>
              )}
            </>
          )
        }
        actions={
          <>
            <a class="button" href={to.edit()}>
              To the fleet
            </a>
            <a class="button" href={to.jobs}>
              All jobs
            </a>
          </>
        }
      />
      <Panel title={job?.kind === "plan" ? "Convergence" : "Progress"}>
        <LivePanel followed={followed} />
      </Panel>
      {job?.state === "done" && job.result?.plan && <Compare base={props.base ?? job.plan} made={job.result.plan} />}
      {job?.result?.explanation && <Relax explanation={job.result.explanation} />}
    </>
  );
}
