#!/usr/bin/env python3
"""Every file that the documentation shows and that users copy keeps the JSON Schema of its format.

A ```yaml block whose first keys include `format: berth.KIND/1` of a kind that `berth schema` knows is such a file. Usage:
documented_files_test.py BERTH SOURCE. Ends with 77 (skipped) where jsonschema or PyYAML is missing.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

BERTH, SOURCE = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
sys.path.insert(0, str(SOURCE / ".deps/manifests"))
KINDS = ("fleet", "deploy", "telemetry")
FOLDERS = ("data/fleets", "data/deploy", "deploy/watch")


def run(*words):
    return subprocess.run([BERTH, *map(str, words)], capture_output=True, text=True, timeout=120, check=False)


def kind_of(document):
    match = re.match(r"^berth\.(\w+)/1$", str(document.get("format"))) if isinstance(document, dict) else None
    return match.group(1) if match and match.group(1) in KINDS else None


def documents():
    """Name, kind and content of each file."""
    for page in sorted([*(SOURCE / "docs").glob("*.md"), SOURCE / "README.md"]):
        text = page.read_text(encoding="utf-8")
        for match in re.finditer(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            line = text[:match.start()].count("\n") + 1
            document = yaml.safe_load(match.group(1))
            if kind_of(document):
                yield f"{page.name}:{line}", kind_of(document), document
    for folder in FOLDERS:
        for path in sorted((SOURCE / folder).glob("*.yaml")):
            document = next(yaml.safe_load_all(path.read_text(encoding="utf-8")))
            if kind_of(document):
                yield f"{folder}/{path.name}", kind_of(document), document


class DocumentedFilesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.schemas = {kind: json.loads(run("schema", kind).stdout) for kind in KINDS}
        cls.documents = list(documents())

    def findings(self, kind, document):
        return [f"/{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
                for error in jsonschema.Draft202012Validator(self.schemas[kind]).iter_errors(document)]

    def test_the_schemas_are_schemas(self):
        for schema in self.schemas.values():
            jsonschema.Draft202012Validator.check_schema(schema)

    def test_every_file_keeps_its_schema(self):
        for name, kind, document in self.documents:
            self.assertEqual(self.findings(kind, document), [], name)

    def test_there_are_files_of_every_kind(self):
        for kind in KINDS:
            self.assertTrue(any(kind == other for _, other, _ in self.documents), kind)

    def test_a_fleets_section_is_a_file_of_its_own_as_well(self):
        tried = 0
        for name, kind, document in self.documents:
            if kind == "fleet" and "telemetry" in document:
                own = {"format": "berth.telemetry/1", **document["telemetry"]}
                self.assertEqual(self.findings("telemetry", own), [], name)
                tried += 1
        self.assertGreater(tried, 1)

    def read_by_berth(self, document):
        """What the reader says of a telemetry file; the server that is asked does not exist."""
        with tempfile.TemporaryDirectory() as scratch:
            file = pathlib.Path(scratch) / "telemetry.yaml"
            file.write_text(yaml.safe_dump(document), encoding="utf-8")
            done = run("workload", "fit", "--prometheus", "http://127.0.0.1:9", "--range", "1h", "--telemetry", file)
            return [line for line in done.stderr.splitlines() if "telemetry.yaml" in line]

    def test_the_reader_takes_what_the_schema_takes_and_nothing_else(self):
        head = {"format": "berth.telemetry/1"}
        match = {"match": {"model_name": ["a", "b"]}}
        good = [{}, {"pack": "custom"}, {"model_label": ["model", "model_name"]}, {"selector": {"namespace": "prod"}},
                {"metrics": {"arrivals": None, "ttft": ["a:b", "c"]}}, {"running_includes_waiting": True},
                {"classes": {"chat+1/x": match, "long": {"prompt_min": 4000}}}]
        bad = [{"pak": "vllm"}, {"pack": "tgi"}, {"model_label": "model-name"}, {"model_label": []}, {"selector": "prod"},
               {"selector": {"a-b": "c"}}, {"metrics": {"arivals": "x"}}, {"metrics": {"arrivals": "no metric"}},
               {"running_includes_waiting": "yes"}, {"classes": {}}, {"classes": {"d e": match}}, {"classes": {"a": {}}},
               {"classes": {"a": {"match": ["x"]}}}, {"classes": {"a": {"prompt_min": -1}}}]
        for part in good:
            self.assertEqual(self.findings("telemetry", {**head, **part}), [], part)
            self.assertEqual(self.read_by_berth({**head, **part}), [], part)
        for part in bad:
            self.assertNotEqual(self.findings("telemetry", {**head, **part}), [], part)
            self.assertNotEqual(self.read_by_berth({**head, **part}), [], part)


if __name__ == "__main__":
    try:
        import jsonschema
        import yaml
    except ImportError as error:
        print(f"{error}: skipped (scripts/setup --manifests installs it)")
        sys.exit(77)
    unittest.main(verbosity=2)
