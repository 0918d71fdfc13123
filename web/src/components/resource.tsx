import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { PageHead } from "./bits.tsx";
import { Problems } from "./problems.tsx";

export interface Resource<T> {
  data: T | null;
  error: unknown;
  loading: boolean;
  reload: () => void;
}

/** Loads again whenever `deps` change; what was loaded before stays visible until the new answer is there. */
export function useResource<T>(load: (signal: AbortSignal) => Promise<T>, deps: readonly unknown[]): Resource<T> {
  const [state, setState] = useState<Omit<Resource<T>, "reload">>({ data: null, error: null, loading: true });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setState((old) => ({ data: old.data, error: null, loading: true }));
    load(abort.signal).then(
      (data) => !abort.signal.aborted && setState({ data, error: null, loading: false }),
      (error: unknown) => !abort.signal.aborted && setState({ data: null, error, loading: false }),
    );
    return () => abort.abort();
  }, [...deps, round]);
  return { ...state, reload: useCallback(() => setRound((n) => n + 1), []) };
}

/** What a view shows while its document is on the way, or did not come. */
export function Loaded<T>(props: {
  of: Resource<T>;
  what: string;
  /** Heading of the page where the document is the whole of it. */
  page?: string;
  children: (data: T) => ComponentChildren;
}) {
  const { data, error, reload } = props.of;
  const head = props.page && <PageHead eyebrow="Berth" title={props.page} />;
  if (error)
    return (
      <>
        {head}
        <Problems error={error} retry={reload} />
      </>
    );
  if (data === null)
    return (
      <>
        {head}
        <Skeleton what={props.what} />
      </>
    );
  return <>{props.children(data)}</>;
}

export function Skeleton(props: { what: string }) {
  return (
    <div class="skeleton" role="status">
      <span class="unseen">Loading {props.what}</span>
      <div class="bone short" />
      <div class="bone" />
      <div class="bone" />
    </div>
  );
}
