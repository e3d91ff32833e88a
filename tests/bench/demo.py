# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-demo: what the demo takes. Prints a table and asserts nothing. Usage: demo.py [SECONDS to measure over]"""
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "integration"))
from lib.demo import Demo, Noc  # noqa: E402
from lib.harness import World, wait_for  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
KIB_A_PAGE = os.sysconf("SC_PAGE_SIZE") / 1024


def usage(pid):
    """CPU seconds (user + system) and resident MiB of a process."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    with open(f"/proc/{pid}/statm", encoding="utf-8") as f:
        resident = int(f.read().split()[1])
    return (int(fields[11]) + int(fields[12])) / TICKS, resident * KIB_A_PAGE / 1024


def tree_bytes(path):
    return sum(f.stat().st_size for f in Path(path).rglob("*") if f.is_file())


def print_processes(before, passed):
    print(f"\n{'process':28} {'CPU % of a core':>16} {'RSS MiB':>9}     over {passed:.0f} s")
    for pid, (name, cpu, _) in sorted(before.items(), key=lambda item: item[1][0]):
        try:
            now, resident = usage(pid)
        except OSError:
            continue
        print(f"{name:28} {(now - cpu) / passed * 100:16.2f} {resident:9.1f}")


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with World() as world:
        demo = Demo(world)
        noc = Noc(world, demo.mqtt_port)
        demo.log_in()
        live = demo.wait_live()
        print(f"{'540 hotspots live (log-in and API)':44} {live:8.1f} s after the command")
        wait_for("an incident on MQTT", 60, lambda: any(e["type"].endswith("opened") for e in noc.events()), 0.05)
        print(f"{'first incident on MQTT':44} {time.monotonic() - demo.begin:8.1f} s after the command")
        time.sleep(20)  # back-fill and the first graphs are over
        live_partition = Path(demo.dir) / "state/journal/collector"
        before = {pid: (name, *usage(pid)) for pid, name in demo.processes().items()}
        journal, begin = tree_bytes(live_partition), time.monotonic()
        time.sleep(seconds)
        passed = time.monotonic() - begin
        print_processes(before, passed)
        grown = tree_bytes(live_partition) - journal
        print(f"\n{'journal, partition collector':44} {grown / passed * 86400 / 1e6:8.0f} MB a day (one poll each 5 s)")
        print(f"{'the same at one poll a minute':44} {grown / passed * 86400 / 1e6 / 12:8.0f} MB a day")
        print(f"{'RRD files':44} {tree_bytes(Path(demo.dir) / 'state/rrd') / 1e6:8.0f} MB, of fixed size")


main()
