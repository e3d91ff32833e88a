#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-capture: frames a second that one core reads and analyses from a file, by `netzwacht capture` and by a sensor's parser
with 600 and 4,000 hotspots; CPU time, so that other load on the machine counts little, and the most memory. The file has what the
kernel's filter lets through: of 20 frames 4 of DHCP (with option 82), 6 of DNS, 9 of TCP handshakes, 1 of ARP, of 50,000 clients
on 4,000 VLANs. Prints a table and asserts nothing. Usage: capture.py [FRAMES]"""
import struct
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from bench import BUILD, Table, World  # noqa: E402

FRAMES = 2_000_000
CLIENTS, VLANS, RATE = 50_000, 4_000, 20_000  # RATE: frames a second in the file's own time


def ip(source, target, protocol, payload):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0, source, target) + payload


def udp(source, target, payload):
    return struct.pack(">HHHH", source, target, 8 + len(payload), 0) + payload


def tcp(source, target, sequence, acknowledged, flags):
    return struct.pack(">HHIIHHHH", source, target, sequence, acknowledged, 0x5000 | flags, 1024, 0, 0)


def dhcp(kind, client, mac):
    head = struct.pack(">BBBBI20x", 1 if kind in (1, 3) else 2, 1, 6, 0, client) + mac + b"\0" * 202
    circuit = b"vlan-%05d" % (client % VLANS)
    return head + b"\x63\x82\x53\x63\x35\x01" + bytes([kind, 82, len(circuit) + 2, 1, len(circuit)]) + circuit + b"\xff"


def frames_of(client, turn):
    """One client gets on-line: 20 frames."""
    mac, server = b"\x02\xc1" + struct.pack(">I", client), b"\xc6\x33\x64\x01"
    address = struct.pack(">I", 0x0A000000 + client)
    tag = struct.pack(">HHH", 0x8100, client % VLANS + 1, 0x0800)
    up, down = b"\x02\0\0\0\0\1" + mac + tag, mac + b"\x02\0\0\0\0\1" + tag
    for kind in (1, 2, 3, 5):
        yield (up if kind in (1, 3) else down) + ip(address if kind in (2, 5) else server, server, 17, udp(68, 67, dhcp(kind, client, mac)))
    for number in range(3):
        name = struct.pack(">HHHHHH", (turn * 7 + number) & 0xFFFF, 0x0100, 1, 0, 0, 0) + b"\x07example\x03org\0\0\1\0\1"
        answer = name[:2] + b"\x81\x80" + name[4:]
        yield up + ip(address, server, 17, udp(40000 + number, 53, name))
        yield down + ip(server, address, 17, udp(53, 40000 + number, answer))
    for number in range(3):
        yield up + ip(address, server, 6, tcp(50000 + number, 443, turn, 0, 2))
        yield down + ip(server, address, 6, tcp(443, 50000 + number, 9, turn + 1, 18))
        yield up + ip(address, server, 6, tcp(50000 + number, 443, turn + 1, 10, 17))
    yield b"\xff" * 6 + mac + b"\x08\x06" + struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + mac + address + b"\0" * 6 + server


def write(path, count):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        written = turn = 0
        while written < count:
            for data in frames_of(turn % CLIENTS, turn):
                file.write(struct.pack("<IIII", 1_700_000_000 + written // RATE, written % RATE * 1_000_000 // RATE, len(data), len(data)))
                file.write(data)
                written += 1
            turn += 1
    return written


def measure(*argv):
    """(frames or None, CPU seconds, MiB); a small process measures, as a child inherits its parent's high-water mark."""
    code = ("import os,subprocess,sys; p=subprocess.Popen(sys.argv[1:],stdout=subprocess.DEVNULL); _,s,u=os.wait4(p.pid,0); "
            "print(s,u.ru_utime+u.ru_stime,u.ru_maxrss)")
    done = subprocess.run([sys.executable, "-S", "-E", "-c", code, *map(str, argv)], capture_output=True, text=True, check=True)
    status, seconds, kib = done.stdout.split()
    if status != "0":
        raise SystemExit(f"{argv}: status {status}")
    return float(seconds), int(kib) / 1024


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else FRAMES
    table = Table("capture", "Frames from a file on one core", [("what", ""), ("frames", ",d"), ("CPU s", ".2f"), ("frames/s", ",.0f"), ("MiB", ".1f")])
    with World() as world:
        path = world.dir / "bench.pcap"
        frames = write(path, count)
        rows = [("netzwacht capture", [BUILD / "netzwacht", "capture", path, "--json"])]
        rows += [(f"sensor, {hotspots} hotspots", [BUILD / "tests/bench/sensor_feed", path, hotspots]) for hotspots in (600, 4000)]
        for name, argv in rows:
            seconds, mib = min(measure(*argv) for _ in range(3))
            table.add(name, frames, seconds, frames / seconds, mib)


main()
