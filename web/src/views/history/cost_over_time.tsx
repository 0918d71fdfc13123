import { useMemo } from "preact/hooks";
import { Panel } from "../../components/bits.tsx";
import { Chart, type Series } from "../../components/chart.tsx";
import * as f from "../../lib/format.ts";
import { go, to } from "../../router.ts";
import type { PlanSummary } from "../../types.ts";

/** Plans stand side by side in the order in which they were made: they come in bursts, and time would heap them up. */
export function CostOverTime(props: { plans: readonly PlanSummary[] }) {
  const plans = useMemo(() => [...props.plans].sort((a, b) => a.id - b.id), [props.plans]);
  const x = useMemo(() => plans.map((_, i) => i), [plans]);
  const cost = useMemo((): Series[] => [
    { name: "Cost", colour: "hue-0", points: plans.length < 60, values: plans.map((p) => p.cost) },
    { name: "Lower bound", colour: "hue-2", dashed: true, points: plans.length < 60, values: plans.map((p) => p.lower_bound) },
  ], [plans]);
  const gap = useMemo((): Series[] => [
    { name: "Proven gap", colour: "hue-6", points: plans.length < 60, values: plans.map((p) => (p.gap === null ? null : p.gap * 100)) },
  ], [plans]);
  if (plans.length < 2) return null;
  const name = (i: number) => (Number.isInteger(i) && plans[i] ? `plan ${plans[i]?.id}` : "");
  const open = (i: number) => plans[i] && go(to.plan(plans[i].id));
  return (
    <Panel title="Cost and gap" note="In the order in which the plans were made. Choose a point to open its plan.">
      <div class="two-charts">
        <Chart label="Cost of plans" x={x} xName="of" xText={name} yText={f.perHour} series={cost} height={200} fromZero onPick={open} />
        <Chart label="Proven gap of plans" x={x} xName="of" xText={name} yText={(v) => `${f.number(v)} %`} series={gap} height={200} fromZero onPick={open} />
      </div>
    </Panel>
  );
}
