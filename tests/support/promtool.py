"""Rules tried on series: `promtool test rules` over scenarios written in Python.

    failures = check(tool, rules, {"healthy": Scenario(series, [At("40m", "ALERTS", {})])})
"""
import dataclasses
import json
import pathlib
import shutil
import subprocess
import tempfile


def find():
    """Path of promtool, or None where it is missing."""
    unpacked = pathlib.Path(__file__).resolve().parents[2] / ".deps/prometheus"
    return shutil.which("promtool") or shutil.which("promtool", path=str(unpacked))


@dataclasses.dataclass
class At:
    """What an expression is worth at a time: all its samples, value by labels ('{class="chat"}')."""
    time: str
    expression: str
    samples: dict


@dataclasses.dataclass
class Scenario:
    """Series by name and labels, values in promtool's notation, a minute apart; what the rules make of them."""
    series: dict
    checks: list
    alerts: list = dataclasses.field(default_factory=list)  # alert_rule_test of promtool

    def as_test(self):
        return {
            "interval": "1m",
            "input_series": [{"series": key, "values": values} for key, values in self.series.items()],
            "promql_expr_test": [
                {"expr": check.expression, "eval_time": check.time,
                 "exp_samples": [{"labels": labels, "value": value} for labels, value in check.samples.items()]}
                for check in self.checks],
            "alert_rule_test": self.alerts}


def check(tool, rules, scenarios):
    """Names of the scenarios that the rules (the text of a file) fail, each with what promtool says."""
    if not run(tool, rules, scenarios.values()):
        return {}
    # Old releases know no names of tests: which of them is it?
    said = {name: run(tool, rules, [scenario]) for name, scenario in scenarios.items()}
    return {name: text for name, text in said.items() if text}


def run(tool, rules, scenarios):
    """What promtool says where it finds something, else nothing."""
    tests = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [one.as_test() for one in scenarios]}
    with tempfile.TemporaryDirectory() as scratch:
        directory = pathlib.Path(scratch)
        (directory / "rules.yaml").write_text(rules, encoding="utf-8")
        (directory / "test.yaml").write_text(json.dumps(tests), encoding="utf-8")  # JSON is YAML
        done = subprocess.run([tool, "test", "rules", "test.yaml"], cwd=directory, capture_output=True, text=True,
                              timeout=240, check=False)
    return (done.stdout + done.stderr).strip() if done.returncode != 0 else ""


def firing(time, *alerts):
    """All alerts that fire at a time and no others, each as {label: value}."""
    by = sorted({label for alert in alerts for label in alert} | {"alertname", "severity"})
    samples = {"{" + ", ".join(f"{key}={json.dumps(value)}" for key, value in sorted(alert.items())) + "}": 1
               for alert in alerts}
    return At(time, f'count by ({", ".join(by)}) (ALERTS{{alertstate="firing"}})', samples)
