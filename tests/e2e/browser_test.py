#!/usr/bin/python3
"""What browsers see: preflights, header fields of every kind of answer, calls from other sites, versions that end."""
import datetime
import unittest

from harness import Guard, GuardTest, Nginx, Upstream
from http2_test import Http2
from wire import raw_answer, raw_request

POLICY = """
version: 1
cors: {origins: ['https://app.example'], credentials: true, operations: [getItem, putItem, listItems]}
csrf: {operations: [addItem]}
headers: {set: {X-Team: shop, Server: porch}, remove: [X-Inner, Location]}
lifecycle:
  deprecations:
    - {operations: [getPage], deprecated: 2026-01-01, sunset: 2020-01-02}
"""
ITEM = {"id": 7, "name": "pen"}
TELLING = [("Server", "Werkzeug/1"), ("X-Powered-By", "PHP"), ("X-Inner", "10.0.0.1"), ("X-Other", "kept")]
SAFE = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}


class Browsers(GuardTest):
    GUARD = {"policy": POLICY.replace("deprecated: 2026-01-01", "deprecated: 2019-01-01")}

    def setUp(self):
        super().setUp()
        self.upstream.on("*", raw_answer(200, ITEM, TELLING))

    def assert_safe(self, answer):
        for name, value in SAFE.items():
            self.assertEqual(answer.all(name), [value], answer)
        self.assertEqual(answer.all("X-Team"), ["shop"])
        self.assertEqual(answer.all("Server"), ["porch"])
        self.assertEqual(answer.all("X-Powered-By") + answer.all("X-Inner"), [])

    def test_every_kind_of_answer_has_the_fields(self):
        self.upstream.on("GET /items/8", raw_answer(200, {"id": 0}, TELLING))
        self.upstream.on("PUT /items/7", raw_answer(204, media=None, fields=TELLING))
        self.upstream.on("GET /files", raw_answer(200, b"x", TELLING, media="application/octet-stream"))
        put = [("X-Version", "1"), ("Content-Type", "application/json")]
        self.assert_safe(self.guard.get("/items/7"))                     # checked and released
        self.assertEqual(self.guard.get("/items/7").field("X-Other"), "kept")
        self.assert_safe(self.guard.get("/files"))                       # passed unread
        self.assert_safe(self.guard.ask("PUT", "/items/7", put, b'{"id":7,"name":"x"}'))
        self.assert_safe(self.guard.get("/nowhere"))                     # refused request
        self.assert_safe(self.guard.get("/items/8"))                     # refused response
        self.assert_safe(self.guard.ask("HEAD", "/items/7"))

    def test_a_preflight_never_reaches_the_service(self):
        fields = [("Origin", "https://app.example"), ("Access-Control-Request-Method", "PUT"),
                  ("Access-Control-Request-Headers", "content-type,x-version")]
        with self.guard.connect() as wire:
            for _ in range(2):
                wire.send(raw_request("OPTIONS", "/items/7", fields))
                answer = wire.answer()
                self.assertEqual((answer.status, wire.buffer), (204, b""))
                self.assertEqual(answer.all("Access-Control-Allow-Origin"), ["https://app.example"])
                self.assertEqual(answer.all("Access-Control-Allow-Credentials"), ["true"])
                self.assertEqual(answer.all("Access-Control-Allow-Methods"), ["GET, PUT, DELETE"])
                self.assertEqual(answer.all("Access-Control-Allow-Headers"), ["Content-Type, X-Version"])
                self.assertIn("Origin", answer.all("Vary"))
        self.assertEqual(self.upstream.seen(), [])
        event = self.guard.events.last_of_path("/items/7")
        self.assertEqual((event["verdict"], event["status"], event["operation"]), ("allowed", 204, "putItem"))

    def test_a_refused_preflight(self):
        fields = [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "PUT")]
        answer = self.guard.ask("OPTIONS", "/items/7", fields)
        self.assert_refused(answer, "request-origin-unknown", 403)
        self.assertEqual(answer.field("Access-Control-Allow-Origin"), None)

    def test_the_services_cors_is_replaced(self):
        said = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Credentials", "true"), ("Vary", "Accept")]
        self.upstream.on("GET /items/7", raw_answer(200, ITEM, said))
        answer = self.guard.get("/items/7", [("Origin", "https://app.example")])
        self.assertEqual(answer.all("Access-Control-Allow-Origin"), ["https://app.example"])
        self.assertEqual(answer.all("Vary"), ["Accept", "Origin"])
        answer = self.guard.get("/items/7")
        self.assertEqual(answer.all("Access-Control-Allow-Origin") + answer.all("Access-Control-Allow-Credentials"), [])

    def test_a_forged_call(self):
        self.upstream.on("POST /items", raw_answer(201, ITEM))
        self.assertEqual(self.guard.post("/items", ITEM, [("Sec-Fetch-Site", "same-origin")]).status, 201)
        self.assertEqual(self.guard.post("/items", ITEM).status, 201)
        answer = self.guard.post("/items", ITEM, [("Sec-Fetch-Site", "cross-site")])
        self.assert_refused(answer, "request-cross-site", 403)
        # cors does not name the operation, so its origins' scripts may not call it
        answer = self.guard.post("/items", ITEM, [("Origin", "https://app.example")])
        self.assert_refused(answer, "request-origin-unknown", 403)

    def test_a_redirect_without_its_location(self):
        """nginx keeps a pointer to this field, and would write it all the same."""
        self.upstream.on("GET /page", raw_answer(302, b"", [("Location", "/inner")], media=None))
        with Guard(self.upstream, policy="version: 1\nheaders: {remove: [Location]}\n") as guard:
            answer = guard.get("/page")
            self.assertEqual((answer.status, answer.all("Location")), (302, []))

    def test_an_operation_that_is_gone(self):
        answer = self.guard.get("/page")
        self.assert_refused(answer, "request-operation-retired", 410)
        self.assertEqual(answer.field("Sunset"), "Thu, 02 Jan 2020 00:00:00 GMT")
        self.assertEqual(answer.field("Deprecation"), "@1546300800")
        self.assertEqual(self.upstream.seen(), [])

    def test_no_server_at_all(self):
        with Guard(self.upstream, policy="version: 1\n", tls=True) as guard:
            for target in ("/items/7", "/nowhere"):
                answer = guard.get(target)
                self.assertEqual(answer.all("Server"), [], answer)
                self.assertEqual(answer.all("Strict-Transport-Security"), ["max-age=31536000"])
                self.assertEqual(len(answer.all("Date")), 1)
            with guard.connect(alpn=("h2",)) as wire:
                connection = Http2(wire)
                answer = connection.ask("GET", "/items/7")
                self.assertEqual((answer.status, answer.field("server"), answer.field("x-powered-by")),
                                 (200, None, None))
                self.assertEqual(answer.field("x-content-type-options"), "nosniff")
                self.assertEqual(answer.field("strict-transport-security"), "max-age=31536000")

    def test_monitor_mode_changes_nothing(self):
        with Guard(self.upstream, policy=POLICY.replace("sunset: 2020-01-02", "sunset: 2030-01-02"),
                   arguments=["--mode", "monitor"]) as guard:
            answer = guard.get("/items/7", [("Origin", "https://evil.example")])
            self.assertEqual((answer.status, answer.field("X-Powered-By")), (200, "PHP"))
            self.assertEqual([answer.field(name) for name in SAFE], [None] * len(SAFE))
            event = guard.events.last_of_path("/items/7")
            self.assertEqual((event["verdict"], event["rules"]), ("reported", ["request-origin-unknown"]))


class Dates(unittest.TestCase):
    def test_an_operation_ends_while_the_guard_runs(self):
        """No reload is needed."""
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=3)
        policy = ("version: 1\nlifecycle: {deprecations: [{operations: [getItem], sunset: '%s'}]}\n" %
                  soon.strftime("%Y-%m-%dT%H:%M:%SZ"))
        with Upstream() as upstream, Guard(upstream, policy=policy) as guard:
            upstream.on("*", raw_answer(200, ITEM))
            self.assertEqual(guard.get("/items/7").status, 200)
            while (answer := guard.get("/items/7")).status == 200:
                self.assertLess(datetime.datetime.now(datetime.timezone.utc), soon + datetime.timedelta(seconds=1))
            self.assertEqual(answer.status, 410)


class InAnotherNginx(unittest.TestCase):
    def test_fields_of_a_site_that_is_not_guarded_stay(self):
        with Upstream() as upstream:
            upstream.on("*", raw_answer(200, ITEM, TELLING))
            with Nginx("""server { listen @PORT@; location / { proxy_pass @UPSTREAM@; }
                          location /items { portico_contract @CONTRACT@; proxy_pass @UPSTREAM@; } }""",
                       upstream) as nginx:
                answer = nginx.get("/free")
                self.assertEqual((answer.field("X-Powered-By"), answer.field("X-Frame-Options")), ("PHP", None))
                answer = nginx.get("/items/7")
                self.assertEqual((answer.field("X-Powered-By"), answer.field("X-Frame-Options")), (None, "DENY"))
                self.assertEqual(answer.field("Server"), None)


if __name__ == "__main__":
    unittest.main()
