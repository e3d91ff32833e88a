#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-delay: how long a poll takes when every agent answers in D ms: the goal is 1.3 x n x D and the CPU time, where n is the
number of packets that follow each other. A device's own poll is measured (duration in the journal), in the last cycle, when
tables are known. Prints a table and asserts nothing. Usage: delay.py [AGENTS [MILLISECONDS ...]]"""
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from bench import Agents, Collector, Table, World, records, sizes  # noqa: E402

INTERVAL, WARM, CYCLES = 5, 2, 1


def durations(world):
    """Of all polls in the journal, ms, in its order."""
    found = [re.search(r'"duration_us": ?"?(\d+)', line) for line in records(world, "collector", "samples")]
    return [int(match[1]) / 1000 for match in found if match]


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    table = Table("delay", f"Agents that answer in D ms: {count:,} devices every {INTERVAL} s",
                  [("D ms", "d"), ("packets/poll", ".2f"), ("n × D ms", ".0f"), ("poll p50 ms", ".1f"), ("poll p99 ms", ".1f"), ("p99 / (n × D)", ".2f"),
                   ("CPU ms/poll", ".3f")])
    for delay in sizes(sys.argv[2:], [20, 40]):
        with World() as world:
            agents = Agents(world, delay_ms=delay)
            gained, _ = Collector(world, agents, count, INTERVAL).run(WARM, CYCLES)
            last = sorted(durations(world)[-count:])
        packets = gained["snmp_requests_total"] / max(1, gained["polls_total"])
        least, p99 = packets * delay, last[len(last) * 99 // 100]
        table.add(delay, packets, least, last[len(last) // 2], p99, p99 / least if least else None,
                  gained["process_cpu_seconds_total"] / max(1, gained["polls_total"]) * 1e3)


main()
