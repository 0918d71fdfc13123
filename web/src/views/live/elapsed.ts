import { useEffect, useRef, useState } from "preact/hooks";
import { ended } from "../../components/job.ts";
import type { Job } from "../../types.ts";

const TICK = 500;

/** Seconds that a job has run: those of its last sign of life, and what has passed here since. */
export function useElapsed(job: Job | null): number {
  const seconds = job?.progress?.seconds ?? 0;
  const heard = useRef({ seconds, at: Date.now() });
  if (heard.current.seconds !== seconds) heard.current = { seconds, at: Date.now() };
  const [, tick] = useState(0);
  const runs = job !== null && job.state === "running";
  useEffect(() => {
    if (!runs) return undefined;
    heard.current.at = Date.now();
    const timer = setInterval(() => tick((n) => n + 1), TICK);
    return () => clearInterval(timer);
  }, [runs]);
  if (!job || ended(job) || !runs) return seconds;
  return seconds + (Date.now() - heard.current.at) / 1000;
}
