#!/usr/bin/python3
"""Answers without an end: passed as they come where the contract declares them, and nowhere else."""
import base64
import hashlib
import threading
import unittest

from harness import GuardTest, Nginx, Upstream, wait
from wire import chunk, raw_answer, raw_request

SSE = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class Declared(GuardTest):
    def test_sse(self):
        """Each event arrives while the stream is open."""
        go_on = [threading.Event() for _ in range(3)]
        def feed(wire, _):
            wire.send(SSE)
            for i, event in enumerate(go_on):
                event.wait(10)
                wire.send(chunk(b"data: %d\n\n" % i))
            wire.send(b"0\r\n\r\n")
        self.upstream.on("GET /feed", feed)
        with self.guard.connect() as wire:
            wire.send(raw_request("GET", "/feed"))
            head = wire.head()
            self.assertEqual((head.status, head.field("Content-Type")), (200, "text/event-stream"))
            for i, event in enumerate(go_on):
                event.set()
                wire.until(b"data: %d\n\n" % i)
            wire.until(b"0\r\n\r\n")
        event = self.guard.events.last_of_path("/feed")
        self.assertEqual((event["verdict"], event["status"]), ("allowed", 200))

    def test_a_client_that_leaves_a_stream(self):
        done = threading.Event()
        def feed(wire, _):
            wire.send(SSE + chunk(b"data: x\n\n"))
            done.set()
            wire.rest()  # until nginx closes, since its client is gone
            return False
        self.upstream.on("GET /feed", feed)
        with self.guard.connect() as wire:
            wire.send(raw_request("GET", "/feed"))
            wire.until(b"data: x\n\n")
        wait(lambda: [e for e in self.guard.events.transactions() if e["path"] == "/feed" and e.get("client_gone")],
             "the event of the stream")

    def test_a_stream_that_is_not_declared_is_refused(self):
        def feed(wire, _):
            wire.send(SSE + chunk(b"data: leak\n\n"))
            wire.rest()
            return False
        self.upstream.on("GET /items", feed)
        answer = self.guard.get("/items")
        self.assert_refused(answer, "response-media-type-undeclared", 502, ("leak",))

    def test_upgrade_101(self):
        """A WebSocket where the contract declares 101: bytes go both ways."""
        def accept(wire, request):
            self.assertEqual((request.field("Upgrade") or "").lower(), "websocket")
            key = request.field("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
            token = base64.b64encode(hashlib.sha1(key.encode()).digest())
            wire.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      b"Sec-WebSocket-Accept: " + token + b"\r\n\r\nhello")
            while True:
                wire.send(wire.take(4).upper())
        self.upstream.on("GET /socket", accept)
        with self.guard.connect() as wire:
            wire.send(raw_request("GET", "/socket", [("Upgrade", "websocket"), ("Connection", "Upgrade"),
                                                     ("Sec-WebSocket-Version", "13"),
                                                     ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]))
            answer = wire.answer()
            self.assertEqual(answer.status, 101, answer)
            self.assertEqual(answer.field("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            self.assertEqual(wire.take(5), b"hello")
            for word in (b"ping", b"pong"):
                wire.send(word)
                self.assertEqual(wire.take(4), word.upper())
        event = self.guard.events.last_of_path("/socket")
        self.assertEqual((event["verdict"], event["status"]), ("allowed", 101))

    def test_an_upgrade_that_is_not_declared_never_reaches_the_service(self):
        self.upstream.on("*", raw_answer(200, []))
        self.guard.get("/items", [("Upgrade", "websocket"), ("Connection", "Upgrade")])
        for request in self.upstream.seen():
            self.assertIsNone(request.field("Upgrade"))

    def test_an_upgrade_that_is_not_declared_is_refused(self):
        def accept(wire, _):
            wire.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: leak\r\nConnection: Upgrade\r\n\r\nleak")
            return False
        self.upstream.on("GET /items", accept)
        with self.guard.connect() as wire:
            wire.send(raw_request("GET", "/items", [("Upgrade", "websocket"), ("Connection", "Upgrade")]))
            answer = wire.answer()
            self.assert_refused(answer, "response-status-undeclared", 502, ("leak",))
            # The connection speaks HTTP still: no tunnel was opened.
            self.upstream.on("GET /items", raw_answer(200, []))
            wire.send(raw_request("GET", "/items", [("Connection", "close")]))
            self.assertNotIn(b"leak", wire.rest())

    def test_other_protocols_are_not_asked_for(self):
        """h2c would take all further requests past the guard."""
        self.upstream.on("GET /socket", raw_answer(200, b""))
        for protocol in ("h2c", "HTTP/2.0", "websocket, h2c"):
            self.guard.get("/socket", [("Upgrade", protocol), ("Connection", "Upgrade, HTTP2-Settings")])
        self.assertEqual([r.field("Upgrade") for r in self.upstream.seen()], [None] * 3)

    def test_early_hints_of_the_service_are_not_the_answer(self):
        self.upstream.on("GET /items", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + raw_answer(200, []))
        answer = self.guard.get("/items")
        self.assertIn(answer.status, (200, 502))
        self.assertNotEqual(answer.status, 103)


class InAnotherNginx(unittest.TestCase):
    def test_websocket(self):
        def accept(wire, _):
            wire.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
            while True:
                wire.send(wire.take(4).upper())
        with Upstream() as upstream:
            upstream.on("GET /socket", accept)
            with Nginx("""server { listen @PORT@; portico_contract @CONTRACT@; location / {
                          proxy_pass @UPSTREAM@; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;
                          proxy_set_header Connection upgrade; } }""", upstream) as nginx, nginx.connect() as wire:
                wire.send(raw_request("GET", "/socket", [("Upgrade", "websocket"), ("Connection", "Upgrade")]))
                self.assertEqual(wire.answer().status, 101)
                wire.send(b"ping")
                self.assertEqual(wire.take(4), b"PING")


if __name__ == "__main__":
    unittest.main()
