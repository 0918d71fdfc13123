import { useMemo, useState } from "preact/hooks";
import { Figure, Figures, Meter, Panel, Pill } from "../../components/bits.tsx";
import { Chart, type Series } from "../../components/chart.tsx";
import type { Column } from "../../components/columns.ts";
import { DataTable } from "../../components/table.tsx";
import * as f from "../../lib/format.ts";
import { VERDICT_LOOKS, VERDICTS, verdictOf, type Verdict } from "../../lib/levels.ts";
import type { Measured, Plan, SimulatedClass, SimulatedDeployment, Simulation } from "../../types.ts";
import { Quantiles } from "./quantiles.tsx";

export function SimulationResult(props: { simulation: Simulation; plan: Plan }) {
  const { simulation: s, plan } = props;
  return (
    <>
      <Figures>
        <Holding classes={s.classes} />
        <Figure
          label="Requests"
          value={f.integer(s.requests.arrived)}
          small={`${f.integer(s.requests.served)} served`}
        />
        <Figure
          label="Dropped or queued"
          value={f.integer(s.requests.dropped + s.requests.queued)}
          tone={s.requests.dropped + s.requests.queued > 0 ? "bad" : "good"}
          small={`${f.integer(s.requests.dropped)} dropped, ${f.integer(s.requests.queued)} queued at the end`}
        />
        <Figure
          label="Measured time"
          value={f.duration(s.simulated_seconds)}
          small={`${f.count(s.replications, "run")}, took ${f.duration(s.wall_seconds)}`}
        />
      </Figures>
      <Panel
        title="Attainment"
        note="Share of the measured requests that kept all limits of their class, with its 95 % interval."
      >
        <Attainment classes={s.classes} />
      </Panel>
      <Panel
        title="Latency against limits"
        note="P50, P90, P95 and P99 as measured. The dashed line is the limit, the ring what the plan predicts at the class's percentile."
      >
        <Quantiles classes={s.classes} plan={plan} />
      </Panel>
      <Panel title="Over time">
        <OverTime deployments={s.deployments} />
      </Panel>
      <Panel title="What deployments had to do">
        <Work deployments={s.deployments} />
      </Panel>
    </>
  );
}

function Holding({ classes }: { classes: SimulatedClass[] }) {
  const verdicts = classes.map(verdictOf);
  const count = (verdict: Verdict) => verdicts.filter((v) => v === verdict).length;
  const worst = VERDICTS.find((v) => count(v) > 0) ?? "holds";
  const others = VERDICTS.filter((v) => v !== "holds" && count(v) > 0).map(
    (v) => `${f.integer(count(v))} ${VERDICT_LOOKS[v].word}`,
  );
  return (
    <Figure
      label="Classes that hold"
      value={`${f.integer(count("holds"))} of ${f.integer(classes.length)}`}
      tone={VERDICT_LOOKS[worst].tone}
      small={others.join(", ") || "at 95 % confidence"}
    />
  );
}

/** With the hundredths that tell a share from the percentile that it misses. */
function spread({ value, half_width }: Measured): string {
  if (value === null) return "–";
  const half = half_width ? ` ± ${f.percent(half_width, half_width < 0.01 ? 2 : 3)}` : "";
  return f.percent(value, 4) + half;
}

const look = (c: SimulatedClass) => VERDICT_LOOKS[verdictOf(c)];

const attainmentColumns: Column<SimulatedClass>[] = [
  { key: "name", head: "Class", rowHead: true, value: (c) => c.name, text: (c) => c.name },
  {
    key: "verdict",
    head: "Promise",
    value: (c) => VERDICTS.indexOf(verdictOf(c)),
    text: (c) => look(c).word,
    cell: (c) => (
      <Pill tone={look(c).tone} title={look(c).title}>
        {look(c).word}
      </Pill>
    ),
  },
  {
    key: "attainment",
    head: "Within all limits",
    number: true,
    value: (c) => c.attainment,
    text: (c) => spread(c.within.all),
    beside: 9,
    cell: (c) => (
      <>
        {spread(c.within.all)}
        <Meter share={c.attainment ?? 0} tone={look(c).tone} />
      </>
    ),
  },
  {
    key: "percentile",
    head: "Promised",
    number: true,
    value: (c) => c.percentile,
    text: (c) => f.percent(c.percentile, 5),
  },
  { key: "ttft", head: "TTFT", number: true, value: (c) => c.within.ttft.value, text: (c) => spread(c.within.ttft) },
  { key: "tpot", head: "TPOT", number: true, value: (c) => c.within.tpot.value, text: (c) => spread(c.within.tpot) },
  { key: "e2e", head: "E2E", number: true, value: (c) => c.within.e2e.value, text: (c) => spread(c.within.e2e) },
  { key: "goodput", head: "Goodput", number: true, value: (c) => c.goodput, text: (c) => f.rate(c.goodput) },
  { key: "measured", head: "Requests", number: true, value: (c) => c.measured, text: (c) => f.integer(c.measured) },
];

function Attainment({ classes }: { classes: SimulatedClass[] }) {
  return (
    <DataTable
      caption="Attainment by class"
      what="classes"
      columns={attainmentColumns}
      rows={classes}
      rowKey={(c) => c.name}
      sort={{ key: "attainment", direction: "ascending" }}
      rowClass={(c) => (verdictOf(c) === "late" ? "missed" : "")}
    />
  );
}

const workColumns: Column<SimulatedDeployment>[] = [
  { key: "name", head: "Deployment", rowHead: true, value: (d) => d.name, text: (d) => d.name },
  { key: "replicas", head: "Replicas", number: true, value: (d) => d.replicas, text: (d) => f.integer(d.replicas) },
  {
    key: "busy",
    head: "Busy",
    number: true,
    value: (d) => d.utilization,
    text: (d) => f.percent(d.utilization),
    beside: 9,
    cell: (d) => (
      <>
        {f.percent(d.utilization)}
        <Meter share={d.utilization} />
      </>
    ),
  },
  {
    key: "batch",
    head: "Running",
    number: true,
    value: (d) => d.mean_batch,
    text: (d) => f.number(d.mean_batch),
    title: "Mean sequences of a replica",
  },
  { key: "queue", head: "Waiting", number: true, value: (d) => d.mean_queue, text: (d) => f.number(d.mean_queue) },
  { key: "kv", head: "Cache in use", number: true, value: (d) => d.kv_usage, text: (d) => f.percent(d.kv_usage) },
  {
    key: "preemptions",
    head: "Preemptions",
    number: true,
    value: (d) => d.preemptions,
    text: (d) => f.integer(d.preemptions),
  },
  {
    key: "served",
    head: "Served",
    number: true,
    value: (d) => d.requests.served,
    text: (d) => f.integer(d.requests.served),
  },
];

function Work({ deployments }: { deployments: SimulatedDeployment[] }) {
  return (
    <DataTable
      caption="Work of deployments"
      what="deployments"
      columns={workColumns}
      rows={deployments}
      rowKey={(d) => d.name}
    />
  );
}

function OverTime({ deployments }: { deployments: SimulatedDeployment[] }) {
  const drawn = deployments.filter((d) => d.timeline);
  const busiest = [...drawn].sort((a, b) => b.mean_queue - a.mean_queue)[0];
  const [name, setName] = useState(busiest?.name ?? "");
  const timeline = drawn.find((d) => d.name === name)?.timeline;
  const x = useMemo(() => timeline?.running.map((_, i) => i * timeline.seconds) ?? [], [timeline]);
  const sequences = useMemo(
    (): Series[] => [
      { name: "Running", colour: "hue-0", filled: true, values: timeline?.running ?? [] },
      { name: "Waiting", colour: "hue-1", filled: true, values: timeline?.waiting ?? [] },
    ],
    [timeline],
  );
  const shares = useMemo(
    (): Series[] => [
      { name: "Busy", colour: "hue-2", values: timeline?.busy ?? [] },
      { name: "Cache in use", colour: "hue-6", values: timeline?.kv_usage ?? [] },
    ],
    [timeline],
  );
  if (!timeline) return <p class="quiet">No deployment was watched over time.</p>;
  return (
    <>
      <div class="filters">
        <label class="field">
          <span>Deployment</span>
          <select value={name} onChange={(e) => setName(e.currentTarget.value)}>
            {drawn.map((d) => (
              <option value={d.name}>{d.name}</option>
            ))}
          </select>
        </label>
      </div>
      <div class="two-charts">
        <Chart
          label={"Sequences of a replica"}
          x={x}
          xName="at"
          xText={f.duration}
          yText={(v) => f.number(v)}
          series={sequences}
          height={210}
          fromZero
        />
        <Chart
          label={"Busy time and cache"}
          x={x}
          xName="at"
          xText={f.duration}
          yText={(v) => f.percent(v)}
          series={shares}
          height={210}
          fromZero
        />
      </div>
    </>
  );
}
