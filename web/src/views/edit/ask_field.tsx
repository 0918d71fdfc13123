import { useUid } from "../../components/uid.ts";
import type { ApiProblem } from "../../types.ts";

export interface AskField {
  label: string;
  value: string;
  set: (value: string) => void;
  /** What the server says of it. */
  problem?: ApiProblem | undefined;
}

function Problem(props: { id: string; problem: ApiProblem }) {
  const { message, suggestion } = props.problem;
  return (
    <span class="field-problem" id={props.id} role="alert">
      {message}
      {suggestion && <span class="suggestion">{suggestion}</span>}
    </span>
  );
}

/** A text that the server reads, so that units and ranges are said in one place. */
export function AskText(props: AskField & { hint?: string; placeholder: string; words?: boolean; most?: number }) {
  const id = useUid();
  const { hint, problem } = props;
  const about = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        class={props.most ? "long" : undefined}
        type="text"
        inputMode={props.words ? "text" : "decimal"}
        autocomplete="off"
        maxLength={props.most ?? 40}
        placeholder={props.placeholder}
        value={props.value}
        aria-invalid={problem !== undefined}
        aria-describedby={about || undefined}
        onInput={(e) => props.set(e.currentTarget.value)}
      />
      {problem && <Problem id={`${id}-problem`} problem={problem} />}
      {hint && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}

export type Choices = readonly (readonly [string, string])[];

/** A choice; what was asked for stays one of them though it is none that is offered. */
export function AskChoice(props: AskField & { of: Choices }) {
  const id = useUid();
  const { of, value, problem } = props;
  const all = of.some(([known]) => known === value) ? of : [...of, [value, value] as const];
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <select
        id={id}
        value={value}
        aria-invalid={problem !== undefined}
        aria-describedby={problem && `${id}-problem`}
        onChange={(e) => props.set(e.currentTarget.value)}
      >
        {all.map(([choice, name]) => (
          <option value={choice}>{name}</option>
        ))}
      </select>
      {problem && <Problem id={`${id}-problem`} problem={problem} />}
    </div>
  );
}
