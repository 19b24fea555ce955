#!/usr/bin/python3
"""The rate limit: one count for all workers, one bucket an address, and time that fills it again."""
import concurrent.futures
import socket
import time
import unittest

from harness import PATIENCE, Guard, GuardTest, Upstream, wait
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

    def test_the_promise_is_kept_by_four_workers_under_load(self):
        guard = self.guard("  - {operations: [getItem], rate: 200/second, burst: 50}\n", workers=4)
        started = time.monotonic()
        passed = refused = 0

        def client(_):
            counts = [0, 0]
            while time.monotonic() < started + 3:
                with guard.connect() as wire:
                    for _ in range(500):  # nginx ends a connection after a thousand
                        if time.monotonic() > started + 3:
                            break
                        wire.send(raw_request("GET", "/items/7"))
                        counts[wire.answer().status == 429] += 1
            return counts
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for ok, no in pool.map(client, range(8)):
                passed, refused = passed + ok, refused + no
        promised = 50 + 200 * 3
        self.assertGreater(refused, 100, "this was no load")
        self.assertLessEqual(abs(passed - promised), promised * 0.01 + 2, (passed, refused))

    def test_the_fields_tell_what_is_left(self):
        guard = self.guard("  - {name: calls, operations: [getItem], rate: [2/minute, 100/day]}\n", workers=2)
        first, second, third = (guard.get("/items/7") for _ in range(3))
        self.assertEqual([a.status for a in (first, second, third)], [200, 200, 429])
        self.assertEqual(first.field("RateLimit-Policy"), '"calls 2/minute";q=2;w=60, "calls 100/day";q=100;w=86400')
        self.assertEqual(first.field("RateLimit"), '"calls 2/minute";r=1;t=30, "calls 100/day";r=99;t=864')
        self.assertTrue(third.field("RateLimit").startswith('"calls 2/minute";r=0;t='), third.field("RateLimit"))
        self.assertTrue(1 <= int(third.field("Retry-After")) <= 30)
        self.assertEqual(guard.get("/items").field("RateLimit"), None)

    def test_failures_lock_out(self):
        guard = self.guard("  - {operations: [getItem], failures: 3/minute, lock: 1h}\n", workers=3)
        self.assertEqual([guard.get("/items/7").status for _ in range(20)], [200] * 20)
        # The contract does not declare it, so the client gets another answer; the service said no all the same.
        self.upstream.on("*", raw_answer(401, {"error": "no"}))
        statuses = [guard.get("/items/7").status for _ in range(6)]
        self.assertEqual(statuses.count(429), 3, statuses)
        self.upstream.on("*", raw_answer(200, ITEM))
        refused = guard.get("/items/7")
        document = GuardTest.assert_problem(self, refused, "request-caller-locked", 429)
        self.assertTrue(document)
        self.assertGreater(int(refused.field("Retry-After")), 3500)

    def test_many_guesses_at_once_are_no_way_around(self):
        def slow_no(wire, _):
            time.sleep(0.3)
            wire.send(raw_answer(401, {"error": "no"}))
        self.upstream.on("*", slow_no)
        guard = self.guard("  - {operations: [getItem], failures: 5/minute, lock: 1h}\n", workers=4)
        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            list(pool.map(lambda _: guard.get("/items/7"), range(40)))
        self.assertEqual(len(self.upstream.seen()), 5)

    def test_who_counts_through_ids_is_stopped(self):
        guard = self.guard("  - {operations: [getItem], distinct: 'parameter:path/id', rate: 10/hour}\n", workers=3)
        statuses = [guard.get(f"/items/{i}").status for i in range(1, 31)]
        self.assertEqual(statuses, [200] * 10 + [429] * 20)
        self.assertEqual([guard.get("/items/3").status for _ in range(30)], [200] * 30)

    def test_a_small_table_still_limits(self):
        guard = self.guard("  - {operations: [getItem], per: address, rate: 1/day, burst: 1}\n",
                           arguments=["--shared-memory", "128k"], workers=2)
        self.assertEqual([guard.get("/items/7").status for _ in range(2)], [200, 429])


if __name__ == "__main__":
    unittest.main()
