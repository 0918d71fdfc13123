// The documents of the service, as docs/serve.md, plan.md, diff.md, explain.md, simulation.md, stress.md and
// replay.md describe them. Times in seconds, money in USD per hour, shares from 0 to 1.

export interface ApiProblem {
  code: string;
  message: string;
  where: string;
  suggestion?: string;
}

/** An answer that is an error; `error` is the first of `errors`. */
export interface ProblemAnswer {
  error: ApiProblem;
  errors: ApiProblem[];
}

export interface CheckProblem extends ApiProblem {
  line: number | null;
  pointer: string;
}

export interface Cost {
  total: number;
  rental: number;
  delay: number;
  unmet: number;
  fixed: number;
  switching?: number;
}

export interface Deployment {
  name: string;
  model: string;
  precision: string;
  pool: string;
  gpu: string;
  tp: number;
  pp: number;
  tpot_target: number | null;
  replicas: number;
  gpus: number;
  max_num_seqs: number;
  max_model_len: number;
  utilization: number;
  ttft: number | null;
  tpot: number | null;
  cost: number;
  engine_args: string[];
}

export interface RentedOffer {
  pool: string;
  offer: string;
  boxes: number;
  gpus: number;
  cost: number;
}

export interface Route {
  class: string;
  deployment: string;
  share: number;
  ttft: number | null;
  tpot: number | null;
  e2e: number | null;
  error: number | null;
}

export interface Slo {
  ttft: number | null;
  tpot: number | null;
  e2e: number | null;
  percentile: number;
}

export interface PlanClass {
  name: string;
  rate: number;
  unmet: number;
  ttft: number | null;
  tpot: number | null;
  e2e: number | null;
  error: number | null;
  slo: Slo;
  max_error: number | null;
  slo_met: boolean;
}

export interface ShadowPrices {
  pools: Record<string, number>;
  budget: number | null;
  classes: Record<string, number>;
}

export interface Plan {
  format: string;
  fleet: string;
  method: string;
  status: string;
  cost: Cost;
  lower_bound: number | null;
  gap: number | null;
  seconds: { build: number; solve: number; bound: number };
  deployments: Deployment[];
  offers: RentedOffer[];
  routes: Route[];
  classes: PlanClass[];
  shadow_prices: ShadowPrices;
  warnings: string[];
  switching?: {
    from: string;
    started: number;
    stopped: number;
    boxes: number;
    usd: number;
    hold: number;
    ready: number;
    kept?: boolean;
  };
}

export interface PlanSummary {
  id: number;
  created: string;
  title: string;
  active: boolean;
  fleet: string;
  method: string;
  status: string;
  cost: number;
  lower_bound: number | null;
  gap: number | null;
  seconds: number;
  classes: number;
  deployments: number;
  gpus: number;
  slo_met: boolean;
  current: number | null;
}

export interface TrajectoryPoint {
  seconds: number;
  incumbent: number | null;
  bound: number | null;
}

export interface PlanRecord extends PlanSummary {
  fleet_text: string;
  request: Record<string, unknown>;
  trajectory: TrajectoryPoint[];
  plan: Plan;
}

export interface PlanPage {
  plans: PlanSummary[];
  next: number | null;
}

export interface Progress extends TrajectoryPoint {
  gap: number | null;
  nodes: number | null;
  done: number | null;
  total: number | null;
}

export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";

export interface Job {
  id: number;
  kind: string;
  state: JobState;
  created: string;
  started: string | null;
  finished: string | null;
  plan: number | null;
  title: string;
  progress: Progress | null;
  result: { plan?: number; study?: number; explanation?: Explanation } | null;
  error: ProblemAnswer | null;
}

export interface CheckedClass {
  name: string;
  rate: number;
  prompt_tokens: number;
  output_tokens: number;
  slo: Slo;
  quality: { task: string; min: number };
  max_unmet: number;
}

export interface CheckedOffer {
  name: string;
  lot: number;
  cost: number;
  max: number | null;
}

export interface CheckedPool {
  name: string;
  gpu: string;
  offers: CheckedOffer[];
}

export interface CheckedFleet {
  name: string;
  headroom: number;
  budget: number | null;
  classes: CheckedClass[];
  models: string[];
  pools: CheckedPool[];
}

export interface FleetCheck {
  valid: boolean;
  errors: CheckProblem[];
  warnings: (string | CheckProblem)[];
  fleet: CheckedFleet | null;
}

export interface Example {
  name: string;
  title: string;
  text: string;
}

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

export type StudyKind = "simulate" | "stress" | "replay" | "explain";

export interface StudyHead {
  id: number;
  plan: number;
  kind: StudyKind;
  created: string;
  request: Record<string, unknown>;
}

export type StudyResult = Simulation | Stress | Replay | Explanation;

export interface Study<R = StudyResult> extends StudyHead {
  result: R;
}
