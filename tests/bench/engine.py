#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-engine: what the whole collector (poll, match, rates, journal) pays for a varbind, beside the least that the
machine allows (floor.c), in the same minutes and against the same agents: 150 varbinds each, 50 a packet.
Prints a table and asserts nothing. Usage: engine.py [INTERVAL_SECONDS [AGENTS ...]]"""
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "integration" / "lib"))
from harness import World, free_port  # noqa: E402

BUILD = Path(os.environ["NETZWACHT_BUILD"])
CYCLES = 4  # measured, behind two in which tables are walked


def floor(port, agents):
    out = subprocess.run([BUILD / "tests/bench/floor", str(port), str(agents), str(max(1, 20000 // agents))], capture_output=True, text=True, check=True)
    return float(out.stdout.split()[0])


def inventory(agents, port):
    lines = ["devices:"]
    for i in range(1, agents + 1):
        n = 0x7F400000 + i
        lines.append(f"  - {{id: b-{i}, name: B{i}, address: 127.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}, port: {port}, kind: switch{', core: true' if i == 1 else ', uplink: b-1'}}}")
    return "\n".join(lines) + "\n"


def beats(world):
    cat = subprocess.Popen([BUILD / "netzwacht", "journal", "cat", "--dir", world.dir / "state/journal", "collector"], stdout=subprocess.PIPE, text=True)
    records = (json.loads(line) for line in cat.stdout if '"heartbeat"' in line)
    return [{c["name"]: c.get("value", 0) for c in r.get("record", r)["heartbeat"].get("counters", [])} for r in records]


def measure(agents, interval):
    port = free_port(socket.SOCK_DGRAM, "127.64.0.1")
    with World() as world:
        served = subprocess.Popen([BUILD / "tests/bench/agents", str(port), "900"], stdout=subprocess.PIPE)
        try:
            served.stdout.readline()
            least = [floor(port, agents)]
            world.write("inventory.yaml", inventory(agents, port))
            world.write("community", "public\n", 0o600)
            world.write("netzwacht.yaml", f"""
instance: bench
state_dir: state
inventory: inventory.yaml
credentials:
  - {{name: default, version: v2c, community_file: community}}
collector: {{interval: {interval}s, window: 256}}
""")
            world.start("netzwacht-collector", "-c", world.dir / "netzwacht.yaml")
            time.sleep((2 + CYCLES) * interval + 3)
            found = beats(world)
            least.append(floor(port, agents))
        finally:
            served.kill()
    first, last = found[2 * interval + 1], found[min(len(found) - 1, (2 + CYCLES) * interval + 1)]
    gained = {name: last[name] - first[name] for name in last if name in first}
    varbinds = max(1, gained["snmp_varbinds_total"])
    ours, base = gained["process_cpu_seconds_total"] / varbinds * 1e6, sum(least) / 2
    print(f"{agents:7} {varbinds / agents / CYCLES:11.0f} {varbinds / max(1, gained['snmp_replies_total']):14.1f} {base:10.3f} {ours:10.3f} {ours / base:7.2f} "
          f"{max(b['poll_lateness_max_seconds'] for b in found[2 * interval:]) * 1e3:8.0f} {last['process_resident_memory_bytes'] / 1024 / agents:14.1f} {int(last['poll_misses_total']):7}", flush=True)


def main():
    interval = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    sizes = [int(n) for n in sys.argv[2:]] or [500, 2000]
    print(f"every {interval} s; CPU is the collector's alone, decode, rates and journal included\n")
    print(" agents  vb/poll  varbinds/reply  floor us/vb  ours us/vb  ratio  late ms  RSS KiB/device  misses")
    for size in sizes:
        measure(size, interval)


main()
