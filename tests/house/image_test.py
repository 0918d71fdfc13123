#!/usr/bin/env python3
"""deploy/Dockerfile, as far as it can be looked at without a container engine: its packages are those that the program
links to, what is installed runs from another place, and it keeps the rules of an image.

Usage: image_test.py BERTH SOURCE BUILD CMAKE. Parts of it are skipped on other systems than the image's.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

BERTH, SOURCE, BUILD, CMAKE = (pathlib.Path(sys.argv.pop(1)) for _ in range(4))
# Every Debian has them: apt itself needs them.
BASE = {"libc6", "libgcc-s1", "libstdc++6"}
NOT_LINKED = {"ca-certificates"}
SANITIZERS = re.compile(r"lib(asan|tsan|ubsan|lsan|clang_rt)\b")


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


def instructions():
    """Keyword and text of each, continuation lines joined."""
    text = (SOURCE / "deploy/Dockerfile").read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return [line.split(None, 1) for line in re.sub(r"\\\n\s*", " ", lines).splitlines() if line.strip()]


def stages():
    """Instructions by stage, in order: (image, name, instructions)."""
    out = []
    for word, text in instructions():
        if word == "FROM":
            image, _, name = text.partition(" AS ")
            out.append((image, name, []))
        else:
            out[-1][2].append((word, text))
    return out


def runtime_packages():
    installs = [text for word, text in stages()[-1][2] if word == "RUN" and "apt-get install" in text]
    words = re.search(r"apt-get install (.*?)(&&|$)", installs[0]).group(1).split()
    return {word for word in words if not word.startswith("-")}


def libraries(program):
    """Paths by name; None where nothing was found."""
    found = {}
    for line in run("ldd", program).splitlines():
        match = re.match(r"\s*(\S+) => (not found|\S+)", line)
        if match:
            found[match.group(1)] = None if match.group(2) == "not found" else pathlib.Path(match.group(2))
    return found


def package_of(path):
    """Of the library, by either of its names where /lib is a link."""
    for name in (path, pathlib.Path("/usr") / path.relative_to("/")):
        done = subprocess.run(["dpkg", "-S", name], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.partition(":")[0]
    return None


def is_images_system():
    release = pathlib.Path("/etc/os-release")
    return release.exists() and re.search(r'^VERSION_ID="?12"?$', release.read_text(), re.MULTILINE) \
        and "\nID=debian" in "\n" + release.read_text() and shutil.which("dpkg") is not None


class ImageTest(unittest.TestCase):
    @unittest.skipUnless(is_images_system(), "names of packages are those of Debian 12")
    def test_the_packages_are_those_that_the_program_links_to(self):
        linked = set()
        for name, path in libraries(BERTH).items():
            self.assertIsNotNone(path, name)
            if SANITIZERS.match(name) or name.startswith("libhighs"):
                continue
            package = package_of(path)
            self.assertIsNotNone(package, f"{name} belongs to no package")
            linked.add(package)
        self.assertEqual(runtime_packages() - NOT_LINKED, linked - BASE)

    @unittest.skipUnless(is_images_system() and shutil.which("apt-cache"), "names of packages are those of Debian 12")
    def test_there_is_every_package(self):
        for name in sorted(runtime_packages()):
            policy = run("apt-cache", "policy", name)
            if not policy:
                self.skipTest("no lists of packages are here (apt-get update)")
            self.assertRegex(policy, r"Candidate: \S", name)
            self.assertNotIn("Candidate: (none)", policy, name)

    def test_what_is_installed_runs_from_another_place(self):
        with tempfile.TemporaryDirectory() as scratch:
            first, second = pathlib.Path(scratch) / "opt/berth", pathlib.Path(scratch) / "usr/local"
            run(CMAKE, "--install", BUILD, "--prefix", first)
            shutil.copytree(first, second, symlinks=True)
            shutil.rmtree(first)
            self.assertTrue(run(second / "bin/berth", "version").startswith("berth"))
            for name, path in libraries(second / "bin/berth").items():
                self.assertIsNotNone(path, name)
                self.assertFalse(path.is_relative_to(SOURCE), f"{name} is that of the working tree")

    def test_every_image_has_a_version(self):
        names = set()
        for image, name, _ in stages():
            self.assertRegex(image, r"^[^:@ ]+:[^ ]+$")
            self.assertFalse(image.endswith(":latest"), image)
            names.add(name)
        for _, _, steps in stages():
            for word, text in steps:
                source = re.search(r"--from=(\S+)", text) if word == "COPY" else None
                self.assertTrue(source is None or source.group(1) in names, text)

    @unittest.skipUnless((SOURCE / "web/package.json").exists(), "there is no page")
    def test_the_page_is_built_with_a_node_that_it_takes(self):
        package = json.loads((SOURCE / "web/package.json").read_text(encoding="utf-8"))
        least = int(re.match(r">=(\d+)", package["engines"]["node"]).group(1))
        version = next(re.match(r"node:(\d+)-bookworm", image) for image, name, _ in stages() if name == "node")
        self.assertGreater(int(version.group(1)), least)

    def test_it_runs_as_the_user_that_the_cluster_asks_for(self):
        last = stages()[-1][2]
        users = [text for word, text in last if word == "USER"]
        self.assertRegex(users[-1], r"^[1-9][0-9]*$")  # numeric: runAsNonRoot cannot judge names
        self.assertIn(f"useradd --uid {users[-1]} ", " ".join(text for word, text in last if word == "RUN"))
        loop = (SOURCE / "deploy/watch/loop.yaml").read_text(encoding="utf-8")
        self.assertIn(f"runAsNonRoot: true, runAsUser: {users[-1]}", loop)
        for probe, path in (("readinessProbe", "/readyz"), ("livenessProbe", "/healthz")):
            self.assertIn(f"{probe}: {{httpGet: {{path: {path}", loop)

    def test_lists_of_packages_do_not_stay(self):
        for _, _, steps in stages():
            for word, text in steps:
                if word == "RUN" and ("apt-get update" in text or "scripts/setup" in text):
                    self.assertIn("rm -rf /var/lib/apt/lists/*", text)
                self.assertFalse(word == "ADD" or "sudo" in text or "apt-get upgrade" in text, text)

    def test_what_a_working_tree_holds_stays_out(self):
        ignored = (SOURCE / ".dockerignore").read_text(encoding="utf-8").split()
        for line in (SOURCE / ".gitignore").read_text(encoding="utf-8").split():
            name = line.strip("/")
            self.assertTrue({name, "**/" + name.rpartition("/")[2]} & set(ignored), line)
        self.assertIn(".git", ignored)


if __name__ == "__main__":
    unittest.main(verbosity=2)
