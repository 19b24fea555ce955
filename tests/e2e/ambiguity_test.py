#!/usr/bin/python3
"""Nothing that two servers could read in two ways reaches the service.

The corpus is data in ambiguity/: framing, header fields, targets, bodies, HTTP/2. The service of these tests records bytes
and reads them by the letter of RFC 9112: whatever it receives must have one reading, be what the corpus says, and nothing
else.
"""
import pathlib
import re
import socket
import threading
import unittest

from harness import Guard, wait
from http2_test import Http2
from wire import Closed, raw_answer, raw_request

CORPUS = pathlib.Path(__file__).resolve().parent / "ambiguity"
SENTINEL = "/items/424242"
SILENCE = 0.15  # seconds: what has not been answered by then waits for bytes that do not come
TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
TARGET = re.compile(rb"/[!$&-;=?-Z_a-z~%]*\Z")
HOST = re.compile(rb"([A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?\Z")
HOP_BY_HOP = {b"keep-alive", b"proxy-connection", b"te", b"trailer", b"upgrade", b"http2-settings", b"expect", b"proxy",
              b"proxy-authorization"}


def unescape(text):
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1")


def lines_of(name):
    text = (CORPUS / name).read_text(encoding="ascii")
    return [line for line in text.split("\n") if line and not line.startswith("#")]


class Ambiguous(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Ambiguous(what)


class Strict:
    """Reads requests off a connection by the letter; keeps what it saw, and what could be read in two ways."""

    def __init__(self):
        self.lock = threading.Lock()
        self.targets, self.fields, self.objections = [], [], []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
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
        buffer = b""
        with sock:
            while True:
                try:
                    while b"\r\n\r\n" not in buffer:
                        data = sock.recv(65536)
                        if not data:
                            if buffer:
                                self._object(f"half a request: {buffer!r}")
                            return
                        buffer += data
                    head, _, buffer = buffer.partition(b"\r\n\r\n")
                    method, target, fields, length = self._read_head(head)
                    while len(buffer) < length:
                        buffer += sock.recv(65536) or check(False, "half a body")
                    buffer = buffer[length:]
                except Ambiguous as error:
                    self._object(str(error))
                    return
                except OSError:
                    return
                with self.lock:
                    self.targets.append(target.decode("latin-1"))
                    self.fields.append(fields)
                sock.sendall(self._answer(method, target.partition(b"?")[0]))

    def _object(self, text):
        with self.lock:
            self.objections.append(text)

    @staticmethod
    def _read_head(head):
        check(not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", head), f"bare line ends or NUL in {head!r}")
        line, *rest = head.split(b"\r\n")
        parts = line.split(b" ")
        check(len(parts) == 3 and parts[2] == b"HTTP/1.1", f"request line {line!r}")
        method, target, _ = parts
        check(re.fullmatch(rb"[A-Z]+", method), f"method {method!r}")
        check(TARGET.match(target), f"target {target!r}")
        fields = {}
        for field in rest:
            name, colon, value = field.partition(b":")
            check(colon and TOKEN.match(name), f"field {field!r}")
            check(not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", value), f"control bytes in {field!r}")
            fields.setdefault(name.lower(), []).append(value.strip(b" \t"))
        for name in (b"host", b"content-length", b"transfer-encoding", b"content-type", b"authorization", b"cookie",
                     b"x-request-id", b"connection"):
            check(len(fields.get(name, [])) <= 1, f"{name!r} repeated: {fields.get(name)}")
        check(b"host" in fields and HOST.match(fields[b"host"][0]), f"host {fields.get(b'host')}")
        # The guard reads whole bodies, so it knows their length.
        check(b"transfer-encoding" not in fields, f"transfer coding {fields.get(b'transfer-encoding')}")
        check(not HOP_BY_HOP & set(fields), f"fields of the client's connection: {HOP_BY_HOP & set(fields)}")
        check(fields.get(b"connection", [b""])[0] in (b"", b"close", b"keep-alive"), f"{fields.get(b'connection')}")
        length = fields.get(b"content-length", [b"0"])[0]
        check(re.fullmatch(rb"0|[1-9][0-9]*", length), f"length {length!r}")
        return method, target, fields, int(length)

    @staticmethod
    def _answer(method, path):
        item = {"id": 7, "name": "pen"}
        if path == b"/forms" or path == b"/files":
            return raw_answer(204, media=None)
        if path == b"/items" and method == b"POST":
            return raw_answer(201, item)
        return raw_answer(200, [] if path in (b"/items", b"/search", b"/batch") else item)

    def take(self):
        """What was seen since the last time."""
        with self.lock:
            seen = self.targets, self.fields, self.objections
            self.targets, self.fields, self.objections = [], [], []
        return seen

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class AmbiguityTest(unittest.TestCase):
    GUARD = {}

    @classmethod
    def setUpClass(cls):
        cls.service = Strict()
        cls.addClassCleanup(cls.service.close)
        cls.guard = Guard(cls.service.url, policy="version: 1\n", **cls.GUARD)
        cls.addClassCleanup(cls.guard.stop)

    def exchange(self, data):
        """Sends bytes on a connection of their own; what came back until the end, or until nothing more came."""
        answer = b""
        with self.guard.connect() as wire:
            wire.sock.settimeout(SILENCE)
            try:
                wire.send(data)
                while more := wire.sock.recv(65536):
                    answer += more
                    wire.sock.settimeout(SILENCE / 3)
            except (TimeoutError, ConnectionError):
                pass
        return answer

    def settle(self):
        """There is one worker, and it has dealt with all that was sent before this."""
        self.assertEqual(self.guard.get(SENTINEL).status, 200)
        targets, fields, objections = self.service.take()
        self.assertEqual(targets.pop(), SENTINEL)
        return targets, fields[:-1], objections

    def assert_outcome(self, wanted, targets, answer=None):
        """`targets` are what the service must see when `wanted` says forwarded."""
        seen, fields, objections = self.settle()
        self.assertEqual(objections, [])
        self.assertFalse([t for t in seen if "smuggled" in t], seen)
        self.assertFalse([f for f in fields if b"smuggled" in b" ".join(sum(f.values(), [])).lower()], fields)
        if wanted == "refused":
            self.assertEqual(seen, [], answer)
            if answer:
                self.assertRegex(answer, rb"\A(HTTP/1\.1 100 [^\r]*\r\n\r\n)?HTTP/1\.1 [45]\d\d |\A<html>|\A\{")
        elif wanted == "forwarded" or seen:
            self.assertEqual(seen, targets, answer)
        return fields


class Framing(AmbiguityTest):
    def test_framing(self):
        entries = re.split(r"^## ", (CORPUS / "framing.txt").read_text(encoding="ascii"), flags=re.M)[1:]
        self.assertGreater(len(entries), 90)
        for entry in entries:
            name, outcome, data = entry.split("\n", 2)
            wanted, *targets = outcome.split()
            with self.subTest(name):
                data = b"".join(unescape(line[:-1]) if line.endswith("\\") and not line.endswith("\\\\")
                                else unescape(line) + b"\r\n" for line in data.removesuffix("\n").split("\n"))
                self.assert_outcome(wanted, targets, self.exchange(data))

    def test_fields(self):
        for line in lines_of("fields.txt"):
            with self.subTest(line):
                wanted, text = line.split(None, 1) if "-host" not in line else line.split("-host ", 1)
                host = "-host" not in line
                text, *gone = text.split(" !")
                data = b"GET /items/7 HTTP/1.1\r\n" + b"Host: api.example\r\n" * host + unescape(text) + b"\r\n\r\n"
                for field in self.assert_outcome(wanted.strip(), ["/items/7"], self.exchange(data)):
                    self.assertFalse({name.lower().encode() for name in gone} & set(field), field)

    def test_targets(self):
        for line in lines_of("targets.txt"):
            with self.subTest(line):
                wanted, target = line.split(None, 1)
                arrives = target
                if wanted == "forwarded-as":
                    wanted = "forwarded"
                    arrives, target = target.split()
                data = b"GET " + unescape(target) + b" HTTP/1.1\r\nHost: api.example\r\n\r\n"
                self.assert_outcome(wanted, [arrives], self.exchange(data))

    def test_bodies(self):
        for line in lines_of("bodies.txt"):
            with self.subTest(line):
                wanted, path, media, body = re.fullmatch(r"(\S+) +(\S+) <(.*?)> (.*)", line).groups()
                data = raw_request("POST", path, [("Content-Type", media)], unescape(body))
                self.assert_outcome(wanted, [path], self.exchange(data))


class Http2Fields(AmbiguityTest):
    GUARD = {"tls": True}

    def test_http2(self):
        for line in lines_of("http2.txt"):
            with self.subTest(line):
                wanted, text = line.split(None, 1)
                self.ask(text)
                self.assert_outcome(wanted, ["/items/7"])

    def ask(self, text):
        given, left_out = [], set()
        for field in text.split("|"):
            if field.startswith("-:"):
                left_out.add(field[1:])
                continue
            name, value = re.fullmatch(r"(:?[^:]*): ?(.*)", field).groups()
            given.append((unescape(name), unescape(value)))
        names = {name for name, _ in given} | {name.encode() for name in left_out}
        usual = [(b":method", b"GET"), (b":scheme", b"https"), (b":authority", b"api.example"), (b":path", b"/items/7")]
        with self.guard.connect(alpn=("h2",)) as wire:
            connection = Http2(wire, validate=False)
            stream = connection.h2.get_next_available_stream_id()
            connection.h2.send_headers(stream, [f for f in usual if f[0] not in names] + given, end_stream=True)
            connection.flush()
            wire.sock.settimeout(SILENCE)
            try:
                while wire.sock.recv(65536):
                    wire.sock.settimeout(SILENCE / 3)
            except (TimeoutError, ConnectionError):
                pass


del AmbiguityTest
if __name__ == "__main__":
    unittest.main()
