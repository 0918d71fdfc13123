import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, UNREACHABLE } from "../api.ts";
import type { ApiProblem } from "../types.ts";

const TITLES: Record<number, string> = {
  [UNREACHABLE]: "The server does not answer",
  400: "The server does not accept this",
  401: "A token is needed",
  404: "There is no such thing",
  409: "This contradicts what is there",
  413: "This is too large",
  422: "No plan keeps all these limits",
  429: "The server is busy",
  500: "The server made a mistake",
  503: "The time was up before there was a plan",
};

export function problemsOf(error: unknown): ApiProblem[] {
  if (error instanceof ApiError) return error.problems;
  return [{ code: "page", message: error instanceof Error ? error.message : String(error), where: "", suggestion: "" }];
}

export function ProblemList(props: { problems: readonly ApiProblem[] }) {
  return (
    <ul class="problem-list">
      {props.problems.map((p) => (
        <li>
          {p.where && <code>{p.where}</code>} {p.message}
          {p.suggestion && <span class="suggestion">{p.suggestion}</span>}
        </li>
      ))}
    </ul>
  );
}

/** An error as the service tells it: where, what, and what to do about it. */
export function Problems(props: { error: unknown; retry?: (() => void) | undefined; children?: ComponentChildren }) {
  const status = props.error instanceof ApiError ? props.error.status : -1;
  const title = TITLES[status] ?? "This did not work";
  const wait = props.error instanceof ApiError ? props.error.retryAfter : null;
  return (
    <div class="notice bad" role="alert">
      <h2>{title}</h2>
      <ProblemList problems={problemsOf(props.error)} />
      <div class="row">
        {props.retry && <Retry retry={props.retry} wait={wait} />}
        {props.children}
      </div>
    </div>
  );
}

/** Counts down where the server said how long to wait. */
function Retry(props: { retry: () => void; wait: number | null }) {
  const [left, setLeft] = useState(props.wait ?? 0);
  useEffect(() => {
    if (left <= 0) return undefined;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return (
    <button type="button" class="button" disabled={left > 0} onClick={props.retry}>
      {left > 0 ? `Try again in ${left} s` : "Try again"}
    </button>
  );
}
