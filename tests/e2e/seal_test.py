#!/usr/bin/python3
"""Sealed ids through a real nginx: two callers with API keys, the service unchanged."""
import gzip
import json
import pathlib
import subprocess
import tempfile
import unittest

from harness import PORTICO, Guard, GuardTest, Upstream
from wire import raw_answer

CONTRACT = """
openapi: 3.0.3
info: {title: Parcels, version: "1"}
security: [{key: []}]
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    Parcel: {type: object, properties: {parcelId: {type: integer}, note: {type: string}}}
paths:
  /parcels:
    get:
      operationId: listParcels
      responses:
        "200": {description: ok, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Parcel"}}}}}
    post:
      operationId: addParcel
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Parcel"}}}}
      responses: {"201": {description: ok}}
  /parcels/{parcelId}:
    get:
      operationId: getParcel
      parameters:
        - {name: parcelId, in: path, required: true, schema: {type: integer}}
        - {name: after, in: query, schema: {type: string}}
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Parcel"}}}}
"""

POLICY = """
version: 1
identity: {api_keys: [{schemes: [key], file: "%s/keys.yaml"}]}
seal: {keys: "%s/seal.yaml", ids: [parcelId]}
"""


def portico(*arguments):
    return subprocess.run([str(PORTICO), *map(str, arguments)], check=True, capture_output=True, text=True).stdout


class Seal(GuardTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="portico-e2e-")
        cls.addClassCleanup(folder.cleanup)
        home = cls.home = pathlib.Path(folder.name)
        (home / "contract.yaml").write_text(CONTRACT)
        cls.key = {owner: json.loads(portico("key", home / "keys.yaml", "--owner", owner, "--format", "json"))["key"]
                   for owner in ("alice", "bob")}
        portico("key", "--seal", home / "seal.yaml")
        cls.upstream = Upstream()
        cls.addClassCleanup(cls.upstream.close)
        cls.guard = Guard(cls.upstream, contract=home / "contract.yaml", policy=POLICY % (home, home))
        cls.addClassCleanup(cls.guard.stop)

    def ask(self, owner, method, target, body=None, fields=()):
        return self.guard.ask(method, target, [("X-Key", self.key[owner]), *fields], body)

    def list_of(self, owner, packed=False):
        body = b'[{"parcelId":1042,"note":"1042"},{"parcelId":7}]'
        fields = [("ETag", '"a"')] + ([("Content-Encoding", "gzip")] if packed else [])
        self.upstream.on("GET /parcels", raw_answer(200, gzip.compress(body) if packed else body, fields))
        answer = self.ask(owner, "GET", "/parcels")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.field("Content-Length"), str(len(answer.body)))
        self.assertEqual(answer.field("ETag"), 'W/"a"')
        parcels = answer.json()
        self.assertEqual(parcels[0]["note"], "1042")
        return [parcel["parcelId"] for parcel in parcels]

    def test_a_key_file_is_no_ones_to_read(self):
        self.assertEqual((self.home / "seal.yaml").stat().st_mode & 0o777, 0o640)

    def test_ids_come_back_to_the_service(self):
        for packed in (False, True):
            one, two = self.list_of("alice", packed)
            self.upstream.on("GET /parcels/7", raw_answer(200, {"parcelId": 7}))
            answer = self.ask("alice", "GET", f"/parcels/{two}?after=x%2fy")
            self.assertEqual((answer.status, answer.json()), (200, {"parcelId": two}))
            self.assertEqual(self.upstream.requests[-1].target, "/parcels/7?after=x%2fy")

    def test_bodies(self):
        one, _ = self.list_of("alice")
        self.upstream.on("POST /parcels", raw_answer(201, b"", [("Location", "/parcels/1042")], media=None))
        body = json.dumps({"parcelId": one, "note": "x" * 20000}).encode()
        for sent, fields in ((body, []), (gzip.compress(body), [("Content-Encoding", "gzip")])):
            answer = self.ask("alice", "POST", "/parcels", sent, [("Content-Type", "application/json"), *fields])
            self.assertEqual(answer.status, 201, answer)
            self.assertEqual(answer.all("Location"), [f"/parcels/{one}"])
            got = self.upstream.requests[-1]
            self.assertEqual(json.loads(got.body), {"parcelId": 1042, "note": "x" * 20000})
            self.assertEqual(got.field("Content-Length"), str(len(got.body)))
            self.assertIsNone(got.field("Content-Encoding"))

    def test_an_id_is_its_callers(self):
        one, two = self.list_of("alice")
        self.assertNotEqual(self.list_of("bob"), [one, two])
        before = len(self.upstream.requests)
        for identifier in (one, "1042", "1041", one[:-1], one + "A", "A" * 400):
            self.assert_refused(self.ask("bob", "GET", f"/parcels/{identifier}"), "request-identifier-not-issued", 404,
                                [identifier])
        body = json.dumps({"parcelId": one}).encode()
        self.assert_refused(self.ask("bob", "POST", "/parcels", body, [("Content-Type", "application/json")]),
                            "request-identifier-not-issued", 404, [one])
        self.assertEqual(len(self.upstream.requests), before)


if __name__ == "__main__":
    unittest.main()
