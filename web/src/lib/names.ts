import type { PlanSummary } from "../types.ts";

/** A fleet that is sent has no file to be named after; its plan's title then says best what it is. */
export const planName = (plan: Pick<PlanSummary, "title" | "fleet">): string => plan.title || plan.fleet;
