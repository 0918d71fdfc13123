import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problems } from "./problems.tsx";
import { Skeleton } from "./resource.tsx";

/** A view whose code is fetched when it is first shown, so that the first page needs less. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>, what: string): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [view, setView] = useState<{ of: ComponentType<P> } | null>(loaded ? { of: loaded } : null);
    const [error, setError] = useState<unknown>(null);
    useEffect(() => {
      if (view) return;
      load().then((of) => {
        loaded = of;
        setView({ of });
      }, setError);
    }, []);
    if (error) return <Problems error={error} retry={() => location.reload()} />;
    if (!view) return <Skeleton what={what} />;
    const View = view.of;
    return <View {...props} />;
  };
}
