import type { TrajectoryPoint } from "../types.ts";

/**
 * The points with one more. Solvers that follow each other may each count from 0: time then goes on from where it was.
 * A point that says nothing new, as after a reconnection, is left out.
 */
export function extended(points: readonly TrajectoryPoint[], point: TrajectoryPoint): TrajectoryPoint[] {
  const last = points.at(-1);
  const { incumbent, bound } = point;
  if (!last) return [{ seconds: point.seconds, incumbent, bound }];
  if (last.incumbent === incumbent && last.bound === bound && point.seconds <= last.seconds) return [...points];
  const seconds = point.seconds > last.seconds ? point.seconds : last.seconds + point.seconds;
  return seconds > last.seconds ? [...points, { seconds, incumbent, bound }] : [...points];
}
