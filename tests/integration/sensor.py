#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sensor of netzwacht-probe on a veth pair in a network namespace of its own: the funnel of a hotspot, a rogue DHCP server,
a parser that dies, and no client's address in anything that is written or published."""
import base64
import ctypes
import importlib.util
import ipaddress
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

DEBIAN_PYTHON = "/usr/bin/python3"
if importlib.util.find_spec("scapy") is None and os.path.realpath(sys.executable) != os.path.realpath(DEBIAN_PYTHON):
    os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv])  # Debian's scapy belongs to Debian's python3

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import Skip, World, check, free_port, run_tests, tool, wait_for

NEW_NETWORK = 0x40000000  # CLONE_NEWNET
HERE, THERE = "nw-here", "nw-there"
SERVER, ROGUE = "192.0.2.1", "198.51.100.66"
CLIENTS = [(f"02:c1:1e:47:ab:{number:02x}", f"192.0.2.{number}") for number in range(0x51, 0x59)]
PATIENCE = 60


def own_network():
    """This process and its children get a network of their own: nobody else's frames are on it."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_NETWORK) != 0:
        raise Skip(f"no network namespace of our own: {os.strerror(ctypes.get_errno())}")
    ip = tool("ip")
    for arguments in (("link", "set", "lo", "up"), ("link", "add", HERE, "type", "veth", "peer", "name", THERE),
                      ("link", "set", HERE, "up"), ("link", "set", THERE, "up")):
        done = subprocess.run([ip, *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            raise Skip(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


class Street(threading.Thread):
    """Clients of a hotspot (VLAN 11) that get on-line over and over, until stopped."""

    def __init__(self):
        super().__init__(daemon=True)
        import logging
        logging.getLogger("scapy").setLevel(logging.ERROR)
        from scapy.all import BOOTP, DHCP, DNS, DNSQR, IP, UDP, Dot1Q, Ether, conf
        self.layers = (BOOTP, DHCP, DNS, DNSQR, IP, UDP, Dot1Q, Ether)
        self.socket = conf.L2socket(iface=THERE)
        self.is_stopping, self.has_rogue, self.number = False, False, 0

    def dhcp(self, client, kind, server=None):
        BOOTP, DHCP, _, _, IP, UDP, Dot1Q, Ether = self.layers
        mac, address = client
        options = [("message-type", kind)] + ([("server_id", server)] if server else []) + ["end"]
        to_client = server is not None
        return (Ether(src="02:aa:00:00:00:01" if to_client else mac, dst=mac if to_client else "ff:ff:ff:ff:ff:ff") / Dot1Q(vlan=11) /
                IP(src=server or "0.0.0.0", dst=address if to_client else "255.255.255.255") /
                UDP(sport=67 if to_client else 68, dport=68 if to_client else 67) /
                BOOTP(op=2 if to_client else 1, xid=self.number, yiaddr=address if to_client else "0.0.0.0",
                      chaddr=bytes.fromhex(mac.replace(":", "")) + bytes(10)) / DHCP(options=options))

    def dns(self, client, is_answer):
        _, _, DNS, DNSQR, IP, UDP, Dot1Q, Ether = self.layers
        mac, address = client
        question = DNSQR(qname="mueller.example")
        if is_answer:
            return (Ether(src="02:aa:00:00:00:01", dst=mac) / Dot1Q(vlan=11) / IP(src=SERVER, dst=address) /
                    UDP(sport=53, dport=4000) / DNS(id=self.number & 0xffff, qr=1, rcode=2, qd=question))
        return (Ether(src=mac, dst="02:aa:00:00:00:01") / Dot1Q(vlan=11) / IP(src=address, dst=SERVER) /
                UDP(sport=4000, dport=53) / DNS(id=self.number & 0xffff, qd=question))

    def run(self):
        while not self.is_stopping:
            for client in CLIENTS:
                self.number += 1
                frames = [self.dhcp(client, "discover"), self.dhcp(client, "offer", SERVER), self.dhcp(client, "request"),
                          self.dhcp(client, "ack", SERVER), self.dns(client, False), self.dns(client, True)]
                if self.has_rogue:
                    frames.insert(1, self.dhcp(client, "offer", ROGUE))
                for frame in frames:
                    self.socket.send(frame)
                time.sleep(0.02)

    def stop(self):
        self.is_stopping = True
        self.join()


def write_town(world, broker=None):
    world.write("netzwacht.yaml", "instance: test\nstate_dir: state\ninventory: [inventory.yaml]\n"
                "sensor: {enabled: true, interval: 2s, open_ssids: [MobyKlick]}\nprobe: {interval: 2s}\n"
                "store: {batch: 1s, step: 1s}\n"
                + (f"alerts:\n  mqtt: {{host: 127.0.0.1, port: {broker}, tls: false, heartbeat: 1s}}\n" if broker else ""))
    world.write("inventory.yaml", "sites:\n  - {id: platz, name: Platz, kind: street, lat: 53.7, lon: 10.0}\n"
                "devices:\n  - {id: ap-1, address: 127.0.0.1, kind: ap, site: platz}\n"
                "hotspots:\n  - {id: hs-1, name: Platz 1, site: platz, device: ap-1, vlan: 11, probed: no}\n"
                "services:\n  - {id: mirror, name: Spiegelport, kind: sensor, target: " + HERE + ", site: platz}\n"
                f"  - {{id: dhcp, name: DHCP, kind: dhcp, target: \"{SERVER}\", site: platz}}\n")


def records(world, partition, kind):
    return [line["record"][kind] for line in world.journal(partition) if line["record"]["kind"] == kind]


def samples(world, source):
    """[{entity/metric: value}], oldest first."""
    return [{f"{value['entity']}/{value['metric']}": value["value"] for value in body["values"]}
            for body in records(world, "probe", "samples") if body["source"] == source]


def processes(pid):
    """{pid: parent} of all below pid."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found[int(child)] = pid
        found.update(processes(int(child)))
    return found


def status_of(pid):
    return dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)


def start_probe(world):
    """Returns (daemon, watcher, parser): the pids of the two behind it."""
    daemon = world.start("netzwacht-probe", "-c", world.dir / "netzwacht.yaml")
    return (daemon, *wait_for_parser(world, daemon))


def wait_for_parser(world, daemon, other_than=None):
    def confined():
        check(daemon.poll() is None, world.log("netzwacht-probe"))
        try:
            for pid, parent in processes(daemon.pid).items():
                if parent != daemon.pid and pid != other_than and status_of(pid).get("Seccomp") == "2":
                    return parent, pid
        except (FileNotFoundError, ProcessLookupError):
            pass  # one of them ended while we looked
        return None
    return wait_for("a confined parser", PATIENCE, confined)


def the_funnel_of_a_hotspot_is_in_the_journal():
    """attempts, success and times of each phase of a hotspot are samples; failures have their cause, strangers are counted"""
    with World() as world:
        write_town(world)
        start_probe(world)
        street = Street()
        street.start()
        try:
            funnel = wait_for("a funnel", PATIENCE, lambda: next(
                (s for s in samples(world, "funnel/hs-1") if s.get("phase/dhcp4/onboarding.attempts") and s.get("phase/dns/onboarding.attempts")), None))
            check(funnel["phase/dhcp4/onboarding.success"] > 80, f"{funnel}")
            check(0 < funnel["phase/dhcp4/onboarding.p50"] <= funnel["phase/dhcp4/onboarding.p95"] < 10, f"{funnel}")
            check(funnel["phase/dns/onboarding.success"] == 0 and funnel["phase/dns/onboarding.failed_server"] > 0, f"{funnel}")
            check(funnel["phase/tcp/onboarding.attempts"] is None, f"a phase without frames has figures: {funnel}")
            quiet = wait_for("the sensor's figures", PATIENCE, lambda: samples(world, "probe/mirror"))
            check(quiet[-1]["sensor/sensor.rogue_dhcp"] == 0 and quiet[-1]["sensor/sensor.frames"] >= 0, f"{quiet[-1]}")
            street.has_rogue = True
            wait_for("the rogue server", PATIENCE, lambda: any(s["sensor/sensor.rogue_dhcp"] == 1 for s in samples(world, "probe/mirror")))
        finally:
            street.stop()


def a_sensor_has_no_rights_and_comes_back():
    """watcher and parser have no capability, no root, no file; each is replaced when it dies, and the figures say so"""
    with World() as world:
        write_town(world)
        daemon, watcher, parser = start_probe(world)
        for pid in (watcher, parser):
            status = status_of(pid)
            rights = {name: status[name].strip() for name in ("CapEff", "CapPrm", "CapAmb", "NoNewPrivs", "Uid")}
            check(all(int(rights[name], 16) == 0 for name in ("CapEff", "CapPrm", "CapAmb")), f"{pid}: {rights}")
            check(rights["NoNewPrivs"] == "1" and "0" not in rights["Uid"].split(), f"{pid}: {rights}")
        check(len(os.listdir(f"/proc/{parser}/fd")) == 3, "the parser holds more descriptors")
        os.kill(parser, signal.SIGKILL)
        same, parser = wait_for_parser(world, daemon, other_than=parser)
        check(same == watcher, "the watcher went with its parser")
        os.kill(watcher, signal.SIGKILL)
        other, _ = wait_for_parser(world, daemon, other_than=parser)
        check(other != watcher, "the watcher is not replaced")

        def figures():
            beats = records(world, "probe", "heartbeat")
            return {c["name"]: c["value"] for c in beats[-1]["counters"]} if beats else {}

        wait_for("the restart in the heartbeat", PATIENCE, lambda: figures().get("sensor_watcher_restarts_total") == 1)
        check(figures()["sensors"] == 1, f"{figures()}")


def needles(mac, address):
    """The client's addresses as they might stand somewhere."""
    for raw in (bytes.fromhex(mac.replace(":", "")), ipaddress.ip_address(address).packed):
        yield from (raw, raw[::-1], raw.hex().encode(), raw.hex().upper().encode(), base64.b64encode(raw).rstrip(b"="),
                    str(int.from_bytes(raw, "big")).encode())
    yield from (mac.encode(), mac.upper().encode(), mac.replace(":", "-").encode(), address.encode())


def found_in(world, texts):
    """Which needles stand in a file of the world or one of the texts."""
    wanted = {needle for client in CLIENTS for needle in needles(*client)}
    places = [(str(path), path.read_bytes()) for path in world.dir.rglob("*") if path.is_file()] + texts
    return [(name, needle) for name, content in places for needle in wanted if needle in content]


def no_client_is_in_anything_that_is_written_or_published():
    """journal, history files, databases, logs, API and MQTT hold no client's address in any form; a planted one is found"""
    with World() as world:
        broker, port = free_port(), free_port()
        write_town(world, broker)
        with open(world.dir / "netzwacht.yaml", "a") as settings:
            settings.write(f"dashboard: {{port: {port}}}\n")
        world.write("mosquitto.conf", f"listener {broker} 127.0.0.1\nallow_anonymous true\nuser root\n")
        world.start(tool("mosquitto"), "-c", world.dir / "mosquitto.conf", log="mosquitto")
        heard = world.start(tool("mosquitto_sub"), "-h", "127.0.0.1", "-p", broker, "-t", "#", "-v", log="mqtt") if wait_for(
            "the broker", PATIENCE, lambda: subprocess.run([tool("mosquitto_pub"), "-h", "127.0.0.1", "-p", str(broker), "-t", "x", "-m", "y"],
                                                           capture_output=True).returncode == 0) else None
        check(heard.poll() is None, "nobody listens to MQTT")
        world.write("users", "operator operator operator-password-1\n", mode=0o600)
        world.run("netzwacht", "user", "import", "-c", world.dir / "netzwacht.yaml", world.dir / "users")
        start_probe(world)
        for daemon in ("netzwacht-store", "netzwacht-alerts", "netzwacht-dashboard"):
            world.start(daemon, "-c", world.dir / "netzwacht.yaml")
        street = Street()
        street.has_rogue = True
        street.start()
        try:
            wait_for("a funnel", PATIENCE, lambda: any(s.get("phase/dhcp4/onboarding.attempts") for s in samples(world, "funnel/hs-1")))
            wait_for("the incident", PATIENCE, lambda: any(i["type"] == "rogue_dhcp" for i in records(world, "alerts", "incident")))
            wait_for("history files", PATIENCE, lambda: list((world.dir / "state" / "rrd").rglob("*.rrd")))
            wait_for("MQTT", PATIENCE, lambda: "rogue_dhcp" in world.log("mqtt"))
            answers = ask_everything(world, port)
        finally:
            street.stop()
        hits = found_in(world, answers)
        check(not hits, f"{len(hits)} hits, the first: {hits[:3]}")
        world.write("state/planted", "client " + str(int(CLIENTS[0][0].replace(":", ""), 16)))
        world.write("planted.log", base64.b64encode(bytes.fromhex(CLIENTS[1][0].replace(":", ""))).decode())
        check(len({name for name, _ in found_in(world, [])}) == 2, "what was planted is not found")


def ask_everything(world, port):
    """All that the API says to an operator of hotspots, services, incidents and series."""
    import http.client
    headers = {"Content-Type": "application/json"}

    def ask(method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content

    def log_in():
        try:
            answer, _ = ask("POST", "/api/v1/session", json.dumps({"user": "operator", "password": "operator-password-1"}))
        except OSError:
            return None
        return answer.getheader("Set-Cookie") if answer.status == 204 else None

    headers["Cookie"] = wait_for("the log-in", PATIENCE, log_in).split(";")[0]
    series = "/api/v1/series?entity=funnel/hs-1/phase/dhcp4&metric=onboarding.success&from=-600"
    paths = ["hotspots", "hotspots/hs-1", "services", "incidents", "summary", "daemons", "sites", "devices", "self", "funnel"]
    texts = []
    for path in [f"/api/v1/{path}" for path in paths] + [series, "/metrics"]:
        answer, content = ask("GET", path)
        if path != "/api/v1/self":
            check(answer.status == 200, f"{path}: {answer.status} {content[:200]}")
        texts.append((path, content))
    return texts


own_network_problem = None
try:
    own_network()
except Skip as skip:
    own_network_problem = skip


def in_own_network(test):
    def run():
        if own_network_problem:
            raise own_network_problem
        test()
    run.__doc__ = test.__doc__
    return run


run_tests(*map(in_own_network, (the_funnel_of_a_hotspot_is_in_the_journal, a_sensor_has_no_rights_and_comes_back,
                                no_client_is_in_anything_that_is_written_or_published)))
