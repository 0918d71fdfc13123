import { useState } from "preact/hooks";
import { asText, numbers, requestOf, type Field, type Fields } from "../../lib/requests.ts";
import type { StudyTab } from "../../router.ts";

const SIMULATE: Field[] = [
  { key: "duration", label: "Duration, s", fallback: "600", kind: "number" },
  { key: "rate", label: "Rate, times", fallback: "1", kind: "number" },
  { key: "replications", label: "Replications", fallback: "1", kind: "number" },
  { key: "routing", label: "Routing", fallback: "random", kind: ["random", "round-robin", "least-loaded", "prefix"] },
  { key: "fail", label: "Replicas that die", fallback: "0", kind: "number" },
  { key: "recovery", label: "Recovery, s", fallback: "300", kind: "number" },
  { key: "seed", label: "Seed", fallback: "1", kind: "number" },
];

const STRESS: Field[] = [
  { key: "scenarios", label: "Scenarios", fallback: "500", kind: "number" },
  { key: "demand", label: "Demand, times", fallback: "0.8, 1.5", kind: "pair" },
  { key: "delay", label: "Delay, times", fallback: "1, 1.5", kind: "pair" },
  { key: "error", label: "Error, times", fallback: "1, 1.5", kind: "pair" },
  { key: "shape", label: "Shape", fallback: "uniform", kind: ["uniform", "correlated", "heavy"] },
  { key: "delay_kind", label: "Delay is", fallback: "service", kind: ["service", "latency"] },
  { key: "seed", label: "Seed", fallback: "1", kind: "number" },
];

const FRONTIER: Field[] = [
  { key: "headrooms", label: "Headrooms", fallback: "", kind: "list", example: "0, 0.1, 0.3" },
  { key: "robust", label: "Robust, classes", fallback: "", kind: "list", example: "0, 1, 2" },
];

const REPLAY: Field[] = [
  { key: "forecast", label: "Forecast", fallback: "known", kind: ["known", "last", "average", "seasonal", "trend"] },
  { key: "windows", label: "Windows", fallback: "144", kind: "number" },
  { key: "window", label: "Window, s", fallback: "600", kind: "number" },
  { key: "swing", label: "Swing of a day", fallback: "0.5", kind: "number" },
  { key: "noise", label: "Noise", fallback: "0.1", kind: "number" },
  { key: "hysteresis", label: "Hysteresis, share", fallback: "", kind: "number" },
  { key: "max_changes", label: "Most changes", fallback: "", kind: "number" },
  { key: "seed", label: "Seed", fallback: "1", kind: "number" },
];

const FIELDS: Record<StudyTab, Field[]> = { simulate: SIMULATE, stress: [...STRESS, ...FRONTIER], replay: REPLAY };
const METHODS = ["gh", "agh", "milp"];
const POLICIES = ["static", "threshold", "gh", "agh", "milp", "fresh", "oracle"];
const USUAL = ["static", "threshold", "agh", "oracle"];
const ACTIONS: Record<StudyTab, string> = { simulate: "Simulate", stress: "Stress", replay: "Replay" };

interface Props {
  tab: StudyTab;
  request: Record<string, unknown>;
  run: (body: object) => void;
}

const chosen = (value: unknown, fallback: string[]) => (Array.isArray(value) ? value.map(String) : fallback);

export function StudyForm(props: Props) {
  const { tab, request } = props;
  const [values, setValues] = useState<Fields>(() =>
    Object.fromEntries(FIELDS[tab].map((field) => [field.key, asText(request[field.key], field.fallback)])),
  );
  const [methods, setMethods] = useState(() => chosen(request["methods"], []));
  const [policies, setPolicies] = useState(() => chosen(request["policies"], USUAL));
  const [series, setSeries] = useState<string | null>(typeof request["series"] === "string" ? request["series"] : null);
  const set = (key: string) => (text: string) => setValues((old) => ({ ...old, [key]: text }));
  const submit = (e: Event) => {
    e.preventDefault();
    const body = requestOf(FIELDS[tab], values);
    if (tab === "stress" && methods.length) body["methods"] = methods;
    if (tab === "replay") body["policies"] = policies;
    if (tab === "replay" && series !== null) body["series"] = series;
    props.run(body);
  };
  const inputs = (fields: Field[]) =>
    fields.map((field) => <Input key={field.key} field={field} value={values[field.key] ?? ""} set={set(field.key)} />);
  const replaced = tab === "replay" && series !== null;
  return (
    <form class="study-form" onSubmit={submit}>
      {tab === "stress" ? inputs(STRESS) : inputs(FIELDS[tab].filter((x) => !replaced || !DAY.has(x.key)))}
      {tab === "stress" && (
        <fieldset class="frontier">
          <legend>Cost against robustness: plan anew with</legend>
          <div class="study-form">
            <Choices all={METHODS} chosen={methods} set={setMethods} />
            {methods.length > 0 && inputs(FRONTIER)}
          </div>
        </fieldset>
      )}
      {tab === "replay" && (
        <>
          <fieldset class="frontier">
            <legend>Policies</legend>
            <Choices all={POLICIES} chosen={policies} set={setPolicies} />
          </fieldset>
          <SeriesInput series={series} set={setSeries} />
        </>
      )}
      <button type="submit" class="button primary" disabled={tab === "replay" && !policies.length}>
        {ACTIONS[tab]}
      </button>
    </form>
  );
}

/** What describes a made-up day; a measured series has its own. */
const DAY = new Set(["windows", "swing", "noise"]);

function Input(props: { field: Field; value: string; set: (text: string) => void }) {
  const { field, value, set } = props;
  if (Array.isArray(field.kind)) {
    return (
      <label class="field">
        <span>{field.label}</span>
        <select value={value} onChange={(e) => set(e.currentTarget.value)}>
          {field.kind.map((choice) => (
            <option value={choice}>{choice}</option>
          ))}
        </select>
      </label>
    );
  }
  if (field.kind === "pair") return <Pair {...props} />;
  return (
    <label class="field">
      <span>{field.label}</span>
      <input
        type="text"
        inputMode="decimal"
        value={value}
        placeholder={field.example ?? "none"}
        pattern={field.kind === "list" ? "[0-9., ]*" : "[0-9.]*"}
        onInput={(e) => set(e.currentTarget.value)}
      />
    </label>
  );
}

function Pair(props: { field: Field; value: string; set: (text: string) => void }) {
  const [low = 0, high = 0] = numbers(props.value);
  const side = (name: string, value: number, to: (n: number) => number[]) => (
    <input
      type="number"
      step="any"
      min="0"
      aria-label={`${props.field.label}, ${name}`}
      value={value}
      onChange={(e) => props.set(to(Number(e.currentTarget.value)).join(", "))}
    />
  );
  return (
    <div class="field range-pair" role="group" aria-label={props.field.label}>
      <span>{props.field.label}</span>
      <span>
        {side("from", low, (n) => [n, high])} to {side("to", high, (n) => [low, n])}
      </span>
    </div>
  );
}

function Choices(props: { all: string[]; chosen: string[]; set: (chosen: string[]) => void }) {
  return (
    <div class="checks">
      {props.all.map((name) => (
        <label>
          <input
            type="checkbox"
            checked={props.chosen.includes(name)}
            onChange={(e) =>
              props.set(props.all.filter((x) => (x === name ? e.currentTarget.checked : props.chosen.includes(x))))
            }
          />
          {name}
        </label>
      ))}
    </div>
  );
}

function SeriesInput(props: { series: string | null; set: (text: string | null) => void }) {
  const read = async (e: Event & { currentTarget: HTMLInputElement }) => {
    const file = e.currentTarget.files?.[0];
    if (file) props.set(await file.text());
  };
  if (props.series !== null) {
    return (
      <span class="checks">
        Measured series, {props.series.trim().split("\n").length - 1} rows{" "}
        <button type="button" class="button small" onClick={() => props.set(null)}>
          Use a made-up day
        </button>
      </span>
    );
  }
  return (
    <label class="field file-field">
      <span>Measured demand, CSV</span>
      <input type="file" accept=".csv,text/csv" onChange={read} />
    </label>
  );
}
