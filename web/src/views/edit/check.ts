import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../../api.ts";
import type { CheckedFleet, FleetCheck } from "../../types.ts";

const PAUSE = 300;

export interface Checked {
  check: FleetCheck | null;
  /** The last fleet that was understood; the form goes on with it while the text has errors. */
  fleet: CheckedFleet | null;
  /** The text that `fleet` is of. */
  pending: boolean;
  error: unknown;
}

/** Asks the server what it makes of the text, a moment after the last change. */
export function useCheck(text: string): Checked {
  const [state, setState] = useState<Checked>({ check: null, fleet: null, pending: true, error: null });
  const first = useRef(true);
  useEffect(() => {
    const abort = new AbortController();
    setState((old) => ({ ...old, pending: true }));
    const ask = async () => {
      try {
        const check = await api.check(text, abort.signal);
        setState((old) => ({ check, fleet: check.fleet ?? old.fleet, pending: false, error: null }));
      } catch (error) {
        if (!abort.signal.aborted) setState((old) => ({ ...old, pending: false, error }));
      }
    };
    const timer = setTimeout(ask, first.current ? 0 : PAUSE);
    first.current = false;
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  return state;
}
