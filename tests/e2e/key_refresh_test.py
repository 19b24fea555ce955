#!/usr/bin/python3
"""Keys that an issuer publishes: fetched by `portico serve`, rotated without a reload, and kept when they cannot be had.
And what `portico block` does to tokens."""
import http.server
import pathlib
import ssl
import subprocess
import tempfile
import threading
import unittest

from harness import PATIENCE, PORTICO, Guard, GuardTest, Process, Upstream, make_certificate, wait
from tokens import ISSUER, Key, claims, key_set
from wire import raw_answer

CONTRACT = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
components: {securitySchemes: {token: {type: http, scheme: bearer}}}
paths:
  /items: {get: {operationId: list, security: [{token: []}], responses: {"200": {description: ok}}}}
"""


class Issuer:
    """An HTTPS server that gives what `answer` says: (status, fields, body)."""

    def __init__(self, folder):
        make_certificate(folder)
        self.asked = []
        self.answer = (503, {}, b"")
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(dict(self.headers))
                status, fields, body = issuer.answer
                if status == 200 and fields.get("ETag") and self.headers.get("If-None-Match") == fields["ETag"]:
                    status, body = 304, b""
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_address[1]}/keys?tenant=secret-tenant"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def publish(self, *keys, **fields):
        self.answer = (200, {"Content-Type": "application/jwk-set+json", "Cache-Control": "max-age=1", **fields},
                       key_set(*keys).encode())

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class KeyRefresh(GuardTest):
    @classmethod
    def setUpClass(cls):
        pass

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="portico-e2e-")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.home.chmod(0o755)
        self.issuer = Issuer(self.home)
        self.addCleanup(self.issuer.close)
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.upstream.on("*", raw_answer(200, b"", media=None))
        self.old, self.new = Key(self.home, "old"), Key(self.home, "new")
        self.state = self.home / "test.state"
        (self.home / "contract.yaml").write_text(CONTRACT)
        self.policy = f"""version: 1
state: {self.state}
identity:
  tokens: [{{schemes: [token], issuer: "{ISSUER}", audiences: [shop], keys: "{self.issuer.url}", algorithms: [ES256]}}]
"""
        (self.home / "portico.yaml").write_text(self.policy)

    def run_guard(self, **how):
        guard = Guard(self.upstream, contract=self.home / "contract.yaml", policy=self.policy, **how)
        self.addCleanup(guard.stop)
        return guard

    def serve(self, authorities="certificate.pem"):
        arguments = ["--authorities", self.home / authorities] if authorities else []
        process = Process([PORTICO, "serve", "--policy", self.home / "portico.yaml", "--min-refresh", "200ms",
                           *arguments], stdout=subprocess.DEVNULL)
        self.addCleanup(process.stop)
        return process

    def status(self, guard, token):
        return guard.get("/items", [("Authorization", "Bearer " + token)]).status

    def all(self, guard, token, status):
        return all(self.status(guard, token) == status for _ in range(8))

    def test_keys_come_and_go_without_a_reload(self):
        guard = self.run_guard(workers=2)
        by_old, by_new = self.old.sign(claims()), self.new.sign(claims())
        self.assertTrue(self.all(guard, by_old, 401), "there are no keys yet")
        self.issuer.publish(self.old)
        serve = self.serve()
        serve.wait_for("published 1 keys")
        self.assertTrue(self.all(guard, by_old, 200))
        self.assertTrue(self.all(guard, by_new, 401))
        self.issuer.publish(self.old, self.new)
        wait(lambda: self.all(guard, by_new, 200), "the new key", 15)
        self.assertTrue(self.all(guard, by_old, 200))
        self.issuer.publish(self.new)
        # What was verified and remembered is forgotten with its key.
        wait(lambda: self.all(guard, by_old, 401), "the old key to go", 15)
        self.assertTrue(self.all(guard, by_new, 200))
        self.assertNotIn("secret-tenant", guard.said)

    def test_the_last_good_keys_stay(self):
        guard = self.run_guard()
        token = self.old.sign(claims())
        self.issuer.publish(self.old)
        serve = self.serve()
        wait(lambda: self.all(guard, token, 200), "the keys", 15)
        for what, answer in {"503": (503, {}, b"down"), "key set": (200, {}, b"<html>"), "keys": (200, {}, b'{"keys":[]}'),
                             "larger": (200, {}, b" " * (300 << 10)), "302": (302, {"Location": "/x"}, b"")}.items():
            told = serve.count("stay in force")
            self.issuer.answer = answer
            wait(lambda: serve.count("stay in force") > told, f"word of {what}")
            self.assertEqual(self.status(guard, token), 200, what)
            # Failures in a row are asked about less and less.
            self.issuer.publish(self.old)
            serve.wait_for("can be had again", times=told + 1)
        self.assertIn("stay in force", serve.said)
        serve.stop()
        guard.reload()
        self.assertTrue(self.all(guard, token, 200), "they outlast a reload without portico serve")

    def test_an_unchanged_set_is_not_sent_again(self):
        self.issuer.publish(self.old, ETag='"v1"')
        serve = self.serve()
        wait(lambda: len(self.issuer.asked) >= 3, "several questions", 15)
        self.assertEqual(self.issuer.asked[1].get("If-None-Match"), '"v1"')
        self.assertEqual(serve.count("published"), 1)

    def test_a_server_that_nobody_vouches_for_is_not_believed(self):
        self.issuer.publish(self.old)
        serve = self.serve(authorities=None)
        serve.wait_for("cannot fetch https://localhost")
        self.assertEqual(self.issuer.asked, [])
        self.assertNotIn("secret-tenant", serve.said)

    def block(self, *arguments, text=None):
        done = subprocess.run([PORTICO, "block", "--policy", self.home / "portico.yaml", *arguments], input=text,
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_tokens_are_revoked_at_once(self):
        guard = self.run_guard(workers=2)
        self.issuer.publish(self.old)
        self.serve().wait_for("published 1 keys")
        ann, bob = self.old.sign(claims("ann", jti="a-1")), self.old.sign(claims("bob", jti="b-1"))
        for how in (["ann"], ["ann", "--issuer", ISSUER], ["a-1", "--kind", "token-id"], [("-", ann)],
                    ["ann", "--issued-before", "now"]):
            text = None
            if isinstance(how[0], tuple):
                how, text = [how[0][0]], how[0][1]
            self.assertTrue(self.all(guard, ann, 200), how)
            self.block(*how, text=text)
            self.assertFalse(any(self.status(guard, ann) == 200 for _ in range(8)), how)
            self.assertTrue(self.all(guard, bob, 200), how)
            self.block(*how, "--lift", text=text)
        for how in (["old", "--kind", "key"], ["--issuer", ISSUER, "--issued-before", "now"]):
            self.assertTrue(self.all(guard, bob, 200), how)
            self.block(*how)
            self.assertFalse(any(self.status(guard, bob) == 200 for _ in range(8)), how)
            self.block(*how, "--lift")


if __name__ == "__main__":
    unittest.main()
