#!/usr/bin/python3
"""Answers that leave changed: their bytes, their lengths, and the fields that speak of bytes."""
import gzip
import json
import unittest
import zlib

from harness import GuardTest, wait
from wire import chunked_answer, raw_answer

POLICY = """
version: 1
responses: {max_body: 256k, allow_undeclared_status: true}
repair:
  - operations: [getItem, listItems]
    strip: true
    mask: [{pointers: [/name, /*/name], keep: 2}]
leaks:
  - {operations: [getItem], secrets: mask, traces: replace}
"""
GIVEN = {"debug": {"sql": "x"}, "id": 7, "name": "fountain pen", "secretNote": "n"}
SENT = {"id": 7, "name": "****en"}
FIELDS = [("ETag", '"strong"'), ("Content-Digest", "sha-256=:x:"), ("Repr-Digest", "sha-256=:x:"), ("Digest", "md5=x"),
          ("Content-MD5", "x"), ("Accept-Ranges", "bytes"), ("X-Custom", "1"),
          ("Last-Modified", "Tue, 24 Nov 2026 00:00:00 GMT")]
TOKEN = "npm_" + "yVX0F4L2lJF7UI4UMIZ23nyREQXj1n" + "1mA71Z"


class Repair(GuardTest):
    GUARD = {"policy": POLICY}

    def answer(self, upstream_answer, target="/items/7", **more):
        self.upstream.on("GET " + target, upstream_answer)
        return self.guard.get(target, **more)

    def assert_sent(self, answer, body=SENT):
        self.assertEqual((answer.status, answer.json()), (200, body))
        self.assertEqual(answer.field("Content-Length"), str(len(answer.body)))
        self.assertEqual(answer.field("ETag"), 'W/"strong"')
        self.assertEqual(answer.field("X-Custom"), "1")
        self.assertEqual(answer.field("Last-Modified"), "Tue, 24 Nov 2026 00:00:00 GMT")
        for name in ("Content-Digest", "Repr-Digest", "Digest", "Content-MD5", "Accept-Ranges", "Content-Encoding",
                     "Transfer-Encoding"):
            self.assertIsNone(answer.field(name), name)

    def test_with_a_length(self):
        self.assert_sent(self.answer(raw_answer(200, GIVEN, FIELDS)))

    def test_chunked(self):
        body = json.dumps(GIVEN).encode()
        self.assert_sent(self.answer(chunked_answer([body[:10], body[10:]], fields=FIELDS)))

    def test_compressed(self):
        for name, packed in (("gzip", gzip.compress), ("deflate", zlib.compress)):
            with self.subTest(name):
                fields = [*FIELDS, ("Content-Encoding", name)]
                self.assert_sent(self.answer(raw_answer(200, packed(json.dumps(GIVEN).encode()), fields)))

    def test_a_bomb_is_refused(self):
        packed = gzip.compress(b'{"id":7,"name":"' + b"x" * 3_000_000 + b'"}')
        self.assertLess(len(packed), 10_000)
        self.assert_refused(self.answer(raw_answer(200, packed, [("Content-Encoding", "gzip")])),
                            "response-body-too-large", 502)

    def test_what_needs_no_repair_stays_as_it_is(self):
        packed = gzip.compress(b"[]")
        answer = self.answer(raw_answer(200, packed, [*FIELDS, ("Content-Encoding", "gzip")]), "/items")
        self.assertEqual(answer.body, packed)
        self.assertEqual((answer.field("ETag"), answer.field("Content-Digest")), ('"strong"', "sha-256=:x:"))
        self.assertEqual(answer.field("Content-Encoding"), "gzip")

    def test_the_answer_may_grow(self):
        items = [{"id": n, "name": "ab"} for n in range(1, 2000)]
        answer = self.answer(raw_answer(200, items), "/items")
        self.assertEqual(answer.json(), [{"id": n, "name": "****"} for n in range(1, 2000)])

    def test_what_is_left_must_be_valid(self):
        self.assert_refused(self.answer(raw_answer(200, {"id": "seven", "x": 1})), "response-body-invalid", 502)

    def test_head_says_nothing_of_the_bytes(self):
        self.upstream.on("HEAD /items/7", raw_answer(200, b"", [*FIELDS, ("Content-Length", "100")]))
        answer = self.guard.ask("HEAD", "/items/7")
        self.assertEqual(answer.status, 200)
        self.assertIsNone(answer.field("Content-Length"))
        self.assertIsNone(answer.field("Content-Digest"))
        self.assertEqual(answer.field("ETag"), 'W/"strong"')

    def test_secrets_are_masked(self):
        answer = self.answer(raw_answer(200, {"id": 7, "name": "x", "note": f"push with {TOKEN} now"}, FIELDS))
        self.assertEqual(answer.json(), {"id": 7, "name": "****", "note": "push with [secret] now"})

    def test_events_count(self):
        self.answer(raw_answer(200, GIVEN))
        events = wait(lambda: [e for e in self.guard.events.transactions() if "repairs" in e], "an event with repairs")
        self.assertEqual((events[-1]["repairs"], events[-1]["verdict"]), ({"stripped": 2, "masked": 1}, "allowed"))

    def test_a_trace_is_replaced_with_the_services_own_status(self):
        page = "Traceback (most recent call last):\n  File \"/app/x.py\", line 1, in f\n"
        answer = self.answer(raw_answer(500, page, FIELDS, media="text/html"))
        self.assertEqual(answer.status, 500)
        self.assertEqual(answer.json()["rule"], "response-trace-leaked")
        self.assertNotIn("Traceback", answer.body.decode())
        self.assertIsNone(answer.field("ETag"))


if __name__ == "__main__":
    unittest.main()
