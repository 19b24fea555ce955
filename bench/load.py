"""Load on one server, over connections that are kept."""
import http.client
import json
import os
import pathlib
import subprocess
import tempfile

SCRIPT = pathlib.Path(__file__).resolve().parent / "load.lua"


class Wrk:
    """As many requests as go into the time, over connections that are kept; with a pause (milliseconds, on average)
    between two requests of a connection, fewer."""

    def __init__(self, method, target, body, seconds, connections=16, pause=0):
        self.method, self.target, self.body, self.seconds = method, target, body, seconds
        self.connections, self.pause = connections, pause

    def measure(self, port, fields):
        """What wrk told: requests, seconds, p50_us, p99_us. All requests were answered with 2xx."""
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "fields").write_text("".join(f"{name}\n{value}\n" for name, value in fields.items()))
            (folder / "body").write_bytes(self.body or b"")
            done = subprocess.run(["wrk", "-t1", f"-c{self.connections}", f"-d{self.seconds}s", "-s", SCRIPT,
                                   f"http://127.0.0.1:{port}{self.target}", "--", self.method, folder / "fields",
                                   folder / "body" if self.body is not None else "-", str(self.pause)],
                                  capture_output=True, text=True, check=True, timeout=60 + self.seconds,
                                  env={**os.environ, "LC_ALL": "C"})
        told = json.loads(done.stdout.splitlines()[-1])
        if told["not_2xx"] or told["broken"] or not told["requests"]:
            raise RuntimeError(f"{self.method} {self.target}: {told}")
        return told

    def run(self, port, fields):
        return self.measure(port, fields)["requests"]


class Keep:
    """A number of requests, one after the other."""

    def __init__(self, method, target, body, requests):
        self.method, self.target, self.body, self.requests = method, target, body, requests

    def run(self, port, fields):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {**fields, **({"Content-Type": "application/json"} if self.body is not None else {})}
        for _ in range(self.requests):
            connection.request(self.method, self.target, self.body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status // 100 != 2:
                raise RuntimeError(f"{self.method} {self.target}: {answer.status} {text[:300]!r}")
        connection.close()
        return self.requests
