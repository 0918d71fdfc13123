import { api } from "../../api.ts";
import { Empty, Figure, Figures, PageHead, Panel } from "../../components/bits.tsx";
import { saveText } from "../../components/download.tsx";
import { Loaded, useResource } from "../../components/resource.tsx";
import * as f from "../../lib/format.ts";
import { to } from "../../router.ts";
import type { PlanDiff } from "../../types.ts";
import { Changes, CostChange, Delta, Steps } from "./diff_body.tsx";

export function DiffView(props: { from: number; to: number }) {
  const diff = useResource((signal) => api.diff(props.from, props.to, signal), [props.from, props.to]);
  return (
    <>
      <PageHead
        eyebrow="Difference"
        title={`Plan ${props.from} to plan ${props.to}`}
        lead={
          <>
            From <a href={to.plan(props.from)}>plan {props.from}</a> to <a href={to.plan(props.to)}>plan {props.to}</a>
            {diff.data && names(diff.data)}
          </>
        }
        actions={
          <>
            <a class="button" href={to.diff(props.to, props.from)}>
              The other way
            </a>
            {diff.data && (
              <button
                type="button"
                class="button"
                onClick={() =>
                  saveText(
                    `diff-${props.from}-${props.to}.json`,
                    JSON.stringify(diff.data, null, 2),
                    "application/json",
                  )
                }
              >
                Save as JSON
              </button>
            )}
          </>
        }
      />
      <Loaded of={diff} what="the difference">
        {(data) => <Body diff={data} />}
      </Loaded>
    </>
  );
}

const names = (diff: PlanDiff) =>
  diff.fleet.old === diff.fleet.new ? `, fleet ${diff.fleet.new}` : `, fleets ${diff.fleet.old} and ${diff.fleet.new}`;

function Body({ diff }: { diff: PlanDiff }) {
  if (!diff.changed) {
    return (
      <Panel title="Nothing changes">
        <Empty title="Both plans run, route and cost the same." />
      </Panel>
    );
  }
  const change = diff.cost.difference.total;
  return (
    <>
      <Figures>
        <Figure
          label="Cost per hour"
          value={f.dollars(diff.cost.new.total)}
          small={
            <>
              <Delta value={change} />, was {f.perHour(diff.cost.old.total)}
            </>
          }
        />
        <Figure label="Deployments that change" value={f.integer(diff.deployments.length)} />
        <Figure label="Steps" value={f.integer(diff.steps.length)} small="in order" />
        <Figure
          label="Requests lost on the way"
          value={diff.lossless ? "none" : f.rate(diff.lost)}
          tone={diff.lossless ? "good" : "bad"}
          small={diff.lossless ? "make before break" : "at the worst step"}
        />
      </Figures>
      <Panel
        title="Steps"
        note={diff.lossless ? "In this order no class is served by fewer replicas than it needs." : undefined}
      >
        <Steps diff={diff} />
      </Panel>
      <Panel title="Cost">
        <CostChange diff={diff} />
      </Panel>
      <Panel title="What changes">
        <Changes diff={diff} />
      </Panel>
    </>
  );
}
