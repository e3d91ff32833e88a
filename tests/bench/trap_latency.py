#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-trap: how long from a trap's datagram to the incident event at an MQTT subscriber.

One UPS after the other, in no order, tells by a v2c trap (upsTrapOnBattery) that its load is too high; netzwacht-collector reads its UPS
tables, netzwacht-alerts judges them by a rule without hold, mosquitto hands the event to mosquitto_sub, whose own clock
stamps it (-F %U). The agents answer each request after 1 ms. Stages, by the wall clock of one machine:
  read     datagram sent -> poll recorded (the collector: trap, all packets of the poll, decoding, journal)
  judge    poll recorded -> event made (alerts: inotify, rules)
  deliver  event made -> subscriber (group commit of at most 10 ms, fsync, MQTT QoS 1)
  commit   partition of alerts written, which follows the commit -> subscriber (as exact as the file system's clock)
Prints a table and asserts nothing. Usage: trap_latency.py [TRAPS]"""
import os
import random
import socket
import subprocess
import sys
import threading
import time
from heapq import heappop, heappush
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from bench import SOURCE, Table, World, free_port, wait_for  # noqa: E402
from ber import element, parse  # noqa: E402
from harness import check, tool  # noqa: E402

ANSWER = 0.001
IP_PKTINFO = 8  # <linux/in.h>
LOAD = "1.3.6.1.2.1.33.1.4.4.1.5.1"


def oid(text):
    first, second, *rest = map(int, text.split("."))
    out = bytes([40 * first + second])
    for number in rest:
        octets = [number & 0x7F]
        while number := number >> 7:
            octets.insert(0, number & 0x7F | 0x80)
        out += bytes(octets)
    return out


def sort_key(raw):
    numbers, value = [], 0
    for octet in raw:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(value)
            value = 0
    return numbers


OBJECTS = {"1.3.6.1.2.1.1.1.0": element(4, b"UPS"), "1.3.6.1.2.1.1.2.0": element(6, oid("1.3.6.1.4.1.99999.1")),
           "1.3.6.1.2.1.1.3.0": element(0x43, b"\x10\x00"), "1.3.6.1.2.1.1.5.0": element(4, b"ups")}
OBJECTS.update({f"1.3.6.1.2.1.33.1.{k}": element(2, bytes([v])) for k, v in {
    "2.1.0": 2, "2.2.0": 0, "2.3.0": 60, "2.4.0": 100, "4.1.0": 3, "4.2.0": 50, "4.3.0": 1, "4.4.1.2.1": 100, "4.4.1.3.1": 10,
    "4.4.1.4.1": 20, "4.4.1.5.1": 20}.items()})
NAMES = sorted((oid(name) for name in OBJECTS), key=sort_key)
VALUES = {oid(name): value for name, value in OBJECTS.items()}
KEYS = {name: sort_key(name) for name in NAMES}


class Agents(threading.Thread):
    """All agents on one socket that is bound to any address; each answers ANSWER seconds after the request."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind(("0.0.0.0", 0))
        self.port = self.socket.getsockname()[1]
        self.overloaded = set()
        self.waiting = []
        self.start()

    def value(self, address, name):
        if name == oid(LOAD) and address in self.overloaded:
            return element(2, b"\x5f")
        return VALUES[name]

    def answer(self, address, data):
        version, community, (tag, pdu) = parse(parse(data)[0][1])
        request_id, _, repetitions, (_, varbinds) = parse(pdu)
        asked = [parse(varbind)[0][1] for _, varbind in parse(varbinds)]
        rows = int.from_bytes(repetitions[1], "big") if tag == 0xA5 else 1
        out = b""
        for _ in range(rows):
            for i, name in enumerate(asked):
                found = name if tag == 0xA0 and name in VALUES else None if tag == 0xA0 else next((n for n in NAMES if KEYS[n] > sort_key(name)), None)
                asked[i] = found or name
                value = self.value(address, found) if found else element(0x81 if tag == 0xA0 else 0x82, b"")
                out += element(0x30, element(6, asked[i]) + value)
            if tag != 0xA0 and all(name == NAMES[-1] or sort_key(name) > KEYS[NAMES[-1]] for name in asked):
                break
        reply = element(2, request_id[1]) + 2 * element(2, b"\0") + element(0x30, out)
        return element(0x30, element(2, version[1]) + element(4, community[1]) + element(0xA2, reply))

    def run(self):
        while True:
            now = time.monotonic()
            while self.waiting and self.waiting[0][0] <= now:
                _, _, reply, control, peer = heappop(self.waiting)
                self.socket.sendmsg([reply], control, 0, peer)
            self.socket.settimeout(max(0.00005, self.waiting[0][0] - time.monotonic()) if self.waiting else None)
            try:
                data, control, _, peer = self.socket.recvmsg(65535, 64)
            except (TimeoutError, BlockingIOError):
                continue
            info = control[0][2]  # struct in_pktinfo: interface, local address, destination
            address = socket.inet_ntoa(info[8:12])
            due = time.monotonic() + ANSWER
            back = [(socket.IPPROTO_IP, IP_PKTINFO, b"\0" * 4 + info[8:12] + b"\0" * 4)]
            heappush(self.waiting, (due, id(data), self.answer(address, data), back, peer))


class Subscriber(threading.Thread):
    """The events with the time at which mosquitto_sub had them."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.process = subprocess.Popen([tool("mosquitto_sub"), "-h", "127.0.0.1", "-p", str(port), "-q", "1", "-t",
                                         "netzwacht/v1/bench/event", "-F", "%U %p"], stdout=subprocess.PIPE, text=True)
        self.arrived = {}
        self.lock = threading.Condition()
        self.start()

    def run(self):
        for line in self.process.stdout:
            at, event = line.split(" ", 1)
            for device in [word.split('"')[0] for word in event.split('"id":"')[1:]]:
                if device.startswith("ups-"):
                    with self.lock:
                        self.arrived.setdefault(device, (float(at), written(self.partition)))
                        self.lock.notify_all()

    def wait(self, device, seconds):
        with self.lock:
            return self.lock.wait_for(lambda: device in self.arrived, seconds) and self.arrived[device]


def written(partition):
    return max((os.stat(entry.path).st_mtime_ns for entry in os.scandir(partition) if entry.name.endswith(".seg")), default=0) / 1e9


def trap():
    name = element(6, oid("1.3.6.1.6.3.1.1.4.1.0"))
    varbinds = element(0x30, element(0x30, name + element(6, oid("1.3.6.1.2.1.33.2.1"))))
    return element(0x30, element(2, b"\1") + element(4, b"bench") + element(0xA7, element(2, b"\7") + 2 * element(2, b"\0") + varbinds))


def prepare(world, count, agents, mqtt, trap_port):
    addresses = [f"127.78.{i // 200}.{1 + i % 200}" for i in range(count)]
    world.write("community", "bench\n", 0o600)
    world.write("rules.yaml", "rules:\n  - {id: load, metric: ups.load, above: 90, clear: 50, hold_polls: 1, severity: major, type: limit}\n")
    world.write("netzwacht.yaml", f"instance: bench\nstate_dir: state\ninventory: inventory.yaml\n"
                "credentials:\n  - {name: default, version: v2c, community_file: community}\n"
                f"collector: {{interval: 1m, trap_port: {trap_port}}}\n"
                f"alerts: {{rules: rules.yaml, mqtt: {{host: 127.0.0.1, port: {mqtt}, tls: no}}}}\n")
    lines = ["sites:"] + [f"  - {{id: s-{i}, name: S, lat: 53.7, lon: 9.99}}" for i in range(count)] + ["devices:"]
    lines += [f"  - {{id: ups-{i}, name: U, address: {a}, port: {agents.port}, kind: ups, site: s-{i}}}" for i, a in enumerate(addresses)]
    world.write("inventory.yaml", "\n".join(lines) + "\n")
    return addresses


def broker(world, port):
    profile = (SOURCE / "packaging" / "mosquitto" / "netzwacht.conf").read_text()
    keys = ("persist", "auto", "max_", "message_size", "queue", "set_tcp_nodelay", "retain")
    world.write("mosquitto.conf", f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence_location {world.dir}/\n" +
                "".join(line + "\n" for line in profile.splitlines() if line.startswith(keys) and not line.startswith("persistence_location")))
    world.start(tool("mosquitto"), "-c", world.dir / "mosquitto.conf", log="mosquitto")


def time_of(record):
    return datetime.fromisoformat(record["wall"].replace("Z", "+00:00")).timestamp()


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] * 1000


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 250
    agents, chance = Agents(), random.Random(1)
    with World() as world:
        mqtt, trap_port = free_port(), free_port(socket.SOCK_DGRAM)
        addresses = prepare(world, count, agents, mqtt, trap_port)
        broker(world, mqtt)
        wait_for("the broker", 20, lambda: socket.socket().connect_ex(("127.0.0.1", mqtt)) == 0)
        for daemon in ("collector", "alerts"):
            world.start(f"netzwacht-{daemon}", "-c", world.dir / "netzwacht.yaml", log=daemon)
        partition = world.dir / "state/journal/alerts"
        wait_for("every UPS to be read", 120, lambda: len({r["samples"]["source"] for r in world.journal("collector")
                                                           if "samples" in r}) == count, 1)
        wait_for("alerts", 20, partition.is_dir)
        subscriber = Subscriber(mqtt)
        subscriber.partition = partition
        time.sleep(3)
        sent, arrived = {}, {}
        for i, address in chance.sample(list(enumerate(addresses)), count):
            agents.overloaded.add(address)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.bind((address, 0))
                sent[f"ups-{i}"] = time.time()
                s.sendto(trap(), ("127.0.0.1", trap_port))
            arrived[f"ups-{i}"] = subscriber.wait(f"ups-{i}", 5)
            check(arrived[f"ups-{i}"], f"no event of ups-{i} within 5 s\n{world.log('collector')[-500:]}{world.log('alerts')[-500:]}")
            time.sleep(chance.uniform(0.02, 0.1))
        subscriber.process.terminate()
        read, made = {}, {}
        for r in world.journal("collector"):
            if "samples" in r and time_of(r) > sent.get(r["samples"]["source"], 1e12):
                read.setdefault(r["samples"]["source"], time_of(r))
        for r in world.journal("alerts"):
            if "incident" in r:
                made.setdefault(r["incident"]["cause"]["id"], time_of(r))
    stages = {"read": [read[d] - sent[d] for d in sent], "judge": [made[d] - read[d] for d in sent],
              "deliver": [arrived[d][0] - made[d] for d in sent], "commit": [arrived[d][0] - arrived[d][1] for d in sent],
              "all": [arrived[d][0] - sent[d] for d in sent]}
    table = Table("trap_latency", f"From a trap to the incident event at an MQTT subscriber: {count} traps, one after the other, agents of 1 ms",
                  [("stage", ""), ("p50 ms", ".1f"), ("p90 ms", ".1f"), ("p99 ms", ".1f"), ("max ms", ".1f")])
    for name, values in stages.items():
        table.add(name, percentile(values, .5), percentile(values, .9), percentile(values, .99), max(values) * 1000)


main()
