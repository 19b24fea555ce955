#!/usr/bin/python3
"""SIGHUP: no request is dropped, no memory is lost, and a broken contract changes nothing."""
import pathlib
import shutil
import signal
import tempfile
import threading
import unittest

from harness import CONTRACT, PRELOAD, Guard, Upstream, memory, wait
from wire import Closed, raw_answer, raw_request

ITEM = {"id": 7, "name": "pen"}


class Reload(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.upstream.on("*", raw_answer(200, ITEM))

    def test_reload_under_load_drops_no_request(self):
        with Guard(self.upstream, workers=2) as guard:
            failures, done, stop = [], [0], threading.Event()
            lock = threading.Lock()

            def count(answer, wanted):
                with lock:
                    done[0] += 1
                    if answer.status != wanted:
                        failures.append(answer)

            def new_connections():
                while not stop.is_set():
                    count(guard.get("/items/7"), 200)
                    count(guard.get("/items/none"), 400)

            def kept_connection():
                wire = guard.connect()
                fresh = True
                while not stop.is_set():
                    try:
                        wire.send(raw_request("GET", "/items/7"))
                        answer = wire.answer()
                    except (Closed, ConnectionError) as error:
                        # A server may close an idle connection at any time (RFC 9112, section 9.5): a client asks
                        # again, but only on a connection that was used before and when no byte of an answer came.
                        if fresh or getattr(error, "got", b""):
                            raise
                        wire.close()
                        wire = guard.connect()
                        fresh = True
                        continue
                    fresh = False
                    count(answer, 200)
                    if answer.field("Connection") == "close":
                        wire.close()
                        wire = guard.connect()
                        fresh = True
                wire.close()

            def guarded(work):
                try:
                    work()
                except Exception as error:  # reported by the test's own thread
                    with lock:
                        failures.append(error)

            threads = [threading.Thread(target=guarded, args=(work,))
                       for work in (new_connections, kept_connection) for _ in range(3)]
            for thread in threads:
                thread.start()
            try:
                for _ in range(10):
                    before = done[0]
                    guard.reload()
                    wait(lambda: done[0] > before + 20 or failures, "requests between the reloads")
            finally:
                stop.set()
                for thread in threads:
                    thread.join(20)
            self.assertEqual(failures, [])
            events = guard.events.wait_for(done[0])
            self.assertEqual(len({e["request_id"] for e in events}), len(events))

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
    def test_100_reloads_leave_the_memory_as_it_was(self):
        def settled(guard):
            for _ in range(30):
                self.assertEqual(guard.get("/items/7").status, 200)
            [worker] = guard.workers()
            return memory(worker), memory(guard.master)

        with Guard(self.upstream) as guard:
            # The first reloads fill the allocator's free lists.
            for _ in range(5):
                guard.reload()
            (resident, private), (master_resident, master_private) = settled(guard)
            for _ in range(100):
                guard.reload()
            (resident_after, private_after), (master_resident_after, master_private_after) = settled(guard)
            figures = (f"worker resident {resident} -> {resident_after} KiB, private {private} -> {private_after}; "
                       f"master resident {master_resident} -> {master_resident_after}, private {master_private} -> "
                       f"{master_private_after}")
            print(figures)
            self.assertLessEqual(resident_after, resident * 1.02, figures)
            self.assertLessEqual(private_after, private * 1.02 + 16, figures)
            self.assertLessEqual(master_resident_after, master_resident * 1.02 + 16, figures)


if __name__ == "__main__":
    unittest.main()
