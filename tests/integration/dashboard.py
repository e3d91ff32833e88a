#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht-dashboard and netzwacht-public over HTTP, with the real city, collector, alerts and store behind them."""
import base64
import datetime
import gzip
import hmac
import http.client
import json
import os
import re
import signal
import socket
import struct
import sys
import threading
import time
import urllib.parse
import xml.etree.ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import BUILD, World, check, free_port, run_tests, wait_for
from lib.journal import crc32c
from lib.json_schema import OpenApi

HOTSPOTS = 40
USERS = {"operator": "operator-password-1", "noc": "noc-password-1234", "planner": "planner-password-1",
         "admin": "admin-password-12"}
JSON = {"Content-Type": "application/json"}


class Client:
    """One browser: a cookie and a CSRF token."""

    def __init__(self, port):
        self.port, self.cookie, self.token = port, None, None

    def headers(self, method, extra=None):
        headers = dict(extra or {})
        if self.cookie:
            headers.setdefault("Cookie", self.cookie)
        if self.token and method not in ("GET", "HEAD"):
            headers.setdefault("X-CSRF-Token", self.token)
        return headers

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            extra = {**(JSON if body is not None else {}), **(headers or {})}
            connection.request(method, path, json.dumps(body) if body is not None else None, self.headers(method, extra))
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def get(self, path, status=200):
        answer, data = self.ask("GET", path)
        check(answer.status == status, f"GET {path}: {answer.status}, expected {status}: {data[:200]}")
        return json.loads(data)

    def log_in(self, user):
        answer, data = self.ask("POST", "/api/v1/session", {"user": user, "password": USERS[user]})
        check(answer.status == 204, f"log-in of {user}: {answer.status} {data}")
        self.cookie = answer.getheader("Set-Cookie").split(";")[0]
        self.token = self.get("/api/v1/session")["csrf"]
        return self


class Events(threading.Thread):
    """Reads /api/v1/events until it is closed: a list of (id, name, data)."""

    def __init__(self, client, last=None):
        super().__init__(daemon=True)
        self.items, self.status = [], None
        extra = {"Last-Event-ID": last} if last else {}
        self.connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=40)
        self.connection.request("GET", "/api/v1/events", headers=client.headers("GET", extra))
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        self.start()

    def run(self):
        event = {}
        try:
            for line in self.answer:
                line = line.decode().rstrip("\n")
                if line:
                    name, _, value = line.partition(":")
                    event[name] = value.lstrip()
                elif "event" in event:
                    self.items.append((event.get("id"), event["event"], json.loads(event["data"])))
                    event = {}
                else:
                    event = {}
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass

    def named(self, name):
        return [item for item in list(self.items) if item[1] == name]

    def close(self):
        self.connection.sock and self.connection.sock.close()
        self.connection.close()


class Town:
    """A small simulated city with the daemons that the dashboard shows."""

    def __init__(self, world):
        self.world, self.port = world, free_port()
        snmp = free_port(socket.SOCK_DGRAM)
        self.city_dir = world.dir / "city"
        world.run("netzwacht-city", "init", "--dir", self.city_dir, "--hotspots", HOTSPOTS, "--nodes", 20, "--seed", 7,
                  "--port", snmp, "--portal-port", free_port(), "--portal-tls-port", free_port(),
                  "--dns-port", free_port(socket.SOCK_DGRAM))
        self.config = world.write("netzwacht.yaml", f"""
instance: teststadt
state_dir: state
simulated: true
inventory: [city/inventory.yaml]
districts: city/districts.geojson
firmware: city/rules/firmware.yaml
credentials: [{{name: default, version: v2c, community_file: city/community}}]
collector: {{interval: 1s, timeout: 300ms, miss_interval: 300ms, confirm_interval: 100ms}}
probe: {{interval: 10s}}
dashboard: {{listen: 127.0.0.1, port: {self.port}, title: Teststadt}}
public: {{interval: 1s}}
""")
        world.write("users", "".join(f"{name} {name} {word}\n" for name, word in USERS.items()), mode=0o600)
        world.run("netzwacht", "user", "import", "-c", self.config, world.dir / "users")
        self.damage_history()
        world.start("netzwacht-city", "run", "--dir", self.city_dir, "--script", "none")
        for name in ("collector", "alerts", "store", "public"):
            world.start(f"netzwacht-{name}", "-c", self.config)
        self.start_dashboard()
        self.clients = {name: self.client(name) for name in USERS}

    def damage_history(self):
        """A file of the history that is none: the store finds it at the device's first poll."""
        device = re.search(r"id: (ap-\d+)", (self.city_dir / "inventory.yaml").read_text())[1]
        line = f"1 long 300 {device} device 3"
        self.world.write("state/rrd/index", f"{crc32c(line.encode()):08x} {line}\n")
        self.world.write("state/rrd/000/00000001.rrd", "not an RRD file\n")

    def start_dashboard(self):
        self.dashboard = self.world.start("netzwacht-dashboard", "-c", self.config)
        wait_for("the dashboard listens", 20, self.answers)

    def answers(self):
        try:
            return Client(self.port).ask("GET", "/api/v1/session")[0].status == 200
        except OSError:
            return False

    def client(self, user=None):
        client = Client(self.port)
        return client.log_in(user) if user else client

    def ctl(self, *words):
        return json.loads(self.world.run("netzwacht-city", "ctl", "--dir", self.city_dir, *words).stdout)

    def raw(self, request, seconds=5):
        """Sends bytes as they are; the answer until the server closes or `seconds` pass."""
        answer = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as s:
            s.sendall(request)
            try:
                while chunk := s.recv(65536):
                    answer += chunk
            except (TimeoutError, ConnectionResetError):
                pass
        return answer


town = None


def hotspots_are_live():
    """every hotspot is usable within 15 s of the start, with clients and a time"""
    client = town.clients["operator"]

    def all_usable():
        items = client.get("/api/v1/hotspots?limit=1000")["items"]
        return len(items) == HOTSPOTS and all(i["state"] == "usable" and i["since"] and i["clients"] is not None
                                              for i in items) and items
    items = wait_for("all usable", 15, all_usable)
    check(len({i["id"] for i in items}) == HOTSPOTS, "ids repeat")
    summary = client.get("/api/v1/summary")
    check(summary["hotspots"]["usable"] == HOTSPOTS, f"{summary}")


def pages_and_filters():
    """a list cut into pages gives every hotspot once; filters and q choose"""
    client, seen, path = town.clients["planner"], [], "/api/v1/hotspots?limit=7"
    cursor = ""
    while cursor is not None:
        page = client.get(path + (f"&cursor={cursor}" if cursor else ""))
        check(len(page["items"]) <= 7, "page too long")
        seen += [i["id"] for i in page["items"]]
        cursor = page["next"]
    whole = client.get("/api/v1/hotspots?limit=1000")["items"]
    check(seen == [i["id"] for i in whole], "pages differ from the whole list")
    district = whole[0]["district"]
    chosen = client.get(f"/api/v1/hotspots?limit=1000&district={district}")["items"]
    check([i["id"] for i in chosen] == [i["id"] for i in whole if i["district"] == district], "district filter")
    check(client.get("/api/v1/hotspots?state=unusable,maintenance")["items"] == [], "state filter")
    name = whole[3]["name"]
    check(any(i["id"] == whole[3]["id"] for i in client.get("/api/v1/hotspots?q=" + urllib.parse.quote_plus(name))["items"]), "q")
    check([i["id"] for i in client.get("/api/v1/hotspots?q=" + seen[3].upper())["items"]] == [seen[3]], "q ignores case")
    for wrong in ("limit=0", "limit=1001", "limit=x", "cursor=-1", "cursor=zz", "q=" + "x" * 500):
        answer, _ = client.ask("GET", "/api/v1/hotspots?" + wrong)
        check(answer.status == 400, f"{wrong}: {answer.status}")


def answers_conform():
    """every GET of openapi.yaml answers as its schema says, with an entity tag and the security headers"""
    document = town.client().get("/api/v1/openapi.json")
    schema, client = OpenApi(document), town.clients["admin"]
    hotspot = client.get("/api/v1/hotspots?limit=1")["items"][0]
    ids = {"hotspots": hotspot["id"], "devices": hotspot["uplink"], "incidents": None, "commands": None}
    problems, count = [], 0
    for path, operations in document["paths"].items():
        if "get" not in operations or path in ("/api/v1/events", "/status/{file}"):
            continue
        section = path.split("/")[3] if path.startswith("/api/") else ""
        if "{id}" in path and not ids.get(section):
            continue
        asked = path.replace("{id}", ids.get(section) or "")
        if path.endswith("/series"):
            asked += f"?entity={hotspot['device']}/device&metric=poll.rtt&from=-60"
        answer, data = client.ask("GET", asked)
        count += 1
        described = operations["get"]["responses"].get(str(answer.status))
        if not described:
            problems.append(f"{asked}: {answer.status} is not described")
            continue
        for header in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
            if not answer.getheader(header):
                problems.append(f"{asked}: no {header}")
        content = schema.resolve(described).get("content", {})
        kind = answer.getheader("Content-Type").split(";")[0]
        if kind not in content:
            problems.append(f"{asked}: {kind} is not described")
        elif kind.endswith("json"):
            problems += [f"{asked}: {p}" for p in schema.problems(content[kind]["schema"], json.loads(data))][:5]
        etag = answer.getheader("ETag")
        if answer.status == 200 and not etag:
            problems.append(f"{asked}: no ETag")
    check(count >= 25, f"only {count} operations asked")
    check(not problems, "\n".join(problems[:30]))
    answer, _ = client.ask("GET", "/api/v1/config")
    again, data = client.ask("GET", "/api/v1/config", headers={"If-None-Match": answer.getheader("ETag")})
    check(again.status == 304 and data == b"", f"If-None-Match: {again.status}")


def roles_are_kept():
    """each operation lets in exactly the roles that openapi.yaml names"""
    document = town.client().get("/api/v1/openapi.json")
    clients = {"public": town.client(), **town.clients}
    problems = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path in ("/api/v1/events",) or (path.endswith("/session") and method != "get"):
                continue
            asked = path.replace("{id}", "nothing-here").replace("{file}", "index.html")
            for role, client in clients.items():
                # an empty object is refused by the handler if the role is let in, so nothing is changed
                answer, _ = client.ask(method.upper(), asked, {} if method == "post" else None)
                let_in = answer.status not in (401, 403)
                if let_in != (role in operation["x-role"]):
                    problems.append(f"{method} {path} as {role}: {answer.status}")
    check(not problems, "\n".join(problems))
    for path in ("/api/v1/nothing", "/api/v2/hotspots", "/api/v1/hotspots/x/y/z", "/api/"):
        check(town.client().ask("GET", path)[0].status == 401, f"{path} tells the public more than 401")
        check(town.clients["admin"].ask("GET", path)[0].status == 404, f"{path}: not 404")
    check(town.clients["admin"].ask("POST", "/api/v1/hotspots", {})[0].status == 405, "wrong method: not 405")


def changes_need_the_token():
    """a change without the CSRF token, with another's, or from another origin is refused"""
    client, path = town.clients["noc"], "/api/v1/incidents/x/acknowledge"
    other = town.clients["admin"].token
    for headers in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": other}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
        answer, data = client.ask("POST", path, {}, headers)
        check(answer.status == 403 and b"csrf" in data, f"{headers}: {answer.status}")
    check(client.ask("POST", path, {}, {"Origin": f"http://127.0.0.1:{town.port}"})[0].status == 404, "own origin refused")
    check(client.ask("POST", path, {}, {"Content-Type": "text/plain"})[0].status == 415, "a form's content type passes")


def incident_is_acknowledged():
    """a dead access point becomes an incident; acknowledging it answers 202, then done by SSE and by GET"""
    client, events = town.clients["operator"], Events(town.clients["operator"])
    victim = next(h for h in client.get("/api/v1/hotspots?limit=1000")["items"] if not h["entity"])
    town.ctl("kill", victim["id"])
    state = wait_for("state by SSE", 20, lambda: [e for e in events.named("state")
                     if e[2]["id"] == victim["id"] and e[2]["state"] == "unusable"])[0]
    check(state[0] and state[2]["name"] == victim["name"], f"{state}")
    incident = wait_for("incident by SSE", 10, lambda: [e for e in events.named("incident")
                        if e[2]["type"] == "device_down" and not e[2]["closed"]])[-1][2]
    listed = client.get("/api/v1/incidents?status=open")["items"]
    # the damaged file of this world and an old firmware have incidents of their own
    check([i["id"] for i in listed if i["type"] not in ("history_damaged", "firmware")] == [incident["id"]], f"{[(i['id'], i['type']) for i in listed]}")
    check(client.get(f"/api/v1/incidents?member={victim['id']}")["items"], "member filter")
    check(client.get("/api/v1/summary")["incidents"]["unacknowledged"] == len(listed), "summary")

    path, key = f"/api/v1/incidents/{incident['id']}/acknowledge", {"Idempotency-Key": "ack-1"}
    answers = [client.ask("POST", path, {"comment": "<b>Tom</b> & 'Jerry' fahren hin"}, key) for _ in range(2)]
    check(all(a.status == 202 and json.loads(d) == {"command": "ack-1"} for a, d in answers), f"{answers}")
    outcome = wait_for("outcome by SSE", 5, lambda: [e for e in events.named("command") if e[2]["command"] == "ack-1"])[0][2]
    check(all(e[2]["verb"] for e in events.named("command")) and outcome["outcome"] == "done" and outcome["by"] == "operator", f"{outcome}")
    check(client.get("/api/v1/commands/ack-1")["outcome"] == "done", "GET /commands")
    detail = client.get(f"/api/v1/incidents/{incident['id']}")
    check(detail["operator"]["state"] == "acknowledged" and detail["operator"]["by"] == "operator", f"{detail['operator']}")
    check(any(entry["event"] == "acknowledged" for entry in detail["log"]), f"{detail['log']}")
    check(len([r for r in town.world.journal("dashboard") if "command" in r]) == 1, "the repeated key was written twice")
    raw = client.ask("GET", f"/api/v1/incidents/{incident['id']}")[1]
    check(b"<b>" not in raw, "markup is not escaped in JSON")
    problems = list(OpenApi(client.get("/api/v1/openapi.json")).problems({"$ref": "#/components/schemas/IncidentDetail"}, detail))
    check(not problems, "\n".join(problems))

    place = next(s for s in client.get("/api/v1/sites?limit=1000")["items"] if s["id"] == victim["site"])
    check(place["hotspots"]["unusable"] == 1 and place["reason"] == "ap" and
          place["state"] == ("unusable" if sum(place["hotspots"].values()) == 1 else "degraded"), f"{place}")
    check([s["id"] for s in client.get("/api/v1/sites?state=unusable,degraded")["items"]] == [place["id"]], "places by state")

    def map_and_list():
        features = client.get("/api/v1/hotspots.geojson")["features"]
        return [f["properties"] for f in features], client.get("/api/v1/hotspots?limit=1000")["items"]
    wait_for("the map to say what the list says", 20, lambda: (lambda on_map, in_list: on_map == in_list and any(h["state"] == "unusable" for h in on_map))(*map_and_list()))
    town.ctl("revive", victim["id"])
    wait_for("the map to follow", 20, lambda: (lambda on_map, in_list: on_map == in_list and all(h["state"] != "unusable" for h in on_map))(*map_and_list()))
    wait_for("recovery", 20, lambda: client.get(f"/api/v1/hotspots/{victim['id']}")["state"] == "usable")
    wait_for("closed", 20, lambda: all(i["type"] != "device_down" for i in client.get("/api/v1/incidents?status=open")["items"]))
    history = client.get(f"/api/v1/hotspots/{victim['id']}/history?from=-300")["items"]
    check([i["state"] for i in history if i["state"] != "unknown"][-3:] == ["usable", "unusable", "usable"], f"{history}")
    total = client.get(f"/api/v1/hotspots/{victim['id']}/availability?days=1")["total"]
    check(0 < total["availability"] < 1 and total["down_s"] > 0.1 and total["unknown_s"] > 0, f"{total}")
    city = client.get("/api/v1/availability?days=1")
    check(sum(d["hotspots"] for d in city["districts"]) == HOTSPOTS, f"{city}")
    check(abs(sum(d["down_s"] for d in city["districts"]) - city["total"]["down_s"]) < 1e-3 <= total["down_s"] <= city["total"]["down_s"] + 1e-3, f"{city}")
    check(client.get("/api/v1/availability?days=1") == city, "the sums of half a minute ago are given again")
    check([client.ask("GET", f"/api/v1/availability?days={n}")[0].status for n in (0, 801, "x")] == [400] * 3, "days")
    events.close()


def maintenance_is_planned_and_ended():
    """a maintenance window takes its hotspot out of the count, and gives it back when it is ended early"""
    client = town.clients["noc"]
    target = client.get("/api/v1/hotspots?limit=5")["items"][4]["id"]
    now = time.time()
    stamp = lambda t: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(t))
    window = {"target": target, "begin": stamp(now - 1), "end": stamp(now + 600), "comment": "Tausch"}
    for wrong in ({}, {**window, "target": "nothing"}, {**window, "end": stamp(now - 60)}, {**window, "comment": ""},
                  {**window, "announce": "yes"}, {**window, "text_de": "Hallo"}, {**window, "announce": True, "text_en": "x" * 501}):
        check(client.ask("POST", "/api/v1/maintenance", wrong)[0].status == 400, f"{wrong}")
    check(town.clients["operator"].ask("POST", "/api/v1/maintenance", window)[0].status == 403, "an operator may")
    answer, data = client.ask("POST", "/api/v1/maintenance", {**window, "announce": True, "text_de": "Wir tauschen Technik"})
    check(answer.status == 202, f"{answer.status} {data}")
    number = json.loads(data)["command"]
    listed = lambda: {w["id"]: w["status"] for w in client.get("/api/v1/maintenance")["items"]}
    state = lambda: client.get(f"/api/v1/hotspots/{target}")["state"]
    wait_for("active", 10, lambda: listed().get(number) == "active")
    wait_for("in maintenance", 15, lambda: state() == "maintenance")
    told = lambda: [i["text"]["de"] for i in town.client().get("/status/maintenance.json")["items"]]
    wait_for("announced to the public", 30, lambda: told() == ["Wir tauschen Technik"])
    check(client.ask("DELETE", f"/api/v1/maintenance/{number}")[0].status == 202, "not ended")
    wait_for("ended", 10, lambda: listed().get(number) == "ended")
    wait_for("usable again", 15, lambda: state() == "usable")
    wait_for("no longer announced", 30, lambda: told() == [])
    cli = lambda *words: town.world.run("netzwacht", "maintenance", *words, "-c", town.world.dir / "netzwacht.yaml", timeout=60).stdout.strip()
    number = cli("add", target, "--end", stamp(now + 600), "--comment", "Kabel", "--by", "Ina", "--announce", "--text-en", "Cable")
    mine = lambda: next((w for w in client.get("/api/v1/maintenance")["items"] if w["id"] == number), {})
    wait_for("what the command line asked for", 15, lambda: mine().get("status") == "active")
    check((mine()["by"], mine()["via"], mine()["announced"]) == ("Ina", "cli", {"de": "", "en": "Cable"}), f"{mine()}")
    page = client.get("/api/v1/maintenance?limit=2")
    problems = list(OpenApi(client.get("/api/v1/openapi.json")).problems({"$ref": "#/components/schemas/Maintenance"}, mine()))
    check(not problems and len(page["items"]) == 2, "\n".join(problems))
    cli("cancel", number)
    wait_for("what the command line cancelled", 15, lambda: mine()["status"] == "ended")
    check(client.ask("DELETE", f"/api/v1/maintenance/{number}")[0].status == 202, "an end that came before")


def events_are_replayed():
    """a client that comes back with Last-Event-ID gets what it missed, also after kill -9 of the dashboard"""
    client = town.clients["operator"]
    every = Events(client, last="1")
    ids = wait_for("kept events", 5, lambda: [e for e in every.items if e[0]] or every.named("reset"))
    every.close()
    victim = client.get("/api/v1/hotspots?limit=1000")["items"][-1]
    device = next(h for h in client.get("/api/v1/hotspots?limit=1000")["items"] if not h["entity"])
    live = Events(client)
    town.ctl("kill", device["id"])
    wait_for("state by SSE", 20, lambda: [e for e in live.named("state") if e[2]["id"] == device["id"]])
    first = [e for e in live.items if e[0]][0]
    live.close()
    town.dashboard.send_signal(signal.SIGKILL)
    town.dashboard.wait()
    town.ctl("revive", device["id"])
    begin = time.monotonic()
    town.start_dashboard()
    check(time.monotonic() - begin < 3, "more than 3 s until it answers again")
    check(client.get("/api/v1/session")["role"] == "operator", "the session is lost")
    counts = client.get("/api/v1/summary")["hotspots"]
    check(counts["unknown"] == 0, f"after the restart: {counts}")
    again = Events(client, last=first[0])
    wait_for("replay", 25, lambda: [e for e in again.named("state") if e[2]["id"] == device["id"] and e[2]["state"] == "usable"])
    numbers = [int(e[0]) for e in again.items if e[0]]
    check(numbers == sorted(numbers) and min(numbers) > int(first[0]), "replayed events are out of order or repeat")
    again.close()
    check(ids and victim, "nothing kept")


def series_have_values():
    """a series of the last minutes has numbers, as JSON and as CSV; wrong questions are refused"""
    client = town.clients["planner"]
    hotspot = client.get("/api/v1/hotspots?limit=1")["items"][0]
    detail = client.get(f"/api/v1/hotspots/{hotspot['id']}")
    check(detail["graphs"] and detail["entities"] and detail["path"], "hotspot without graphs, entities or path")
    graph = detail["graphs"][0]
    path = f"/api/v1/series?entity={graph['entity']}&metric={','.join(graph['metrics'])}&from=-60&step=1"
    series = wait_for("values", 10, lambda: (lambda s: any(v is not None for row in s["rows"] for v in row) and s)(client.get(path)))
    check(series["step"] == 1 and len(series["rows"]) == len(series["completeness"]), f"{series['step']}")
    answer, data = client.ask("GET", path, headers={"Accept": "text/csv"})
    check(answer.getheader("Content-Type").startswith("text/csv") and data.startswith(b"time,"), "no CSV")
    months = client.get(f"/api/v1/series?entity={hotspot['device']}/device&metric=reachable&cf=month_p95&from=-8000000")
    check(months["step"] == 0 and len(months["times"]) == len(months["rows"]) >= 3, f"no months: {months}")
    check(all(27 * 86400 < b - a < 32 * 86400 for a, b in zip(months["times"], months["times"][1:])), months["times"])
    for wrong in ("entity=nothing&metric=poll.rtt", "entity=hotspot/x&metric=wireless.clients&cf=month_p95",
                  f"entity={graph['entity']}&metric=no.such",
                  f"entity={graph['entity']}&metric={graph['metrics'][0]}&from=2&to=1",
                  f"entity=../../etc/passwd/x&metric=poll.rtt", f"entity={graph['entity']}&metric={graph['metrics'][0]}&cf=LAST"):
        check(client.ask("GET", "/api/v1/series?" + wrong)[0].status in (400, 404), wrong)


def malformed_requests_are_refused():
    """requests that can be read in two ways, or not at all, get 4xx or 5xx and a closed connection"""
    host = f"Host: 127.0.0.1:{town.port}\r\n"
    cases = {
        "two lengths": f"POST /api/v1/session HTTP/1.1\r\n{host}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}",
        "length and chunks": f"POST /api/v1/session HTTP/1.1\r\n{host}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "two hosts": f"GET / HTTP/1.1\r\n{host}{host}\r\n",
        "no host": "GET / HTTP/1.1\r\n\r\n",
        "negative length": f"POST /api/v1/session HTTP/1.1\r\n{host}Content-Length: -1\r\n\r\n",
        "length in words": f"POST /api/v1/session HTTP/1.1\r\n{host}Content-Length: two\r\n\r\n",
        "too long a body": f"POST /api/v1/session HTTP/1.1\r\n{host}Content-Length: 1073741824\r\n\r\n",
        "gzip chunks": f"POST /api/v1/session HTTP/1.1\r\n{host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "half an escape": f"GET /%4 HTTP/1.1\r\n{host}\r\n",
        "NUL escaped": f"GET /a%00b HTTP/1.1\r\n{host}\r\n",
        "overlong UTF-8": f"GET /%c0%ae%c0%ae/ HTTP/1.1\r\n{host}\r\n",
        "absolute form": f"GET http://evil.example/ HTTP/1.1\r\n{host}\r\n",
        "one megabyte of path": f"GET /{'a' * 1048576} HTTP/1.1\r\n{host}\r\n",
        "ten thousand headers": f"GET / HTTP/1.1\r\n{host}{''.join(f'X-{n}: y' + chr(13) + chr(10) for n in range(10000))}\r\n",
        "no HTTP at all": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        "version 9": f"GET / HTTP/9.9\r\n{host}\r\n",
        "a hundred parameters": f"GET /?{'&'.join(f'p{n}=1' for n in range(100))} HTTP/1.1\r\n{host}\r\n",
    }
    problems = []
    for name, request in cases.items():
        try:
            answer = town.raw(request.encode("latin-1"))
        except (BrokenPipeError, ConnectionResetError):
            answer = b""
        status = int(answer.split()[1]) if answer.startswith(b"HTTP/1.1 ") else 0
        if status and status < 400:
            problems.append(f"{name}: {status}")
        if not town.answers():
            problems.append(f"{name}: no answer to a good request afterwards")
    check(not problems, "\n".join(problems))
    for path in ("/../users.db", "/status/../../users.db", "/status/%2e%2e/users.db", "/..%2f..%2fetc/passwd", "/status//etc/passwd",
                 "/assets/../../state/dashboard/users.db", "/.git/config"):
        answer = town.raw(f"GET {path} HTTP/1.1\r\n{host}Connection: close\r\n\r\n".encode())
        check(answer.split()[1] in (b"404", b"400"), f"{path}: {answer[:60]}")


def slow_clients_are_cut():
    """a client that sends a byte now and then is cut by an absolute deadline; good ones are served meanwhile"""
    begin = time.monotonic()
    with socket.create_connection(("127.0.0.1", town.port)) as s:
        s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        s.settimeout(0.5)
        while time.monotonic() - begin < 20:
            try:
                s.sendall(b"y")
                if s.recv(1) == b"":
                    break
            except TimeoutError:
                check(town.answers(), "no answer while a slow client is there")
            except OSError:
                break
    lasted = time.monotonic() - begin
    check(8 <= lasted <= 13, f"cut after {lasted:.1f} s, expected about 10")


def public_page_is_complete():
    """the public page needs no JavaScript, is small, names no equipment, and equals its data"""
    client = town.client()
    answer, page = client.ask("GET", "/status/", headers={"Accept-Encoding": "gzip"})
    check(answer.status == 200 and answer.getheader("Content-Encoding") == "gzip", f"{answer.status}")
    check(len(page) < 8192, f"{len(page)} bytes at first sight")
    text = gzip.decompress(page).decode()
    check("<script>" not in text and 'lang="de"' in text and "nutzbar" in text, "page")
    check("frame-ancestors 'none'" in answer.getheader("Content-Security-Policy"), "the overview can be framed")
    embed, _ = client.ask("GET", "/status/embed.html")
    check("frame-ancestors *" in embed.getheader("Content-Security-Policy") and "script-src" not in embed.getheader("Content-Security-Policy")
          and embed.getheader("X-Frame-Options") is None, "the page for frames cannot be framed")
    tags = {coding: client.ask("GET", "/status/en.html", headers={"Accept-Encoding": coding})[0] for coding in ("gzip", "br, gzip", "identity")}
    check([a.getheader("Content-Encoding") for a in tags.values()] == ["gzip", "br", None], "codings")
    check(all(a.getheader("Vary") == "Accept-Encoding" for a in tags.values()), "Vary")
    icon = {coding: client.ask("GET", "/status/icon.svg", headers={"Accept-Encoding": coding})[0].getheader("ETag") for coding in ("gzip", "br", "identity")}
    check(len(set(icon.values())) == 3, f"one tag for different bytes: {icon}")
    check([client.ask("GET", "/status/icon.svg", headers={"Accept-Encoding": c, "If-None-Match": icon["br"]})[0].status for c in ("br", "gzip")] == [304, 200], "If-None-Match")
    check("frame-ancestors 'none'" in client.ask("GET", "/api/v1/config")[0].getheader("Content-Security-Policy"), "others can")
    items = wait_for("states", 10, lambda: (lambda i: all(h["state"] != "unknown" for h in i) and i)(
        client.get("/status/hotspots.json")["items"]))
    check(len(items) == HOTSPOTS, f"{len(items)} hotspots")
    pages = [client.ask("GET", "/status/" + name)[1].decode() for name in set(re.findall(r'href="(bezirk-[^"]+)"', text))]
    rows = [re.sub(r"<[^>]+>", "", row) for page in pages for row in re.findall(r'<tr><th scope="row">(.*?)</th>', page)]
    check(len(rows) == HOTSPOTS, f"{len(rows)} rows in {len(pages)} district pages")
    letters = [client.ask("GET", "/status/" + name)[1].decode() for name in set(re.findall(r'href="(orte-[^"]+)"', text))]
    check(sum(page.count('<tr><th scope="row">') for page in letters) == HOTSPOTS, f"hotspots in {len(letters)} pages of letters")
    csv = client.ask("GET", "/status/hotspots.csv")
    check(csv[0].getheader("Content-Type").startswith("text/csv") and csv[1].count(b"\r\n") == HOTSPOTS + 1, "CSV")
    check(len(client.get("/status/hotspots.geojson")["features"]) == HOTSPOTS, "GeoJSON")
    days = client.get("/status/availability.json")["items"][0]["days"]
    check(len(days) == 90 and 0 < days[-1]["availability"] <= 1 and days[0]["availability"] is None, f"{days[-1]}, {days[0]}")
    english = client.ask("GET", "/status/en.html")[1].decode()
    check('lang="en"' in english and "usable" in english, "no English page")
    xml.etree.ElementTree.fromstring(client.ask("GET", "/status/feed.atom")[1])
    xml.etree.ElementTree.fromstring(client.ask("GET", "/status/map.svg")[1])
    everything = "".join(pages) + text + json.dumps(items) + json.dumps(client.get("/status/incidents.json"))
    inventory = (town.city_dir / "inventory.yaml").read_text()
    leaks = [word for word in set(re.findall(r"127\.\d+\.\d+\.\d+|\bap-\d{4}\b|\bsw-[a-z]+-\d+\b|\bwlc-\d+\b|\bups-[a-z0-9-]+\b", inventory))
             if word in everything]
    check(not leaks, f"the public page names {leaks[:5]}")
    check(not re.search(r'"clients"|>\d+ (clients|Geräte)<', everything), "client numbers are published")


def monitor_shows_itself():
    """/healthz says which part is missing; /metrics is OpenMetrics; a damaged history file is noticed"""
    notices = {d["name"]: d["notices"] for d in town.clients["operator"].get("/api/v1/daemons")["items"]}
    check(notices.pop("netzwacht-store") == [{"code": "history_damaged", "count": 1}], "the damaged file is not noticed")
    check(not any(notices.values()), f"{notices}")
    health = wait_for("health", 10, lambda: (lambda a: a[0].status == 200 and json.loads(a[1]))(town.client().ask("GET", "/healthz")))
    check(health["status"] == "ok", f"{health}")
    text = town.client().ask("GET", "/metrics")[1].decode()
    check(text.endswith("# EOF\n"), "no end")
    for line in text.splitlines():
        check(line.startswith("# ") or re.fullmatch(r'[a-z0-9_]+(\{([a-z]+="[^"]*",?)+\})? [-+0-9.e]+|[a-z0-9_]+(\{.*\})? NaN', line), line)
    types = re.findall(r"^# TYPE (\S+)", text, re.M)
    check(len(types) == len(set(types)), "a family stands in two places")
    check(f'netzwacht_hotspots{{state="usable"}} {HOTSPOTS}' in text, "hotspots by state")
    check('netzwacht_snmp_timeouts_total{daemon="netzwacht-collector"}' in text and 'TYPE netzwacht_snmp_timeouts counter' in text, "counters of the collector")
    check("netzwacht_daemon_figure{" not in text, f"figures without words: {re.findall('netzwacht_daemon_figure.*', text)}")


def monitor_tells_of_its_work():
    """/api/v1/self has each daemon's CPU, memory, lag and figures with the last hour; a wrong password counts as refused"""
    client = town.clients["operator"]
    check(town.clients["planner"].ask("GET", "/api/v1/self")[0].status == 403, "a planner may")
    found = lambda: {d["name"]: d for d in client.get("/api/v1/self")["daemons"]}
    figures = lambda name: {f["name"]: f for f in found()[name]["figures"]}
    check({"netzwacht-collector", "netzwacht-store", "netzwacht-alerts", "netzwacht-dashboard"} <= set(found()), f"{list(found())}")
    before = figures("netzwacht-dashboard")["logins_refused_total"]["value"]
    town.client().ask("POST", "/api/v1/session", {"user": "nobody-here", "password": "x" * 12})
    wait_for("the refused log-in", 10, lambda: figures("netzwacht-dashboard")["logins_refused_total"]["value"] == before + 1)
    working = wait_for("a step of half a minute", 75, lambda: (lambda d: d["cpu"] is not None and d)(found()["netzwacht-collector"]))
    check(0 <= working["cpu"] < 2 and working["memory_bytes"] > 1e6 and working["problem"] is None and working["version"], f"{working}")
    polls = {f["name"]: f for f in working["figures"]}["polls_total"]
    check(polls["class"] == "done" and polls["kind"] == "counter" and polls["rate"] > 0 and polls["hour"] > 0, f"{polls}")
    check({lag["partition"] for lag in found()["netzwacht-store"]["lag"]} >= {"collector"}, "lag of the store")
    disk = client.get("/api/v1/self")["disk"]
    check(0 < disk["free_bytes"] <= disk["size_bytes"] and 0 < disk["journal_bytes"] < disk["journal_limit_bytes"], f"{disk}")


def another_configuration_is_taken_over():
    """SIGHUP: a new hotspot and title are there, states, session and stream stay; another port is refused; the dashboard that is told twice goes on"""
    client, events = town.clients["operator"], Events(town.clients["operator"])
    before = {h["id"]: h["state"] for h in client.get("/api/v1/hotspots?limit=1000")["items"]}
    model, plain = next(h for h in client.get("/api/v1/hotspots?limit=1000")["items"] if not h["entity"]), town.config.read_text()
    town.world.write("more.yaml", f"hotspots: [{{id: hs-new, name: Neu, site: {model['site']}, device: {model['device']}}}]\n")

    def reload(config):
        town.config.write_text(config)
        town.dashboard.send_signal(signal.SIGHUP)
    try:
        reload(plain.replace("[city/inventory.yaml]", "[city/inventory.yaml, more.yaml]").replace("title: Teststadt", "title: Neustadt"))
        wait_for("the new hotspot", 30, lambda: any(h["id"] == "hs-new" for h in client.get("/api/v1/hotspots?limit=1000")["items"]))
        after = {h["id"]: h["state"] for h in client.get("/api/v1/hotspots?limit=1000")["items"]}
        check({k: v for k, v in after.items() if k != "hs-new"} == before, f"{before}\n{after}")
        check(len(client.get("/api/v1/hotspots.geojson")["features"]) == HOTSPOTS + 1, "the map")
        check(client.get("/api/v1/config")["title"] == "Neustadt", "title")
        wait_for("the stream is told to read again", 10, lambda: events.named("reset"))
        reload(plain.replace(f"port: {town.port}", f"port: {free_port()}"))
        wait_for("the refusal", 20, lambda: "take a restart" in town.world.log("netzwacht-dashboard"))
        check(client.get("/api/v1/config")["title"] == "Neustadt", "refused in parts only")
    finally:
        reload(plain)
    wait_for("the inventory of before", 30, lambda: len(client.get("/api/v1/hotspots?limit=1000")["items"]) == HOTSPOTS)
    wait_for("events go on", 20, lambda: events.named("summary"))
    check(client.get("/api/v1/topology")["nodes"], "topology")


def audit_is_a_chain():
    """what people did stands in the audit log, and its chain is intact"""
    audit = town.clients["admin"].get("/api/v1/audit?limit=1000")
    actions = {(e["user"], e["action"]) for e in audit["items"]}
    check(audit["intact"] and ("operator", "acknowledge") in actions and ("admin", "login") in actions, f"{actions}")
    check(all(USERS[u] not in json.dumps(audit) for u in USERS), "a password stands in the audit log")


def logging_out_ends_the_session():
    """after log-out the cookie is worth nothing; the log-in of an unknown user looks like a wrong password"""
    client = town.client("planner")
    check(client.ask("DELETE", "/api/v1/session")[0].status == 204, "log-out")
    check(client.ask("GET", "/api/v1/hotspots")[0].status == 401, "still in")
    answers = [town.client().ask("POST", "/api/v1/session", {"user": u, "password": "x" * 12}) for u in ("planner", "nobody-here")]
    check([a.status for a, _ in answers] == [401, 401] and answers[0][1] == answers[1][1], f"{answers}")


def access_tokens_replace_log_ins():
    """a token reads as Authorization and as cookie; only one with --write changes things; revoked it is worth nothing"""
    token = lambda *words: town.world.run("netzwacht", "token", *words, "-c", town.config).stdout.strip()  # noqa: E731
    issue = lambda *words: token("add", *words)  # noqa: E731
    reads, writes = issue("--role", "noc", "wall"), issue("--role", "noc", "--write", "--days", "2", "robot")
    bearer = lambda token: {"Authorization": f"Bearer {token}"}  # noqa: E731
    ask = lambda method, path, token: town.client().ask(method, path, {} if method == "POST" else None, bearer(token))  # noqa: E731
    answer, data = ask("GET", "/api/v1/session", reads)
    found = json.loads(data)
    check((found["user"], found["role"], found["may_change"]) == ("token:wall", "noc", False), f"{found}")
    answer, data = ask("POST", "/api/v1/incidents/x/acknowledge", reads)
    check(answer.status == 403 and b"read-only" in data, f"{answer.status} {data}")
    check(ask("POST", "/api/v1/incidents/x/acknowledge", writes)[0].status == 404, "a token with --write may not write")
    check(ask("GET", "/api/v1/users", writes)[0].status == 403, "a token of the NOC is an administrator")
    check(ask("GET", "/api/v1/hotspots", reads[:-1] + ("0" if reads[-1] != "0" else "1"))[0].status == 401, "any token will do")
    check(town.client().ask("POST", "/api/v1/session", {"token": "nwt_" + "0" * 60})[0].status == 401, "any token logs in")
    screen = town.client()
    answer, _ = screen.ask("POST", "/api/v1/session", {"token": reads})
    screen.cookie = answer.getheader("Set-Cookie").split(";")[0]
    check(answer.status == 204 and screen.get("/api/v1/summary"), "the wall sees nothing")
    admin = town.clients["admin"]
    listed = admin.get("/api/v1/tokens")
    check([(t["name"], t["scope"]) for t in listed["items"]] == [("robot", "write"), ("wall", "read")], f"{listed}")
    check(listed["items"][1]["last_used"] and reads not in json.dumps(listed), "last use, and not the token itself")
    for body in ({}, {"name": "x"}, {"name": "x", "role": "admin"}, {"name": "x", "role": "noc", "scope": "all"},
                 {"name": "X y", "role": "noc"}, {"name": "x", "role": "noc", "expires": "2020-01-01T00:00:00Z"}):
        check(admin.ask("POST", "/api/v1/tokens", body)[0].status == 400, f"{body} is a token")
    answer, data = admin.ask("POST", "/api/v1/tokens", {"name": "kiosk", "role": "planner"})
    check(answer.status == 201 and ask("GET", "/api/v1/hotspots", json.loads(data)["token"])[0].status == 200, "issued over HTTP")
    check(admin.ask("POST", "/api/v1/tokens", {"name": "kiosk", "role": "planner"})[0].status == 409, "two of one name")
    check(admin.ask("DELETE", "/api/v1/tokens/wall")[0].status == 204, "revoked over HTTP")
    check(screen.ask("GET", "/api/v1/summary")[0].status == 401, "revoked, and still in")
    token("revoke", "robot")
    check(ask("GET", "/api/v1/hotspots", writes)[0].status == 401, "revoked on the command line, and still in")
    actions = [e["action"] for e in admin.get("/api/v1/audit?limit=1000")["items"]]
    check(actions.count("token added") == 3 and actions.count("token revoked") == 2, f"{actions}")


def code_of(secret, step):
    """RFC 6238, by Python's own HMAC."""
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), "sha1").digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 10 ** 6:06}"


def second_factor_is_asked_for():
    """with a second factor the password alone opens nothing; a code opens once; without it again, as before"""
    user = lambda *words: town.world.run("netzwacht", "user", *words, "-c", town.config).stdout  # noqa: E731
    secret = re.search(r"^secret  (\w{32})$", user("totp", "planner"), re.M).group(1)

    def try_with(**more):
        answer, data = town.client().ask("POST", "/api/v1/session", {"user": "planner", "password": USERS["planner"], **more})
        return answer.status, json.loads(data or b"{}").get("type", "").split(":")[-1]
    check(try_with() == (401, "second-factor"), "the password alone")
    listed = {u["user"]: u["has_second_factor"] for u in json.loads(user("list", "--json"))}
    check(listed["planner"] and not listed["noc"], f"{listed}")
    step = int(time.time()) // 30
    wrong = next(f"{n:06}" for n in range(10) if f"{n:06}" not in [code_of(secret, step + k) for k in range(-1, 3)])
    check(try_with(code=wrong) == (401, "second-factor-wrong"), "a wrong code")
    code = code_of(secret, int(time.time()) // 30)
    check(try_with(code=code)[0] == 204, "the right code")
    check(try_with(code=code) == (401, "second-factor-wrong"), "the same code again")
    user("totp", "--off", "planner")
    check(try_with()[0] == 204, "without a second factor again")


def log_ins_are_throttled():
    """the sixth wrong password in a minute gets 429 with Retry-After, the right one too; other users log in"""
    statuses = [town.client().ask("POST", "/api/v1/session", {"user": "planner", "password": "y" * 12})[0].status for _ in range(7)]
    check(statuses[-1] == 429 and 401 in statuses, f"{statuses}")
    answer, _ = town.client().ask("POST", "/api/v1/session", {"user": "planner", "password": USERS["planner"]})
    check(answer.status == 429 and int(answer.getheader("Retry-After")) > 0, f"{answer.status}")
    town.client("noc")


def port_in_use_is_said():
    """a second dashboard says that its port is in use, ends, and harms nobody"""
    other = town.world.write("second.yaml", town.config.read_text().replace("state_dir: state", "state_dir: second"))
    done = town.world.run("netzwacht-dashboard", "-c", other, ok=False, timeout=20)
    check(done.returncode != 0 and f"port {town.port}" in done.stderr and "in use" in done.stderr, done.stderr[-400:])
    check(town.answers(), "the first one is gone")


def parse_time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def version_key(version):
    return [int(number) for number in re.findall(r"\d+", version)]


def firmware_is_shared_out():
    """the shares of models and versions add up to all hardware, and the rules' verdicts to the shares"""
    client = town.clients["planner"]
    shares = client.get("/api/v1/firmware")
    versions = [v for m in shares["models"] for v in m["versions"]]
    check(shares["rules"] == 6, f"{shares['rules']} rules")
    check(sum(v["assets"] for v in versions) == shares["assets"] == sum(shares["firmware"].values()), "shares do not add up")
    by_model = {m["model"]: m for m in shares["models"]}
    old = by_model["UAP-SIM-1"]
    check(old["support"] == "ended" and old["rule"]["days_left"] == -210, f"{old}")
    check(by_model["UAP-SIM-2"]["support"] == "ends_soon" and by_model["sim48p"]["support"] == "runs", "support")
    check([v["firmware"] for v in by_model["sim48p"]["versions"]] == ["current", "outdated"], f"{by_model['sim48p']}")
    check(sum(m["hotspots"] for m in shares["models"] if (m["model"] or "").startswith(("UAP", "SIM-A"))) == HOTSPOTS, "hotspots")
    check(by_model["sim48q"]["hotspots"] == HOTSPOTS, "each hotspot counts once for all switches on its way")
    rows = [i for i in client.get("/api/v1/firmware/assets?limit=1000")["items"] if i["entity"]]
    check(rows and all(r["firmware"] == "unrated" and r["version"] == "8.6.0.9" and r["serial"].startswith("SIM")
                       and r["model"] in by_model for r in rows), "access points of the controllers are not told apart")
    hotspot = next(h for h in client.get("/api/v1/hotspots?limit=1000")["items"] if h["entity"] == rows[0]["entity"])
    hardware = client.get(f"/api/v1/hotspots/{hotspot['id']}")["hardware"]
    check(hardware["serial"] == rows[0]["serial"], f"{hardware}, {rows[0]}")
    silent = client.get("/api/v1/firmware/assets?firmware=unknown&limit=1000")["items"]
    check(silent and all(r["kind"] == "ups" and r["version"] is None for r in silent), f"{silent}")


def old_firmware_is_found_and_downloaded():
    """everything older than a version, by model and place, as pages of JSON and as one table of CSV"""
    client = town.clients["operator"]
    everything = client.get("/api/v1/firmware/assets?limit=1000")["items"]
    aps = [i for i in everything if i["model"] == "UAP-SIM-2"]
    expected = [i["device"] for i in aps if version_key(i["version"]) < version_key("6.5.62")]
    check(0 < len(expected) < len(aps), f"nothing to choose from: {aps}")
    found = client.get("/api/v1/firmware/assets?limit=1000&model=UAP-SIM-2&older_than=6.5.62")["items"]
    check([i["device"] for i in found] == expected, f"{found}")
    page = client.get("/api/v1/firmware/assets?limit=1&model=UAP-SIM-2&older_than=6.5.62")
    check(len(page["items"]) == 1 and page["next"], "no pages")
    csv = {"Accept": "text/csv"}
    answer, data = client.ask("GET", "/api/v1/firmware/assets?limit=1&model=UAP-SIM-2&older_than=6.5.62", headers=csv)
    lines = data.decode().split("\r\n")
    check(answer.getheader("Content-Type").startswith("text/csv"), "no CSV")
    check(lines[0].startswith("device,entity,name,kind,site,vendor,model,version,serial,firmware,support,hotspots"), lines[0])
    check([line.split(",")[0] for line in lines[1:-1]] == expected, data.decode())
    answer, data = client.ask("GET", "/api/v1/firmware", headers=csv)
    check(b",UAP-SIM-1,4.3.28.11361,current,ended," in data, data.decode())
    too_old = client.get("/api/v1/firmware/assets?firmware=too_old&limit=1000")["items"]
    check(too_old and all(i["version"].startswith("6.2.44") and i["rule"]["reason"] for i in too_old), f"{too_old}")
    ended = client.get("/api/v1/firmware/assets?support=ended&limit=1000")["items"]
    check(ended and all(i["model"] == "UAP-SIM-1" for i in ended), f"{ended}")
    serial = next(i for i in everything if i["kind"] == "switch")
    check([i["device"] for i in client.get(f"/api/v1/firmware/assets?q={serial['serial']}")["items"]] == [serial["device"]], "q")
    for wrong in ("older_than=newest", "older_than=" + "1" * 65, "limit=0"):
        answer, _ = client.ask("GET", "/api/v1/firmware/assets?" + wrong)
        check(answer.status == 400, f"{wrong}: {answer.status}")


def swapped_hardware_is_recorded():
    """another serial number at the same place is an event with its time, also after the dashboard's restart"""
    client = town.clients["operator"]
    device = next(d for d in client.get("/api/v1/devices?kind=switch&limit=1000")["items"] if not d["is_core"])
    path = f"/api/v1/devices/{device['id']}"
    before = client.get(path)
    check(before["serial"].startswith("SIM") and client.get(path + "/changes")["items"] == [], f"{before}")
    town.ctl("swap", device["id"])
    swapped = time.time()
    change = wait_for("the swap is told", 30, lambda: client.get(path + "/changes")["items"])[0]
    after = client.get(path)
    check((change["what"], change["before"], change["after"]) == ("serial", before["serial"], after["serial"]), f"{change}")
    check(change["entity"] is None, f"{change}")
    check(abs(parse_time(change["at"]) - swapped) < 30, f"{change}")
    check(abs(parse_time(after["booted"]) - swapped) < 30 and after["booted"] > before["booted"], f"{after['booted']}")
    town.dashboard.terminate()
    check(town.dashboard.wait(20) == 0, "an orderly end")
    town.start_dashboard()
    town.clients = {name: town.client(name) for name in USERS}
    client = town.clients["operator"]
    wait_for("polls arrive", 20, lambda: client.get(path)["serial"])
    check(len(client.get(path + "/changes")["items"]) == 1, "told twice")


def little_is_used():
    """the dashboard stays under 64 MiB and is mostly idle"""
    with open(f"/proc/{town.dashboard.pid}/status") as status:
        rss = int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])
    check(rss < 65536, f"{rss} KiB")


if __name__ == "__main__":
    with World() as world:
        town = Town(world)
        run_tests(hotspots_are_live, pages_and_filters, answers_conform, roles_are_kept, changes_need_the_token,
                  incident_is_acknowledged,
                  maintenance_is_planned_and_ended, events_are_replayed, series_have_values,
                  firmware_is_shared_out, old_firmware_is_found_and_downloaded, swapped_hardware_is_recorded, malformed_requests_are_refused,
                  slow_clients_are_cut, public_page_is_complete, monitor_shows_itself, monitor_tells_of_its_work, another_configuration_is_taken_over, audit_is_a_chain,
                  logging_out_ends_the_session, access_tokens_replace_log_ins,
                  second_factor_is_asked_for, log_ins_are_throttled, port_in_use_is_said, little_is_used)
