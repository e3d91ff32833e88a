#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht-store from outside: what rrdtool reads of what it wrote, kills at random, damage, clocks, full disks.
Records are written by tests/integration/lib/journal.py, a second implementation of the journal's format."""
import math
import os
import random
import re
import resource
import signal
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
import journal
from harness import Failure, World, check, run_tests, wait_for

STEP = 10  # s: settings.store.step here, and how often the invented devices are read
NS = 10**9
IN, OUT, ERRORS, REACHABLE, RX = 13, 14, 17, 3, 50  # metric_list.h; REACHABLE and RX are of the long class
SEED = int(os.environ.get("NETZWACHT_SEED", "20261122"))

TABLE = journal.table([("if/1", "interface"), ("chassis", "chassis")],
                      [(0, IN), (0, OUT), (1, REACHABLE), (0, RX)], STEP * 1000)


def configure(world, batch="1s"):
    world.write("inventory.yaml", "devices: []\n")
    world.write("netzwacht.yaml", "instance: test\nstate_dir: state\ninventory: inventory.yaml\n"
                f"store: {{step: {STEP}s, batch: {batch}}}\ncollector: {{interval: {STEP}s}}\n")


def start(world, **kwargs):
    return world.start("netzwacht-store", "-c", world.dir / "netzwacht.yaml", **kwargs)


def index(world):
    """{(source, entity, "short"|"long"): path}"""
    path = world.dir / "state/rrd/index"
    files = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        _, number, storage, _, source, entity, _ = line.split(" ")
        files[source, entity, storage] = world.dir / f"state/rrd/{int(number) // 1000:03d}/{int(number):08d}.rrd"
    return files


def fetch(world, path, first, last, width=STEP, cf="AVERAGE"):
    """{time of a row's end: [values]} as `rrdtool fetch` prints them"""
    out = world.rrdtool("fetch", path, cf, "-r", width, "--start", first, "--end", last).stdout
    rows = {}
    for line in out.splitlines():
        match = re.match(r"(\d+): (.*)", line)
        if match and first < int(match[1]) <= last:
            rows[int(match[1])] = [float(v) for v in match[2].split()]
    return rows


def last_update(world, path):
    return int(world.rrdtool("last", path).stdout) if path.exists() else 0


def past(seconds):
    """A multiple of the long class's hour that lies so far back."""
    return (int(time.time()) - seconds) // 600 * 600


def append_polls(writer, source, t0, count, value=lambda i: [i, 2 * i, 1, -7.25], table=TABLE):
    for i in range(count):
        t = (t0 + i * STEP + 3) * NS
        writer.append(journal.samples(t, source, value(i), table if i == 0 else None))


def rrdtool_reads_what_was_polled():
    """rrdtool fetch gives one row a step: means, unknown after silence, long archives with MAX"""
    with World() as world:
        configure(world)
        writer = journal.Writer(world.dir / "state/journal", "collector")
        t0, count = past(9000), 600
        append_polls(writer, "sw-1", t0, count, lambda i: [i, math.nan if 100 <= i < 110 else 2 * i, 1, -7.25])
        writer.append(journal.heartbeat((t0 + count * STEP + 300) * NS))
        start(world)
        end = t0 + count * STEP
        wait_for("files", 10, lambda: ("sw-1", "if/1", "short") in index(world))
        short, long = index(world)["sw-1", "if/1", "short"], index(world)["sw-1", "if/1", "long"]
        wait_for("the last row", 10, lambda: last_update(world, short) >= end)
        rows = fetch(world, short, t0, end + 100)
        for i in range(count):
            got = rows[t0 + (i + 1) * STEP]
            check(abs(got[0] - i) < 1e-6, f"row {i} of interface.in is {got[0]}")
            check(math.isnan(got[1]) if 100 <= i < 110 else abs(got[1] - 2 * i) < 1e-6,
                  f"row {i} of interface.out is {got[1]}")
        check(math.isnan(rows[end + 30][0]), "silence is drawn as a value")
        wait_for("the long rows", 10, lambda: last_update(world, long) >= end - 300)
        for cf, width in (("AVERAGE", 50), ("MAX", 600)):
            values = fetch(world, long, t0 + 600, t0 + 5400, width, cf)
            check(values and all(abs(v[0] + 7.25) < 1e-9 for v in values.values()), f"{cf}: {values}")
        info = world.rrdtool("info", long).stdout
        names = re.findall(r"ds\[(.*?)\]\.index", info)
        check(names == ["optic_rx_power"] and all(len(n) <= 19 for n in names), f"data sources {names}")
        check(oct(short.stat().st_mode & 0o777) == "0o640", "files are readable by others")


def killed_at_random():
    """kill -9 at twenty random moments while records come: at most one step missing, none twice"""
    rng = random.Random(SEED)
    with World() as world:
        configure(world)
        writer = journal.Writer(world.dir / "state/journal", "collector")
        sources, count = ["sw-%d" % i for i in range(6)], 500
        t0 = past(8000)  # also a multiple of the long step
        done = threading.Event()

        def write():
            for i in range(count):
                if i % 97 == 96:
                    writer.rotate()
                for n, source in enumerate(sources):
                    t = (t0 + i * STEP + 1 + n) * NS
                    writer.append(journal.samples(t, source, [i, 2 * i, 1, -i / 100],
                                                  TABLE if i % 97 in (0, 96) else None))
                writer.append(journal.heartbeat((t0 + i * STEP + 9) * NS))
                time.sleep(0.025)
            writer.append(journal.heartbeat((t0 + count * STEP + 400) * NS))
            done.set()

        thread = threading.Thread(target=write)
        thread.start()
        for _ in range(20):
            store = start(world)
            time.sleep(rng.uniform(0.05, 0.8))
            store.kill()
            store.wait()
        check(not done.is_set(), "the writer was done before the last kill: nothing was tested")
        start(world)
        thread.join()
        end = t0 + count * STEP
        wait_for("all files", 20, lambda: len(index(world)) == 3 * len(sources))
        for source in sources:
            path = index(world)[source, "if/1", "short"]
            wait_for(f"the last row of {source}", 20, lambda: last_update(world, path) >= end)
            rows = fetch(world, path, t0, end)
            missing = [i for i in range(count) if math.isnan(rows[t0 + (i + 1) * STEP][0])]
            wrong = [i for i in range(count) if i not in missing and abs(rows[t0 + (i + 1) * STEP][0] - i) > 1e-6]
            check(len(missing) <= 1, f"seed {SEED}: {source}: rows {missing} are missing")
            check(not wrong, f"seed {SEED}: {source}: rows {wrong} are not what was polled")
            path, width = index(world)[source, "if/1", "long"], 5 * STEP
            wait_for(f"the last long row of {source}", 20, lambda: last_update(world, path) >= end - width)
            rows = fetch(world, path, t0, end - width, width)
            missing = [i for i, v in enumerate(rows.values()) if math.isnan(v[0])]
            wrong = [i for i, v in enumerate(rows.values())
                     if i not in missing and abs(v[0] + (5 * i + 2) / 100) > 1e-6]
            check(len(missing) <= 1 and not wrong, f"seed {SEED}: {source}: long: {missing} missing, {wrong} wrong")
        check(not list((world.dir / "state/rrd").rglob("*.damaged-*")), "a kill damaged a file")


def a_damaged_file_is_put_aside():
    """a damaged RRD file is put aside, its history begins anew, and the NOC gets an incident"""
    with World() as world:
        configure(world)
        writer = journal.Writer(world.dir / "state/journal", "collector")
        t0 = past(9000)
        append_polls(writer, "sw-1", t0, 100)
        writer.append(journal.heartbeat((t0 + 100 * STEP + 300) * NS))
        store = start(world)
        key = ("sw-1", "if/1", "short")
        wait_for("rows", 10, lambda: key in index(world) and last_update(world, index(world)[key]) >= t0 + 1000)
        store.terminate()
        check(store.wait(10) == 0, "the store ends with an error")
        path = index(world)[key]
        with open(path, "r+b") as f:
            f.seek(24)
            f.write(b"\xff" * 8)  # the number of data sources
        world.start("netzwacht-alerts", "-c", world.dir / "netzwacht.yaml")
        wait_for("alerts", 20, lambda: "started" in world.log("netzwacht-alerts"))
        append_polls(writer, "sw-1", t0 + 2000, 50)
        writer.append(journal.heartbeat((t0 + 2500 + 400) * NS))
        store = start(world)
        wait_for("the damaged file aside", 10, lambda: list(path.parent.glob("*.damaged-*")))
        wait_for("a new file", 10, lambda: path.exists() and last_update(world, path) >= t0 + 2400)
        check(store.poll() is None, "the store died of the damaged file")
        check(len(list(path.parent.glob("*.damaged-*"))) == 1, "the damaged file is gone")
        check("is put aside" in world.log("netzwacht-store"), "nothing was said")
        findings = [r["record"]["finding"] for r in world.journal("store") if r["record"]["kind"] == "finding"]
        check([(f["kind"], f["source"], f["entity"]) for f in findings] == [("history_damaged", "sw-1", "if/1")],
              f"the journal says {findings}")
        told = wait_for("the incident", 20, lambda: [
            r["record"]["incident"] for r in world.journal("alerts")
            if r["record"]["kind"] == "incident" and r["record"]["incident"]["type"] == "history_damaged"])
        check(told[0]["event"] == "opened" and told[0]["source"] == "main" and "sw-1 if/1" in told[0]["text_en"],
              f"alerts say {told}")


def a_new_metric_keeps_the_history():
    """a metric that appears, under kill -9, gets one longer file with all rows, and the former file goes"""
    with World() as world:
        configure(world)
        writer = journal.Writer(world.dir / "state/journal", "collector")
        t0 = past(9000)
        append_polls(writer, "sw-1", t0, 100)
        writer.append(journal.heartbeat((t0 + 1300) * NS))
        store = start(world)
        key = ("sw-1", "if/1", "short")
        wait_for("rows", 10, lambda: key in index(world) and last_update(world, index(world)[key]) >= t0 + 1000)
        former = index(world)[key]
        more = journal.table([("if/1", "interface"), ("chassis", "chassis")],
                             [(0, IN), (0, OUT), (1, REACHABLE), (0, RX), (0, ERRORS)], STEP * 1000, version=2)
        for i in range(100, 300):
            writer.append(journal.samples((t0 + i * STEP + 3) * NS, "sw-1", [i, 2 * i, 1, -7.25, 5],
                                          more if i == 100 else None, table_version=2))
        writer.append(journal.heartbeat((t0 + 300 * STEP + 300) * NS))
        for pause in (0.2, 0.9, 1.3):
            store.kill()
            store.wait()
            store = start(world)
            time.sleep(pause)
        wait_for("a longer file", 10, lambda: index(world)[key] != former)
        longer = index(world)[key]
        wait_for("its rows", 20, lambda: last_update(world, longer) >= t0 + 3000)
        rows = fetch(world, longer, t0, t0 + 3000)
        missing = [i for i in range(300) if math.isnan(rows[t0 + (i + 1) * STEP][0])]
        wrong = [i for i in range(300) if i not in missing and abs(rows[t0 + (i + 1) * STEP][0] - i) > 1e-6]
        check(len(missing) <= 1 and not wrong, f"rows {missing} are missing, {wrong} are wrong")
        check(all(math.isnan(rows[t0 + (i + 1) * STEP][2]) for i in range(99)), "the new metric has a past")
        check(all(abs(rows[t0 + (i + 1) * STEP][2] - 5) < 1e-6 for i in range(101, 300)), "the new metric has no values")
        wait_for("the former file gone", 10, lambda: writer.append(journal.heartbeat(int(time.time()) * NS)) or not former.exists())
        check(not list((world.dir / "state/rrd").rglob("*.damaged-*")), "a kill damaged a file")


def a_stamp_from_the_future_blocks_nothing():
    """values from the future are refused; those of now are stored behind them"""
    with World() as world:
        configure(world)
        writer = journal.Writer(world.dir / "state/journal", "collector")
        t0 = past(9000)
        append_polls(writer, "sw-1", t0, 50)
        writer.append(journal.samples((int(time.time()) + 3600) * NS, "sw-1", [9e9, 9e9, 1, 0]))
        for i in range(50, 100):
            writer.append(journal.samples((t0 + i * STEP + 3) * NS, "sw-1", [i, 2 * i, 1, -7.25]))
        writer.append(journal.heartbeat((t0 + 100 * STEP + 300) * NS))
        start(world)
        key = ("sw-1", "if/1", "short")
        wait_for("rows", 10, lambda: key in index(world) and last_update(world, index(world)[key]) >= t0 + 1000)
        rows = fetch(world, index(world)[key], t0, t0 + 1000)
        check(all(abs(rows[t0 + (i + 1) * STEP][0] - i) < 1e-6 for i in range(100)), "rows are missing")


def history_comes_first():
    """unit.history is taken before the collector's records, also by a store that is killed over it"""
    with World() as world:
        configure(world)
        live = journal.Writer(world.dir / "state/journal", "collector")
        t0 = past(9000)
        append_polls(live, "sw-1", t0 + 5000, 100)
        live.append(journal.heartbeat((t0 + 6400) * NS))
        history = journal.Writer(world.dir / "state/journal", "unit.history")
        append_polls(history, "sw-1", t0, 400)
        for pause in (0.15, 0.3, 0.45):
            killed = start(world)
            time.sleep(pause)
            killed.kill()
            killed.wait()
        start(world)
        key = ("sw-1", "if/1", "short")
        wait_for("rows", 15, lambda: key in index(world) and last_update(world, index(world)[key]) >= t0 + 6000)
        rows = fetch(world, index(world)[key], t0, t0 + 6000)
        check(all(abs(rows[t0 + (i + 1) * STEP][0] - i) < 1e-6 for i in range(400)), "history is missing")
        check(all(math.isnan(rows[t0 + (i + 1) * STEP][0]) for i in range(401, 499)), "the pause is not unknown")
        check(all(abs(rows[t0 + 5000 + (i + 1) * STEP][0] - i) < 1e-6 for i in range(100)), "live rows are missing")
        progress = wait_for("progress", 10, lambda: [
            r for r in world.journal("store") if r["record"]["kind"] == "progress"
            and len(r["record"]["progress"]["cursors"]) == 3])
        check(progress, "no progress record")


def a_full_disk_is_said_and_outlived():
    """no room for files: one message, nothing stops, and nothing is missing once there is room"""
    with World() as world:
        configure(world)
        writer = journal.Writer(world.dir / "state/journal", "collector")
        t0 = past(9000)
        append_polls(writer, "sw-1", t0, 100)
        writer.append(journal.heartbeat((t0 + 1300) * NS))
        limit = 20000  # a short file of two series takes 88 kB
        store = start(world, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY)))
        wait_for("a message", 10, lambda: "cannot be written" in world.log("netzwacht-store"))
        time.sleep(2.5)
        check(store.poll() is None, "the store gave up")
        check(world.log("netzwacht-store").count("cannot be written") == 1, "the same message again and again")
        resource.prlimit(store.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        key = ("sw-1", "if/1", "short")
        wait_for("rows", 15, lambda: key in index(world) and last_update(world, index(world)[key]) >= t0 + 1000)
        rows = fetch(world, index(world)[key], t0, t0 + 1000)
        check(all(abs(rows[t0 + (i + 1) * STEP][0] - i) < 1e-6 for i in range(100)), "rows are missing")
        check("can be written again" in world.log("netzwacht-store"), "the end was not said")


def a_daemon_keeps_its_house():
    """heartbeat each second, a broken configuration refused whole, a second store refused, the end with its parent"""
    with World() as world:
        configure(world)
        store = start(world)
        wait_for("heartbeats", 10, lambda: (world.dir / "state/journal/store").exists() and
                 sum(r["record"]["kind"] == "heartbeat" for r in world.journal("store")) >= 3)
        second = world.run("netzwacht-store", "-c", world.dir / "netzwacht.yaml", ok=False)
        check(second.returncode == 75 and "stop it first" in second.stderr, f"a second store: {second}")
        good = (world.dir / "netzwacht.yaml").read_text()
        world.write("netzwacht.yaml", good + "nonsense: 1\n")
        store.send_signal(signal.SIGHUP)
        wait_for("a refusal", 5, lambda: "the old one stays in force" in world.log("netzwacht-store"))
        check("netzwacht.yaml:6:1" in world.log("netzwacht-store"), "no position of the mistake")
        world.write("netzwacht.yaml", good.replace("batch: 1s", "batch: 2s"))
        store.send_signal(signal.SIGHUP)
        wait_for("the new configuration", 5, lambda: "new configuration in force" in world.log("netzwacht-store"))
        store.send_signal(signal.SIGTERM)
        check(store.wait(10) == 0, "SIGTERM does not end it cleanly")
        environment = dict(os.environ, NETZWACHT_PARENT_DEATH="1234567")
        orphan = world.run("netzwacht-store", "-c", world.dir / "netzwacht.yaml", ok=False, env=environment)
        check(orphan.returncode == 69, f"it starts although its parent is gone: {orphan}")
        usage = world.run("netzwacht-store", "--help").stdout
        check("Usage: netzwacht-store" in usage, usage)
        missing = world.run("netzwacht-store", "-c", "/nonexistent.yaml", ok=False)
        check(missing.returncode in (66, 78), f"a missing configuration: {missing.returncode}")


if __name__ == "__main__":
    run_tests(rrdtool_reads_what_was_polled, killed_at_random, a_damaged_file_is_put_aside,
              a_new_metric_keeps_the_history, a_stamp_from_the_future_blocks_nothing, history_comes_first, a_full_disk_is_said_and_outlived,
              a_daemon_keeps_its_house)
