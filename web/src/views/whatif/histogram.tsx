import { useWidth } from "../../components/size.ts";
import * as f from "../../lib/format.ts";
import type { Bin } from "../../lib/histogram.ts";

const HEIGHT = 190;
const BASE = HEIGHT - 22;
const TOP = 34;

export function Histogram(props: {
  bins: Bin[];
  text: (value: number) => string;
  label: string;
  marks: [string, number][];
}) {
  const [box, width] = useWidth<HTMLDivElement>();
  const { bins } = props;
  const low = bins[0]?.from ?? 0;
  const high = bins.at(-1)?.to ?? 1;
  const most = Math.max(...bins.map((b) => b.count), 1);
  const x = (value: number) => ((value - low) / (high - low || 1)) * width;
  const total = bins.reduce((sum, b) => sum + b.count, 0);
  const spoken = `${props.label}: ${bins
    .filter((b) => b.count)
    .map((b) => `${b.count} from ${props.text(b.from)} to ${props.text(b.to)}`)
    .join(", ")}`;
  return (
    <div ref={box}>
      {width > 0 && (
        <svg class="chart" width={width} height={HEIGHT} role="img" aria-label={spoken}>
          {bins.map((b) => {
            const tall = (b.count / most) * (BASE - TOP);
            return (
              <rect
                class="hue-0"
                x={x(b.from) + 0.5}
                width={Math.max(1, x(b.to) - x(b.from) - 1)}
                y={BASE - tall}
                height={tall}
                rx="1.5"
              >
                <title>{`${f.count(b.count, "scenario")} of ${total}: ${props.text(b.from)} to ${props.text(b.to)}`}</title>
              </rect>
            );
          })}
          <line class="axis" x1="0" x2={width} y1={BASE} y2={BASE} />
          <text class="quiet" x="0" y={HEIGHT - 5}>
            {props.text(low)}
          </text>
          <text class="quiet" x={width} y={HEIGHT - 5} text-anchor="end">
            {props.text(high)}
          </text>
          <Marks marks={props.marks.filter(([, at]) => at >= low && at <= high)} x={x} width={width} />
        </svg>
      )}
    </div>
  );
}

function Marks(props: { marks: [string, number][]; x: (value: number) => number; width: number }) {
  return (
    <g>
      {props.marks.map(([name, at], i) => {
        const x = props.x(at);
        const right = x > props.width - 70;
        return (
          <g>
            <line class="tick-mark" x1={x} x2={x} y1={12 + i * 11} y2={BASE} />
            <text
              class="quiet halo"
              x={right ? x - 5 : x + 5}
              y={14 + i * 11}
              dy="0.3em"
              text-anchor={right ? "end" : "start"}
            >
              {name}
            </text>
          </g>
        );
      })}
    </g>
  );
}
