#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation of openapi.yaml is called with valid, with invalid and with unauthorised input; each answer is described, and fits."""
import http.client
import json
import sys
import time
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import World, check, free_port, run_tests, wait_for
from lib.json_schema import OpenApi

ROLES = ("operator", "noc", "planner", "admin")
PASSWORD = "contract-password-1"
STREAM = "/api/v1/events"  # has no end; tests/integration/dashboard.py reads it
STAMP = lambda seconds: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))  # noqa: E731

INVENTORY = """
sites: [{id: markt, name: Markt, lat: 53.7, lon: 10.0}, {id: bad, name: Bad, lat: 53.71, lon: 10.02}]
devices:
  - {id: core, name: Core, address: 127.0.0.1, kind: switch, site: markt, core: true}
  - {id: ap-1, name: AP, address: 127.0.0.1, kind: ap, site: bad, uplink: core}
hotspots: [{id: hs-1, name: Hotspot, site: bad, device: ap-1}]
"""
CELL = [[[9.98, 53.69], [9.99, 53.69], [9.99, 53.70], [9.98, 53.69]]]


class Api:
    def __init__(self, world):
        self.port = free_port()
        world.write("inventory.yaml", INVENTORY)
        world.write("state/coverage/coverage.geojson", json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "id": "cell-1", "geometry": {"type": "Polygon", "coordinates": CELL}, "properties": {}}]}, separators=(",", ":")))
        config = world.write("netzwacht.yaml", "instance: teststadt\nstate_dir: state\ninventory: [inventory.yaml]\n"
                             f"dashboard: {{port: {self.port}, title: Teststadt}}\n")
        world.write("users", f"someone admin {PASSWORD}\n", mode=0o600)
        world.run("netzwacht", "user", "import", "-c", config, world.dir / "users")
        self.tokens = {role: world.run("netzwacht", "token", "add", "--role", role, "--write", f"{role}-token", "-c", config).stdout.strip() for role in ROLES if role != "admin"}
        world.start("netzwacht-dashboard", "-c", config)
        self.count, self.problems = 0, []
        self.admin = {}
        wait_for("the dashboard", 60, self.answers)
        self.log_in()
        self.api = OpenApi(json.loads(self.ask("GET", "/api/v1/openapi.json")[2]))
        self.operations = [(method.upper(), path, operation) for path, item in self.api.document["paths"].items()
                           for method, operation in item.items() if path != STREAM]

    def answers(self):
        try:
            return self.ask("GET", "/api/v1/session")[0] == 200
        except OSError:
            return False

    def log_in(self):
        """An administrator has no token: a session, with its cookie and what changes must carry."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", "/api/v1/session", json.dumps({"user": "someone", "password": PASSWORD}), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        check(answer.status == 204, f"log-in: {answer.status} {answer.read()}")
        connection.close()
        self.admin = {"Cookie": answer.getheader("Set-Cookie").split(";")[0]}
        self.admin["X-CSRF-Token"] = json.loads(self.ask("GET", "/api/v1/session", role="admin")[2])["csrf"]

    def ask(self, method, path, body=None, role=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = dict(self.admin) if role == "admin" else {"Authorization": f"Bearer {self.tokens[role]}"} if role else {}
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        try:
            for _ in range(20):
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                data = answer.read()
                if answer.status != 429 or "session" in path:
                    break
                time.sleep(1)  # 40 a second are too fast
            return answer.status, (answer.getheader("Content-Type") or "").split(";")[0], data
        finally:
            connection.close()

    def judge(self, method, path, operation, asked, wanted, body=None, role=None):
        """Asks, and notes an answer that is not described, does not fit its schema, or has another status than wanted."""
        status, kind, data = self.ask(method, asked, body, role)
        who, self.count = f"{method} {asked} as {role or 'public'}", self.count + 1
        described = operation["responses"].get(str(status))
        if wanted and status not in wanted:
            self.problems.append(f"{who}: {status}, expected {wanted}: {data[:120]}")
        if not described:
            self.problems.append(f"{who}: {status} is not described")
            return data
        content = self.api.resolve(described).get("content", {})
        if not content and not data:
            return data
        if kind not in content:
            self.problems.append(f"{who}: {status} as {kind or 'nothing'} is not described")
        elif kind.endswith("json"):
            self.problems += [f"{who}: {status}: {p}" for p in self.api.problems(content[kind]["schema"], json.loads(data))[:3]]
        return data

    def report(self, least):
        self.problems = [problem if len(problem) < 300 else problem[:300] + " …" for problem in self.problems]
        problems, count = self.problems, self.count
        self.problems, self.count = [], 0
        check(count >= least, f"only {count} calls")
        check(not problems, f"{len(problems)} of {count} calls:\n" + "\n".join(problems[:38]))


api = None

# An id that exists, by the beginning of the path; for others there is none in this town.
IDS = (("/api/v1/hotspots/", "hs-1"), ("/api/v1/devices/", "core"), ("/api/v1/ogc/collections/hotspots/items/", "hs-1"),
       ("/api/v1/ogc/collections/links/items/", "ap-1.uplink.core"), ("/api/v1/ogc/collections/coverage/items/", "cell-1"),
       ("/api/v1/ogc/collections/reports/items/", "1"), ("/api/v1/ogc/collections/", "hotspots"), ("/api/v1/tokens/", "contract"))
QUERIES = {"/api/v1/series": "?entity=core/device&metric=poll.rtt&from=-60"}
BODIES = {"/api/v1/session": {"user": "someone", "password": PASSWORD}, "/api/v1/tokens": {"name": "contract", "role": "noc"},
          "/api/v1/maintenance": {"target": "hs-1", "begin": STAMP(60), "end": STAMP(600), "comment": "Tausch"}}


def filled(path):
    ident = next((ident for begin, ident in IDS if path.startswith(begin)), "nothing-here")
    return path.replace("{id}", ident).replace("{file}", "index.html")


def parameters(operation):
    return [api.api.resolve(p) for p in operation.get("parameters", [])]


def valid_input():
    """valid input gets an answer that is described, and JSON that fits its schema"""
    for method, path, operation in sorted(api.operations, key=lambda o: (o[0] == "DELETE", o[0] == "POST")):
        body = json.dumps(BODIES.get(path, {"comment": "Contract"})) if "requestBody" in operation else "{}" if method == "POST" else None
        # ids of incidents, commands and windows are unknown here: 404; a poll needs a collector: any described answer will do
        wanted = (200, 201, 202, 204) if "{id}" not in path and path not in ("/healthz", "/status/{file}", "/api/v1/series", "/api/v1/coverage/summary") else None
        api.judge(method, path, operation, filled(path) + QUERIES.get(path, ""), wanted, body, "admin")
        if path == "/api/v1/session" and method != "GET":  # a new session takes the place of the one before
            api.log_in()
    api.report(50)


def invalid_parameters():
    """each parameter with bounds is refused beyond them with 400, and each unknown id with 404, as problem+json"""
    for method, path, operation in api.operations:
        if method != "GET":
            continue
        for parameter in parameters(operation):
            schema, name = parameter.get("schema", {}), parameter["name"]
            wrong = []
            if schema.get("type") == "integer":
                wrong += ["x", "1.5"] + [str(schema.get("minimum", 0) - 1)] * ("minimum" in schema) + [str(schema.get("maximum", 0) + 1)] * ("maximum" in schema)
            if name in ("from", "to"):
                wrong.append("yesterday")
            if name == "cursor":
                wrong.append("no-cursor")
            if name == "q":
                wrong.append("x" * 500)
            if parameter["in"] == "query":
                separator = "&" if QUERIES.get(path) else "?"
                for value in wrong:
                    asked = filled(path) + QUERIES.get(path, "") + separator + urllib.parse.urlencode({name: value})
                    if f"{name}=" not in QUERIES.get(path, ""):
                        api.judge(method, path, operation, asked, (400,), role="admin")
        if "{id}" in path and path.startswith("/api/"):
            api.judge(method, path, operation, path.replace("{id}", "nothing-here"), (404,), role="admin")
    api.report(40)


def invalid_bodies():
    """a body that is no JSON, no object, or has members of the wrong type is refused with 400 or 404"""
    for method, path, operation in api.operations:
        if "requestBody" not in operation:
            continue
        for body in ("{", "[]", "7", '"text"', json.dumps({"comment": 7, "target": [], "user": {}, "name": None}), "{\"a\":" * 40 + "1" + "}" * 40):
            api.judge(method, path, operation, filled(path), (400, 404), body, "admin")
    api.report(40)


def unauthorised_input():
    """who is not logged in gets 401, and who has another role 403, both as problem+json"""
    for method, path, operation in api.operations:
        body = "{}" if method == "POST" else None
        if "public" not in operation["x-role"]:
            api.judge(method, path, operation, filled(path), (401,), body)
        for role in ROLES:
            if role not in operation["x-role"]:
                api.judge(method, path, operation, filled(path), (403,), body, role)
    api.report(60)


if __name__ == "__main__":
    with World() as world:
        api = Api(world)
        run_tests(valid_input, invalid_parameters, invalid_bodies, unauthorised_input)
