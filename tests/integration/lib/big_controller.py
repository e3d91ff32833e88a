# SPDX-License-Identifier: GPL-3.0-or-later
"""tests/bench/controller_agent from Python: starts it, commands it, and knows what it says of each access point."""
import json
import socket
import subprocess

from harness import BUILD, check, free_port

RADIOS, SSIDS = 2, 3
GROUP = "1.3.6.1.4.1.14823.2.2.1.5.2.1"
COLUMNS = {4: (20, 1), 5: (12, RADIOS), 7: (6, RADIOS * SSIDS)}  # table: columns, rows an access point


def mac(ap):
    return "02:1a:00:%02x:%02x:%02x" % (ap >> 16 & 255, ap >> 8 & 255, ap & 255)


def is_up(ap):
    return ap % 50 != 7


def radio_clients(ap, radio, epoch=0):
    return (7 * ap + 3 * radio + epoch) % 40 if is_up(ap) else 0


def clients(ap, epoch=0):
    return sum(radio_clients(ap, radio, epoch) for radio in (1, 2))


def utilization(ap, radio, epoch=0):
    return (13 * ap + radio + epoch) % 100


def frequency(ap, radio):
    return (5000 + 5 * (100 + 4 * (ap % 4)) if radio == 1 else 2407 + 5 * (1 + 5 * (ap % 3))) * 1000000


class Controller:
    """A running agent; ends with the World that started it."""

    def __init__(self, world, aps, absent=0):
        self.port, self.aps = free_port(socket.SOCK_DGRAM), aps
        self.process = subprocess.Popen([str(BUILD / "tests/bench/controller_agent"), str(self.port), str(aps), str(absent)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        world.processes.append(self.process)
        check(self.process.stdout.readline() == "ready\n", "the agent does not start")

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def do(self, *words):
        check(self.say(" ".join(map(str, words))) == "ok", f"the agent does not understand {words}")

    def report(self):
        """What was served since the last report: requests, varbinds, columns {"table.column": instances}."""
        return json.loads(self.say("report"))


def write_wide_profile(world):
    """A profile that reads every column which the agent has: 80 objects an access point."""
    lines = ["profile: wide", "match:", "  - {sys_object_id: [1.3.6.1.4.1.14823.1.1.30]}", "tables:"]
    for table, (columns, _) in COLUMNS.items():
        key, index = {4: ("ap", "{mac:1-6}"), 5: ("radio", "{mac:1-6}/{index:7}"), 7: ("bss", "{mac:1-6}/{index:7-8}")}[table]
        lines += [f"  - table: {key}", f"    kind: {'ssid' if key == 'bss' else key}", f"    id: \"{key}/{index}\"", "    readings:"]
        for column in range(1, columns + 1):
            known = {(4, 19): "ap.up, map: {1: 1, 2: 0}", (5, 6): "wireless.utilization", (5, 7): "radio.clients, unit: \"1\""}
            metric = known.get((table, column), f"wide.t{table}c{column}, unit: \"1\"")
            lines.append(f"      - {{metric: {metric}, oid: {GROUP}.{table}.1.{column}}}")
    world.write("profiles/wide.yaml", "\n".join(lines) + "\n")
