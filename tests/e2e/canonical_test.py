#!/usr/bin/python3
"""`requests.canonical`: the service gets what was validated; and events that say which line of the contract was broken."""
import gzip
import json
import pathlib
import tempfile
import unittest

from harness import Guard, Upstream
from wire import raw_answer

CONTRACT = """openapi: 3.1.0
info: {title: Notes, version: "1"}
security: []
paths:
  /notes:
    post:
      operationId: addNote
      parameters:
        - {name: page, in: query, schema: {type: integer}}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              properties:
                text:
                  type: string
                  maxLength: 5
          text/plain: {schema: {type: string}}
      responses: {"204": {description: kept}}
"""
CLIENTS_TEXT = b'{ "text" : "\\u0061\\/b",\n "n": [1.50, 1234567890123456789, {}] }'
CANONICAL = b'{"text":"a/b","n":[1.5,1234567890123456789,{}]}'


class Canonical(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="portico-e2e-")
        self.addCleanup(folder.cleanup)
        self.contract = pathlib.Path(folder.name) / "contract.yaml"
        self.contract.write_text(CONTRACT)
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.upstream.on("*", raw_answer(204, b"", media=None))

    def guard(self, policy):
        guard = Guard(self.upstream, contract=self.contract, policy="version: 1\n" + policy)
        self.addCleanup(guard.stop)
        return guard

    def received(self, guard, body, **how):
        self.upstream.forget()
        self.assertEqual(guard.post("/notes", body, **how).status, 204)
        request = self.upstream.seen()[0]
        self.assertEqual(int(request.field("Content-Length")), len(request.body))
        return request

    def test_json_is_written_anew(self):
        guard = self.guard("requests: {canonical: true}")
        self.assertEqual(self.received(guard, CLIENTS_TEXT).body, CANONICAL)
        request = self.received(guard, gzip.compress(CLIENTS_TEXT), fields=[("Content-Encoding", "gzip"), ("X-A", "b")])
        self.assertEqual((request.body, request.all("Content-Encoding"), request.all("X-A")), (CANONICAL, [], ["b"]))
        # Longer than nginx keeps in memory.
        long = json.dumps({"n": ["x" * 50] * 4000}).encode()
        self.assertEqual(self.received(guard, long).body, long.replace(b", ", b",").replace(b": ", b":"))
        self.assertEqual(self.received(guard, b" text ", media="text/plain").body, b" text ")

    def test_otherwise_it_goes_as_it_came(self):
        guard = self.guard("mode: block")
        self.assertEqual(self.received(guard, CLIENTS_TEXT).body, CLIENTS_TEXT)

    def test_what_is_only_reported_goes_as_it_came(self):
        guard = self.guard("requests: {canonical: true}\nmode: monitor")
        self.assertEqual(self.received(guard, b'{"text": "too long"}').body, b'{"text": "too long"}')

    def test_events_name_the_line_of_the_contract(self):
        guard = self.guard("mode: block")
        for target, body, place, line in [("/notes", '{"text": "too long"}', "body/text", 19),
                                          ("/notes?page=1&page=2", "{}", "query/page", 9),
                                          ("/notes?other=1", "{}", "query", 7)]:
            document = guard.post(target, body).json()
            reason = guard.events.of(document["request_id"])["reasons"][0]
            file, found, _ = reason["contract"].rsplit(":", 2)
            self.assertEqual((reason["place"], pathlib.Path(file).name, int(found)), (place, "contract.yaml", line))
            self.assertNotIn("contract", document)


if __name__ == "__main__":
    unittest.main()
