#!/usr/bin/python3
"""Every rule for requests: what is answered, what the event says, and that the service never saw it."""
import unittest

from harness import GuardTest
from wire import raw_answer

POLICY = """
version: 1
hosts: [api.example, localhost]
requests: {max_body: 64k}
limits:
  - {operations: [login], per: address, rate: 1/day, burst: 2}
"""
ITEM = {"id": 7, "name": "pen"}
SECRET = "hunter2secret"
FORM = "application/x-www-form-urlencoded"


class RequestRules(GuardTest):
    GUARD = {"policy": POLICY}

    def refuse(self, answer, rule, status, secrets=(SECRET,)):
        document = self.assert_refused(answer, rule, status, secrets)
        self.assertEqual(self.upstream.seen(), [])
        return document

    def test_an_allowed_request_reaches_the_service_unchanged(self):
        self.upstream.on("POST /items", raw_answer(201, ITEM))
        answer = self.guard.post("/items", ITEM, [("X-Custom", "as it was")])
        self.assertEqual((answer.status, answer.json()), (201, ITEM))
        [request] = self.upstream.seen()
        self.assertEqual((request.target, request.json()), ("/items", ITEM))
        self.assertEqual(request.field("X-Custom"), "as it was")
        self.assertEqual(request.field("Host"), "api.example")
        event = self.guard.events.of(request.field("X-Request-Id"))
        self.assertEqual((event["verdict"], event["operation"], event["status"], event["upstream_status"]),
                         ("allowed", "addItem", 201, 201))

    def test_request_target_ambiguous(self):
        for target in ("/items%2f7", "/items//7", "/items/./7", "/items/7%5c..", "/items/%2e%2e/me"):
            with self.subTest(target):
                self.refuse(self.guard.get(target), "request-target-ambiguous", 400)

    def test_a_malformed_value_in_the_query(self):
        document = self.refuse(self.guard.get("/search?q=%zz" + SECRET), "request-parameter-invalid", 400)
        self.assertTrue(document["detail"].startswith("query/q"), document)

    def test_request_host_unknown(self):
        self.refuse(self.guard.get("/items", host=SECRET + ".example"), "request-host-unknown", 421, ())

    def test_request_path_unknown(self):
        self.refuse(self.guard.get("/admin/" + SECRET), "request-path-unknown", 404, ())

    def test_request_method_undeclared(self):
        answer = self.guard.ask("DELETE", "/items")
        self.refuse(answer, "request-method-undeclared", 405)
        allow = {method.strip() for method in answer.field("Allow").split(",")}
        self.assertLessEqual({"GET", "POST"}, allow)
        self.assertNotIn("DELETE", allow)

    def test_request_limit_exceeded(self):
        self.upstream.on("POST /login", raw_answer(204, media=None))
        def login():
            return self.guard.post("/login", f"user=a&password={SECRET}", media=FORM)
        self.assertEqual([login().status, login().status], [204, 204])
        self.upstream.forget()
        answer = login()
        self.refuse(answer, "request-limit-exceeded", 429)
        self.assertGreater(int(answer.field("Retry-After")), 80000)

    def test_request_credentials_missing(self):
        answer = self.guard.get("/me")
        self.refuse(answer, "request-credentials-missing", 401)
        self.assertEqual(answer.field("WWW-Authenticate").split()[0].lower(), "bearer")
        self.refuse(self.guard.get("/me", [("Authorization", "Basic " + SECRET)]), "request-credentials-missing", 401)
        self.refuse(self.guard.ask("DELETE", "/items/7"), "request-credentials-missing", 401)

    def test_credentials_let_pass(self):
        self.upstream.on("GET /me", raw_answer(200, {"name": "Ada"}))
        self.assertEqual(self.guard.get("/me", [("Authorization", "Bearer " + SECRET)]).status, 200)
        self.upstream.on("DELETE /items/7", raw_answer(204, media=None))
        self.assertEqual(self.guard.ask("DELETE", "/items/7", [("X-Api-Key", SECRET)]).status, 204)

    def test_request_parameter_missing(self):
        document = self.refuse(self.guard.get("/search"), "request-parameter-missing", 400)
        self.assertEqual(document["detail"], "query/q")
        event = self.guard.events.of(document["request_id"])
        self.assertEqual(event["reasons"][0]["place"], "query/q")
        self.assertNotIn("upstream_status", event)
        self.refuse(self.guard.ask("PUT", "/items/7", [("Content-Type", "application/json")], b'{"id":7,"name":"x"}'),
                    "request-parameter-missing", 400)

    def test_request_parameter_invalid(self):
        for target, place in (("/items?limit=101", "query/limit"), ("/items?limit=" + SECRET, "query/limit"),
                              ("/items/0", "path/id"),
                              ("/items?tag=ok&tag=" + 21 * "x", "query/tag/1")):
            with self.subTest(target):
                document = self.refuse(self.guard.get(target), "request-parameter-invalid", 400, (SECRET, "101"))
                self.assertTrue(document["detail"].startswith(place), document)
        # What the contract does not know to be personal stays readable in the event's path, and only there.
        self.assert_problem(self.guard.get("/items/" + SECRET), "request-parameter-invalid", 400, (SECRET,))
        document = self.refuse(self.guard.get("/search?q=a", [("Cookie", "session=" + 70 * "s")]),
                                  "request-parameter-invalid", 400, (70 * "s",))
        self.assertTrue(document["detail"].startswith("cookie/session"), document)

    def test_request_parameter_repeated(self):
        self.refuse(self.guard.get(f"/search?q=a&q={SECRET}"), "request-parameter-repeated", 400)

    def test_request_parameter_undeclared(self):
        self.refuse(self.guard.get(f"/items?{SECRET}=1"), "request-parameter-undeclared", 400)

    def test_request_header_repeated(self):
        # A second Authorization or Host is refused by nginx itself.
        answer = self.guard.get("/me", [("Authorization", "Bearer a"), ("Authorization", "Bearer " + SECRET)])
        self.assert_problem(answer, "server-refused", 400, (SECRET,))
        self.refuse(self.guard.post("/items", ITEM, [("Content-Type", "text/" + SECRET)]),
                    "request-header-repeated", 400)

    def test_request_media_type_undeclared(self):
        for media in ("text/plain", "application/x-" + SECRET, "application/json; charset=utf-16", "nonsense"):
            with self.subTest(media):
                self.refuse(self.guard.post("/items", ITEM, media=media), "request-media-type-undeclared", 415)
        self.refuse(self.guard.ask("POST", "/items", body=b"{}"), "request-media-type-undeclared", 415)

    def test_request_content_coding(self):
        self.refuse(self.guard.post("/items", ITEM, [("Content-Encoding", "br")]), "request-content-coding", 415)
        self.refuse(self.guard.post("/items", SECRET, [("Content-Encoding", "gzip")]), "request-content-coding", 415)

    def test_request_body_missing(self):
        self.refuse(self.guard.ask("POST", "/items", [("Content-Type", "application/json")]),
                    "request-body-missing", 400)
        self.refuse(self.guard.post("/items", b""), "request-body-missing", 400)

    def test_an_empty_chunked_body_is_missing_too(self):
        answer = self.guard.ask("POST", "/items", [("Content-Type", "application/json"),
                                                   ("Transfer-Encoding", "chunked")], b"0\r\n\r\n")
        self.refuse(answer, "request-body-missing", 400)

    def test_request_body_undeclared(self):
        answer = self.guard.ask("GET", "/items", [("Content-Type", "application/json")], b'"%s"' % SECRET.encode())
        self.refuse(answer, "request-body-undeclared", 400)

    def test_request_body_too_large(self):
        self.refuse(self.guard.post("/items", b"[" + 65536 * b" " + b"]"), "request-body-too-large", 413)

    def test_request_body_malformed(self):
        for body in ('{"id":7,"name":"%s"' % SECRET, "", " ", '{"id":7,"name":"a","name":"%s"}' % SECRET,
                     b'{"id":7,"name":"\xff"}', "\ufeff{}", '{"id":7,"name":"\\ud800"}', '{"id":07,"name":"x"}'):
            if body == "":
                continue
            with self.subTest(body):
                document = self.refuse(self.guard.post("/items", body), "request-body-malformed", 400)
                self.assertTrue(document["detail"].startswith("body"), document)

    def test_request_body_invalid(self):
        document = self.refuse(self.guard.post("/items", {"id": 7, "name": SECRET + 40 * "x"}),
                                      "request-body-invalid", 400)
        self.assertTrue(document["detail"].startswith("body/name"), document)
        event = self.guard.events.of(document["request_id"])
        self.assertEqual(event["reasons"][0]["place"], "body/name")
        # The name of an undeclared member is the sender's word, not the contract's.
        self.refuse(self.guard.post("/items", {**ITEM, SECRET: 1}), "request-body-invalid", 400)
        self.refuse(self.guard.post("/items", {"name": SECRET}), "request-body-invalid", 400)

    def test_a_form_is_read_as_its_schema_says(self):
        self.upstream.on("POST /forms", raw_answer(204, media=None))
        self.assertEqual(self.guard.post("/forms", "user=a&password=b%20c", media=FORM).status, 204)
        self.upstream.forget()
        for body in (f"user=a&password=b&admin={SECRET}", f"user={SECRET}", f"user=a&user={SECRET}&password=b"):
            with self.subTest(body):
                self.refuse(self.guard.post("/forms", body, media=FORM), "request-body-invalid", 400)

    def test_server_refused(self):
        """What nginx refuses by itself is told in the same words."""
        with self.guard.connect() as wire:
            wire.send(b"GET /items HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
            self.assert_problem(wire.answer(), "server-refused", 400)
        with self.guard.connect() as wire:
            wire.send(b"GET /items HTTP/1.1\r\nHost: api.example\r\nX-Long: " + 20000 * b"x" + b"\r\n\r\n")
            self.assertIn(wire.answer().status, (400, 431))


if __name__ == "__main__":
    unittest.main()
