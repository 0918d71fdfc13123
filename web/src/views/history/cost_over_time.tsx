import { useMemo, useState } from "preact/hooks";
import { Panel } from "../../components/bits.tsx";
import { Chart, type Series } from "../../components/chart.tsx";
import * as f from "../../lib/format.ts";
import { planName } from "../../lib/names.ts";
import { go, to } from "../../router.ts";
import type { PlanSummary } from "../../types.ts";

const DOTS_UP_TO = 60;

/** One title at a time: costs of different fleets say nothing beside each other. */
export function CostOverTime(props: { plans: readonly PlanSummary[] }) {
  const fleets = useMemo(() => [...new Set(props.plans.map(planName))], [props.plans]);
  const [chosen, setChosen] = useState<string | null>(null);
  // The newest of which there is something to draw.
  const several = fleets.find((name) => props.plans.filter((p) => planName(p) === name).length > 1);
  const fleet = chosen !== null && fleets.includes(chosen) ? chosen : (several ?? fleets[0] ?? "");
  const plans = useMemo(
    () => props.plans.filter((p) => planName(p) === fleet).sort((a, b) => a.id - b.id),
    [props.plans, fleet],
  );
  const select = fleets.length > 1 && (
    <label class="field">
      <span>Title</span>
      <select value={fleet} onChange={(e) => setChosen(e.currentTarget.value)}>
        {fleets.map((name) => (
          <option value={name}>{name}</option>
        ))}
      </select>
    </label>
  );
  return (
    <Panel
      title="Cost and gap"
      note="In the order in which the plans were made. Choose a point to open its plan."
      aside={select}
    >
      {plans.length < 2 ? <p class="quiet">There is one plan of this title so far.</p> : <Charts plans={plans} />}
    </Panel>
  );
}

/** Plans stand side by side in their order: they come in bursts, and a scale of time would heap them up. */
function Charts({ plans }: { plans: PlanSummary[] }) {
  const points = plans.length < DOTS_UP_TO;
  const x = useMemo(() => plans.map((_, i) => i), [plans]);
  const cost = useMemo(
    (): Series[] => [
      { name: "Cost", colour: "hue-0", points, values: plans.map((p) => p.cost) },
      { name: "Lower bound", colour: "hue-2", dashed: true, points, values: plans.map((p) => p.lower_bound) },
    ],
    [plans],
  );
  const gap = useMemo(
    (): Series[] => [
      { name: "Proven gap", colour: "hue-6", points, values: plans.map((p) => (p.gap === null ? null : p.gap * 100)) },
    ],
    [plans],
  );
  const name = (i: number) => (Number.isInteger(i) && plans[i] ? `plan ${plans[i]?.id}` : "");
  const common = {
    x,
    xName: "of",
    xText: name,
    height: 200,
    whole: "x" as const,
    fromZero: true,
    onPick: (i: number) => plans[i] && go(to.plan(plans[i].id)),
  };
  return (
    <div class="two-charts">
      <Chart label="Cost" yText={f.perHour} series={cost} {...common} />
      <Chart label="Proven gap" yText={(v) => `${f.number(v)} %`} series={gap} atLeast={1} {...common} />
    </div>
  );
}
