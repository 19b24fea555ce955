#!/usr/bin/python3
"""The module in an nginx that its owner configures: directives by level, variables, and nginx's other modules."""
import gzip
import json
import socket
import unittest

from harness import CONTRACT, Nginx, Upstream, wait
from wire import Wire, raw_answer, raw_request

ITEM = {"id": 7, "name": "pen"}
LEAK = "leakedsecret"


class Directives(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)

    def nginx(self, http, **how):
        nginx = Nginx(http, self.upstream, **how)
        self.addCleanup(nginx.stop)
        return nginx

    def server(self, lines, outside="", **how):
        events = "portico_event_log @HOME@/events.jsonl;"
        return self.nginx(f"{events}\n{outside}\nserver {{\nlisten @PORT@;\n{lines}\n}}\n", **how)

    def test_contract_and_mode_by_location(self):
        self.upstream.on("*", raw_answer(200, {"id": 0}))
        nginx = self.server("""
            portico_contract @CONTRACT@;
            location / { proxy_pass @UPSTREAM@; }
            location /items { portico_mode monitor; proxy_pass @UPSTREAM@; }
            location /open { portico_mode off; proxy_pass @UPSTREAM@; }""")
        self.assertEqual(nginx.get("/page").status, 502)
        self.assertEqual(nginx.get("/items/7").status, 200)
        self.assertEqual(nginx.get("/open").status, 200)
        events = nginx.events.wait_for(2)
        self.assertEqual([e["verdict"] for e in events], ["refused", "reported"])

    def test_http_level_rules(self):
        nginx = self.nginx("""portico_contract @CONTRACT@;
            server { listen @PORT@; location / { proxy_pass @UPSTREAM@; } }""")
        self.upstream.on("*", raw_answer(200, ITEM))
        self.assertEqual((nginx.get("/items/7").status, nginx.get("/nowhere").status), (200, 404))

    def test_policy_by_directive(self):
        policy = f"version: 1\ncontract: {CONTRACT}\nmode: monitor\nlimits:\n" \
                 "  - {operations: [getItem], per: address, rate: 1/day, burst: 1}\n"
        self.upstream.on("*", raw_answer(200, ITEM))
        nginx = self.server("""
            location / { portico_policy portico.yaml; proxy_pass @UPSTREAM@; }
            location /items { portico_policy portico.yaml; portico_mode block; proxy_pass @UPSTREAM@; }""",
                            files={"portico.yaml": policy})
        self.assertEqual(nginx.get("/nowhere").status, 200)
        self.assertEqual([nginx.get("/items/7").status for _ in range(2)], [200, 429])

    def test_two_contracts(self):
        other = "openapi: 3.0.3\ninfo: {title: Other, version: '1'}\npaths:\n  /other/ping:\n    get:\n" \
                "      responses:\n        '200': {description: pong}\n"
        self.upstream.on("*", raw_answer(200, ITEM))
        self.upstream.on("GET /other/ping", raw_answer(200, b"", media=None))
        nginx = self.server("""
            location / { portico_contract @CONTRACT@; proxy_pass @UPSTREAM@; }
            location /other { portico_contract other.yaml; proxy_pass @UPSTREAM@; }""", files={"other.yaml": other})
        self.assertEqual([nginx.get(path).status for path in ("/items/7", "/other/ping", "/other/pong", "/ping")],
                         [200, 200, 404, 404])
        self.assertEqual({e["api"] for e in nginx.events.wait_for(4)}, {"Shop", "Other"})

    def test_variables_and_status(self):
        self.upstream.on("*", raw_answer(200, ITEM))
        nginx = self.server("""
            access_log @HOME@/access.log told;
            portico_contract @CONTRACT@;
            location / { proxy_pass @UPSTREAM@; }
            location = /plain { portico_mode off; return 200 "plain"; }
            location = /status { portico_mode off; portico_status; }""",
            outside='log_format told "$status [$portico_verdict] [$portico_rule] [$portico_operation] $request_id";\n')
        nginx.get("/items/7")
        answer = nginx.get("/items/none")
        nginx.get("/plain")
        log = nginx.home / "access.log"
        lines = wait(lambda: len(lines := log.read_text().splitlines()) == 3 and lines, "three lines")
        self.assertTrue(lines[0].startswith("200 [allowed] [] [getItem]") or
                        lines[0].startswith("200 [allowed] [-] [getItem]"), lines)
        self.assertEqual(lines[1], "400 [refused] [request-parameter-invalid] [getItem] " + answer.json()["request_id"])
        self.assertTrue(lines[2].startswith("200 [-] [-] [-]"), lines)
        status = nginx.get("/status")
        self.assertEqual(status.status, 200)
        self.assertIn('portico_requests_total{verdict="refused"} 1', status.body.decode())
        self.assertEqual(nginx.ask("POST", "/status", body=b"x").status, 405)

    def test_gzip_after_the_verdict(self):
        self.upstream.on("GET /items", raw_answer(200, [ITEM] * 100))
        nginx = self.server("""
            portico_contract @CONTRACT@; gzip on; gzip_types application/json application/problem+json;
            gzip_min_length 1;
            location / { proxy_pass @UPSTREAM@; }""")
        answer = nginx.get("/items", [("Accept-Encoding", "gzip")])
        self.assertEqual(answer.field("Content-Encoding"), "gzip")
        self.assertEqual(json.loads(gzip.decompress(answer.body)), [ITEM] * 100)
        self.upstream.on("GET /items", raw_answer(200, [{"id": 0, "name": LEAK}] * 100))
        answer = nginx.get("/items", [("Accept-Encoding", "gzip")])
        body = gzip.decompress(answer.body) if answer.field("Content-Encoding") else answer.body
        self.assertEqual((answer.status, json.loads(body)["rule"]), (502, "response-body-invalid"))
        self.assertNotIn(LEAK, body.decode())

    def test_gunzip_for_a_client_that_cannot(self):
        self.upstream.on("GET /items/7", raw_answer(200, gzip.compress(json.dumps(ITEM).encode()),
                                                    [("Content-Encoding", "gzip")]))
        nginx = self.server("portico_contract @CONTRACT@; gunzip on; location / { proxy_pass @UPSTREAM@; }")
        self.assertEqual(nginx.get("/items/7").json(), ITEM)

    def test_sub_filter_after_the_verdict(self):
        self.upstream.on("GET /items/7", raw_answer(200, ITEM))
        nginx = self.server("""portico_contract @CONTRACT@; sub_filter_types application/json; sub_filter pen ink;
                               location / { proxy_pass @UPSTREAM@; }""")
        self.assertEqual(nginx.get("/items/7").json(), {"id": 7, "name": "ink"})

    def test_error_page_reentry(self):
        """error_page for the service's errors: the page is shown, the module is not confused by the second header."""
        nginx = self.server("""
            portico_contract @CONTRACT@;
            error_page 502 504 /sorry;
            location / { proxy_pass @UPSTREAM@; }
            location = /sorry { internal; default_type application/json; return 502 '{"sorry":true}'; }
            location /items { proxy_pass http://127.0.0.1:1; }""")
        for _ in range(3):
            answer = nginx.get("/items/7")
            self.assertEqual(answer.status, 502)
            self.assertIn("json", answer.field("Content-Type"))
        self.assertEqual(nginx.process.count("alert"), 0)
        self.assertEqual(len(nginx.events.wait_for(3)), 3)

    def test_error_page_of_an_intercepted_answer(self):
        self.upstream.on("*", raw_answer(404, {"title": LEAK}, [("X-Leak", LEAK)], media="application/problem+json"))
        nginx = self.server("""
            portico_contract @CONTRACT@;
            proxy_intercept_errors on; error_page 404 = @mine;
            location / { proxy_pass @UPSTREAM@; }
            location @mine { default_type application/problem+json; return 404 '{"title":"mine"}'; }""")
        answer = nginx.get("/items/7")
        self.assertEqual(answer.status, 404)
        self.assertNotIn(LEAK, answer.body.decode() + str(answer.fields))
        self.assertEqual(len(nginx.events.wait_for(1)), 1)

    def test_internal_redirect_by_x_accel_redirect(self):
        """The file that the service points to is the answer: the contract holds for it."""
        files = {"files/good.json": json.dumps(ITEM), "files/bad.json": json.dumps({"id": 0, "name": LEAK}),
                 "files/large.json": json.dumps({**ITEM, "note": 4000 * "n"})}
        nginx = self.server("""
            portico_contract @CONTRACT@;
            location / { proxy_pass @UPSTREAM@; }
            location /files/ { internal; types { application/json json; } alias @HOME@/files/; }""", files=files)
        for name in ("good", "large"):
            self.upstream.on("GET /items/7", raw_answer(200, b"", [("X-Accel-Redirect", f"/files/{name}.json")],
                                                        media=None))
            answer = nginx.get("/items/7")
            self.assertEqual((answer.status, answer.body.decode()), (200, files[f"files/{name}.json"]))
        self.upstream.on("GET /items/7", raw_answer(200, b"", [("X-Accel-Redirect", "/files/bad.json")], media=None))
        answer = nginx.get("/items/7")
        self.assertEqual((answer.status, answer.json()["rule"]), (502, "response-body-invalid"))
        self.assertNotIn(LEAK, answer.body.decode())
        self.upstream.on("GET /items/7", raw_answer(200, b"", [("X-Accel-Redirect", "/files/none.json")], media=None))
        self.assertEqual(nginx.get("/items/7").status, 404)
        events = nginx.events.wait_for(4)
        self.assertEqual(len(events), 4)
        self.assertEqual({e["path"] for e in events}, {"/items/7"})

    def test_try_files_and_named_locations(self):
        self.upstream.on("*", raw_answer(200, ITEM))
        nginx = self.server("""
            portico_contract @CONTRACT@; root @HOME@/files; default_type application/json;
            location / { try_files $uri @service; }
            location @service { proxy_pass @UPSTREAM@; }""", files={"files/static.json": json.dumps(ITEM)})
        self.assertEqual(nginx.get("/items/7").json(), ITEM)
        self.assertEqual(nginx.get("/static.json").json(), ITEM)
        self.assertEqual(nginx.get("/nowhere").status, 404)

    def test_rewrite_does_not_change_what_is_decided_on(self):
        """A rewrite to another location is followed; the decision is on what the client asked for, once."""
        self.upstream.on("*", raw_answer(200, ITEM))
        nginx = self.server("""
            portico_contract @CONTRACT@;
            location / { proxy_pass @UPSTREAM@; }
            location /items/ { rewrite ^/items/(.*)$ /internal/$1 last; }
            location /internal/ { proxy_pass @UPSTREAM@; }""")
        self.assertEqual(nginx.get("/items/7").status, 200)
        self.assertEqual(nginx.get("/internal/7").status, 404)
        self.assertEqual([r.path for r in self.upstream.seen()], ["/internal/7"])

    def test_static_file_location(self):
        files = {"files/static.json": json.dumps(ITEM)}
        nginx = self.server("portico_contract @CONTRACT@; root @HOME@/files; default_type application/json;",
                            files=files)
        answer = nginx.get("/static.json")
        self.assertEqual((answer.status, answer.json()), (200, ITEM))
        self.assertTrue(answer.field("ETag"))
        with nginx.connect() as wire:
            wire.send(raw_request("GET", "/static.json", [("If-None-Match", answer.field("ETag"))]))
            self.assertEqual(wire.answer().status, 304)
            wire.send(raw_request("HEAD", "/static.json"))
            self.assertEqual(wire.answer("HEAD").field("Content-Length"), str(len(files["files/static.json"])))
            wire.send(raw_request("GET", "/static.json"))
            self.assertEqual(wire.answer().json(), ITEM)
        (nginx.home / "files/static.json").write_text(json.dumps({"id": 0, "name": LEAK}))
        answer = nginx.get("/static.json")
        self.assertEqual((answer.status, answer.json()["rule"]), (502, "response-body-invalid"))
        self.assertNotIn(LEAK, str(answer))

    def test_ranges(self):
        """A part of a checked answer: ranges are cut after the verdict, and the whole was read for it."""
        nginx = self.server("portico_contract @CONTRACT@; root @HOME@/files; default_type application/json;",
                            files={"files/static.json": json.dumps(ITEM)})
        answer = nginx.get("/static.json", [("Range", "bytes=0-3")])
        self.assertIn((answer.status, answer.body), [(206, json.dumps(ITEM).encode()[:4]),
                                                     (200, json.dumps(ITEM).encode())])
        (nginx.home / "files/static.json").write_text(json.dumps({"id": 0, "name": LEAK}))
        answer = nginx.get("/static.json", [("Range", "bytes=10-30")])
        self.assertEqual((answer.status, answer.json()["rule"]), (502, "response-body-invalid"))
        self.assertIsNone(answer.field("Content-Range"))

    def test_return_directive(self):
        nginx = self.server("""
            portico_contract @CONTRACT@; default_type application/json;
            location = /items/7 { return 200 '{"id":7,"name":"pen"}'; }
            location = /items/8 { return 200 '{"id":0}'; }
            location = /page { return 302 /items; }
            location = /items/9 { return 204; }""")
        # `return` answers in the rewrite phase, before the guard sees the request: nginx's owner said so.
        self.assertEqual(nginx.get("/items/7").json(), ITEM)
        self.assertEqual(nginx.get("/items/8").status, 200)
        answer = nginx.get("/page")
        self.assertEqual(answer.status, 302)
        self.assertTrue(answer.field("Location").endswith("/items"))
        self.assertEqual(nginx.get("/items/9").status, 204)

    def test_proxy_cache(self):
        """A cached answer is checked as a fresh one, and only good ones are asked for twice."""
        self.upstream.on("GET /items/7", raw_answer(200, ITEM, [("Cache-Control", "max-age=60"), ("ETag", '"e"')]))
        nginx = self.server("""
            portico_contract @CONTRACT@; proxy_cache one; add_header X-Cache $upstream_cache_status;
            location / { proxy_pass @UPSTREAM@; }""",
            outside="proxy_cache_path @HOME@/cache keys_zone=one:1m;\n")
        answers = [nginx.get("/items/7") for _ in range(3)]
        self.assertEqual([a.json() for a in answers], [ITEM] * 3)
        self.assertEqual([a.field("X-Cache") for a in answers], ["MISS", "HIT", "HIT"])
        self.assertEqual(len(self.upstream.seen()), 1)
        answer = nginx.get("/items/7", [("If-None-Match", '"e"')])
        self.assertEqual(answer.status, 304)
        with nginx.connect() as wire:
            wire.send(raw_request("HEAD", "/items/7") + raw_request("GET", "/items/7"))
            self.assertEqual(wire.answer("HEAD").status, 200)
            self.assertEqual(wire.answer().json(), ITEM)
        # A bad answer is cached by nginx, before filters; it is refused every time.
        self.upstream.on("GET /items/8", raw_answer(200, {"id": 0, "name": LEAK}, [("Cache-Control", "max-age=60")]))
        for _ in range(3):
            answer = nginx.get("/items/8")
            self.assertEqual((answer.status, answer.json()["rule"]), (502, "response-body-invalid"))
            self.assertNotIn(LEAK, str(answer))

    def test_proxy_buffering_off(self):
        body = json.dumps([{"id": 7, "name": "x", "note": 3000 * "n"}] * 300).encode()
        nginx = self.server("portico_contract @CONTRACT@; proxy_buffering off; location / { proxy_pass @UPSTREAM@; }")
        self.upstream.on("GET /items", raw_answer(200, body))
        self.assertEqual(nginx.get("/items").body, body)
        def broken(wire, _):
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n[" +
                      LEAK.encode())
            return False
        self.upstream.on("GET /items", broken)
        answer = nginx.get("/items")
        self.assertEqual((answer.status, answer.json()["rule"]), (502, "service-unavailable"))
        self.upstream.on("GET /items", raw_answer(200, [{"id": 0, "name": LEAK}]))
        self.assertEqual(nginx.get("/items").json()["rule"], "response-body-invalid")

    def test_proxy_request_buffering_off(self):
        """The guard reads the whole body whatever the proxy would rather do."""
        body = json.dumps([ITEM] * 5000).encode()
        nginx = self.server("""portico_contract @CONTRACT@; proxy_request_buffering off; proxy_http_version 1.1;
                               location / { proxy_pass @UPSTREAM@; }""")
        self.upstream.on("POST /batch", raw_answer(200, []))
        self.assertEqual(nginx.post("/batch", body).status, 200)
        self.assertEqual(self.upstream.seen()[0].body, body)
        self.assertEqual(nginx.post("/batch", body[:-1] + b",{}]").json()["rule"], "request-body-invalid")
        self.assertEqual(len(self.upstream.seen()), 1)

    def test_auth_request_subrequest(self):
        self.upstream.on("*", raw_answer(200, ITEM))
        self.upstream.on("GET /auth", raw_answer(200, b"ok", media="text/plain"))
        nginx = self.server("""
            portico_contract @CONTRACT@;
            location / { auth_request /auth; proxy_pass @UPSTREAM@; }
            location = /auth { internal; proxy_pass @UPSTREAM@; proxy_pass_request_body off;
                               proxy_set_header Content-Length ""; }""")
        self.assertEqual(nginx.get("/items/7").json(), ITEM)
        self.upstream.on("POST /items", raw_answer(201, ITEM))
        self.assertEqual(nginx.post("/items", ITEM).status, 201)
        self.assertEqual(self.upstream.seen("/items")[-1].json(), ITEM)
        self.assertEqual(nginx.post("/items", {}).json()["rule"], "request-body-invalid")
        self.upstream.on("GET /auth", raw_answer(403, b"no", media="text/plain"))
        answer = nginx.get("/items/7")
        self.assertEqual((answer.status, answer.field("Content-Type")), (403, "application/problem+json"))
        self.assertEqual(len(nginx.events.wait_for(4)), 4)

    def test_mirror(self):
        self.upstream.on("*", raw_answer(201, ITEM))
        nginx = self.server("""
            portico_contract @CONTRACT@;
            location / { mirror /copy; proxy_pass @UPSTREAM@; }
            location = /copy { internal; proxy_pass @UPSTREAM@/copied; }""")
        self.assertEqual(nginx.post("/items", ITEM).status, 201)
        wait(lambda: self.upstream.seen("/copied"), "the mirrored request")

    def test_ssi_subrequests_are_not_held(self):
        """A page that nginx puts together after the verdict on its frame."""
        frame = '<p><!--# include virtual="/part" --></p>'
        self.upstream.on("GET /page", raw_answer(200, frame, media="text/plain"))
        self.upstream.on("GET /part", raw_answer(200, "included", media="text/plain"))
        nginx = self.server("""
            portico_contract @CONTRACT@; ssi on; ssi_types text/plain;
            location / { proxy_pass @UPSTREAM@; }""")
        answer = nginx.get("/page")
        self.assertEqual((answer.status, answer.body), (200, b"<p>included</p>"))

    def test_unix_socket(self):
        self.upstream.on("*", raw_answer(200, ITEM))
        policy = f"version: 1\ncontract: {CONTRACT}\nlimits:\n" \
                 '  - {operations: ["*"], per: address, rate: 1/day, burst: 3}\n'
        nginx = self.nginx("""portico_event_log @HOME@/events.jsonl; portico_policy portico.yaml;
            server { listen unix:@HOME@/socket; listen @PORT@; location / { proxy_pass @UPSTREAM@; } }""",
                           files={"portico.yaml": policy})
        statuses = []
        for _ in range(4):
            sock = socket.socket(socket.AF_UNIX)
            sock.settimeout(10)
            sock.connect(str(nginx.home / "socket"))
            with Wire(sock) as wire:
                wire.send(raw_request("GET", "/items/7"))
                statuses.append(wire.answer().status)
        self.assertEqual(statuses, [200, 200, 200, 429])
        self.assertEqual({e["address"] for e in nginx.events.wait_for(4)}, {"unix:"})

    def test_realip_names_the_client(self):
        self.upstream.on("*", raw_answer(200, ITEM))
        policy = f"version: 1\ncontract: {CONTRACT}\nlimits:\n" \
                 '  - {operations: ["*"], per: address, rate: 1/day, burst: 1}\n'
        nginx = self.server("""portico_policy portico.yaml; set_real_ip_from 127.0.0.1; real_ip_header X-Real-Ip;
                               location / { proxy_pass @UPSTREAM@; }""", files={"portico.yaml": policy})
        statuses = [nginx.get("/items/7", [("X-Real-Ip", f"192.0.2.{i}")]).status for i in (1, 2, 1)]
        self.assertEqual(statuses, [200, 200, 429])
        self.assertEqual([e["address"] for e in nginx.events.wait_for(3)], ["192.0.2.1", "192.0.2.2", "192.0.2.1"])

    def test_limit_except_and_deny_become_problem_documents(self):
        nginx = self.server("portico_contract @CONTRACT@; location / { deny all; proxy_pass @UPSTREAM@; }")
        answer = nginx.get("/items/7")
        self.assertEqual((answer.status, answer.field("Content-Type")), (403, "application/problem+json"))
        self.assertEqual(answer.json()["rule"], "server-refused")

    def test_add_header_stands_on_refused_answers_when_always(self):
        nginx = self.server("""portico_contract @CONTRACT@; add_header X-Frame-Options DENY always;
                               location / { proxy_pass @UPSTREAM@; }""")
        answer = nginx.get("/nowhere")
        self.assertEqual((answer.status, answer.field("X-Frame-Options")), (404, "DENY"))

    def test_log_no_ctx(self):
        """Requests that never came to the guard (400 before a location is known) are logged without harm."""
        nginx = self.server("portico_contract @CONTRACT@; location / { proxy_pass @UPSTREAM@; }")
        for data in (b"\r\n\r\n", b"BROKEN\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
                     b"\x16\x03\x01\x02\x00\x01\x00\x01"):
            with nginx.connect() as wire:
                wire.send(data)
                wire.sock.shutdown(socket.SHUT_WR)
                wire.rest()
        self.upstream.on("*", raw_answer(200, ITEM))
        self.assertEqual(nginx.get("/items/7").status, 200)

    def test_an_nginx_without_guarded_locations(self):
        nginx = self.nginx("server { listen @PORT@; location / { return 200 'hello'; }\n"
                           "location = /status { portico_status; } }")
        self.assertEqual(nginx.get("/").body, b"hello")
        self.assertEqual(nginx.get("/status").status, 404)

    def test_an_nginx_without_http(self):
        nginx = Nginx("", wait_ready=False)
        self.addCleanup(nginx.stop)
        text = nginx.configuration.read_text()
        nginx.configuration.write_text(text[:text.index("http {")])
        done = nginx.test()
        self.assertEqual(done.returncode, 0, done.stderr)


class ConfigurationTest(unittest.TestCase):
    """`nginx -t` says what is wrong and where."""

    def check(self, http, *says, code=1, **how):
        nginx = Nginx("server { listen @PORT@; " + http + " }", wait_ready=False, **how)
        self.addCleanup(nginx.stop)
        done = nginx.test()
        self.assertEqual(done.returncode, code, done.stderr)
        for text in says:
            self.assertIn(text, done.stderr)

    def test_good(self):
        self.check("portico_contract @CONTRACT@;", "test is successful", code=0)

    def test_a_broken_contract(self):
        self.check("portico_contract broken.yaml;", "broken.yaml:4:1:", "nginx.conf:",
                   files={"broken.yaml": "openapi: 3.0.3\npaths:\n  /a: [\n"})

    def test_a_missing_contract(self):
        self.check("portico_contract none.yaml;", "none.yaml", "No such file")

    def test_a_broken_policy(self):
        self.check("portico_policy portico.yaml;", "portico.yaml:2:",
                   files={"portico.yaml": "version: 1\nmodes: block\n"})

    def test_a_policy_for_operations_that_are_not_there(self):
        self.check("portico_policy portico.yaml;", "portico.yaml:4:", "nothing",
                   files={"portico.yaml": f"version: 1\ncontract: {CONTRACT}\nlimits:\n"
                                          "  - {operations: [nothing], per: address, rate: 1/s}\n"})

    def test_wrong_values(self):
        self.check("portico_mode watch;", 'invalid value "watch"')
        self.check("portico_contract;", 'invalid number of arguments in "portico_contract"')
        self.check("location / { portico_status on; }", "invalid number of arguments")
        self.check("portico_event_log x;", "not allowed here")


if __name__ == "__main__":
    unittest.main()
