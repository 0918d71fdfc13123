#!/usr/bin/env python3
"""The API against its own document: Schemathesis sends what /openapi.json allows and what it forbids.

Usage: api_test.py BERTH SOURCE. Ends with 77 (skipped) where Schemathesis is missing (scripts/setup --api).
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import served

BERTH, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
HERE = pathlib.Path(__file__).resolve().parent
WHEELS = SOURCE / ".deps/api"
TOKEN = "0123456789abcdef0123"
# What is sent does not change from run to run. Solves are cut short: what comes of them is tested elsewhere.
SERVE = ["--time-limit", "200ms", "--threads", "1"]
RUN = ["--phases", "examples,coverage,fuzzing", "--max-examples", "3", "--generation-deterministic", "--no-shrink",
       "--continue-on-failure", "--request-timeout", "20", "--warnings", "off"]


def fuzz(server, directory):
    environment = {**os.environ, "PYTHONPATH": f"{WHEELS}{os.pathsep}{HERE}", "SCHEMATHESIS_HOOKS": "api_hooks"}
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", HERE / "schemathesis.toml", "run",
               f"{server.url}/openapi.json", "--header", f"Authorization: Bearer {TOKEN}", *RUN]
    return subprocess.run(command, env=environment, cwd=directory, timeout=280).returncode


def main():
    if not (WHEELS / "schemathesis").is_dir():
        print("Schemathesis is not installed (scripts/setup --api)")
        return 77
    with tempfile.TemporaryDirectory() as scratch:
        directory = pathlib.Path(scratch)
        (directory / "token").write_text(TOKEN)
        server = served.Served(BERTH, directory, "--token-file", directory / "token", *SERVE)
        fleet = (SOURCE / "data/fleets/minimal.yaml").read_bytes()
        made, _ = server.ask("POST", "/v1/plans?method=gh", fleet, {"Authorization": f"Bearer {TOKEN}"})
        found = fuzz(server, directory)
        ended = server.stop()
        print(server.said())
        return 0 if (made, found, ended) == (201, 0, 0) else 1


if __name__ == "__main__":
    sys.exit(main())
