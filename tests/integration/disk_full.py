# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk under collector, alerts and broker is full: polling goes on, the NOC is told, and nothing has to be done by hand
when there is room again. The disk is a tmpfs in a mount namespace of its own, so it needs root."""
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.ber import element, parse
from lib.harness import Skip, check, run_tests, tool, wait_for
from lib.town import Town

AGENTS = 3
RESERVE = 8  # MiB; tests/unit/test_reserve.c fills the 96 of the default
DISK = 160


class Agent(threading.Thread):
    """An SNMP agent that knows nothing but its uptime; it can be made deaf."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.begin, self.asked, self.is_deaf = time.monotonic(), 0, False
        self.start()

    def run(self):
        while True:
            data, peer = self.socket.recvfrom(65535)
            self.asked += 1
            if not self.is_deaf:
                self.socket.sendto(self.answer(data), peer)

    def value(self, tag, oid):
        if tag != 0xA0:
            return element(0x82, b"")  # endOfMibView
        if oid == bytes([0x2B, 6, 1, 2, 1, 1, 2, 0]):
            return element(0x06, bytes([0x2B, 6, 1, 4, 1, 0x86, 0x8D, 0x1F, 1]))
        if oid == bytes([0x2B, 6, 1, 2, 1, 1, 3, 0]):
            return element(0x43, (100000 + int(100 * (time.monotonic() - self.begin))).to_bytes(4, "big"))
        return element(0x81, b"")

    def answer(self, data):
        version, community, (tag, pdu) = parse(parse(data)[0][1])
        request_id, _, _, (_, varbinds) = parse(pdu)
        oids = [parse(varbind)[0][1] for _, varbind in parse(varbinds)]
        out = b"".join(element(0x30, element(0x06, oid) + self.value(tag, oid)) for oid in oids)
        reply = element(0x02, request_id[1]) + element(0x02, b"\0") + element(0x02, b"\0") + element(0x30, out)
        return element(0x30, element(0x02, version[1]) + element(0x04, community[1]) + element(0xA2, reply))


class SmallDisk(Town):
    def __init__(self):
        super().__init__()
        self.agents = [Agent() for _ in range(AGENTS)]
        self.state = self.dir / "state"
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "none", self.state], capture_output=True, text=True)
        if done.returncode:
            raise Skip(f"no tmpfs can be mounted here: {done.stderr.strip()}")
        self.write("state/broker/.keep", "")
        (self.state / "broker").chmod(0o777)
        conf = (self.dir / "mosquitto.conf").read_text().replace(f"{self.dir}/broker/", f"{self.state}/broker/")
        self.write("mosquitto.conf", conf)
        self.write("community", "public\n", 0o600)
        self.write("netzwacht.yaml", "instance: teststadt\nstate_dir: state\ninventory: [inventory.yaml]\n"
                   "collector: {interval: 1s}\ncredentials:\n  - {name: default, version: v2c, community_file: community}\n"
                   f"alerts:\n  reserve: {RESERVE}MiB\n  receipt_timeout: 2s\n"
                   f"  mqtt: {{host: 127.0.0.1, port: {self.port}, tls: false, heartbeat: 1s}}\n")
        lines = ["sites:", "  - {id: markt, name: Markt, lat: 53.7, lon: 10.0}", "devices:"]
        for i, agent in enumerate(self.agents, 1):
            lines.append(f"  - {{id: ap-{i}, name: AP {i}, address: 127.0.0.1, port: {agent.port}, kind: ap, site: markt}}")
        lines.append("hotspots:")
        lines += [f"  - {{id: hs-{i}, name: Hotspot {i}, site: markt, device: ap-{i}}}" for i in range(1, AGENTS + 1)]
        self.write("inventory.yaml", "\n".join(lines) + "\n")

    def __exit__(self, *args):
        for process in self.processes:
            process.kill()
            process.wait()
        subprocess.run(["umount", "-l", self.state], capture_output=True)
        super().__exit__(*args)

    def fill(self):
        with open(self.state / "ballast", "wb", buffering=0) as file:
            for size in (1 << 20, 4096):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    pass

    def reserved(self):
        with sqlite3.connect(f"file:{self.state}/alerts.db?mode=ro", uri=True) as db:
            return db.execute("SELECT count(*) FROM reserve").fetchone()[0]

    def check_alive(self):
        for name, process in (("collector", self.real_collector), ("alerts", self.alerts), ("broker", self.broker)):
            check(process.poll() is None, f"{name} ended: {self.log(name)[-500:]}")

    def outages(self):
        return {e["data"]["cause"]["id"] for e in self.unique() if e["type"].endswith(".opened")}


def a_full_disk_ends_without_anybody():
    """a full disk stops neither polls nor alarms; with room again all of them catch up and the reserve is set aside anew"""
    with SmallDisk() as town:
        town.start_broker()
        town.subscribe()
        town.real_collector = town.start("netzwacht-collector", "-c", town.dir / "netzwacht.yaml", log="collector")
        town.start_alerts()
        wait_for("all hotspots usable", 60, lambda: town.states() == {"usable": AGENTS})
        wait_for("the reserve", 120, lambda: town.reserved() == RESERVE)
        town.fill()
        before = [agent.asked for agent in town.agents]
        wait_for("the NOC to hear that the monitor is blind", 120, lambda: any(e["source"].endswith("/critical") for e in town.events()))
        asked = [agent.asked - b for agent, b in zip(town.agents, before)]
        wait_for("polls", 60, lambda: all(agent.asked - b >= 5 for agent, b in zip(town.agents, before)))
        town.check_alive()
        town.agents[0].is_deaf = True
        time.sleep(5)
        print(f"# polls until the NOC knew: {asked}; {len(town.events())} events while the disk was full", flush=True)
        (town.state / "ballast").unlink()
        wait_for("the outage that began meanwhile", 120, lambda: "ap-1" in town.outages())
        wait_for("the end of blindness", 120, lambda: any(e["source"].endswith("/critical") and e["type"].endswith(".closed") for e in town.events()))
        town.agents[0].is_deaf = False
        wait_for("all hotspots usable again", 120, lambda: town.states() == {"usable": AGENTS})
        wait_for("no open incident", 60, lambda: town.last("incident/") == {})
        wait_for("the reserve again", 120, lambda: town.reserved() == RESERVE)
        town.broker.send_signal(signal.SIGUSR1)  # it saves now, and not within five minutes
        store = town.state / "broker" / "mosquitto.db"
        wait_for("the broker's store", 60, lambda: store.exists() and store.stat().st_size > 0)
        town.check_alive()
        town.check_gap_free()
        with sqlite3.connect(f"file:{town.state}/alerts.db?mode=ro", uri=True) as db:
            check(db.execute("PRAGMA integrity_check").fetchone() == ("ok",), "alerts.db is damaged")
        check(town.run("netzwacht", "journal", "cat", "--dir", town.state / "journal", "collector").returncode == 0, "the journal lacks records")


def needs_root():
    """a full disk stops neither polls nor alarms"""
    raise Skip("no mount namespace of its own: it needs root")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if os.environ.get("NETZWACHT_NAMESPACE") != "own":
        unshare = [tool("unshare"), "--mount", "--propagation", "private"]
        if subprocess.run([*unshare, "true"], capture_output=True).returncode:
            run_tests(needs_root)
        os.execve(unshare[0], [*unshare, sys.executable, __file__], {**os.environ, "NETZWACHT_NAMESPACE": "own"})
    run_tests(a_full_disk_ends_without_anybody)
