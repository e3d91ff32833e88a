#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht import rrd: trees as LibreNMS and Cacti keep them, made here with rrdtool; what was known stays, what was
unknown is what rrdtool fetches from the foreign file, and hostile files harm nobody."""
import csv
import io
import math
import os
import random
import sys
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
import journal
from harness import World, check, run_tests, tool, wait_for

NS, DAY = 10**9, 86400
IN, OUT = 13, 14
NOW = int(time.time())
NEWEST = NOW // 300 * 300 - 600  # of the foreign files
DAYS = 20
TABLE = journal.table([("if/1", "interface")], [(0, IN), (0, OUT)], 60000)
RRAS = [f"RRA:{cf}:0.5:{pdps}:{rows}" for cf in ("AVERAGE", "MIN", "MAX")
        for pdps, rows in ((1, 2016), (6, 1440), (24, 1440), (288, 1440))] + ["RRA:LAST:0.5:1:2016"]

world = World()
tree = world.dir / "tree"


def rate(t):
    """octets a second in the five minutes that end at t"""
    return 1000 + 500 * math.sin(t / 7000) + (t // 300 % 97)


def make_rrd(name, sources, days=DAYS):
    path = tree / name
    path.parent.mkdir(parents=True, exist_ok=True)
    begin = NEWEST - days * DAY
    world.run(tool("rrdtool"), "create", path, "--step", 300, "--start", begin - 300,
              *(f"DS:{s}:DERIVE:600:0:12500000000" for s in sources), *RRAS)
    counters, updates = [0.0] * len(sources), []
    for t in range(begin, NEWEST + 1, 300):
        counters = [c + 300 * rate(t) * (k + 1) for k, c in enumerate(counters)]
        updates.append(f"{t}:" + ":".join(str(int(c)) for c in counters))
    for i in range(0, len(updates), 1000):
        world.run(tool("rrdtool"), "update", path, *updates[i:i + 1000])
    return path


def fetch(path, cf, width, begin, end, column=0):
    """{begin of the row: value} that rrdtool fetches"""
    out = world.run(tool("rrdtool"), "fetch", path, cf, "-r", width, "-s", begin, "-e", end).stdout.splitlines()
    rows = {int(l.split(":")[0]): float(l.split()[1 + column]) for l in out if l[:1].isdigit()}
    steps = sorted(rows)
    check(len(steps) > 1 and steps[1] - steps[0] == width, f"{path}: rows of {steps[1] - steps[0]} s, not {width}")
    return {t - width: v for t, v in rows.items() if not math.isnan(v)}


def ours(begin, end, step, metric="interface.in", source="sw-1", aggregate="average"):
    done = world.run("netzwacht", "export", "series", "-q", "-c", world.dir / "netzwacht.yaml", "--from", begin, "--to", end,
                     "--step", step, "--metric", metric, "--source", source, "--aggregate", aggregate, ok=False)
    check(done.returncode == 0 or "holds no series" in done.stderr, done.stderr)
    rows = csv.DictReader(io.StringIO(done.stdout, newline=""))
    return {int(datetime.fromisoformat(r["time"].replace("Z", "+00:00")).timestamp()): float(r["value"])
            for r in rows if r["value"]}


def assert_equal(got, truth, scale, what):
    common = set(got) & set(truth)
    check(len(common) > 0.9 * len(truth) > 0, f"{what}: {len(common)} of {len(truth)} rows")
    wrong = [t for t in common if abs(got[t] - scale * truth[t]) > 1e-5 * abs(scale * truth[t])]
    check(not wrong, f"{what}: {len(wrong)} of {len(common)} differ, e.g. {[(t, got[t], scale * truth[t]) for t in wrong[:2]]}")


def write_map(text, name="map.csv"):
    return world.write(name, text)


def take(*options, kind="librenms", table="map.csv", ok=True):
    return world.run("netzwacht", "import", "rrd", "-c", world.dir / "netzwacht.yaml", "--from", kind, "--map",
                     world.dir / table, *options, tree, ok=ok)


def files():
    return sorted((world.dir / "state/rrd").rglob("*")) if (world.dir / "state/rrd").exists() else []


def a_dry_run_lists_and_writes_nothing():
    """without --apply it lists what maps, what does not and what is left over, and writes nothing"""
    (world.dir / "state").mkdir()
    world.write("secret", "public\n", 0o600)
    world.write("inventory.yaml", "devices:\n" + "".join(
        f"  - {{id: {d}, kind: switch, address: 127.0.0.1, credentials: c}}\n" for d in ("sw-1", "sw-2", "sw-3")))
    world.write("netzwacht.yaml", "instance: test\nstate_dir: state\ninventory: inventory.yaml\n"
                f"credentials: [{{name: c, version: v2c, community_file: {world.dir}/secret}}]\nstore: {{batch: 1s}}\n")
    make_rrd("core1.example/port-id7.rrd", ["INOCTETS", "OUTOCTETS", "INERRORS"])
    make_rrd("core1.example/port-id8.rrd", ["INOCTETS"], days=1)
    make_rrd("core1.example/ucd_mem.rrd", ["free"], days=1)
    write_map('"file";"device";"entity"\r\n"core1.example/port-id7.rrd";"sw-1";"if/1"\r\n'
              'core1.example/gone.rrd;sw-1;if/2\r\ncore1.example/port-id8.rrd;nobody;if/1\r\n'
              'core1.example/ucd_mem.rrd;sw-1;if/3\r\n')
    done = take(ok=False)
    check(done.returncode == 1, f"{done.returncode} {done.stderr}")
    lines = done.stdout.splitlines()
    check(lines[0].startswith("yes  core1.example/port-id7.rrd -> sw-1 if/1: interface.in interface.out interface.in_errors"), lines)
    check("missing" in lines[1] and "no such device" in lines[2] and "none of the data sources" in lines[3], lines)
    check("1 files can be taken, 3 not" in lines[-1], lines)
    write_map("file,device,entity\ncore1.example/port-id7.rrd,sw-1,if/1\n")
    check("core1.example/port-id8.rrd: not in the table" in take().stdout, "left-over files are not listed")
    check(not files(), f"a dry run wrote {files()}")


def what_is_imported_is_what_rrdtool_fetches():
    """five minutes, hours and days, averages and maxima, in bit/s, equal rrdtool's of the foreign file"""
    done = take("--apply")
    check(done.returncode == 0 and "done  core1.example/port-id7.rrd" in done.stdout, done.stdout + done.stderr)
    path = tree / "core1.example/port-id7.rrd"
    week = NEWEST - 6 * DAY
    assert_equal(ours(week, NEWEST, 300), fetch(path, "AVERAGE", 300, week, NEWEST - 300), 8, "5 minutes")
    assert_equal(ours(week, NEWEST, 300, "interface.in_errors"), fetch(path, "AVERAGE", 300, week, NEWEST - 300, 2), 1, "errors")
    begin = (NEWEST - (DAYS - 2) * DAY) // DAY * DAY
    half_hours = fetch(path, "AVERAGE", 1800, begin, NEWEST - 1800, 1)
    hours = {t: (v + half_hours[t + 1800]) / 2 for t, v in half_hours.items() if t % 3600 == 0 and t + 1800 in half_hours
             and t + 3600 < week and abs(t - (NEWEST - 2016 * 300)) > 3600}  # there the finest archive begins, in mid-hour
    assert_equal(ours(begin, week, 3600, "interface.out"), hours, 8, "hours")
    maxima = fetch(path, "MAX", 1800, begin, week)
    maxima = {t: max(v, maxima[t + 1800]) for t, v in maxima.items() if t % 3600 == 0 and t + 1800 in maxima}
    assert_equal(ours(begin, week - 3600, 3600, aggregate="max"), maxima, 8, "maxima")
    again = take("--apply")
    check(", 0 values new" in again.stdout, f"a second time: {again.stdout}")


def our_own_values_stay():
    """values that netzwacht polled itself stay as they are, older ones are filled in, and the store goes on"""
    writer = journal.Writer(world.dir / "state/journal", "collector")
    begin = (NOW - 4 * 3600) // 3600 * 3600

    def poll(first, last):
        for i in range(first, last):
            writer.append(journal.samples((begin + i * 60 + 3) * NS, "sw-2", [5e6 + i, 7e6], TABLE if i in (0, 150) else None))
        writer.append(journal.heartbeat((begin + last * 60 + 400) * NS))

    def run_store(until):
        store = world.start("netzwacht-store", "-c", world.dir / "netzwacht.yaml")

        def is_written():
            got = ours(begin, begin + until * 60, 300, source="sw-2")
            return len([t for t, v in got.items() if t >= begin]) >= until // 5 - 1
        wait_for("rows", 20, is_written)
        time.sleep(2)
        busy = take("--apply", ok=False)
        check(busy.returncode == 75 and "stop it first" in busy.stderr, f"while the store runs: {busy.returncode} {busy.stderr}")
        store.terminate()
        check(store.wait(10) == 0, "the store")
    write_map("device,entity,file\nsw-2,if/1,core1.example/port-id7.rrd\n")
    poll(0, 150)
    run_store(150)
    before = ours(begin, begin + 150 * 60, 300, source="sw-2")
    check(len(before) >= 29 and min(before.values()) >= 5e6, f"{before}")
    check(take("--apply").returncode == 0, "import")
    after = ours(begin, begin + 150 * 60, 300, source="sw-2")
    assert_equal(after, before, 1, "what we polled")
    older = ours(begin - 3 * DAY, begin, 300, source="sw-2")
    path = tree / "core1.example/port-id7.rrd"
    assert_equal(older, fetch(path, "AVERAGE", 300, begin - 3 * DAY, begin - 300), 8, "what came before")
    poll(150, 200)
    run_store(200)
    later = ours(begin, begin + 200 * 60, 300, source="sw-2")
    assert_equal({t: v for t, v in later.items() if t < begin + 150 * 60}, before, 1, "after the store went on")
    check(abs(later[begin + 180 * 60] - (5e6 + 182)) < 1, f"new rows: {later.get(begin + 180 * 60)}")
    check(not list((world.dir / "state/rrd").rglob("*.damaged-*")), "a file was put aside")


def cacti_is_taken_too():
    """Cacti's traffic_in and traffic_out map the same way"""
    make_rrd("12/345.rrd", ["traffic_in", "traffic_out"], days=5)
    write_map("file,device,entity,snmp_index\n12/345.rrd,sw-3,if/1,10101\n", "cacti.csv")
    check(take("--apply", kind="cacti", table="cacti.csv").returncode == 0, "import")
    begin = NEWEST - 4 * DAY
    assert_equal(ours(begin, NEWEST, 300, "interface.out", "sw-3"), fetch(tree / "12/345.rrd", "AVERAGE", 300, begin, NEWEST - 300, 1),
                 8, "cacti")


def hostile_files_harm_nobody():
    """damaged, cut and foreign files are refused one by one, whatever librrd does with them"""
    good = (tree / "core1.example/port-id8.rrd").read_bytes()
    rng = random.Random(20261122)
    names = []
    for i in range(60):
        bad = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            bad[rng.randrange(700)] ^= rng.randint(1, 255)
        names.append(f"bad/{i}.rrd")
        (tree / "bad").mkdir(exist_ok=True)
        (tree / names[-1]).write_bytes(bad)
    for name, data in (("empty", b""), ("cut", good[:3000]), ("text", b"RRD\x000003" + b"A" * 5000), ("zero", bytes(len(good)))):
        names.append(f"bad/{name}.rrd")
        (tree / names[-1]).write_bytes(data)
    os.mkfifo(tree / "bad/fifo.rrd")
    names.append("bad/fifo.rrd")
    write_map("file,device,entity\n" + "".join(f"{n},sw-3,if/x{i}\n" for i, n in enumerate(names)), "bad.csv")
    before = {f: f.stat().st_mtime_ns for f in files() if f.is_file() and f.suffix == ".rrd"}
    done = world.run("netzwacht", "import", "rrd", "-c", world.dir / "netzwacht.yaml", "--from", "librenms", "--map",
                     world.dir / "bad.csv", "--apply", tree, ok=False, timeout=100)
    check(done.returncode in (0, 1), f"{done.returncode} {done.stderr[-800:]}")
    verdicts = [l for l in done.stdout.splitlines() if " -> sw-3" in l]
    check(len(verdicts) == len(names), f"{len(verdicts)} verdicts of {len(names)}")
    check(all(l.startswith("no ") for l in verdicts[60:]), verdicts[60:])
    check(sum(l.startswith("no ") for l in verdicts) >= 10, f"hardly any damaged header was noticed: {done.stdout}")
    check(all(f.stat().st_mtime_ns == t for f, t in before.items()), "files of others were touched")


def wrong_tables_are_told():
    """a table that cannot be read is told with file and line, and nothing is written"""
    for text, words in (("a,b,c\n", "must name the columns"), ("file,device,entity\n../../etc/passwd,sw-1,if/1\n", ":2: file must be"),
                        ("file,device,entity\n\n/etc/passwd,sw-1,if/1\n", ":3: file must be"),
                        ('file,device,entity\n"x.rrd,sw-1,if/1\n', "quote"), ("file,device,entity\nx.rrd,,if/1\n", "is empty")):
        write_map(text, "wrong.csv")
        done = take("--apply", table="wrong.csv", ok=False)
        check(done.returncode == 65 and words in done.stderr, f"{text!r}: {done.returncode} {done.stderr}")


if __name__ == "__main__":
    with world:
        run_tests(a_dry_run_lists_and_writes_nothing, what_is_imported_is_what_rrdtool_fetches, our_own_values_stay,
                  cacti_is_taken_too, hostile_files_harm_nobody, wrong_tables_are_told)
