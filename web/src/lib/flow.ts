import type { Plan } from "../types.ts";
import { count } from "./format.ts";

// Requests per second from classes through deployments to pools, small enough to be drawn: of each column the largest
// keep their names, the rest is one node.

export type Column = "class" | "deployment" | "pool";

export interface FlowNode {
  id: string;
  column: Column;
  label: string;
  rate: number;
  /** Index into the hues of the pools; -1 for what has none, -2 for what is refused. */
  hue: number;
}

export interface FlowLink {
  source: string;
  target: string;
  value: number;
  hue: number;
}

export interface Flow {
  nodes: FlowNode[];
  links: FlowLink[];
}

export const NO_HUE = -1;
export const REFUSED_HUE = -2;
const HUES = 8;

/** Pools in the order of what is spent on them: the order of hues everywhere on the page. */
export function poolHues(plan: Plan): Map<string, number> {
  const spent = new Map<string, number>();
  for (const offer of plan.offers) spent.set(offer.pool, (spent.get(offer.pool) ?? 0) + offer.cost);
  for (const d of plan.deployments) if (!spent.has(d.pool)) spent.set(d.pool, 0);
  const order = [...spent].sort((a, b) => b[1] - a[1]).map(([pool]) => pool);
  return new Map(order.map((pool, i) => [pool, i < HUES ? i : NO_HUE]));
}

/** Maps names to node ids: the `keep` largest to their own, all others to one. */
function naming(rates: Map<string, number>, keep: number, column: Column): (name: string) => string {
  const order = [...rates].sort((a, b) => b[1] - a[1]);
  const own = new Set(order.slice(0, order.length > keep ? keep - 1 : keep).map(([name]) => name));
  return (name) => (own.has(name) ? `${column}:${name}` : `${column}/others`);
}

const add = (map: Map<string, number>, key: string, value: number) => map.set(key, (map.get(key) ?? 0) + value);

export function planFlow(plan: Plan, keep: Record<Column, number> = { class: 14, deployment: 14, pool: 10 }): Flow {
  const poolOf = new Map(plan.deployments.map((d) => [d.name, d.pool]));
  const rateOf = new Map(plan.classes.map((c) => [c.name, c.rate]));
  const classes = new Map<string, number>();
  const deployments = new Map<string, number>();
  const pools = new Map<string, number>();
  const bands = plan.routes
    .map((r) => ({ class: r.class, deployment: r.deployment, rate: r.share * (rateOf.get(r.class) ?? 0) }))
    .filter((b) => b.rate > 0);
  for (const c of plan.classes) add(classes, c.name, c.rate);
  for (const b of bands) {
    add(deployments, b.deployment, b.rate);
    add(pools, poolOf.get(b.deployment) ?? "", b.rate);
  }
  const ids = {
    class: naming(classes, keep.class, "class"),
    deployment: naming(deployments, keep.deployment, "deployment"),
    pool: naming(pools, keep.pool, "pool"),
  };
  const hues = poolHues(plan);
  const links = new Map<string, FlowLink>();
  const join = (source: string, target: string, value: number, hue: number) => {
    const key = `${source}\u0001${target}\u0001${hue}`;
    const link = links.get(key);
    if (link) link.value += value;
    else links.set(key, { source, target, value, hue });
  };
  for (const b of bands) {
    const pool = poolOf.get(b.deployment) ?? "";
    const hue = hues.get(pool) ?? NO_HUE;
    join(ids.class(b.class), ids.deployment(b.deployment), b.rate, hue);
    join(ids.deployment(b.deployment), ids.pool(pool), b.rate, hue);
  }
  for (const c of plan.classes) {
    if (c.unmet * c.rate > 1e-9) join(ids.class(c.name), "deployment:refused", c.unmet * c.rate, REFUSED_HUE);
  }
  return { nodes: flowNodes({ classes, deployments, pools }, ids, hues, poolOf, links), links: [...links.values()] };
}

function flowNodes(
  rates: { classes: Map<string, number>; deployments: Map<string, number>; pools: Map<string, number> },
  ids: Record<Column, (name: string) => string>,
  hues: Map<string, number>,
  poolOf: Map<string, string>,
  links: Map<string, FlowLink>,
): FlowNode[] {
  const used = new Set([...links.values()].flatMap((l) => [l.source, l.target]));
  const nodes = new Map<string, FlowNode & { members: number }>();
  const put = (id: string, column: Column, label: string, rate: number, hue: number) => {
    const node = nodes.get(id);
    if (!node) nodes.set(id, { id, column, label, rate, hue, members: 1 });
    else Object.assign(node, { rate: node.rate + rate, members: node.members + 1, hue: NO_HUE });
  };
  for (const [name, rate] of rates.classes) put(ids.class(name), "class", name, rate, NO_HUE);
  for (const [name, rate] of rates.deployments) {
    put(ids.deployment(name), "deployment", name, rate, hues.get(poolOf.get(name) ?? "") ?? NO_HUE);
  }
  for (const [name, rate] of rates.pools) put(ids.pool(name), "pool", name, rate, hues.get(name) ?? NO_HUE);
  if (used.has("deployment:refused")) {
    const refused = [...links.values()].filter((l) => l.hue === REFUSED_HUE).reduce((sum, l) => sum + l.value, 0);
    put("deployment:refused", "deployment", "refused", refused, REFUSED_HUE);
  }
  return [...nodes.values()]
    .filter((n) => used.has(n.id))
    .map(({ members, ...n }) => (n.id.endsWith("/others") ? { ...n, label: `${count(members, "other")}` } : n));
}
