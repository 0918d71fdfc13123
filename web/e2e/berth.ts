import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Job, PlanRecord, Study, StudyKind } from "../src/types.ts";

const BINARY = process.env["BERTH"] ?? "../build/release/berth";
const START = 20_000;

export const fleet = (name: string) => readFileSync(new URL(`../../data/fleets/${name}.yaml`, import.meta.url), "utf8");

/** What `berth generate fleet` writes: as many classes on six models and ten pools. */
export async function generated(classes: number): Promise<string> {
  const process = spawn(BINARY, ["generate", "fleet", "--classes", String(classes)]);
  let text = "";
  process.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  const status = await new Promise((resolve) => process.on("close", resolve));
  if (status !== 0) throw new Error(`berth generate ended with ${String(status)}`);
  return text;
}

/** A `berth serve` with a history of its own. */
export class Berth {
  private process: ChildProcess | null = null;
  url = "";
  token = "";
  readonly folder = mkdtempSync(join(tmpdir(), "berth-page-"));

  constructor(private readonly flags: readonly string[] = []) {}

  static async start(...flags: string[]): Promise<Berth> {
    const berth = new Berth(flags);
    await berth.start();
    return berth;
  }

  /** Again at the same address, where it had one. */
  async start(): Promise<void> {
    const listen = this.url ? new URL(this.url).host : "127.0.0.1:0";
    const flags = ["serve", "--listen", listen, "--db", join(this.folder, "berth.db"), ...this.flags];
    const process = spawn(BINARY, flags, { stdio: ["ignore", "pipe", "pipe"] });
    this.process = process;
    let said = "";
    this.url = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`berth serve does not start: ${said}`)), START);
      const listens = (part: Buffer) => {
        said += part.toString();
        const url = /http:\/\/[\w.:[\]]+/.exec(said)?.[0];
        if (!url) return;
        clearTimeout(timer);
        resolve(url);
      };
      process.stdout.on("data", listens);
      process.stderr.on("data", listens);
      process.on("error", reject);
      process.on("exit", (status) => reject(new Error(`berth serve ended with ${status}: ${said}`)));
    });
  }

  /** In order, or as a machine that loses its power. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const process = this.process;
    this.process = null;
    if (!process || process.exitCode !== null) return;
    const gone = new Promise((resolve) => process.on("exit", resolve));
    process.kill(signal);
    await gone;
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async ask<T>(method: string, path: string, body?: string, type = "application/json"): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: { "Content-Type": type, ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}) },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text ? JSON.parse(text) : null) as T;
  }

  get = <T>(path: string) => this.ask<T>("GET", path);
  drop = (path: string) => this.ask<unknown>("DELETE", path);
  plan = (text: string, query = "") => this.ask<PlanRecord>("POST", `/v1/plans?${query}`, text, "application/yaml");
  activate = (id: number) => this.ask<unknown>("POST", `/v1/plans/${id}/activate`);
  planLater = (text: string, query = "") => this.ask<Job>("POST", `/v1/plans?async&${query}`, text, "application/yaml");
  study = (plan: number, kind: StudyKind, body: object) =>
    this.ask<Study>("POST", `/v1/plans/${plan}/${kind}`, JSON.stringify(body));
}
