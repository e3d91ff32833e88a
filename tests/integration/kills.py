#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of collector and store at random moments, while agents with steady counters are polled: what a restart loses,
judged by the journal and by rrdtool. NETZWACHT_KILLS: how many of each (10; 500 in make check-long), shared out to
several worlds at once. NETZWACHT_SEED: of the moments."""
import json
import math
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from harness import BUILD, World, check, free_port, run_tests, wait_for

IS_LONG = bool(os.environ.get("NETZWACHT_LONG"))
KILLS = int(os.environ.get("NETZWACHT_KILLS", "500" if IS_LONG else "10"))
WORLDS = 4 if IS_LONG else 2
SEED = int(os.environ.get("NETZWACHT_SEED", "20261122"))
STEP = 2  # s: interval of the polls, and a row
DEVICES = 4  # of 20 interfaces, tests/bench/agents.c
PAUSE = (1.2 * STEP, 2.5 * STEP)  # between two kills


class Bed(World):
    def __init__(self, seed):
        super().__init__()
        self.rng = random.Random(seed)
        self.kills = {"netzwacht-collector": [], "netzwacht-store": []}
        self.daemons = {}

    def begin(self):
        port = free_port(socket.SOCK_DGRAM, "127.64.0.1")
        self.start("tests/bench/agents", port, 7200)
        wait_for("the agents", 20, lambda: "ready" in self.log("agents"))
        devices = [f"  - {{id: b-{i}, name: B{i}, address: 127.64.0.{i}, port: {port}, kind: switch"
                   f"{', core: true' if i == 1 else ', uplink: b-1'}}}\n" for i in range(1, DEVICES + 1)]
        self.write("inventory.yaml", "devices:\n" + "".join(devices))
        self.write("community", "public\n", 0o600)
        self.write("netzwacht.yaml", "instance: kills\nstate_dir: state\ninventory: inventory.yaml\n"
                   "credentials:\n  - {name: default, version: v2c, community_file: community}\n"
                   f"collector: {{interval: {STEP}s}}\nstore: {{step: {STEP}s, batch: {2 * STEP}s}}\n")
        for name in self.kills:
            self.restart(name)

    def restart(self, name):
        if name in self.daemons:
            self.kills[name].append(time.time())
            self.daemons[name].kill()
            self.daemons[name].wait()
            self.processes.remove(self.daemons[name])
        self.daemons[name] = self.start(name, "-c", self.dir / "netzwacht.yaml")

    def kill_at_random(self, count):
        left = [name for name in self.kills for _ in range(count)]
        self.rng.shuffle(left)
        time.sleep(4 * STEP)
        while left:
            time.sleep(self.rng.uniform(*PAUSE) / 2)  # each of them every PAUSE
            for name in self.daemons:
                check(self.daemons[name].poll() is None, f"{name} ended by itself:\n{self.log(name)[-2000:]}")
            self.restart(left.pop())
        time.sleep(5 * STEP)
        for name in reversed(self.daemons):
            self.daemons[name].terminate()
            check(self.daemons[name].wait(60) == 0, f"{name} ends with an error")

    def polls(self):
        """{(source, entity, metric): [(time, value or NaN)]}, with what must hold of the records checked"""
        series, last = {}, {}
        with open(self.dir / "journal.json", "w+") as out:
            done = subprocess.run([BUILD / "netzwacht", "journal", "cat", "--dir", self.dir / "state/journal", "collector"],
                                  stdout=out, stderr=subprocess.PIPE, text=True)
            check(done.returncode == 0, f"the journal: status {done.returncode} {done.stderr[-500:]}")
            out.seek(0)
            for line in map(json.loads, out):
                record = line["record"]
                if record["kind"] != "samples":
                    continue
                samples = record["samples"]
                source, at = samples["source"], datetime.fromisoformat(samples["started"].replace("Z", "+00:00")).timestamp()
                position, before = last.get(source, (None, 0))
                check(samples.get("previous") == position, f"{source}: {line['position']} follows {samples.get('previous')}, not {position}")
                check(at > before, f"{source}: a poll of {at} after one of {before}")
                last[source] = (line["position"], at)
                for v in samples["values"]:
                    value = math.nan if v["value"] is None else v["value"]
                    series.setdefault((source, v["entity"], v["metric"]), []).append((at, value))
        return series

    def files(self):
        """{(source, entity): path of the short class}"""
        found = {}
        for line in (self.dir / "state/rrd/index").read_text().splitlines():
            _, number, storage, _, source, entity, _ = line.split(" ")
            if storage == "short":
                found[source, entity] = self.dir / f"state/rrd/{int(number) // 1000:03d}/{int(number):08d}.rrd"
        return found

    def rows(self, path, first):
        """{metric: {end of the row: value}}"""
        last = int(self.rrdtool("last", path).stdout)
        out = self.rrdtool("fetch", path, "AVERAGE", "-r", STEP, "--start", first, "--end", last).stdout.splitlines()
        names, rows = out[0].split(), {}
        for line in out[1:]:
            match = re.match(r"(\d+): (.*)", line)
            if match and first < int(match[1]) <= last:
                for name, value in zip(names, match[2].split()):
                    rows.setdefault(name, {})[int(match[1])] = float(value)
        return rows


def runs_of_unknown(rows):
    """[(end of the first row, number of rows)], between the first and the last known one"""
    known = [t for t, v in rows.items() if not math.isnan(v)]
    runs = []
    for t in sorted(t for t, v in rows.items() if math.isnan(v) and known[0] < t < known[-1]):
        if runs and t == runs[-1][0] + STEP * runs[-1][1]:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((t, 1))
    return runs


def steps_of(polls):
    """{end of the step: [known values]}"""
    steps = {}
    for at, value in polls:
        if not math.isnan(value):
            steps.setdefault((int(at) // STEP + 1) * STEP, []).append(value)
    return steps


def losses(kills, polls):
    """[(time, rows that may be lost)]: one, and those in which a slow machine had no collector at all"""
    found = []
    for at in kills:
        back = next((t for t in polls if t > at), at)
        found.append((at, 1 + int((back - at) // STEP)))
    return found


def judge(bed):
    """Returns figures; a Failure names what is wrong."""
    series = bed.polls()
    kills = losses(bed.kills["netzwacht-collector"], sorted({at for polls in series.values() for at, _ in polls}))
    check(len(series) > DEVICES * 100, f"only {len(series)} series in the journal")
    lost = {"series": 0, "rows": 0, "unknown": 0, "worst": 0}
    for (source, entity), path in bed.files().items():
        first = int(min(at for at, _ in series[source, "device", "reachable"]))
        for name, rows in bed.rows(path, first).items():
            metric = next(m for s, e, m in series if (s, e) == (source, entity) and m.replace(".", "_")[:19] == name)
            polls = series[source, entity, metric]
            usual = median(v for _, v in polls if not math.isnan(v))
            what = f"{source} {entity} {metric}"
            for end, values in steps_of(polls).items():
                if end in rows:
                    mean = sum(values) / len(values)
                    check(abs(rows[end] - mean) <= 1e-6 * abs(mean) + 1e-6, f"{what}: the row of {end} is {rows[end]}, polled was {values}")
            if metric.startswith("interface."):
                wild = [v for _, v in polls if v > 2 * usual or v < usual / 2]
                check(not wild, f"{what}: rates of {usual}, but also {wild[:5]}")
            lost["series"] += 1
            lost["rows"] += len(rows)
            for begin, count in runs_of_unknown(rows):
                near = sum(may for at, may in kills if begin - 3 * STEP <= at <= begin + count * STEP)
                check(count <= near, f"{what}: {count} rows unknown from {begin - STEP} on, {near} may be by the kills nearby")
                lost["unknown"] += count
                lost["worst"] = max(lost["worst"], count / near)
    damaged = list((bed.dir / "state/rrd").rglob("*.damaged-*"))
    check(not damaged, f"a kill damaged {damaged}")
    for name in bed.kills:
        check("ends in the future" not in bed.log(name), f"{name} took its own time for the future")
    return lost


def one_world(seed, count, results):
    try:
        with Bed(seed) as bed:
            bed.begin()
            bed.kill_at_random(count)
            results.append(judge(bed))
    except Exception as problem:
        results.append(f"seed {seed}: {problem!r}")


def killed_at_random():
    """collector and store killed at random lose at most a step of a series each time, and nothing else"""
    results = []
    share = [KILLS // WORLDS + (i < KILLS % WORLDS) for i in range(WORLDS)]
    threads = [threading.Thread(target=one_world, args=(SEED + i, n, results)) for i, n in enumerate(share)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bad = [r for r in results if isinstance(r, str)]
    check(not bad, "\n".join(bad))
    total = {key: sum(r[key] for r in results) for key in ("series", "rows", "unknown")}
    print(f"# {KILLS} kills of each: {total['series']} series, {total['rows']} rows, {total['unknown']} unknown, "
          f"{total['unknown'] / total['series'] / (KILLS / WORLDS):.2f} a kill and series", flush=True)


run_tests(killed_at_random)
