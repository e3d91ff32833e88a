# SPDX-License-Identifier: GPL-3.0-or-later
"""A town in which every text that comes from outside is hostile: names in the inventory; sysName, sysDescr, model, version and
serial number; interface names and aliases; SSIDs; LLDP neighbours; traps; comments. hostile_texts.json has the texts: markup that
runs, ways out of attributes, strings and addresses, formulas, control characters. Each stands in every field once.

As a program: starts the town, prints one line of JSON {url, directory, passwords}, and ends with its standard input."""
import http.client
import json
import sys
import threading
import time
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
from lib import journal
from lib.harness import World, check, free_port, wait_for

# NUL ends a text in C: it is refused where it comes in, and cannot be stored
TEXTS = [text for text in json.loads((Path(__file__).parent / "hostile_texts.json").read_text()) if "\0" not in text]
PASSWORDS = {"noc": "noc-password-1234", "admin": "admin-password-12"}
INTERVAL_S = 5
ALIVE, SWITCH = "alive", "sw-1"
SWITCH_NAME = "<img src=x onerror=alert(1)>\nnetzwacht-alerts: error: forged \x1b[31m\x9b31m\x85\x7f"  # the log names it
SOURCE = 'https://evil.example/"><img src=x onerror=alert(1)>'  # of a firmware rule; must begin as an address
IF_IN, CLIENTS, RADIO_CHANNEL = 13, 71, 73


def quoted(text):
    """A YAML string in double quotes."""
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" if c not in '"\\' else "\\" + c
                         for c in text) + '"'


def inventory():
    out = ["sites:", "  - {id: core, name: Kern, lat: 53.7, lon: 10.0}"]
    for i, text in enumerate(TEXTS):
        out.append(f"  - {{id: s-{i}, name: {quoted(text)}, district: mitte, lat: {53.7 + i % 20 / 1000:.3f}, lon: {10 + i // 20 / 1000:.3f}}}")
    out += ["devices:", "  - {id: core, name: Kern, address: 127.0.0.1, kind: switch, site: core, core: true}",
            f"  - {{id: {SWITCH}, name: {quoted(SWITCH_NAME)}, address: 127.0.0.1, kind: switch, site: core, uplink: core}}",
            f"  - {{id: {ALIVE}, name: {quoted(TEXTS[1])}, address: 127.0.0.1, kind: ap, site: core, uplink: core}}"]
    for i, text in enumerate(TEXTS):
        out.append(f"  - {{id: d-{i}, name: {quoted(text)}, address: 127.0.0.1, kind: ap, site: s-{i}, uplink: {SWITCH}, uplink_port: {quoted(text)}}}")
    out += ["hotspots:", f"  - {{id: hs-alive, name: {quoted(TEXTS[2])}, site: core, device: {ALIVE}}}"]
    for i, text in enumerate(TEXTS):
        out.append(f"  - {{id: hs-{i}, name: {quoted(text)}, site: s-{i}, device: d-{i}}}")
    out.append("services:")
    for i, text in enumerate(TEXTS):
        out.append(f"  - {{id: service-{i}, name: {quoted(text)}, kind: dns, target: 127.0.0.1}}")
    return "\n".join(out) + "\n"


def entity(ident, kind, name, **attributes):
    f = journal.field_bytes
    pairs = b"".join(f(4, f(1, key) + f(2, value)) for key, value in attributes.items())
    return f(3, f(1, ident) + f(2, kind) + f(3, name) + pairs)


def table(text, entities, series, model=None):
    """What a device says of itself, all of it this text; but for the model, and a version that is old."""
    f = journal.field_bytes
    identity = b"".join(f(number, text) for number in range(2, 8))
    if model:
        identity += f(5, model) + f(6, "1.0")
    rows = b"".join(f(4, journal.field_uint(1, at) + journal.field_uint(2, metric)) for at, metric in series)
    neighbour = f(5, b"".join(f(number, text) for number in range(2, 6)))
    return journal.field_uint(1, 1) + f(2, identity) + b"".join(entities) + rows + neighbour + journal.field_uint(7, INTERVAL_S * 1000)


def small_table(text):
    entities = [entity("radio/0", "radio", text), entity(f"ssid/{text}", "ssid", text, radio="0", alias=text)]
    return table(text, entities, [(0, CLIENTS), (0, RADIO_CHANNEL)]), [4.0, 6.0]


def great_table(model=None):
    """Interfaces, radios and SSIDs, named by all the texts."""
    entities = [entity(f"if/{text}", "interface", text, alias=text) for text in TEXTS]
    entities += [entity(f"radio/{text}", "radio", text) for text in TEXTS]
    entities += [entity(f"ssid/{text}", "ssid", text, radio=text, alias=text) for text in TEXTS]
    metrics = [IF_IN] * len(TEXTS) + [RADIO_CHANNEL] * len(TEXTS) + [CLIENTS] * len(TEXTS)
    return table(TEXTS[3], entities, list(enumerate(metrics)), model), [6.0] * len(metrics)


def trap(now, source, text):
    f = journal.field_bytes
    body = f(1, source) + f(2, "1.3.6.1.4.1.99999.1") + f(3, text[:100])
    return journal.field_fixed64(1, now) + f(4, body + f(4, f(1, "1.3.6.1.4.1.99999.1.1") + f(2, text.encode()[:128])))


class Collector(threading.Thread):
    """Polls the town; the switch, and with it all but one access point, can be switched off."""

    def __init__(self, state):
        super().__init__(daemon=True)
        self.writer = journal.Writer(str(state / "journal"), "collector")
        self.tables = {"core": great_table(), ALIVE: great_table("SIM"), SWITCH: small_table(TEXTS[0])}
        self.tables.update({f"d-{i}": small_table(text) for i, text in enumerate(TEXTS)})
        self.told, self.misses, self.is_down, self.is_stopping = set(), 0, False, False

    def poll(self, device, now):
        bytes_of_table, values = self.tables[device]
        if self.is_down and device not in ("core", ALIVE):
            self.writer.append(journal.samples(now, device, [], outcome=2, misses=self.misses, is_down=self.misses >= 3))
            return
        self.writer.append(journal.samples(now, device, values, None if device in self.told else bytes_of_table))
        self.told.add(device)

    def run(self):
        for i, text in enumerate(TEXTS):
            self.writer.append(trap(time.time_ns(), f"d-{i}", text))
        next_poll = 0
        while not self.is_stopping:
            now = time.time_ns()
            self.writer.append(journal.heartbeat(now))
            if now >= next_poll:
                self.misses += self.is_down
                for device in self.tables:
                    self.poll(device, now)
                next_poll = now + INTERVAL_S * 10**9
            time.sleep(0.25)


class Town(World):
    """Dashboard, alerts and public page over it."""

    def __init__(self):
        super().__init__()
        self.port = free_port()
        self.write("inventory.yaml", inventory())
        ring = [[9.9, 53.6], [10.1, 53.6], [10.1, 53.8], [9.9, 53.8], [9.9, 53.6]]
        self.write("districts.geojson", json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"id": "mitte", "name": TEXTS[5]}, "geometry": {"type": "Polygon", "coordinates": [ring]}}]}))
        self.write("firmware.yaml", "models: [{model: SIM, minimum: 2.9, reason: %s, source: %s}]\n" % (quoted(SWITCH_NAME), quoted(SOURCE)))
        self.config = self.write("netzwacht.yaml", f"""
instance: teststadt
state_dir: state
inventory: [inventory.yaml]
districts: districts.geojson
firmware: firmware.yaml
collector: {{interval: {INTERVAL_S}s}}
dashboard: {{listen: 127.0.0.1, port: {self.port}, title: {quoted(TEXTS[4])}}}
public: {{interval: 1s}}
""")
        self.write("users", "".join(f"{name} {name} {word}\n" for name, word in PASSWORDS.items()), mode=0o600)
        (self.dir / "state").mkdir()

    def __exit__(self, *args):
        if hasattr(self, "collector"):
            self.collector.is_stopping = True
            self.collector.join()
        super().__exit__(*args)

    def begin(self):
        self.run("netzwacht", "user", "import", "-c", self.config, self.dir / "users")
        self.collector = Collector(self.dir / "state")
        self.collector.start()
        for name in ("alerts", "public", "dashboard"):
            self.start(f"netzwacht-{name}", "-c", self.config)
        wait_for("the dashboard", 60, self.answers, 0.3)
        self.log_in("noc")
        wait_for("all hotspots", 120, lambda: self.count("usable") == len(TEXTS) + 1, 0.5)
        self.collector.is_down = True
        self.incident = wait_for("an incident of them all", 180, self.great_incident, 0.5)
        for i, text in enumerate(TEXTS):
            verb, body = ("assign", {"to": text[:60], "comment": text}) if i % 8 == 0 else ("comment", {"comment": text})
            status, data = self.ask("POST", f"/incidents/{self.incident}/{verb}", body)
            check(status == 202, f"{verb} {text!r}: {status} {data[:200]}")
        wait_for("all comments", 120, lambda: len(self.get(f"/incidents/{self.incident}")["log"]) >= len(TEXTS), 0.5)

    def ask(self, method, path, body=None, headers=None):
        """(status, bytes); waits while the dashboard says that it is asked too often."""
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            own = {"Content-Type": "application/json", "Cookie": getattr(self, "cookie", ""), "X-CSRF-Token": getattr(self, "token", "")}
            connection.request(method, "/api/v1" + path, json.dumps(body) if body is not None else None, {**own, **(headers or {})})
            answer = connection.getresponse()
            data = answer.read()
            connection.close()
            self.answer = answer
            if answer.status != 429:
                return answer.status, data
            time.sleep(1)

    def get(self, path):
        status, data = self.ask("GET", path)
        check(status == 200, f"GET {path}: {status} {data[:200]}")
        return json.loads(data)

    def answers(self):
        try:
            return self.ask("GET", "/session")[0] == 200
        except OSError:
            return False

    def log_in(self, user):
        status, data = self.ask("POST", "/session", {"user": user, "password": PASSWORDS[user]})
        check(status == 204, f"log-in: {status} {data}")
        self.cookie = self.answer.getheader("Set-Cookie").split(";")[0]
        self.token = self.get("/session")["csrf"]

    def count(self, state):
        return self.get("/summary")["hotspots"][state]

    def great_incident(self):
        return next((each["id"] for each in self.get("/incidents?status=open")["items"] if each["cause"]["id"] == SWITCH), None)


def main():
    with Town() as town:
        town.begin()
        print(json.dumps({"url": f"http://127.0.0.1:{town.port}/", "directory": str(town.dir), "passwords": PASSWORDS,
                          "incident": town.incident, "texts": TEXTS}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
