#!/usr/bin/python3
"""Object ownership: what a caller was given is known to all workers, outlasts a reload, and is nobody else's."""
import json
import pathlib
import tempfile
import unittest

from harness import Guard, Upstream, wait
from wire import raw_answer

TEXT = {"type": "string", "maxLength": 40}
ACCOUNTS = {"type": "object", "required": ["accounts"], "properties": {
    "accounts": {"type": "array", "items": {"type": "object", "properties": {"accountId": TEXT}}}}}
CONTRACT = {
    "openapi": "3.0.3", "info": {"title": "Exchange", "version": "1"},
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    "security": [{"token": []}],
    "paths": {
        "/accounts": {"get": {"operationId": "listAccounts", "responses": {
            "200": {"description": "all", "content": {"application/json": {"schema": ACCOUNTS}}}}}},
        "/orders": {"post": {"operationId": "placeOrder", "requestBody": {"required": True, "content": {
            "application/json": {"schema": {"type": "object", "properties": {"sourceAccountId": TEXT}}}}},
            "responses": {"201": {"description": "placed"}}}}}}
POLICY = """
version: 1
ownership:
  - id: accountId
    learn: {operations: [listAccounts]}
    check: {operations: [placeOrder], at: [body/sourceAccountId]}
"""


class Ownership(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.upstream.on("GET /accounts", self.list_accounts)
        self.upstream.on("POST /orders", raw_answer(201, media=None))
        home = tempfile.TemporaryDirectory(prefix="portico-ownership-")
        self.addCleanup(home.cleanup)
        self.contract = pathlib.Path(home.name, "contract.json")
        self.contract.write_text(json.dumps(CONTRACT))

    def guard(self, **how):
        guard = Guard(self.upstream, contract=self.contract, policy=POLICY, **how)
        self.addCleanup(guard.stop)
        return guard

    @staticmethod
    def list_accounts(wire, request):
        """Everybody has an account of the token's name."""
        token = request.field("Authorization").split()[1]
        wire.send(raw_answer(200, {"accounts": [{"accountId": "of-" + token}]}))

    @staticmethod
    def order(guard, token, account):
        return guard.post("/orders", {"sourceAccountId": account}, [("Authorization", "Bearer " + token)])

    @staticmethod
    def learn(guard, token):
        return guard.get("/accounts", [("Authorization", "Bearer " + token)]).status

    def assert_foreign(self, answer):
        self.assertEqual((answer.status, answer.json()["rule"]), (403, "request-object-foreign"))

    def test_others_accounts_are_refused_by_every_worker(self):
        guard = self.guard(workers=3)
        self.assert_foreign(self.order(guard, "alice", "of-alice"))
        self.assertEqual([self.learn(guard, token) for token in ("alice", "mallory")], [200, 200])
        self.assertEqual([self.order(guard, "alice", "of-alice").status for _ in range(12)], [201] * 12)
        for _ in range(12):
            self.assert_foreign(self.order(guard, "mallory", "of-alice"))
        self.assertEqual(len(self.upstream.seen("/orders")), 12)

    def test_nothing_tells_whose_it_is(self):
        guard = self.guard()
        self.learn(guard, "alice")
        refused = self.order(guard, "mallory", "of-alice")
        unknown = self.order(guard, "mallory", "of-nobody")
        bodies = [{k: v for k, v in json.loads(a.body).items() if k != "request_id"} for a in (refused, unknown)]
        self.assertEqual(bodies[0], bodies[1])
        wait(lambda: len(guard.events.transactions()) == 3, "events")
        self.assertNotIn("of-", guard.events.text())
        self.assertNotIn("alice", guard.events.text())

    def test_a_reload_forgets_nothing(self):
        guard = self.guard(workers=2)
        self.learn(guard, "alice")
        guard.reload()
        self.assertEqual(self.order(guard, "alice", "of-alice").status, 201)
        self.assertEqual(self.order(guard, "mallory", "of-alice").status, 403)

    def test_a_restart_forgets_all(self):
        guard = self.guard()
        self.learn(guard, "alice")
        self.assertEqual(self.order(guard, "alice", "of-alice").status, 201)
        again = self.guard()
        self.assertEqual(self.order(again, "alice", "of-alice").status, 403)
        self.learn(again, "alice")
        self.assertEqual(self.order(again, "alice", "of-alice").status, 201)

    def test_a_full_table_forgets_the_oldest_and_counts_it(self):
        guard = self.guard(arguments=["--object-memory", "128k"], metrics=True)
        many = [{"accountId": f"many-{i}"} for i in range(5000)]
        self.upstream.on("GET /accounts", raw_answer(200, {"accounts": many}))
        for token in ("alice", "bob"):
            self.assertEqual(self.learn(guard, token), 200)
        self.assertGreater(guard.metric("portico_object_evictions_total"), 1000)
        known = [self.order(guard, "bob", f"many-{i}").status for i in range(0, 5000, 250)]
        self.assertGreater(known.count(201), 10, "the newest stay")
        self.assertEqual(self.order(guard, "carol", "many-0").status, 403)


if __name__ == "__main__":
    unittest.main()
