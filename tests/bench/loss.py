#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-loss: what lost packets and dead devices cost the collector and the live devices: 0, 5 and 30 % of the requests and as
many of the replies lost; a fifth of the agents dies, seen over the cycles in which that is found out, and behind them. Lateness
is from the time that a poll was due to its first answer, of polls that had one. Prints a table and asserts nothing.
Usage: loss.py [AGENTS [INTERVAL_SECONDS]]"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from bench import Agents, Collector, Table, World, per_varbind, percentile  # noqa: E402

WARM, CYCLES, DYING = 2, 2, 6  # DYING: three misses and six confirmations take 30 s


def row(table, name, dead, gained, last):
    table.add(name, per_varbind(gained), gained["process_cpu_seconds_total"] / gained["seconds"] * 100,
              gained["snmp_datagrams_sent_total"] / gained["cycles"], gained["poll_answered_total"] / max(1, gained["polls_total"]),
              percentile(gained, 0.5), percentile(gained, 0.99), int(last["devices_down"]), dead)


def lossy(table, count, interval, loss):
    with World() as world:
        agents = Agents(world, loss=loss)
        gained, last = Collector(world, agents, count, interval).run(WARM, CYCLES)
    row(table, f"{loss} % lost each way", 0, gained, last)


def dying(table, count, interval, dead):
    with World() as world:
        agents = Agents(world, dead=dead)
        collector = Collector(world, agents, count, interval)
        collector.warm(WARM)
        agents.die()
        row(table, f"{dead} % die", count * dead // 100, *collector.measure(DYING))
        row(table, f"{dead} % are dead", count * dead // 100, *collector.measure(CYCLES))


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    interval = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    table = Table("loss", f"Lost packets and dead devices: {count:,} devices every {interval} s",
                  [("", ""), ("CPU µs/varbind", ".3f"), ("CPU % of a core", ".1f"), ("datagrams sent/cycle", ",.0f"), ("polls with an answer", ".2%"),
                   ("late p50 ms", ""), ("late p99 ms", ""), ("down", "d"), ("dead", "d")])
    for loss in (0, 5, 30):
        lossy(table, count, interval, loss)
    dying(table, count, interval, 20)


main()
