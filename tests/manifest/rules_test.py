#!/usr/bin/env python3
"""Each rule and alert that `berth export prometheus` writes, on series of engines and gateways, as promtool reads them.

usage: rules_test.py BERTH_BINARY SOURCE_DIR
Exit status 77: skipped, with the reason.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

BERTH, SOURCE = pathlib.Path(sys.argv.pop(1)), pathlib.Path(sys.argv.pop(1))
sys.path[:0] = [str(SOURCE / "tests/support"), str(SOURCE / ".deps/manifests")]

import promtool  # noqa: E402

TOOL = promtool.find()
PLAN = json.loads((SOURCE / "tests/manifest/plans/small.json").read_text(encoding="utf-8"))
LARGE, MIDDLE, LITTLE = (row["name"] for row in PLAN["deployments"])
# Pods as their controllers name them: a LeaderWorkerSet's leaders, Deployments'.
PODS = {
    LARGE: [f"llama-3-1-405b-h100-sxm-tp8-pp2-{k}" for k in range(2)],
    MIDDLE: [f"llama-3-1-8b-l40s-tp1-7d4b9c6f5d-abcd{k}" for k in range(7)],
    LITTLE: [f"qwen2-5-7b-a10g-tp1-kserve-6c9f7d5b8-xyz{k}7" for k in range(3)],
}
ENGINES = {
    "vllm": {"running": "vllm:num_requests_running", "waiting": "vllm:num_requests_waiting",
             "cache": "vllm:kv_cache_usage_perc", "completed": "vllm:request_success_total",
             "ttft": "vllm:time_to_first_token_seconds", "tpot": "vllm:request_time_per_output_token_seconds",
             "e2e": "vllm:e2e_request_latency_seconds", "preemptions": "vllm:num_preemptions_total"},
    "sglang": {"running": "sglang:num_running_reqs", "waiting": "sglang:num_queue_reqs", "cache": "sglang:token_usage",
               "completed": "sglang:num_requests_total", "ttft": "sglang:time_to_first_token_seconds",
               "tpot": "sglang:inter_token_latency_seconds", "e2e": "sglang:e2e_request_latency_seconds"},
    "trtllm": {"cache": "trtllm_kv_cache_utilization", "completed": "trtllm_request_success_total",
               "ttft": "trtllm_time_to_first_token_seconds", "tpot": "trtllm_time_per_output_token_seconds",
               "e2e": "trtllm_e2e_request_latency_seconds"},
}
OLD_NAMES = {**ENGINES["vllm"], "cache": "vllm:gpu_cache_usage_perc", "tpot": "vllm:time_per_output_token_seconds"}
GATEWAY = {"requests": "llm_d_epp_request_total", "ttft": "llm_d_epp_request_ttft_seconds",
           "e2e": "llm_d_epp_request_duration_seconds"}
# Every request falls between these, so a quantile q is low + q * (high - low).
TIMES = {"ttft": (0.25, 0.5), "tpot": (0.02, 0.04), "e2e": (5, 10)}


def histogram(name, labels, edges, per_minute=60):
    low, high = edges
    counts = {low: 0, high: per_minute, "+Inf": per_minute}
    return {f'{name}_bucket{{{labels}, le="{edge}"}}': f"0+{count}x60" for edge, count in counts.items()}


def engine_series(metrics, pod, times=None, running="20x60", waiting="1x60", namespace="berth", extra=""):
    """A pod that ends a request a second."""
    labels = f'namespace="{namespace}", pod="{pod}"{extra}'
    series = {}
    for quantity, values in {"running": running, "waiting": waiting, "cache": "0.5x60", "completed": "0+60x60",
                             "preemptions": "0+6x60"}.items():
        if quantity in metrics:
            series[f"{metrics[quantity]}{{{labels}}}"] = values
    for quantity, edges in {**TIMES, **(times or {})}.items():
        series.update(histogram(metrics[quantity], labels, edges))
    return series


def class_series(name, rate, times=None, namespace="berth", metrics=None):
    metrics = metrics or GATEWAY
    labels = f'namespace="{namespace}", model_name="{name}"'
    series = {f"{metrics['requests']}{{{labels}}}": f"0+{rate * 60:g}x60"}
    for quantity, edges in {**TIMES, **(times or {})}.items():
        if quantity in metrics:
            series.update(histogram(metrics[quantity], labels, edges))
    return series


def healthy(metrics=None):
    """As planned, and others' pods and classes beside, which do not count."""
    metrics = metrics or ENGINES["vllm"]
    series = {}
    for pods in PODS.values():
        for pod in pods:
            series.update(engine_series(metrics, pod))
    for row in PLAN["classes"]:
        series.update(class_series(row["name"], row["rate"]))
    bad = {"ttft": (100, 200), "tpot": (1, 2), "e2e": (1000, 2000)}
    for pod in (PODS[MIDDLE][0], PODS[LARGE][0]):
        series.update(engine_series(metrics, pod, bad, "99x60", "999x60", namespace="other"))
    for pod in (PODS[LARGE][0] + "-1", "x-" + PODS[MIDDLE][0], "llama-3-1-8b-l40s-tp1-draft-7d4b9c6f5d-abcde"):
        series.update(engine_series(metrics, pod, bad, "99x60", "999x60"))
    series.update(class_series("chat", 1000, bad, namespace="other"))
    return series


def changed(deployment, metrics=None, pods=None, **parts):
    """Series of all pods of a deployment, other than healthy."""
    series = {}
    for pod in pods or PODS[deployment]:
        series.update(engine_series(metrics or ENGINES["vllm"], pod, **parts))
    return series


def alert(name, severity, **labels):
    return {"alertname": name, "severity": severity, **labels}


def of(deployment, name, severity="warning"):
    return alert(name, severity, deployment=deployment)


def deployments(engine):
    """TensorRT-LLM's replicas span no nodes."""
    return [name for name in PODS if engine != "trtllm" or name != LARGE]


def export(engine="vllm", settings=""):
    """Text of rules.yaml."""
    with tempfile.TemporaryDirectory() as scratch:
        directory = pathlib.Path(scratch)
        plan = {**PLAN, "deployments": [row for row in PLAN["deployments"] if row["name"] in deployments(engine)],
                "routes": [row for row in PLAN["routes"] if row["deployment"] in deployments(engine)]}
        (directory / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        command = [BERTH, "-q", "export", "prometheus", directory / "plan.json", "-o", directory / "out", "--engine",
                   engine]
        if settings:
            (directory / "settings.yaml").write_text("format: berth.deploy/1\n" + settings, encoding="utf-8")
            command += ["--settings", directory / "settings.yaml"]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return (directory / "out/rules.yaml").read_text(encoding="utf-8")


def unhealthy():
    """By alert: series in place of healthy ones, and all that fires then."""
    def without(pattern):
        return {key: None for key in healthy() if re.search(pattern, key)}
    chat = {"class": "chat"}
    return {
        "BerthClassTtftAboveLimit": (class_series("chat", 12.5, {"ttft": (1, 2)}),
                                     [alert("BerthClassTtftAboveLimit", "critical", **chat)]),
        "BerthClassE2eAboveLimit": (class_series("chat", 12.5, {"e2e": (60, 120)}),
                                    [alert("BerthClassE2eAboveLimit", "critical", **chat)]),
        "BerthDeploymentTtftAboveLimit": (changed(MIDDLE, times={"ttft": (1, 2)}),
                                          [of(MIDDLE, "BerthDeploymentTtftAboveLimit", "critical"),
                                           of(MIDDLE, "BerthTtftPredictionOff")]),
        "BerthDeploymentTpotAboveLimit": (changed(LITTLE, times={"tpot": (0.05, 0.06)}),
                                          [of(LITTLE, "BerthDeploymentTpotAboveLimit", "critical")]),
        "BerthDeploymentE2eAboveLimit": (changed(MIDDLE, times={"e2e": (60, 120)}),
                                         [of(MIDDLE, "BerthDeploymentE2eAboveLimit", "critical"),
                                          of(MIDDLE, "BerthE2ePredictionOff")]),
        "BerthTtftPredictionOff": (changed(MIDDLE, times={"ttft": (0.95, 1)}), [of(MIDDLE, "BerthTtftPredictionOff")]),
        "BerthTpotPredictionOff": (changed(LITTLE, times={"tpot": (0.06, 0.08)}),
                                   [of(LITTLE, "BerthDeploymentTpotAboveLimit", "critical"),
                                    of(LITTLE, "BerthTpotPredictionOff")]),
        "BerthE2ePredictionOff": (changed(MIDDLE, times={"e2e": (20, 40)}), [of(MIDDLE, "BerthE2ePredictionOff")]),
        "BerthDemandAbovePlan": (class_series("m-small/p0-512", 4.5),
                                 [alert("BerthDemandAbovePlan", "warning", **{"class": "m-small/p0-512"})]),
        "BerthReplicasMissing": (without(f'berth", pod="{PODS[MIDDLE][6]}'), [of(MIDDLE, "BerthReplicasMissing")]),
        "BerthReplicasMissing, all of them": (without('berth", pod="llama-3-1-405b.*-[01]"'),
                                              [of(LARGE, "BerthReplicasMissing")]),
        "BerthQueueLong": (changed(MIDDLE, waiting="21x60"), [of(MIDDLE, "BerthQueueLong")]),
        "BerthQueueLong, nothing runs": (changed(LITTLE, running="0x60", waiting="1x60"),
                                         [of(LITTLE, "BerthQueueLong")]),
    }


def quiet():
    """Series that must fire nothing, by what they are."""
    restarted = engine_series(ENGINES["vllm"], PODS[MIDDLE][0])
    restarted[f'vllm:request_success_total{{namespace="berth", pod="{PODS[MIDDLE][0]}"}}'] = "0+60x30 0+60x30"
    no_requests = {key: "7x60" if re.search("_bucket|_total", key) else "0x60"
                   for key in healthy() if 'namespace="berth"' in key and "-tp8-pp2-0-1" not in key and "draft" not in key}
    brief = changed(MIDDLE, waiting="1x20 99x9 1x40", times={"ttft": (0.25, 0.5)})
    return {"healthy": {}, "a pod restarts": restarted, "no requests": no_requests,
            "a queue for ten minutes": brief,
            "at the limit": class_series("chat", 13.74, {"ttft": (0.5, 1), "e2e": (30, 60)})}


def with_changes(series, changes):
    """None takes a series away; a histogram comes in place of the whole other one."""
    histograms = {key.partition(", le=")[0] for key in changes if ", le=" in key}
    kept = {key: values for key, values in series.items() if key.partition(", le=")[0] not in histograms}
    return {key: values for key, values in {**kept, **changes}.items() if values is not None}


EVERY_FIVE = [f"{minute}m" for minute in range(6, 58, 4)]


@unittest.skipIf(TOOL is None, "promtool is not installed (scripts/setup --prometheus)")
class RulesTest(unittest.TestCase):
    maxDiff = None

    def passes(self, scenarios, rules):
        self.assertEqual(promtool.check(TOOL, rules, scenarios), {})

    def test_each_alert_fires_where_it_should_and_no_other_does(self):
        scenarios = {name: promtool.Scenario(with_changes(healthy(), changes),
                                             [promtool.firing("14m"), promtool.firing("40m", *expected)])
                     for name, (changes, expected) in unhealthy().items()}
        self.passes(scenarios, export())

    def test_nothing_fires_where_all_is_well(self):
        self.passes({name: promtool.Scenario(with_changes(healthy(), changes),
                                             [promtool.firing(time) for time in EVERY_FIVE])
                     for name, changes in quiet().items()}, export())

    def test_nothing_fires_with_other_engines_and_older_names(self):
        for engine, metrics in {**ENGINES, "older": OLD_NAMES}.items():
            rules = export("vllm" if engine == "older" else engine)
            self.passes({engine: promtool.Scenario(healthy(metrics), [promtool.firing("40m")])}, rules)

    def test_where_nothing_is_scraped_replicas_are_missing_of_every_engine(self):
        for engine in ENGINES:
            missing = [of(name, "BerthReplicasMissing") for name in deployments(engine)]
            self.passes({engine: promtool.Scenario({"up": "0x60"}, [promtool.firing("40m", *missing)])}, export(engine))

    def test_every_alert_is_tried(self):
        alerts = {rule["alert"] for group in yaml.safe_load(export())["groups"] for rule in group["rules"]
                  if "alert" in rule}
        self.assertEqual(alerts, {name.split(",")[0] for name in unhealthy()})

    def test_a_gateway_that_measures_tpot_has_an_alert_for_it(self):
        rules = export(settings="metrics: {names: {gateway: {tpot: [gateway_tpot_seconds]}}}\n")
        metrics = {**GATEWAY, "tpot": "gateway_tpot_seconds"}
        slow = with_changes(healthy(), class_series("chat", 12.5, {"tpot": (0.05, 0.06)}, metrics=metrics))
        expected = alert("BerthClassTpotAboveLimit", "critical", **{"class": "chat"})
        self.passes({"slow": promtool.Scenario(slow, [promtool.firing("40m", expected)])}, rules)

    def test_an_alert_says_what_is_wrong(self):
        chat = {"class": "chat", "fleet": "small", "namespace": "berth", "quantile": "0.95"}
        said = {
            "BerthClassTtftAboveLimit": (chat, "critical", "the time to first token of chat is 1.95s at the percentile "
                                                           "0.95, above its limit"),
            "BerthClassE2eAboveLimit": (chat, "critical", "the time of a request of chat is 1m 57s at the percentile "
                                                          "0.95, above its limit"),
        }
        series = with_changes(healthy(), class_series("chat", 12.5, {"ttft": (1, 2), "e2e": (60, 120)}))
        tests = [{"eval_time": "40m", "alertname": name,
                  "exp_alerts": [{"exp_labels": {**labels, "severity": severity}, "exp_annotations": {"summary": text}}]}
                 for name, (labels, severity, text) in said.items()]
        self.passes({"said": promtool.Scenario(series, [], tests)}, export())


def quantile_of(quantity, quantile):
    low, high = TIMES[quantity]
    return low + quantile * (high - low)


def recorded():
    """By rule, then by labels: what it is worth on the healthy series."""
    out = {}

    def add(name, labels, value):
        text = ", ".join(f'{key}="{part}"' for key, part in sorted(labels.items()))
        out.setdefault(name, {})[f"{name}{{{text}}}"] = value

    classes = {row["name"]: row for row in PLAN["classes"]}
    for row in classes.values():
        labels = {"class": row["name"], "fleet": "small", "namespace": "berth"}
        add("berth:class_requests:rate", labels, row["rate"])
        add("berth:class_requests:planned", labels, row["rate"])
        labels["quantile"] = f"{row['slo']['percentile']:g}"
        for quantity in TIMES:
            name = f"berth:class_{quantity}_seconds"
            if quantity in GATEWAY:
                add(name + ":quantile", labels, quantile_of(quantity, row["slo"]["percentile"]))
            add(name + ":predicted", labels, row[quantity])
            if row["slo"][quantity] is not None:
                add(name + ":limit", labels, row["slo"][quantity])
    for row in PLAN["deployments"]:
        pods = len(PODS[row["name"]])
        labels = {"deployment": row["name"], "fleet": "small", "model": row["model"], "namespace": "berth",
                  "pool": row["pool"]}
        for name, value in {
                "requests:rate": pods, "running:sum": 20 * pods, "waiting:sum": pods, "cache_usage:max": 0.5,
                "preemptions:rate": 0.1 * pods, "replicas:ready": pods, "replicas:planned": row["replicas"],
                "utilization:ratio": 20 / row["max_num_seqs"], "utilization:planned": row["utilization"]}.items():
            add("berth:deployment_" + name, labels, value)
        served = [classes[route["class"]] for route in PLAN["routes"] if route["deployment"] == row["name"]]
        for percentile in {one["slo"]["percentile"] for one in served}:
            add_times(row, [one for one in served if one["slo"]["percentile"] == percentile],
                      {**labels, "quantile": f"{percentile:g}"}, add)
    return out


def add_times(row, served, labels, add):
    percentile = served[0]["slo"]["percentile"]
    predicted = {quantity: max(route[quantity] for route in PLAN["routes"] if route["deployment"] == row["name"])
                 for quantity in TIMES}
    for quantity in TIMES:
        name = f"berth:deployment_{quantity}_seconds"
        measured = quantile_of(quantity, percentile)
        add(name + ":quantile", labels, measured)
        add(name + ":predicted", labels, predicted[quantity])
        add(name + ":measured_to_predicted", labels, measured / predicted[quantity])
        limits = [one["slo"][quantity] for one in served if one["slo"][quantity] is not None]
        if limits:
            add(name + ":limit", labels, min(limits))


@unittest.skipIf(TOOL is None, "promtool is not installed (scripts/setup --prometheus)")
class RecordingTest(unittest.TestCase):
    maxDiff = None

    def values(self, wanted, **parts):
        """Compared as millionths: promtool wants them equal, and sums round."""
        checks = [promtool.At("40m", f"round({name} * 1e6)", {re.sub("^[^{]*", "", key): round(value * 1e6)
                                                              for key, value in samples.items()})
                  for name, samples in wanted.items()]
        return promtool.Scenario(parts.get("series", healthy()), checks)

    def test_every_rule_records_what_the_series_say(self):
        self.assertEqual(promtool.check(TOOL, export(), {"healthy": self.values(recorded())}), {})

    def test_every_rule_is_tried(self):
        names = {rule["record"] for group in yaml.safe_load(export())["groups"] for rule in group["rules"]
                 if "record" in rule}
        self.assertEqual(names, set(recorded()))

    def test_older_names_count_where_todays_have_no_samples(self):
        self.assertEqual(promtool.check(TOOL, export(), {
            "older": self.values(recorded(), series=healthy(OLD_NAMES))}), {})

    def test_a_replica_with_several_engines_is_one_replica(self):
        series = healthy()
        for pod in PODS[LITTLE]:
            for key in [key for key in series if f'berth", pod="{pod}"' in key]:
                values = series.pop(key)
                for engine in (0, 1):
                    series[key.replace(f'pod="{pod}"', f'pod="{pod}", engine="{engine}"')] = values
        labels = next(key for key in recorded()["berth:deployment_replicas:ready"] if LITTLE in key)
        ratio = labels.replace("replicas:ready", "utilization:ratio")
        wanted = {f'berth:deployment_replicas:ready{{deployment="{LITTLE}"}}': {labels: 3},
                  f'berth:deployment_utilization:ratio{{deployment="{LITTLE}"}}': {ratio: 20 / 48}}
        self.assertEqual(promtool.check(TOOL, export(), {"two engines": self.values(wanted, series=series)}), {})

    def test_an_engine_that_falls_behind_is_asked_for_more_than_it_ends(self):
        series = with_changes(healthy(), changed(LITTLE, waiting="0+30x60"))
        labels = next(key for key in recorded()["berth:deployment_requests:rate"] if LITTLE in key)
        wanted = {f'berth:deployment_requests:rate{{deployment="{LITTLE}"}}': {labels: 3 * (1 + 0.5)}}
        self.assertEqual(promtool.check(TOOL, export(), {"behind": self.values(wanted, series=series)}), {})


if __name__ == "__main__":
    try:
        import yaml
    except ImportError:
        yaml = None
    if TOOL is None or yaml is None:
        print("promtool or PyYAML is missing: skipped (scripts/setup --prometheus --manifests brings them)")
        sys.exit(77)
    unittest.main(verbosity=2)
