#!/usr/bin/env python3
"""Holds what `berth export` writes against those who will read it.

  objects    every object against its schema: custom resources against their openAPIV3Schema, Kubernetes' own
             against those of an old and a new release; names, labels, selectors and references between them
  kustomize  `kubectl kustomize` of every directory
  rules      `promtool check rules` of every rules file and of the expressions of the dashboard; rules_test.py tries
             what they make of series

usage: validate_manifests.py objects|kustomize|rules BERTH_BINARY SOURCE_DIR
Exit status 77: skipped, with the reason.
"""
import json
import pathlib
import re
import shutil
import functools
import subprocess
import sys
import tempfile

SKIPPED = 77
TARGETS = ("kubernetes", "kserve", "keda", "prometheus")
RELEASES = ("1.30.0", "1.37.0")
# Written for operators whose schemas are not here; kustomize's own file is checked by kustomize.
WITHOUT_SCHEMA = {"PrometheusRule", "PodMonitor", "Kustomization"}
# What is written of a kind whose definition is not among the shared ones: nothing else may be there.
NAMED = {"type": "string", "minLength": 1}
OWN_SCHEMAS = {("keda.sh/v1alpha1", "TriggerAuthentication"): {
    "type": "object", "required": ["spec"], "properties": {
        "apiVersion": NAMED, "kind": NAMED, "metadata": {"type": "object"},
        "spec": {"type": "object", "required": ["secretTargetRef"], "properties": {"secretTargetRef": {
            "type": "array", "minItems": 1, "items": {
                "type": "object", "required": ["key", "name", "parameter"],
                "properties": {"key": NAMED, "name": NAMED, "parameter": {"enum": ["token", "bearerToken"]}}}}}}}}}
LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
LABEL_VALUE = re.compile(r"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$")
MANY_SETTINGS = """format: berth.deploy/1
namespace: llm
create_namespace: true
omit_replicas: true
labels: {team: search, tier: '1'}
annotations: {example.com/owner: 'somebody: else'}
served_names: [deployment, model, classes]
gpus: {a10g: [NVIDIA-A10G, NVIDIA-A10G-SHARED], l40s: {products: [NVIDIA-L40S], tolerations: [{operator: Exists}]}}
pools: {l40s: {node_selector: {example.com/hall: '1'}}}
model_cache: {kind: claim, claim: weights, create: true, size: 2TiB, storage_class: fast}
pods: {service_account: engine, priority_class: high, runtime_class: nvidia, pull_secrets: [registry],
       cpu_per_gpu: 1.5, env: {A: '1'}, annotations: {example.com/x: 'yes'},
       multi_node: {env: {NCCL_DEBUG: INFO}, resources: {rdma/ib: 1}}}
routing: {gateway_namespace: infra, gateway_section: https, hostnames: [llm.example.com], timeout: 30m}
scaling: {authentication: berth-token, token: {secret: berth.token, key: t}, min_replicas: 0, tolerance: 0.01}
metrics: {rule_labels: {release: prometheus}}
"""


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


class Exports:
    """Directories that the program wrote, one for each target, plan and settings."""

    def __init__(self, binary, source, scratch):
        self.binary, self.source, self.scratch = binary, source, scratch
        self.settings = {"defaults": None, "many": scratch / "many.yaml", "service": scratch / "service.yaml"}
        self.settings["many"].write_text(MANY_SETTINGS, encoding="utf-8")
        self.settings["service"].write_text(
            "format: berth.deploy/1\nrouting: {backend: service}\nmodel_cache: {kind: host_path}\nmodel_token: null\n"
            "scaling: {source: prometheus, token: {secret: prometheus-token}}\n",
            encoding="utf-8")

    def __iter__(self):
        for plan in sorted((self.source / "tests/manifest/plans").glob("*.json")):
            for target in TARGETS:
                for name, settings in self.settings.items():
                    for engine in ("vllm", "sglang"):
                        yield self.export(plan, target, name, settings, engine)

    def export(self, plan, target, name, settings, engine):
        directory = self.scratch / f"{plan.stem}-{target}-{name}-{engine}"
        command = [self.binary, "-q", "export", target, plan, "-o", directory, "--engine", engine]
        if settings:
            command += ["--settings", settings]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if (target, engine, plan.stem) == ("kserve", "sglang", "small"):
            # KServe has no preset for it, and the program must say so.
            assert done.returncode == 1 and "no preset" in done.stderr, done.stderr
            return None
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        return directory


def read_all(path, yaml):
    """With the parser in C where there is one: a tenth of the time."""
    return yaml.load_all(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def load_schemas(shared, yaml):
    """apiVersion and kind -> openAPIV3Schema that refuses unknown keys."""
    schemas = {key: strict(schema) for key, schema in OWN_SCHEMAS.items()}
    for path in sorted(shared.glob("*.yaml")):
        for crd in read_all(path, yaml):
            if not crd:
                continue
            spec = crd["spec"]
            for version in spec["versions"]:
                key = (f"{spec['group']}/{version['name']}", spec["names"]["kind"])
                schemas[key] = strict(version["schema"]["openAPIV3Schema"])
    return schemas


def strict(schema):
    """As the API server reads it: unknown keys are errors, int-or-string is either."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: strict(value) for key, value in schema.items()}
    if isinstance(out.get("properties"), dict) and "additionalProperties" not in out \
            and not out.get("x-kubernetes-preserve-unknown-fields") and "type" in out:
        if not out.get("x-kubernetes-embedded-resource") and "metadata" in out["properties"] \
                and "apiVersion" in out["properties"]:
            out["properties"] = {**out["properties"], "metadata": {"type": "object"}}
        out["additionalProperties"] = False
    out.pop("format", None)
    return out


class Objects:
    """All objects of a directory, and what is wrong with them."""

    def __init__(self, directory, yaml):
        self.directory, self.findings = directory, []
        self.objects = []
        for path in sorted(directory.rglob("*.yaml")):
            if path.name in ("kustomization.yaml", "rules.yaml"):
                continue
            documents = list(read_all(path, yaml))
            assert len(documents) == 1, path
            self.objects.append(documents[0])

    def tell(self, thing, message):
        self.findings.append(f"{self.directory.name}: {thing['kind']} {thing['metadata']['name']}: {message}")

    def check_schemas(self, schemas, jsonschema, kubernetes_validate):
        for thing in self.objects:
            if thing["kind"] in WITHOUT_SCHEMA:
                continue
            schema = schemas.get((thing["apiVersion"], thing["kind"]))
            if schema:
                for error in jsonschema.Draft7Validator(schema).iter_errors(thing):
                    self.tell(thing, f"/{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
            else:
                self.check_core(thing, kubernetes_validate)

    def check_core(self, thing, kubernetes_validate):
        for release in RELEASES:
            try:
                kubernetes_validate.validate(thing, release, strict=True)
            except Exception as error:  # each of its kinds of error is a finding
                self.tell(thing, f"Kubernetes {release}: {str(error)[:300]}")

    def check_names(self):
        seen = set()
        for thing in self.objects:
            meta = thing["metadata"]
            key = (thing["kind"], meta["name"])
            if key in seen:
                self.tell(thing, "the name is there twice")
            seen.add(key)
            if not LABEL.match(meta["name"]):
                self.tell(thing, "the name is no label")
            for table in (meta.get("labels", {}), pod_labels(thing)):
                for value in table.values():
                    if not isinstance(value, str) or not LABEL_VALUE.match(value):
                        self.tell(thing, f"{value!r} is no value of a label")

    def check_references(self):
        pods = [pod_labels(thing) for thing in self.objects if pod_labels(thing)]
        names = {(thing["kind"], thing["metadata"]["name"]) for thing in self.objects}
        kserve = any(thing["kind"] == "LLMInferenceService" for thing in self.objects)
        for thing in self.objects:
            if thing["kind"] in ("Service", "InferencePool", "PodDisruptionBudget", "Deployment"):
                selector = thing["spec"]["selector"]
                selector = selector.get("matchLabels", selector)
                if not any(selector.items() <= labels.items() for labels in pods):
                    self.tell(thing, "selects no pod")
            if thing["kind"] == "InferencePool":
                self.check_picker(thing, names)
            if thing["kind"] == "ScaledObject":
                self.check_authentication(thing, names)
            if thing["kind"] == "HTTPRoute" and not kserve:
                self.check_backends(thing, names)

    def check_picker(self, pool, names):
        picker = pool["spec"]["endpointPickerRef"]["name"]
        for kind in ("Service", "Deployment"):
            if (kind, picker) not in names:
                self.tell(pool, f"no {kind} {picker}")

    def check_authentication(self, scaled, names):
        for trigger in scaled["spec"]["triggers"]:
            name = trigger.get("authenticationRef", {}).get("name")
            if name and ("TriggerAuthentication", name) not in names:
                self.tell(scaled, f"no TriggerAuthentication {name}")

    def check_backends(self, route, names):
        for rule in route["spec"]["rules"]:
            for backend in rule["backendRefs"]:
                if (backend["kind"], backend["name"]) not in names:
                    self.tell(route, f"no {backend['kind']} {backend['name']}")
            if sum(backend["weight"] for backend in rule["backendRefs"]) != 10000:
                self.tell(route, "the weights do not add up")


def pod_labels(thing):
    spec = thing.get("spec", {})
    if thing["kind"] == "Deployment":
        return spec["template"]["metadata"]["labels"]
    if thing["kind"] == "LeaderWorkerSet":
        return spec["leaderWorkerTemplate"]["leaderTemplate"]["metadata"]["labels"]
    return {}


def import_validators(source):
    sys.path.insert(0, str(source / ".deps/manifests"))
    try:
        import jsonschema
        import kubernetes_validate
        import yaml
    except ImportError as error:
        skip(f"{error}; scripts/setup --manifests installs it")
    # It reads its schemas from the disk for every object.
    kubernetes_validate.utils.schema_contents = functools.cache(kubernetes_validate.utils.schema_contents)
    return jsonschema, kubernetes_validate, yaml


def check_objects(exports, source):
    jsonschema, kubernetes_validate, yaml = import_validators(source)
    shared = source.parent / "shared/data/crds"
    if not shared.is_dir():
        skip("the schemas of custom resources are not here (../shared/data/crds)")
    schemas = load_schemas(shared, yaml)
    findings, kinds = [], {}
    for directory in exports:
        if directory is None:
            continue
        objects = Objects(directory, yaml)
        objects.check_schemas(schemas, jsonschema, kubernetes_validate)
        objects.check_names()
        objects.check_references()
        findings += objects.findings
        for thing in objects.objects:
            kinds[thing["kind"]] = kinds.get(thing["kind"], 0) + 1
    # A check that nothing fails may be one that checks nothing.
    findings += broken_object_passes(schemas, jsonschema)
    findings += broken_deployment_passes(kubernetes_validate)
    print("checked:", ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    return findings


def broken_object_passes(schemas, jsonschema):
    broken = {"apiVersion": "inference.networking.k8s.io/v1", "kind": "InferencePool", "metadata": {"name": "x"},
              "spec": {"selector": {"matchLabels": {}}, "targetPorts": [{"number": 0}], "surprise": 1}}
    schema = schemas[(broken["apiVersion"], broken["kind"])]
    messages = " ".join(error.message for error in jsonschema.Draft7Validator(schema).iter_errors(broken))
    return [f"a broken InferencePool passes ({word})" for word in ("surprise", "minimum") if word not in messages]


def broken_deployment_passes(kubernetes_validate):
    broken = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x"},
              "spec": {"selector": {}, "surprise": 1, "template": {"spec": {"containers": [{"name": "x"}]}}}}
    passes = []
    for release in RELEASES:
        try:
            kubernetes_validate.validate(broken, release, strict=True)
            passes.append(f"a broken Deployment passes ({release})")
        except kubernetes_validate.ValidationError:
            pass  # as it should
    return passes


def check_kustomize(exports, _source):
    kubectl = shutil.which("kubectl") or shutil.which("kustomize")
    if not kubectl:
        skip("neither kubectl nor kustomize is on the PATH")
    command = [kubectl, "kustomize"] if kubectl.endswith("kubectl") else [kubectl, "build"]
    findings = []
    for directory in exports:
        if directory is None:
            continue
        done = subprocess.run([*command, directory], capture_output=True, text=True, check=False)
        listed = (directory / "kustomization.yaml").read_text(encoding="utf-8").count("\n  - ")
        built = len(re.findall(r"^kind: ", done.stdout, re.MULTILINE))
        if done.returncode != 0:
            findings.append(f"{directory.name}: {done.stderr.strip()[:400]}")
        elif built < listed - done.stdout.count("kind: ConfigMap"):
            findings.append(f"{directory.name}: {listed} resources became {built} objects")
    return findings


def check_rules(exports, source):
    sys.path.insert(0, str(source / "tests/support"))
    import promtool
    tool = promtool.find()
    if not tool:
        skip("promtool is not installed (scripts/setup --prometheus)")
    _, _, yaml = import_validators(source)
    findings = []
    for directory in exports:
        if directory is None or not (directory / "rules.yaml").exists():
            continue
        # The dashboard's expressions are read as rules, too.
        panels = json.loads((directory / "dashboard.json").read_text(encoding="utf-8"))["panels"]
        queries = [target["expr"] for panel in panels for target in panel["targets"]]
        shown = directory / "shown.yaml"
        shown.write_text(yaml.safe_dump({"groups": [{"name": "shown", "rules": [
            {"record": f"shown{index}", "expr": query} for index, query in enumerate(queries)]}]}), encoding="utf-8")
        for file in ("rules.yaml", "shown.yaml"):
            done = subprocess.run([tool, "check", "rules", directory / file], capture_output=True, text=True,
                                  check=False)
            if done.returncode != 0:
                findings.append(f"{directory.name}/{file}: {(done.stdout + done.stderr).strip()[:400]}")
    return findings


def main():
    check, binary, source = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3]).resolve()
    checks = {"objects": check_objects, "kustomize": check_kustomize, "rules": check_rules}
    with tempfile.TemporaryDirectory() as scratch:
        findings = checks[check](Exports(binary, source, pathlib.Path(scratch)), source)
    for finding in findings[:40]:
        print(finding)
    print(f"{check}: {len(findings)} findings")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
