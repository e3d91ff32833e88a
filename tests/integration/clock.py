#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wall clock of collector and store goes wrong and comes right again, while they run and at a start: polls go on, and
rrdtool reads rows of before and after. In CI +1 hour and 1970 at a start; NETZWACHT_LONG adds the rest."""
import math
import os
import socket
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from harness import World, check, free_port, run_tests, tool, wait_for

STEP, HOUR, YEAR = 2, 3600, 365 * 86400  # s: interval of the polls, and a row
WRONG = 6 * STEP  # s: longer than the three steps after which daemons believe a clock
JUMPS = [(HOUR, False), (-int(time.time()) + 60, True)]
if os.environ.get("NETZWACHT_LONG"):
    JUMPS += [(-HOUR, False), (10 * YEAR, False), (-10 * YEAR, False), (HOUR, True), (-HOUR, True), (10 * YEAR, True)]
DAEMONS = ("netzwacht-collector", "netzwacht-store")


class Bed(World):
    def begin(self):
        shim = self.dir / "wrong_clock.so"
        self.run(tool("cc"), "-shared", "-fPIC", "-o", shim, Path(__file__).parent / "lib/wrong_clock.c", "-ldl")
        port = free_port(socket.SOCK_DGRAM, "127.64.0.1")
        self.start("tests/bench/agents", port, 300)
        wait_for("the agents", 20, lambda: "ready" in self.log("agents"))
        self.write("inventory.yaml", f"devices:\n  - {{id: b-1, name: B, address: 127.64.0.1, port: {port}, kind: switch, core: true}}\n")
        self.write("community", "public\n", 0o600)
        self.write("netzwacht.yaml", "instance: clock\nstate_dir: state\ninventory: inventory.yaml\n"
                   "credentials:\n  - {name: default, version: v2c, community_file: community}\n"
                   f"collector: {{interval: {STEP}s}}\nstore: {{step: {STEP}s, batch: {2 * STEP}s}}\n")
        self.env = {**os.environ, "LD_PRELOAD": str(shim), "NETZWACHT_CLOCK": str(self.write("clock", "0"))}
        self.daemons = {}
        self.restart()

    def restart(self):
        for daemon in self.daemons.values():
            daemon.terminate()
            check(daemon.wait(30) == 0, "a daemon ends with an error")
        self.daemons = {name: self.start(name, "-c", self.dir / "netzwacht.yaml", env=self.env) for name in DAEMONS}

    def set_clock(self, off, is_start):
        (self.dir / "clock.new").write_text(str(off))
        (self.dir / "clock.new").rename(self.dir / "clock")
        if is_start:
            self.restart()

    def polls(self):
        return sum(r["record"]["kind"] == "samples" for r in self.journal("collector"))

    def poll_for(self, seconds, what):
        before, begin = self.polls(), time.monotonic()
        time.sleep(seconds)
        due, came = (time.monotonic() - begin) / STEP, self.polls() - before
        check(came >= due - 2, f"{what}: {came} polls, {due:.0f} were due")

    def known(self, first, last):
        """How many of the rows between two times are known; those of the level `load`, which needs one poll only"""
        rows = self.rrdtool("fetch", self.path, "AVERAGE", "-r", STEP, "--start", first, "--end", last).stdout
        values = [float(line.split()[1]) for line in rows.splitlines()[2:] if first < int(line.split(":")[0]) <= last]
        return sum(not math.isnan(v) for v in values)

    def find_file(self):
        index = (self.dir / "state/rrd/index").read_text() if (self.dir / "state/rrd/index").exists() else ""
        for line in index.splitlines():
            _, number, storage, _, source, entity, _ = line.split(" ")
            if (source, storage, entity) == ("b-1", "short", "device"):
                self.path = self.dir / f"state/rrd/000/{int(number):08d}.rrd"
                return self.path.exists()
        return False


def jump(off, is_start, problems):
    try:
        with Bed() as bed:
            bed.begin()
            wait_for("a file", 30, bed.find_file)
            begin = int(time.time())
            bed.poll_for(3 * STEP, "right")
            wrong = int(time.time())
            bed.set_clock(off, is_start)
            bed.poll_for(WRONG, "wrong")
            bed.set_clock(0, is_start)
            right = int(time.time()) + 4 * STEP
            bed.poll_for(6 * STEP, "right again")
            end = int(time.time())
            wait_for("the rows", 30, lambda: bed.known(right, end) >= (end - right) // STEP - 1)
            have, due = bed.known(begin, wrong), (wrong - begin) // STEP
            check(have >= due - 1, f"{have} of {due} rows of before are there")
    except Exception as problem:
        problems.append(f"off by {off} s {'at a start' if is_start else 'while all runs'}: {problem}")


def a_wrong_clock_costs_nothing():
    """a clock that goes wrong and comes right again stops no poll, blocks no file and costs no history"""
    problems = []
    threads = [threading.Thread(target=jump, args=(off, is_start, problems)) for off, is_start in JUMPS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(not problems, "\n".join(problems))


run_tests(a_wrong_clock_costs_nothing)
