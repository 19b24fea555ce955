"""Load on one server, over connections that are kept."""
import http.client
import json
import os
import pathlib
import subprocess
import tempfile

SCRIPT = pathlib.Path(__file__).resolve().parent / "load.lua"


class Wrk:
    """As many requests as go into the time, over 16 connections."""

    def __init__(self, method, target, body, seconds):
        self.method, self.target, self.body, self.seconds = method, target, body, seconds

    def run(self, port):
        """The number of requests; all of them were answered with 2xx."""
        arguments = [self.method]
        with tempfile.NamedTemporaryFile() as file:
            if self.body is not None:
                file.write(self.body)
                file.flush()
                arguments.append(file.name)
            done = subprocess.run(["wrk", "-t1", "-c16", f"-d{self.seconds}s", "-s", SCRIPT,
                                   f"http://127.0.0.1:{port}{self.target}", "--", *arguments],
                                  capture_output=True, text=True, check=True, timeout=60 + self.seconds,
                                  env={**os.environ, "LC_ALL": "C"})
        told = json.loads(done.stdout.splitlines()[-1])
        if told["not_2xx"] or told["broken"] or not told["requests"]:
            raise RuntimeError(f"{self.method} {self.target}: {told}")
        return told["requests"]


class Keep:
    """A number of requests, one after the other."""

    def __init__(self, method, target, body, requests):
        self.method, self.target, self.body, self.requests = method, target, body, requests

    def run(self, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Content-Type": "application/json"} if self.body is not None else {}
        for _ in range(self.requests):
            connection.request(self.method, self.target, self.body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status // 100 != 2:
                raise RuntimeError(f"{self.method} {self.target}: {answer.status} {text[:300]!r}")
        connection.close()
        return self.requests
