#!/usr/bin/python3
"""The rate limit: one count for all workers, one bucket an address, and time that fills it again."""
import concurrent.futures
import socket
import unittest

from harness import PATIENCE, Guard, Upstream, wait
from wire import Wire, raw_answer, raw_request

ITEM = {"id": 7, "name": "pen"}


def ask_from(guard, address, target="/items/7"):
    sock = socket.socket()
    sock.settimeout(PATIENCE)
    sock.bind((address, 0))
    sock.connect(("127.0.0.1", guard.port))
    with Wire(sock) as wire:
        wire.send(raw_request("GET", target))
        return wire.answer()


class Limits(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.upstream.on("*", raw_answer(200, ITEM))

    def guard(self, limits, **how):
        guard = Guard(self.upstream, policy="version: 1\nlimits:\n" + limits, **how)
        self.addCleanup(guard.stop)
        return guard

    def test_the_limit_is_shared_by_all_workers(self):
        guard = self.guard("  - {operations: [getItem], per: address, rate: 1/day, burst: 40}\n", workers=3)
        self.assertEqual(len(guard.workers()), 3)
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: guard.get("/items/7"), range(200)))
        statuses = [answer.status for answer in answers]
        self.assertEqual((statuses.count(200), statuses.count(429)), (40, 160))
        self.assertEqual(len(self.upstream.seen()), 40)
        self.assertTrue(all(a.field("Retry-After") for a in answers if a.status == 429))

    def test_each_address_has_its_own_bucket(self):
        guard = self.guard("  - {operations: [getItem], per: address, rate: 1/day, burst: 2}\n", workers=2)
        for last in range(1, 30):
            address = f"127.0.0.{last}"
            self.assertEqual([ask_from(guard, address).status for _ in range(3)], [200, 200, 429], address)

    def test_behind_a_trusted_proxy_the_client_is_who_it_names(self):
        limits = "  - {operations: [getItem], per: address, rate: 1/day, burst: 1}\n"
        for trusted, second in (("127.0.0.0/8", 200), ("192.0.2.0/24", 429)):
            guard = Guard(self.upstream, policy=f"version: 1\ntrusted_proxies: [{trusted}]\nlimits:\n{limits}")
            self.addCleanup(guard.stop)
            asked = [guard.get("/items/7", [("X-Forwarded-For", client)]).status
                     for client in ("203.0.113.1", "203.0.113.2", "203.0.113.2")]
            self.assertEqual(asked, [200, second, 429], trusted)

    def test_other_operations_are_free(self):
        guard = self.guard("  - {operations: [getItem], per: address, rate: 1/day, burst: 1}\n")
        self.upstream.on("GET /items", raw_answer(200, []))
        self.assertEqual([guard.get("/items/7").status for _ in range(2)], [200, 429])
        self.assertEqual([guard.get("/items").status for _ in range(5)], [200] * 5)

    def test_an_operation_is_named_by_method_and_path_too(self):
        guard = self.guard('  - {operations: ["GET /items/{id}"], per: address, rate: 1/day, burst: 1}\n')
        self.assertEqual([guard.get("/items/7").status for _ in range(2)], [200, 429])

    def test_a_limit_for_all(self):
        guard = self.guard('  - {operations: ["*"], per: address, rate: 1/day, burst: 3}\n')
        self.upstream.on("GET /items", raw_answer(200, []))
        statuses = [guard.get(path).status for path in ("/items", "/items/7", "/items", "/items/7")]
        self.assertEqual(statuses, [200, 200, 200, 429])

    def test_the_bucket_fills_again(self):
        guard = self.guard("  - {operations: [getItem], per: address, rate: 5/second, burst: 1}\n")
        self.assertEqual(guard.get("/items/7").status, 200)
        refused = guard.get("/items/7")
        self.assertEqual((refused.status, refused.field("Retry-After")), (429, "1"))
        wait(lambda: guard.get("/items/7").status == 200, "the bucket to fill", 3)

    def test_the_forwarded_address_of_a_client_is_not_believed(self):
        guard = self.guard("  - {operations: [getItem], per: address, rate: 1/day, burst: 1}\n")
        answers = [guard.get("/items/7", [("X-Forwarded-For", f"10.0.0.{i}")]).status for i in range(3)]
        self.assertEqual(answers, [200, 429, 429])

    def test_a_small_table_still_limits(self):
        guard = self.guard("  - {operations: [getItem], per: address, rate: 1/day, burst: 1}\n",
                           arguments=["--shared-memory", "128k"], workers=2)
        self.assertEqual([guard.get("/items/7").status for _ in range(2)], [200, 429])


if __name__ == "__main__":
    unittest.main()
