#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht discover and doctor against the simulated city, Debian's snmpd, and responders that are no agents."""
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from harness import BUILD, World, check, free_port, run_tests, tool, wait_for  # noqa: E402

COMMUNITY = "netzwacht-test"


def devices(text):
    """id -> {key: value} of an inventory in the shape that both the city and discover write: one device a line."""
    found = {}
    for line in text.split("devices:")[1].splitlines():
        if line.startswith("  - {id: ") and "address: " in line:
            pairs = dict(re.findall(r'(\w+): ("(?:[^"\\]|\\.)*"|[^,}]+)', line))
            pairs = {key: value.strip('"') for key, value in pairs.items()}
            found[pairs["id"]] = pairs
    return found


class City:
    def __init__(self, world, *more, hotspots=12, nodes=8):
        self.world = world
        self.dir = world.dir / "city"
        self.port = free_port(socket.SOCK_DGRAM)
        world.run("netzwacht-city", "init", *more, "--dir", self.dir, "--hotspots", hotspots, "--nodes", nodes, "--port", self.port,
                  "--dns-port", free_port(socket.SOCK_DGRAM), "--portal-port", free_port(address="127.16.0.3"),
                  "--portal-tls-port", free_port(address="127.16.0.3"))
        world.start("netzwacht-city", "run", "--dir", self.dir, "--script", "none", log="city")
        wait_for("the city", 5, lambda: world.run("netzwacht-city", "ctl", "--dir", self.dir, "status", ok=False).returncode == 0)
        self.devices = devices((self.dir / "inventory.yaml").read_text())
        check(len(self.devices) > 10, "the city's inventory was not understood")

    def ranges(self):
        """The /28 networks that its agents lie in, each with addresses that nobody has."""
        return sorted({re.sub(r"\d+$", lambda last: str(int(last[0]) & ~15), d["address"]) + "/28" for d in self.devices.values()})

    def options(self):
        return ["--port", self.port, "--credentials", self.dir / "community"]


def rows(text):
    """entity -> {key: value} of the hotspots that are rows of a controller; a proposal has them as comments."""
    lines = [line for line in text.splitlines() if re.match("#? *- \\{id: ", line) and "entity: " in line]
    found = [{key: value.strip('"') for key, value in re.findall(r'(\w+): ("(?:[^"\\]|\\.)*"|[^,}]+)', line)} for line in lines]
    return {row["entity"]: row for row in found}


def finds_the_city():
    """discover finds exactly the city's agents, says what they are, and who hangs on whom"""
    with World() as world:
        city = City(world)
        done = world.run("netzwacht", "discover", *city.ranges(), *city.options(), "--rate", 500, "--core", "core-1")
        found = devices(done.stdout)
        check(sorted(found) == sorted(city.devices), f"found {sorted(found)}, there are {sorted(city.devices)}")
        switched = 0
        for name, real in city.devices.items():
            got = found[name]
            for key in ("address", "port", "kind"):
                check(got[key] == real[key], f"{name}: {key} is {got[key]}, not {real[key]}")
            if real["kind"] == "ups":
                check("uplink" not in got, f"{name}: an end system's uplink cannot be known")
                continue
            for key in ("uplink", "uplink_port", "core"):
                check(got.get(key) == real.get(key), f"{name}: {key} is {got.get(key)}, not {real.get(key)}")
            switched += "uplink" in got
            # the city's inventory names the UPS behind the switch, PoE shows the switch itself
            fed_by = real["uplink"] if real["kind"] == "ap" else None
            check(got.get("power") == fed_by, f"{name}: power is {got.get('power')}, not {fed_by}")
        check(switched >= 12, f"only {switched} uplinks")
        proposed, real = rows(done.stdout), rows((city.dir / "inventory.yaml").read_text())
        check(sorted(proposed) == sorted(real) and real, f"rows {sorted(proposed)}, there are {sorted(real)}")
        for entity, row in real.items():
            got = proposed[entity]
            check(all(got[key] == row[key] for key in ("id", "device", "uplink")), f"{entity}: {got}, not {row}")
            check(got["power"] == row["uplink"], f"{entity}: power is {got['power']}")


def compares_with_the_inventory():
    """-c: a true inventory is not contradicted and nothing is proposed; one with mistakes gets each of them named"""
    with World() as world:
        city = City(world)
        truth = (city.dir / "inventory.yaml").read_text()
        world.write("netzwacht.yaml", "instance: test\nstate_dir: state\ninventory: inventory.yaml\n"
                    f"credentials:\n  - {{name: default, version: v2c, community_file: {city.dir}/community}}\n")

        def compare(inventory):
            world.write("inventory.yaml", inventory)
            world.run("netzwacht", "check", "-c", world.dir / "netzwacht.yaml")
            return world.run("netzwacht", "discover", *city.ranges(), "--port", city.port, "-c", world.dir / "netzwacht.yaml",
                             "--rate", 500, ok=False)

        done = compare(truth)
        check(done.returncode == 0 and "contradictions" not in done.stdout, done.stdout)
        check("- {id: " not in done.stdout, done.stdout)

        aps = [name for name, d in city.devices.items() if d["kind"] == "ap"]
        moved = next(name for name in aps if city.devices[name]["uplink"] != city.devices[aps[-1]]["uplink"])
        elsewhere = city.devices[aps[-1]]["uplink"]
        gone, free = aps[-1], re.sub(r"\d+$", "14", city.devices["core-1"]["address"])
        check(all(d["address"] != free for d in city.devices.values()), "choose another address")
        lines = []
        for line in truth.splitlines():
            if gone in line or f"hs-{gone[3:]}" in line:
                continue # the city has one more than the inventory
            if line.startswith(f"  - {{id: {moved},"):
                line = line.replace(f"uplink: {city.devices[moved]['uplink']}", f"uplink: {elsewhere}")
            if line.startswith("  - {id: core-1,"):
                lines.append(f"  - {{id: ghost, address: {free}, port: {city.port}}}")
                line = line[:-1] + ", model: M-1}"
            lines.append(line)
        done = compare("\n".join(lines) + "\n")
        check(done.returncode == 1, f"{done.returncode} {done.stderr}")
        check("# 3 contradictions:" in done.stdout, done.stdout)
        for part in (f"# uplink_differs: {moved}: ", f"stated: {elsewhere}", '# model_differs: core-1: the inventory says "M-1"',
                     f"# not_found: ghost: {free} was asked"):
            check(part in done.stdout, f"{part} is not in {done.stdout}")
        check(list(devices(done.stdout)) == [gone], done.stdout)
        world.write("new.yaml", done.stdout)
        world.write("netzwacht.yaml", (world.dir / "netzwacht.yaml").read_text().replace("inventory.yaml", "[inventory.yaml, new.yaml]"))
        world.run("netzwacht", "check", "-c", world.dir / "netzwacht.yaml")


def names_each_mistake():
    """in a city whose inventory, LLDP and PoE contradict each other once in each way, each is named, and nothing else"""
    with World() as world:
        city = City(world, "--mistakes", hotspots=40, nodes=20)
        world.write("netzwacht.yaml", f"instance: test\nstate_dir: state\ninventory: {city.dir}/inventory.yaml\n"
                    f"credentials:\n  - {{name: default, version: v2c, community_file: {city.dir}/community}}\n")
        done = world.run("netzwacht", "discover", *city.ranges(), "--port", city.port, "-c", world.dir / "netzwacht.yaml",
                         "--rate", 1000, ok=False)
        check(done.returncode == 1, f"{done.returncode} {done.stderr}")
        expected = sorted((m["code"], m["device"]) for m in json.loads((city.dir / "mistakes.json").read_text()))
        named = sorted(re.findall("^# ([a-z_]+): ([a-z0-9-]+): ", done.stdout, re.M))
        check(named == expected and len(expected) >= 7, f"{named}, there are {expected}")
        check(f"# {len(expected)} contradictions:" in done.stdout, done.stdout)


def passes_check():
    """the proposal goes through netzwacht check as it is, is written only where asked, and over nothing"""
    with World() as world:
        city = City(world)
        before = set(world.dir.rglob("*"))
        out = world.dir / "found.yaml"
        command = ["netzwacht", "discover", *city.ranges(), *city.options(), "--rate", 500]
        done = world.run(*command, "-o", out, cwd=world.dir)
        check(done.stdout == "", f"-o, and still on standard output: {done.stdout}")
        new = {p for p in set(world.dir.rglob("*")) - before if "city" not in p.parts}
        check(new == {out}, f"written: {new}")
        text = out.read_text()
        world.write("community", COMMUNITY + "\n", 0o600)
        world.write("netzwacht.yaml", "instance: test\nstate_dir: state\ninventory: found.yaml\n"
                    "credentials:\n  - {name: default, version: v2c, community_file: community}\n")
        world.run("netzwacht", "check", "-c", world.dir / "netzwacht.yaml")
        again = world.run(*command, "-o", out, ok=False)
        check(again.returncode == 73 and "there already" in again.stderr, f"{again.returncode} {again.stderr}")
        check(out.read_text() == text, "the file was written over")


def keeps_its_rate():
    """no more datagrams a second than asked for, repetitions included; an address in two ranges is asked once"""
    with World() as world, Ears([f"127.0.0.{n}" for n in range(1, 63)]) as ears:
        secret = world.write("community", COMMUNITY + "\n", 0o600)
        options = ["--port", ears.port, "--credentials", secret]
        for bad, word in (("10.0.0.0/16", "--yes-large"), ("10.0.0.0/8", "too large"), ("127.0.0.1/24", "behind the prefix"), ("somewhere", "expected")):
            done = world.run("netzwacht", "discover", bad, *options, ok=False)
            check(done.returncode == 64 and word in done.stderr, f"{bad}: {done.returncode} {done.stderr}")
        done = world.run("netzwacht", "discover", "127.0.0.1", "--v3", *options, ok=False)
        check(done.returncode == 65 and "holds a community" in done.stderr, done.stderr)
        check(not ears.heard, "something was sent for a refused command")
        done = world.run("netzwacht", "discover", "127.0.0.0/26", "127.0.0.1", *options, "--rate", 50, ok=False)
        check(done.returncode == 69 and "no agent answered" in done.stderr, f"{done.returncode} {done.stderr}")
        check(done.stdout == "", done.stdout)
        check(len(ears.heard) == 2 * 62, f"62 silent addresses were sent {len(ears.heard)} datagrams, two each were due")
        first, last = ears.heard[0], ears.heard[-1]
        check(last - first >= (len(ears.heard) - 1) / 50 * 0.9, f"{len(ears.heard)} datagrams in {last - first:.2f} s")
        worst = max(sum(1 for t in ears.heard if begin <= t < begin + 1) for begin in ears.heard)
        check(worst <= 60, f"{worst} datagrams within a second")


class Ears(threading.Thread):
    """Hears what is sent to addresses at one port, and never answers."""

    def __init__(self, addresses):
        super().__init__(daemon=True)
        self.port, self.heard, self.sockets, self.stopped = free_port(socket.SOCK_DGRAM), [], [], False
        for address in addresses:
            self.sockets.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            self.sockets[-1].bind((address, self.port))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stopped = True
        self.join()
        for ear in self.sockets:
            ear.close()

    def run(self):
        while not self.stopped:
            for ear in select.select(self.sockets, [], [], 0.1)[0]:
                ear.recv(2000)
                self.heard.append(time.monotonic())


class Relay(threading.Thread):
    """Hears the same port at other addresses, and hands what comes to the city's agents and back. Counts who is asked."""

    def __init__(self, city):
        super().__init__(daemon=True)
        self.port, self.stopped, self.lock = free_port(socket.SOCK_DGRAM), False, threading.Lock()
        self.asked, self.answered, self.ears, self.agents = {}, {}, {}, {}
        for n in range(1, 255):
            ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            ear.bind((f"127.9.9.{n}", self.port))
            self.ears[ear] = n
        for n, device in enumerate(sorted(city.devices.values(), key=lambda d: d["address"])):
            self.agents[3 * n + 1] = (device["address"], city.port)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stopped = True
        self.join()
        for ear in self.ears:
            ear.close()

    def run(self):
        out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        out.settimeout(2)
        while not self.stopped:
            for ear in select.select(list(self.ears), [], [], 0.1)[0]:
                data, peer = ear.recvfrom(65535)
                n = self.ears[ear]
                self.asked[n] = self.asked.get(n, 0) + 1
                if n in self.agents:
                    out.sendto(data, self.agents[n])
                    ear.sendto(out.recv(65535), peer)
        out.close()


def goes_on_where_it_was():
    """killed in the middle, the same command asks no agent again that was read; other questions are refused"""
    with World() as world:
        city = City(world)
        state, out = world.dir / "search.state", world.dir / "found.yaml"
        with Relay(city) as relay:
            command = ["netzwacht", "discover", "127.9.9.0/24", "--port", relay.port, "--credentials", city.dir / "community",
                       "--rate", 200, "--state", state, "-o", out]
            process = world.start(*command)
            kept = lambda: re.findall(r'^device \{address: "127.9.9.(\d+)"', state.read_text(), re.M) if state.exists() else []
            wait_for("some agents", 30, lambda: len(kept()) >= 5)
            process.send_signal(signal.SIGKILL)
            process.wait(5)
            known = {int(n) for n in kept()}
            check(len(known) < len(relay.agents), "killed too late to prove anything")
            check(not out.exists(), "a killed search wrote a proposal")
            check(state.stat().st_mode & 0o777 == 0o600, oct(state.stat().st_mode))

            before = state.read_text()
            for more, word in ((["--within", "10.0.0.0/8"], "another search"), (["127.0.0.1"], "another search")):
                done = world.run(*command, *more, ok=False)
                check(done.returncode == 78 and word in done.stderr, f"{more}: {done.returncode} {done.stderr}")
            other = world.write("other", "other-community\n", 0o600)
            done = world.run(*command, "--credentials", other, ok=False)
            check(done.returncode == 78 and "other credentials" in done.stderr, f"{done.returncode} {done.stderr}")
            check(COMMUNITY not in before, "the community stands in the state file")
            broken = world.write("broken.state", before.split("\n")[0] + "\ndevice {addr\n" + before, 0o600)
            done = world.run(*command, "--state", broken, ok=False)
            check(done.returncode == 78 and "broken.state:2" in done.stderr, f"{done.returncode} {done.stderr}")
            check(state.read_text() == before, "a refused search changed the file")

            with open(state, "a") as f: # as if the power had gone in the middle of a line
                f.write('device {address: "127.9.9.1", po\0\0\0')
            relay.asked.clear()
            world.run(*command)
            again = known & set(relay.asked)
            check(not again, f"asked again: {again}")
            silent = [n for n in range(1, 255) if n not in relay.agents]
            check(sum(relay.asked.get(n, 0) for n in silent) <= 2 * len(silent), "silent addresses: two tries each")
            found = devices(out.read_text())
            check(len(found) == len(city.devices), f"{len(found)} devices found, {len(city.devices)} there are")
            relay.asked.clear()
            done = world.run(*command, "--force")
            check(not relay.asked, f"a finished search asked again: {relay.asked}")
            check(devices(out.read_text()) == found, "the second proposal is another one")


def follows_neighbours():
    """from the core alone LLDP leads to the whole city, and nowhere outside of what is allowed"""
    with World() as world:
        city = City(world)
        core = city.devices["core-1"]["address"]
        done = world.run("netzwacht", "discover", core, *city.options(), "--rate", 500, "--core", "core-1")
        check(list(devices(done.stdout)) == ["core-1"], "followed without being asked to")
        done = world.run("netzwacht", "discover", core, *city.options(), "--rate", 500, "--within", "127.16.0.0/12", "--core", "core-1")
        found = devices(done.stdout)
        seen = sorted(name for name, d in city.devices.items() if d["kind"] != "ups") # end systems are nobody's neighbours
        check(sorted(found) == seen, f"found {sorted(found)}, there are {seen}")
        for name in seen:
            check(found[name].get("uplink") == city.devices[name].get("uplink"), f"{name}: {found[name]}")
        done = world.run("netzwacht", "discover", core, *city.options(), "--rate", 500, "--within", "127.17.0.0/16")
        check(all(d["address"].startswith("127.17.") for d in devices(done.stdout).values()), done.stdout)


def shows_how_far_it_is():
    """a terminal gets one line that rewrites itself, with the time that is left; everything else gets plain lines"""
    with World() as world, Ears([f"127.0.0.{n}" for n in range(1, 15)]) as ears:
        secret = world.write("community", COMMUNITY + "\n", 0o600)
        command = ["netzwacht", "discover", "127.0.0.0/28", "--port", ears.port, "--credentials", secret, "--rate", 10]
        done = world.run(*command, ok=False)
        check("14 of 14 addresses, 0 agents" in done.stderr and "\r" not in done.stderr and "\x1b" not in done.stderr, done.stderr)
        ours, theirs = pty.openpty()
        process = subprocess.Popen([str(part) for part in [BUILD / "netzwacht", *command[1:]]], stderr=theirs)
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError: # the other end is closed
                break
            if not piece:
                break
            shown += piece
        os.close(ours)
        check(process.wait(10) == 69, shown)
        lines = shown.decode().split("\r")
        check(len(lines) > 3 and " s left" in shown.decode() and "14 of 14 addresses" in shown.decode(), shown)


def stops_on_request():
    """Ctrl-C ends a search at once, prints what was found so far, and says that it is not all"""
    with World() as world:
        city = City(world)
        began = time.monotonic()
        process = world.start("netzwacht", "discover", "127.17.0.0/24", *city.options(), "--rate", 20, "-o", world.dir / "part.yaml")
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        check(process.wait(5) == 0, world.log("netzwacht"))
        check(time.monotonic() - began < 8, "254 addresses at 20 a second cannot be asked that soon")
        text = (world.dir / "part.yaml").read_text()
        check(text.startswith("# Interrupted: ") and "of 254 addresses" in text, text[:200])
        check("with --state FILE a search can go on" in world.log("netzwacht"), world.log("netzwacht"))
        check(1 <= len(devices(text)) <= len(city.devices), text)


def escapes_names():
    """a hostile sysName and sysDescr of a real snmpd end as quoted text, and the id is a proper one"""
    with World() as world:
        port = free_port(socket.SOCK_DGRAM)
        snmpd(world, port, 'sysName evil"}, {id: x\\\nsysDescr \x1b[2J# "quoted" \\ \u202eback', "")
        done = world.run("netzwacht", "discover", "127.0.0.1", "--port", port, "--credentials", world.dir / "community")
        check("\x1b" not in done.stdout and "\u202e" not in done.stdout, done.stdout)
        world.write("found.yaml", done.stdout)
        world.write("netzwacht.yaml", "instance: test\nstate_dir: state\ninventory: found.yaml\n"
                    "credentials:\n  - {name: default, version: v2c, community_file: community}\n")
        world.run("netzwacht", "check", "-c", world.dir / "netzwacht.yaml")
        check(done.stdout.count("- {id: ") == 1 and '{id: "evil-id-x"' in done.stdout, done.stdout)


def snmpd(world, port, more="", view=""):
    world.write("community", COMMUNITY + "\n", 0o600)
    world.write("snmpd.conf", f"agentAddress udp:127.0.0.1:{port}\nrocommunity {COMMUNITY} default {view}\n{more}\n")
    world.start(tool("snmpd"), "-f", "-Lo", "-C", "-c", world.dir / "snmpd.conf", "-I", "-smux", "-p", world.dir / "snmpd.pid",
                log="snmpd", env={**os.environ, "SNMP_PERSISTENT_DIR": str(world.dir)})
    wait_for("snmpd", 10, lambda: "NET-SNMP version" in world.log("snmpd"))


class Responder(threading.Thread):
    """Answers each datagram with the same bytes (None: not at all), perhaps from another port."""

    def __init__(self, answer, elsewhere=False):
        super().__init__(daemon=True)
        self.answer = answer
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) if elsewhere else self.socket
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            data, peer = self.socket.recvfrom(65535)
            if self.answer is not None:
                self.out.sendto(self.answer or data, peer)


def doctor(world, target, port, credentials):
    """(status, {step: verdict}, all text)"""
    done = world.run("netzwacht", "doctor", target, "--port", port, "--credentials", credentials, "--json", ok=False)
    check(done.stdout.startswith("{"), f"{target}: {done.returncode} {done.stderr}")
    result = json.loads(done.stdout)
    check(result["healthy"] == (done.returncode == 0) and result["answers"] == (done.returncode != 69), result)
    return done.returncode, {s["step"]: s["verdict"] for s in result["steps"]}, done.stdout


def doctor_in_the_city():
    """doctor: a healthy agent, an address without one, a wrong community, a closed port, each with its reason"""
    with World() as world:
        city = City(world)
        secret = city.dir / "community"
        status, steps, text = doctor(world, city.devices["core-1"]["address"], city.port, secret)
        check(status == 0 and set(steps.values()) == {"ok"} and "junos" in text, text)
        status, steps, text = doctor(world, city.devices["ups-mit-01"]["address"], city.port, secret)
        check(status == 0 and steps["profile"] == "unknown", text)

        silent = "127.17.200.200"
        check(all(d["address"] != silent for d in city.devices.values()), "choose another address")
        status, steps, text = doctor(world, silent, city.port, secret)
        check(status == 69 and steps["port"] == "unknown" and steps["community"] == "unknown", text)
        check(steps["host"] == "ok", f"loopback answers pings or TCP: {text}")

        wrong = world.write("wrong", "not-the-community\n", 0o600)
        status, steps, text = doctor(world, city.devices["core-1"]["address"], city.port, wrong)
        check(status == 69 and steps["community"] == "unknown" and "cannot tell" in text, text)

        status, steps, text = doctor(world, city.devices["core-1"]["address"], free_port(socket.SOCK_DGRAM), secret)
        check(status == 69 and steps["port"] == "failed" and "closed" in text, text)

        status, steps, text = doctor(world, "no-such-host.invalid", city.port, secret)
        check(status == 69 and steps.get("name") in ("failed", "unknown") and len(steps) == 1, text)


def doctor_of_odd_agents():
    """doctor: garbage, an echo, an answer from another port, a view without sysDescr, each with its reason"""
    with World() as world:
        port = free_port(socket.SOCK_DGRAM)
        snmpd(world, port, "view few included .1.3.6.1.2.1.1.3", "-V few")
        secret = world.dir / "community"
        status, steps, text = doctor(world, "127.0.0.1", port, secret)
        check(status == 1 and steps["view"] == "failed" and steps["community"] == "ok", text)
        check("neither sysDescr nor sysObjectID" in text, text)
        for answer, elsewhere, step, expected in ((b"HTTP/1.1 400 Bad Request\r\n\r\n", False, "reply", 1), (b"", False, "reply", 1),
                                                  (b"", True, "port", 69)):
            status, steps, text = doctor(world, "127.0.0.1", Responder(answer, elsewhere).port, secret)
            check(status == expected and steps[step] == "failed", text)
        status, steps, text = doctor(world, "127.0.0.1", Responder(None).port, secret)
        check(status == 69 and steps["port"] == "unknown" and steps["host"] == "ok", text)


run_tests(finds_the_city, compares_with_the_inventory, names_each_mistake, passes_check, keeps_its_rate, goes_on_where_it_was, follows_neighbours, shows_how_far_it_is, stops_on_request, escapes_names, doctor_in_the_city, doctor_of_odd_agents)
