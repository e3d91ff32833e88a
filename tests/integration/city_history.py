#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The back-filled past has the series that collector and probe really yield for the simulated devices."""
import json
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from harness import World, check, free_port, run_tests, wait_for  # noqa: E402

CONFIG = """instance: test
state_dir: state
simulated: true
inventory: [city/inventory.yaml]
districts: city/districts.geojson
credentials:
  - {name: default, version: v2c, community_file: city/community}
collector: {interval: 5s, timeout: 500ms}
probe: {interval: 5s, allowed: [127.16.0.0/12]}
"""


def tables(world, partition):
    """source -> set of (entity, metric), from every table in the partition; and its other records."""
    done = world.run("netzwacht", "journal", "cat", "--dir", world.dir / "state/journal", partition)
    found, states = {}, []
    for line in done.stdout.splitlines():
        if '"table"' not in line and '"kind":"state"' not in line:
            continue
        record = json.loads(line)["record"]
        if record["kind"] == "state":
            states.append(record["state"])
        elif record.get("samples", {}).get("table"):
            table = record["samples"]["table"]
            found[record["samples"]["source"]] = {(table["entities"][s.get("entity", 0)]["id"], s["metric"])
                                                  for s in table["series"]}
    return found, states


def past_matches_present():
    """every source, entity and metric of the past is one that collector and probe write live"""
    with World() as w:
        w.run("netzwacht-city", "init", "--dir", w.dir / "city", "--hotspots", 120, "--nodes", 20,
              "--port", free_port(socket.SOCK_DGRAM), "--dns-port", free_port(socket.SOCK_DGRAM),
              "--portal-port", free_port(address="127.16.0.3"), "--portal-tls-port", free_port(address="127.16.0.3"))
        w.start("netzwacht-city", "run", "--dir", w.dir / "city", "--script", "none")
        w.write("netzwacht.yaml", CONFIG)
        (w.dir / "state").mkdir()
        w.start("netzwacht-collector", "-c", w.dir / "netzwacht.yaml")
        w.start("netzwacht-probe", "-c", w.dir / "netzwacht.yaml")
        began = time.time()
        out = w.run("netzwacht-city", "backfill", "--dir", w.dir / "city", "--journal", w.dir / "state/journal",
                    "--days", 1).stdout
        check("unit.history:" in out and "records" in out, out)
        past, states = tables(w, "unit.history")

        def present():
            live = tables(w, "collector")[0] | tables(w, "probe")[0]
            return live if past.keys() <= live.keys() and all(len(live[s]) > 3 for s in live if s.startswith("ap-")) else None
        live = wait_for("a live table of every source of the past", 30, present, 1.0)
        strange = {(s, x) for s in past for x in past[s] - live[s]}
        check(not strange, f"{len(strange)} series are never written live: {sorted(strange)[:4]}")
        check(len(states) >= 120 and {s["kind"] for s in states} == {"hotspot", "device"}, f"{len(states)} states")
        check(all(s["since"] < time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began)) for s in states), "states from the future")


def a_journal_that_cannot_be_written():
    """a journal that cannot be written gives one message and status 73"""
    with World() as w:
        w.run("netzwacht-city", "init", "--dir", w.dir / "city", "--hotspots", 12, "--nodes", 8)
        (w.dir / "file").write_text("in the way")
        for journal in ("file/journal", "not/there"):
            done = w.run("netzwacht-city", "backfill", "--dir", w.dir / "city", "--journal", w.dir / journal, ok=False)
            check(done.returncode == 73 and "unit.history" in done.stderr and done.stderr.count("\n") == 1,
                  f"{done.returncode}: {done.stderr}")


run_tests(past_matches_present, a_journal_that_cannot_be_written)
