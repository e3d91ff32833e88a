#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-engine: how the cost of the whole collector (poll, match, rates, journal) grows with the devices, beside the least that the
machine allows (floor.c), in the same minutes and against the same agents of 148 varbinds; and where two cores stop, one with the
collector and one with the agents: polls each second of ever more devices. Lateness is from the time that a poll was due to its
first answer. Prints two tables and asserts nothing. Usage: engine.py [AGENTS ...]: then the first table alone, of these sizes"""
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from bench import Agents, Collector, Table, World, cpu_seconds, floor, per_varbind, percentile, sizes  # noqa: E402

CYCLES = 2
MEASURED = [500, 5000, 20000, 50000]  # bench-peers has 2,000 and 10,000, too
TIDY_AFTER = 12  # s; START_SPREAD and an interval, and a little
STRAINED = [5000, 10000, 15000, 20000]  # devices, each polled every second


def interval_of(count):
    """s; so short that all sizes can be waited for."""
    return 5 if count <= 10000 else 10 if count <= 25000 else 20


def program_bytes():
    """RSS of a collector with one device, once memory was given back after the start."""
    with World() as world:
        collector = Collector(world, Agents(world), 1, 5)
        collector.wait(TIDY_AFTER)
        return collector.beat()[1]["process_resident_memory_bytes"]


def grow(table, count, program):
    interval = interval_of(count)
    with World() as world:
        agents = Agents(world)
        least = [floor(agents, count)]
        collector = Collector(world, agents, count, interval)
        gained, last = collector.run(2, CYCLES)
        collector.process.terminate()
        collector.process.wait(30)
        least.append(floor(agents, count))
    base, ours, rss = sum(least) / 2, per_varbind(gained), last["process_resident_memory_bytes"]
    table.add(count, interval, gained["polls_total"] / gained["seconds"], gained["snmp_varbinds_total"] / gained["seconds"], base, ours, ours / base,
              gained["process_cpu_seconds_total"] / gained["seconds"] * 100, percentile(gained, 0.5), percentile(gained, 0.99),
              rss / 1024 ** 2, rss / 1024 / count, (rss - program) / 1024 / count, int(last["poll_misses_total"]))


def strain(table, count):
    with World() as world:
        agents = Agents(world)
        collector = Collector(world, agents, count, 1)
        collector.warm(3)
        busy, begin = cpu_seconds(agents.process.pid), time.monotonic()
        gained, last = collector.measure(5)
        busy = (cpu_seconds(agents.process.pid) - busy) / (time.monotonic() - begin)
    table.add(count, gained["polls_total"] / gained["seconds"], gained["snmp_varbinds_total"] / gained["seconds"],
              gained["process_cpu_seconds_total"] / gained["seconds"] * 100, busy * 100,
              percentile(gained, 0.5), percentile(gained, 0.99), int(gained["poll_misses_total"]), int(last["devices_down"]))


def main():
    table = Table("engine", "From 500 to 50,000 devices",
                  [("devices", ",d"), ("interval s", "d"), ("polls/s", ",.0f"), ("varbinds/s", ",.0f"), ("floor µs/varbind", ".3f"), ("ours µs/varbind", ".3f"), ("ratio", ".2f"),
                   ("CPU % of a core", ".1f"), ("late p50 ms", ""), ("late p99 ms", ""), ("RSS MiB", ".0f"), ("KiB/device", ".1f"), ("without the program", ".1f"), ("misses", "d")])
    program = program_bytes()
    for count in sizes(sys.argv[1:], MEASURED):
        grow(table, count, program)
    if sys.argv[1:]:
        return
    table = Table("strain", "Where two cores stop: every device polled each second",
                  [("devices", ",d"), ("polls/s", ",.0f"), ("varbinds/s", ",.0f"), ("collector % of a core", ".0f"), ("agents % of a core", ".0f"),
                   ("late p50 ms", ""), ("late p99 ms", ""), ("misses", "d"), ("down", "d")])
    for count in STRAINED:
        strain(table, count)


main()
