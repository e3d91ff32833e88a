#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-connections: how soon the dashboard answers who asks at once, a new connection each time, while many hold connections: 10,000
that are silent and 2,000 that send a byte of a header now and then, all coming back as soon as they are cut (goal: p99 100 ms).
Prints a table and asserts nothing. Usage: connections.py [SILENT] [SLOW]"""
import multiprocessing
import resource
import selectors
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
sys.path.insert(0, str(Path(__file__).parents[1] / "integration"))
from bench import Table, cpu_seconds, rss_mib  # noqa: E402
from lib.lone import Lone  # noqa: E402

REQUESTS, PER_ADDRESS, TRICKLE_S, WARM_S = 500, 500, 4, 15


def flood(port, silent, slow):
    """Holds so many connections open, for ever."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    ready, slow_ones, next_byte = selectors.DefaultSelector(), set(), 0.0

    def connect(n):
        s = socket.socket()
        s.setblocking(False)
        s.bind((f"127.1.{n // PER_ADDRESS // 250}.{1 + n // PER_ADDRESS % 250}", 0))
        s.connect_ex(("127.0.0.1", port))
        ready.register(s, selectors.EVENT_READ, n)
        if n >= silent:
            slow_ones.add(s)
    for n in range(silent + slow):
        connect(n)
    while True:
        for key, _ in ready.select(1):  # closed by the server: back at once
            slow_ones.discard(key.fileobj)
            ready.unregister(key.fileobj)
            key.fileobj.close()
            connect(key.data)
        if time.monotonic() >= next_byte:
            next_byte = time.monotonic() + TRICKLE_S
            for s in list(slow_ones):
                try:
                    s.send(b"G")
                except OSError:
                    pass


def ask(lone):
    """Milliseconds of each request, sorted."""
    times = []
    for _ in range(REQUESTS):
        begin = time.monotonic()
        if lone.client().ask("GET", "/api/v1/session")[0].status != 200:
            raise RuntimeError("not answered")
        times.append((time.monotonic() - begin) * 1e3)
        time.sleep(0.01)
    return sorted(times)


def row(table, lone, name):
    cpu, begin = cpu_seconds(lone.dashboard.pid), time.monotonic()
    times = ask(lone)
    cores = (cpu_seconds(lone.dashboard.pid) - cpu) / (time.monotonic() - begin)
    table.add(name, len(times), times[len(times) // 2], times[len(times) * 99 // 100], times[-1], rss_mib(lone.dashboard.pid), cores)


def main():
    silent, slow = (int(n) for n in (sys.argv[1:] + ["10000", "2000"][len(sys.argv) - 1:])[:2])
    table = Table("connections", "Who asks at once", [("beside", ""), ("requests", "d"), ("p50 ms", ".1f"), ("p99 ms", ".1f"), ("most ms", ".1f"), ("RSS MiB", ".0f"), ("cores", ".2f")],
                  "Goal: p99 100 ms. Those that hold connections come back as soon as they are cut.")
    with Lone() as lone:
        lone.begin()
        row(table, lone, "nobody")
        attacker = multiprocessing.Process(target=flood, args=(lone.port, silent, slow), daemon=True)
        attacker.start()
        time.sleep(WARM_S)
        row(table, lone, f"{silent:,} silent and {slow:,} slow connections")
        attacker.kill()
        attacker.join()


main()
