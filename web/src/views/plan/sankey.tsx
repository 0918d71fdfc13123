import { sankey, sankeyLinkHorizontal, type SankeyLink, type SankeyNode } from "d3-sankey";
import { useMemo, useState } from "preact/hooks";
import { useWidth } from "../../components/size.ts";
import { planFlow, REFUSED_HUE, type FlowLink, type FlowNode } from "../../lib/flow.ts";
import * as f from "../../lib/format.ts";
import type { Plan } from "../../types.ts";

type Node = SankeyNode<FlowNode, FlowLink>;
type Link = SankeyLink<FlowNode, FlowLink>;

const NARROWEST = 620;
const BAR = 12;
const COLUMNS = { class: 0, deployment: 1, pool: 2 };
const HEADINGS = [
  ["Classes", "start"],
  ["Deployments", "middle"],
  ["Pools", "end"],
] as const;

export const hueClass = (hue: number) => (hue === REFUSED_HUE ? "hue-refused" : hue < 0 ? "hue-other" : `hue-${hue}`);

function layout(plan: Plan, width: number) {
  const flow = planFlow(plan);
  const tallest = Math.max(
    ...["class", "deployment", "pool"].map((c) => flow.nodes.filter((n) => n.column === c).length),
  );
  const height = Math.max(150, Math.min(560, tallest * 36 + 30));
  const graph = sankey<FlowNode, FlowLink>()
    .nodeId((n) => n.id)
    .nodeAlign((n) => COLUMNS[n.column])
    .nodeWidth(BAR)
    .nodePadding(Math.min(18, (height * 0.5) / Math.max(1, tallest)))
    .extent([
      [1, 30],
      [width - 1, height - 9],
    ])({
    nodes: flow.nodes.map((n) => ({ ...n })),
    links: flow.links.map((l) => ({ ...l })),
  });
  return { graph, height };
}

const name = (end: Link["source"]) => (end as Node).label;

export function Sankey(props: { plan: Plan }) {
  const [box, available] = useWidth<HTMLDivElement>();
  const width = Math.max(NARROWEST, available);
  const drawn = useMemo(() => (available ? layout(props.plan, width) : null), [props.plan, width, available > 0]);
  const [over, setOver] = useState<string | null>(null);
  const { plan } = props;
  const total = plan.classes.reduce((sum, c) => sum + c.rate, 0);
  const text = `${f.rate(total)} of requests in ${f.count(plan.classes.length, "class", "classes")} go to ${f.count(
    plan.deployments.length,
    "deployment",
  )}. The table of routes below has every share.`;
  return (
    <div class="flow" ref={box} tabIndex={0} role="group" aria-label="Where requests go">
      {drawn && (
        <svg
          class="chart"
          width={width}
          height={drawn.height}
          role="img"
          aria-label={text}
          onPointerLeave={() => setOver(null)}
        >
          {HEADINGS.map(([label, anchor], i) => (
            <text class="heading" x={(i * width) / 2} y="13" text-anchor={anchor}>
              {label}
            </text>
          ))}
          <g>
            {drawn.graph.links.map((l) => (
              <Band link={l} over={over} setOver={setOver} />
            ))}
          </g>
          <g>
            {drawn.graph.nodes.map((n) => (
              <Bar node={n} width={width} over={over} setOver={setOver} />
            ))}
          </g>
        </svg>
      )}
    </div>
  );
}

function touches(link: Link, id: string): boolean {
  return (link.source as Node).id === id || (link.target as Node).id === id;
}

function Band(props: { link: Link; over: string | null; setOver: (id: string | null) => void }) {
  const { link, over } = props;
  const key = `${(link.source as Node).id}>${(link.target as Node).id}`;
  const state = over === null ? "" : over === key || touches(link, over) ? "lit" : "dim";
  return (
    <path
      class={`band ${hueClass(link.hue)} ${state}`}
      d={sankeyLinkHorizontal()(link as never) ?? ""}
      stroke-width={Math.max(1, link.width ?? 1)}
      onPointerEnter={() => props.setOver(key)}
    >
      <title>{`${name(link.source)} → ${name(link.target)}: ${f.rate(link.value)}`}</title>
    </path>
  );
}

function Bar(props: { node: Node; width: number; over: string | null; setOver: (id: string | null) => void }) {
  const { node, width } = props;
  const { x0 = 0, x1 = 0, y0 = 0, y1 = 0 } = node;
  const last = node.column === "pool";
  const room = Math.floor((last ? 150 : width / 2 - 60) / 7.2) - 8;
  const label = node.label.length > room ? `${node.label.slice(0, room - 1)}…` : node.label;
  return (
    <g onPointerEnter={() => props.setOver(node.id)}>
      <rect
        class={node.column === "class" && node.hue !== REFUSED_HUE ? "hue-other" : hueClass(node.hue)}
        x={x0}
        y={y0}
        width={x1 - x0}
        height={Math.max(1.5, y1 - y0)}
        rx="2"
      />
      <text class="halo" x={last ? x0 - 7 : x1 + 7} y={(y0 + y1) / 2} dy="0.34em" text-anchor={last ? "end" : "start"}>
        {label}
        <tspan class="quiet" dx="6">
          {f.rate(node.rate)}
        </tspan>
      </text>
      <title>{`${node.label}: ${f.rate(node.rate)}`}</title>
    </g>
  );
}
