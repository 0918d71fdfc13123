"""A `berth serve` of its own, and a client."""
import json
import os
import pathlib
import resource
import subprocess
import time
import urllib.error
import urllib.request


class Served:
    """Listens at a port that it chose; `url` says where."""

    def __init__(self, berth, directory, *more, files=None):
        """`files`: how many the process may open at most, as `ulimit -n` says it."""
        self.directory = pathlib.Path(directory)
        self.log = open(self.directory / "serve.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen([berth, "serve", "--listen", "127.0.0.1:0", "--db", self.directory / "berth.db", *more],
                                        stdout=subprocess.DEVNULL, stderr=self.log, env={**os.environ, "LC_ALL": "C"},
                                        preexec_fn=files and (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, files)))
        self.url = self.wait_for_url()

    def wait_for_url(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            words = self.said().split()
            urls = [word for word in words if word.startswith("http://")]
            if urls:
                return urls[0]
            if self.process.poll() is not None:
                raise RuntimeError(f"berth serve ended with {self.process.returncode}: {self.said()}")
            time.sleep(0.005)
        raise RuntimeError("berth serve says no address")

    def said(self):
        return (self.directory / "serve.log").read_text(encoding="utf-8")

    def ask(self, method, path, body=None, headers=None):
        """(status, body as bytes); status 0 where the connection broke."""
        asked = urllib.request.Request(self.url + path, data=body, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except (OSError, urllib.error.URLError, ValueError):
            return 0, b""
        except Exception as error:  # http.client has its own for half an answer
            if type(error).__module__ != "http.client":
                raise
            return 0, b""

    def json(self, method, path, body=None):
        status, text = self.ask(method, path, body)
        return status, json.loads(text) if text else None

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def stop(self):
        """Exit status of an orderly end."""
        self.process.terminate()
        status = self.process.wait(timeout=30)
        self.log.close()
        return status
