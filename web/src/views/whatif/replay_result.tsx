import { useMemo, useState } from "preact/hooks";
import { Figure, Figures, Panel } from "../../components/bits.tsx";
import { Chart, type Colour, type Series } from "../../components/chart.tsx";
import type { Column } from "../../components/columns.ts";
import { DataTable } from "../../components/table.tsx";
import * as f from "../../lib/format.ts";
import type { Replay, ReplayPolicy, ReplayWindow } from "../../types.ts";

const hue = (i: number): Colour => `hue-${i % 8}`;

export function ReplayResult({ replay }: { replay: Replay }) {
  const [at, setAt] = useState(0);
  const cheapest = [...replay.policies].sort((a, b) => a.cost - b.cost)[0];
  const kept = [...replay.policies]
    .filter((p) => p.policy !== "oracle")
    .sort((a, b) => a.violation_rate - b.violation_rate || a.cost - b.cost)[0];
  return (
    <>
      <Figures>
        <Figure
          label="Time played"
          value={f.duration(replay.windows * replay.window_seconds)}
          small={`${f.count(replay.windows, "window")} of ${f.duration(replay.window_seconds)}`}
        />
        <Figure
          label="Cheapest"
          value={cheapest?.policy ?? "–"}
          small={cheapest && `${f.dollars(cheapest.cost)} in all, ${f.percent(cheapest.violation_rate)} broken`}
        />
        <Figure
          label="Fewest broken promises"
          value={kept?.policy ?? "–"}
          small={kept && `${f.percent(kept.violation_rate)} broken, ${f.dollars(kept.cost)} in all`}
        />
        <Figure
          label="Forecast"
          value={replay.forecast}
          small={replay.missing ? `${f.count(replay.missing, "measurement")} missing` : "no measurement missing"}
        />
      </Figures>
      <Panel title="Policies" note="Costs in USD over all windows.">
        <Policies policies={replay.policies} />
      </Panel>
      <OverWindows replay={replay} at={at} setAt={setAt} />
    </>
  );
}

const policyColumns: Column<ReplayPolicy>[] = [
  { key: "policy", head: "Policy", rowHead: true, value: (p) => p.policy, text: (p) => p.policy },
  { key: "cost", head: "Cost", number: true, value: (p) => p.cost, text: (p) => f.dollars(p.cost) },
  {
    key: "switching",
    head: "Of it switching",
    number: true,
    value: (p) => p.switching,
    text: (p) => f.dollars(p.switching),
  },
  {
    key: "violated",
    head: "Violated",
    number: true,
    value: (p) => p.violation_rate,
    text: (p) => f.percent(p.violation_rate),
  },
  { key: "late", head: "Late", number: true, value: (p) => p.late_share, text: (p) => f.percent(p.late_share) },
  { key: "unmet", head: "Refused", number: true, value: (p) => p.unmet_share, text: (p) => f.percent(p.unmet_share) },
  {
    key: "changes",
    head: "Changes",
    number: true,
    value: (p) => p.changes,
    text: (p) => f.integer(p.changes),
    title: "Replicas that started or stopped",
  },
  {
    key: "failed",
    head: "No plan",
    number: true,
    value: (p) => p.failed,
    text: (p) => f.integer(p.failed),
    title: "Windows without a plan",
  },
  {
    key: "planning",
    head: "Planning",
    number: true,
    value: (p) => p.planning_seconds.mean,
    text: (p) => f.duration(p.planning_seconds.mean),
    title: "Mean time of a window's plan",
  },
];

function Policies({ policies }: { policies: ReplayPolicy[] }) {
  return (
    <DataTable
      caption="Policies"
      what="policies"
      columns={policyColumns}
      rows={policies}
      rowKey={(p) => p.policy}
      sort={{ key: "cost", direction: "ascending" }}
    />
  );
}

/** What is drawn of every window, in words, and whether it counts. */
const CHARTS: [string, (w: ReplayWindow) => number, (v: number) => string, boolean][] = [
  ["Cost of a window", (w) => w.cost + w.switching, f.dollars, false],
  ["GPUs", (w) => w.gpus, f.integer, true],
  ["Classes with a broken promise", (w) => w.broken, f.integer, true],
];

function OverWindows(props: { replay: Replay; at: number; setAt: (at: number) => void }) {
  const { replay, at, setAt } = props;
  const start = replay.start ?? 0;
  const x = useMemo(() => replay.demand.map((_, i) => start + i * replay.window_seconds), [replay]);
  const demand = useMemo(
    (): Series[] => [{ name: "Demand", colour: "ink", stepped: true, filled: true, values: replay.demand }],
    [replay],
  );
  const lines = useMemo(
    () =>
      CHARTS.map(([, value]) =>
        replay.policies.map((p, i): Series => ({
          name: p.policy,
          colour: hue(i),
          stepped: true,
          dashed: p.policy === "oracle",
          values: p.windows.map(value),
        })),
      ),
    [replay],
  );
  const time = (seconds: number) => clock(seconds);
  const common = { x, xName: "at", xText: time, marked: at, onPick: setAt, height: 190, fromZero: true };
  return (
    <Panel title="Window by window" note="Move along the windows with the slider, or choose a point of a chart.">
      <Scrubber replay={replay} at={at} setAt={setAt} time={time(x[at] ?? 0)} />
      <AtWindow replay={replay} at={at} />
      <div class="two-charts top-gap">
        <Chart label="Demand" yText={f.rate} series={demand} {...common} />
        {CHARTS.map(([label, , text, counts], i) => (
          <Chart label={label} yText={text} series={lines[i] ?? []} {...common} {...(counts ? { whole: "y" } : {})} />
        ))}
      </div>
    </Panel>
  );
}

/** Hours and minutes since the start, with the day where there are several. */
function clock(seconds: number): string {
  const day = Math.floor(seconds / 86400);
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
  const time = `${two((seconds % 86400) / 3600)}:${two((seconds % 3600) / 60)}`;
  return day > 0 ? `day ${day + 1} ${time}` : time;
}

function Scrubber(props: { replay: Replay; at: number; setAt: (at: number) => void; time: string }) {
  const { replay, at, setAt } = props;
  return (
    <div class="scrub">
      <span>
        Window {at + 1} of {replay.windows}
      </span>
      <input
        type="range"
        min={0}
        max={replay.windows - 1}
        step={1}
        value={at}
        aria-label="Window"
        aria-valuetext={`window ${at + 1} of ${replay.windows}, ${props.time}, demand ${f.rate(replay.demand[at])}`}
        onInput={(e) => setAt(Number(e.currentTarget.value))}
      />
      <span>
        {props.time}, <b>{f.rate(replay.demand[at])}</b>
      </span>
    </div>
  );
}

interface AtRow {
  policy: string;
  hue: Colour;
  window: ReplayWindow;
}

const atColumns: Column<AtRow>[] = [
  {
    key: "policy",
    head: "Policy",
    rowHead: true,
    text: (r) => r.policy,
    cell: (r) => (
      <span class="keyed">
        <span class={`swatch ${r.hue}`} />
        {r.policy}
      </span>
    ),
  },
  { key: "cost", head: "Cost", number: true, text: (r) => f.dollars(r.window.cost) },
  { key: "switching", head: "Switching", number: true, text: (r) => f.dollars(r.window.switching) },
  { key: "gpus", head: "GPUs", number: true, text: (r) => f.integer(r.window.gpus) },
  { key: "replicas", head: "Replicas", number: true, text: (r) => f.integer(r.window.replicas) },
  { key: "moves", head: "Start, stop", number: true, text: (r) => `${r.window.started}, ${r.window.stopped}` },
  {
    key: "broken",
    head: "Broken",
    number: true,
    text: (r) => f.integer(r.window.broken),
    cell: (r) => <span class={r.window.broken ? "bad-text" : ""}>{r.window.broken}</span>,
  },
  { key: "late", head: "Late", number: true, text: (r) => f.percent(r.window.late_share) },
  { key: "unmet", head: "Refused", number: true, text: (r) => f.percent(r.window.unmet_share) },
];

function AtWindow({ replay, at }: { replay: Replay; at: number }) {
  const rows = replay.policies.flatMap((p, i): AtRow[] => {
    const window = p.windows[at];
    return window ? [{ policy: p.policy, hue: hue(i), window }] : [];
  });
  return (
    <DataTable bare caption={`Policies in window ${at + 1}`} columns={atColumns} rows={rows} rowKey={(r) => r.policy} />
  );
}
