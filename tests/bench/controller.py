#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-controller: what one poll of a big wireless controller costs the collector. Prints tables and asserts nothing.
Usage: controller.py [APS ...]. `arubaos`: what the shipped profile reads; `wide`: every object of the agent, 80 an access
point. First poll: recognition, walks, series table; later: the steady state."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "integration" / "lib"))
from big_controller import Controller, write_wide_profile  # noqa: E402
from harness import World, wait_for  # noqa: E402

INTERVAL, ROUNDS = 20, 3


def config(world, agent, is_wide):
    world.write("community", "public\n", 0o600)
    world.write("netzwacht.yaml", f"""
instance: bench
state_dir: state
inventory: inventory.yaml
{"profile_dirs: [profiles]" if is_wide else ""}
credentials:
  - {{name: default, version: v2c, community_file: community}}
collector: {{interval: {INTERVAL}s}}
""")
    world.write("inventory.yaml", f"""
sites: [{{id: s, name: S, lat: 53.7, lon: 9.99}}]
devices: [{{id: wlc, name: W, address: 127.0.0.1, port: {agent.port}, kind: controller, site: s}}]
""")


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def peak_mib(pid):
    return int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


def samples(world):
    return [line["samples"] for line in world.journal("collector") if "samples" in line]


def measure(aps, is_wide):
    with World() as world:
        agent = Controller(world, aps)
        if is_wide:
            write_wide_profile(world)
        config(world, agent, is_wide)
        process = world.start("netzwacht-collector", "-c", world.dir / "netzwacht.yaml")
        before = 0.0
        for turn in range(ROUNDS):
            # Asks the agent, not the journal: reading that costs more than the poll.
            wait_for("a poll", INTERVAL * 4, lambda: agent.process.poll() is None and is_over(world, turn + 1), 1)
            report, cpu = agent.report(), cpu_seconds(process.pid)
            sample = samples(world)[turn]
            if turn in (0, ROUNDS - 1):
                spent = cpu - before
                print(f"{'wide' if is_wide else 'arubaos':8} {aps:6} {'first' if turn == 0 else 'later':6} {report['objects']:8} "
                      f"{report['varbinds']:10} {report['requests']:9} {float(sample['duration_us']) / 1e6:8.2f} {spent:8.2f} "
                      f"{spent / max(1, report['varbinds']) * 1e6:12.2f} {spent / aps * 1e6:10.0f} {peak_mib(process.pid):9.1f} "
                      f"{sample.get('outcome', 'OUTCOME_OK')}", flush=True)
            before = cpu


def is_over(world, count):
    """Samples are written at the end of a poll."""
    return len(samples(world)) >= count


def main():
    sizes = [int(n) for n in sys.argv[1:]] or [750, 1500, 3750, 7500]
    print(f"one controller, polled every {INTERVAL} s; CPU and memory are the collector's alone, journal included\n")
    print("profile     APs poll   objects  OIDs read  requests   wall s    CPU s  us/varbind   us/AP   peak MiB outcome")
    for is_wide in (False, True):
        for size in sizes:
            measure(size, is_wide)


main()
