"""A Prometheus with a past: writes OpenMetrics, makes blocks of it, serves them on a free port."""
import math
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.request

EDGES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)
SCRAPE = 60  # s


def tools():
    """Paths of prometheus and promtool, or None where one is missing."""
    unpacked = pathlib.Path(__file__).resolve().parents[2] / ".deps/prometheus"
    found = [shutil.which(name) or shutil.which(name, path=str(unpacked)) for name in ("prometheus", "promtool")]
    return found if all(found) else None


def log_normal_share(edge, mean, deviation):
    """Share of log-normal lengths at or below the edge."""
    variance = math.log(1 + (deviation / mean) ** 2)
    return 0.5 * (1 + math.erf((math.log(edge) - math.log(mean) + variance / 2) / math.sqrt(2 * variance)))


class Model:
    """What one model's requests look like. `rate(t)` in requests/s, t since the begin."""

    def __init__(self, name, rate, prompt, output):
        self.name, self.rate, self.prompt, self.output = name, rate, prompt, output

    def families(self):
        return (("llm_d_epp_request_input_tokens", self.prompt), ("llm_d_epp_request_output_tokens", self.output))


def open_metrics(models, begin, seconds, gaps=(), pods=None):
    """Text of all samples; nothing is scraped in the gaps, (from, to) since the begin."""
    times = [t for t in range(0, seconds + 1, SCRAPE) if not any(a <= t < b for a, b in gaps)]
    counts = {}
    for model in models:
        total, last, by_time = 1000.0, 0, {}
        for t in range(0, seconds + 1, SCRAPE):
            total += model.rate(t) * (t - last)
            by_time[t], last = total, t
        counts[model.name] = by_time
    lines = ["# TYPE llm_d_epp_request counter"]
    for model in models:
        label = f'model_name="{model.name}"'
        lines += [f"llm_d_epp_request_total{{{label}}} {counts[model.name][t]:.3f} {begin + t}" for t in times]
    for k in range(2):
        lines.append(f"# TYPE {models[0].families()[k][0]} histogram")
        for model in models:
            family, (mean, deviation) = model.families()[k]
            label = f'model_name="{model.name}"'
            shares = [(edge, log_normal_share(edge, mean, deviation)) for edge in EDGES] + [("+Inf", 1.0)]
            for t in times:
                count = counts[model.name][t]
                lines += [f'{family}_bucket{{{label},le="{edge}"}} {count * share:.3f} {begin + t}'
                          for edge, share in shares]
                lines.append(f"{family}_count{{{label}}} {count:.3f} {begin + t}")
                lines.append(f"{family}_sum{{{label}}} {count * mean:.3f} {begin + t}")
    lines += engine_metrics(pods or {}, begin, seconds) if pods else []
    return "\n".join([*lines, "# EOF", ""])


def engine_metrics(pods, begin, seconds):
    """Text of what vLLM says in pods: {name: (requests/s, TPOT in s, requests that run)}; TTFT is ten times TPOT."""
    times = range(0, seconds + 1, SCRAPE)
    lines = []
    for family, factor in (("vllm:time_to_first_token_seconds", 10), ("vllm:request_time_per_output_token_seconds", 1)):
        lines.append(f"# TYPE {family} histogram")
        for pod, (rate, tpot, _) in pods.items():
            label, edge = f'model_name="served",pod="{pod}"', factor * tpot
            for t in times:  # all of them between 99 % of it and itself
                for le, count in ((f"{0.99 * edge:.9f}", 0), (f"{edge:.9f}", rate * t), ("+Inf", rate * t)):
                    lines.append(f'{family}_bucket{{{label},le="{le}"}} {count:.3f} {begin + t}')
                lines.append(f"{family}_count{{{label}}} {rate * t:.3f} {begin + t}")
                lines.append(f"{family}_sum{{{label}}} {rate * t * edge:.3f} {begin + t}")
    lines.append("# TYPE vllm:num_requests_running gauge")
    for pod, (_, _, running) in pods.items():
        label = f'model_name="served",pod="{pod}"'
        lines += [f"vllm:num_requests_running{{{label}}} {running} {begin + t}" for t in times]
    return lines


class Prometheus:
    """`with Prometheus(directory, text) as url:` serves the text's samples."""

    def __init__(self, directory, text):
        self.directory, self.text, self.process = pathlib.Path(directory), text, None

    def __enter__(self):
        prometheus, promtool = tools()
        data = self.directory / "data"
        source = self.directory / "metrics.om"
        source.write_text(self.text)
        subprocess.run([promtool, "tsdb", "create-blocks-from", "openmetrics", source, data], check=True,
                       stdout=subprocess.DEVNULL)
        config = self.directory / "prometheus.yml"
        config.write_text("global: {scrape_interval: 60s}\n")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [prometheus, f"--config.file={config}", f"--storage.tsdb.path={data}", "--storage.tsdb.retention.time=100y",
             f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"], stdout=subprocess.DEVNULL)
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                if urllib.request.urlopen(url + "/-/ready", timeout=1).status == 200:
                    return url
            except OSError:
                time.sleep(0.1)
        self.__exit__()
        raise RuntimeError("Prometheus did not become ready")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
