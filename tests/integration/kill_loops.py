# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 again and again: alerts, the broker, the NOC's client, any of them together. Nothing that was committed is lost.

An injector writes a comment on an open incident into partition `cli` 20 times a second and keeps a log of the ids that it
wrote; between that, access points fail and return. A kill takes no page cache with it, so every id of that log counts as
committed and has to reach the NOC's own file: all of them, without a gap in the sequence, a repeated event only with the
same id and the same body. The judge is this script, the NOC mosquitto_sub; netzwacht is not asked.

NETZWACHT_LONG=1: 500, 100, 100 and 200 kills instead of 20, 10, 10 and 20, and the figures as a table."""
import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib import journal
from lib.harness import check, run_tests, wait_for
from lib.town import APS, PREFIX, Town

LONG = os.environ.get("NETZWACHT_LONG") == "1"
RATE = 20.0  # injected a second
RECOVERY = 3.0 if LONG else 12.0  # s, from the start of what was killed to the first new event at the NOC
CLIENT = Path(__file__).parent / "lib" / "noc_client.py"


class Injector(threading.Thread):
    def __init__(self, town, incident, seed):
        super().__init__(daemon=True)
        self.town, self.incident = town, incident
        self.writer = journal.Writer(str(town.dir / "state" / "journal"), "cli")
        self.log, self.is_stopping, self.dice = [], False, random.Random(seed)

    def run(self):
        number, down, due = 0, None, time.monotonic()
        while not self.is_stopping:
            number += 1
            now = time.time_ns()
            self.writer.append(journal.command(now, f"inj-{number}", "comment", self.incident, comment=f"mark-{number}",
                                               by="injector"))
            self.log.append((f"mark-{number}", now))
            if number % 100 == 0:  # an outage every ten seconds, five seconds long
                if down:
                    self.town.collector.revive(down)
                down = None if down else f"ap-{self.dice.randrange(2, APS + 1)}"
                if down:
                    self.town.collector.kill(down)
            due += 1 / RATE
            time.sleep(max(0.0, due - time.monotonic()))
        if down:
            self.town.collector.revive(down)


class Loop(Town):
    def start_noc(self):
        output = open(self.dir / "noc_client.log", "ab")
        self.noc = subprocess.Popen([sys.executable, str(CLIENT), str(self.port), PREFIX, str(self.file)], stdout=output,
                                    stderr=output, stdin=subprocess.DEVNULL, start_new_session=True)
        output.close()
        self.processes.append(self.noc)

    @property
    def file(self):
        return self.dir / "noc.events"

    def kill(self, what):
        victim = {"alerts": self.alerts, "broker": self.broker}.get(what)
        if victim:
            victim.kill()
            victim.wait()
        else:
            os.killpg(self.noc.pid, signal.SIGKILL)
            self.noc.wait()

    def begin_again(self, what):
        if what == "broker":
            self.broker = self.start("mosquitto", "-c", self.dir / "mosquitto.conf", log="mosquitto")
        elif what == "alerts":
            self.start_alerts()
        else:
            self.start_noc()

    def lines(self):
        data = self.file.read_bytes() if self.file.exists() else b""
        return [json.loads(line) for line in data[:data.rfind(b"\n") + 1].splitlines()]

    def has_since(self, mark):
        """An event of a mark behind that one has arrived."""
        with open(self.file, "rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 64 * 1024))
            tail = file.read()
        found = [int(part.split(b'"', 1)[0]) for part in tail.split(b'"mark-')[1:] if part.split(b'"', 1)[0].isdigit()]
        return bool(found) and max(found) > mark

    def __exit__(self, *args):
        try:
            os.killpg(self.noc.pid, signal.SIGKILL)
        except (AttributeError, ProcessLookupError):
            pass
        super().__exit__(*args)


def kill_again_and_again(kills, choose, seed):
    dice = random.Random(seed)
    with Loop() as town:
        town.start_broker()
        town.start_noc()
        town.begin(with_broker=False)
        town.collector.kill("ap-1")
        incident = wait_for("the incident", 20, lambda: [e["subject"] for e in town.lines()])[0]
        injector = Injector(town, incident, seed)
        injector.start()
        wait_for("the first marks", 10, lambda: town.has_since(3))
        recoveries = []
        for _ in range(kills):
            time.sleep(dice.uniform(0, 5 if LONG else 0.3))
            victims = choose(dice)
            for victim in victims:
                town.kill(victim)
            time.sleep(dice.uniform(0, 0.2))
            mark, begin = len(injector.log), time.monotonic()
            for victim in victims:
                town.begin_again(victim)
            wait_for(f"a new event after {'+'.join(victims)} died", 60, lambda: town.has_since(mark), interval=0.02)
            recoveries.append(time.monotonic() - begin)
        injector.is_stopping = True
        injector.join()
        return judge(town, injector, recoveries, kills)


class Judge:
    """Reads the NOC's file line by line: what is kept of an event is a digest of its bytes."""

    def __init__(self, path):
        self.lines, self.digests, self.numbers, self.marks = 0, {}, {"critical": set(), "main": set()}, {}
        with open(path, "rb") as file:
            for line in file:
                self.take(line)

    def take(self, line):
        event, digest = json.loads(line), hashlib.sha256(line).digest()
        self.lines += 1
        check(self.digests.setdefault(event["id"], digest) == digest, f"{event['id']} came with two bodies")
        self.numbers[event["source"].rsplit("/", 1)[1]].add(int(event["sequence"]))
        history = event["data"]["history"]
        if event["type"].endswith(".changed") and history and history[-1]["by"] == "injector":
            self.marks.setdefault(history[-1]["comment"], set()).add(event["id"])


def judge(town, injector, recoveries, kills):
    wanted = [mark for mark, _ in injector.log]
    wait_for("the last of the injected ids", 60, lambda: town.has_since(len(wanted) - 1))
    time.sleep(3)  # repetitions that are due
    found = Judge(town.file)
    for lane, numbers in found.numbers.items():
        check(numbers == set(range(1, len(numbers) + 1)), f"{lane}: gaps, {len(numbers)} up to {max(numbers, default=0)}")
    lost = [mark for mark in wanted if mark not in found.marks]
    check(not lost, f"{len(lost)} of {len(wanted)} committed ids never reached the NOC: {lost[:5]}")
    told_twice = [mark for mark, ids in found.marks.items() if len(ids) > 1]
    check(not told_twice, f"told under two ids: {told_twice[:5]}")
    town.alerts.terminate()
    town.alerts.wait()
    with sqlite3.connect(town.dir / "state" / "alerts.db") as db:
        check(db.execute("PRAGMA integrity_check").fetchone() == ("ok",), "alerts.db is damaged")
        left = db.execute("SELECT count(*) FROM pending").fetchone()[0]
        check(left == 0, f"{left} records of {len(wanted)} events are still pending after an orderly end: each start gets slower")
    recoveries.sort()
    return {"kills": kills, "committed": len(wanted), "at the NOC": len(wanted) - len(lost), "events": len(found.digests),
            "repeated": found.lines - len(found.digests), "recovery p50": recoveries[len(recoveries) // 2],
            "recovery max": recoveries[-1]}


def loop(name, short, long, choose, limit):
    def test():
        seed = random.randrange(1 << 30)
        kills = int(os.environ.get("NETZWACHT_KILLS", long if LONG else short))
        print(f"# {name}: seed {seed}", flush=True)
        figures = kill_again_and_again(kills, choose, seed)
        print("# | " + " | ".join(figures) + " |\n# | " + " | ".join(
            f"{v:.2f} s" if isinstance(v, float) else str(v) for v in figures.values()) + " |", flush=True)
        check(figures["recovery max"] <= limit, f"the first new event came after {figures['recovery max']:.1f} s")
    test.__doc__ = f"{name} killed again and again: every committed event reaches the NOC, in order, once"
    return test


def any_of_them(dice):
    parts = ["alerts", "broker", "noc"]
    return dice.sample(parts, dice.choice((1, 1, 2, 3)))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    run_tests(loop("alerts", 20, 500, lambda _: ["alerts"], RECOVERY),
              loop("the broker", 10, 100, lambda _: ["broker"], RECOVERY),
              loop("the NOC's client", 10, 100, lambda _: ["noc"], RECOVERY),
              loop("any of them", 20, 200, any_of_them, RECOVERY))
