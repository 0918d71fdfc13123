#!/usr/bin/env python3
"""The page in a real browser, against the real `berth serve`.

Usage: page_test.py BERTH SOURCE [FILE...]: the tests of web/e2e whose names contain one of FILE, or all.
Ends with 77 (skipped) where there is no Chromium or no Node.
"""
import os
import pathlib
import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(berth, source, *files):
    if not any(shutil.which(name) for name in BROWSERS):
        print("no Chromium on this machine: skipped (scripts/setup --browser installs it)")
        return 77
    command = [pathlib.Path(source) / "scripts/in-web", "npx", "--no-install", "vitest", "run", "--config", "e2e/vitest.config.ts", *files]
    return subprocess.run(command, env=dict(os.environ, BERTH=berth), check=False).returncode


sys.exit(main(*sys.argv[1:]))
