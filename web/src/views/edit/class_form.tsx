import { useState } from "preact/hooks";
import * as f from "../../lib/format.ts";
import type { CheckedClass, CheckedFleet } from "../../types.ts";
import type { Edits } from "./edits.ts";
import { Knob, NumberField } from "./knob.tsx";

const PAGE = 20;

interface Props {
  fleet: CheckedFleet;
  edits: Edits;
  base: (key: string, now: number) => number;
}

/** Classes by pages: a thousand of them with all their controls would be more than a browser likes. */
export function ClassForm(props: Props) {
  const [filter, setFilter] = useState("");
  const [page, setPage] = useState(0);
  const all = props.fleet.classes;
  const kept = filter ? all.filter((c) => c.name.toLowerCase().includes(filter.toLowerCase())) : all;
  const pages = Math.max(1, Math.ceil(kept.length / PAGE));
  const now = Math.min(page, pages - 1);
  return (
    <fieldset class="form-part">
      <legend>Classes</legend>
      {all.length > PAGE && (
        <div class="table-tools">
          <input
            type="search"
            aria-label="Filter classes"
            placeholder="Filter"
            value={filter}
            onInput={(e) => {
              setFilter(e.currentTarget.value);
              setPage(0);
            }}
          />
          <span class="quiet num">{f.integer(kept.length)} classes</span>
          <span class="row push">
            <button type="button" class="button small" disabled={now === 0} onClick={() => setPage(now - 1)}>
              Previous
            </button>
            <span class="quiet num">
              {now + 1} of {pages}
            </span>
            <button type="button" class="button small" disabled={now + 1 >= pages} onClick={() => setPage(now + 1)}>
              Next
            </button>
          </span>
        </div>
      )}
      {kept.slice(now * PAGE, (now + 1) * PAGE).map((c) => (
        <ClassEdit key={c.name} class={c} {...props} />
      ))}
      <AddClass fleet={props.fleet} edits={props.edits} />
    </fieldset>
  );
}

function ClassEdit(props: Props & { class: CheckedClass }) {
  const { class: c, edits, base } = props;
  const time = (key: "ttft" | "tpot") => (value: number | null) => edits.time(c.name, key, value);
  return (
    <div class="class-edit">
      <h3>
        {c.name}{" "}
        <span class="quiet">
          {f.integer(c.prompt_tokens)} tokens in, {f.integer(c.output_tokens)} out
        </span>
        <button
          type="button"
          class="button small ghost danger push"
          aria-label={`Remove class ${c.name}`}
          onClick={() => edits.remove(c.name)}
        >
          Remove
        </button>
      </h3>
      <Knob
        label="Rate"
        about={c.name}
        value={c.rate}
        base={base(`rate ${c.name}`, c.rate)}
        unit="/s"
        text={f.rate}
        commit={(v) => v && edits.ofClass(c.name, ["rate"], v)}
      />
      <Knob
        label="TTFT"
        about={c.name}
        value={c.slo.ttft}
        base={base(`ttft ${c.name}`, c.slo.ttft ?? 2)}
        unit="s"
        optional
        text={f.duration}
        commit={time("ttft")}
      />
      <Knob
        label="TPOT"
        about={c.name}
        value={c.slo.tpot}
        base={base(`tpot ${c.name}`, c.slo.tpot ?? 0.08)}
        unit="s"
        optional
        text={f.duration}
        commit={time("tpot")}
      />
      <Cells class={c} edits={edits} />
    </div>
  );
}

function Cells({ class: c, edits }: { class: CheckedClass; edits: Edits }) {
  const share = (path: string[]) => (value: number | null) => value !== null && edits.ofClass(c.name, path, value);
  return (
    <div class="cells">
      <Cell
        label="E2E"
        about={c.name}
        value={c.slo.e2e}
        unit="s"
        optional
        commit={(v) => edits.time(c.name, "e2e", v)}
      />
      <Cell
        label="Percentile"
        about={c.name}
        value={c.slo.percentile}
        unit=""
        max={0.99999}
        commit={share(["slo", "percentile"])}
      />
      <Cell
        label={`Quality, ${c.quality.task}`}
        about={c.name}
        value={c.quality.min}
        unit="at least"
        max={1}
        commit={share(["quality", "min"])}
      />
      <Cell
        label="May be refused"
        about={c.name}
        value={c.max_unmet}
        unit="of all"
        max={1}
        commit={share(["unmet", "max"])}
      />
    </div>
  );
}

function Cell(props: {
  label: string;
  about: string;
  value: number | null;
  unit: string;
  optional?: boolean;
  max?: number;
  commit: (value: number | null) => void;
}) {
  const { label, about, ...rest } = props;
  return (
    <span class="cell">
      <span aria-hidden="true">{label}</span>
      <NumberField label={`${label} of ${about}`} {...rest} />
    </span>
  );
}

function AddClass(props: { fleet: CheckedFleet; edits: Edits }) {
  const [name, setName] = useState("");
  const taken = props.fleet.classes.some((c) => c.name === name);
  const wrong = name !== "" && (taken || !/^[A-Za-z0-9._/+-]{1,63}$/.test(name));
  const add = () => {
    if (!name || wrong) return;
    props.edits.add(name);
    setName("");
  };
  return (
    <div class="row add-class">
      <input
        type="text"
        aria-label="Name of a new class"
        placeholder="new-class"
        value={name}
        aria-invalid={wrong}
        onInput={(e) => setName(e.currentTarget.value)}
        onKeyDown={(e) => e.key === "Enter" && add()}
      />
      <button type="button" class="button small" disabled={!name || wrong} onClick={add}>
        Add class
      </button>
      {wrong && <span class="bad-text">{taken ? "That name is taken." : "Letters, digits and . _ / + - only."}</span>}
    </div>
  );
}
