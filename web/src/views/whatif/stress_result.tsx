import { useMemo, useState } from "preact/hooks";
import { Figure, Figures, Meter, Panel } from "../../components/bits.tsx";
import type { Column } from "../../components/columns.ts";
import { DataTable } from "../../components/table.tsx";
import * as f from "../../lib/format.ts";
import { histogram } from "../../lib/histogram.ts";
import { nameOf } from "../../lib/stress.ts";
import type { Stress, StressMethod } from "../../types.ts";
import { Histogram } from "./histogram.tsx";
import { Scatter } from "./scatter.tsx";

export function StressResult({ stress }: { stress: Stress }) {
  const [at, setAt] = useState(0);
  const alone = stress.methods.length === 1;
  const method = stress.methods[at] ?? stress.methods[0];
  if (!method) return <p class="quiet">No plan was tested.</p>;
  const name = nameOf(method, alone);
  return (
    <>
      {!alone && (
        <Panel
          title="Cost against robustness"
          note="Each point is a plan that was made anew and met the same scenarios. Those on the line are beaten by none in both."
        >
          <Scatter methods={stress.methods} at={at} pick={setAt} />
          <MethodTable stress={stress} at={at} pick={setAt} />
        </Panel>
      )}
      <h2 class="section-title">
        {alone
          ? `The plan in ${f.integer(stress.scenarios)} scenarios`
          : `${name}, in ${f.integer(stress.scenarios)} scenarios`}
      </h2>
      <Summary method={method} />
      <div class="pair top-gap">
        <Panel
          title="Cost of a scenario"
          note="Rental, delay, and what every refused, late or poorly answered request costs."
        >
          <CostHistogram method={method} />
        </Panel>
        <Panel
          title="Broken promises"
          note="Share of all pairs of scenario and class in which a promise breaks, by its kind."
        >
          <Violations method={method} classes={stress.classes} />
        </Panel>
      </div>
    </>
  );
}

function Summary({ method: m }: { method: StressMethod }) {
  return (
    <Figures>
      <Figure label="Plan" value={f.dollars(m.plan_cost)} small="per hour, as planned" />
      <Figure
        label="Expected"
        value={f.dollars(m.expected_cost)}
        small={`${f.signedDollars(m.expected_cost - m.plan_cost)} to the plan`}
      />
      <Figure label="95th percentile" value={f.dollars(m.p95_cost)} small="per hour" />
      <Figure
        label="Promises broken"
        value={f.percent(m.violation_rate)}
        tone={m.violation_rate > 0.05 ? "bad" : m.violation_rate > 0 ? "close" : "good"}
        small={`${f.percent(m.late_share)} of requests late, ${f.percent(m.unmet_share)} refused`}
      />
    </Figures>
  );
}

function CostHistogram({ method }: { method: StressMethod }) {
  const bins = useMemo(() => histogram(method.rows.map((r) => r.cost)), [method]);
  const [only] = bins;
  if (bins.length === 1 && only)
    return <p>Every scenario costs {f.perHour(only.from)}: nothing is paid for promises that break.</p>;
  return (
    <Histogram
      bins={bins}
      text={f.perHour}
      label="Scenarios by cost"
      marks={[
        ["plan", method.plan_cost],
        ["expected", method.expected_cost],
        ["P95", method.p95_cost],
      ]}
    />
  );
}

function Violations({ method: m, classes }: { method: StressMethod; classes: number }) {
  const kinds: [string, number, string][] = [
    ["Late", m.violations.latency, "more requests than the percentile allows are beyond a limit"],
    ["Error", m.violations.error, "a quality floor is broken"],
    ["Refused", m.violations.unmet, "more is refused than may be"],
  ];
  const broken = useMemo(() => {
    const counts = new Map<number, number>();
    for (const r of m.rows) counts.set(r.broken, (counts.get(r.broken) ?? 0) + 1);
    return [...counts].sort((a, b) => a[0] - b[0]);
  }, [m]);
  const whole = broken.find(([n]) => n === 0)?.[1] ?? 0;
  return (
    <>
      <ul class="bars">
        {kinds.map(([name, share, meaning]) => (
          <li>
            <span class="bar-name">
              {name} <span class="quiet">{meaning}</span>
            </span>
            <span class="bar-value num">{f.percent(share)}</span>
            <Meter wide share={share} tone={share > 0.05 ? "bad" : share > 0 ? "close" : "good"} />
          </li>
        ))}
      </ul>
      {m.rows.length > 0 && (
        <p class="note top-gap">
          In {f.percent(whole / m.rows.length)} of the scenarios every promise is kept; at worst{" "}
          {f.integer(broken.at(-1)?.[0])} of {f.count(classes, "class", "classes")} break one.
        </p>
      )}
    </>
  );
}

interface Tested {
  m: StressMethod;
  i: number;
}

const figures: Column<Tested>[] = [
  {
    key: "plan",
    head: "Plan cost",
    number: true,
    value: (r) => r.m.plan_cost,
    text: (r) => f.perHour(r.m.plan_cost),
  },
  {
    key: "expected",
    head: "Expected",
    number: true,
    value: (r) => r.m.expected_cost,
    text: (r) => f.perHour(r.m.expected_cost),
  },
  { key: "p95", head: "P95", number: true, value: (r) => r.m.p95_cost, text: (r) => f.perHour(r.m.p95_cost) },
  {
    key: "violated",
    head: "Violated",
    number: true,
    value: (r) => r.m.violation_rate,
    text: (r) => f.percent(r.m.violation_rate),
  },
  {
    key: "late",
    head: "Late",
    number: true,
    value: (r) => r.m.violations.latency,
    text: (r) => f.percent(r.m.violations.latency),
  },
  {
    key: "error",
    head: "Error",
    number: true,
    value: (r) => r.m.violations.error,
    text: (r) => f.percent(r.m.violations.error),
  },
  {
    key: "unmet",
    head: "Refused",
    number: true,
    value: (r) => r.m.violations.unmet,
    text: (r) => f.percent(r.m.violations.unmet),
  },
];

function MethodTable(props: { stress: Stress; at: number; pick: (at: number) => void }) {
  const rows = useMemo(() => props.stress.methods.map((m, i): Tested => ({ m, i })), [props.stress]);
  const name: Column<Tested> = {
    key: "name",
    head: "Plan",
    rowHead: true,
    value: (r) => nameOf(r.m, false),
    text: (r) => nameOf(r.m, false),
    cell: (r) => (
      <button type="button" class="link" aria-pressed={r.i === props.at} onClick={() => props.pick(r.i)}>
        {nameOf(r.m, false)}
      </button>
    ),
  };
  const columns = [name, ...figures];
  return (
    <div class="top-gap">
      <DataTable
        caption="Plans under stress"
        what="plans"
        columns={columns}
        rows={rows}
        rowKey={(r) => r.i}
        rowClass={(r) => (r.i === props.at ? "chosen" : "")}
        sort={{ key: "expected", direction: "ascending" }}
      />
    </div>
  );
}
