#!/usr/bin/python3
"""SIGHUP: no request is dropped, no memory is lost, and a broken contract changes nothing."""
import os
import pathlib
import shutil
import signal
import socket
import tempfile
import threading
import unittest

from harness import CONTRACT, PRELOAD, Guard, Upstream, memory, wait
from wire import Closed, Wire, raw_answer, raw_request

ITEM = {"id": 7, "name": "pen"}


RELOADS = int(os.environ.get("PORTICO_RELOADS", "60"))


class Load:
    """Clients that never stop asking: some with a new connection each time, some with one that they keep."""

    def __init__(self, guard, clients=3, may_break=False):
        self.guard, self.may_break = guard, may_break
        self.failures, self.done, self.broken = [], 0, 0
        self.lock, self.stopping = threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self._guarded, args=(work,))
                        for work in (self._new_connections, self._kept_connection) for _ in range(clients)]

    def _count(self, answer, wanted):
        with self.lock:
            self.done += 1
            if answer.status != wanted:
                self.failures.append(answer)

    def _break(self, error):
        """A connection ended in the middle; where workers are killed that happens."""
        if not self.may_break:
            raise error
        with self.lock:
            self.broken += 1

    def _new_connections(self):
        while not self.stopping.is_set():
            try:
                self._count(self.guard.get("/items/7"), 200)
                self._count(self.guard.get("/items/none"), 400)
            except (Closed, ConnectionError) as error:
                self._break(error)

    def _kept_connection(self):
        wire, fresh = self.guard.connect(), True
        while not self.stopping.is_set():
            try:
                wire.send(raw_request("GET", "/items/7"))
                answer = wire.answer()
            except (Closed, ConnectionError) as error:
                # A server may close an idle connection at any time (RFC 9112, section 9.5): a client asks again, but
                # only on a connection that was used before and when no byte of an answer came.
                if fresh or getattr(error, "got", b""):
                    self._break(error)
                wire.close()
                wire, fresh = self.guard.connect(), True
                continue
            fresh = False
            self._count(answer, 200)
            if answer.field("Connection") == "close":
                wire.close()
                wire, fresh = self.guard.connect(), True
        wire.close()

    def _guarded(self, work):
        try:
            work()
        except Exception as error:  # reported by the test's own thread
            with self.lock:
                self.failures.append(error)

    def wait_for_more(self, count):
        before = self.done
        wait(lambda: self.done > before + count or self.failures, f"{count} more requests")

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(20)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()


class Reload(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.upstream.on("*", raw_answer(200, ITEM))

    def test_reload_under_load_drops_no_request(self):
        with Guard(self.upstream, workers=2) as guard, Load(guard) as load:
            for _ in range(10):
                guard.reload()
                load.wait_for_more(20)
            load.stop()
            self.assertEqual(load.failures, [])
            events = guard.events.wait_for(load.done)
            self.assertEqual(len({e["request_id"] for e in events}), len(events))

    def test_all_files_are_read_anew_under_load(self):
        """Contract, policy and lists: what was allowed before and is after is never refused in between."""
        contract = self.copy()
        listed = contract.parent / "denied.txt"
        listed.write_text("192.0.2.0/24\n")
        policy = f"version: 1\naddresses: {{deny_files: [{listed}]}}\n"
        with Guard(self.upstream, contract=contract, policy=policy, workers=2) as guard, Load(guard) as load:
            for i in range(6):
                self.contract.write_text(CONTRACT.read_text().replace("/page:", f"/page{i}:"))
                guard.policy.write_text(policy + f"limits:\n  - {{operations: [getItem], rate: {1000 + i}/second, "
                                                 "burst: 100000}\n")
                listed.write_text(f"192.0.2.{i}\n127.0.0.{20 + i}\n")
                guard.reload()
                load.wait_for_more(20)
                self.assertEqual(guard.get(f"/page{i}").status, 502)  # known: the service has no such page
                with socket.create_connection(("127.0.0.1", guard.port), source_address=(f"127.0.0.{20 + i}", 0)) as s:
                    s.sendall(raw_request("GET", "/items/7"))
                    self.assertEqual(Wire(s).answer().status, 403)
            load.stop()
            self.assertEqual(load.failures, [])

    def test_a_request_in_flight_is_finished_by_the_old_worker(self):
        with Guard(self.upstream) as guard:
            gate = threading.Event()
            def late(wire, _):
                gate.wait(10)
                wire.send(raw_answer(200, ITEM))
            self.upstream.on("GET /items/8", late)
            with guard.connect() as wire:
                wire.send(raw_request("GET", "/items/8"))
                wait(lambda: self.upstream.seen("/items/8"), "the request")
                before = guard.workers()
                guard.process.send(signal.SIGHUP)
                wait(lambda: set(guard.workers()) - set(before), "the new worker")
                self.assertEqual(guard.get("/items/7").status, 200)
                gate.set()
                self.assertEqual(wire.answer().json(), ITEM)

    def test_the_contract_is_read_anew(self):
        guard = self.guard_of_copy()
        self.assertEqual(guard.get("/things/7").status, 404)
        self.contract.write_text(CONTRACT.read_text().replace("/items/{id}:", "/things/{id}:"))
        guard.reload()
        self.assertEqual(guard.get("/things/7").status, 200)
        self.assertEqual(guard.get("/items/7").status, 404)

    def test_a_broken_contract_changes_nothing(self):
        guard = self.guard_of_copy()
        workers = guard.workers()
        self.contract.write_text("openapi: 3.0.3\npaths: [\n")
        guard.process.send(signal.SIGHUP)
        guard.process.wait_for("still running as before")
        self.assertIn(str(self.contract), guard.said)
        self.assertEqual(guard.workers(), workers)
        self.assertEqual(guard.get("/items/7").status, 200)
        self.contract.write_text(CONTRACT.read_text())
        guard.reload()
        self.assertEqual(guard.get("/items/7").status, 200)

    def guard_of_copy(self):
        guard = Guard(self.upstream, contract=self.copy())
        self.addCleanup(guard.stop)
        return guard

    def copy(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="portico-e2e-"))
        self.addCleanup(shutil.rmtree, folder)
        self.contract = folder / "contract.yaml"
        shutil.copy(CONTRACT, self.contract)
        return self.contract

    def test_limits_and_counters_survive_a_reload(self):
        policy = "version: 1\nlimits:\n  - {operations: [getItem], per: address, rate: 1/day, burst: 3}\n"
        with Guard(self.upstream, policy=policy, metrics=True) as guard:
            self.assertEqual([guard.get("/items/7").status for _ in range(2)], [200, 200])
            guard.reload()
            self.assertEqual([guard.get("/items/7").status for _ in range(2)], [200, 429])
            guard.events.wait_for(4)
            self.assertEqual(guard.metric('portico_requests_total{verdict="allowed"}'), 3)

    @unittest.skipIf(PRELOAD, "the sanitizers keep freed memory")
    def test_reloads_under_load_leave_the_memory_as_it_was(self):
        """PORTICO_RELOADS=1000 says how many; `make soak` does that."""
        def settled(guard):
            guard.reload()
            for _ in range(30):
                self.assertEqual(guard.get("/items/7").status, 200)
            sizes = [memory(pid) for pid in guard.workers()]
            return [sum(size) for size in zip(*sizes)], memory(guard.master)

        with Guard(self.upstream, workers=2) as guard:
            # The first reloads fill the allocator's free lists.
            with Load(guard, clients=1) as load:
                for _ in range(15):
                    guard.reload()
            before = settled(guard)
            with Load(guard, clients=1) as load:
                for _ in range(RELOADS):
                    guard.reload()
            after = settled(guard)
            self.assertEqual(load.failures, [])
            figures = f"{RELOADS} reloads, {load.done} requests, 0 failed; KiB resident and private: workers " \
                      f"{before[0]} -> {after[0]}, master {before[1]} -> {after[1]}"
            print(figures)
            for then, now in zip((*before[0], *before[1]), (*after[0], *after[1])):
                self.assertLessEqual(now, then * 1.02 + 16, figures)


class Kill(unittest.TestCase):
    def test_the_rest_goes_on_when_a_worker_is_killed(self):
        with Upstream() as upstream:
            upstream.on("*", raw_answer(200, ITEM))
            policy = "version: 1\nlimits:\n  - {operations: [getPage], per: address, rate: 1/day, burst: 1}\n"
            with Guard(upstream, policy=policy, workers=3, metrics=True) as guard, Load(guard, may_break=True) as load:
                guard.kills = True
                upstream.on("GET /page", raw_answer(200, "text", media="text/plain"))
                self.assertEqual(guard.get("/page").status, 200)
                for _ in range(5):
                    victim, *rest = guard.workers()
                    load.wait_for_more(20)
                    os.kill(victim, signal.SIGKILL)
                    load.wait_for_more(20)
                    wait(lambda: len(set(guard.workers()) - {victim}) == 3, "a new worker")
                    self.assertTrue(set(rest) <= set(guard.workers()), "the others are gone")
                    load.wait_for_more(20)
                    # What workers share is whole: limits still count, metrics too.
                    self.assertEqual(guard.get("/page").status, 429)
                load.stop()
                self.assertEqual(load.failures, [])
                self.assertLess(load.broken, 5 * len(load.threads) + 1)
                self.assertGreaterEqual(guard.metric('portico_requests_total{verdict="allowed"}'), load.done // 2)
                self.assertEqual(guard.process.count("alert") - guard.process.count("exited on signal 9"), 0,
                                 guard.said)


if __name__ == "__main__":
    unittest.main()
