#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-streams: 200 browsers with an event stream each, while states change (CHANGES a second): the time from the record in the journal
until each browser has its event (goal 1 s for all), and the dashboard's share of a core (goal 10 %). One program reads all streams.
Prints a table and asserts nothing. Usage: streams.py [BROWSERS] [CHANGES]"""
import re
import selectors
import socket
import struct
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
sys.path.insert(0, str(Path(__file__).parents[1] / "integration"))
from bench import Table, cpu_seconds, rss_mib  # noqa: E402
from lib import journal  # noqa: E402
from lib.harness import wait_for  # noqa: E402
from lib.lone import Lone  # noqa: E402

SECONDS = 30


def state(now, number):
    f = journal
    clients = f.varint(8 << 3 | 1) + struct.pack("<d", number)
    body = f.field_bytes(1, "hotspot") + f.field_bytes(2, "hs-1") + f.field_uint(3, 1 + number % 2) + f.field_fixed64(5, now) + clients + f.field_uint(9, number)
    return f.field_fixed64(1, now) + f.field_bytes(5, body)


def open_streams(lone, count):
    client, ready = lone.client("operator"), selectors.DefaultSelector()
    for _ in range(count):
        s = socket.create_connection(("127.0.0.1", lone.port))
        s.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nCookie: {client.cookie}\r\n\r\n".encode())
        s.setblocking(False)
        ready.register(s, selectors.EVENT_READ)
    return ready


def measure(lone, browsers, changes):
    """Milliseconds of each event at each browser, sorted; the share of a core."""
    writer = journal.Writer(str(lone.dir / "state/journal"), "alerts")
    ready, begun, lags, number = open_streams(lone, browsers), {}, [], 0
    wait_for("all streams", 30, lambda: lone.figure("http_streams") >= browsers)
    cpu, begin = cpu_seconds(lone.dashboard.pid), time.monotonic()
    while (now := time.monotonic()) < begin + SECONDS:
        if now >= begin + number / changes:
            number += 1
            begun[str(number)] = time.monotonic()
            writer.append(state(time.time_ns(), number))
        for key, _ in ready.select(max(0.0, begin + number / changes - time.monotonic())):
            data = key.fileobj.recv(65536)
            at = time.monotonic()
            lags += [(at - begun[found]) * 1e3 for found in re.findall(r'"state":"[a-z]+"[^}]*"clients":(\d+)', data.decode()) if found in begun]
    return sorted(lags), (cpu_seconds(lone.dashboard.pid) - cpu) / (time.monotonic() - begin), number * browsers


def main():
    browsers, changes = (int(n) for n in (sys.argv[1:] + ["200", "5"][len(sys.argv) - 1:])[:2])
    table = Table("streams", "Events to browsers", [("browsers", "d"), ("changes/s", "d"), ("events sent", ",d"), ("seen", ",d"), ("p50 ms", ".1f"), ("p99 ms", ".1f"), ("most ms", ".1f"), ("of a core", ".1%"), ("RSS MiB", ".0f")],
                  "Goals: 1,000 ms for all of 200 browsers, 10 % of a core.")
    with Lone() as lone:
        lone.begin()
        lags, share, sent = measure(lone, browsers, changes)
        table.add(browsers, changes, sent, len(lags), lags[len(lags) // 2], lags[len(lags) * 99 // 100], lags[-1], share, rss_mib(lone.dashboard.pid))


main()
