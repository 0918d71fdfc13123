import { useState } from "preact/hooks";
import { api } from "../../api.ts";
import { Figure, Figures, PageHead, Panel, Pill, StatusPill } from "../../components/bits.tsx";
import { ExportMenu } from "../../components/download.tsx";
import { Loaded, useResource } from "../../components/resource.tsx";
import * as f from "../../lib/format.ts";
import { promises } from "../../lib/levels.ts";
import { planName } from "../../lib/names.ts";
import { to } from "../../router.ts";
import { toast } from "../../state.ts";
import type { Explanation, PlanRecord, Simulation, StudyHead } from "../../types.ts";
import { EngineArguments, HowMade } from "./details.tsx";
import { Levels } from "./levels.tsx";
import { Limits } from "./limits.tsx";
import { Sankey } from "./sankey.tsx";
import { Spending } from "./spending.tsx";
import { DeploymentTable, OfferTable, RouteTable } from "./tables.tsx";

interface Beside {
  studies: StudyHead[];
  simulation: Simulation | null;
  explanation: Explanation | null;
}

/** The newest simulation and explanation of a plan; they are shown beside what it predicts. */
async function beside(id: number, signal: AbortSignal): Promise<Beside> {
  const { studies } = await api.studies(id, signal);
  const newest = (kind: string) => studies.find((s) => s.kind === kind);
  const simulate = newest("simulate");
  const explain = newest("explain");
  const [simulation, explanation] = await Promise.all([
    simulate ? api.study<Simulation>(simulate.id, signal) : null,
    explain ? api.study<Explanation>(explain.id, signal) : null,
  ]);
  return { studies, simulation: simulation?.result ?? null, explanation: explanation?.result ?? null };
}

export function PlanView(props: { id: number }) {
  const record = useResource((signal) => api.plan(props.id, signal), [props.id]);
  const studies = useResource((signal) => beside(props.id, signal), [props.id]);
  return (
    <Loaded of={record} what="the plan" page={`Plan ${props.id}`}>
      {(data) => <Page record={data} beside={studies.data} reloadBeside={studies.reload} reload={record.reload} />}
    </Loaded>
  );
}

function Page(props: { record: PlanRecord; beside: Beside | null; reloadBeside: () => void; reload: () => void }) {
  const { record } = props;
  const { plan } = record;
  const simulation = props.beside?.simulation ?? null;
  return (
    <>
      <Head record={record} reload={props.reload} />
      <Summary record={record} simulation={simulation} />
      {plan.warnings.length > 0 && <Warnings texts={plan.warnings} />}
      <Panel
        title="Where requests go"
        note="Requests per second from classes through deployments to the pools they run on. A band is as wide as its rate."
      >
        <Sankey plan={plan} />
      </Panel>
      <Panel
        title="Service levels"
        note={
          <>
            What the plan predicts at each class's percentile on its worst route. The line is the limit.
            {simulation ? (
              " Below it what a simulation measured."
            ) : (
              <>
                {" "}
                <a href={to.whatIf(record.id)}>Simulate</a> to set measured times beside it.
              </>
            )}
          </>
        }
      >
        <Levels classes={plan.classes} simulation={simulation} />
      </Panel>
      <Panel title="Where the money goes" note="Per hour; a month has 730 hours. Coloured by pool.">
        <Spending plan={plan} />
      </Panel>
      <Panel title="Deployments">
        <DeploymentTable plan={plan} />
      </Panel>
      <Panel title="Routes" note="Which share of a class goes to which deployment, and what is predicted there.">
        <RouteTable plan={plan} />
      </Panel>
      <Panel title="Boxes">
        <OfferTable plan={plan} />
      </Panel>
      <Panel title="What binds">
        <Limits id={record.id} plan={plan} explanation={props.beside?.explanation ?? null} made={props.reloadBeside} />
      </Panel>
      <Panel title="Engine arguments">
        <EngineArguments plan={plan} />
      </Panel>
      <Panel title="How it was made">
        <HowMade record={record} studies={props.beside?.studies ?? []} />
      </Panel>
    </>
  );
}

function Warnings(props: { texts: string[] }) {
  return (
    <section class="notice warn" aria-label="Warnings">
      <h2>Before you act on this plan</h2>
      <ul>
        {props.texts.map((w) => (
          <li>{w}</li>
        ))}
      </ul>
    </section>
  );
}

function Head({ record, reload }: { record: PlanRecord; reload: () => void }) {
  const [busy, setBusy] = useState(false);
  const activate = async () => {
    setBusy(true);
    try {
      await api.activate(record.id);
      toast(`Plan ${record.id} is active: /v1/targets and /metrics speak of it`);
      reload();
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), "bad");
    }
    setBusy(false);
  };
  return (
    <PageHead
      eyebrow={`Plan ${record.id}`}
      title={planName(record)}
      lead={
        <>
          {f.count(record.classes, "class", "classes")} on {f.count(record.deployments, "deployment")}, method{" "}
          {record.method},{" "}
          <time dateTime={record.created} title={f.when(record.created)}>
            {f.ago(record.created)}
          </time>{" "}
          <StatusPill status={record.status} /> {record.active && <Pill tone="good">active</Pill>}
        </>
      }
      actions={
        <>
          <a class="button primary" href={to.edit(record.id)}>
            Edit fleet
          </a>
          <a class="button" href={to.whatIf(record.id)}>
            What if
          </a>
          {!record.active && (
            <button type="button" class="button" disabled={busy} onClick={activate}>
              Activate
            </button>
          )}
          <ExportMenu id={record.id} />
        </>
      }
    />
  );
}

function Summary({ record, simulation }: { record: PlanRecord; simulation: Simulation | null }) {
  const { plan } = record;
  const met = plan.classes.filter((c) => c.slo_met).length;
  const boxes = plan.offers.reduce((sum, o) => sum + o.boxes, 0);
  const idle = plan.offers.reduce((sum, o) => sum + o.gpus, 0) - record.gpus;
  const { text, tone } = promises(plan.classes, simulation);
  return (
    <Figures>
      <Figure
        label="Cost per hour"
        value={f.dollars(plan.cost.total)}
        small={`${f.perMonth(plan.cost.total)} of 730 h`}
      />
      <Figure
        label="Proven gap"
        value={f.gap(plan.gap)}
        small={
          plan.lower_bound === null ? "no bound was computed" : `no plan costs less than ${f.perHour(plan.lower_bound)}`
        }
      />
      <Figure
        label="GPUs"
        value={f.integer(record.gpus)}
        small={`in ${f.count(boxes, "box", "boxes")}, ${idle > 0 ? `${f.integer(idle)} idle` : "none idle"}`}
      />
      <Figure
        label="Classes within their SLOs"
        value={`${f.integer(met)} of ${f.integer(plan.classes.length)}`}
        tone={tone}
        small={text}
      />
    </Figures>
  );
}
