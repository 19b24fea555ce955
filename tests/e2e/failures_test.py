#!/usr/bin/python3
"""The service is down, slow or breaks off; the client goes away: nobody gets half an answer, and nothing is left."""
import json
import pathlib
import shutil
import socket
import ssl
import struct
import tempfile
import threading
import unittest

from harness import Guard, GuardTest, Upstream, free_port, make_certificate, wait
from wire import Closed, chunk, raw_answer, raw_request

ITEM = {"id": 7, "name": "pen"}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Leak: leak\r\n"


def reset(wire):
    """Closes with a reset."""
    wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.close()


class Down(unittest.TestCase):
    def test_upstream_down(self):
        with Guard(f"http://127.0.0.1:{free_port()}") as guard:
            answer = guard.get("/items/7")
            self.assertEqual((answer.status, answer.field("Content-Type")), (502, "application/problem+json"))
            document = answer.json()
            self.assertEqual(document["rule"], "service-unavailable")
            event = guard.events.of(document["request_id"])
            # The contract was kept by all: no verdict, but the reason is told.
            self.assertEqual((event["verdict"], event["status"]), ("allowed", 502))
            self.assertEqual(event["rules"], ["service-unavailable"])

    def test_what_nginx_says_of_a_dead_service_names_the_request_and_no_secret(self):
        with Guard(f"http://127.0.0.1:{free_port()}") as guard:
            answer = guard.get("/search?q=sekrit", [("Referer", "https://example/?t=sekrit")])
            self.assertEqual(answer.status, 502)
            wait(lambda: "connect() failed" in guard.said, "the message")
            self.assertIn(f'request_id: "{answer.json()["request_id"]}", upstream: 127.0.0.1:', guard.said)
            self.assertNotIn("sekrit", guard.said)

    def test_upstream_down_in_monitor_mode(self):
        with Guard(f"http://127.0.0.1:{free_port()}", arguments=["--mode", "monitor"]) as guard:
            self.assertEqual(guard.get("/items/7").status, 502)
            self.assertEqual(guard.get("/nowhere").status, 502)


    def test_upstream_breaks_off_in_monitor_mode(self):
        """As without the guard: what came goes out, and the end of the connection says that it is not all."""
        with Upstream() as upstream, Guard(upstream, arguments=["--mode", "monitor"]) as guard:
            def broken(wire, _):
                wire.send(HEAD + b"Content-Length: 20\r\n\r\n" + b'{"id":7,')
                return False
            upstream.on("GET /items/7", broken)
            with guard.connect() as wire:
                wire.send(raw_request("GET", "/items/7"))
                with self.assertRaises(Closed) as raised:
                    wire.answer()
            self.assertEqual(raised.exception.got, b'{"id":7,')

    def test_an_upstream_with_an_unknown_certificate(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="portico-e2e-"))
        self.addCleanup(shutil.rmtree, folder)
        make_certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
        received = []

        def serve(listener):
            try:
                with context.wrap_socket(listener.accept()[0], server_side=True) as sock:
                    received.append(sock.recv(100))
            except OSError:
                received.append(b"")
        with socket.create_server(("127.0.0.1", 0)) as listener:
            thread = threading.Thread(target=serve, args=(listener,))
            thread.start()
            with Guard(f"https://localhost:{listener.getsockname()[1]}") as guard:
                answer = guard.get("/me", [("Authorization", "Bearer secret")])
                self.assertEqual((answer.status, answer.json()["rule"]), (502, "service-unavailable"))
            thread.join(10)
        self.assertEqual(received, [b""])


class Failures(GuardTest):
    GUARD = {"workers": 1}

    def assert_unavailable(self, answer):
        document = self.assert_problem(answer, "service-unavailable", 502, ("leak",))
        self.assertIsNone(answer.field("X-Leak"))
        self.assertEqual(self.guard.events.of(document["request_id"])["status"], 502)

    def broken(self, data):
        def answer(wire, _):
            wire.send(data)
            return False
        return answer

    def test_upstream_breaks_off(self):
        cases = {
            "before its status line": b"",
            "in its status line": b"HTTP/1.",
            "in its head": HEAD,
            "after its head": HEAD + b"Content-Length: 20\r\n\r\n",
            "in its body": HEAD + b"Content-Length: 20\r\n\r\n" + b'{"id":7,"leak',
            "in a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b'20\r\n{"id":7,"leak',
            "between chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(b'{"id":7,'),
            # The document is whole, the message is not: its end may be missing.
            "before the last chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(json.dumps(ITEM).encode()),
        }
        for name, data in cases.items():
            with self.subTest(name):
                self.upstream.on("GET /items/7", self.broken(data))
                self.assert_unavailable(self.guard.get("/items/7"))

    def test_upstream_resets_in_mid_body(self):
        def answer(wire, _):
            wire.send(HEAD + b"Content-Length: 200000\r\n\r\n" + 100000 * b" ")
            reset(wire)
            return False
        self.upstream.on("GET /items/7", answer)
        self.assert_unavailable(self.guard.get("/items/7"))

    def test_upstream_speaks_no_http(self):
        self.upstream.on("GET /items/7", self.broken(b"SSH-2.0-leak\r\n\r\n"))
        answer = self.guard.get("/items/7")
        self.assertEqual(answer.status, 502, answer)
        self.assertNotIn(b"leak", answer.body)
        self.upstream.on("GET /items/7", self.broken(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nleak"))
        answer = self.guard.get("/items/7")
        self.assertEqual(answer.status, 502, answer)

    def test_upstream_with_two_framings(self):
        """nginx takes the chunks, as it must (RFC 9112, section 6.3), and passes one framing on."""
        self.upstream.on("GET /items/7", self.broken(HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                                     chunk(json.dumps(ITEM).encode()) + b"0\r\n\r\n"))
        answer = self.guard.get("/items/7")
        self.assertEqual((answer.status, answer.json()), (200, ITEM))
        self.assertEqual(len(answer.all("Content-Length") + answer.all("Transfer-Encoding")), 1)

    def test_a_larger_head_than_nginx_takes(self):
        self.upstream.on("GET /items/7", raw_answer(200, ITEM, [("X-Leak", 70000 * "leak")]))
        answer = self.guard.get("/items/7")
        self.assertEqual(answer.status, 502)
        self.assertEqual(answer.field("Content-Type"), "application/problem+json")

    def test_a_broken_answer_does_not_spoil_the_connection(self):
        with self.guard.connect() as wire:
            for _ in range(3):
                self.upstream.on("GET /items/7", self.broken(HEAD + b"Content-Length: 20\r\n\r\n{"))
                wire.send(raw_request("GET", "/items/7"))
                answer = wire.answer()
                self.assertEqual(answer.status, 502)
                if answer.field("Connection") == "close":
                    return
                self.upstream.on("GET /items/7", raw_answer(200, ITEM))
                wire.send(raw_request("GET", "/items/7"))
                self.assertEqual(wire.answer().json(), ITEM)

    def test_upstream_slow(self):
        """Slow answers take turns: no worker waits for one of them."""
        gate = threading.Event()
        def slow(wire, _):
            wire.send(HEAD)
            wire.send(b"Content-Length: 21\r\n\r\n")
            gate.wait(15)
            wire.send(b'{"id":7,"name":"pen"}')
        self.upstream.on("GET /items/7", slow)
        self.upstream.on("GET /items/8", raw_answer(200, {"id": 8, "name": "x"}))
        wires = [self.guard.connect() for _ in range(20)]
        for wire in wires:
            wire.send(raw_request("GET", "/items/7"))
        wait(lambda: len(self.upstream.seen("/items/7")) == 20, "20 requests to wait")
        for _ in range(20):
            self.assertEqual(self.guard.get("/items/8").status, 200)
        gate.set()
        for wire in wires:
            self.assertEqual(wire.answer().json(), ITEM)
            wire.close()

    def still_serves(self):
        self.upstream.on("GET /items/8", raw_answer(200, {"id": 8, "name": "x"}))
        self.assertEqual(self.guard.get("/items/8").status, 200)
        self.assertEqual(self.guard.process.count("exited on signal"), 0)

    def test_client_gone_in_mid_request(self):
        for part in (b"GET /it", raw_request("POST", "/items", [("Content-Type", "application/json"),
                                                                ("Content-Length", "1000")], b'{"id":'),
                     raw_request("POST", "/batch", [("Content-Type", "application/json"),
                                                    ("Content-Length", "500000")], 200000 * b" ")):
            for end in (reset, lambda wire: wire.close()):
                wire = self.guard.connect()
                wire.send(part)
                end(wire)
        wait(lambda: len([e for e in self.guard.events.transactions() if e["path"] == "/batch"]) >= 2, "their events")
        gone = [e for e in self.guard.events.transactions() if e["path"] in ("/batch", "/items")]
        self.assertTrue(all(e.get("client_gone") for e in gone), gone)
        self.assertEqual(self.upstream.seen(), [])
        self.still_serves()

    def test_client_gone_while_the_service_works(self):
        gate = threading.Event()
        def late(wire, _):
            gate.wait(10)
            wire.send(raw_answer(200, ITEM))
        self.upstream.on("GET /items/9", late)
        for end in (reset, lambda wire: wire.close()):
            wire = self.guard.connect()
            wire.send(raw_request("GET", "/items/9"))
            wait(lambda: self.upstream.seen("/items/9"), "the request")
            end(wire)
            self.upstream.forget()
        wait(lambda: len([e for e in self.guard.events.transactions() if e["path"] == "/items/9"]) == 2, "their events")
        gate.set()
        for event in self.guard.events.transactions():
            if event["path"] == "/items/9":
                self.assertEqual((event["status"], event.get("client_gone")), (499, True))
        self.still_serves()

    def test_client_gone_in_mid_response(self):
        body = json.dumps([{"id": 7, "name": "x", "note": 4000 * "n"}] * 800).encode()
        self.upstream.on("GET /items", raw_answer(200, body))
        for end in (reset, lambda wire: wire.close()):
            wire = self.guard.connect(receive_buffer=4096)
            wire.send(raw_request("GET", "/items"))
            wire.take(1000)
            end(wire)
        events = wait(lambda: len(found := [e for e in self.guard.events.transactions() if e["path"] == "/items" and
                                            e["method"] == "GET"]) == 2 and found, "their events")
        self.assertTrue(all(e.get("client_gone") for e in events), events)
        self.still_serves()


if __name__ == "__main__":
    unittest.main()
