import { useState } from "preact/hooks";
import { useWidth } from "../../components/size.ts";
import * as f from "../../lib/format.ts";
import { limitVerdict, type Verdict } from "../../lib/levels.ts";
import type { Plan, SimulatedClass, Slo, TimeStats } from "../../types.ts";

const FIRST = 12;
const METRICS = [
  ["TTFT", "ttft"],
  ["TPOT", "tpot"],
  ["E2E", "e2e"],
] as const;
const POINTS = ["p50", "p90", "p95", "p99"] as const;
const ROW = 40;
const LEFT = 44;
const RIGHT = 66;

export function Quantiles(props: { classes: SimulatedClass[]; plan: Plan }) {
  const [all, setAll] = useState(false);
  const limits = new Map(props.plan.classes.map((c) => [c.name, c.slo]));
  // The latest first: they are what one looks for.
  const order = [...props.classes].sort(
    (a, b) => (a.attainment ?? 0) - a.percentile - ((b.attainment ?? 0) - b.percentile),
  );
  const shown = all ? order.slice(0, 200) : order.slice(0, FIRST);
  return (
    <>
      <div class="quantiles">
        {shown.map((c) => (
          <ClassQuantiles key={c.name} class={c} slo={limits.get(c.name)} />
        ))}
      </div>
      {shown.length < Math.min(order.length, 200) && (
        <button type="button" class="button" onClick={() => setAll(true)}>
          Show {f.integer(Math.min(order.length, 200))} classes
        </button>
      )}
    </>
  );
}

function ClassQuantiles(props: { class: SimulatedClass; slo: Slo | undefined }) {
  const { class: c, slo } = props;
  const [box, width] = useWidth<HTMLDivElement>();
  return (
    <div class="quantile" ref={box}>
      <h3>
        {c.name} <span class="quiet">{f.percentile(c.percentile)}</span>
      </h3>
      {width > 0 && (
        <svg class="chart" width={width} height={METRICS.length * ROW} role="img" aria-label={spoken(c, slo)}>
          {METRICS.map(([label, key], i) => (
            <Row
              label={label}
              stats={c[key]}
              verdict={limitVerdict(c.within[key], c.percentile)}
              limit={slo?.[key] ?? null}
              predicted={c.predicted?.[key] ?? null}
              width={width}
              y={i * ROW + 18}
            />
          ))}
        </svg>
      )}
    </div>
  );
}

function spoken(c: SimulatedClass, slo: Slo | undefined): string {
  const metrics = METRICS.map(([label, key]) => {
    const limit = slo?.[key];
    return `${label} ${POINTS.map((p) => `${p} ${f.duration(c[key][p])}`).join(", ")}, ${limit ? `limit ${f.duration(limit)}` : "no limit"}`;
  });
  return `${c.name}: ${metrics.join("; ")}`;
}

function Row(props: {
  label: string;
  stats: TimeStats;
  verdict: Verdict;
  limit: number | null;
  predicted: number | null;
  width: number;
  y: number;
}) {
  const { label, stats, limit, predicted, width, y } = props;
  const values = POINTS.map((p) => stats[p]).filter((v): v is number => v !== null);
  const most = Math.max(...values, limit ?? 0, predicted ?? 0) * 1.04 || 1;
  const x = (value: number) => LEFT + (value / most) * (width - LEFT - RIGHT);
  const verdict = limit === null ? "holds" : props.verdict;
  const hue = verdict === "late" ? "hue-refused" : "hue-0";
  const [first = 0] = values;
  const last = values.at(-1) ?? 0;
  return (
    <g>
      <text class="quiet" x="0" y={y} dy="0.34em">
        {label}
      </text>
      <line class="track-line" x1={LEFT} x2={width - RIGHT} y1={y} y2={y} />
      <line class={`span ${hue}`} x1={x(first)} x2={x(last)} y1={y} y2={y} />
      {limit !== null && (
        <line class="limit" x1={x(limit)} x2={x(limit)} y1={y - 10} y2={y + 10}>
          <title>{`limit ${f.duration(limit)}`}</title>
        </line>
      )}
      {POINTS.map((p) => {
        const value = stats[p];
        return (
          value !== null && (
            <g>
              <circle class={hue} cx={x(value)} cy={y} r={3.4}>
                <title>{`${p.toUpperCase()} ${f.duration(value)}`}</title>
              </circle>
            </g>
          )
        );
      })}
      {predicted !== null && (
        <circle class="predicted" cx={x(predicted)} cy={y} r={4.6} fill-opacity="0">
          <title>{`predicted ${f.duration(predicted)}`}</title>
        </circle>
      )}
      <text class={verdict} x={width} y={y} dy="0.34em" text-anchor="end">
        {f.duration(stats.at_percentile)}
      </text>
    </g>
  );
}
