import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { paint } from "../state.ts";
import type { Column } from "./columns.ts";
import { useWidth } from "./size.ts";
import { DataTable } from "./table.tsx";

export type Colour = `hue-${number}` | "ink" | "bad" | "quiet";

export interface Series {
  name: string;
  values: readonly (number | null | undefined)[];
  colour: Colour;
  dashed?: boolean;
  stepped?: boolean;
  points?: boolean;
  filled?: boolean;
}

interface Props {
  label: string;
  x: readonly number[];
  xName: string;
  xText: (x: number) => string;
  yText: (y: number) => string;
  series: Series[];
  height?: number;
  fromZero?: boolean;
  /** Times since a beginning: a moment of it, seen late, is no whole axis. */
  xFromZero?: boolean;
  /** Axes that count, and have no marks between whole numbers. */
  whole?: "x" | "y";
  /** The scale reaches this far, so that next to nothing looks like next to nothing. */
  atLeast?: number;
  /** Index that is marked, as by a scrubber. */
  marked?: number | null;
  onPick?: (index: number) => void;
}

/** What a variable of the style sheet is now; a canvas cannot read variables itself. */
function resolved(name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

const faint = (colour: string) => colour.replace(/^rgb\((.*)\)$/, "rgba($1, 0.14)");

function options(props: Props, width: number): uPlot.Options {
  const line = resolved("line");
  const quiet = resolved("quiet");
  const axis = {
    stroke: quiet,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1 },
    font: "11.5px system-ui, sans-serif",
  };
  return {
    width,
    height: props.height ?? 240,
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, ...(props.xFromZero ? { range: (_u, _low, high) => [0, high] } : {}) },
      y: {
        range: (_u, low, high) => yRange(low, Math.max(high ?? 0, props.atLeast ?? -Infinity), props.fromZero ?? false),
      },
    },
    axes: [
      {
        ...axis,
        values: (_u, splits) => splits.map(props.xText),
        incrs: props.whole === "x" ? WHOLE : STEPS,
        space: width < NARROW ? 62 : 90,
        size: 34,
      },
      {
        ...axis,
        values: (_u, splits) => splits.map((v) => tick(props.yText(v))),
        size: axisWidth,
        ...(props.whole === "y" ? { incrs: WHOLE } : {}),
      },
    ],
    series: [
      {},
      ...props.series.map((s): uPlot.Series => {
        const stroke = resolved(s.colour);
        const paths = s.stepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
        return {
          label: s.name,
          stroke,
          width: 1.75,
          spanGaps: false,
          points: { show: s.points ?? false, size: 6 },
          ...(s.dashed ? { dash: [5, 4] } : {}),
          ...(s.filled ? { fill: faint(stroke) } : {}),
          ...(paths ? { paths } : {}),
        };
      }),
    ],
  };
}

/** Steps between ticks of times in seconds, which people count by 60; for whole numbers they do as well. */
const STEPS = [
  ...[-3, -2, -1].flatMap((e) => [10 ** e, 2 * 10 ** e, 5 * 10 ** e]),
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  180,
  300,
  600,
  900,
  1800,
  3600,
  7200,
  14400,
  21600,
  28800,
  43200,
  86400,
  172800,
  604800,
];

const WHOLE = [0, 1, 2, 3, 4, 5].flatMap((e) => [10 ** e, 2 * 10 ** e, 5 * 10 ** e]);
/** On a phone labels stand closer, so that there is more than one. */
const NARROW = 420;

/** Ticks are round numbers: their cents say nothing. */
const tick = (text: string) => text.replace(/\.00(?=\D|$)/, "");

/** Room for the widest label. */
const axisWidth = (_u: uPlot, values: string[] | null) =>
  Math.max(40, ...(values ?? []).map((v) => v.length * 6.7 + 18));

function yRange(low: number | null, high: number | null, fromZero: boolean): [number, number] {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  const from = fromZero ? Math.min(0, low) : low;
  const room = (high - from || Math.abs(high) || 1) * 0.08;
  return [fromZero && from === 0 ? 0 : from - room, high + room];
}

function drawMark(u: uPlot, index: number | null): void {
  const x = index === null ? undefined : u.data[0][index];
  if (x === undefined) return;
  const at = u.valToPos(x, "x", true);
  u.ctx.save();
  u.ctx.setLineDash([]);
  u.ctx.strokeStyle = resolved("ink");
  u.ctx.lineWidth = 1.5 * devicePixelRatio;
  u.ctx.beginPath();
  u.ctx.moveTo(at, u.bbox.top);
  u.ctx.lineTo(at, u.bbox.top + u.bbox.height);
  u.ctx.stroke();
  u.ctx.restore();
}

/** A line chart with its legend, the values under the cursor, and the same numbers as a table. */
export function Chart(props: Props) {
  const [box, width] = useWidth<HTMLDivElement>();
  const plot = useRef<uPlot | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const data = useMemo(
    () => [props.x as number[], ...props.series.map((s) => s.values as (number | null)[])] as uPlot.AlignedData,
    [props.x, props.series],
  );
  const look = JSON.stringify(props.series.map((s) => [s.name, s.colour, s.dashed, s.stepped, s.points]));
  const colours = paint.value;
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    if (!box.current || !width) return undefined;
    const made = new uPlot(
      {
        ...options(props, width),
        hooks: {
          setCursor: [(u) => setCursor(u.cursor.idx ?? null)],
          draw: [(u) => drawMark(u, latest.current.marked ?? null)],
        },
      },
      data,
      box.current,
    );
    plot.current = made;
    const pick = () => made.cursor.idx != null && latest.current.onPick?.(made.cursor.idx);
    made.over.addEventListener("click", pick);
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [width, look, colours, props.height]);
  useEffect(() => plot.current?.setData(data), [data]);
  useEffect(() => plot.current?.redraw(false), [props.marked]);
  return (
    <figure class="chart-figure">
      <figcaption>{props.label}</figcaption>
      <Legend {...props} at={cursor ?? props.marked ?? null} />
      <div class="chart-box" ref={box} role="img" aria-label={`${props.label}. The table below has the numbers.`} />
      <ChartTable {...props} />
    </figure>
  );
}

function Legend(props: Props & { at: number | null }) {
  const x = props.at === null ? undefined : props.x[props.at];
  return (
    <ul class="legend" aria-hidden="true">
      {props.series.map((s) => {
        const value = props.at === null ? undefined : s.values[props.at];
        return (
          <li>
            <span class={`swatch ${s.colour}`} />
            {s.name}
            {value !== null && value !== undefined && <b>{props.yText(value)}</b>}
          </li>
        );
      })}
      {x !== undefined && (
        <li>
          {props.xName} <b>{props.xText(x)}</b>
        </li>
      )}
    </ul>
  );
}

function ChartTable(props: Props) {
  const [open, setOpen] = useState(false);
  const columns: Column<number>[] = [
    { key: "x", head: props.xName, rowHead: true, text: (i) => props.xText(props.x[i] ?? 0) },
    ...props.series.map((s, n): Column<number> => ({
      key: String(n),
      head: s.name,
      number: true,
      text: (i) => {
        const v = s.values[i];
        return v === null || v === undefined ? "–" : props.yText(v);
      },
    })),
  ];
  return (
    <details class="as-table" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>
        As a table<span class="unseen">: {props.label}</span>
      </summary>
      {open && (
        <DataTable caption={props.label} bare columns={columns} rows={props.x.map((_, i) => i)} rowKey={(i) => i} />
      )}
    </details>
  );
}
