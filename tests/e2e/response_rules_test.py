#!/usr/bin/python3
"""Every rule for answers of the service: what the client gets in their place, and that nothing of them leaks."""
import gzip
import json
import unittest
import zlib

from harness import Guard, GuardTest, Upstream
from wire import chunked_answer, raw_answer

POLICY = """
version: 1
responses: {max_body: 256k}
"""
ITEM = {"id": 7, "name": "pen"}
LEAK = "leakedsecret"
# Whatever the service says beside its body must not get out with a refused answer either.
FIELDS = [("Set-Cookie", "session=" + LEAK), ("X-Debug", LEAK), ("ETag", f'"{LEAK}"'), ("Server", LEAK),
          ("Last-Modified", "Tue, 24 Nov 2026 00:00:00 GMT"), ("Location", "/" + LEAK), ("Link", LEAK),
          ("X-Powered-By", LEAK)]


class ResponseRules(GuardTest):
    GUARD = {"policy": POLICY}

    def refuse(self, upstream_answer, rule, target="/items/7", status=502):
        """The id of the refused request."""
        self.upstream.on("GET " + target, upstream_answer)
        answer = self.guard.get(target)
        document = self.assert_refused(answer, rule, status, (LEAK,))
        self.assertNotIn("detail", document)
        self.assertEqual(len(self.upstream.seen()), 1)
        for name in ("Set-Cookie", "ETag", "Last-Modified", "Location", "X-Debug", "Link", "X-Powered-By", "Server",
                     "Accept-Ranges", "Content-Encoding", "Transfer-Encoding"):
            if name == "Server":
                self.assertNotEqual(answer.field(name), LEAK)
            else:
                self.assertIsNone(answer.field(name), name)
        self.upstream.forget()
        return document["request_id"]

    def test_an_allowed_answer_comes_through_unchanged(self):
        fields = [("X-Custom", "1"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("ETag", '"e"')]
        self.upstream.on("GET /items/7", raw_answer(200, ITEM, fields))
        answer = self.guard.get("/items/7")
        self.assertEqual((answer.status, answer.json()), (200, ITEM))
        self.assertEqual(answer.field("Content-Type"), "application/json")
        self.assertEqual(answer.all("Set-Cookie"), ["a=1", "b=2"])
        self.assertEqual((answer.field("X-Custom"), answer.field("ETag")), ("1", '"e"'))
        self.assertEqual(answer.field("Content-Length"), str(len(json.dumps(ITEM))))

    def test_response_status_undeclared(self):
        request_id = self.refuse(raw_answer(418, {"title": LEAK}, FIELDS), "response-status-undeclared")
        event = self.guard.events.of(request_id)
        self.assertEqual((event["upstream_status"], event["status"]), (418, 502))
        self.refuse(raw_answer(500, "Traceback: " + LEAK, FIELDS, media="text/html"), "response-status-undeclared")

    def test_response_media_type_undeclared(self):
        for media in ("text/html", "application/xml", None, "application/json; charset=utf-16"):
            with self.subTest(media):
                self.refuse(raw_answer(200, f'{{"id":7,"name":"{LEAK}"}}', FIELDS, media=media),
                            "response-media-type-undeclared")

    def test_a_media_type_in_mixed_case_is_the_same(self):
        self.refuse(raw_answer(200, {"id": LEAK}, FIELDS, media="Application/JSON"), "response-body-invalid")
        self.refuse(raw_answer(200, {"id": LEAK}, FIELDS, media="application/json; charset=utf-8"),
                    "response-body-invalid")

    def test_response_content_coding(self):
        body = f'{{"id":7,"name":"{LEAK}"}}'.encode()
        self.refuse(raw_answer(200, body, [*FIELDS, ("Content-Encoding", "br")]), "response-content-coding")
        self.refuse(raw_answer(200, body, [*FIELDS, ("Content-Encoding", "gzip")]), "response-content-coding")
        cut = gzip.compress(body)[:-12]
        self.refuse(raw_answer(200, cut, [*FIELDS, ("Content-Encoding", "gzip")]), "response-content-coding")

    def test_response_body_missing(self):
        self.refuse(chunked_answer([], fields=FIELDS), "response-body-missing")
        self.refuse(raw_answer(200, b"", FIELDS), "response-body-missing")

    def test_response_body_undeclared(self):
        self.refuse(raw_answer(302, f"see {LEAK}", FIELDS, media="text/html"), "response-body-undeclared", "/page")

    def test_response_body_too_large(self):
        large = json.dumps([{"id": 7, "name": "x", "note": LEAK + 3900 * "y"}] * 100)
        self.refuse(raw_answer(200, large, FIELDS), "response-body-too-large", "/items")
        self.refuse(chunked_answer([large[i:i + 9000].encode() for i in range(0, len(large), 9000)], fields=FIELDS),
                    "response-body-too-large", "/items")

    def test_response_body_malformed(self):
        for body in (f'{{"id":7,"name":"{LEAK}"', f"<html>{LEAK}</html>", f'{{"id":7,"id":8,"name":"{LEAK}"}}'):
            with self.subTest(body):
                self.refuse(raw_answer(200, body, FIELDS), "response-body-malformed")

    def test_response_body_invalid(self):
        event = self.guard.events.of(self.refuse(raw_answer(200, {**ITEM, "password": LEAK}, FIELDS),
                                                 "response-body-invalid"))
        self.assertTrue(event["reasons"][0]["place"].startswith("body"), event)
        self.refuse(raw_answer(200, {"id": 0, "name": LEAK}, FIELDS), "response-body-invalid")
        self.refuse(chunked_answer([b'{"id":0,', f'"name":"{LEAK}"}}'.encode()], fields=FIELDS),
                    "response-body-invalid")
        self.refuse(raw_answer(200, LEAK + 100 * "x", FIELDS, media="text/plain"), "response-body-invalid", "/page")

    def test_the_body_of_a_refused_answer_is_not_in_the_events(self):
        request_id = self.refuse(raw_answer(200, {"id": LEAK, LEAK: LEAK}, FIELDS), "response-body-invalid")
        self.assertTrue(self.guard.events.of(request_id))
        self.assertNotIn(LEAK, self.guard.events.text())

    def test_a_compressed_answer_is_checked_and_passes_compressed(self):
        for coding, body in (("gzip", gzip.compress(json.dumps(ITEM).encode())),
                             ("deflate", zlib.compress(json.dumps(ITEM).encode()))):
            with self.subTest(coding):
                self.upstream.on("GET /items/7", raw_answer(200, body, [("Content-Encoding", coding)]))
                answer = self.guard.get("/items/7")
                self.assertEqual((answer.status, answer.body), (200, body))
                self.assertEqual(answer.field("Content-Encoding"), coding)

    def test_a_compressed_answer_that_breaks_the_contract_is_refused(self):
        body = gzip.compress(json.dumps({"id": 0, "name": LEAK}).encode())
        self.refuse(raw_answer(200, body, [*FIELDS, ("Content-Encoding", "gzip")]), "response-body-invalid")

    def test_a_decompression_bomb_is_refused(self):
        bomb = gzip.compress(b"[" + 200_000_000 * b" " + b"]")
        self.assertLess(len(bomb), 250_000)
        self.refuse(raw_answer(200, bomb, [*FIELDS, ("Content-Encoding", "gzip")]), "response-body-too-large", "/items")

    def test_the_service_is_not_asked_for_a_coding(self):
        self.upstream.on("GET /items/7", raw_answer(200, ITEM))
        self.guard.get("/items/7", [("Accept-Encoding", "gzip, br")])
        self.assertIn(self.upstream.seen()[0].field("Accept-Encoding"), (None, "", "identity"))

    def test_a_declared_error_of_the_service_passes(self):
        self.upstream.on("GET /items/7", raw_answer(404, {"title": "no such item"}, media="application/problem+json"))
        answer = self.guard.get("/items/7")
        self.assertEqual((answer.status, answer.json()), (404, {"title": "no such item"}))
        # Also one that nginx itself could have said.
        self.upstream.on("GET /items", raw_answer(503, {"title": "later"}, media="application/problem+json"))
        answer = self.guard.get("/items")
        self.assertEqual((answer.status, answer.json()), (503, {"title": "later"}))

    def test_an_opaque_answer_is_not_held(self):
        body = bytes(range(256)) * 4096
        self.upstream.on("GET /files", raw_answer(200, body, media="application/octet-stream"))
        answer = self.guard.get("/files")
        self.assertEqual((answer.status, answer.body), (200, body))


class MonitorMode(unittest.TestCase):
    """Everything passes, and the events say what would not have."""

    @classmethod
    def setUpClass(cls):
        cls.upstream = Upstream()
        cls.addClassCleanup(cls.upstream.close)
        cls.guard = Guard(cls.upstream, policy=POLICY, arguments=["--mode", "monitor"], metrics=True)
        cls.addClassCleanup(cls.guard.stop)

    def reported(self, method, path):
        event = self.guard.events.last_of_path(path)
        self.assertEqual((event["verdict"], event["method"]), ("reported", method))
        return event["rules"]

    def test_a_refusable_request_passes_and_is_reported(self):
        self.upstream.on("*", raw_answer(200, [ITEM]))
        self.assertEqual(self.guard.get("/items?limit=0").status, 200)
        self.assertEqual(self.reported("GET", "/items"), ["request-parameter-invalid"])

    def test_an_unknown_path_passes_and_is_reported(self):
        self.upstream.on("*", raw_answer(200, "whatever", media="text/html"))
        answer = self.guard.get("/nowhere")
        self.assertEqual((answer.status, answer.body), (200, b"whatever"))
        self.assertEqual(self.reported("GET", "/nowhere"), ["request-path-unknown"])

    def test_a_refusable_body_passes_and_is_reported(self):
        self.upstream.on("*", raw_answer(200, {"id": 0}))
        answer = self.guard.post("/batch", {"no": "array"})
        self.assertEqual((answer.status, answer.json()), (200, {"id": 0}))
        self.assertEqual(self.reported("POST", "/batch"), ["request-body-invalid", "response-body-invalid"])
        self.assertEqual(self.upstream.seen("/batch")[-1].json(), {"no": "array"})

    def test_a_refusable_answer_passes_unchanged_and_is_reported(self):
        body = f'{{"id":0,"name":"{LEAK}"}}'.encode()
        self.upstream.on("*", raw_answer(200, body, [("Set-Cookie", "a=b")]))
        answer = self.guard.get("/items/8")
        self.assertEqual((answer.status, answer.body, answer.field("Set-Cookie")), (200, body, "a=b"))
        self.assertEqual(self.reported("GET", "/items/8"), ["response-body-invalid"])
        self.upstream.on("*", raw_answer(500, "Traceback", media="text/html"))
        answer = self.guard.get("/items/9")
        self.assertEqual((answer.status, answer.body), (500, b"Traceback"))
        self.assertEqual(self.reported("GET", "/items/9"), ["response-status-undeclared"])

    def test_a_large_answer_passes_and_is_reported(self):
        large = json.dumps([{"id": 7, "name": "x", "note": 3900 * "y"}] * 100).encode()
        for answer in (raw_answer(200, large), chunked_answer([large[:100000], large[100000:]])):
            self.upstream.on("*", answer)
            got = self.guard.get("/search?q=large")
            self.assertEqual((got.status, got.body), (200, large))
            self.assertEqual(self.reported("GET", "/search"), ["response-body-too-large"])

    def test_a_large_request_passes_and_is_reported(self):
        self.upstream.on("*", raw_answer(204, media=None))
        body = b'{"id":7,"name":"x","note":"' + (2 << 20) * b"y" + b'"}'
        answer = self.guard.ask("PUT", "/items/10", [("Content-Type", "application/json"), ("X-Version", "1")], body)
        self.assertEqual(answer.status, 204, answer)
        self.assertEqual(self.reported("PUT", "/items/10"), ["request-body-too-large"])
        self.assertEqual(self.upstream.seen("/items/10")[-1].body, body)

    def test_reports_are_counted(self):
        self.upstream.on("*", raw_answer(200, []))
        before = self.guard.metric('portico_requests_total{verdict="reported"}')
        self.guard.get("/items?limit=0")
        self.guard.events.wait_for(1)
        self.assertEqual(self.guard.metric('portico_requests_total{verdict="reported"}'), before + 1)
        self.assertEqual(self.guard.metric('portico_requests_total{verdict="refused"}'), 0)


if __name__ == "__main__":
    unittest.main()
