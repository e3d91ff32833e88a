#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-probes: what ICMP echo to thousands of hotspots once a minute costs netzwacht-probe (goal: 5,000 under 5 % of a core), journal
included. The targets are loopback addresses, so sending includes the kernel's answer: an upper bound.
Prints a table and asserts nothing. Usage: probes.py [TARGETS ...]"""
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from bench import Table, World, cpu_seconds, heartbeats, rss_mib, sizes, wait_for  # noqa: E402

INTERVAL, PINGS = 60, (5, 10)


def address(i):
    return f"127.{48 + i // 65000}.{i % 65000 // 250}.{i % 250 + 1}"


def inventory(count):
    devices = [f"  - {{id: b-{i}, name: AP {i}, address: {address(i)}, kind: ap, site: s}}" for i in range(count)]
    hotspots = [f"  - {{id: h-{i}, name: Hotspot {i}, site: s, device: b-{i}}}" for i in range(count)]
    return "\n".join(["sites:", "  - {id: s, name: Site, lat: 53.7, lon: 10.0}", "devices:", *devices, "hotspots:", *hotspots]) + "\n"


def measure(table, count, pings):
    with World() as world:
        world.write("netzwacht.yaml", f"instance: bench\nstate_dir: state\ninventory: inventory.yaml\n"
                    f"probe: {{interval: {INTERVAL}s, pings: {pings}, allowed: [127.48.0.0/12]}}\n")
        world.write("inventory.yaml", inventory(count))
        process = world.start("netzwacht-probe", "-c", world.dir / "netzwacht.yaml")
        wait_for("the start", 60, lambda: "started" in world.log("netzwacht-probe"))
        time.sleep(2)
        cpu, began = cpu_seconds(process.pid), time.monotonic()
        time.sleep(INTERVAL)
        cpu, seconds, memory = cpu_seconds(process.pid) - cpu, time.monotonic() - began, rss_mib(process.pid)
        _, beat = heartbeats(world, "probe")[-1]
    sent = beat["probe_pings_sent_total"]
    table.add(count, pings, sent / (seconds + 2), cpu / seconds * 100, cpu / max(1, sent) * 1e6,
              100 - 100 * beat["probe_pings_answered_total"] / max(1, sent), beat["probe_rounds_late_total"], memory)


def main():
    table = Table("probes", "ICMP echo once a minute", [("hotspots", ","), ("pings a round", "d"), ("pings/s", ",.0f"), ("% of a core", ".2f"), ("CPU µs per ping", ".1f"),
                   ("% unanswered", ".2f"), ("late", ".0f"), ("MiB", ".0f")],
                  "Loopback: the kernel answers within our own sendto(), which is in the figures.")
    for count in sizes(sys.argv[1:], [500, 5000]):
        for pings in PINGS:
            measure(table, count, pings)


main()
