import { useState } from "preact/hooks";
import { api } from "../../api.ts";
import { Panel } from "../../components/bits.tsx";
import { Confirm } from "../../components/dialog.tsx";
import { saveText } from "../../components/download.tsx";
import { go, to } from "../../router.ts";
import { toast } from "../../state.ts";
import type { Explanation, PlanRecord, Replay, Simulation, Stress, Study } from "../../types.ts";
import { Relax } from "../edit/relax.tsx";
import { ReplayResult } from "./replay_result.tsx";
import { SimulationResult } from "./simulation_result.tsx";
import { StressResult } from "./stress_result.tsx";

export function StudyResultView(props: { study: Study; record: PlanRecord }) {
  const { study, record } = props;
  return (
    <>
      {study.kind === "simulate" && <SimulationResult simulation={study.result as Simulation} plan={record.plan} />}
      {study.kind === "stress" && <StressResult stress={study.result as Stress} />}
      {study.kind === "replay" && <ReplayResult replay={study.result as Replay} />}
      {study.kind === "explain" && <Relax explanation={study.result as Explanation} />}
      <About study={study} />
    </>
  );
}

function About({ study }: { study: Study }) {
  const [asking, setAsking] = useState(false);
  const nothing = (value: unknown) => value == null || value === "" || (Array.isArray(value) && !value.length);
  const asked = Object.entries(study.request).filter(([key, value]) => key !== "series" && !nothing(value));
  const remove = () =>
    api.removeStudy(study.id).then(
      () => {
        toast(`Study ${study.id} is deleted`);
        go(study.kind === "explain" ? to.plan(study.plan) : to.whatIf(study.plan, study.kind));
      },
      (error: unknown) => toast(error instanceof Error ? error.message : String(error), "bad"),
    );
  return (
    <Panel
      title={`Study ${study.id}`}
      aside={
        <>
          <button
            type="button"
            class="button small"
            onClick={() =>
              saveText(`study-${study.id}.json`, JSON.stringify(study.result, null, 2), "application/json")
            }
          >
            Save as JSON
          </button>
          <button type="button" class="button small danger" onClick={() => setAsking(true)}>
            Delete
          </button>
        </>
      }
    >
      <p class="note">
        <a href={to.study(study.id)}>Link to this study</a>. Asked for:{" "}
        {asked.length
          ? asked.map(([key, value]) => `${key} ${Array.isArray(value) ? value.join(", ") : String(value)}`).join("; ")
          : "the defaults"}
        .
      </p>
      {asking && (
        <Confirm
          title={`Delete study ${study.id}?`}
          text="Its result is forgotten."
          action="Delete"
          close={() => setAsking(false)}
          confirm={remove}
        />
      )}
    </Panel>
  );
}
