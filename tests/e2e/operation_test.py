#!/usr/bin/python3
"""What an operator relies on: certificates on both sides, pools, slow clients, gRPC, workers without rights."""
import contextlib
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

import h2.config
import h2.connection
import h2.events

from harness import PATIENCE, Guard, Upstream, free_port, make_certificate, wait
from http2_test import Http2
from wire import Closed, raw_answer, raw_request

ITEM = {"id": 7, "name": "pen"}


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=PATIENCE)


class Authority:
    """Signs certificates."""

    def __init__(self, home, name):
        self.home, self.name = home, name
        self.certificate, self.key = home / f"{name}.pem", home / f"{name}.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-keyout", self.key, "-out", self.certificate, "-subj", f"/CN={name}",
                "-addext", "basicConstraints=critical,CA:TRUE")

    def sign(self, name, subject, names="DNS:localhost"):
        """(certificate, key)"""
        certificate, key, request = (self.home / f"{name}.{kind}" for kind in ("pem", "key", "csr"))
        extensions = self.home / f"{name}.ext"
        extensions.write_text(f"subjectAltName={names}\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out",
                request, "-subj", subject)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial", "-days",
                "2", "-out", certificate, "-extfile", extensions)
        return certificate, key


class WithCertificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = pathlib.Path(tempfile.mkdtemp(prefix="portico-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.home)
        cls.authority = Authority(cls.home, "authority")
        make_certificate(cls.home)


class ClientCertificates(WithCertificates):
    def guard(self, upstream, client):
        port = free_port()
        policy = f"""
version: 1
listen:
  address: 127.0.0.1:{port}
  tls: {{certificate: {self.home}/certificate.pem, key: {self.home}/key.pem, client: {client},
         client_ca: {self.authority.certificate}}}
"""
        guard = Guard(upstream, policy=policy, listen=False)
        guard.port, guard.tls = port, str(self.home / "certificate.pem")
        self.addCleanup(guard.stop)
        return guard

    def ask(self, guard, certificate=None):
        with guard.connect(certificate=certificate) as wire:
            wire.send(raw_request("GET", "/items/7"))
            return wire.answer()

    def test_clients_are_verified(self):
        known = self.authority.sign("alice", "/CN=alice")
        stranger = Authority(self.home, "stranger").sign("mallory", "/CN=mallory")
        with Upstream() as upstream:
            upstream.on("*", raw_answer(200, ITEM))
            required, optional = self.guard(upstream, "required"), self.guard(upstream, "optional")
            for guard in (required, optional):
                self.assertEqual(self.ask(guard, known).json(), ITEM)
                self.assertEqual(self.ask(guard, stranger).status, 400)
            self.assertEqual(self.ask(optional).json(), ITEM)
            answer = self.ask(required)
            self.assertEqual((answer.status, answer.json()["rule"]), (400, "server-refused"))
            self.assertEqual(len(upstream.seen()), 3)


class UpstreamTls(WithCertificates):
    def service(self, names="DNS:service.example", client_authority=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.authority.sign("service", "/CN=service", names))
        if client_authority:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_authority.certificate)
        upstream = Upstream(context)
        self.addCleanup(upstream.close)
        upstream.on("*", raw_answer(200, ITEM))
        return upstream

    def status(self, upstream, tls):
        policy = f"version: 1\nupstream: {{servers: ['{upstream.url}'], tls: {tls}}}\n"
        with Guard(None, policy=policy) as guard:
            return guard.get("/items/7").status

    def test_the_service_is_verified(self):
        upstream = self.service()
        ca = self.authority.certificate
        self.assertEqual(self.status(upstream, f"{{ca: {ca}, name: service.example}}"), 200)
        self.assertEqual(self.status(upstream, f"{{ca: {ca}, name: other.example}}"), 502)
        self.assertEqual(self.status(upstream, "{name: service.example}"), 502)  # nobody of the system's signed it
        self.assertEqual(self.status(upstream, "{verify: false}"), 200)
        by_name = upstream.url.replace("127.0.0.1", "localhost")  # without a name it is the server's host
        policy = f"version: 1\nupstream: {{servers: ['{by_name}'], tls: {{ca: {ca}}}}}\n"
        with Guard(None, policy=policy) as guard:
            self.assertEqual(guard.get("/items/7").status, 502)
        guard = Guard(None, policy=policy.replace("localhost", "127.0.0.1"), wait_ready=False)
        try:
            guard.process.wait_for("has no name to be verified by")
        finally:
            guard.stop(check=False)

    def test_a_service_that_asks_for_a_certificate(self):
        upstream = self.service(client_authority=self.authority)
        ca = self.authority.certificate
        certificate, key = self.authority.sign("guard", "/CN=guard")
        self.assertNotEqual(self.status(upstream, f"{{ca: {ca}, name: service.example}}"), 200)
        self.assertEqual(self.status(upstream, f"{{ca: {ca}, name: service.example, certificate: {certificate}, key: {key}}}"), 200)


class Pools(unittest.TestCase):
    def guard(self, servers, more=""):
        policy = f"version: 1\nupstream: {{servers: {servers}, max_fails: 1, fail_timeout: 1m{more}}}\n"
        guard = Guard(None, policy=policy)
        self.addCleanup(guard.stop)
        return guard

    def service(self, name):
        upstream = Upstream()
        self.addCleanup(upstream.close)
        upstream.on("*", raw_answer(200, {"id": 7, "name": name}))
        return upstream

    def test_requests_are_spread(self):
        services = [self.service("a"), self.service("b")]
        guard = self.guard([s.url for s in services])
        for _ in range(10):
            self.assertEqual(guard.get("/items/7").status, 200)
        self.assertEqual([len(s.seen()) for s in services], [5, 5])

    def test_a_server_that_fails_is_left_alone(self):
        service = self.service("a")
        guard = self.guard([f"http://127.0.0.1:{free_port()}", service.url])
        for _ in range(10):
            self.assertEqual(guard.get("/items/7").status, 200)
        self.assertEqual(len(service.seen()), 10)
        self.assertEqual(guard.process.count("connect() failed"), 1)

    def test_a_backup(self):
        service = self.service("backup")
        guard = self.guard([f"http://127.0.0.1:{free_port()}"], f", backups: ['{service.url}']")
        self.assertEqual(guard.get("/items/7").json()["name"], "backup")

    def test_what_may_have_been_done_is_not_done_twice(self):
        def broken(wire, _):
            return False
        first, second = self.service("a"), self.service("b")
        for upstream in (first, second):
            upstream.on("POST /items", broken)
            upstream.on("PUT /items/7", broken)
        guard = self.guard([first.url, second.url])
        self.assertEqual(guard.post("/items", ITEM).status, 502)
        self.assertEqual(len(first.seen()) + len(second.seen()), 1)

    def test_a_kept_connection_that_the_service_closed(self):
        """Nobody notices."""
        upstream = self.service("a")
        guard = self.guard([upstream.url])
        self.assertEqual(guard.get("/items/7").status, 200)
        for _ in range(20):
            for wire in list(upstream.wires):
                with contextlib.suppress(OSError):  # closed by the guard before
                    wire.sock.shutdown(socket.SHUT_RDWR)
            self.assertEqual(guard.get("/items/7").status, 200)


class SlowClients(unittest.TestCase):
    def test_timeouts_and_connections(self):
        port = free_port()
        policy = f"""
version: 1
listen: {{address: 127.0.0.1:{port}, header_timeout: 300ms, body_timeout: 300ms, keepalive_timeout: 300ms,
         connections_per_address: 3}}
"""
        gate = threading.Event()
        self.addCleanup(gate.set)
        with Upstream() as upstream, Guard(upstream, policy=policy, listen=False) as guard:
            guard.port = port
            upstream.on("*", raw_answer(200, ITEM))
            with guard.connect() as wire:  # a head that does not end
                wire.send(b"GET /items/7 HTTP/1.1\r\nHost: a")
                self.assertTrue(wire.rest().startswith((b"", b"HTTP/1.1 408")))
            with guard.connect() as wire:  # a body that does not end
                wire.send(raw_request("POST", "/items", [("Content-Type", "application/json"),
                                                         ("Content-Length", "100")], b"{"))
                wire.rest()
            with guard.connect() as wire:  # an idle connection
                wire.send(raw_request("GET", "/items/7"))
                wire.answer()
                self.assertEqual(wire.rest(), b"")

            def late(wire, _):
                gate.wait(10)
                wire.send(raw_answer(200, ITEM))
            upstream.on("GET /items/8", late)
            wires = [guard.connect() for _ in range(3)]
            for wire in wires:
                wire.send(raw_request("GET", "/items/8"))
            wait(lambda: len(upstream.seen("/items/8")) == 3, "three requests")
            answer = guard.get("/items/7")
            self.assertEqual((answer.status, answer.json()["rule"]), (429, "server-refused"))
            gate.set()
            for wire in wires:
                self.assertEqual(wire.answer().status, 200)
                wire.close()
            self.assertEqual(len(upstream.seen("/items")), 0)


GRPC_CONTRACT = """
openapi: 3.1.0
info: {title: Greeter, version: "1"}
security: []
paths:
  /greeter.Greeter/SayHello:
    post:
      operationId: sayHello
      requestBody: {required: true, content: {application/grpc: {}}}
      responses: {"200": {description: a message, content: {application/grpc: {}}}}
  /plain:
    get:
      operationId: getPlain
      responses: {"200": {description: ok, content: {application/json: {}}}}
"""


class GrpcService:
    """Answers what it is sent, with trailers, over HTTP/2 without TLS; messages of streams one by one."""

    def __init__(self):
        self.requests = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        connection.initiate_connection()
        with sock:
            sock.sendall(connection.data_to_send())
            while data := sock.recv(65536):
                try:
                    self._handle(connection, connection.receive_data(data))
                except h2.exceptions.ProtocolError:
                    return
                sock.sendall(connection.data_to_send())

    def _handle(self, connection, events):
        for event in events:
            if isinstance(event, h2.events.RequestReceived):
                self.requests.append(dict(event.headers))
                connection.send_headers(event.stream_id, [(":status", "200"), ("content-type", "application/grpc")])
            elif isinstance(event, h2.events.DataReceived):
                connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                connection.send_data(event.stream_id, event.data)
            elif isinstance(event, h2.events.StreamEnded):
                connection.send_headers(event.stream_id, [("grpc-status", "0"), ("grpc-message", "fine")],
                                        end_stream=True)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class Grpc(unittest.TestCase):
    def setUp(self):
        self.service = GrpcService()
        self.addCleanup(self.service.close)
        home = pathlib.Path(tempfile.mkdtemp(prefix="portico-e2e-"))
        self.addCleanup(shutil.rmtree, home)
        (home / "contract.yaml").write_text(GRPC_CONTRACT)
        self.guard = Guard(self.service.url, contract=home / "contract.yaml", policy="version: 1\n", tls=True)
        self.addCleanup(self.guard.stop)
        wire = self.guard.connect(alpn=("h2",))
        self.addCleanup(wire.close)
        self.connection = Http2(wire)

    def test_a_call(self):
        message = b"\0\0\0\0\5hello"
        answer = self.connection.ask("POST", "/greeter.Greeter/SayHello",
                                     [("content-type", "application/grpc"), ("te", "trailers"),
                                      ("grpc-timeout", "1S")], message)
        self.assertEqual((answer.status, answer.body), (200, message), answer)
        self.assertIn(("grpc-status", "0"), answer.trailers)
        [request] = self.service.requests
        self.assertEqual((request[":path"], request["te"], request["grpc-timeout"]),
                         ("/greeter.Greeter/SayHello", "trailers", "1S"))
        self.assertNotIn("x-forwarded-server", request)

    def test_a_stream(self):
        """Each message is answered while the request goes on."""
        stream = self.connection.open("POST", "/greeter.Greeter/SayHello",
                                      [("content-type", "application/grpc"), ("te", "trailers")], end=False)
        self.assertEqual(self.connection.answers[stream].body, b"")
        said = b""
        for word in (b"\0\0\0\0\1a", b"\0\0\0\0\1b", b"\0\0\0\0\1c"):
            self.connection.send(stream, word, end=False)
            said += word
            while self.connection.answers[stream].body != said:
                self.connection.receive()
        self.connection.h2.end_stream(stream)
        self.connection.flush()
        self.assertIn(("grpc-status", "0"), self.connection.answer(stream).trailers)

    def test_what_is_not_declared_is_refused(self):
        grpc = [("content-type", "application/grpc"), ("te", "trailers")]
        self.assertEqual(self.connection.ask("POST", "/greeter.Greeter/Other", grpc, b"x").status, 404)
        self.assertEqual(self.connection.ask("POST", "/greeter.Greeter/SayHello", [("content-type", "text/plain")],
                                             b"x").status, 415)
        self.assertEqual(self.service.requests, [])


class Metrics(unittest.TestCase):
    def test_by_rule_operation_and_time(self):
        with Upstream() as upstream, Guard(upstream, metrics=True, workers=2) as guard:
            upstream.on("*", raw_answer(200, ITEM))
            for _ in range(5):
                self.assertEqual(guard.get("/items/7").status, 200)
            for _ in range(3):
                self.assertEqual(guard.get("/items/none").status, 400)
            self.assertEqual(guard.get("/nowhere").status, 404)
            guard.events.wait_for(9)
            guard.reload()
            of = 'portico_operation_requests_total{api="Shop",operation="%s",verdict="%s"}'
            self.assertEqual(guard.metric(of % ("getItem", "allowed")), 5)
            self.assertEqual(guard.metric(of % ("getItem", "refused")), 3)
            self.assertEqual(guard.metric(of % ("listItems", "allowed")), 0)
            self.assertEqual(guard.metric('portico_objections_total{rule="request-parameter-invalid"}'), 3)
            self.assertEqual(guard.metric('portico_objections_total{rule="request-path-unknown"}'), 1)
            self.assertEqual(guard.metric('portico_guard_seconds_bucket{le="+Inf"}'), 9)
            self.assertEqual(guard.metric("portico_guard_seconds_count"), 9)
            self.assertEqual(guard.metric("portico_request_seconds_count"), 9)
            with guard.connect(guard.metrics_port) as wire:
                wire.send(raw_request("GET", "/metrics", [("Connection", "close")]))
                text = wire.answer().body.decode()
            bounds = [line.split() for line in text.splitlines() if line.startswith("portico_guard_seconds_bucket")]
            counts = [int(count) for _, count in bounds]
            self.assertEqual(counts, sorted(counts))
            self.assertEqual(bounds[0][0], 'portico_guard_seconds_bucket{le="2e-06"}')
            spent = [float(line.split()[1]) for line in text.splitlines() if line.startswith("portico_guard_seconds_sum")]
            self.assertTrue(0 < spent[0] < 1, spent)


class Rights(unittest.TestCase):
    def test_workers_have_none(self):
        with Upstream() as upstream, Guard(upstream) as guard:
            status = pathlib.Path(f"/proc/{guard.workers()[0]}/status").read_text()
            fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
            self.assertNotIn("0", fields["Uid"].split())
            self.assertEqual(int(fields["CapEff"], 16), 0)


if __name__ == "__main__":
    unittest.main()
