// Documents that are made of plans: differences, explanations, simulations, stress tests, replays.

import type { Cost } from "./types.ts";

// ---- berth.diff/1

export interface DeploymentShape {
  name: string;
  replicas: number;
  precision: string;
  tp: number;
  pp: number;
  gpus: number;
  max_num_seqs: number;
  max_model_len: number;
  engine_args: string[];
}

export interface DeploymentChange {
  name: string;
  action: "add" | "remove" | "scale" | "reshape";
  model: string;
  pool: string;
  gpu: string;
  from: DeploymentShape | null;
  to: DeploymentShape | null;
}

export interface RouteChange {
  class: string;
  deployment: string;
  plan: string;
  from: number;
  to: number;
}

export interface BoxChange {
  pool: string;
  offer: string;
  lot: number;
  cost: number;
  from: number;
  during: number;
  to: number;
}

export interface ClassChange {
  name: string;
  action: "add" | "remove" | "change";
  rate_from: number | null;
  rate_to: number | null;
  unmet_from: number | null;
  unmet_to: number | null;
}

export interface Step {
  step: number;
  action: "rent" | "start" | "route" | "stop" | "return";
  pool?: string;
  offer?: string;
  boxes?: number;
  deployment?: string;
  plan?: string;
  replicas?: number;
  running?: number;
  routes?: { class: string; rate: number; to: { deployment: string; plan: string; share: number }[] }[];
  lost?: { class: string; share: number }[];
}

export interface PlanDiff {
  format: string;
  changed: boolean;
  fleet: { old: string; new: string };
  cost: { old: Cost; new: Cost; difference: Cost };
  deployments: DeploymentChange[];
  routes: RouteChange[];
  boxes: BoxChange[];
  classes: ClassChange[];
  lossless: boolean;
  lost: number;
  rental: number;
  steps: Step[];
  notes: string[];
}

// ---- berth.explanation/1

export interface ExplainedLimit {
  kind: string;
  subject: string;
  value: number;
  text: string;
}

export interface Saving {
  value?: number;
  saving: number | null;
  basis: string;
}

export interface Worth {
  limit: number;
  used: number | null;
  tight: boolean;
  lifted: Saving | null;
  step: Saving | null;
  first: Saving | null;
  first_is_smallest: boolean;
  dual: { saving_per_unit: number; source: string } | null;
  given_used?: number | null;
  given_tight?: boolean;
}

export interface Relaxation {
  text: string;
  changes: { limit: number; from: number; to: number | null }[];
  smallest: boolean;
  plan?: { cost: number; lower_bound: number | null; optimal: boolean };
  proven?: boolean;
}

export interface Explanation {
  format: string;
  subject: string;
  status: "feasible" | "infeasible" | "plan";
  limits: ExplainedLimit[];
  best?: { cost: number; lower_bound: number | null; optimal: boolean } | null;
  given?: { cost: number } | null;
  worths?: Worth[];
  conflicts?: { limits: number[]; minimal: boolean }[];
  relaxations?: Relaxation[];
  not_enough?: Relaxation[];
  uncoverable?: { message: string; where: string; suggestion: string }[];
  notes: string[];
  seconds: number;
  solves: number;
}

// ---- berth.simulation/1

export interface TimeStats {
  mean: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
  at_percentile: number | null;
  half_width: Record<string, number | null>;
}

export interface Measured {
  value: number | null;
  half_width: number | null;
}

export interface SimulatedClass {
  name: string;
  requests: { arrived: number; served: number; queued: number; dropped: number };
  measured: number;
  ttft: TimeStats;
  tpot: TimeStats;
  e2e: TimeStats;
  goodput: number;
  tokens_per_s: number;
  percentile: number;
  attainment: number | null;
  within: { all: Measured; ttft: Measured; tpot: Measured; e2e: Measured };
  slo_met: boolean;
  proven: boolean;
  predicted: { ttft: number | null; tpot: number | null; e2e: number | null } | null;
}

export interface Timeline {
  seconds: number;
  busy: number[];
  running: number[];
  waiting: number[];
  kv_usage: number[];
}

export interface SimulatedDeployment {
  name: string;
  pool: string;
  replicas: number;
  requests: { arrived: number; served: number; queued: number; dropped: number };
  utilization: number;
  mean_batch: number;
  mean_queue: number;
  kv_usage: number;
  preemptions: number;
  timeline: Timeline | null;
}

export interface Simulation {
  format: string;
  requests: { arrived: number; served: number; queued: number; dropped: number; unassigned: number };
  replications: number;
  simulated_seconds: number;
  wall_seconds: number;
  classes: SimulatedClass[];
  deployments: SimulatedDeployment[];
}

// ---- berth.stress/1

export interface StressRow {
  scenario: number;
  cost: number;
  broken: number;
  late: number;
  poor: number;
  unmet: number;
  unmet_share: number;
  late_share: number;
}

export interface StressMethod {
  method: string;
  headroom: number | null;
  robust: number | null;
  survive: number | null;
  plan_cost: number;
  expected_cost: number;
  p95_cost: number;
  violation_rate: number;
  violations: { latency: number; error: number; unmet: number };
  unmet_share: number;
  late_share: number;
  rows: StressRow[];
}

export interface Stress {
  format: string;
  fleet: string;
  classes: number;
  scenarios: number;
  seed: number;
  demand: [number, number];
  delay: [number, number];
  delay_kind: string;
  error: [number, number];
  shape: string;
  wall_seconds: number;
  methods: StressMethod[];
}

// ---- berth.replay/1

export interface ReplayWindow {
  cost: number;
  switching: number;
  gpus: number;
  replicas: number;
  started: number;
  stopped: number;
  broken: number;
  unmet_share: number;
  late_share: number;
  failed: boolean;
}

export interface ReplayPolicy {
  policy: string;
  cost: number;
  switching: number;
  violation_rate: number;
  unmet_share: number;
  late_share: number;
  changes: number;
  failed: number;
  planning_seconds: { mean: number; max: number };
  windows: ReplayWindow[];
}

export interface Replay {
  format: string;
  fleet: string;
  series: string;
  windows: number;
  window_seconds: number;
  start?: number;
  classes: number;
  missing: number;
  forecast: string;
  demand: number[];
  wall_seconds: number;
  policies: ReplayPolicy[];
}
