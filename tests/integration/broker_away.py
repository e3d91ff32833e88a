# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker was away for three days and 100,000 events wait: memory, order, pace, and what is urgent goes first.

The events are put into alerts.db as the daemon writes them, spread over the 72 hours before the test; then a critical
incident opens, and only then the broker comes. `netzwacht noc watch` stores and confirms; the judge is mosquitto_sub, which stamps each
arrival. NETZWACHT_LONG=1: 100,000 and the pace of 500 a second; otherwise 2,000, and a tenth of it."""
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import check, run_tests, tool, wait_for
from lib.town import PREFIX, Collector, Town

EVENTS, PACE = (100000, 500) if os.environ.get("NETZWACHT_LONG") == "1" else (2000, 50)
AWAY = 72 * 3600


def memory(pid, what):
    """MiB; what: VmRSS, or VmHWM for the peak."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(what):
            return int(line.split()[1]) / 1024
    return 0.0


def old_event(number, incident):
    event = {"specversion": "1.0", "id": f"teststadt/main/{number}", "source": "/netzwacht/teststadt/main",
             "type": "de.netzwacht.incident.changed", "time": "2026-11-19T12:00:00.000Z", "subject": incident["id"],
             "sequence": str(number), "datacontenttype": "application/json", "data": incident}
    return json.dumps(event).encode()


def fill(path):
    now = time.time_ns()
    body = {"id": "i-20261119-000001", "severity": "minor", "text": {"de": "x" * 300, "en": "y" * 300}, "members": ["m" * 60] * 4}
    with sqlite3.connect(path) as db:
        last = db.execute("SELECT value FROM number WHERE name = 'lane 1'").fetchone()[0]
        rows = ((1, last + k, now - AWAY * 10**9 * (EVENTS - k) // EVENTS, old_event(last + k, body))
                for k in range(1, EVENTS + 1))
        db.executemany("INSERT INTO outbox (lane, sequence, created, body) VALUES (?, ?, ?, ?)", rows)
        db.execute("UPDATE number SET value = ? WHERE name = 'lane 1'", (last + EVENTS,))
    db.close()
    return last


class Judge:
    """Reads what mosquitto_sub stamps, once; keeps the order of what is new in each source."""

    def __init__(self, town):
        self.path, self.offset = town.dir / "judge", 0
        self.known, self.order, self.critical, self.arrivals, self.repeated = set(), [], [], [], 0
        with open(self.path, "wb") as output:
            town.processes.append(subprocess.Popen(
                [tool("mosquitto_sub"), "-h", "127.0.0.1", "-p", str(town.port), "-c", "-i", "judge", "-q", "1", "-t", PREFIX + "event",
                 "-F", "%U %p"], stdout=output, stdin=subprocess.DEVNULL))

    def look(self):
        with open(self.path, "rb") as file:
            file.seek(self.offset)
            data = file.read()
        whole = data[:data.rfind(b"\n") + 1]
        self.offset += len(whole)
        for line in whole.splitlines():
            stamp, text = line.split(b" ", 1)
            self.take(float(stamp), json.loads(text))
        return self

    def take(self, stamp, event):
        self.repeated += event["id"] in self.known
        if event["id"] in self.known:
            return
        self.known.add(event["id"])
        if event["source"].endswith("/critical"):
            self.critical.append((stamp, len(self.order), event))
        else:
            self.order.append(int(event["sequence"]))
            self.arrivals.append(stamp)


def what_waited_three_days_arrives():
    """the events of three days without a broker: little memory, in order, fast, and critical ones overtake"""
    with Town() as town:
        town.collector = Collector(town.dir / "state")
        town.collector.start()
        town.start_alerts()
        time.sleep(4)
        before = memory(town.alerts.pid, "VmRSS")
        town.alerts.terminate()
        town.alerts.wait()
        last = fill(town.dir / "state" / "alerts.db")
        town.start_alerts()
        time.sleep(3)
        town.collector.kill(*town.collector.devices)  # the monitor is blind: one critical incident
        wait_for("the critical incident", 60, lambda: "000001 opened" in town.log("netzwacht-alerts"))
        town.start_broker()
        judge = Judge(town)
        town.start("netzwacht", "noc", "watch", "--instance", "teststadt", "--host", "127.0.0.1", "--port", town.port, "--no-tls",
                   "--file", town.dir / "noc.file", log="noc")
        wait_for("the first of them", 60, lambda: judge.look().arrivals or judge.critical, interval=0.05)
        town.collector.revive(*town.collector.devices)
        wait_for("the last of them", 600, lambda: len(judge.look().arrivals) >= EVENTS, interval=0.2)
        wait_for("the recovery", 60, lambda: any(e["type"].endswith(".closed") for _, _, e in judge.look().critical))
        wait_for("the NOC's file", 600, lambda: (town.dir / "noc.file").read_bytes().count(b"\n") >= len(judge.look().known), interval=1)
        time.sleep(3)  # longer than receipt_timeout: what is confirmed is not told again
        after, peak = memory(town.alerts.pid, "VmRSS"), memory(town.alerts.pid, "VmHWM")
        judge.look()
        connected = min(judge.arrivals[0], judge.critical[0][0])
        seconds = judge.arrivals[EVENTS - 1] - judge.arrivals[0]
        closed = next(c for c in judge.critical if c[2]["type"].endswith(".closed"))
        late = closed[0] - datetime.fromisoformat(closed[2]["time"].replace("Z", "+00:00")).timestamp()
        print(f"# {EVENTS} events in {seconds:.1f} s ({EVENTS / seconds:.0f}/s), {judge.repeated} repeated, RSS {before:.1f} -> {after:.1f} MiB "
              f"(peak {peak:.1f}); the critical one that waited: {judge.critical[0][0] - connected:.2f} s after the first event, behind "
              f"{judge.critical[0][1]} others; its recovery {1000 * late:.0f} ms after the decision, behind {closed[1]}", flush=True)
        check(judge.order == list(range(judge.order[0], judge.order[0] + len(judge.order))), "lost or out of order")
        check(judge.order[0] <= last + 1, "the oldest are missing")
        check(peak - before <= 32, f"RSS grew by {peak - before:.1f} MiB")
        check(EVENTS / seconds >= PACE, f"{EVENTS / seconds:.0f} events a second")
        check(judge.critical[0][0] - connected <= 5 and late <= 5, "what is urgent did not overtake")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    run_tests(what_waited_three_days_arrives)
