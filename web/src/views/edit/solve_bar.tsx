import { useState } from "preact/hooks";
import type { SolveOptions } from "../../api.ts";

const METHODS = [
  ["", "auto"],
  ["gh", "gh: in milliseconds"],
  ["agh", "agh: near the optimum"],
  ["milp", "milp: exact"],
] as const;
const LIMITS = [
  ["", "server's"],
  ["2s", "2 s"],
  ["5s", "5 s"],
  ["10s", "10 s"],
  ["30s", "30 s"],
  ["60s", "60 s"],
] as const;

function Choice(props: {
  label: string;
  of: readonly (readonly [string, string])[];
  value: string;
  set: (value: string) => void;
}) {
  return (
    <label class="field">
      <span>{props.label}</span>
      <select value={props.value} onChange={(e) => props.set(e.currentTarget.value)}>
        {props.of.map(([value, name]) => (
          <option value={value}>{name}</option>
        ))}
      </select>
    </label>
  );
}

export function SolveBar(props: {
  ready: boolean;
  busy: boolean;
  base: number | null;
  title: string;
  solve: (options: SolveOptions) => void;
}) {
  const [method, setMethod] = useState("");
  const [limit, setLimit] = useState("");
  const [title, setTitle] = useState(props.title);
  const [robust, setRobust] = useState("");
  const [keep, setKeep] = useState(false);
  const submit = (e: Event) => {
    e.preventDefault();
    if (!props.ready || props.busy) return;
    props.solve({ method, time_limit: limit, title: title.trim(), robust, current: keep ? props.base : null });
  };
  return (
    <form class="solve-bar" aria-label="Solve" onSubmit={submit}>
      <Choice label="Method" of={METHODS} value={method} set={setMethod} />
      <Choice label="Time limit" of={LIMITS} value={limit} set={setLimit} />
      <label class="field">
        <span>Robust, classes</span>
        <input
          type="text"
          inputMode="decimal"
          placeholder="fleet's own"
          value={robust}
          pattern="[0-9.]*"
          onInput={(e) => setRobust(e.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>Title</span>
        <input
          type="text"
          maxLength={120}
          placeholder="none"
          value={title}
          onInput={(e) => setTitle(e.currentTarget.value)}
        />
      </label>
      {props.base !== null && (
        <label class="row check-row">
          <input type="checkbox" checked={keep} onChange={(e) => setKeep(e.currentTarget.checked)} />
          Plan {props.base} runs: changes to it cost
        </label>
      )}
      <button type="submit" class="button primary push solve" disabled={!props.ready || props.busy}>
        {props.busy ? "Solving" : "Solve"}
      </button>
    </form>
  );
}
