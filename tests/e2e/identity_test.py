#!/usr/bin/python3
"""Who calls: tokens, scopes and certificates behind a real nginx; what the service, the event and the client are told."""
import hashlib
import pathlib
import ssl
import subprocess
import tempfile
import unittest

from harness import PATIENCE, PORTICO, Guard, GuardTest, Nginx, Upstream
from tokens import ISSUER, Key, base64url, claims, key_set, openssl
from wire import raw_answer, raw_request

CONTRACT = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
components:
  securitySchemes:
    token:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: "https://id.example/token", scopes: {"items:read": r, "items:write": w}}}
    machine: {type: mutualTLS}
paths:
  /items:
    get: {operationId: list, security: [{token: ["items:read"]}], responses: {"200": {description: ok}}}
    put: {operationId: replace, security: [{token: ["items:write"]}], responses: {"200": {description: ok}}}
  /press: {get: {operationId: press, security: [{machine: []}], responses: {"200": {description: ok}}}}
  /health: {get: {operationId: health, security: [], responses: {"200": {description: ok}}}}
  /forgotten: {get: {operationId: forgotten, responses: {"200": {description: ok}}}}
"""

POLICY = """
version: 1
identity:
  tokens: [{schemes: [token], issuer: "%s", audiences: [shop], keys: keys.json, algorithms: [ES256], type: at+jwt%s}]
  certificates: [{schemes: [machine], subjects: ["CN=press-4,O=Plant"]}]
  forward: {subject: X-User-Id, scopes: X-Scopes, credential: X-Token-Id, method: X-Auth}
"""


class Identity(GuardTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="portico-e2e-")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        (self.home / "contract.yaml").write_text(CONTRACT)
        self.key = Key(self.home, "k1")
        self.keys = self.home / "keys.json"
        self.keys.write_text(key_set(self.key))
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.upstream.on("*", raw_answer(200, b"", media=None))

    def run_guard(self, more="", more_policy="", **how):
        policy = (POLICY % (ISSUER, more)).replace("keys.json", str(self.keys)) + more_policy
        guard = Guard(self.upstream, contract=self.home / "contract.yaml", policy=policy, **how)
        self.addCleanup(guard.stop)
        return guard

    def ask(self, guard, token, method="GET", target="/items", fields=()):
        return guard.ask(method, target, [("Authorization", "Bearer " + token), *fields])

    def test_a_genuine_token_is_taken_and_the_service_is_told(self):
        guard = self.run_guard()
        token = self.key.sign(claims(jti="t-1", scope="items:read items:list"))
        spoofed = [("X-User-Id", "root"), ("x-user-id", "admin"), ("X-Scopes", "items:write"), ("X-Other", "kept")]
        for _ in range(3):  # from the cache too
            self.assertEqual(self.ask(guard, token, fields=spoofed).status, 200)
        for request in self.upstream.seen():
            self.assertEqual((request.all("X-User-Id"), request.all("X-Scopes"), request.all("X-Token-Id"),
                              request.all("X-Auth"), request.all("X-Other")),
                             (["ann"], ["items:read items:list"], ["t-1"], ["token"], ["kept"]))
        event = guard.events.wait_for(3)[-1]
        caller = event["caller"]
        self.assertEqual((caller["method"], caller["issuer"], caller["subject"], caller["id"]),
                         ("token", ISSUER, "ann", "t-1"))
        self.assertRegex(caller["credential"], "^[0-9a-f]{16}$")
        self.assertNotIn(token.split(".")[1], guard.events.text())
        self.assertNotIn("unverified", caller)

    def test_fields_for_the_caller_are_taken_from_everybody(self):
        guard = self.run_guard()
        many = [(f"X-{i}", "x" * 50) for i in range(40)]
        fields = [("X-User-Id", "root"), *many, ("X-Auth", "token"), ("X-User-Id", "root")]
        self.assertEqual(guard.get("/health", fields).status, 200)
        request = self.upstream.seen("/health")[0]
        self.assertEqual((request.all("X-User-Id"), request.all("X-Auth"), len(request.all("X-39"))), ([], [], 1))

    def test_what_is_not_genuine_is_refused(self):
        guard = self.run_guard()
        other = Key(self.home, "k2")
        other.kid = "k1"
        good = self.key.sign(claims(scope="items:read"))
        head, body, signature = good.split(".")
        for name, token in {
            "signature": other.sign(claims(scope="items:read")),
            "audience": self.key.sign(claims(aud="other")),
            "expired": self.key.sign(claims(exp=1, iat=0)),
            "type": self.key.sign(claims(), typ="JWT"),
            "key": self.key.sign(claims(), kid="k9"),
            "issuer": self.key.sign(claims(iss="https://evil.example")),
            "malformed": good + "=",
        }.items():
            with self.subTest(name):
                answer = self.ask(guard, token)
                self.assert_problem(answer, "request-credentials-invalid", 401, secrets=[token])
                self.assertIn('Bearer error="invalid_token"', answer.field("WWW-Authenticate"))
                self.assertIn(name, answer.json()["detail"])
        changed = signature[:-2] + ("AA" if signature[-2:] != "AA" else "BA")
        self.assertEqual(self.ask(guard, ".".join((head, body, changed))).status, 401)
        self.assertEqual(self.upstream.seen(), [])

    def test_nothing_shown_and_too_little_shown(self):
        guard = self.run_guard()
        answer = guard.get("/items")
        self.assert_problem(answer, "request-credentials-missing", 401)
        self.assertTrue(answer.field("WWW-Authenticate").startswith("Bearer"))
        self.assertNotIn("error", answer.field("WWW-Authenticate"))
        answer = self.ask(guard, self.key.sign(claims(scope="items:read")), "PUT")
        self.assert_problem(answer, "request-scope-missing", 403)
        self.assertEqual(answer.field("WWW-Authenticate"), 'Bearer error="insufficient_scope", scope="items:write"')
        event = guard.events.of(answer.json()["request_id"])
        self.assertEqual(event["caller"]["subject"], "ann")
        self.assert_problem(guard.get("/forgotten"), "request-operation-closed", 403)
        self.assertIn("nobody may use forgotten", guard.said)
        answer = guard.get("/items?access_token=" + self.key.sign(claims()))
        self.assert_problem(answer, "request-token-in-query", 400)
        self.assertEqual(self.upstream.seen(), [])

    def test_without_a_policy_credentials_are_asked_for_and_it_is_said_that_this_is_all(self):
        with Guard(self.upstream, contract=self.home / "contract.yaml") as guard:
            self.assertIn("NOT verified", guard.said)
            self.assertIn("anybody may use forgotten", guard.said)
            self.assertEqual(guard.get("/items").status, 401)
            self.assertEqual(self.ask(guard, "anything").status, 200)
            self.assertEqual(guard.get("/forgotten").status, 200)
            events = guard.events.wait_for(3)
            self.assertEqual([e.get("caller") for e in events], [None, {"unverified": True}, None])

    def test_keys_change_with_a_reload(self):
        guard = self.run_guard()
        old = self.key.sign(claims(scope="items:read"))
        self.assertEqual(self.ask(guard, old).status, 200)
        new = Key(self.home, "k2")
        self.keys.write_text(key_set(new))
        guard.reload()
        self.assertEqual(self.ask(guard, old).status, 401)
        self.assertEqual(self.ask(guard, new.sign(claims(scope="items:read"))).status, 200)

    def test_what_portico_block_takes_back_is_refused_at_once(self):
        state = self.home / "test.state"
        guard = self.run_guard(more_policy=f"state: {state}\n", workers=2)

        def block(*arguments, text=None):
            done = subprocess.run([PORTICO, "block", "--state", state, *arguments], input=text, capture_output=True,
                                  text=True, timeout=PATIENCE)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("eyJ", done.stdout + state.read_bytes().decode("latin1"))

        first, second = (self.key.sign(claims(jti=f"t-{i}", scope="items:read")) for i in (1, 2))
        bob = self.key.sign(claims("bob", scope="items:read"))

        def statuses():
            """Of several requests each, so that every worker has them, from its cache too."""
            return [{self.ask(guard, token).status for _ in range(8)} for token in (first, second, bob)]

        self.assertEqual(statuses(), [{200}, {200}, {200}])
        block("-", text=first)
        self.assertEqual(statuses(), [{401}, {200}, {200}])
        block("t-2", "--kind", "token-id")
        self.assertEqual(statuses(), [{401}, {401}, {200}])
        block("ann")
        block("t-2", "--kind", "token-id", "--lift")
        self.assertEqual(statuses(), [{401}, {401}, {200}])
        block("ann", "--lift")
        self.assertEqual(statuses(), [{401}, {200}, {200}])
        block("--issuer", ISSUER, "--issued-before", "now")
        self.assertEqual(statuses(), [{401}, {401}, {401}])

    def test_a_token_for_one_use(self):
        guard = self.run_guard(", one_time: true", workers=2)
        token = self.key.sign(claims(jti="once", scope="items:read"))
        self.assertEqual(sorted(self.ask(guard, token).status for _ in range(8)), [200] + [401] * 7)

    def test_client_certificates(self):
        """In an nginx of the user's own, which verifies the chain."""
        for name in ("ca", "server", "press", "other"):
            subject = {"ca": "/CN=Plant CA", "server": "/CN=localhost", "press": "/O=Plant/CN=press-4",
                       "other": "/O=Plant/CN=press-5"}[name]
            openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", subject, "-keyout",
                    self.home / f"{name}.key", "-out", self.home / f"{name}.csr")
            by = ["-signkey", self.home / "ca.key"] if name == "ca" else \
                ["-CA", self.home / "ca.pem", "-CAkey", self.home / "ca.key", "-CAcreateserial"]
            openssl("x509", "-req", "-in", self.home / f"{name}.csr", "-days", "2", *by,
                    "-out", self.home / f"{name}.pem")
        policy = self.home / "portico.yaml"
        policy.write_text((POLICY % (ISSUER, ", certificate_bound: required")).replace("keys.json", str(self.keys)) +
                          f"contract: {self.home}/contract.yaml\n")
        self.home.chmod(0o755)
        http = f"""
            portico_policy {policy}; portico_event_log @HOME@/events.jsonl;
            server {{
              listen @PORT@ ssl; ssl_certificate {self.home}/server.pem; ssl_certificate_key {self.home}/server.key;
              ssl_client_certificate {self.home}/ca.pem; ssl_verify_client optional;
              location / {{ proxy_pass @UPSTREAM@; }}
            }}"""
        with Nginx(http, self.upstream) as server:
            def ask(certificate, target="/press", fields=()):
                context = ssl.create_default_context(cafile=self.home / "ca.pem")
                context.check_hostname = False
                if certificate:
                    context.load_cert_chain(self.home / f"{certificate}.pem", self.home / f"{certificate}.key")
                server.tls = False
                with server.connect() as wire:
                    wire.sock = context.wrap_socket(wire.sock, server_hostname="localhost")
                    wire.send(raw_request("GET", target, list(fields)))
                    return wire.answer()

            self.assertEqual(ask("press").status, 200)
            self.assertEqual(self.upstream.seen()[0].all("X-User-Id"), ["CN=press-4,O=Plant"])
            self.assertEqual(ask(None).json()["rule"], "request-credentials-missing")
            answer = ask("other")
            self.assertEqual((answer.json()["rule"], answer.json()["detail"]), 
                             ("request-credentials-invalid", "connection subject"))
            # Bound to a certificate (RFC 8705): of use to who has it, and to nobody else.
            der = openssl("x509", "-in", self.home / "press.pem", "-outform", "DER")
            bound = self.key.sign(claims(scope="items:read", cnf={"x5t#S256": base64url(hashlib.sha256(der).digest())}))
            bearer = [("Authorization", "Bearer " + bound)]
            self.assertEqual(ask("press", "/items", bearer).status, 200)
            self.assertEqual(ask("other", "/items", bearer).json()["detail"], "header/authorization certificate-binding")
            self.assertEqual(ask(None, "/items", bearer).json()["detail"], "header/authorization certificate-binding")

    def test_wrong_policies_are_refused_at_the_start(self):
        for old, new, says in [
            ("schemes: [token]", "schemes: [tokens]", 'no security scheme "tokens"'),
            ("algorithms: [ES256]", "algorithms: [RS256]", "keys.json"),
            ("algorithms: [ES256]", "algorithms: [none]", 'no signature algorithm "none"'),
            ("tokens: [{schemes: [token]", "tokens: [{schemes: [machine]", "mutualTLS"),
            ("  certificates:", "  unverified: [token]\n  certificates:", "is verified twice"),
            ('  certificates: [{schemes: [machine], subjects: ["CN=press-4,O=Plant"]}]\n', "", "nothing verifies"),
            ("keys: ", "keys: http://id.example/#", "over http"),
            ("keys: ", "keys: https://id.example/#", "state"),
        ]:
            with self.subTest(new):
                policy = (POLICY % (ISSUER, "")).replace("keys.json", str(self.keys)).replace(old, new)
                self.assertNotEqual(policy, (POLICY % (ISSUER, "")).replace("keys.json", str(self.keys)))
                path = self.home / "portico.yaml"
                path.write_text(policy)
                done = subprocess.run([PORTICO, "guard", self.home / "contract.yaml", "--policy", path, "--upstream",
                                       self.upstream.url, "--check"], capture_output=True, text=True, timeout=PATIENCE)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(says, done.stderr)


if __name__ == "__main__":
    unittest.main()
