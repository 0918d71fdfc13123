#!/usr/bin/env python3
"""Each alert of deploy/watch on series that must fire it and on series that must not, as promtool reads them.

Usage: alerts_test.py SOURCE. Ends with 77 (skipped) where promtool or PyYAML is missing.
"""
import pathlib
import sys
import unittest

SOURCE = pathlib.Path(sys.argv.pop(1))
sys.path[:0] = [str(SOURCE / "tests/support"), str(SOURCE / ".deps/manifests")]

import promtool  # noqa: E402

TOOL = promtool.find()
LOOP = 'job="berth-watch", instance="10.0.0.7:9469"'


def series(name, labels=""):
    return f"{name}{{{LOOP}{', ' if labels else ''}{labels}}}"


# A loop that looks every 5 minutes, has planned twice and met a failure of each kind once, long ago.
HEALTHY = {
    series("berth_last_look_age_seconds"): "0 60 120 180 240 " * 24,
    series("berth_interval_seconds"): "300x120",
    series("berth_step_limit_seconds"): "900x120",
    series("berth_failed_looks"): "0x120",
    series("berth_frozen"): "0x120",
    series("berth_decisions_total", 'kind="plan"'): "2x120",
    series("berth_decisions_total", 'kind="keep"'): "0+0.2x120",
    series("berth_decisions_total", 'kind="freeze"'): "1x120",
    series("berth_decisions_total", 'kind="fail"'): "3x120",
    series("berth_decisions_total", 'kind="abandon"'): "1x120",
    series("berth_apply_errors_total"): "7x120",
    series("berth_class_measured", 'class="chat"'): "1x120",
    series("berth_class_measured", 'class="summary"'): "1x120",
    series("berth_calibration_factor", 'class="chat", quantity="tpot"'): "1.1x120",
    series("berth_calibration_factor", 'class="chat", quantity="load"'): "1.9x120",
}


def alert(name, severity, **labels):
    return {"alertname": name, "severity": severity, **labels}


def fires(changes, expected, by):
    """Series as healthy but for the changes: quiet at first, then exactly the alert from `by` on."""
    before, after = by
    return promtool.Scenario({**HEALTHY, **changes},
                             [promtool.firing(before), promtool.firing(after, expected)])


def stays_silent(changes):
    times = [f"{minute}m" for minute in range(5, 120, 5)]
    return promtool.Scenario({**HEALTHY, **changes}, [promtool.firing(time) for time in times])


FIRES = {
    "BerthDown": promtool.Scenario({}, [
        promtool.firing("9m"), promtool.firing("11m", alert("BerthDown", "warning"))]),
    "BerthStalled": fires({series("berth_last_look_age_seconds"): "0+60x120"},
                          alert("BerthStalled", "warning"), ("35m", "37m")),
    "BerthFrozen": fires({series("berth_frozen"): "1x120"}, alert("BerthFrozen", "warning"), ("14m", "16m")),
    "BerthNoPlan": fires({series("berth_failed_looks"): "0x10 1x4 2x4 3x4 4x98"},
                         alert("BerthNoPlan", "critical"), ("20m", "21m")),
    "BerthAbandoned": fires({series("berth_decisions_total", 'kind="abandon"'): "0x30 1x90"},
                            alert("BerthAbandoned", "critical"), ("29m", "33m")),
    # Tried again every 15 s.
    "BerthCannotApply": fires({series("berth_apply_errors_total"): "0x30 0+4x90"},
                              alert("BerthCannotApply", "critical"), ("30m", "35m")),
    "BerthClassNotMeasured": fires({series("berth_class_measured", 'class="summary"'): "0x120"},
                                   alert("BerthClassNotMeasured", "warning", **{"class": "summary"}), ("14m", "16m")),
    "BerthPredictsBadly": fires(
        {series("berth_calibration_factor", 'class="chat", quantity="tpot"'): "1.6x120"},
        alert("BerthPredictsBadly", "info", **{"class": "chat"}), ("59m", "61m")),
}
SILENT = {
    "BerthDown": stays_silent({}),
    # Gone for eight minutes: a rollout.
    "BerthDown, replaced": promtool.Scenario(
        {series("berth_interval_seconds"): "300x20 stale _x7 300x100"},
        [promtool.firing(f"{minute}m") for minute in range(2, 60, 2)]),
    "BerthStalled": stays_silent({series("berth_last_look_age_seconds"): "0+60x29 " * 4}),
    # Looks an hour apart.
    "BerthStalled, seldom": stays_silent({series("berth_last_look_age_seconds"): "0+60x59 " * 2,
                                          series("berth_step_limit_seconds"): "10800x120"}),
    # Back after two hours: the age of the last look is known, and the next one ends within minutes.
    "BerthStalled, back again": stays_silent({series("berth_last_look_age_seconds"): "7200+60x3 0x30 0+60x20 0x60"}),
    "BerthFrozen": stays_silent({series("berth_frozen"): "1x10 0x5 1x10 0x90"}),
    # Two refusals: the next looks found a way.
    "BerthNoPlan": stays_silent({series("berth_failed_looks"): "0x30 1x4 2x4 0x90"}),
    "BerthAbandoned": stays_silent({series("berth_decisions_total", 'kind="abandon"'): "4x40 0x80"}),
    # A restart of the API server.
    "BerthCannotApply": stays_silent({series("berth_apply_errors_total"): "0x30 1x30 2x60"}),
    # Ten minutes without samples: two looks.
    "BerthClassNotMeasured": stays_silent({series("berth_class_measured", 'class="chat"'): "1x30 0x9 1x80"}),
    "BerthPredictsBadly": stays_silent(
        {series("berth_calibration_factor", 'class="chat", quantity="tpot"'): "1x20 1.7x50 1.2x50"}),
}


@unittest.skipIf(TOOL is None, "promtool is not installed (scripts/setup --prometheus)")
class AlertsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = (SOURCE / "deploy/watch/alerts.yaml").read_text(encoding="utf-8")
        cls.rules = [rule for group in yaml.safe_load(cls.text)["groups"] for rule in group["rules"]]

    def test_each_fires_where_it_should_and_no_other_does(self):
        self.assertEqual(promtool.check(TOOL, self.text, FIRES), {})

    def test_each_is_silent_where_all_is_well(self):
        self.assertEqual(promtool.check(TOOL, self.text, SILENT), {})

    def test_every_alert_is_tried_both_ways(self):
        names = {rule["alert"] for rule in self.rules}
        self.assertEqual(names, set(FIRES))
        self.assertEqual(names, {name.split(",")[0] for name in SILENT})

    def test_a_scenario_that_is_wrong_fails(self):
        wrong = {"wrong": promtool.Scenario(HEALTHY, [promtool.firing("40m", alert("BerthDown", "warning"))])}
        self.assertEqual(list(promtool.check(TOOL, self.text, wrong)), ["wrong"])

    def test_every_alert_has_a_line_in_the_runbook(self):
        page = (SOURCE / "docs/operations.md").read_text(encoding="utf-8")
        lines = [line for line in page.splitlines() if line.startswith("|")]
        for rule in self.rules:
            self.assertTrue(any(f"`{rule['alert']}`" in line for line in lines), rule["alert"])
            self.assertTrue(rule["annotations"]["summary"].endswith("."), rule["alert"])


if __name__ == "__main__":
    try:
        import yaml
    except ImportError:
        yaml = None
    if TOOL is None or yaml is None:
        print("promtool or PyYAML is missing: skipped (scripts/setup --prometheus --manifests brings them)")
        sys.exit(77)
    unittest.main(verbosity=2)
