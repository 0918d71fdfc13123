import { useEffect, useState } from "preact/hooks";
import { api } from "../../api.ts";
import { PageHead } from "../../components/bits.tsx";
import { Problems } from "../../components/problems.tsx";
import { Skeleton } from "../../components/resource.tsx";
import { askedOf } from "../../lib/asked.ts";
import { setValues } from "../../lib/fleet_edit.ts";
import { to } from "../../router.ts";
import { draft, type Draft } from "../../state.ts";
import type { PlanRecord } from "../../types.ts";
import { Editor } from "./editor.tsx";

const EMPTY = `format: berth.fleet/1
classes:
  - name: chat
    rate: 2
    prompt_tokens: {mean: 1000, std: 800}
    output_tokens: {mean: 200, std: 150}
    slo: {ttft: 2s, tpot: 80ms, percentile: 0.95}
    quality: {min: 0.65}
policy: {headroom: 0.1}
`;

/** A plan's fleet. Headroom that was asked for beside it is the form's own slider: it goes into the text. */
function fleetOf(record: PlanRecord): string {
  const value = record.request["headroom"];
  if (typeof value !== "number") return record.fleet_text;
  return setValues(record.fleet_text, [{ path: ["policy", "headroom"], value }]);
}

/** What the address asks for, unless the draft already is of that. */
async function wanted(from: number | null, example: string | null): Promise<Draft> {
  if (from !== null) {
    const record = await api.plan(from);
    const asked = askedOf(record.request);
    return { text: fleetOf(record), base: from, origin: `plan ${from}`, title: record.title, asked };
  }
  if (example !== null) {
    const { examples } = await api.examples();
    const found = examples.find((e) => e.name === example);
    if (!found) throw new Error(`There is no example ${example}.`);
    return { text: found.text, base: null, origin: `example ${example}`, title: found.name };
  }
  return { text: EMPTY, base: null, origin: "a new fleet", title: "" };
}

const originOf = (from: number | null, example: string | null) =>
  from !== null ? `plan ${from}` : example !== null ? `example ${example}` : null;

export function EditView(props: { from: number | null; example: string | null }) {
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  const origin = originOf(props.from, props.example);
  const fits = draft.value !== null && (origin === null || draft.value.origin === origin);
  useEffect(() => {
    if (fits && round === 0) return;
    setError(null);
    wanted(props.from, props.example).then((found) => (draft.value = found), setError);
  }, [round]);
  const now = draft.value;
  return (
    <>
      <PageHead
        eyebrow="Edit"
        title="Fleet"
        lead={
          now && fits ? (
            <>
              From{" "}
              {now.base !== null && now.origin === `plan ${now.base}` ? (
                <a href={to.plan(now.base)}>{now.origin}</a>
              ) : (
                now.origin
              )}
              . The form and the YAML are the same fleet; change either.
            </>
          ) : null
        }
        actions={
          <button type="button" class="button" onClick={() => setRound(round + 1)}>
            Start over
          </button>
        }
      />
      {error !== null && <Problems error={error} retry={() => setRound(round + 1)} />}
      {!error && (!now || !fits) && <Skeleton what="the fleet" />}
      {now && fits && <Editor key={`${now.origin} ${round}`} draft={now} />}
    </>
  );
}
