#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-peers: what pollers pay for a varbind, on the same agents (148 varbinds each) in the same minutes: the floor (floor.c: no
decode at all), netzwacht-collector with rates and journal, net-snmp's asynchronous sessions, cacti-spine with its database,
Debian's prometheus-snmp-exporter, and snmpbulkwalk. CPU is user and system time; the floor stands before and behind the others
of its size, its mean is what ratios refer to. Peers that are too slow are left out of the larger sizes, peers that are not
installed are named. Prints a table and asserts nothing. Usage: peers.py [AGENTS ...]"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
import peers  # noqa: E402
from bench import Agents, Collector, Table, World, by_socket, per_varbind, sizes  # noqa: E402

SLOW = {"cacti-spine": 2000, "prometheus-snmp-exporter": 2000, "snmpbulkwalk": 500}  # the most agents that they poll here
WARM, CYCLES = 2, 2


def ours(world, agents, count):
    interval = 5
    gained, last = Collector(world, agents, count, interval).run(WARM, CYCLES)
    datagrams = (gained["snmp_datagrams_sent_total"] + gained["snmp_replies_total"]) / gained["cycles"]
    return peers.Figures(per_varbind(gained), datagrams, None, last["process_resident_memory_bytes"] / 1024 ** 2,
                         f"{gained['snmp_varbinds_total'] / gained['cycles'] / count:.0f} varbinds an agent, rates and journal included; spread over {interval} s",
                         gained["polls_total"] / gained["seconds"])


RUNS = [("**netzwacht-collector**", ours), ("net-snmp sessions", peers.netsnmp_sessions), ("cacti-spine", peers.spine),
        ("prometheus-snmp-exporter", peers.exporter), ("snmpbulkwalk", peers.snmpbulkwalk)]


def bare(agents, count):
    cpu, wall, rss, datagrams = by_socket("floor", agents, count)
    return peers.Figures(cpu, datagrams, wall, rss, "no decode")


def measure(table, count, missing):
    with World() as world:
        agents = Agents(world)
        floors = [bare(agents, count)]
        rows = []
        for name, run in RUNS:
            if count > SLOW.get(name, count):
                continue
            try:
                rows.append((name, run(world, agents, count)))
            except peers.Missing as problem:
                missing[name] = str(problem)
            if run is ours:
                world.processes[-1].terminate()
                world.processes[-1].wait(30)
                floors.append(bare(agents, count))
        floors.append(bare(agents, count))
    floor = sum(f.cpu_us for f in floors) / len(floors)
    floors[0].cpu_us = floor
    for name, f in [("floor", floors[0])] + rows:
        table.add(name, count, f.polls or count / f.wall, f.cpu_us, f.cpu_us / floor, f.datagrams / count, f.wall, f.rss, f.remark)


def main():
    table = Table("peers", "Pollers on the same agents",
                  [("poller", ""), ("agents", ",d"), ("polls/s", ",.0f"), ("CPU µs/varbind", ".3f"), ("× floor", ".1f"), ("datagrams/agent", ".1f"), ("cycle s", ".3f"), ("RSS MiB", ".1f"), ("", "")])
    missing = {}
    for count in sizes(sys.argv[1:], [500, 2000, 10000]):
        measure(table, count, missing)
    for name, problem in missing.items():
        print(f"left out: {name}: {problem}")


main()
