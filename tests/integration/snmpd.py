#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht-collector against Debian's snmpd, and against agents that no one would wish for."""
import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
import journal  # noqa: E402
from ber import community_trap, element, parse  # noqa: E402
from harness import World, check, free_port, run_tests, tool, wait_for  # noqa: E402

INTERVAL, MISS, CONFIRM, TIMEOUT = 2.0, 0.5, 0.1, 0.5
COMMUNITY = "netzwacht-test"


# ---- a tiny agent that answers wrongly ----

class Agent(threading.Thread):
    """kind: silent, garbage, or loop (every table gives its own OID again, for ever)."""

    def __init__(self, kind):
        super().__init__(daemon=True)
        self.kind, self.requests = kind, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            data, peer = self.socket.recvfrom(65535)
            self.requests += 1
            if self.kind == "garbage":
                self.socket.sendto(b"HTTP/1.1 400 Bad Request\r\n\r\n", peer)
            elif self.kind == "loop":
                self.socket.sendto(self.answer(data), peer)

    @staticmethod
    def answer(data):
        version, community, (tag, pdu) = parse(parse(data)[0][1])
        request_id, _, _, (_, varbinds) = parse(pdu)
        out = b""
        for _, varbind in parse(varbinds):
            oid = parse(varbind)[0][1]
            if tag == 0xA0 and oid == bytes([0x2B, 6, 1, 2, 1, 1, 2, 0]):
                value = element(0x06, bytes([0x2B, 6, 1, 4, 1, 0x86, 0x8D, 0x1F, 1]))
            elif tag == 0xA0 and oid == bytes([0x2B, 6, 1, 2, 1, 1, 3, 0]):
                value = element(0x43, (12345).to_bytes(2, "big"))
            elif tag == 0xA0:
                value = element(0x81, b"")
            else:
                value = element(0x02, b"\x01")
            out += element(0x30, element(0x06, oid) + value)
        reply = element(0x02, request_id[1]) + element(0x02, b"\0") + element(0x02, b"\0") + element(0x30, out)
        return element(0x30, element(0x02, version[1]) + element(0x04, community[1]) + element(0xA2, reply))


# ---- the test's world ----

class Bed(World):
    def __init__(self):
        super().__init__()
        self.port = free_port(socket.SOCK_DGRAM)
        self.devices = {}
        self.trap_port = 0

    def snmpd(self):
        self.write("snmpd.conf", f"agentAddress udp:127.0.0.1:{self.port}\nrocommunity {COMMUNITY}\nsysName host-of-the-test\n")
        return self.start(tool("snmpd"), "-f", "-Lo", "-C", "-c", self.dir / "snmpd.conf", "-I", "-smux",
                          "-p", self.dir / "snmpd.pid", log="snmpd", env={**os.environ, "SNMP_PERSISTENT_DIR": str(self.dir)})

    def configure(self, interval=INTERVAL, **ports):
        self.devices.update(ports)
        self.write("community", COMMUNITY + "\n", 0o600)
        self.write("netzwacht.yaml", f"""
instance: test
state_dir: state
inventory: inventory.yaml
credentials:
  - {{name: default, version: v2c, community_file: community}}
collector: {{interval: {int(interval)}s, timeout: {int(TIMEOUT * 1000)}ms, miss_interval: {int(MISS * 1000)}ms, confirm_interval: {int(CONFIRM * 1000)}ms, trap_port: {self.trap_port}}}
""")
        lines = ["sites:", "  - {id: s, name: S, lat: 53.7, lon: 9.99}", "devices:"]
        lines += [f"  - {{id: {name.replace('_', '-')}, name: N, address: 127.0.0.1, port: {port}, kind: router, site: s}}"
                  for name, port in self.devices.items()]
        self.write("inventory.yaml", "\n".join(lines) + "\n")

    def collector(self):
        process = self.start("netzwacht-collector", "-c", self.dir / "netzwacht.yaml", log="collector")
        wait_for("a segment", 10, lambda: list((self.dir / "state/journal/collector").glob("*.seg")))
        return process

    def records(self, kind):
        return [r[kind] for r in (line.get("record", line) for line in self.journal("collector")) if kind in r]

    def samples(self, device):
        return [s for s in self.records("samples") if s["source"] == device]

    def last(self, device):
        found = self.samples(device)
        return found[-1] if found else None


def outcome(sample):
    return str(sample.get("outcome", "OK")).replace("OUTCOME_", "").upper()


def is_down(sample):
    return bool(sample.get("is_down"))


def values(sample):
    """{(entity, metric): value} where the journal's printer names them."""
    return {(v.get("entity"), v.get("metric")): v.get("value") for v in sample.get("values", []) if isinstance(v, dict)}


def reads_snmpd():
    """what snmpd answers stands in the journal, with rates from the second poll on"""
    with Bed() as bed:
        bed.snmpd()
        bed.configure(host=bed.port)
        bed.collector()
        wait_for("three polls", 15, lambda: len([s for s in bed.samples("host") if outcome(s) == "OK"]) >= 3)
        polls = bed.samples("host")
        check("table" in polls[0], "the first record has no table")
        table = polls[0]["table"]
        check(table["identity"]["sys_name"] == "host-of-the-test", table["identity"])
        check(any(e["id"].startswith("if/") for e in table["entities"]), "no interface was read")
        named = values(polls[-1])
        check(named.get(("device", "reachable")) == 1, f"reachable is {named.get(('device', 'reachable'))}")
        rates = [v for (entity, metric), v in named.items() if metric in ("interface.in", "interface.out")]
        check(rates and any(v is not None for v in rates), "no rates")
        check(all(v is None or v >= 0 for v in rates), f"a rate below zero: {rates}")
        check(polls[-1].get("previous"), "the record does not know its predecessor")


def tells_odd_agents_apart():
    """silent, refused, talking garbage, looping: each is told once, and the healthy one goes on"""
    with Bed() as bed:
        silent, garbage, loop = Agent("silent"), Agent("garbage"), Agent("loop")
        bed.snmpd()
        bed.configure(host=bed.port, silent=silent.port, refused=free_port(socket.SOCK_DGRAM), garbage=garbage.port, loop=loop.port)
        bed.collector()
        for device, expected in (("silent", "TIMEOUT"), ("refused", "REFUSED"), ("garbage", "BROKEN"), ("loop", "PARTIAL")):
            found = wait_for(f"{device} in the journal", 15, lambda: bed.last(device))
            check(outcome(found) == expected, f"{device}: {outcome(found)}, not {expected}")
        for device in ("silent", "refused", "garbage"):
            wait_for(f"{device} to be down", 20, lambda: is_down(bed.last(device)))
        time.sleep(2 * INTERVAL)
        check(not is_down(bed.last("loop")), "an agent whose tables loop is called down")
        findings = bed.records("finding")
        check(sorted((f["source"], f["kind"]) for f in findings) == [("garbage", "bad_reply"), ("loop", "walk_broken")], findings)
        log = bed.log("collector")
        for word in ("garbage: what the agent sends is no answer", "loop: OIDs do not increase", "silent does not answer", "refused does not answer"):
            check(log.count(word) == 1, f"{log.count(word)} times in the log: {word}\n{log}")
        check("without a fault again" not in bed.log("collector"), "an agent whose tables loop is called healed")
        healthy = bed.samples("host")
        check(all(outcome(s) == "OK" for s in healthy), "the healthy device was disturbed")
        check(len(healthy) >= 5, f"the healthy device was polled only {len(healthy)} times")
        before = loop.requests
        time.sleep(2 * INTERVAL)
        check(loop.requests - before <= 3 * 6, f"{loop.requests - before} requests to the looping agent in two intervals")


def sees_down_and_up():
    """snmpd killed: three misses, six confirmations, down within the bound; started again: up within an interval"""
    with Bed() as bed:
        agent = bed.snmpd()
        bed.configure(host=bed.port)
        collector = bed.collector()
        wait_for("a poll", 15, lambda: bed.last("host") and outcome(bed.last("host")) == "OK")
        agent.kill()
        agent.wait()
        began = time.monotonic()
        # An interval to the first miss; two more; a poll takes 4 tries, the last of them twice as patient.
        bound = INTERVAL + 2 * MISS + 3 * 5 * TIMEOUT / 5 + 6 * CONFIRM + 2 * TIMEOUT
        wait_for("down", bound + 3, lambda: is_down(bed.last("host")), 0.2)
        took = time.monotonic() - began
        print(f"# down after {took:.1f} s, bound {bound:.1f} s")
        misses = [s.get("misses", 0) for s in bed.samples("host") if s.get("misses")]
        check(misses[:3] == [1, 2, 3], f"misses {misses}")
        verdict = next(s for s in bed.samples("host") if is_down(s))
        check(verdict.get("confirmations") == 6, verdict)
        check(values(verdict).get(("device", "reachable"), 0) == 0, "a device that is down counts as reachable")
        count = len(bed.samples("host"))
        time.sleep(2 * INTERVAL)
        check(2 <= len(bed.samples("host")) - count + 1 <= 4, "a down device is not journalled once an interval")
        collector.kill()
        collector.wait()
        count = len(bed.samples("host"))
        bed.collector()
        wait_for("records after a restart", 10, lambda: len(bed.samples("host")) > count + 1)
        check(all(is_down(s) for s in bed.samples("host")[count:]), "a restart of the collector lifts what is down")
        bed.snmpd()
        wait_for("up", INTERVAL + 5, lambda: outcome(bed.last("host")) == "OK")
        check(not is_down(bed.last("host")) and not bed.last("host").get("misses"), "it answers, and is still counted as missing")


def survives_kill():
    """kill -9 in the middle: the journal is whole, a restarted collector goes on in a new segment"""
    with Bed() as bed:
        bed.snmpd()
        bed.configure(host=bed.port)
        for round_number in range(3):
            count = len(bed.samples("host")) if round_number else 0
            collector = bed.collector()
            wait_for("polls", 15, lambda: len(bed.samples("host")) >= count + 2)
            collector.send_signal(signal.SIGKILL)
            collector.wait()
        done = bed.run("netzwacht", "journal", "cat", "--dir", bed.dir / "state" / "journal", "collector")
        check("missing" not in done.stderr and "damage" not in done.stderr, done.stderr)
        segments = sorted((bed.dir / "state" / "journal" / "collector").glob("*.seg"))
        check(len(segments) == 3, f"{len(segments)} segments after three starts")
        check(all(s.get("previous") for s in bed.samples("host")[1:]), "the chain of records breaks at a restart")
        tables = [s for s in bed.samples("host") if "table" in s and s["table"]]
        check(len(tables) >= 3, "a segment begins without the device's table")
        check(len({s["table_version"] for s in bed.samples("host")}) == 1, "the same structure got another version")


def obeys_commands():
    """a command polls at once and gets an outcome; an unknown device is refused; a repeated id is not executed again"""
    with Bed() as bed:
        bed.snmpd()
        bed.configure(host=bed.port)
        bed.collector()
        wait_for("a poll", 15, lambda: bed.last("host"))
        writer = journal.Writer(str(bed.dir / "state" / "journal"), "dashboard")

        def command(ident, verb, target):
            body = journal.field_bytes(1, ident) + journal.field_bytes(4, verb) + journal.field_bytes(5, target)
            writer.append(journal.field_fixed64(1, time.time_ns()) + journal.field_bytes(7, body))

        def outcomes(ident):
            return [o for o in bed.records("outcome") if o["command"] == ident]

        time.sleep(1)
        command("c-1", "poll", "host")
        check(wait_for("the outcome", 5, lambda: outcomes("c-1"))[0]["outcome"] == "done", outcomes("c-1"))
        command("c-2", "reprobe", "no-such-device")
        refused = wait_for("the refusal", 5, lambda: outcomes("c-2"))[0]
        check(refused["outcome"] == "refused" and refused["problem"], refused)
        command("c-1", "poll", "host")
        wait_for("the outcome again", 5, lambda: len(outcomes("c-1")) == 2)
        command("c-3", "acknowledge", "host")
        time.sleep(1)
        check(not outcomes("c-3"), "a command for somebody else was answered")


def reloads():
    """SIGHUP brings a new device in; a broken configuration is refused and the old one goes on"""
    with Bed() as bed:
        bed.snmpd()
        bed.configure(host=bed.port)
        collector = bed.collector()
        wait_for("a poll", 15, lambda: bed.last("host"))
        bed.configure(second=bed.port)
        collector.send_signal(signal.SIGHUP)
        wait_for("the second device", 10, lambda: bed.last("second"))
        bed.write("inventory.yaml", "devices: [ {id: broken\n")
        collector.send_signal(signal.SIGHUP)
        count = len(bed.samples("host"))
        wait_for("polls after a broken configuration", 10, lambda: len(bed.samples("host")) >= count + 2)
        check("inventory.yaml" in bed.log("collector"), "nothing was said about the broken file")


def hears_traps():
    """a trap is journalled and polls its device at once; an inform is acknowledged; strangers are only counted"""
    with Bed() as bed:
        bed.snmpd()
        bed.trap_port = free_port(socket.SOCK_DGRAM)
        bed.configure(host=bed.port)
        bed.collector()
        wait_for("a poll", 15, lambda: bed.last("host"))
        link_down = bytes([0x2B, 6, 1, 6, 3, 1, 1, 5, 3])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.99.0.1", 0))
            stranger.sendto(community_trap(link_down), ("127.0.0.1", bed.trap_port))
            sender.sendto(b"no snmp", ("127.0.0.1", bed.trap_port))
            sender.sendto(community_trap(link_down, 0xA6), ("127.0.0.1", bed.trap_port))
            sender.settimeout(5)
            check(sender.recv(1000) == community_trap(link_down, 0xA2), "the inform's acknowledgement is not the inform as a Response")
        events = wait_for("the trap in the journal", 5, lambda: bed.records("trap"))
        check([(e["source"], e["name"]) for e in events] == [("host", "link_down")], events)
        lines = [line.get("record", line) for line in bed.journal("collector")]
        at = next(i for i, r in enumerate(lines) if "trap" in r)
        wait_for("the poll behind it", 5, lambda: len(bed.samples("host")) > sum("samples" in r for r in lines[:at]))


class Spy(threading.Thread):
    """Stands between the collector and snmpd and knows which OIDs were asked for."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.target, self.asked = ("127.0.0.1", port), []
        self.front, self.back = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self.front.bind(("127.0.0.1", 0))
        self.back.settimeout(5)
        self.port = self.front.getsockname()[1]
        self.start()

    def run(self):
        while True:
            data, peer = self.front.recvfrom(65535)
            _, _, (_, pdu) = parse(parse(data)[0][1])
            self.asked += [parse(varbind)[0][1] for _, varbind in parse(parse(pdu)[3][1])]
            self.back.sendto(data, self.target)
            self.front.sendto(self.back.recv(65535), peer)


def a_trap_reads_its_tables():
    """snmptrap's linkDown is journalled with its name and values, and reads the interfaces at once, nothing else"""
    with Bed() as bed:
        bed.snmpd()
        spy = Spy(bed.port)
        bed.trap_port = free_port(socket.SOCK_DGRAM)
        bed.configure(interval=60, host=spy.port)
        bed.collector()
        wait_for("a poll, which may wait for a quarter of the interval", 40, lambda: bed.last("host"))
        time.sleep(2 * MISS)
        count, before = len(spy.asked), len(bed.samples("host"))
        station = ["1.2.840.10036.1.1.1.15.1", "x", "00005e005301"]
        for oid, varbinds in (("1.2.840.10036.1.6.0.1", station), ("1.3.6.1.6.3.1.1.5.3", ["1.3.6.1.2.1.2.2.1.1.2", "i", "2", *station])):
            bed.run(tool("snmptrap"), "-v", "2c", "-c", "any", f"127.0.0.1:{bed.trap_port}", "1", oid, *varbinds)
        wait_for("the poll for the trap", 10, lambda: len(bed.samples("host")) > before)
        check(bed.records("trap") == [{"source": "host", "oid": "1.3.6.1.6.3.1.1.5.3", "name": "link_down", "values": [
            {"oid": "1.3.6.1.2.1.2.2.1.1.2", "text": "2"}]}], bed.records("trap"))
        asked = spy.asked[count:]
        interfaces = [o for o in asked if o.startswith(bytes([0x2B, 6, 1, 2, 1, 2, 2])) or o.startswith(bytes([0x2B, 6, 1, 2, 1, 31]))]
        others = {o.hex() for o in asked if o not in interfaces} - {"2b06010201010200", "2b06010201010300"}
        check(interfaces, "the interfaces were not read")
        check(not any(o.startswith(("2b0601020119", "2b06010401")) for o in others), f"for a linkDown was read: {others}")
        check(outcome(bed.last("host")) == "OK" and values(bed.last("host")).get(("device", "reachable")) == 1, bed.last("host"))


def graphs_and_alarms():
    """snmpd from end to end: rrdtool reads its memory, its death is one incident and unusable, its return closes it"""
    with Bed() as bed:
        agent = bed.snmpd()
        bed.configure(host=bed.port)
        with open(bed.dir / "netzwacht.yaml", "a", encoding="utf-8") as f:
            f.write("store: {step: 4s, batch: 1s}\n")
        with open(bed.dir / "inventory.yaml", "a", encoding="utf-8") as f:
            f.write("hotspots:\n  - {id: hs-1, name: H, site: s, device: host}\n")
        bed.collector()
        for daemon in ("netzwacht-store", "netzwacht-alerts"):
            bed.start(daemon, "-c", bed.dir / "netzwacht.yaml")

        def states():
            found = [r["record"]["state"] for r in bed.journal("alerts") if "state" in r["record"]]
            return [(s["state"], s["reason"]) for s in found if s["id"] == "hs-1"]

        def incidents():
            done = bed.run("netzwacht", "incidents", "list", "--all", "--json", "-c", bed.dir / "netzwacht.yaml")
            found = [json.loads(line) for line in done.stdout.splitlines()]
            return [(i["type"], i["cause"]["id"], bool(i["closed"])) for i in found]

        wait_for("usable", 20, lambda: states() and states()[-1][0] == "usable", 0.3)
        wait_for("its memory in an RRD file", 60, lambda: graphed(bed), 1)
        check(incidents() == [], f"incidents before anything broke: {incidents()}")
        agent.kill()
        agent.wait()
        wait_for("unusable", 25, lambda: states()[-1][0] == "unusable", 0.3)
        wait_for("its incident", 10, lambda: incidents() == [("device_down", "host", False)], 0.3)
        bed.snmpd()
        wait_for("usable again", 20, lambda: states()[-1][0] == "usable", 0.3)
        wait_for("the incident's end", 30, lambda: incidents() == [("device_down", "host", True)], 0.3)


def graphed(bed):
    """Is there a number in the rows of the host's memory, as rrdtool prints them?"""
    index = bed.dir / "state/rrd/index"
    for line in index.read_text().splitlines() if index.exists() else []:
        _, number, storage, _, source, entity, _ = line.split(" ")
        path = bed.dir / f"state/rrd/{int(number) // 1000:03d}/{int(number):08d}.rrd"
        if (source, entity, storage) == ("host", "memory/Physical%20memory", "short") and path.exists():
            out = bed.run(tool("rrdtool"), "fetch", path, "AVERAGE", "-r", 4, "--start", "-60").stdout
            return any("nan" not in value for row in out.splitlines()[2:] for value in row.split()[1:])
    return False


run_tests(graphs_and_alarms, hears_traps, a_trap_reads_its_tables, reads_snmpd, tells_odd_agents_apart, sees_down_and_up, survives_kill, obeys_commands, reloads)
