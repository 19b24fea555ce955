#!/usr/bin/python3
"""TLS and HTTP/2: the same decisions, streams side by side, frames in an order of the test's own."""
import json
import socket
import subprocess
import threading
import unittest

import h2.config
import h2.connection
import h2.events

from harness import PATIENCE, GuardTest, wait
from wire import Closed, Wire, raw_answer, raw_request

POLICY = """
version: 1
requests: {max_body: 2MiB}
responses: {max_body: 2MiB}
"""
ITEM = {"id": 7, "name": "pen"}


class Answer:
    def __init__(self):
        self.fields, self.body, self.trailers, self.ended, self.reset = [], b"", [], False, None

    @property
    def status(self):
        return int(self.field(":status"))

    def field(self, name):
        return next((value for key, value in self.fields if key == name), None)

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.fields} {self.body[:200]!r} reset={self.reset}"


class Http2:
    """One HTTP/2 connection."""

    def __init__(self, wire, validate=True):
        self.wire = wire
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(
            header_encoding="utf-8", validate_outbound_headers=validate, normalize_outbound_headers=validate))
        self.h2.initiate_connection()
        self.answers = {}
        self.flush()

    def flush(self):
        self.wire.send(self.h2.data_to_send())

    def open(self, method, target, fields=(), end=True, authority="api.example"):
        stream = self.h2.get_next_available_stream_id()
        pseudo = [(":method", method), (":scheme", "https"), (":authority", authority), (":path", target)]
        self.h2.send_headers(stream, [*pseudo, *fields], end_stream=end)
        self.answers[stream] = Answer()
        self.flush()
        return stream

    def send(self, stream, data, end=True):
        while data:
            window = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size, len(data))
            if window == 0:
                self.receive()
                continue
            self.h2.send_data(stream, data[:window], end_stream=end and window == len(data))
            data = data[window:]
            self.flush()

    def receive(self):
        data = self.wire.sock.recv(65536)
        if not data:
            raise Closed()
        for event in self.h2.receive_data(data):
            answer = self.answers.get(getattr(event, "stream_id", None))
            if isinstance(event, h2.events.ResponseReceived):
                answer.fields = event.headers
            elif isinstance(event, h2.events.TrailersReceived):
                answer.trailers = event.headers
            elif isinstance(event, h2.events.DataReceived):
                answer.body += event.data
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                answer.ended = True
            elif isinstance(event, h2.events.StreamReset):
                answer.reset, answer.ended = event.error_code, True
        self.flush()

    def answer(self, stream):
        while not self.answers[stream].ended:
            self.receive()
        return self.answers[stream]

    def ask(self, method, target, fields=(), body=None):
        stream = self.open(method, target, fields, end=body is None)
        if body is not None:
            self.send(stream, body)
        return self.answer(stream)


class Tls(GuardTest):
    GUARD = {"policy": POLICY, "tls": True}

    def test_http_1_over_tls(self):
        self.upstream.on("POST /items", raw_answer(201, ITEM))
        self.assertEqual(self.guard.post("/items", ITEM).json(), ITEM)
        self.assert_refused(self.guard.post("/items", {"id": 0}), "request-body-invalid", 400)
        self.assertEqual(self.upstream.seen()[0].field("X-Forwarded-Proto"), "https")

    def test_curl_speaks_http_2(self):
        self.upstream.on("GET /items/7", raw_answer(200, ITEM, [("X-Custom", "1")]))
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "--http2", "--cacert", self.guard.tls, "--include",
             "--connect-to", f"localhost::127.0.0.1:{self.guard.port}", f"https://localhost:{self.guard.port}/items/7",
             f"https://localhost:{self.guard.port}/nowhere"], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("HTTP/2 200", done.stdout)
        self.assertIn("x-custom: 1", done.stdout)
        self.assertIn("HTTP/2 404", done.stdout)
        self.assertIn('"rule":"request-path-unknown"', done.stdout)
        self.assertEqual(self.guard.events.last_of_path("/nowhere")["protocol"], "HTTP/2")

    def test_plain_http_on_the_tls_port(self):
        with socket.create_connection(("127.0.0.1", self.guard.port)) as sock:
            sock.settimeout(PATIENCE)
            sock.sendall(raw_request("GET", "/items/7"))
            answer = Wire(sock).answer()
        self.assertEqual(answer.status, 400)
        self.assertEqual(self.upstream.seen(), [])


class Http2Test(GuardTest):
    GUARD = {"policy": POLICY, "tls": True}

    def setUp(self):
        super().setUp()
        self.upstream.on("*", raw_answer(200, ITEM))

    def connection(self, **how):
        wire = self.guard.connect(alpn=("h2",))
        self.addCleanup(wire.close)
        self.assertEqual(wire.sock.selected_alpn_protocol(), "h2")
        return Http2(wire, **how)

    def assert_refused_stream(self, answer, rule, status):
        self.assertEqual((answer.status, answer.field("content-type")), (status, "application/problem+json"))
        document = answer.json()
        self.assertEqual((document["rule"], document["status"]), (rule, status))
        self.assertEqual(answer.field("content-length"), str(len(answer.body)))
        event = self.guard.events.of(document["request_id"])
        self.assertEqual((event["protocol"], event["verdict"], event["rules"]), ("HTTP/2", "refused", [rule]))

    def test_h2(self):
        self.upstream.on("POST /items", raw_answer(201, ITEM, [("X-Custom", "1"), ("Set-Cookie", "a=b")]))
        connection = self.connection()
        answer = connection.ask("POST", "/items", [("content-type", "application/json")], json.dumps(ITEM).encode())
        self.assertEqual((answer.status, answer.json(), answer.field("x-custom")), (201, ITEM, "1"))
        self.assertEqual(answer.field("set-cookie"), "a=b")
        [request] = self.upstream.seen()
        self.assertEqual((request.json(), request.field("Host")), (ITEM, "api.example"))
        event = self.guard.events.of(request.field("X-Request-Id"))
        self.assertEqual((event["protocol"], event["verdict"], event["host"]), ("HTTP/2", "allowed", "api.example"))

    def test_h2_refused(self):
        connection = self.connection()
        json_type = [("content-type", "application/json")]
        self.assert_refused_stream(connection.ask("GET", "/nowhere"), "request-path-unknown", 404)
        self.assert_refused_stream(connection.ask("GET", "/items/none"), "request-parameter-invalid", 400)
        self.assert_refused_stream(connection.ask("POST", "/items", json_type, b'{"id":0}'), "request-body-invalid",
                                   400)
        self.assert_refused_stream(connection.ask("POST", "/nowhere", json_type, b"{}"), "request-path-unknown", 404)
        self.assertEqual(self.upstream.seen(), [])
        self.assertEqual(connection.ask("GET", "/items/7").json(), ITEM)

    def test_h2_refused_answer_leaks_nothing(self):
        self.upstream.on("GET /items/7", raw_answer(200, {"id": 0, "name": "leak"}, [("Set-Cookie", "leak"),
                                                                                   ("X-Leak", "leak")]))
        answer = self.connection().ask("GET", "/items/7")
        self.assert_refused_stream(answer, "response-body-invalid", 502)
        self.assertNotIn("leak", str(answer))

    def test_streams_side_by_side(self):
        gate = threading.Event()
        def late(wire, _):
            gate.wait(10)
            wire.send(raw_answer(200, {"id": 1, "name": "late"}))
        self.upstream.on("GET /items/1", late)
        connection = self.connection()
        streams = [connection.open("GET", target) for target in ("/items/1", "/items/none", "/items/7", "/nowhere")]
        self.assertEqual([connection.answer(s).status for s in streams[1:]], [400, 200, 404])
        gate.set()
        self.assertEqual(connection.answer(streams[0]).json()["name"], "late")

    def test_request_body_h2(self):
        """Bodies without a length, in frames of all sizes, beyond the buffer and the windows."""
        self.upstream.on("POST /batch", raw_answer(200, []))
        connection = self.connection()
        for size in (2, 60_000, 100_000, 1_000_000):
            with self.subTest(size):
                body = b"[" + (size - 2) * b" " + b"]"
                answer = connection.ask("POST", "/batch", [("content-type", "application/json")], body)
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual(self.upstream.seen()[-1].body, body)
        body = b"[" + 100_000 * b" " + b'{"id":"x"}]'
        answer = connection.ask("POST", "/batch", [("content-type", "application/json")], body)
        self.assert_refused_stream(answer, "request-body-invalid", 400)

    def test_a_body_that_is_empty_after_all(self):
        connection = self.connection()
        stream = connection.open("POST", "/items", [("content-type", "application/json")], end=False)
        connection.h2.send_data(stream, b"", end_stream=True)
        connection.flush()
        self.assert_refused_stream(connection.answer(stream), "request-body-missing", 400)

    def test_a_body_where_none_is_declared(self):
        connection = self.connection()
        answer = connection.ask("GET", "/items/7", [("content-type", "application/json")], b'"smuggled"')
        self.assert_refused_stream(answer, "request-body-undeclared", 400)
        self.assertEqual(self.upstream.seen(), [])

    def test_a_large_answer_through_small_windows(self):
        body = json.dumps([{"id": 7, "name": "x", "note": 4000 * "n"}] * 300).encode()
        self.upstream.on("GET /items", raw_answer(200, body))
        self.assertEqual(self.connection().ask("GET", "/items").body, body)

    def test_head_204_and_304(self):
        connection = self.connection()
        self.upstream.on("HEAD /items/7", raw_answer(200, b"", [("Content-Length", "22")]))
        answer = connection.ask("HEAD", "/items/7")
        self.assertEqual((answer.status, answer.field("content-length"), answer.body), (200, "22", b""))
        self.upstream.on("DELETE /items/7", raw_answer(204, media=None))
        answer = connection.ask("DELETE", "/items/7", [("x-api-key", "k")])
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.upstream.on("GET /items/7", raw_answer(304, fields=[("ETag", '"e"')], media=None))
        answer = connection.ask("GET", "/items/7", [("if-none-match", '"e"')])
        self.assertEqual((answer.status, answer.body), (304, b""))

    def test_cookies_in_several_fields(self):
        self.upstream.on("GET /search", raw_answer(200, []))
        connection = self.connection()
        self.assertEqual(connection.ask("GET", "/search?q=a", [("cookie", "session=s"), ("cookie", "b=2")]).status, 200)
        answer = connection.ask("GET", "/search?q=a", [("cookie", "b=2"), ("cookie", "session=" + 65 * "s")])
        self.assert_refused_stream(answer, "request-parameter-invalid", 400)

    def test_h2_forbidden_headers(self):
        """Fields that belong to a connection do not get out in HTTP/2."""
        self.upstream.on("GET /items/7", raw_answer(200, ITEM, [("Keep-Alive", "x"), ("Connection", "keep-alive")]))
        answer = self.connection().ask("GET", "/items/7")
        self.assertEqual(answer.status, 200)
        names = {name for name, _ in answer.fields}
        self.assertFalse(names & {"connection", "keep-alive", "transfer-encoding", "upgrade"}, names)

    def test_a_host_that_differs_from_the_authority(self):
        connection = self.connection(validate=False)
        answer = connection.ask("GET", "/items/7", [("host", "other.example")])
        self.assertIn(answer.status, (200, 400))
        for request in self.upstream.seen():
            self.assertEqual(len(request.all("Host")), 1)

    def test_line_breaks_in_fields_are_refused(self):
        connection = self.connection(validate=False)
        try:
            answer = connection.ask("GET", "/items/7", [("x-a", "1\r\nX-Smuggled: 1")])
            self.assertTrue(answer.reset is not None or answer.status == 400, answer)
        except Closed:
            pass
        self.assertEqual(self.upstream.seen(), [])

    def test_a_reset_in_mid_request(self):
        connection = self.connection()
        stream = connection.open("POST", "/items", [("content-type", "application/json")], end=False)
        connection.send(stream, b'{"id":', end=False)
        connection.h2.reset_stream(stream)
        connection.flush()
        self.assertEqual(connection.ask("GET", "/items/7").json(), ITEM)

    def test_a_reset_while_the_service_works(self):
        gate = threading.Event()
        def late(wire, _):
            gate.wait(10)
            wire.send(raw_answer(200, ITEM))
        self.upstream.on("GET /items/9", late)
        connection = self.connection()
        stream = connection.open("GET", "/items/9")
        wait(lambda: self.upstream.seen("/items/9"), "the request")
        connection.h2.reset_stream(stream)
        connection.flush()
        self.assertEqual(connection.ask("GET", "/items/7").json(), ITEM)
        gate.set()
        event = self.guard.events.last_of_path("/items/9")
        self.assertTrue(event.get("client_gone"), event)
        self.assertEqual(self.guard.process.count("exited on signal"), 0)


if __name__ == "__main__":
    unittest.main()
