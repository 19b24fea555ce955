"""HTTP/1 as bytes: messages made and read without help, so that tests see and send exactly what they mean."""
import contextlib
import json


class Message:
    """A request or an answer: start line, fields in their order, body."""

    def __init__(self, start, fields, body):
        self.start = start
        self.fields = fields
        self.body = body

    @property
    def status(self):
        return int(self.start.split(" ")[1])

    @property
    def method(self):
        return self.start.split(" ")[0]

    @property
    def target(self):
        return self.start.split(" ")[1]

    @property
    def path(self):
        return self.target.partition("?")[0]

    def all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def field(self, name):
        values = self.all(name)
        return values[0] if values else None

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.start} {self.fields} {self.body[:300]!r}"


class Closed(Exception):
    """The other side closed in the middle of a message, or before it; `got` is what came."""

    def __init__(self, got=b""):
        super().__init__(f"closed after {got[:300]!r}")
        self.got = got


class Wire:
    """One connection and what was read from it but not used yet."""

    def __init__(self, sock):
        self.sock = sock
        self.buffer = b""

    def send(self, data):
        self.sock.sendall(data)

    def _more(self):
        data = self.sock.recv(65536)
        if not data:
            raise Closed(self.buffer)
        self.buffer += data

    def _line(self):
        while b"\r\n" not in self.buffer:
            self._more()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode("latin-1")

    def take(self, size):
        while len(self.buffer) < size:
            self._more()
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def until(self, mark):
        while mark not in self.buffer:
            self._more()
        end = self.buffer.index(mark) + len(mark)
        data, self.buffer = self.buffer[:end], self.buffer[end:]
        return data

    def rest(self):
        """Everything until the other side closes."""
        with contextlib.suppress(Closed, ConnectionResetError):
            while True:
                self._more()
        data, self.buffer = self.buffer, b""
        return data

    def closed_by_peer(self):
        """Waits for the close; True if nothing came before it."""
        return self.rest() == b""

    def head(self):
        start = self._line()
        fields = []
        while line := self._line():
            name, _, value = line.partition(":")
            fields.append((name, value.strip()))
        return Message(start, fields, b"")

    def body_of(self, message, until_close=False):
        if "chunked" in (message.field("Transfer-Encoding") or "").lower():
            body = b""
            while size := int(self._line().split(";")[0], 16):
                body += self.take(size)
                self.take(2)
            while self._line():
                pass
            return body
        length = message.field("Content-Length")
        if length is not None:
            return self.take(int(length))
        return self.rest() if until_close else b""

    def request(self):
        message = self.head()
        if (message.field("Expect") or "").lower() == "100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        message.body = self.body_of(message)
        return message

    def answer(self, method="GET"):
        message = self.head()
        bodyless = method == "HEAD" or message.status in (204, 304) or message.status < 200
        if not bodyless:
            message.body = self.body_of(message, until_close=True)
        return message

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def raw_answer(status=200, body=b"", fields=(), media="application/json"):
    """An answer with Content-Length, as bytes."""
    if isinstance(body, (dict, list)):
        body = json.dumps(body).encode()
    if isinstance(body, str):
        body = body.encode()
    lines = [f"HTTP/1.1 {status} Whatever"]
    if media:
        lines.append(f"Content-Type: {media}")
    if not any(name.lower() == "content-length" for name, _ in fields) and status not in (204, 304):
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in fields]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def chunked_answer(parts, status=200, fields=(), media="application/json", end=b"0\r\n\r\n"):
    head = [f"HTTP/1.1 {status} Whatever", f"Content-Type: {media}", "Transfer-Encoding: chunked"]
    head += [f"{name}: {value}" for name, value in fields]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + b"".join(chunk(part) for part in parts) + end


def raw_request(method, target, fields=(), body=None, host="api.example", version="HTTP/1.1"):
    lines = [f"{method} {target} {version}"]
    if host is not None:
        lines.append(f"Host: {host}")
    lines += [f"{name}: {value}" for name, value in fields]
    names = {name.lower() for name, _ in fields}
    if body is not None and not names & {"content-length", "transfer-encoding"}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")
