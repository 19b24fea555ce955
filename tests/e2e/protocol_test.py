#!/usr/bin/python3
"""HTTP/1: what has no body, what is conditional, connections that are kept, and bodies of every size and framing."""
import gzip
import json
import threading
import unittest

from harness import GuardTest, wait
from wire import chunk, chunked_answer, raw_answer, raw_request

POLICY = """
version: 1
requests: {max_body: 2MiB}
responses: {max_body: 2MiB}
"""
ITEM = {"id": 7, "name": "pen"}


def batch(size):
    """A valid body of at least `size` bytes."""
    one = {"id": 7, "name": "pen", "note": 1000 * "n"}
    return json.dumps([one] * (size // len(json.dumps(one)) + 1)).encode()


class Answers(GuardTest):
    GUARD = {"policy": POLICY}

    def test_head_no_body(self):
        body = json.dumps(ITEM)
        self.upstream.on("HEAD /items/7", lambda wire, _: wire.send(
            raw_answer(200, body, [("ETag", '"e"')]).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"))
        with self.guard.connect() as wire:
            for _ in range(2):
                wire.send(raw_request("HEAD", "/items/7"))
                answer = wire.answer("HEAD")
                self.assertEqual((answer.status, answer.field("Content-Length")), (200, str(len(body))))
                self.assertEqual(answer.field("ETag"), '"e"')
                self.assertEqual(wire.buffer, b"")

    def test_a_refused_head_has_no_body_either(self):
        self.upstream.on("HEAD /items/7", raw_answer(418, b"", [("Content-Length", "9"), ("X-Leak", "leak")]))
        with self.guard.connect() as wire:
            wire.send(raw_request("HEAD", "/nowhere"))
            answer = wire.answer("HEAD")
            self.assertEqual((answer.status, answer.field("Content-Type")), (404, "application/problem+json"))
            wire.send(raw_request("HEAD", "/items/7"))
            answer = wire.answer("HEAD")
            self.assertEqual((answer.status, answer.field("X-Leak")), (502, None))
            # What follows must be the next answer, not a body.
            self.upstream.on("GET /items/7", raw_answer(200, ITEM))
            wire.send(raw_request("GET", "/items/7"))
            self.assertEqual(wire.answer().json(), ITEM)

    def test_204(self):
        self.upstream.on("PUT /items/7", raw_answer(204, media=None))
        with self.guard.connect() as wire:
            for _ in range(3):
                wire.send(raw_request("PUT", "/items/7", [("X-Version", "1"), ("Content-Type", "application/json")],
                                      json.dumps(ITEM).encode()))
                answer = wire.answer()
                self.assertEqual((answer.status, wire.buffer), (204, b""))

    def test_304_to_a_conditional_request(self):
        self.upstream.on("GET /items/7", raw_answer(304, fields=[("ETag", '"e"')], media=None))
        for field in (("If-None-Match", '"e"'), ("If-Modified-Since", "Tue, 24 Nov 2026 00:00:00 GMT")):
            with self.guard.connect() as wire:
                wire.send(raw_request("GET", "/items/7", [field]) * 2)
                for _ in range(2):
                    answer = wire.answer()
                    self.assertEqual((answer.status, answer.field("ETag")), (304, '"e"'))
        self.assertEqual(self.upstream.seen()[0].field("If-None-Match"), '"e"')

    def test_304_that_nobody_asked_for_is_refused(self):
        self.upstream.on("GET /items/7", raw_answer(304, fields=[("ETag", '"leak"')], media=None))
        answer = self.guard.get("/items/7")
        self.assert_refused(answer, "response-status-undeclared", 502, ("leak",))

    def test_redirect_clears_entity_headers(self):
        self.upstream.on("GET /page", raw_answer(302, b"", [("Location", "/items")], media=None))
        answer = self.guard.get("/page")
        self.assertEqual(answer.status, 302)
        self.assertTrue(answer.field("Location").endswith("/items"), answer)

    def test_response_content_length(self):
        for answer in (raw_answer(200, ITEM), chunked_answer([b'{"id":7,', b'"name":"pen"}'])):
            self.upstream.on("GET /items/7", answer)
            got = self.guard.get("/items/7")
            self.assertEqual(got.json(), ITEM)

    def test_an_answer_that_ends_with_the_connection(self):
        def answer(wire, _):
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + json.dumps(ITEM).encode())
            return False
        self.upstream.on("GET /items/7", answer)
        self.assertEqual(self.guard.get("/items/7").json(), ITEM)

    def test_many_and_large_response_headers(self):
        fields = [(f"X-Field-{i}", 20 * "v") for i in range(60)]
        self.upstream.on("GET /items/7", raw_answer(200, ITEM, fields))
        answer = self.guard.get("/items/7")
        self.assertEqual([answer.field(f"X-Field-{i}") for i in range(60)], [20 * "v"] * 60)

    def test_deleted_headers(self):
        # nginx hides these; a module that walks the list must not bring them back.
        self.upstream.on("GET /items/7", raw_answer(200, ITEM, [("X-Accel-Expires", "0"), ("X-Pad", "x"),
                                                               ("X-Accel-Charset", "x")]))
        answer = self.guard.get("/items/7")
        self.assertEqual([answer.field(name) for name in ("X-Accel-Expires", "X-Pad", "X-Accel-Charset")], 3 * [None])

    def test_large_answers_in_all_framings(self):
        body = batch(1_500_000)
        pieces = [body[i:i + 7919] for i in range(0, len(body), 7919)]
        def until_close(wire, _):
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + body)
            return False
        for name, answer in (("length", raw_answer(200, body)), ("chunked", chunked_answer(pieces)),
                             ("close", until_close)):
            with self.subTest(name):
                self.upstream.on("GET /items", answer)
                got = self.guard.get("/items")
                self.assertEqual(got.status, 200, got)
                self.assertEqual(got.body, body)

    def test_response_body_delayed_comes_after_its_last_byte(self):
        """The client gets nothing of a held answer before the verdict."""
        half, go_on = threading.Event(), threading.Event()
        def answer(wire, _):
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
                      chunk(b'{"id":7,'))
            half.set()
            go_on.wait(10)
            wire.send(chunk(b'"name":"pen"}') + b"0\r\n\r\n")
        self.upstream.on("GET /items/7", answer)
        with self.guard.connect() as wire:
            wire.send(raw_request("GET", "/items/7"))
            half.wait(10)
            wire.sock.settimeout(0.2)
            with self.assertRaises(TimeoutError):
                wire.answer()
            self.assertEqual(wire.buffer, b"")
            wire.sock.settimeout(10)
            go_on.set()
            self.assertEqual(wire.answer().json(), ITEM)


class Connections(GuardTest):
    GUARD = {"policy": POLICY}

    def setUp(self):
        super().setUp()
        self.upstream.on("*", lambda wire, request: wire.send(
            raw_answer(200, {"id": int(request.path.rpartition("/")[2]), "name": "x"})))

    def test_keep_alive(self):
        with self.guard.connect() as wire:
            for i in range(1, 50):
                wire.send(raw_request("GET", f"/items/{i}"))
                self.assertEqual(wire.answer().json()["id"], i)
                wire.send(raw_request("GET", f"/items/{i}?no=1"))
                self.assertEqual(wire.answer().status, 400)

    def test_pipelining_with_one_refused(self):
        with self.guard.connect() as wire:
            wire.send(raw_request("GET", "/items/1") + raw_request("GET", "/items/zero") +
                      raw_request("GET", "/items/3"))
            answers = [wire.answer() for _ in range(3)]
        self.assertEqual([a.status for a in answers], [200, 400, 200])
        self.assertEqual([answers[0].json()["id"], answers[2].json()["id"]], [1, 3])
        self.assertEqual([r.path for r in self.upstream.seen()], ["/items/1", "/items/3"])

    def test_pipelining_after_a_refused_body(self):
        """The body of a refused request is no request."""
        self.upstream.on("POST /items", raw_answer(201, ITEM))
        smuggled = raw_request("GET", "/items/666")
        media = [("Content-Type", "application/json")]
        for refused in (raw_request("POST", "/items", media, smuggled),
                        raw_request("POST", "/nowhere", media, smuggled),
                        raw_request("POST", "/nowhere", [*media, ("Transfer-Encoding", "chunked")],
                                    chunk(smuggled) + b"0\r\n\r\n")):
            with self.guard.connect() as wire:
                wire.send(raw_request("POST", "/items", media, json.dumps(ITEM).encode()) + refused +
                          raw_request("GET", "/items/3"))
                answers = [wire.answer() for _ in range(3)]
            self.assertEqual([a.status for a in answers][::2], [201, 200], answers)
            self.assertIn(answers[1].status, (400, 404))
            self.assertEqual(answers[2].json()["id"], 3)
        self.assertEqual(self.upstream.seen("/items/666"), [])

    def test_a_request_in_single_bytes(self):
        with self.guard.connect() as wire:
            for byte in raw_request("GET", "/items/5"):
                wire.send(bytes([byte]))
            self.assertEqual(wire.answer().json()["id"], 5)

    def test_http_1_0(self):
        with self.guard.connect() as wire:
            wire.send(raw_request("GET", "/items/5", version="HTTP/1.0"))
            answer = wire.answer()
            self.assertEqual(answer.json()["id"], 5)
            self.assertTrue(wire.closed_by_peer())
        with self.guard.connect() as wire:
            wire.send(raw_request("GET", "/items/none", version="HTTP/1.0"))
            self.assert_refused(wire.answer(), "request-parameter-invalid", 400)

    def test_http09(self):
        # An answer without a header: nothing may crash, and the contract holds.
        with self.guard.connect() as wire:
            wire.send(b"GET /items/5\r\n")
            self.assertNotIn(b"Traceback", wire.rest())
        with self.guard.connect() as wire:
            wire.send(b"GET /secret\r\n")
            wire.rest()
        self.assertEqual(self.upstream.seen("/secret"), [])
        self.assertEqual(self.guard.get("/items/6").json()["id"], 6)

    def test_bulk_and_large_request_headers(self):
        fields = [(f"X-Field-{i}", 50 * "v") for i in range(80)] + [("X-Large", 12000 * "w")]
        answer = self.guard.get("/items/5", fields)
        self.assertEqual(answer.status, 200, answer)
        [request] = self.upstream.seen()
        self.assertEqual(request.field("X-Large"), 12000 * "w")

    def test_absolute_form_is_decided_by_its_path(self):
        answer = self.guard.get("http://api.example/items/5")
        self.assertEqual(answer.json()["id"], 5)
        self.assertEqual(self.guard.get("http://api.example/nowhere").status, 404)

    def test_what_is_decided_on_is_what_is_forwarded(self):
        """Spellings that some server reads otherwise: refused, or forwarded byte by byte."""
        self.upstream.on("*", raw_answer(200, ITEM))
        for target in ("/items/%37", "/%69tems/7", "/ITEMS/7", "/items/7/", "/items/7;v=1", "/items/7?", "/items/+7",
                       "/items/7%20", "/items/7%00", "/items/7%2e", "/items/07", "/items/7.0", "/items/7e0",
                       "/items/../items/7", "/./items/7", "//items/7", "/items//7", "/items/7#x", "/items/%2e%2e/me",
                       "/items/..%2fme", "/items/%c0%ae", "\\items\\7", "/items/7%0d%0aX-Smuggled:%201",
                       "/items/7%252f..", "*", "items/7", "/items/%u0037", "/items/7?limit=1&limit=2"):
            with self.subTest(target):
                self.upstream.forget()
                answer = self.guard.get(target)
                seen = self.upstream.seen()
                if answer.status < 400:
                    self.assertEqual([request.target for request in seen], [target])
                    self.assertIn(target, ("/items/%37", "/%69tems/7", "/items/7?"))
                else:
                    self.assertEqual(seen, [])
                    self.assertEqual(answer.field("Content-Type"), "application/problem+json")

    def test_methods_that_are_not_http_for_this_api(self):
        for method in ("TRACE", "CONNECT", "PROPFIND", "FOO"):
            with self.subTest(method):
                answer = self.guard.ask(method, "/items/5")
                self.assertIn(answer.status, (400, 405))
                self.assertEqual(answer.field("Content-Type"), "application/problem+json")
        self.assertEqual(self.upstream.seen(), [])


class RequestBodies(GuardTest):
    GUARD = {"policy": POLICY}

    def setUp(self):
        super().setUp()
        self.upstream.on("POST /batch", raw_answer(200, []))
        self.media = [("Content-Type", "application/json")]

    def assert_arrived(self, answer, body):
        self.assertEqual(answer.status, 200, answer)
        [request] = self.upstream.seen()
        self.assertEqual(request.body, body)
        self.upstream.forget()

    def test_bodies_of_all_sizes(self):
        """Around the size of the buffer (64k) and far above it, where nginx puts them into a file."""
        for size in (1, 10_000, 65_000, 70_000, 200_000, 2_000_000):
            with self.subTest(size):
                body = batch(size)
                self.assert_arrived(self.guard.post("/batch", body), body)

    def test_a_body_of_exactly_the_buffer(self):
        for size in (65535, 65536, 65537):
            body = b"[" + (size - 2) * b" " + b"]"
            self.assert_arrived(self.guard.post("/batch", body), body)

    def test_request_body_tempfile_is_checked(self):
        body = batch(300_000)[:-1] + b',{"id":"leak"}]'
        answer = self.guard.post("/batch", body)
        self.assert_refused(answer, "request-body-invalid", 400)
        self.assertEqual(self.upstream.seen(), [])

    def test_request_body_chunked(self):
        for size in (10, 70_000, 300_000):
            with self.subTest(size):
                body = batch(size)
                pieces = [body[i:i + 4093] for i in range(0, len(body), 4093)]
                framed = b"".join(chunk(piece) for piece in pieces) + b"0\r\n\r\n"
                answer = self.guard.ask("POST", "/batch", [*self.media, ("Transfer-Encoding", "chunked")], framed)
                self.assert_arrived(answer, body)

    def test_a_chunked_body_that_is_too_large_is_refused(self):
        framed = 40 * chunk(65536 * b" ") + b"0\r\n\r\n"
        answer = self.guard.ask("POST", "/batch", [*self.media, ("Transfer-Encoding", "chunked")], framed)
        self.assertEqual((answer.status, answer.json()["rule"]), (413, "request-body-too-large"))
        self.assertEqual(self.upstream.seen(), [])

    def test_request_body_deferred(self):
        """Head first, body in pieces later."""
        body = batch(100_000)
        with self.guard.connect() as wire:
            wire.send(raw_request("POST", "/batch", [*self.media, ("Content-Length", str(len(body)))]))
            for i in range(0, len(body), 30011):
                wire.send(body[i:i + 30011])
            self.assert_arrived(wire.answer(), body)

    def test_a_compressed_body(self):
        body = gzip.compress(batch(100_000))
        coding = [("Content-Encoding", "gzip")]
        self.assert_arrived(self.guard.post("/batch", body, coding), body)
        for bad, rule, status in ((gzip.compress(b"{}"), "request-body-invalid", 400),
                                  (body[:-20], "request-content-coding", 415),
                                  (gzip.compress(b"[" + 50_000_000 * b" " + b"]"), "request-body-too-large", 413)):
            with self.subTest(rule):
                self.assert_refused(self.guard.post("/batch", bad, coding), rule, status)
        self.assertEqual(self.upstream.seen(), [])

    def test_an_opaque_body_passes(self):
        self.upstream.on("POST /files", raw_answer(204, media=None))
        body = bytes(range(256)) * 2048
        self.assertEqual(self.guard.post("/files", body, media="application/octet-stream").status, 204)
        self.assertEqual(self.upstream.seen()[0].body, body)

    def test_expect_100_continue_accepted(self):
        body = batch(100)
        with self.guard.connect() as wire:
            wire.send(raw_request("POST", "/batch", [*self.media, ("Expect", "100-continue"),
                                                     ("Content-Length", str(len(body)))]))
            self.assertEqual(wire.answer().status, 100)
            wire.send(body)
            self.assert_arrived(wire.answer(), body)

    def test_expect_100_continue_refused(self):
        with self.guard.connect() as wire:
            wire.send(raw_request("POST", "/nowhere", [*self.media, ("Expect", "100-continue"),
                                                       ("Content-Length", "1000000")]))
            self.assert_refused(wire.answer(), "request-path-unknown", 404)

    def test_expect_100_continue_with_a_body_that_is_refused(self):
        with self.guard.connect() as wire:
            wire.send(raw_request("POST", "/batch", [*self.media, ("Expect", "100-continue"),
                                                     ("Content-Length", "2")]))
            self.assertEqual(wire.answer().status, 100)
            wire.send(b"{}")
            self.assert_refused(wire.answer(), "request-body-invalid", 400)

    def test_framing_that_can_be_read_in_two_ways_is_refused(self):
        body = b"5\r\n[   ]\r\n0\r\n\r\n"
        for fields in ([("Content-Length", "2"), ("Content-Length", "15")],
                       [("Content-Length", "15"), ("Transfer-Encoding", "chunked")],
                       [("Transfer-Encoding", "chunked, identity")], [("Transfer-Encoding", "xchunked")],
                       [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")]):
            with self.subTest(fields), self.guard.connect() as wire:
                wire.send(raw_request("POST", "/batch", [*self.media, *fields], body))
                answer = wire.answer()
                self.assertIn(answer.status, (400, 501), answer)
                self.assertEqual(answer.field("Content-Type"), "application/problem+json")
        self.assertEqual(self.upstream.seen(), [])

    def test_the_buffered_file_is_gone_afterwards(self):
        body = batch(300_000)
        self.assert_arrived(self.guard.post("/batch", body), body)
        folder = self.guard.run_directory / "client_body"
        wait(lambda: not [p for p in folder.rglob("*") if p.is_file()], "the request's file to go")


if __name__ == "__main__":
    unittest.main()
