#!/usr/bin/env python3
"""What berth watch refuses before it begins, and what keeps two loops apart: real processes, no Prometheus.

Usage: guards_test.py BERTH.
"""
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest

BERTH = sys.argv.pop(1) if len(sys.argv) > 1 else "berth"
NOBODY = "http://127.0.0.1:9"  # refuses at once: a loop freezes, and stays
FLEET = """format: berth.fleet/1
models: [llama-3.1-8b, qwen3-8b]
pools:
  - {name: l40s, gpu: l40s, offers: [{name: g6e.xlarge, lot: 1, cost: 1.861}]}
classes:
  - {name: chat, rate: 20, prompt_tokens: {mean: 1000, std: 700}, output_tokens: {mean: 200, std: 150}}
defaults: {slo: {ttft: 2s, tpot: 100ms, percentile: 0.95}, quality: {task: chat, min: 0.5}, unmet: {max: 0}}
"""


class GuardsTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        (self.root / "fleet.yaml").write_text(FLEET)

    def command(self, history, *more, apply="dir", directory="manifests"):
        words = [BERTH, "watch", "fleet.yaml", "--prometheus", NOBODY, "--history", history, "--apply", apply]
        return words + (["-o", directory] if directory else []) + list(more)

    def run_once(self, history, *more, env=None, **target):
        return subprocess.run(self.command(history, "--once", *more, **target), cwd=self.root, capture_output=True,
                              text=True, timeout=60, env=env)

    def start(self, history, **target):
        """A loop, once it has looked."""
        process = subprocess.Popen(self.command(history, **target), cwd=self.root, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        self.addCleanup(lambda: (process.kill(), process.wait(), process.stderr.close()))
        said, end = b"", time.monotonic() + 30
        while b"freeze" not in said:
            left = end - time.monotonic()
            self.assertGreater(left, 0, said)
            if select.select([process.stderr], [], [], left)[0]:
                more = os.read(process.stderr.fileno(), 4096)
                self.assertTrue(more, said)
                said += more
        return process

    def test_two_loops_on_one_directory_are_kept_apart(self):
        first = self.start("a.db")
        second = self.run_once("b.db")
        self.assertEqual(second.returncode, 1, second.stderr)
        self.assertIn("manifests: another loop keeps its manifests here", second.stderr)
        self.assertFalse((self.root / "b.db").exists(), "it has begun nothing")
        other = self.run_once("b.db", directory="others")
        self.assertEqual(other.returncode, 4, other.stderr)
        self.assertEqual(self.run_once("c.db", apply="none", directory="").returncode, 4)
        first.send_signal(signal.SIGKILL)
        first.wait()
        after = self.run_once("d.db")
        self.assertEqual(after.returncode, 4, after.stderr)
        self.assertTrue((self.root / "manifests/.berth.lock").exists())

    def test_all_that_is_wrong_is_said_at_once_and_nothing_is_begun(self):
        (self.root / "file").write_text("in the way")
        (self.root / "settings.yaml").write_text("format: berth.deploy/1\nnamespace: Not_A_Namespace\n")
        env = dict(os.environ, PATH=str(self.root))
        done = self.run_once("file/history.db", "--engine", "vlm", "--settings", "settings.yaml", "--interval", "soon",
                             "--method", "magic", "--tolerance", "7", env=env, apply="kubectl", directory="file/manifests")
        self.assertEqual(done.returncode, 1, done.stderr)
        for words in ("unknown engine 'vlm'", "did you mean 'vllm'?", "'kubectl' cannot be run", "put it on the PATH",
                      "file: no files can be made here: not a directory", "settings.yaml:2", "--interval", "unknown method 'magic'",
                      "--tolerance"):
            self.assertIn(words, done.stderr)
        self.assertNotIn("freeze", done.stderr)

    def test_settings_that_cannot_become_objects_are_refused_at_the_start(self):
        (self.root / "settings.yaml").write_text("format: berth.deploy/1\nrouting: {default_class: code}\n")
        done = self.run_once("a.db", "--settings", "settings.yaml")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("the plan routes no class 'code', the default of the settings", done.stderr)
        self.assertFalse((self.root / "a.db").exists())
        self.assertFalse((self.root / "manifests").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
