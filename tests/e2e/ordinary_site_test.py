#!/usr/bin/python3
"""An ordinary site beside a guarded API: byte by byte what nginx serves without the module."""
import os
import re
import unittest

from harness import Nginx, Upstream
from wire import chunked_answer, raw_answer

FILES = {
    "site/index.html": "<h1>Home</h1>\n",
    "site/page.html": "<p>" + "page " * 400 + "</p>\n",
    "site/large.txt": "".join(f"line {i}\n" for i in range(40000)),
    "site/empty.txt": "",
    "site/data.json": '{"id": "not what any contract says"}\n',
    "site/folder/index.html": "folder\n",
    "site/list/a.txt": "a\n",
    "site/list/b.txt": "b\n",
    "site/include.shtml": '<!--#include virtual="/page.html" --><!--#echo var="REQUEST_URI" -->\n',
    "site/sorry.html": "<h1>Sorry</h1>\n",
    "site/secret/x.html": "secret\n",
    "site/password": "user:{PLAIN}password\n",
}
SITE = """
  types { text/html html shtml; text/plain txt; application/json json; }
  default_type application/octet-stream; sendfile on; port_in_redirect off; absolute_redirect off;
  gzip_types text/plain application/json; gzip_min_length 100; client_max_body_size 1k;
  log_format plain "$status $body_bytes_sent $request_method $uri";
  access_log @HOME@/access.log plain;
  server {
    listen @PORT@; root @HOME@/site;
    location / { etag on; }
    location /list/ { autoindex on; autoindex_format json; autoindex_localtime off; }
    location /zip/ { alias @HOME@/site/; gzip on; gunzip on; }
    location ~ [.]shtml$ { ssi on; }
    location /sub/ { alias @HOME@/site/; sub_filter page sheet; sub_filter_once off; }
    location /added/ { alias @HOME@/site/; add_header X-Added yes always; expires 1h; }
    location = /gone { return 410; }
    location = /said { return 200 "said\\n"; }
    location = /moved { return 301 /page.html; }
    location /old/ { rewrite ^/old/(.*)$ /$1 last; }
    location /tried/ { try_files $uri /page.html =404; }
    location /secret/ { auth_basic "Secret"; auth_basic_user_file @HOME@/site/password; }
    location /never/ { deny all; }
    location /asked/ { auth_request /said; alias @HOME@/site/; }
    location /errors/ { error_page 404 /sorry.html; error_page 403 =200 /sorry.html; }
    location /proxied/ { proxy_pass @UPSTREAM@; proxy_http_version 1.1; proxy_set_header Connection ""; }
    location /mirrored/ { mirror /said; alias @HOME@/site/; }
    location /sliced/ { max_ranges 1; alias @HOME@/site/; }
    @GUARDED@
  }
"""
GUARDED = "location /guarded/ { portico_contract @CONTRACT@; proxy_pass @UPSTREAM@; }"

GETS = ["/", "/page.html", "/large.txt", "/empty.txt", "/data.json", "/folder", "/folder/", "/list/", "/zip/large.txt",
        "/zip/page.html", "/include.shtml", "/sub/page.html", "/added/page.html", "/added/none.html", "/gone", "/said",
        "/moved", "/old/page.html", "/old/none", "/tried/none", "/secret/x.html", "/never/", "/asked/page.html",
        "/errors/none", "/none", "/none.html?q=a", "//page.html", "/folder/../page.html", "/page.html/",
        "/%70age.html", "/page%2ehtml", "/a%00b", "/%2e%2e/%2e%2e/etc/passwd", "/page.html?a=b&a=c", "/proxied/length",
        "/proxied/chunked", "/proxied/empty", "/proxied/error", "/proxied/redirect", "/proxied/fields",
        "/mirrored/page.html", "/sliced/page.html", "/page.html;x", "/~", "/%zz", "/" + 9000 * "x"]
FIELDS = ["Range: bytes=0-9", "Range: bytes=-5", "Range: bytes=5-", "Range: bytes=0-1,4-5", "Range: bytes=999999-",
          "Range: lines=1-2", "Range: bytes=0-9\r\nIf-Range: \"none\"", "If-None-Match: *", "If-None-Match: \"none\"",
          "If-Modified-Since: Wed, 01 Jan 2025 00:00:00 GMT", "If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT",
          "If-Unmodified-Since: Mon, 01 Jan 2024 00:00:00 GMT", "If-Match: \"none\"", "Accept-Encoding: gzip",
          "Expect: 100-continue", "Connection: close", "Connection: keep-alive", "X-Note: a\x01b", "Cookie: a=1",
          "Authorization: Basic dXNlcjpwYXNzd29yZA==", "Authorization: Basic bm8=", "X_Under: 1", "Upgrade: h2c"]


def requests():
    def ask(line, *fields, body=b"", host="Host: site.example\r\n"):
        return (line + "\r\n" + host + "".join(field + "\r\n" for field in fields) + "\r\n").encode("latin-1") + body
    for target in GETS:
        for method in ("GET", "HEAD"):
            yield ask(f"{method} {target} HTTP/1.1")
        yield ask(f"GET {target} HTTP/1.0")
    for field in FIELDS:
        for target in ("/page.html", "/large.txt", "/zip/large.txt", "/secret/x.html", "/proxied/length"):
            yield ask(f"GET {target} HTTP/1.1", field)
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "get", "CONNECT"):
        yield ask(f"{method} /page.html HTTP/1.1", "Content-Length: 4", body=b"body")
        yield ask(f"{method} /proxied/length HTTP/1.1", "Content-Length: 4", body=b"body")
    yield ask("POST /proxied/length HTTP/1.1", "Content-Length: 2000", body=2000 * b"x")
    yield ask("POST /proxied/length HTTP/1.1", "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n0\r\n\r\n")
    yield ask("POST /proxied/length HTTP/1.1", "Transfer-Encoding: chunked", "Content-Length: 3", body=b"0\r\n\r\n")
    yield ask("GET / HTTP/1.1", host="")
    yield ask("GET / HTTP/1.1", host="Host: a@b\r\n")
    yield ask("GET http://other.example/page.html HTTP/1.1")
    yield b"GET /page.html\r\n"
    yield b"GET /page.html HTTP/1.1\nHost: a\n\n"
    yield b"\0\0\0\0\r\n\r\n"
    yield b"GET / HTTP/9.9\r\n\r\n"
    yield ask("GET /said HTTP/1.1") * 3 + ask("GET /none HTTP/1.1") + ask("GET /page.html HTTP/1.1")


class OrdinarySite(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.upstream.on("*", raw_answer(200, b"plain", [("X-One", "1"), ("X-One", "2"), ("Server", "mine")]))
        self.upstream.on("GET /proxied/chunked", chunked_answer([b"a" * 5000, b"b"]))
        self.upstream.on("GET /proxied/empty", raw_answer(204, media=None))
        self.upstream.on("GET /proxied/error", raw_answer(500, b"broken", media="text/plain"))
        self.upstream.on("GET /proxied/redirect", raw_answer(302, b"", [("Location", "/elsewhere")]))
        self.upstream.on("GET /proxied/fields", raw_answer(200, b"x", [("X-Accel-Expires", "1"), ("Set-Cookie", "a=b"),
                                                                     ("Set-Cookie", "c=d"), ("ETag", '"e"')]))
        self.upstream.on("HEAD /proxied/length", lambda wire, _: wire.send(raw_answer(200, b"").replace(b": 0", b": 5")))

    def site(self, guarded):
        nginx = Nginx(SITE.replace("@GUARDED@", GUARDED if guarded else ""), self.upstream, module=guarded, files=FILES)
        self.addCleanup(nginx.stop)
        for name in FILES:
            os.utime(nginx.home / name, (1735689600, 1735689600))
        return nginx

    @staticmethod
    def told(nginx, data):
        """All that comes back, without what differs from second to second and from folder to folder."""
        with nginx.connect() as wire:
            wire.sock.settimeout(0.05)
            answer = b""
            try:
                wire.send(data)
                while more := wire.sock.recv(1 << 20):
                    answer += more
            except (TimeoutError, ConnectionError):
                pass
        answer = re.sub(rb"(?m)^(Date|Expires): [^\r]*\r\n", b"", answer)
        return re.sub(rb"\b0000[0-9]{16}\b", b"boundary", answer)

    def test_the_same_bytes_with_and_without_the_module(self):
        plain, guarded = self.site(False), self.site(True)
        self.assertEqual(guarded.get("/guarded/items").status, 404)
        count = 0
        for data in requests():
            with self.subTest(data[:200]):
                wanted = self.told(plain, data)
                self.assertEqual(self.told(guarded, data), wanted)
                count += wanted != b""
        self.assertGreater(count, 250)
        logs = [(nginx.home / "access.log").read_text().splitlines() for nginx in (plain, guarded)]
        self.assertEqual([line for line in logs[1] if "/guarded/" not in line], logs[0])
        for nginx in (plain, guarded):
            self.assertEqual(nginx.process.count("alert"), 0, nginx.process.said)


if __name__ == "__main__":
    unittest.main()
