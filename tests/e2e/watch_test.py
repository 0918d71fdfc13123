#!/usr/bin/env python3
"""berth watch from end to end: traffic -> a real Prometheus -> the loop -> manifests, over a simulated day.

Usage: watch_test.py BERTH. Ends with 77 (skipped) where there is no Prometheus.
"""
import json
import math
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

import metrics

BERTH = sys.argv.pop(1) if len(sys.argv) > 1 else "berth"
BEGIN = 1_790_000_400  # a multiple of 300 s
HOUR = 3600
INTERVAL = 300
HEADROOM = 0.10
FLEET = """format: berth.fleet/1
models: [llama-3.1-8b, qwen3-8b, gemma-3-27b]
pools:
  - {name: l40s, gpu: l40s, offers: [{name: g6e.xlarge, lot: 1, cost: 1.861}]}
  - {name: h100, gpu: h100-sxm, offers: [{name: p5.4xlarge, lot: 1, cost: 6.88}]}
classes:
  - {name: chat, rate: 20, prompt_tokens: {mean: 1000, std: 700}, output_tokens: {mean: 200, std: 150}}
  - {name: summary, rate: 4, prompt_tokens: {mean: 4000, std: 2000}, output_tokens: {mean: 300, std: 150}, slo: {ttft: 6s}}
defaults: {slo: {ttft: 2s, tpot: 100ms, percentile: 0.95}, quality: {task: chat, min: 0.5}, unmet: {max: 0}}
policy: {headroom: 0.1}
telemetry:
  pack: llm-d
  classes:
    chat: {match: {model_name: chat-model}}
    summary: {match: {model_name: summary-model}}
"""


def noise(t, seed, size=0.02):
    """The same for the same time: a share in -size..size."""
    return size * (2 * random.Random(f"{seed}-{t}").random() - 1)


def traffic(chat, summary):
    return [metrics.Model("chat-model", chat, (1000, 700), (200, 150)),
            metrics.Model("summary-model", summary, (4000, 2000), (300, 150))]


def day_wave():
    return traffic(lambda t: 20 * (1 - 0.6 * math.cos(2 * math.pi * t / 86400)) * (1 + noise(t, 1)),
                   lambda t: 4 * (1 + 0.5 * math.sin(4 * math.pi * t / 86400)) * (1 + noise(t, 2)))


class Loop:
    """A directory with a fleet, a history and manifests."""

    def __init__(self, directory, url, first, last, fleet=FLEET, more=(), interval=INTERVAL):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / "fleet.yaml").write_text(fleet)
        self.manifests = self.directory / "manifests"
        self.command = [BERTH, "watch", self.directory / "fleet.yaml", "--prometheus", url, "--interval", f"{interval}s",
                        "--history", self.directory / "history.db", "--apply", "dir", "-o", self.manifests,
                        "--from", str(BEGIN + first), "--to", str(BEGIN + last), *more]

    def run(self):
        return subprocess.run(self.command, capture_output=True, text=True, timeout=900)

    def rows(self, sql):
        with sqlite3.connect(f"file:{self.directory / 'history.db'}?mode=ro", uri=True) as history:
            return history.execute(sql).fetchall()

    def decisions(self):
        return self.rows("SELECT at, kind, reason, inputs, plan FROM decisions ORDER BY id")

    def stages(self):
        return self.rows("SELECT plan, number, kind, state, wait, begun, applied, settled FROM stages ORDER BY plan, number")

    def plans(self):
        return {key: json.loads(text) for key, text in self.rows("SELECT id, plan FROM plans")}

    def whole_manifests(self):
        """Names that kustomization.yaml refers to and that are not there."""
        index = self.manifests / "kustomization.yaml"
        if not index.exists():
            return []
        names = [line.strip()[2:].strip('"') for line in index.read_text().splitlines() if line.strip().startswith("- ")]
        return [name for name in names if name.endswith(".yaml") and not (self.manifests / name).exists()]


def replicas(plan):
    return {row["name"]: row["replicas"] for row in plan["deployments"]}


def object_name(deployment):
    """Objects of a cluster have no dots in their names."""
    return deployment.replace(".", "-")


class WatchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.scratch.name)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def serve(self, name, models, hours, gaps=(), pods=None):
        directory = self.root / name
        directory.mkdir()
        server = metrics.Prometheus(directory, metrics.open_metrics(models, BEGIN, hours * HOUR, gaps, pods))
        self.addCleanup(server.__exit__)
        return server.__enter__()

    def test_a_day_never_leaves_a_class_short(self):
        models = day_wave()
        loop = Loop(self.root / "day-loop", self.serve("day", models, 26), HOUR, 25 * HOUR)
        done = loop.run()
        self.assertEqual(done.returncode, 0, done.stderr)
        decisions = loop.decisions()
        self.assertEqual(len(decisions), 24 * HOUR // INTERVAL + 1)
        kinds = [row[1] for row in decisions]
        self.assertEqual(kinds[0], "plan", done.stderr)
        self.assertFalse({"freeze", "fail", "abandon"} & set(kinds), done.stderr)
        self.assertGreater(kinds.count("plan"), 4)
        self.assertTrue(all(stage[7] is not None for stage in loop.stages()[:-3]))
        self.check_capacity(loop, models)
        self.assertEqual(loop.whole_manifests(), [])

    def check_capacity(self, loop, models):
        """Replays the stages: routes of a plan only ever lead to as many ready replicas as it has."""
        plans = loop.plans()
        ready, routed = {}, None
        changes = []  # (time, plan whose routes are in force)
        for plan, _, kind, state, wait, _, applied, settled in loop.stages():
            if applied is None:
                break
            now = replicas(json.loads(state))
            if kind == "grow":
                for name, count in now.items():
                    self.assertGreaterEqual(count, ready.get(name, 0), "nothing stops while others start")
                self.assertTrue(settled is None or settled >= applied + wait)
                ready = now
            elif kind == "route":
                routed = plan
                changes.append((applied, plan))
            else:
                ready = {name: min(count, ready[name]) for name, count in now.items()}
            if routed is None:
                continue
            for name, count in replicas(plans[routed]).items():
                self.assertGreaterEqual(ready.get(name, 0), count, f"plan {plan}, {kind}: {name}")
        self.assertTrue(changes)
        # The check, which shares nothing with the loop's planning, finds every request that comes in time.
        for at, until in zip(changes, [*changes[1:], (BEGIN + 25 * HOUR, None)]):
            times = range(int(at[0]) - BEGIN, int(until[0]) - BEGIN, metrics.SCRAPE)
            for t in {max(times, key=model.rate) for model in models if times}:
                self.assertEqual(self.broken_at(loop, plans[at[1]], models, t), [], f"plan {at[1]} at {t} s")

    def broken_at(self, loop, plan, models, t):
        """What a plan cannot carry at a time, in the words of `berth check`."""
        fleet = FLEET.replace("headroom: 0.1", "headroom: 0")
        for model, stated in zip(models, ("rate: 20,", "rate: 4,")):
            fleet = fleet.replace(stated, f"rate: {model.rate(t)},")
        (loop.directory / "then.yaml").write_text(fleet)
        (loop.directory / "plan.json").write_text(json.dumps(plan))
        done = subprocess.run([BERTH, "check", loop.directory / "plan.json", "--against", loop.directory / "then.yaml"],
                              capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 2), done.stderr)
        rules = ("capacity", "pair", "demand", "pool", "average")
        return [line for line in done.stdout.splitlines() if line.strip().startswith(rules)]

    def test_a_stable_load_changes_nothing(self):
        models = traffic(lambda t: 20 * (1 + noise(t, 3)), lambda t: 4 * (1 + noise(t, 4)))
        loop = Loop(self.root / "stable-loop", self.serve("stable", models, 14), HOUR, 13 * HOUR)
        done = loop.run()
        self.assertEqual(done.returncode, 0, done.stderr)
        kinds = [row[1] for row in loop.decisions()]
        self.assertEqual(kinds[0], "plan")
        self.assertEqual(set(kinds[1:]), {"keep"}, done.stderr)

    def test_quotas_without_room_are_worked_around(self):
        """Both plans never fit side by side: the loop goes in waves, and loses requests only where it must."""
        fleet = FLEET.replace("lot: 1, cost: 1.861}", "lot: 1, cost: 1.861, max: 6}")
        fleet = fleet.replace("lot: 1, cost: 6.88}", "lot: 1, cost: 6.88, max: 2}")
        loop = Loop(self.root / "quota-loop", self.serve("quota", day_wave(), 26), HOUR, 25 * HOUR, fleet)
        done = loop.run()
        self.assertEqual(done.returncode, 0, done.stderr)
        kinds = [row[1] for row in loop.decisions()]
        self.assertLess(kinds.count("fail"), 5, done.stderr[-4000:])
        for plan, _, _, state, _, _, _, _ in loop.stages():
            state = json.loads(state)
            running = {name for name, count in replicas(state).items() if count > 0}
            self.assertLessEqual({route["deployment"] for route in state["routes"]}, running, f"plan {plan}")
            boxes = {row["offer"]: row["boxes"] for row in state["offers"]}
            self.assertLessEqual(boxes.get("g6e.xlarge", 0), 6)
            self.assertLessEqual(boxes.get("p5.4xlarge", 0), 2)

    def test_engines_teach_deployment_by_deployment(self):
        models = traffic(lambda t: 20 * (1 + noise(t, 3)), lambda t: 4 * (1 + noise(t, 4)))
        first = Loop(self.root / "blind-loop", self.serve("blind", models, 4), HOUR, 3 * HOUR)
        done = first.run()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("no engine's series names a deployment", done.stderr)
        plan = first.plans()[1]
        factors = []
        for part in (0.5, 0.8):  # of what the plan promises: nothing to be more careful about
            pods = {f"{object_name(row['name'])}-7c9d-{k}": (2.0, part * row["tpot"], 3)
                    for row in plan["deployments"] for k in range(row["replicas"])}
            loop = Loop(self.root / f"{part}-loop", self.serve(f"pods-{part}", models, 4, pods=pods), HOUR, 3 * HOUR)
            done = loop.run()
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("engines' series name their deployments", done.stderr)
            self.assertEqual(loop.plans(), {1: plan}, done.stderr)
            rows = loop.rows("SELECT class, quantity, factor, samples FROM calibrations")
            self.assertEqual({row[:2] for row in rows},
                             {(name, quantity) for name in ("chat", "summary") for quantity in ("tpot", "load")})
            self.assertTrue(all(samples > 10 for *_, samples in rows), rows)
            factors.append({row[0]: row[2] for row in rows if row[1] == "tpot"})
        for name, factor in factors[0].items():
            self.assertAlmostEqual(factors[1][name] / factor, 0.8 / 0.5, delta=0.02)
            # What runs is less busy than what was planned for, and so is expected to be faster.
            self.assertGreater(factor, 0.45, name)
            self.assertLess(factor, 1.1, name)

    def test_a_class_that_leaves_the_fleet_takes_nothing_else_with_it(self):
        models = traffic(lambda t: 20 * (1 + noise(t, 3)), lambda t: 4 * (1 + noise(t, 4)))
        url = self.serve("leaving", models, 5)
        before = Loop(self.root / "leaving-loop", url, HOUR, 2 * HOUR)
        self.assertEqual(before.run().returncode, 0)
        plan = before.plans()[1]
        chat = {row["deployment"] for row in plan["routes"] if row["class"] == "chat"}
        for name in replicas(plan):
            self.assertNotEqual(list(before.manifests.rglob(f"{object_name(name)}*")), [])
        only = {row["deployment"] for row in plan["routes"]} - chat
        self.assertTrue(only, "something serves summary alone")
        fleet = "\n".join(line for line in FLEET.split("\n") if "summary" not in line)
        after = Loop(self.root / "leaving-loop", url, HOUR, 4 * HOUR, fleet)
        done = after.run()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("the fleet no longer has the class summary", done.stderr)
        dropped = after.plans()[2]
        self.assertEqual(replicas(dropped), {name: count for name, count in replicas(plan).items() if name in chat})
        self.assertTrue(all(row["class"] == "chat" for row in dropped["routes"]))
        stages = [(kind, json.loads(state)) for number, _, kind, state, *_ in after.stages() if number == 2]
        self.assertEqual([kind for kind, _ in stages], ["route", "shrink"])
        self.assertEqual(replicas(stages[0][1]), replicas(plan), "nothing stops before its routes are gone")
        kinds = [row[1] for row in after.decisions()]
        self.assertFalse({"freeze", "fail", "abandon"} & set(kinds), done.stderr)
        for name in only:
            self.assertEqual(list(after.manifests.rglob(f"{object_name(name)}*")), [])

    def test_an_interval_without_two_scrapes_is_warned_of(self):
        models = traffic(lambda t: 20, lambda t: 4)
        url = self.serve("short", models, 2)
        loop = Loop(self.root / "short-loop", url, HOUR, HOUR + 120, interval=30)
        done = loop.run()
        self.assertEqual(done.returncode, 0, done.stderr)
        first = done.stderr.split("\n")[0]
        self.assertIn("--interval: windows of 30 s do not always hold two scrapes, which are 60 s apart", first)
        self.assertIn("120 s or more will do", first)
        self.assertEqual({row[1] for row in loop.decisions()}, {"freeze"})
        for _, _, reason, _, _ in loop.decisions():
            self.assertIn("as scrapes are 60 s apart", reason)
            self.assertNotIn("--", reason)
        longer = Loop(self.root / "long-loop", url, HOUR, HOUR + 240, interval=120)
        done = longer.run()
        self.assertNotIn("--interval", done.stderr)
        self.assertEqual(longer.decisions()[0][1], "plan", done.stderr)

    def test_stale_data_freeze_and_thaw(self):
        models = day_wave()
        gap = (3 * HOUR, 5 * HOUR)
        loop = Loop(self.root / "gap-loop", self.serve("gap", models, 8, [gap]), HOUR, 7 * HOUR)
        done = loop.run()
        self.assertEqual(done.returncode, 0, done.stderr)
        for at, kind, reason, _, _ in loop.decisions():
            t = at - BEGIN
            if gap[0] + 3 * INTERVAL <= t <= gap[1]:
                self.assertEqual(kind, "freeze", f"{t}: {reason}")
                self.assertRegex(reason, "stale|cannot be read")
            elif t > gap[1] + 2 * INTERVAL or t < gap[0]:
                self.assertNotEqual(kind, "freeze", f"{t}: {reason}")

    def test_killed_a_hundred_times_it_loses_and_repeats_nothing(self):
        url = self.serve("kill", day_wave(), 10)
        whole = Loop(self.root / "whole-loop", url, HOUR, 9 * HOUR)
        self.assertEqual(whole.run().returncode, 0)
        broken = Loop(self.root / "broken-loop", url, HOUR, 9 * HOUR)
        dice = random.Random(7)
        kills = 0
        for _ in range(2000):
            process = subprocess.Popen(broken.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            patience = dice.uniform(0.0, 0.25)
            end = time.monotonic() + patience
            while process.poll() is None and time.monotonic() < end:
                time.sleep(0.001)
            if process.poll() is not None:
                self.assertEqual(process.returncode, 0)
                break
            process.kill()
            process.wait()
            kills += 1
            self.assertEqual(broken.whole_manifests(), [])
        self.assertGreaterEqual(kills, 100)
        self.assertEqual(broken.run().returncode, 0)
        self.assertEqual(broken.decisions(), whole.decisions())
        self.assertEqual(broken.stages(), whole.stages())
        self.assertEqual(broken.plans(), whole.plans())
        for file in whole.manifests.rglob("*.yaml"):
            other = broken.manifests / file.relative_to(whole.manifests)
            self.assertEqual(file.read_text(), other.read_text(), file)


if __name__ == "__main__":
    if metrics.tools() is None:
        print("prometheus and promtool are not installed: skipped (scripts/setup --prometheus brings them)")
        sys.exit(77)
    unittest.main(verbosity=2)
