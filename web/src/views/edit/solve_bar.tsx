import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiError, type SolveOptions } from "../../api.ts";
import { useUid } from "../../components/uid.ts";
import { sentOf, type Asked, type AskedKey } from "../../lib/asked.ts";
import type { ApiProblem } from "../../types.ts";
import { AskChoice, AskText, type Choices } from "./ask_field.tsx";
import { MORE, SolveMore, type FieldOf } from "./solve_more.tsx";

const METHODS: Choices = [
  ["", "auto"],
  ["gh", "gh: in milliseconds"],
  ["agh", "agh: near the optimum"],
  ["milp", "milp: exact"],
];
const LIMITS: Choices = [
  ["", "server's"],
  ["2s", "2 s"],
  ["5s", "5 s"],
  ["10s", "10 s"],
  ["30s", "30 s"],
  ["60s", "60 s"],
];
/** As the service has it. */
const LONGEST_TITLE = 200;

interface Props {
  ready: boolean;
  busy: boolean;
  base: number | null;
  title: string;
  asked: Asked;
  /** What the last request was refused for. */
  error: unknown;
  solve: (options: SolveOptions) => void;
}

const NONE: readonly ApiProblem[] = [];

/** Shows what is wrong: opens where it hides, and goes to the first. */
function useRefused(problems: readonly ApiProblem[], open: boolean, setOpen: (open: boolean) => void) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (problems.some((p) => MORE.some((key) => key === p.where))) setOpen(true);
  }, [problems]);
  useEffect(() => {
    if (problems.length) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [problems, open]);
  useEffect(() => {
    // Open it stands in its place, which may be out of sight.
    if (open) form.current?.scrollIntoView({ block: "nearest" });
  }, [open]);
  return form;
}

function MoreButton(props: { of: string; open: boolean; set: number; toggle: () => void }) {
  return (
    <button
      type="button"
      class="button more"
      aria-expanded={props.open}
      aria-controls={props.of}
      onClick={props.toggle}
    >
      More{props.set > 0 && `, ${props.set} set`}
    </button>
  );
}

export function SolveBar(props: Props) {
  const { base, error } = props;
  const [asked, setAsked] = useState(props.asked);
  const [title, setTitle] = useState(props.title);
  const [keep, setKeep] = useState(false);
  const [open, setOpen] = useState(false);
  const more = useUid();
  const problems = useMemo(() => (error instanceof ApiError ? error.problems : NONE), [error]);
  const form = useRefused(problems, open, setOpen);
  const sent = sentOf(asked, keep);
  const field: FieldOf = (key: AskedKey, label: string) => ({
    label,
    value: asked[key] ?? "",
    set: (text) => setAsked((old) => ({ ...old, [key]: text })),
    problem: problems.find((p) => p.where === key),
  });
  const submit = (e: Event) => {
    e.preventDefault();
    if (!props.ready || props.busy) return;
    props.solve({ ...sent, title: title.trim(), current: keep ? base : null });
  };
  return (
    <form class="solve-bar" aria-label="Solve" ref={form} onSubmit={submit}>
      <AskChoice {...field("method", "Method")} of={METHODS} />
      <AskChoice {...field("time_limit", "Time limit")} of={LIMITS} />
      <AskText {...field("robust", "Robust, classes")} placeholder="fleet's own" />
      <AskText label="Title" value={title} set={setTitle} placeholder="none" words most={LONGEST_TITLE} />
      <MoreButton
        of={more}
        open={open}
        set={MORE.filter((key) => sent[key] !== undefined).length}
        toggle={() => setOpen(!open)}
      />
      {base !== null && (
        <label class="row check-row">
          <input type="checkbox" checked={keep} onChange={(e) => setKeep(e.currentTarget.checked)} />
          Plan {base} runs: changes to it cost
        </label>
      )}
      <button type="submit" class="button primary push solve" disabled={!props.ready || props.busy}>
        {props.busy ? "Solving" : "Solve"}
      </button>
      <SolveMore id={more} open={open} base={base} runs={keep} field={field} />
    </form>
  );
}
