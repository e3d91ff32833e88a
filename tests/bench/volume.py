#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-volume: bytes that a value takes in the journal and in the RRD files, from the sizes of the files and from write_bytes of
/proc/PID/io, which counts a page each time that it is written; and the store's CPU. Polls and rows follow each other faster than in
operation: a file and update has 20 rows, as steps of 60 s and the default batch of 20 minutes have; bytes depend on the rows of an
update, not on their distance. Everything is written back between two updates, as it is within 20 minutes. Files keep an hour to ten days
instead of 1 day to 10 years, so that those of 2,000 devices fit into a bench; an update touches the same pages.
Prints a table and asserts nothing. Usage: volume.py [AGENTS]"""
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from bench import Agents, Collector, Table, World, cpu_seconds, heartbeats, next_heartbeat, records, wait_for, written_bytes  # noqa: E402

INTERVAL, ROWS, UPDATES = 2, 20, 2
STORE = f"store: {{step: {INTERVAL}s, batch: {ROWS * INTERVAL}s, keep_minutes: 10m, keep_short: 1h, keep_long: 1h, keep_hours: 1d, keep_days: 10d, budget: 50GiB}}\n"


class Look:
    """Counters and bytes of collector and store, with nothing left to be written."""

    def __init__(self, collector, store):
        write_back(collector.world)
        self.polled, self.stored = collector.beat()[1], next_heartbeat(collector.world, "store")[1]
        self.wrote = [written_bytes(process.pid) for process in (collector.process, store)]
        self.cpu = cpu_seconds(store.pid)


def write_back(world):
    subprocess.run(["sync", "-f", world.dir], check=True)


def last_beat(world):
    """Counters of the store; {} = none yet."""
    found = heartbeats(world, "store")
    return found[-1][1] if found else {}


def wait_for_updates(world, wanted):
    """Until the store has written so many updates. A file is updated once a batch."""
    def are_written():
        write_back(world)
        return last_beat(world).get("store_updates_total", 0) >= wanted
    wait_for(f"{wanted} updates", 600, are_written, 2)


def wait_for_files(world):
    """Until all files are made; how many they are. Some are known only behind the first batch."""
    def are_made():
        beat = last_beat(world)
        return beat if beat.get("store_files_created_total", 0) == beat.get("store_files", -1) > 0 else None
    return int(wait_for("files", 600, are_made, 2)["store_files"])


def series_of_a_device(world):
    table = json.loads(records(world, "collector", "table", 1)[0])["record"]["samples"]["table"]
    return len(table["series"])


class Between:
    """What collector and store did from one look to another."""

    def __init__(self, a, b):
        self.polls = b.polled["polls_total"] - a.polled["polls_total"]
        self.journal_bytes = b.polled["journal_bytes_total"] - a.polled["journal_bytes_total"]
        self.values, self.rows, self.updates = (b.stored[name] - a.stored[name] for name in ("store_values_written_total", "store_rows_written_total", "store_updates_total"))
        self.wrote = [y - x for x, y in zip(a.wrote, b.wrote)]
        self.cpu = b.cpu - a.cpu

    def put(self, table, name, remark):
        table.add(name, self.values, None, self.wrote[1] / self.values, self.cpu / self.values * 1e6, f"{self.rows / self.updates:.1f} rows an update, {remark}")


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    table = Table("volume", f"Bytes a value: {count:,} devices",
                  [("", ""), ("values", ",.0f"), ("bytes/value in files", ".1f"), ("write_bytes/value", ".1f"), ("CPU µs/value", ".3f"), ("", "")])
    with World() as world:
        agents = Agents(world)
        collector = Collector(world, agents, count, INTERVAL, STORE)
        store = world.start("netzwacht-store", "-c", world.dir / "netzwacht.yaml")
        files = wait_for_files(world)
        made = Look(collector, store)
        looks = [made]
        for updates in (1, UPDATES):
            wait_for_updates(world, looks[-1].stored["store_updates_total"] + updates * files)
            looks.append(Look(collector, store))
        series = series_of_a_device(world)
        disk = subprocess.run(["du", "-sB1", world.dir / "state/rrd"], capture_output=True, text=True, check=True).stdout.split()[0]
    whole = Between(made, looks[-1])
    values = whole.polls * series
    table.add("journal, by the collector", values, whole.journal_bytes / values, whole.wrote[0] / values, None, f"{series} values a poll and device")
    Between(*looks[1:]).put(table, "RRD, updates", f"{files / count:.0f} files a device, reading the journal included")
    Between(*looks[:2]).put(table, "RRD, first update of new files", "once in a file's life")
    values = made.stored["store_values_written_total"]
    table.add("RRD, making files, first rows", values, None, made.wrote[1] / values, made.cpu / values * 1e6,
              f"{files:,} files of {int(disk) / files / 1e3:.0f} kB on the disk: fixed, nothing more a day")


main()
