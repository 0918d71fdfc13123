"""A tiny tree and a check of scripts/ run on it."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"


class CheckedTree(unittest.TestCase):
    check = ""  # the script's name

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def run_check(self):
        return subprocess.run([sys.executable, SCRIPTS / self.check, "--root", self.root],
                              capture_output=True, text=True, check=False)

    def assert_fine(self):
        result = self.run_check()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn(f"{self.check}: fine", result.stdout)

    def assert_finds(self, *findings):
        """Exactly these findings, in any order."""
        result = self.run_check()
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertCountEqual(result.stdout.splitlines()[:-1], findings)
