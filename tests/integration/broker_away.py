# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker was away for three days and 100,000 events wait: memory, order, pace, and what is urgent goes first.

The events are put into alerts.db as the daemon writes them, spread over the 72 hours before the test; the broker comes only
then. NETZWACHT_LONG=1: 100,000 and the pace of 500 a second; otherwise 2,000, and a tenth of it: a shared disk under the broker
says little about netzwacht."""
import json
import os
import signal
import sqlite3
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import check, run_tests, wait_for
from lib.town import Collector, Town

EVENTS, PACE = (100000, 500) if os.environ.get("NETZWACHT_LONG") == "1" else (2000, 50)
AWAY = 72 * 3600


def resident(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def old_event(number, incident):
    event = {"specversion": "1.0", "id": f"teststadt/main/{number}", "source": "/netzwacht/teststadt/main",
             "type": "de.netzwacht.incident.changed", "sequence": str(number), "data": incident}
    return json.dumps(event).encode()


def fill(path):
    now = time.time_ns()
    body = {"id": "i-20261119-000001", "text": {"de": "x" * 300, "en": "y" * 300}, "members": ["m" * 60] * 4}
    with sqlite3.connect(path) as db:
        last = db.execute("SELECT value FROM number WHERE name = 'lane 1'").fetchone()[0]
        rows = ((1, last + k, now - AWAY * 10**9 * (EVENTS - k) // EVENTS, old_event(last + k, body))
                for k in range(1, EVENTS + 1))
        db.executemany("INSERT INTO outbox (lane, sequence, created, body) VALUES (?, ?, ?, ?)", rows)
        db.execute("UPDATE number SET value = ? WHERE name = 'lane 1'", (last + EVENTS,))
    db.close()
    return last


def what_waited_three_days_arrives():
    """the events of three days without a broker: little memory, in order, fast, and a new critical one overtakes"""
    with Town() as town:
        town.collector = Collector(town.dir / "state")
        town.collector.start()
        town.start_alerts()
        time.sleep(4)
        before = resident(town.alerts.pid)
        town.alerts.terminate()
        town.alerts.wait()
        last = fill(town.dir / "state" / "alerts.db")
        town.start_alerts()
        time.sleep(3)
        town.start_broker()
        begin = time.monotonic()
        town.subscribe()
        wait_for("the first of them", 30, lambda: len(town.events()) > 10)
        connected = time.monotonic()
        town.collector.kill(*town.collector.devices)  # the monitor is blind, says one critical incident
        detected = None
        while True:  # its verdict takes polls; what counts is from the event's own time to its arrival
            urgent = [e for e in town.events() if e["source"].endswith("/critical")]
            if urgent:
                break
            check(time.monotonic() - connected < 60, "the critical incident never came")
            time.sleep(0.2)
        detected = time.time()
        opened = time.mktime(time.strptime(urgent[0]["data"]["changed"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
        count = len(town.events())
        wait_for("the last of them", 300, lambda: len(town.events()) - len(urgent) >= EVENTS, interval=0.5)
        seconds = time.monotonic() - begin
        after = resident(town.alerts.pid)
        numbers = [int(e["sequence"]) for e in town.unique() if e["source"].endswith("/main")]
        print(f"# {EVENTS} events in {seconds:.1f} s ({EVENTS / seconds:.0f}/s), RSS {before:.1f} -> {after:.1f} MiB, the "
              f"critical one {detected - opened:.1f} s after its opening, behind {count} others", flush=True)
        check(numbers == list(range(numbers[0], numbers[0] + len(numbers))) and len(numbers) >= EVENTS, "lost or out of order")
        check(numbers[0] <= last + 1, "the oldest are missing")
        check(after - before <= 32, f"RSS grew by {after - before:.1f} MiB")
        check(EVENTS / seconds >= PACE, f"{EVENTS / seconds:.0f} events a second")
        check(detected - opened <= 5 + 1, f"{detected - opened:.1f} s until the critical one (whole seconds)")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    run_tests(what_waited_three_days_arrives)
