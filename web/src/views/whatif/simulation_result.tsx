import { useMemo, useState } from "preact/hooks";
import { Figure, Figures, Meter, Panel, Pill } from "../../components/bits.tsx";
import { Chart, type Series } from "../../components/chart.tsx";
import type { Column } from "../../components/columns.ts";
import { DataTable } from "../../components/table.tsx";
import * as f from "../../lib/format.ts";
import type { Plan, SimulatedClass, SimulatedDeployment, Simulation } from "../../types.ts";
import { Quantiles } from "./quantiles.tsx";

export function SimulationResult(props: { simulation: Simulation; plan: Plan }) {
  const { simulation: s, plan } = props;
  const proven = s.classes.filter((c) => c.proven).length;
  const met = s.classes.filter((c) => c.slo_met).length;
  return (
    <>
      <Figures>
        <Figure
          label="Classes that hold"
          value={`${f.integer(proven)} of ${f.integer(s.classes.length)}`}
          tone={proven === s.classes.length ? "good" : met === s.classes.length ? "close" : "bad"}
          small={met > proven ? `${met - proven} more, but not at 95 % confidence` : "at 95 % confidence"}
        />
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

const spread = (m: { value: number | null; half_width: number | null }) =>
  m.value === null ? "–" : `${f.percent(m.value)}${m.half_width ? ` ± ${f.percent(m.half_width, 2)}` : ""}`;

function verdict(c: SimulatedClass) {
  if (c.proven) return <Pill tone="good">holds</Pill>;
  return c.slo_met ? (
    <Pill tone="close" title="met, but not at 95 % confidence">
      barely
    </Pill>
  ) : (
    <Pill tone="bad">late</Pill>
  );
}

const attainmentColumns: Column<SimulatedClass>[] = [
  { key: "name", head: "Class", rowHead: true, value: (c) => c.name, text: (c) => c.name },
  {
    key: "verdict",
    head: "Promise",
    value: (c) => Number(c.proven) * 2 + Number(c.slo_met),
    text: (c) => (c.proven ? "holds" : c.slo_met ? "barely" : "late"),
    cell: verdict,
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
        <Meter share={c.attainment ?? 0} tone={c.proven ? "good" : c.slo_met ? "close" : "bad"} />
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
      rowClass={(c) => (c.slo_met ? "" : "missed")}
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
