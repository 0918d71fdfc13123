#!/usr/bin/env python3
"""berth serve, killed again and again while plans are made: what it said to have kept, it has.

Usage: serve_test.py BERTH.
"""
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import served

BERTH = sys.argv.pop(1) if len(sys.argv) > 1 else "berth"
KILLS = 30
CLIENTS = 2
FLEET = """format: berth.fleet/1
models: [llama-3.1-8b]
pools: [{{name: l40s, gpu: l40s, offers: [{{name: g6e.xlarge, lot: 1, cost: 1.861}}]}}]
classes:
  - {{name: chat, rate: {rate}, prompt_tokens: 1000, output_tokens: 200, slo: {{ttft: 2s, tpot: 80ms}}, quality: {{task: chat, min: 0.5}}}}
"""


class Client(threading.Thread):
    """Makes plans until the connection breaks; remembers the records that it was answered with."""

    def __init__(self, server, number):
        super().__init__()
        self.server, self.number, self.kept, self.wrong = server, number, {}, []

    def run(self):
        for k in range(10_000):
            fleet = FLEET.format(rate=1 + (7 * k + self.number) % 40).encode()
            status, body = self.server.ask("POST", f"/v1/plans?method=gh&title=c{self.number}-{k}", fleet)
            if status == 0:
                return
            if status != 201:
                self.wrong.append((status, body))
                return
            self.kept[json.loads(body)["id"]] = (fleet, body)
            if k % 5 == 4:
                self.server.ask("POST", f"/v1/plans/{max(self.kept)}/activate")


class ServeTest(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.directory = pathlib.Path(self.scratch.name)
        self.addCleanup(self.scratch.cleanup)

    def test_killed_thirty_times_it_loses_nothing(self):
        moments = random.Random(20261130)
        kept = {}
        for kill in range(KILLS):
            server = served.Served(BERTH, self.directory, "--threads", "1")
            clients = [Client(server, number) for number in range(CLIENTS)]
            for client in clients:
                client.start()
            while kill % 3 > 0 and not any(client.kept for client in clients):
                time.sleep(0.002)
            time.sleep(moments.uniform(0, 0.15))
            server.kill()
            for client in clients:
                client.join()
                self.assertEqual(client.wrong, [])
                for number, record in client.kept.items():
                    self.assertNotIn(number, kept, "an id is given once")
                    kept[number] = record
            self.check_file()
        self.assertGreaterEqual(len(kept), KILLS * 2 // 3)
        self.check_history(kept)

    def check_file(self):
        with sqlite3.connect(f"file:{self.directory / 'berth.db'}?mode=ro", uri=True) as history:
            self.assertEqual(history.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(history.execute("PRAGMA foreign_key_check").fetchall(), [])

    def check_history(self, kept):
        server = served.Served(BERTH, self.directory)
        for number, (fleet, body) in kept.items():
            status, record = server.ask("GET", f"/v1/plans/{number}")
            self.assertEqual(status, 200, f"plan {number} was answered with 201")
            then, now = json.loads(body), json.loads(record)
            then["active"] = now["active"]
            self.assertEqual(now, then)
            self.assertEqual(server.ask("GET", f"/v1/plans/{number}/fleet"), (200, fleet))
        listed, before = set(), ""
        while before is not None:
            _, page = server.json("GET", f"/v1/plans?limit=100{before}")
            listed |= {plan["id"] for plan in page["plans"]}
            before = page["next"] and f"&before={page['next']}"
        self.assertLessEqual(kept.keys(), listed)
        # What was not answered is there whole or not at all.
        for number in listed - kept.keys():
            self.assertEqual(server.json("GET", f"/v1/plans/{number}")[1]["plan"]["format"], "berth.plan/1")
        self.assertEqual(server.stop(), 0)

    def test_it_asks_for_the_files_it_needs_and_says_where_it_has_fewer(self):
        server = served.Served(BERTH, self.directory, files=(64, 4096))
        self.assertNotIn("connections at once", server.said())
        self.assertEqual(server.stop(), 0)
        server = served.Served(BERTH, self.directory, files=(64, 500))
        self.assertIn("308 connections at once", server.said())
        self.assertEqual(server.stop(), 0)

    def test_the_file_of_another_program_stays_as_it_is(self):
        other = self.directory / "other.db"
        with sqlite3.connect(other) as database:
            database.execute("CREATE TABLE songs(name TEXT)")
        before = other.read_bytes()
        refused = subprocess.run([BERTH, "serve", "--listen", "127.0.0.1:0", "--db", other], capture_output=True, text=True,
                                 timeout=60, check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("holds something else", refused.stderr)
        self.assertEqual(other.read_bytes(), before)

    def test_an_interrupt_ends_it_in_order(self):
        server = served.Served(BERTH, self.directory)
        self.assertEqual(server.ask("GET", "/readyz"), (200, b"ok\n"))
        self.assertEqual(server.stop(), 0)

    def test_it_ends_while_an_exact_solve_runs(self):
        fleet = self.directory / "large.yaml"
        subprocess.run([BERTH, "generate", "fleet", "--classes", "30", "--models", "12", "--gpus", "12", "--seed", "3",
                        "-o", fleet], check=True, capture_output=True)
        server = served.Served(BERTH, self.directory)
        status, job = server.json("POST", "/v1/plans?method=milp&gap=0&async", fleet.read_bytes())
        self.assertEqual(status, 202)
        while server.json("GET", f"/v1/jobs/{job['id']}")[1]["progress"]["incumbent"] is None:
            time.sleep(0.05)
        begin = time.monotonic()
        self.assertEqual(server.stop(), 0)
        self.assertLess(time.monotonic() - begin, 20, "5 s are promised; what is tested is that it ends")
        self.check_file()


if __name__ == "__main__":
    unittest.main()
