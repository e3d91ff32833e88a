#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated city seen by strangers: net-snmp's tools, TLS, DNS, its own log."""
import json
import os
import random
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from harness import World, check, free_port, run_tests, tool, wait_for  # noqa: E402

PORTAL, DNS = "127.16.0.3", "127.16.0.4"


class City:
    """A city of its own ports, running without script."""

    def __init__(self, world, *options):
        self.world = world
        self.dir = world.dir / "city"
        self.port = free_port(socket.SOCK_DGRAM)
        self.dns_port = free_port(socket.SOCK_DGRAM)
        self.http, self.https = free_port(address=PORTAL), free_port(address=PORTAL)
        world.run("netzwacht-city", "init", "--dir", self.dir, "--port", self.port, "--dns-port", self.dns_port,
                  "--portal-port", self.http, "--portal-tls-port", self.https, "--battery-seconds", 2, *options)
        self.community = (self.dir / "community").read_text().strip()
        self.process = self.start()

    def start(self):
        process = self.world.start("netzwacht-city", "run", "--dir", self.dir, "--script", "none", log="city")
        wait_for("the city's control socket", 5, lambda: self.is_up())
        return process

    def is_up(self):
        return self.world.run("netzwacht-city", "ctl", "--dir", self.dir, "status", ok=False).returncode == 0

    def tell(self, *words, ok=True):
        done = self.world.run("netzwacht-city", "ctl", "--dir", self.dir, *words, ok=ok)
        return json.loads(done.stdout)

    def log(self):
        return [json.loads(line) for line in (self.dir / "city-log.jsonl").read_text().splitlines()]

    def devices(self):
        """id -> address, from the inventory."""
        found = {}
        for line in (self.dir / "inventory.yaml").read_text().splitlines():
            if "address: " in line:
                found[line.split("id: ")[1].split(",")[0]] = line.split("address: ")[1].split(",")[0]
        return found

    def snmp(self, program, address, *oids, community=None, version="-v2c", timeout="1"):
        env = dict(os.environ, MIBS="", SNMP_PERSISTENT_DIR=str(self.world.dir / "snmp"))
        return subprocess.run(
            [tool(program), version, "-c", community or self.community, "-On", "-Oe", "-r0", "-t", timeout,
             f"{address}:{self.port}", *oids], capture_output=True, text=True, timeout=60, env=env)


def oid_key(line):
    return [int(n) for n in line.split(" ")[0].strip(".").split(".")]


def request(oid_suffix, community, number, pdu=0xA0):
    """A GET of 1.3.6.1.2.1.<suffix>, by hand."""
    oid = bytes([0x2B, 6, 1, 2, 1]) + bytes(oid_suffix)
    varbind = bytes([6, len(oid)]) + oid + b"\x05\x00"
    varbinds = bytes([0x30, len(varbind)]) + varbind
    body = b"\x02\x04" + struct.pack(">i", number) + b"\x02\x01\x00\x02\x01\x00" + bytes([0x30, len(varbinds)]) + varbinds
    message = b"\x02\x01\x01\x04" + bytes([len(community)]) + community.encode() + bytes([pdu, len(body)]) + body
    return bytes([0x30, len(message)]) + message


def answering(city, addresses, community=None):
    """Which of the addresses answer a GET of sysUpTime."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        s.bind(("127.0.0.1", 0))
        s.settimeout(0.5)
        for n, address in enumerate(addresses):
            s.sendto(request([1, 1, 3, 0], community or city.community, n + 1), (address, city.port))
        seen = set()
        try:
            while len(seen) < len(addresses):
                seen.add(s.recvfrom(4096)[1][0])
        except socket.timeout:
            pass
        return seen


def init_is_repeatable():
    """the same seed writes the same files, another one does not; secrets are 0600"""
    with World() as w:
        for name, seed in (("a", 5), ("b", 5), ("c", 6)):
            w.run("netzwacht-city", "init", "--dir", w.dir / name, "--seed", seed, "--epoch", 1795000000)
        for file in ("inventory.yaml", "districts.geojson", "city.json"):
            a, b, c = ((w.dir / d / file).read_bytes() for d in "abc")
            check(a == b, f"{file} differs with the same seed")
            check((a == c) == (file == "districts.geojson"), f"{file}: seed 6 gives {'the same' if a == c else 'another'}")
        check((w.dir / "a/community").read_bytes() != (w.dir / "b/community").read_bytes(), "the community is guessable")
        check((w.dir / "a/community").stat().st_mode & 0o777 == 0o600, "others can read the community")


def bad_calls_are_refused():
    """wrong numbers, a missing city and a second run each give one clear message"""
    with World() as w:
        for options in (["--hotspots", "0"], ["--hotspots", "many"], ["--nodes", "8"], ["--port", "65536"]):
            done = w.run("netzwacht-city", "init", "--dir", w.dir / "x", *options, ok=False)
            check(done.returncode == 64 and done.stderr.count("\n") == 1, f"{options}: {done.returncode} {done.stderr}")
        done = w.run("netzwacht-city", "run", "--dir", w.dir / "nowhere", ok=False)
        check(done.returncode != 0 and "netzwacht-city init" in done.stderr, done.stderr)
        done = w.run("netzwacht-city", "ctl", "--dir", w.dir / "nowhere", "status", ok=False)
        check(done.returncode == 69, f"{done.returncode} {done.stderr}")
        city = City(w, "--hotspots", 30, "--nodes", 10)
        done = w.run("netzwacht-city", "run", "--dir", city.dir, ok=False)
        check(done.returncode != 0 and "running already" in done.stderr, done.stderr)


def net_snmp_walks_every_family():
    """snmpbulkwalk and snmpwalk read each kind of agent in lexicographic order, and agree"""
    with World() as w:
        city = City(w)
        devices = city.devices()
        ap = next(d for d in devices if d.startswith("ap-"))
        for device, least in ((ap, 200), ("sw-gar-01", 300), ("agg-har-1", 200), ("ups-mit-01", 60), ("wlc-1", 2000)):
            bulk = city.snmp("snmpbulkwalk", devices[device], "1").stdout.splitlines()
            keys = [oid_key(line) for line in bulk if line.startswith(".1.") and "No more variables" not in line]
            check(len(keys) > least, f"{device}: {len(keys)} objects")
            check(all(a < b for a, b in zip(keys, keys[1:])), f"{device}: the walk does not climb")
        slow = [x for x in city.snmp("snmpwalk", devices["ups-mit-01"], "1").stdout.splitlines() if x[0] == "."]
        fast = [x for x in city.snmp("snmpbulkwalk", devices["ups-mit-01"], "1").stdout.splitlines() if x[0] == "."]
        check([oid_key(x) for x in slow[:-1]] == [oid_key(x) for x in fast[:-1]], "GETNEXT and GETBULK differ")
        v1 = city.snmp("snmpwalk", devices["ups-mit-01"], "1.3.6.1.2.1.31", version="-v1").stdout
        check("Counter64" not in v1 and "STRING" in v1, "v1 shows 64-bit counters, or nothing")


def exceptions_and_silence():
    """noSuchObject, noSuchInstance, endOfMibView, a refused SET; a wrong community meets silence"""
    with World() as w:
        city = City(w, "--hotspots", 30, "--nodes", 10)
        core = city.devices()["core-1"]
        out = city.snmp("snmpget", core, "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.1.7", "1.3.6.1.9.9").stdout
        check("No Such Instance" in out and "No Such Object" in out, out)
        out = city.snmp("snmpgetnext", core, "1.3.6.1.9").stdout
        check("No more variables" in out, out)
        done = city.snmp("snmpget", core, "1.3.6.1.2.1.1.1.0", community="public", timeout="0.3")
        check("Timeout" in done.stderr, done.stdout + done.stderr)
        done = city.snmp("snmpset", core, "1.3.6.1.2.1.1.5.0", "s", "x")
        check("notWritable" in done.stderr, done.stdout + done.stderr)


def all_agents_answer():
    """all agents of 540 hotspots and 60 nodes answer, each from its own address"""
    with World() as w:
        city = City(w)
        addresses = set(city.devices().values())
        check(len(addresses) == 422, f"{len(addresses)} agents")
        missing = addresses - answering(city, sorted(addresses))
        check(not missing, f"silent: {sorted(missing)[:5]}")
        check(city.tell("status")["varbinds"] == 422, "the count of varbinds is wrong")
        check(not answering(city, ["127.0.0.1", "127.31.255.1"]), "somebody answers at an address that nobody has")


def garbage_is_survived():
    """thousands of damaged datagrams neither crash the city nor make it answer"""
    with World() as w:
        city = City(w, "--hotspots", 30, "--nodes", 10)
        core, dice = city.devices()["core-1"], random.Random(7)
        good = request([1, 1, 3, 0], city.community, 1, 0xA5)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for n in range(5000):
                bad = bytearray(good)
                for _ in range(dice.randint(1, 6)):
                    bad[dice.randrange(len(bad))] = dice.randrange(256)
                s.sendto(bytes(bad[:dice.randint(0, len(bad))]), (core, city.port))
                s.sendto(dice.randbytes(dice.randint(0, 60)), (DNS, city.dns_port))
                if n % 100 == 0:
                    time.sleep(0.005)
        check(city.process.poll() is None, "the city died")
        check(answering(city, [core]) == {core}, "the core answers no more")


def counters_move():
    """64-bit octet counters grow between two readings, uplink and access point alike"""
    with World() as w:
        city = City(w)
        devices = city.devices()
        oids = [f"1.3.6.1.2.1.31.1.1.1.{column}.{index}" for column in (6, 10) for index in (513,)]

        def read(device, names):
            return [int(line.split(": ")[1]) for line in city.snmp("snmpget", devices[device], *names).stdout.splitlines()]
        ap = next(d for d in devices if d.startswith("ap-"))
        before = read("sw-gar-01", oids) + read(ap, ["1.3.6.1.2.1.31.1.1.1.6.2"])
        time.sleep(1.2)
        after = read("sw-gar-01", oids) + read(ap, ["1.3.6.1.2.1.31.1.1.1.6.2"])
        check(all(b > a for a, b in zip(before, after)), f"{before} -> {after}")


def lldp_tells_the_tree():
    """the LLDP neighbours of a switch are its parent and its children of the inventory"""
    with World() as w:
        city = City(w)
        devices = city.devices()
        children = {line.split("id: ")[1].split(",")[0] for line in (city.dir / "inventory.yaml").read_text().splitlines()
                    if "uplink: agg-har-1," in line and "address" in line}
        out = city.snmp("snmpbulkwalk", devices["agg-har-1"], "1.0.8802.1.1.2.1.4.1.1.9").stdout
        names = {line.split('"')[1] for line in out.splitlines()}
        check(children and names == children | {"core-1"}, f"LLDP {names ^ (children | {'core-1'})}")


def kill_and_revive():
    """a killed agent is silent, exactly that one hotspot is in the log, and it starts anew"""
    with World() as w:
        city = City(w)
        devices = city.devices()
        ap = next(d for d in devices if d.startswith("ap-"))
        city.tell("kill", ap)
        silent = set(devices.values()) - answering(city, sorted(devices.values()))
        check(silent == {devices[ap]}, f"silent: {silent}")
        check(city.log()[-1]["hotspots"] == ["hs" + ap[2:]], city.log()[-1])
        check(city.tell("kill", "nobody", ok=False)["ok"] is False, "a stranger was killed")
        city.tell("revive", ap)
        ticks = city.snmp("snmpget", devices[ap], "1.3.6.1.2.1.1.3.0").stdout
        check(int(ticks.split("(")[1].split(")")[0]) < 1000, ticks)
        check(devices[ap] in answering(city, [devices[ap]]), "it stays silent")


def incidents_do_what_the_log_says():
    """fibre cut and power cut silence exactly the devices of the log; all return"""
    with World() as w:
        city = City(w)
        devices = city.devices()
        everybody = sorted(devices.values())
        city.tell("incident", "fibre-cut", "agg-gar-1", "on")
        entry = city.log()[-1]
        check(entry["event"] == "begin" and entry["cause"] == {"kind": "device", "id": "agg-gar-1"}, entry)
        silent = set(everybody) - answering(city, everybody)
        check(silent == {devices[d] for d in entry["devices"]} and len(silent) > 20, f"{len(silent)} silent")
        city.tell("incident", "fibre-cut", "off")
        city.tell("incident", "power-cut", "ups-mit-01", "on")
        source = city.snmp("snmpget", devices["ups-mit-01"], "1.3.6.1.2.1.33.1.4.1.0").stdout
        check("INTEGER: 5" in source, source)
        entry = wait_for("the battery's end", 6, lambda: city.log()[-1] if city.log()[-1]["event"] == "effect" else None)
        silent = set(everybody) - answering(city, everybody)
        check(silent == {devices[d] for d in entry["devices"]} and silent, f"{len(silent)} silent")
        check(set(entry["hotspots"]) == set(city.log()[-2]["at_risk"]), "the forecast was wrong")
        city.tell("incident", "power-cut", "off")
        check(answering(city, everybody) == set(everybody), "some do not come back")


def fetch(city, url, verified=True):
    context = ssl.create_default_context(cafile=city.dir / "portal-ca.pem")
    context.verify_flags |= ssl.VERIFY_X509_STRICT  # what Python 3.13 and other strict clients ask for

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None
    opener = urllib.request.build_opener(NoRedirect, urllib.request.HTTPSHandler(context=context))
    try:
        answer = opener.open(url, timeout=5)
    except urllib.error.HTTPError as answer_with_status:
        answer = answer_with_status
    return answer.status, dict(answer.headers), answer.read()


def portal_and_certificate():
    """RFC 8908 over verified TLS, canary and page; an expired certificate is expired and comes back"""
    with World() as w:
        city = City(w, "--hotspots", 30, "--nodes", 10)
        https, http = f"https://{PORTAL}:{city.https}", f"http://{PORTAL}:{city.http}"
        status, headers, body = fetch(city, https + "/api/captive")
        check(status == 200 and headers["Content-Type"] == "application/captive+json", headers)
        api = json.loads(body)
        check(api["captive"] is True and api["user-portal-url"] == https + "/", api)
        check(b"simuliert" in fetch(city, api["user-portal-url"])[2], "the page does not say that it is simulated")
        status, headers, _ = fetch(city, http + "/generate_204")
        check(status == 302 and headers["Location"] == http + "/", headers)
        city.tell("incident", "portal-certificate", "on")
        try:
            fetch(city, https + "/")
            check(False, "an expired certificate was accepted")
        except urllib.error.URLError as problem:
            check("expired" in str(problem), problem)
        city.tell("incident", "portal-certificate", "off")
        check(fetch(city, https + "/")[0] == 200, "the valid certificate did not come back")
        slow = [socket.create_connection((PORTAL, city.http)) for _ in range(300)]  # half-open, more than fit
        time.sleep(0.2)
        for s in slow:
            s.close()
        wait_for("the portal after a flood", 5, lambda: fetch(city, http + "/")[0] == 200)


def weather():
    """agents answer as late as told, in order, and lose about as many requests as told"""
    with World() as w:
        city = City(w)
        core = city.devices()["core-1"]
        city.tell("delay", "80")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(2)
            began = time.monotonic()
            for n in range(50):
                s.sendto(request([1, 1, 3, 0], city.community, n + 1), (core, city.port))
            answers = [s.recv(4096) for _ in range(50)]
            took = time.monotonic() - began
        check(0.08 <= took < 1.5, f"50 answers after {took:.3f} s")
        numbers = [a[a.index(0xA2) + 4] for a in answers]  # request-id: one octet
        check(numbers == list(range(1, 51)), f"answers out of order: {numbers}")
        city.tell("delay", "0")
        city.tell("loss", "300")
        everybody = sorted(city.devices().values())
        share = len(answering(city, everybody)) / len(everybody)
        check(0.55 < share < 0.85, f"{share:.2f} answered with 30 % loss")
        city.tell("loss", "0")
        check(answering(city, everybody) == set(everybody), "the weather does not clear up")
        check(city.tell("delay", "forever", ok=False)["ok"] is False, "nonsense was taken")


def dns_question(city, name):
    labels = b"".join(bytes([len(p)]) + p.encode() for p in name.split("."))
    query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + labels + b"\x00\x00\x01\x00\x01"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(2)
        s.connect((DNS, city.dns_port))
        s.send(query)
        return s.recv(512)


def dns_responder():
    """the responder knows its name, denies others, and fails on command"""
    with World() as w:
        city = City(w, "--hotspots", 30, "--nodes", 10)
        answer = dns_question(city, "portal.norderstedt.example")
        check(answer[3] & 15 == 0 and answer[-4:] == socket.inet_aton(PORTAL), answer.hex())
        check(dns_question(city, "www.example")[3] & 15 == 3, "no NXDOMAIN")
        city.tell("incident", "dns-failure", "on")
        check(dns_question(city, "portal.norderstedt.example")[3] & 15 == 2, "no SERVFAIL")


def stop_go_and_end():
    """SIGSTOP and SIGCONT lose nothing, SIGTERM leaves no socket, PDEATHSIG follows the parent"""
    with World() as w:
        city = City(w, "--hotspots", 30, "--nodes", 10)
        core = city.devices()["core-1"]
        city.process.send_signal(signal.SIGSTOP)
        check(not answering(city, [core]), "a stopped city answers")
        city.process.send_signal(signal.SIGCONT)
        check(answering(city, [core]) == {core}, "it does not answer again")
        city.process.terminate()
        check(city.process.wait(5) == 0, f"status {city.process.returncode}")
        check(not (city.dir / "city.sock").exists(), "the socket is left behind")
        env = dict(os.environ, NETZWACHT_PARENT_DEATH="1")
        shell = w.start("/bin/sh", "-c", f'"$0" run --dir "$1" --script none & echo $! >"$1/pid"; wait',
                        w.run("readlink", "-f", os.environ.get("NETZWACHT_BUILD", "build") + "/netzwacht-city").stdout.strip(),
                        city.dir, env=env)
        wait_for("the city again", 5, city.is_up)
        pid = int((city.dir / "pid").read_text())
        shell.kill()
        shell.wait()
        wait_for("the city's end", 5, lambda: not Path(f"/proc/{pid}").exists() or
                 "Z" in Path(f"/proc/{pid}/stat").read_text().split(")")[1][:3])


run_tests(init_is_repeatable, bad_calls_are_refused, net_snmp_walks_every_family, exceptions_and_silence, all_agents_answer,
          garbage_is_survived, counters_move, lldp_tells_the_tree, kill_and_revive, incidents_do_what_the_log_says,
          portal_and_certificate, weather, dns_responder, stop_go_and_end)
