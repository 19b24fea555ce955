#!/usr/bin/python3
"""The owner's rules: what they refuse and how, whole exchanges at once in one worker, and rules that cannot be right."""
import concurrent.futures
import json
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

from harness import CONTRACT, PORTICO, GuardTest
from wire import raw_answer

POLICY = """
version: 1
rules:
  - {name: lucky, operations: [getItem], require: "path.id != 13", message: Not this one.}
  - {name: same, operations: [getItem], response: "response.body.id == path.id", status: 404}
  - {operations: [addItem], require: "size(body.name) < 6", response: "response.header['content-type'] == 'application/json'"}
  - {operations: [putItem], require: "header['x-version'] == body.id && request.address == '127.0.0.1'"}
  - {operations: [listItems], response: "response.status == 503 || response.body.all(i, i.id < 100)", statuses: ["*"]}
"""
ITEM = {"id": 7, "name": "pen"}


class Rules(GuardTest):
    GUARD = {"policy": POLICY}

    def test_a_request_that_a_rule_denies(self):
        answer = self.guard.get("/items/13")
        document = self.assert_refused(answer, "request-rule-denied", 403)
        self.assertEqual(document["detail"], "Not this one.")
        self.assertEqual(self.upstream.seen(), [])
        event = self.guard.events.of(document["request_id"])
        self.assertIn("rules/lucky", json.dumps(event))
        self.assertIn("portico.yaml:4:", json.dumps(event))

    def test_an_answer_that_a_rule_denies(self):
        self.upstream.on("*", raw_answer(200, ITEM))
        self.assertEqual(self.guard.get("/items/7").json(), ITEM)
        document = self.assert_refused(self.guard.get("/items/8"), "response-rule-denied", 404, ("pen",))
        self.assertNotIn("detail", document)

    def test_an_answer_that_is_no_success_passes(self):
        self.upstream.on("*", raw_answer(404, {"title": "none"}, media="application/problem+json"))
        self.assertEqual(self.guard.get("/items/7").status, 404)

    def test_a_body_that_a_rule_denies(self):
        self.upstream.on("*", raw_answer(201, ITEM))
        self.assertEqual(self.guard.post("/items", ITEM).status, 201)
        document = self.assert_refused(self.guard.post("/items", {"id": 7, "name": "pencil"}), "request-rule-denied", 403,
                                       ("pencil",))
        self.assertNotIn("detail", document)
        self.assertEqual(len(self.upstream.seen()), 1)

    def test_head_and_body_together(self):
        self.upstream.on("*", raw_answer(204))
        body = json.dumps(ITEM).encode()
        fields = [("Content-Type", "application/json"), ("X-Version", "7")]
        self.assertEqual(self.guard.ask("PUT", "/items/7", fields, body).status, 204)
        fields[1] = ("X-Version", "8")
        self.assert_refused(self.guard.ask("PUT", "/items/7", fields, body), "request-rule-denied", 403)

    def test_answers_of_every_status(self):
        self.upstream.on("*", raw_answer(200, [ITEM, {"id": 100, "name": "x"}]))
        self.assert_refused(self.guard.get("/items"), "response-rule-denied", 403)
        self.upstream.on("*", raw_answer(200, [ITEM]))
        self.assertEqual(self.guard.get("/items").status, 200)

    def test_exchanges_at_once_do_not_mix(self):
        # One worker: what a rule read of a request must still be that request's when its answer comes.
        def answer(wire, request):
            number = int(re.search(r"\d+$", request.path)[0])
            time.sleep(0.001 * (number * 7 % 13))
            wire.send(raw_answer(200, {"id": number if number % 3 else number + 1, "name": "x"}))
        for number in range(100, 160):
            self.upstream.on(f"GET /items/{number}", answer)
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda number: self.guard.get(f"/items/{number}").status, range(100, 160)))
        self.assertEqual(answers, [200 if number % 3 else 404 for number in range(100, 160)])


class RulesThatCannotBeRight(unittest.TestCase):
    def check(self, rule):
        with tempfile.TemporaryDirectory() as home:
            policy = pathlib.Path(home) / "portico.yaml"
            policy.write_text("version: 1\nupstream: http://127.0.0.1:1\nrules:\n  - " + rule + "\n")
            done = subprocess.run([PORTICO, "guard", "--check", CONTRACT, "--policy", policy], capture_output=True,
                                  text=True, check=False)
            return done.returncode, done.stdout + done.stderr

    def test_are_refused_with_their_place(self):
        status, said = self.check('{operations: [getItem], require: "path.ld == 1"}')
        self.assertNotEqual(status, 0)
        self.assertIn("portico.yaml:4:38", said)
        self.assertIn('there is no field "ld" in path', said)
        self.assertIn('Did you mean "id"?', said)

    def test_that_are_right_are_not(self):
        self.assertEqual(self.check('{operations: ["*"], require: "true"}')[0], 0)


if __name__ == "__main__":
    unittest.main()
