import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  stringify,
  type Document,
  type Node,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { CheckedFleet, CheckedPool } from "../types.ts";

// Changes to the text of a fleet that touch nothing else: comments, order, layout and units of all other values stay as
// they were written. A value is replaced where it stands; a missing one is added beside its neighbours.

export type Value = string | number | boolean | null | { [key: string]: Value } | Value[];
export type Path = (string | number)[];
export interface Change {
  path: Path;
  value: Value;
}

interface Splice {
  at: number;
  remove: number;
  insert: string;
}

export class EditError extends Error {}

const isJson = (text: string) => text.trimStart().startsWith("{");

function written(value: Value, json: boolean): string {
  if (json) return JSON.stringify(value);
  return stringify(value, { collectionStyle: "flow", lineWidth: 0, flowCollectionPadding: false }).trimEnd();
}

function parse(text: string): Document {
  const doc = parseDocument(text, { merge: false });
  if (doc.errors.length) throw new EditError("The YAML has an error; mend it before the form can change it.");
  return doc;
}

function child(node: Node, key: string | number): Node | null {
  if (isMap(node) || isSeq(node)) return (node.get(key, true) as Node | undefined) ?? null;
  return null;
}

const wrap = (rest: Path, value: Value): Value =>
  rest.reduceRight<Value>((inner, key) => (typeof key === "number" ? [inner] : { [key]: inner }), value);

function spliceOf(doc: Document, text: string, change: Change): Splice {
  const json = isJson(text);
  let node = doc.contents as Node | null;
  if (!node) return { at: text.length, remove: 0, insert: written(wrap(change.path, change.value), json) };
  for (let depth = 0; depth < change.path.length; depth++) {
    const key = change.path[depth] as string | number;
    const rest = change.path.slice(depth + 1);
    if (isAlias(node)) throw new EditError("This value is a repetition (*) of another; change it in the YAML.");
    const next: Node | null = child(node, key);
    if (next) {
      node = next;
      continue;
    }
    const value = wrap(rest, change.value);
    if (isMap(node)) return intoMap(node, text, String(key), value, json);
    if (isSeq(node)) return intoSeq(node, text, value, json);
    return replaced(node, text, wrap(change.path.slice(depth), change.value), json);
  }
  return replaced(node, text, change.value, json);
}

function replaced(node: Node, text: string, value: Value, json: boolean): Splice {
  const [start, end] = node.range ?? [text.length, text.length];
  const insert = written(value, json);
  const empty = isScalar(node) && start === end;
  return {
    at: start,
    remove: end - start,
    insert: empty && !/\s/.test(text[start - 1] ?? " ") ? ` ${insert}` : insert,
  };
}

/** Where the last item of a collection ends, without the space and the comments behind it. */
function lastEnd(node: YAMLMap | YAMLSeq, text: string): number {
  const item = node.items.at(-1) as { key?: Node; value?: Node | null; range?: number[] } | undefined;
  const inner = item && "key" in item ? (item.value ?? item.key) : (item as Node | undefined);
  if (isMap(inner) || isSeq(inner)) {
    if (!inner.flow && inner.items.length) return lastEnd(inner, text);
  }
  let end = inner?.range?.[1] ?? node.range?.[1] ?? text.length;
  while (end > 0 && /\s/.test(text[end - 1] ?? "")) end -= 1;
  return end;
}

function intoFlow(node: YAMLMap | YAMLSeq, text: string, item: string): Splice {
  if (node.items.length === 0) return { at: (node.range?.[0] ?? 0) + 1, remove: 0, insert: item };
  const at = lastEnd(node, text);
  const comma = /^\s*,/.test(text.slice(at));
  return comma
    ? { at: at + text.slice(at).indexOf(",") + 1, remove: 0, insert: ` ${item}` }
    : { at, remove: 0, insert: `, ${item}` };
}

function column(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

/** A new line behind the line that `end` is on, so that a comment there stays with what it is about. */
function newLine(text: string, end: number, indent: number, item: string): Splice {
  const eol = text.indexOf("\n", end);
  return { at: eol < 0 ? text.length : eol, remove: 0, insert: `\n${" ".repeat(indent)}${item}` };
}

function intoMap(node: YAMLMap, text: string, key: string, value: Value, json: boolean): Splice {
  const item = json ? `${JSON.stringify(key)}: ${written(value, true)}` : `${key}: ${written(value, false)}`;
  if (node.flow) return intoFlow(node, text, item);
  const first = node.items[0]?.key as Node | undefined;
  return newLine(text, lastEnd(node, text), column(text, first?.range?.[0] ?? 0), item);
}

function intoSeq(node: YAMLSeq, text: string, value: Value, json: boolean): Splice {
  if (node.flow) return intoFlow(node, text, written(value, json));
  return newLine(text, lastEnd(node, text), column(text, node.range?.[0] ?? 0), `- ${written(value, json)}`);
}

/** All changes at once; each must be of another value. */
export function setValues(text: string, changes: readonly Change[]): string {
  return applied(parse(text), text, changes);
}

function applied(doc: Document, text: string, changes: readonly Change[]): string {
  const splices = changes.map((change, order) => ({ ...spliceOf(doc, text, change), order }));
  splices.sort((a, b) => a.at - b.at || a.order - b.order);
  const pieces: string[] = [];
  let from = 0;
  for (const s of splices) {
    pieces.push(text.slice(from, s.at), s.insert);
    from = s.at + s.remove;
  }
  return pieces.join("") + text.slice(from);
}

function indices(doc: Document, list: Path): Map<unknown, number> {
  const seq = doc.getIn(list, true);
  return new Map(isSeq(seq) ? seq.items.map((item, i) => [isMap(item) ? item.get("name") : undefined, i]) : []);
}

const indexByName = (doc: Document, list: Path, name: string) => indices(doc, list).get(name) ?? -1;

/** Changes by class name. A class that only the workload has gets an entry of its own. */
export function setClasses(text: string, changes: readonly { name: string; path: Path; value: Value }[]): string {
  const doc = parse(text);
  const places = indices(doc, ["classes"]);
  const known: Change[] = [];
  const fresh: Value[] = [];
  for (const { name, path, value } of changes) {
    const index = places.get(name);
    if (index !== undefined) known.push({ path: ["classes", index, ...path], value });
    else fresh.push({ name, ...(wrap(path, value) as { [key: string]: Value }) });
  }
  if (fresh.length && !isSeq(doc.get("classes", true))) known.push({ path: ["classes"], value: fresh });
  else fresh.forEach((value, i) => known.push({ path: ["classes", 1e9 + i], value }));
  return applied(doc, text, known);
}

const wholePool = (pool: CheckedPool): Value => ({
  name: pool.name,
  gpu: pool.gpu,
  offers: pool.offers.map((o) => ({
    name: o.name,
    lot: o.lot,
    cost: o.cost,
    ...(o.max === null ? {} : { max: o.max }),
  })),
});

/** A pool that comes from `region` is written out whole: a pool of the file takes its place. */
export function setOffer(
  text: string,
  fleet: CheckedFleet,
  pool: string,
  offer: string,
  key: "cost" | "max",
  value: number | null,
): string {
  const doc = parse(text);
  const p = indexByName(doc, ["pools"], pool);
  const o = p < 0 ? -1 : indexByName(doc, ["pools", p, "offers"], offer);
  if (o >= 0) return setValues(text, [{ path: ["pools", p, "offers", o, key], value }]);
  const known = fleet.pools.find((x) => x.name === pool);
  if (!known) throw new EditError(`There is no pool ${pool}.`);
  const changed = { ...known, offers: known.offers.map((x) => (x.name === offer ? { ...x, [key]: value } : x)) };
  // A fleet without pools and region has those of the default region; naming one pool must not lose the others.
  const changes: Change[] = [{ path: ["pools", 1e9], value: wholePool(changed) }];
  if (!doc.has("pools") && !doc.has("region")) {
    changes.push({ path: ["region"], value: { cloud: "aws", name: "us-east-1" } });
  }
  return setValues(text, changes);
}

export function addClass(text: string, value: { [key: string]: Value }): string {
  const doc = parse(text);
  const list = isSeq(doc.get("classes", true));
  return setValues(text, [list ? { path: ["classes", 1e9], value } : { path: ["classes"], value: [value] }]);
}

export function removeClass(text: string, name: string): string {
  const doc = parse(text);
  const index = indexByName(doc, ["classes"], name);
  if (index < 0) throw new EditError(`Class ${name} comes from the workload; the form cannot take it out.`);
  const seq = doc.get("classes", true) as YAMLSeq;
  const ranges = seq.items.map((item) => (item as Node).range ?? [0, 0, 0]);
  const start = ranges[index]?.[0] ?? 0;
  const next = ranges[index + 1]?.[0];
  if (seq.flow) {
    const end = next ?? lastEnd(seq, text);
    const from = next === undefined && index > 0 ? (ranges[index - 1]?.[1] ?? start) : start;
    return text.slice(0, from) + text.slice(end);
  }
  const lineStart = (offset: number) => text.lastIndexOf("\n", offset - 1) + 1;
  if (next !== undefined) return text.slice(0, lineStart(start)) + text.slice(lineStart(next));
  const eol = text.indexOf("\n", lastEnd(seq, text));
  return text.slice(0, lineStart(start)) + (eol < 0 ? "" : text.slice(eol + 1));
}

/** Seconds as a person would write them. */
export function durationText(seconds: number): string {
  const three = (value: number) => String(Number(value.toPrecision(4)));
  return seconds < 1 ? `${three(seconds * 1000)}ms` : `${three(seconds)}s`;
}
