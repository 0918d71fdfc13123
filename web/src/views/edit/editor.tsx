import { useMemo, useRef, useState } from "preact/hooks";
import { api, ApiError, type SolveOptions } from "../../api.ts";
import { Panel } from "../../components/bits.tsx";
import { saveText } from "../../components/download.tsx";
import { useJob } from "../../components/job.ts";
import { JobStrip } from "../../components/job_strip.tsx";
import { Problems } from "../../components/problems.tsx";
import { Skeleton } from "../../components/resource.tsx";
import { isAsked } from "../../lib/asked.ts";
import { EditError } from "../../lib/fleet_edit.ts";
import { applyRelaxation, canApply } from "../../lib/relaxing.ts";
import { to } from "../../router.ts";
import { announce, draft, toast, type Draft } from "../../state.ts";
import type { CheckedFleet, Explanation } from "../../types.ts";
import { Compare } from "../diff/compare.tsx";
import { LivePanel } from "../live/live_panel.tsx";
import { CheckResult } from "./check_result.tsx";
import { useCheck } from "./check.ts";
import { CodeEditor } from "./code_editor.tsx";
import { makeEdits } from "./edits.ts";
import { FleetForm } from "./fleet_form.tsx";
import { Relax } from "./relax.tsx";
import { SolveBar } from "./solve_bar.tsx";

/** Always of the draft as it is now, so that it need not be made anew with every key. */
const change = (text: string) => {
  if (draft.value) draft.value = { ...draft.value, text };
};
const textNow = () => draft.value?.text ?? "";

export function Editor(props: { draft: Draft }) {
  const { text, base } = props.draft;
  const checked = useCheck(text);
  const [reveal, setReveal] = useState<{ line: number; round: number } | null>(null);
  const solving = useSolving(props.draft, checked.fleet !== null);
  const valid = checked.check?.valid ?? false;
  return (
    <>
      <div class="editor">
        <Panel title="Form" class="form-panel">
          {checked.fleet ? (
            <Form fleet={checked.fleet} stale={!valid && !checked.pending} />
          ) : checked.error ? (
            <Problems error={checked.error} retry={() => change(`${text} `)} />
          ) : checked.pending ? (
            <Skeleton what="the form" />
          ) : (
            <p class="quiet">The form shows once the fleet can be understood.</p>
          )}
        </Panel>
        <Panel
          title="YAML"
          class="yaml-panel"
          aside={
            <button type="button" class="button small" onClick={() => saveText("fleet.yaml", text, "application/yaml")}>
              Save as file
            </button>
          }
        >
          <CodeEditor text={text} change={change} errors={checked.check?.errors ?? []} reveal={reveal} />
          <CheckResult
            checked={checked}
            reveal={(line) => setReveal((old) => ({ line, round: (old?.round ?? 0) + 1 }))}
          />
        </Panel>
      </div>
      <SolveBar
        ready={valid}
        busy={solving.busy}
        base={base}
        title={props.draft.title ?? ""}
        asked={props.draft.asked ?? {}}
        error={solving.error}
        solve={solving.solve}
      />
      <div ref={solving.anchor}>
        <Outcome solving={solving} fleet={checked.fleet} />
      </div>
    </>
  );
}

function Form(props: { fleet: CheckedFleet; stale: boolean }) {
  // Sliders reach as far around the value they were first shown with as they did at the beginning.
  const bases = useRef(new Map<string, number>());
  const base = (key: string, now: number) => {
    if (!bases.current.has(key)) bases.current.set(key, now);
    return bases.current.get(key) ?? now;
  };
  // Typing in the YAML leaves the form alone until the fleet is understood anew.
  const form = useMemo(
    () => <FleetForm fleet={props.fleet} edits={makeEdits(textNow, props.fleet, change)} base={base} />,
    [props.fleet],
  );
  return (
    <>
      {props.stale && <p class="note bad-text">The YAML has errors. This is the fleet as it was last understood.</p>}
      {form}
    </>
  );
}

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function useSolving(now: Draft, known: boolean) {
  const [job, setJob] = useState<{ id: number; base: number | null } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [asking, setAsking] = useState(false);
  const anchor = useRef<HTMLDivElement>(null);
  const followed = useJob(job?.id ?? null);
  const state = followed.job?.state;
  const made = followed.job?.result?.plan ?? null;
  const solve = async (options: SolveOptions) => {
    setAsking(true);
    setError(null);
    // The next plan is set beside the last one made here, or the one the fleet came from.
    const base = made ?? now.base;
    try {
      const started = await api.solve(now.text, options);
      setJob({ id: started.id, base });
      announce("Solving");
      requestAnimationFrame(() =>
        anchor.current?.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" }),
      );
    } catch (failed) {
      setError(failed);
    }
    setAsking(false);
  };
  const busy =
    asking || (job !== null && (state === undefined || state === "queued" || state === "running") && !followed.error);
  return { job, followed, error, busy, made, solve, anchor, known };
}

function Outcome(props: { solving: ReturnType<typeof useSolving>; fleet: CheckedFleet | null }) {
  const { job, followed, error, made } = props.solving;
  const infeasible = followed.job?.error?.error.code === "infeasible";
  return (
    <>
      <OtherProblems error={error} />
      {job && (
        <Panel
          title={followed.job?.state === "failed" ? "No plan" : "Convergence"}
          aside={<a href={to.job(job.id, job.base)}>Job {job.id}</a>}
        >
          <LivePanel key={job.id} followed={followed} />
          {infeasible && <WhatToRelax key={job.id} fleet={props.fleet} />}
        </Panel>
      )}
      {job && made !== null && <Compare base={job.base} made={made} />}
    </>
  );
}

/** Of a refused request: what the solve bar does not show at one of its fields. */
function OtherProblems({ error }: { error: unknown }) {
  if (error === null) return null;
  if (!(error instanceof ApiError)) return <Problems error={error} />;
  const others = error.problems.filter((p) => !isAsked(p.where));
  return others.length ? <Problems error={new ApiError(error.status, others, error.retryAfter)} /> : null;
}

function WhatToRelax(props: { fleet: CheckedFleet | null }) {
  const [job, setJob] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [explanation, setExplanation] = useState<Explanation | null>(null);
  const ask = () => {
    setError(null);
    api.explainFleet(textNow()).then((j) => setJob(j.id), setError);
  };
  if (explanation) {
    const { fleet } = props;
    return (
      <Relax
        explanation={explanation}
        can={(way) => fleet !== null && canApply(explanation, fleet, way)}
        apply={(way) => {
          try {
            if (fleet) change(applyRelaxation(textNow(), explanation, fleet, way));
            toast("The fleet is changed; solve again");
          } catch (failed) {
            if (!(failed instanceof EditError)) throw failed;
            toast(failed.message, "bad");
          }
        }}
      />
    );
  }
  if (error) return <Problems error={error} retry={ask} />;
  if (job !== null) {
    return (
      <JobStrip id={job} what="Looking for what to relax" done={(j) => setExplanation(j.result?.explanation ?? null)} />
    );
  }
  return (
    <button type="button" class="button primary" onClick={ask}>
      What to relax
    </button>
  );
}
