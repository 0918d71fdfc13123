#!/usr/bin/env python3
"""deploy/watch, which users copy: kustomize builds it, its objects keep their schemas, its rights suffice, its rules are rules.

Usage: deploy_test.py BERTH SOURCE. Ends with 77 (skipped) where kubectl or PyYAML is missing.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import metrics

BERTH, SOURCE = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
FOLDER = SOURCE / "deploy/watch"
sys.path.insert(0, str(SOURCE / ".deps/manifests"))


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
            for target in ("kubernetes", "kserve", "keda"):
                done = run(BERTH, "export", target, plan, "--settings", FOLDER / "settings.yaml")
                self.assertEqual(done.returncode, 0, done.stderr)
                for thing in yaml.safe_load_all(done.stdout):
                    group = thing["apiVersion"].rpartition("/")[0]
                    plural = thing["kind"].lower() + "s"
                    for verb in ("get", "create", "patch", "delete"):
                        self.assertTrue(allowed(group, plural, verb), f"{verb} {plural}.{group}")
                    # Nobody may hand on rights that he does not have.
                    if thing["kind"] == "Role":
                        for right in self.rights(thing):
                            self.assertTrue(allowed(*right), right)

    def test_the_alerts_are_rules_about_metrics_that_there_are(self):
        tools = metrics.tools()
        if tools is None:
            self.skipTest("promtool is not installed (scripts/setup --prometheus)")
        checked = run(tools[1], "check", "rules", FOLDER / "alerts.yaml")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        written = (SOURCE / "src/berth/control/status.cpp").read_text()
        for name in set(re.findall(r"\bberth_\w+", (FOLDER / "alerts.yaml").read_text())):
            self.assertIn(f'"{name.removesuffix("_total")}"', written)


if __name__ == "__main__":
    try:
        import yaml
    except ImportError:
        yaml = None
    if yaml is None or shutil.which("kubectl") is None:
        print("kubectl or PyYAML is missing: skipped (scripts/setup --manifests brings PyYAML)")
        sys.exit(77)
    unittest.main(verbosity=2)
