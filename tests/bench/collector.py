#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-collector: CPU per varbind, lateness and memory of netzwacht-collector against the simulated city.
Prints a table and asserts nothing. Usage: collector.py [SECONDS per line] [HOTSPOTS ...]"""
import json
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "integration" / "lib"))
from harness import World, free_port  # noqa: E402

INTERVAL = 5


def beats(world):
    """The counters of all heartbeats, oldest first."""
    done = world.run("netzwacht", "journal", "cat", "--dir", world.dir / "state/journal", "collector")
    records = (line.get("record", line) for line in map(json.loads, done.stdout.splitlines()))
    found = []
    for record in records:
        if "heartbeat" in record:
            found.append({c["name"]: c.get("value", 0) for c in record["heartbeat"].get("counters", [])})
    return found


def measure(hotspots, seconds):
    with World() as world:
        port = free_port(socket.SOCK_DGRAM, "127.16.0.1")
        world.run("netzwacht-city", "init", "--dir", world.dir / "city", "--hotspots", hotspots, "--nodes", max(60, hotspots // 9), "--port", port,
                  "--portal-port", free_port(), "--dns-port", free_port(socket.SOCK_DGRAM), "--no-script")
        world.start("netzwacht-city", "run", "--dir", world.dir / "city", "--script", "none")
        world.write("netzwacht.yaml", f"""
instance: bench
state_dir: state
inventory: city/inventory.yaml
districts: city/districts.geojson
simulated: true
credentials:
  - {{name: default, version: v2c, community_file: city/community}}
collector: {{interval: {INTERVAL}s, window: 256}}
""")
        time.sleep(1)
        world.start("netzwacht-collector", "-c", world.dir / "netzwacht.yaml")
        time.sleep(4 * INTERVAL + seconds + 2)
        found = beats(world)
    # The first rounds walk every table; what is measured is the steady state behind them.
    first, last = found[4 * INTERVAL], found[4 * INTERVAL + seconds]
    gained = {name: last[name] - first[name] for name in last}
    cpu, varbinds = gained["process_cpu_seconds_total"], gained["snmp_varbinds_total"]
    print(f"{int(last['devices']):8} {varbinds / seconds:12.0f} {varbinds / max(1, gained['snmp_replies_total']):13.1f} "
          f"{cpu / seconds * 100:10.2f} {cpu / max(1, varbinds) * 1e6:12.2f} "
          f"{max(b['poll_lateness_max_seconds'] for b in found[4 * INTERVAL:]) * 1e3:11.0f} "
          f"{last['process_resident_memory_bytes'] / 1024 / max(1, last['devices']):13.1f} {int(last['poll_misses_total']):7} "
          f"{gained['polls_decoded_total'] / max(1, gained['polls_total']) * 100:9.1f}", flush=True)


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    sizes = [int(n) for n in sys.argv[2:]] or [540]
    print(f"every {INTERVAL} s, decode, rates and journal included; CPU is the collector's alone\n")
    print(" devices   varbinds/s  varbinds/reply  CPU % core  us/varbind  late max ms  RSS KiB/device  misses  decoded %")
    for size in sizes:
        measure(size, seconds)


main()
