import type { AskedKey } from "../../lib/asked.ts";
import { AskText, type AskField } from "./ask_field.tsx";

interface Spec {
  key: AskedKey;
  label: string;
  placeholder: string;
  hint: string;
  words?: boolean;
}

/** What the solve bar asks for only where somebody wants to say it. */
const SOLVE: Spec[] = [
  {
    key: "survive",
    label: "Survive, times",
    placeholder: "fleet's own",
    hint: "1 to 100: all demand, times and errors so much worse at once; not with Robust",
  },
  {
    key: "gap",
    label: "Gap, share",
    placeholder: "method's own",
    words: true,
    hint: "0 to 0.99, or as 1%: proven so near the optimum is enough",
  },
  { key: "seed", label: "Seed", placeholder: "1", hint: "a whole number: other random choices" },
];

const BESIDE: Spec[] = [
  {
    key: "max_changes",
    label: "Most changes, replicas",
    placeholder: "any",
    hint: "from 0: as many start or stop, together",
  },
  {
    key: "hold",
    label: "Hold, as 30m or 2h",
    placeholder: "fleet's own",
    words: true,
    hint: "1s or more: how long the plan is kept, which pays for its changes",
  },
  {
    key: "hysteresis",
    label: "Hysteresis, share",
    placeholder: "fleet's own",
    words: true,
    hint: "0 to 1, or as 5%: less saved than this changes nothing",
  },
];
export const MORE = [...SOLVE, ...BESIDE].map((spec) => spec.key);

export type FieldOf = (key: AskedKey, label: string) => AskField;

function Fields(props: { of: Spec[]; field: FieldOf }) {
  return (
    <div class="more-fields">
      {props.of.map(({ key, label, ...look }) => (
        <AskText key={key} {...props.field(key, label)} {...look} />
      ))}
    </div>
  );
}

export function SolveMore(props: { id: string; open: boolean; base: number | null; runs: boolean; field: FieldOf }) {
  return (
    <div class="solve-more" id={props.id} hidden={!props.open}>
      <fieldset>
        <legend>This plan</legend>
        <Fields of={SOLVE} field={props.field} />
      </fieldset>
      {props.base !== null && (
        <fieldset disabled={!props.runs}>
          <legend>
            Changes to plan {props.base}
            {!props.runs && <span class="hint"> once it is said to run</span>}
          </legend>
          <Fields of={BESIDE} field={props.field} />
        </fieldset>
      )}
    </div>
  );
}
