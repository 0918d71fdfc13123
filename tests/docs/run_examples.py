#!/usr/bin/env python3
"""Runs every example of the documentation.

A fenced block marked ```sh is run line by line with bash in a scratch directory that holds a link to
data/ and has `berth` on its PATH. Lines may use files that earlier lines of the same page wrote. Every
line must end with status 0, or with N where the fence says ```sh exit=N. Blocks marked ```sh no-run
(installation, another machine) are only read.

usage: run_examples.py BERTH_BINARY SOURCE_DIR PAGE.md...
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```(\S*)\s*(.*)$")


def blocks(page):
    """Yields (first line number, fence words, lines) of each ```sh block."""
    start, words, lines = None, "", []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = FENCE.match(line)
        if start is None and fence and fence.group(1):
            start, words, lines = number, (fence.group(1), fence.group(2)), []
        elif start is not None and line.strip() == "```":
            if words[0] == "sh":
                yield start, words[1], lines
            start = None
        elif start is not None:
            lines.append(line)


def commands(lines):
    """Joins continuation lines; drops comments and prompts."""
    text = "\n".join(line[2:] if line.startswith("$ ") else line for line in lines)
    for command in text.replace("\\\n", " ").splitlines():
        if command.strip() and not command.lstrip().startswith("#"):
            yield command


def main():
    binary, source = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    pages = [source / page for page in sys.argv[3:]]
    environment = dict(os.environ, PATH=f"{binary.parent}{os.pathsep}{os.environ['PATH']}", NO_COLOR="1")
    ran = failed = 0
    for page in pages:
        with tempfile.TemporaryDirectory() as scratch:
            os.symlink(source / "data", pathlib.Path(scratch, "data"))
            for start, words, lines in blocks(page):
                if "no-run" in words:
                    continue
                match = re.search(r"exit=(\d+)", words)
                expected = int(match.group(1)) if match else 0
                for command in commands(lines):
                    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=scratch, env=environment,
                                          capture_output=True, text=True, timeout=120)
                    ran += 1
                    if done.returncode != expected:
                        failed += 1
                        print(f"{page.relative_to(source)}:{start}: exit {done.returncode}, expected {expected}\n"
                              f"  $ {command}\n{done.stdout[-800:]}{done.stderr[-800:]}")
    print(f"{ran} examples run, {failed} failed")
    if ran == 0:
        print("no example was found: the documentation has lost its ```sh blocks")
    sys.exit(1 if failed or ran == 0 else 0)


if __name__ == "__main__":
    main()
