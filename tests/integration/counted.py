#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the agents gave away and what stands in the journal, counted by both sides: tests/bench/agents.c keeps a ledger of
every value in its answers, `netzwacht journal cat` names every sample. Nothing is lost on the way here, so they are equal.

A value that was served: a number in an answer, of an object that a series is made of, counted once for each poll that read
it. A sample: one entry of a record's values, known or unknown, but for `reachable` and `poll.rtt`, which no agent serves."""
import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from harness import BUILD, World, check, free_port, run_tests, wait_for

INTERVAL, DEVICES, POLLS = 2, 4, 8
IF, IF_X = "1.3.6.1.2.1.2.2.1.", "1.3.6.1.2.1.31.1.1.1."
COLUMNS = {IF_X + "6.": "interface.in", IF_X + "10.": "interface.out", IF_X + "7.": "interface.in_packets",
           IF_X + "11.": "interface.out_packets", IF + "14.": "interface.in_errors", IF + "20.": "interface.out_errors"}
SCALARS = {"1.3.6.1.4.1.2021.11.11.0": "cpu.utilization", "1.3.6.1.4.1.2021.4.5.0": "memory.total",
           "1.3.6.1.4.1.2021.4.6.0": "memory.free", "1.3.6.1.4.1.2021.10.1.5.1.0": "load"}


def quiet_moment():
    """Polls begin at multiples of INTERVAL / DEVICES of the monotonic clock (collector/plan.h): half way between two."""
    grid = INTERVAL / DEVICES
    time.sleep(grid - time.monotonic() % grid + grid / 2)


def poll_and_stop(world):
    port = free_port(socket.SOCK_DGRAM, "127.64.0.1")
    agents = world.start("tests/bench/agents", port, 300, 0, 0, 0, world.dir / "ledger")
    wait_for("the agents", 20, lambda: "ready" in world.log("agents"))
    devices = [f"  - {{id: b-{i}, name: B{i}, address: 127.64.0.{i + 1}, port: {port}, kind: switch"
               f"{', core: true' if i == 0 else ', uplink: b-0'}}}\n" for i in range(DEVICES)]
    world.write("inventory.yaml", "devices:\n" + "".join(devices))
    world.write("community", "public\n", 0o600)
    world.write("netzwacht.yaml", "instance: counted\nstate_dir: state\ninventory: inventory.yaml\n"
                "credentials:\n  - {name: default, version: v2c, community_file: community}\n"
                f"collector: {{interval: {INTERVAL}s, timeout: 5s}}\n")
    collector = world.start("netzwacht-collector", "-c", world.dir / "netzwacht.yaml")
    time.sleep(INTERVAL * POLLS)
    quiet_moment()
    collector.terminate()
    check(collector.wait(30) == 0, "the collector ends with an error")
    agents.terminate()
    check(agents.wait(30) == 0, "the agents end with an error")


def ledger(world):
    """{(device, entity or None, metric): (gets, nexts)}"""
    served = {}
    for line in (world.dir / "ledger").read_text().splitlines():
        agent, oid, gets, nexts = line.split()
        column, row = oid.rsplit(".", 1)
        if column + "." in COLUMNS:
            served[f"b-{agent}", f"if/ge-0/0/{row}", COLUMNS[column + "."]] = (int(gets), int(nexts))
        elif oid in SCALARS:
            served[f"b-{agent}", None, SCALARS[oid]] = (int(gets), int(nexts))
    return served


def samples(world):
    """The same keys: how many samples; and the records of each device with their outcomes"""
    found, polls = Counter(), Counter()
    out = subprocess.run([BUILD / "netzwacht", "journal", "cat", "--dir", world.dir / "state/journal", "collector"],
                         capture_output=True, text=True, check=True).stdout
    for line in map(json.loads, out.splitlines()):
        record = line["record"]
        if record["kind"] != "samples":
            continue
        body = record["samples"]
        check(body["outcome"] == "OUTCOME_OK", f"something was lost on the way: {line['position']} is {body['outcome']}")
        polls[body["source"]] += 1
        for v in body["values"]:
            if v["entity"] != "device" or v["metric"] not in ("reachable", "poll.rtt"):
                found[body["source"], v["entity"] if v["entity"].startswith("if/") else None, v["metric"]] += 1
    return found, polls


def the_journal_has_what_was_served():
    """journal cat counts exactly the values that the agents served"""
    with World() as world:
        poll_and_stop(world)
        served, (found, polls) = ledger(world), samples(world)
        check(len(polls) == DEVICES and min(polls.values()) >= POLLS - 2, f"polls: {polls}")
        check(set(served) == set(found), f"served and recorded differ: {sorted(map(str, set(served) ^ set(found)))[:8]}")
        check(len(served) == DEVICES * (20 * len(COLUMNS) + len(SCALARS)), f"{len(served)} series")
        for key, (gets, nexts) in served.items():
            # columns are walked by the first poll; a GETBULK beyond their end gives values that nobody wanted
            walks = 1 if nexts and (key[1] or key[2] == "load") else 0
            check(found[key] == gets + walks == polls[key[0]],
                  f"{key}: {gets} by GET, {nexts} in walks, but {found[key]} samples in {polls[key[0]]} polls")
        total = sum(found.values())
        print(f"# {total} samples of {len(found)} series in {sum(polls.values())} polls", flush=True)


def new_records_alone():
    """journal cat --new goes on with records as they come, and prints none that stands there already"""
    with World() as world:
        world.write("inventory.yaml", "devices: []\n")
        world.write("netzwacht.yaml", "instance: counted\nstate_dir: state\ninventory: inventory.yaml\n")
        world.start("netzwacht-collector", "-c", world.dir / "netzwacht.yaml")
        wait_for("records", 60, lambda: len(world.journal("collector")) >= 2)
        place = lambda line: tuple(map(int, line["position"].split(":")))
        last = max(place(line) for line in world.journal("collector"))
        world.start("netzwacht", "journal", "cat", "--new", "--dir", world.dir / "state/journal", "collector", log="new")
        wait_for("a new record", 60, lambda: world.log("new").count("\n") >= 1)
        first = json.loads(world.log("new").splitlines()[0])
        check(place(first) > last, f"{first['position']} stood there already: {last}")


run_tests(the_journal_has_what_was_served, new_records_alone)
