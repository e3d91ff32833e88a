# SPDX-License-Identifier: GPL-3.0-or-later
"""A town that exists only in a script: core, two switches, access points with a hotspot each on them; a broker with the
shipped profile, netzwacht-alerts, and a NOC (mosquitto_sub) that hears everything."""
import json
import subprocess
import threading
import time

from lib import journal
from lib.harness import SOURCE, World, check, free_port, tool, wait_for

PREFIX = "netzwacht/v1/teststadt/"
APS = 12
INTERVAL = 1.0
CLIENTS, AP_STATE = 71, 70


class Collector(threading.Thread):
    """Polls a town that exists only here: core, two switches, an access point with a hotspot each on them."""

    def __init__(self, state):
        super().__init__(daemon=True)
        self.writer = journal.Writer(str(state / "journal"), "collector")
        self.devices = ["core", "sw-1", "sw-2"] + [f"ap-{i}" for i in range(1, APS + 1)]
        self.down, self.told_down, self.known = set(), {}, set()
        self.lock, self.is_stopping = threading.Lock(), False

    def poll(self, device, now):
        if device in self.down:
            misses = self.told_down.get(device, 0) + 1
            self.told_down[device] = misses
            self.writer.append(journal.samples(now, device, [], outcome=2, misses=misses, is_down=misses >= 3))
            return
        self.told_down.pop(device, None)
        table = None
        if device not in self.known:
            self.known.add(device)
            table = journal.table([("radio/0", "radio")], [(0, CLIENTS)], int(INTERVAL * 1000))
        self.writer.append(journal.samples(now, device, [4.0], table))

    def run(self):
        while not self.is_stopping:
            now = time.time_ns()
            with self.lock:
                self.writer.append(journal.heartbeat(now))
                for device in self.devices:
                    self.poll(device, now)
            time.sleep(INTERVAL / 4)

    def kill(self, *devices):
        with self.lock:
            self.down.update(devices)

    def revive(self, *devices):
        with self.lock:
            self.down.difference_update(devices)


def inventory():
    out = ["sites:", "  - {id: markt, name: Markt, lat: 53.7, lon: 10.0}", "devices:",
           "  - {id: core, name: Core, address: 127.0.0.1, kind: switch, site: markt, core: true}"]
    for i in (1, 2):
        out.append(f"  - {{id: sw-{i}, name: Switch {i}, address: 127.0.0.1, kind: switch, site: markt, uplink: core}}")
    for i in range(1, APS + 1):
        out.append(f"  - {{id: ap-{i}, name: AP {i}, address: 127.0.0.1, kind: ap, site: markt, uplink: sw-{1 + i % 2}}}")
    out.append("hotspots:")
    for i in range(1, APS + 1):
        out.append(f"  - {{id: hs-{i}, name: \"Hotspot <{i}>\", site: markt, device: ap-{i}}}")
    return "\n".join(out) + "\n"


class Town(World):
    """A broker, alerts, the scripted collector and a NOC that hears everything."""

    def __init__(self, settings=""):
        """settings: further lines of netzwacht.yaml."""
        super().__init__()
        self.port = free_port()
        self.write("inventory.yaml", inventory())
        self.write("netzwacht.yaml", "instance: teststadt\nstate_dir: state\ninventory: [inventory.yaml]\n"
                   f"collector: {{interval: {INTERVAL:g}s}}\n"
                   "alerts:\n  receipt_timeout: 2s\n"
                   f"  mqtt: {{host: 127.0.0.1, port: {self.port}, tls: false, heartbeat: 1s}}\n" + settings)
        profile = (SOURCE / "packaging" / "mosquitto" / "netzwacht.conf").read_text()
        kept = [line for line in profile.splitlines() if line.split(" ")[0] in (
            "persistence", "autosave_on_changes", "autosave_interval", "max_queued_messages", "max_queued_bytes",
            "max_inflight_messages", "message_size_limit", "max_packet_size", "set_tcp_nodelay")]
        check(len(kept) == 9, "the broker profile has lost a line that this test relies on")
        (self.dir / "broker").mkdir(mode=0o777)
        (self.dir / "broker").chmod(0o777)
        self.dir.chmod(0o755)
        self.write("mosquitto.conf", f"listener {self.port} 127.0.0.1\nallow_anonymous true\n"
                   f"persistence_location {self.dir}/broker/\nuser root\n" + "\n".join(kept) + "\n")
        (self.dir / "state").mkdir()
        self.noc_number = 0

    def __exit__(self, *args):
        if hasattr(self, "collector"):
            self.collector.is_stopping = True
            self.collector.join()
        super().__exit__(*args)

    def start_broker(self):
        self.broker = self.start(tool("mosquitto"), "-c", self.dir / "mosquitto.conf", log="mosquitto")
        wait_for("the broker", 10, lambda: self.publish("test", "x", ok=False).returncode == 0)

    def start_alerts(self):
        self.alerts = self.start("netzwacht-alerts", "-c", self.dir / "netzwacht.yaml")

    def begin(self, with_broker=True):
        if with_broker:
            self.start_broker()
        self.subscribe()
        self.collector = Collector(self.dir / "state")
        self.collector.start()
        self.start_alerts()
        wait_for("all hotspots usable", 15, lambda: self.states() == {"usable": APS})

    def subscribe(self, name="noc"):
        """A NOC with a session of its own; every message one line: retained, topic, payload."""
        output = open(self.dir / f"{name}.messages", "ab")
        process = subprocess.Popen([tool("mosquitto_sub"), "-h", "127.0.0.1", "-p", str(self.port), "-c", "-i", name,
                                    "-q", "1", "-t", PREFIX + "#", "-F", "%r %t %p"], stdout=output,
                                   stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def publish(self, topic, text, ok=True, *options):
        return self.run(tool("mosquitto_pub"), "-h", "127.0.0.1", "-p", self.port, "-q", "1", "-t", topic, "-m", text,
                        *options, ok=ok, timeout=10)

    def messages(self, name="noc"):
        path = self.dir / f"{name}.messages"
        for line in path.read_text().splitlines() if path.exists() else []:
            parts = line.split(" ", 2)
            if len(parts) == 3 and parts[1].startswith(PREFIX):
                yield parts[1][len(PREFIX):], parts[2]

    def last(self, prefix, name="noc"):
        """The newest payload of each topic that begins with prefix; emptied ones are absent."""
        found = {}
        for topic, payload in self.messages(name):
            if topic.startswith(prefix):
                found[topic] = payload
        return {topic: json.loads(payload) for topic, payload in found.items() if payload}

    def states(self, name="noc"):
        counts = {}
        for state in self.last("hotspot/", name).values():
            counts[state["state"]] = counts.get(state["state"], 0) + 1
        return counts

    def events(self, name="noc"):
        return [json.loads(payload) for topic, payload in self.messages(name) if topic == "event"]

    def unique(self, name="noc"):
        bodies = {}
        for event in self.events(name):
            check(bodies.setdefault(event["id"], event) == event, f"{event['id']} came with two bodies")
        return list(bodies.values())

    def check_gap_free(self, name="noc"):
        for lane in ("critical", "main"):
            numbers = [int(e["sequence"]) for e in self.unique(name) if e["source"].endswith("/" + lane)]
            check(numbers == list(range(1, len(numbers) + 1)), f"{lane}: out of order or with gaps: {numbers}")

    def retained(self, name):
        """What a client that comes only now is told; the topic tells it by its retained flag."""
        process = self.subscribe(name)
        time.sleep(1)
        process.terminate()
        process.wait()
        return self

    def receive(self, lane, upto):
        self.publish(PREFIX + "noc/receipt", json.dumps({"source": lane, "upto": upto, "client": "noc"}))
