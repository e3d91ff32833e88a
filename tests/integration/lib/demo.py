# SPDX-License-Identifier: GPL-3.0-or-later
"""A running `netzwacht demo`, seen by its API, by a NOC on MQTT, and by /proc."""
import http.client
import json
import os
import re
import socket
import subprocess
import time

from .harness import check, free_port, tool, wait_for

HOTSPOTS = 540


def is_open(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class Noc:
    """mosquitto_sub as the NOC: every event, in order of arrival."""

    def __init__(self, world, port):
        self.path = world.dir / "noc.log"
        wait_for("the broker", 20, lambda: is_open(port))
        with open(self.path, "ab") as output:
            self.process = subprocess.Popen(
                [tool("mosquitto_sub"), "-h", "127.0.0.1", "-p", str(port), "-q", "1", "-t", "netzwacht/v1/norderstedt/event"],
                stdout=output, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        world.processes.append(self.process)

    def events(self):
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{")]

    def unique(self):
        """Each id once, in order of first arrival; the same id must always carry the same body."""
        bodies = {}
        for event in self.events():
            earlier = bodies.setdefault(event["id"], event)
            check(earlier == event, f"{event['id']} arrived with two bodies")
        return list(bodies.values())

    def check_gap_free(self):
        for lane in ("critical", "main"):
            numbers = sorted(int(e["sequence"]) for e in self.unique() if e["source"].endswith("/" + lane))
            expected = list(range(numbers[0], numbers[0] + len(numbers))) if numbers else []
            check(numbers == expected, f"{lane}: sequence has gaps: {numbers}")

    def incidents(self):
        """The latest body of each incident, by id."""
        return {e["data"]["id"]: e["data"] for e in self.unique()}


class Demo:
    """A running `netzwacht demo`."""

    def __init__(self, world, *options, hotspots=HOTSPOTS):
        self.world = world
        self.passwords = world.dir / "passwords"
        self.begin = time.monotonic()
        self.process = world.start("netzwacht", "demo", "--hotspots", hotspots, "--port", free_port(), "--days", 1,
                                   "--passwords", self.passwords, *options,
                                   env={**os.environ, "TMPDIR": str(world.dir)})
        text = wait_for("the demo's welcome", 60, lambda: "Ctrl-C ends" in world.log("netzwacht") and world.log("netzwacht"))
        self.http_port = int(re.search(r"dashboard +http://127\.0\.0\.1:(\d+)/", text)[1])
        self.mqtt_port = int(re.search(r"mosquitto_sub -h 127\.0\.0\.1 -p (\d+)", text)[1])
        self.dir = re.search(r"ctl --dir (\S+)/city", text)[1]
        self.cookie = self.token = None

    def request(self, method, path, body=None, accept_errors=False):
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=10)
        headers = {"Content-Type": "application/json"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if self.token and method != "GET":
            headers["X-CSRF-Token"] = self.token
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        if not accept_errors:
            check(answer.status < 300, f"{method} {path}: {answer.status} {data[:300]}")
        if answer.getheader("Set-Cookie"):
            self.cookie = answer.getheader("Set-Cookie").split(";")[0]
        return answer, data

    def get(self, path):
        return json.loads(self.request("GET", "/api/v1" + path)[1])

    def log_in(self, user="operator"):
        def attempt():
            try:
                words = dict(line.split() for line in self.passwords.read_text().splitlines())
                answer, _ = self.request("POST", "/api/v1/session", {"user": user, "password": words[user]}, accept_errors=True)
                return answer.status in (200, 204)
            except OSError:
                return False
        wait_for("log-in", 30, attempt, interval=0.5)
        answer, data = self.request("GET", "/api/v1/session")
        self.token = answer.getheader("X-CSRF-Token") or json.loads(data).get("csrf_token") or json.loads(data).get("csrf")

    def states(self):
        items = self.get("/hotspots?limit=1000")["items"]
        return {item["id"]: item["state"] for item in items}

    def wait_all(self, seconds, wanted, what):
        def probe():
            states = self.states()
            return len(states) == HOTSPOTS and all(wanted(s) for s in states.values())
        wait_for(what, seconds, probe, interval=0.5)

    def wait_live(self):
        self.wait_all(60, lambda s: s != "unknown", "540 hotspots live")
        return time.monotonic() - self.begin

    def city(self, *words):
        return json.loads(self.world.run("netzwacht-city", "ctl", "--dir", f"{self.dir}/city", *words).stdout)

    def truth(self):
        with open(f"{self.dir}/city/city-log.jsonl", encoding="utf-8") as log:
            return [json.loads(line) for line in log]

    def arguments(self):
        """pid -> arguments of every process that belongs to this demo."""
        found = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as f:
                    words = f.read().split("\0")
            except OSError:
                continue  # it ended meanwhile
            if any(self.dir in word for word in words):
                found[int(pid)] = words
        return found

    def processes(self):
        """pid -> program of every process that belongs to this demo."""
        return {pid: os.path.basename(words[0]) for pid, words in self.arguments().items()}

    def pid_of(self, program, word=None):
        for pid, words in self.arguments().items():
            if os.path.basename(words[0]) == program and (word is None or word in words):
                return pid
        return None

    def is_gone(self):
        return not self.processes() and not os.path.exists(self.dir)


def started(world, *options):
    demo = Demo(world, *options)
    demo.log_in()
    demo.wait_live()
    return demo
