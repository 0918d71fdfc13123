import { api } from "../../api.ts";
import { Figure, Figures, Panel } from "../../components/bits.tsx";
import { Loaded, useResource } from "../../components/resource.tsx";
import * as f from "../../lib/format.ts";
import { to } from "../../router.ts";
import type { PlanDiff, PlanRecord } from "../../types.ts";
import { Changes, CostChange, Delta, Steps } from "./diff_body.tsx";

interface Both {
  old: PlanRecord | null;
  made: PlanRecord;
  diff: PlanDiff | null;
}

async function load(base: number | null, made: number, signal: AbortSignal): Promise<Both> {
  const other = base === made ? null : base;
  const [record, old, diff] = await Promise.all([
    api.plan(made, signal),
    other === null ? null : api.plan(other, signal).catch(() => null),
    other === null ? null : api.diff(other, made, signal).catch(() => null),
  ]);
  return { made: record, old, diff };
}

/** A plan that was just made, beside the one it began with. */
export function Compare(props: { base: number | null; made: number }) {
  const both = useResource((signal) => load(props.base, props.made, signal), [props.base, props.made]);
  return (
    <Loaded of={both} what="the new plan">
      {(data) => <Shown {...data} />}
    </Loaded>
  );
}

const was = (text: string, old: string | null) =>
  old === null ? undefined : text === old ? `as before` : `was ${old}`;

function CostBeside(props: { made: number; old: number }) {
  const change = props.made - props.old;
  if (Math.abs(change) < 5e-7) return <>as before</>;
  return (
    <>
      <Delta value={change} />, was {f.perHour(props.old)}
    </>
  );
}

function Shown({ old, made, diff }: Both) {
  const met = (r: PlanRecord) =>
    `${f.integer(r.plan.classes.filter((c) => c.slo_met).length)} of ${f.integer(r.classes)}`;
  return (
    <Panel
      title={`Plan ${made.id}${old ? ` beside plan ${old.id}` : ""}`}
      aside={
        <>
          <a class="button primary" href={to.plan(made.id)}>
            Open plan {made.id}
          </a>
          {old && (
            <a class="button" href={to.diff(old.id, made.id)}>
              Whole difference
            </a>
          )}
        </>
      }
    >
      <Figures>
        <Figure
          label="Cost per hour"
          value={f.dollars(made.cost)}
          small={old ? <CostBeside made={made.cost} old={old.cost} /> : f.perMonth(made.cost)}
        />
        <Figure label="Proven gap" value={f.gap(made.gap)} small={was(f.gap(made.gap), old && f.gap(old.gap))} />
        <Figure
          label="GPUs"
          value={f.integer(made.gpus)}
          small={was(f.integer(made.gpus), old && f.integer(old.gpus))}
        />
        <Figure
          label="Classes within their SLOs"
          value={met(made)}
          tone={made.slo_met ? "good" : "bad"}
          small={was(met(made), old && met(old))}
        />
      </Figures>
      {diff && !diff.changed && <p>Both plans run, route and cost the same.</p>}
      {diff?.changed && (
        <>
          <CostChange diff={diff} />
          <div class="pair wide-left spaced">
            <div>
              <Changes diff={diff} />
            </div>
            <div>
              <h3 class="sub">
                Steps from plan {old?.id} to plan {made.id}
              </h3>
              <Steps diff={diff} />
            </div>
          </div>
        </>
      )}
    </Panel>
  );
}
