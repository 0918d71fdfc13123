#!/usr/bin/env python3
"""deploy/watch, which users copy: kustomize builds it, its objects keep their schemas, its rights suffice, its rules are rules.

Usage: deploy_test.py BERTH SOURCE. Ends with 77 (skipped) where kubectl or PyYAML is missing.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

BERTH, SOURCE = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
FOLDER = SOURCE / "deploy/watch"
sys.path[:0] = [str(SOURCE / "tests/support"), str(SOURCE / ".deps/manifests")]

import promtool  # noqa: E402

# Alerts about what the loop does not write yet.


def run(*words):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=120)


class DeployTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        built = run("kubectl", "kustomize", FOLDER)
        assert built.returncode == 0, built.stderr
        cls.objects = [thing for thing in yaml.safe_load_all(built.stdout) if thing]

    def object(self, kind):
        return next(thing for thing in self.objects if thing["kind"] == kind)

    def test_every_object_keeps_its_schema(self):
        try:
            import kubernetes_validate
        except ImportError:
            self.skipTest("kubernetes-validate is not installed (scripts/setup --manifests)")
        for thing in self.objects:
            kubernetes_validate.validate(thing, "1.30", strict=True)
        self.assertGreaterEqual(len(self.objects), 7)

    def test_the_fleet_and_the_settings_are_read_and_the_arguments_are_understood(self):
        with tempfile.TemporaryDirectory() as scratch:
            arguments = self.object("Deployment")["spec"]["template"]["spec"]["containers"][0]["args"]
            text = "\n".join(arguments).replace("/etc/berth", str(FOLDER)).replace("/var/lib/berth", scratch)
            text = text.replace("prometheus-operated.monitoring:9090", "127.0.0.1:9").replace("0.0.0.0:9469", "127.0.0.1:0")
            done = run(BERTH, *text.split("\n"), "--once")
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertIn("freeze: the demand cannot be read", done.stderr)
            self.assertTrue((pathlib.Path(scratch) / "manifests/.berth.lock").exists(), "the manifests are where they should be")

    def rights(self, role):
        return {(group, resource, verb) for rule in role["rules"] for group in rule["apiGroups"]
                for resource in rule["resources"] for verb in rule["verbs"]}

    def test_the_loop_may_do_what_its_manifests_need(self):
        own = self.rights(self.object("Role"))

        def allowed(group, resource, verb):
            return (group, resource, verb) in own or (group, "*", verb) in own

        with tempfile.TemporaryDirectory() as scratch:
            plan = pathlib.Path(scratch) / "plan.json"
            self.assertEqual(run(BERTH, "plan", FOLDER / "fleet.yaml", "--method", "gh", "-o", plan).returncode, 0)
            with_token = pathlib.Path(scratch) / "settings.yaml"
            with_token.write_text((FOLDER / "settings.yaml").read_text() + "scaling: {token: {secret: token}}\n")
            kinds = set()
            for target in ("kubernetes", "kserve", "keda"):
                done = run(BERTH, "export", target, plan, "--settings", with_token)
                self.assertEqual(done.returncode, 0, done.stderr)
                for thing in yaml.safe_load_all(done.stdout):
                    group = thing["apiVersion"].rpartition("/")[0]
                    plural = thing["kind"].lower() + "s"
                    kinds.add(thing["kind"])
                    for verb in ("get", "create", "patch", "delete"):
                        self.assertTrue(allowed(group, plural, verb), f"{verb} {plural}.{group}")
                    # Nobody may hand on rights that he does not have.
                    if thing["kind"] == "Role":
                        for right in self.rights(thing):
                            self.assertTrue(allowed(*right), right)

            self.assertTrue({"Deployment", "LLMInferenceService", "ScaledObject", "TriggerAuthentication"} <= kinds)

    def test_the_alerts_are_rules_about_metrics_that_there_are(self):
        tool = promtool.find()
        if tool is None:
            self.skipTest("promtool is not installed (scripts/setup --prometheus)")
        checked = run(tool, "check", "rules", FOLDER / "alerts.yaml")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        written = "".join(path.read_text() for path in (SOURCE / "src/berth/control").glob("*.cpp"))
        table = (SOURCE / "docs/operations.md").read_text().partition("## Metrics")[2].partition("\n## ")[0]
        for name in set(re.findall(r"\bberth_\w+", (FOLDER / "alerts.yaml").read_text())):
            self.assertIn(name, table)
            self.assertIn(f'"{name.removesuffix("_total")}"', written)


RULE = FOLDER / "prometheus-operator/prometheus-rule.yaml"
HEAD = "# The rules of ../alerts.yaml: BERTH_UPDATE_GOLDEN=1 tests/e2e/deploy_test.py BERTH SOURCE writes this file.\n"
# What the API server would check of such an object.
DURATION = re.compile(r"^(0|([0-9]+[ywdhms]|[0-9]+ms)+)$")
RULE_KEYS = {"alert", "annotations", "expr", "for", "keep_firing_for", "labels", "record"}


def rule_object():
    groups = yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"]
    return {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule",
            "metadata": {"name": "berth-watch", "labels": {"app.kubernetes.io/name": "berth-watch"}},
            "spec": {"groups": groups}}


def rule_text():
    return HEAD + yaml.safe_dump(rule_object(), sort_keys=False, width=160)


class OperatorTest(unittest.TestCase):
    """The component for clusters with the Prometheus operator."""

    @classmethod
    def setUpClass(cls):
        if os.environ.get("BERTH_UPDATE_GOLDEN"):
            RULE.write_text(rule_text())
        with tempfile.TemporaryDirectory() as scratch:
            copy = pathlib.Path(scratch) / "watch"
            shutil.copytree(FOLDER, copy)
            kustomization = copy / "kustomization.yaml"
            text = kustomization.read_text()
            assert "\n# components: [prometheus-operator]\n" in text
            kustomization.write_text(text.replace("# components:", "components:"))
            built = run("kubectl", "kustomize", copy)
        assert built.returncode == 0, built.stderr
        cls.objects = {thing["kind"]: thing for thing in yaml.safe_load_all(built.stdout) if thing}

    def test_the_rules_are_those_of_the_file(self):
        self.assertEqual(yaml.safe_load(RULE.read_text()), rule_object())
        self.assertEqual(self.objects["PrometheusRule"]["spec"], rule_object()["spec"])

    def test_the_rule_has_the_fields_of_its_kind(self):
        rule = self.objects["PrometheusRule"]
        self.assertEqual(set(rule), {"apiVersion", "kind", "metadata", "spec"})
        self.assertEqual(rule["metadata"]["namespace"], "berth")
        self.assertEqual(set(rule["spec"]), {"groups"})
        for group in rule["spec"]["groups"]:
            self.assertTrue(set(group) <= {"name", "interval", "limit", "rules"} and group["name"])
            for one in group["rules"]:
                self.assertTrue(set(one) <= RULE_KEYS, one)
                self.assertTrue(("alert" in one) != ("record" in one) and isinstance(one["expr"], str), one)
                self.assertRegex(one.get("for", "0"), DURATION)
                for table in ("labels", "annotations"):
                    self.assertTrue(all(isinstance(value, str) for value in one.get(table, {}).values()), one)

    def test_promtool_takes_its_groups(self):
        tool = promtool.find()
        if tool is None:
            self.skipTest("promtool is not installed (scripts/setup --prometheus)")
        with tempfile.TemporaryDirectory() as scratch:
            file = pathlib.Path(scratch) / "rules.yaml"
            file.write_text(yaml.safe_dump(self.objects["PrometheusRule"]["spec"]))
            checked = run(tool, "check", "rules", file)
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
            self.assertIn(f"SUCCESS: {len(rule_object()['spec']['groups'][0]['rules'])} rules found", checked.stdout)

    def test_the_loops_service_is_scraped(self):
        monitor, service = self.objects["ServiceMonitor"]["spec"], self.objects["Service"]
        self.assertTrue(monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items())
        ports = {port["name"] for port in service["spec"]["ports"]}
        self.assertEqual([set(endpoint) for endpoint in monitor["endpoints"]], [{"port", "interval", "honorLabels"}])
        self.assertIn(monitor["endpoints"][0]["port"], ports)


if __name__ == "__main__":
    try:
        import yaml
    except ImportError:
        yaml = None
    if yaml is None or shutil.which("kubectl") is None:
        print("kubectl or PyYAML is missing: skipped (scripts/setup --manifests brings PyYAML)")
        sys.exit(77)
    unittest.main(verbosity=2)
