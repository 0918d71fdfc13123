import * as f from "../../lib/format.ts";
import type { Checked } from "./check.ts";

/** What the server makes of the text: errors with their lines, or what it understood. */
export function CheckResult(props: { checked: Checked; reveal: (line: number) => void }) {
  const { check, fleet, pending, error } = props.checked;
  const errors = check?.errors ?? [];
  return (
    <div class="check" id="check-result" role="status" aria-live="polite" aria-busy={pending}>
      {error !== null && error !== undefined && (
        <p class="bad-text">
          The server could not check this: {error instanceof Error ? error.message : String(error)}
        </p>
      )}
      {!error && !check && <p class="quiet">Checking</p>}
      {!error && check?.valid && fleet && (
        <p class="good-text">
          Valid: {f.count(fleet.classes.length, "class", "classes")},{" "}
          {f.rate(fleet.classes.reduce((s, c) => s + c.rate, 0))} in all, {f.count(fleet.models.length, "model")},{" "}
          {f.count(fleet.pools.length, "pool")}.
        </p>
      )}
      {errors.length > 0 && (
        <>
          <p class="bad-text">{f.count(errors.length, "error")}</p>
          <ul>
            {errors.map((e) => (
              <li>
                <button type="button" disabled={!e.line} onClick={() => e.line && props.reveal(e.line)}>
                  {e.line && <span class="line">line {e.line}</span>}
                  {!e.line && e.where && <span class="line">{e.where}</span>}
                  {e.message}
                </button>
                {e.suggestion && <span class="suggestion">{e.suggestion}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
