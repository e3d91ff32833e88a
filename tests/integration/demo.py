# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole path: `netzwacht demo`, seen by its API and by a NOC on MQTT; expected incidents come from the city's log."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time

from lib.harness import BUILD, World, check, free_port, run_tests, tool, wait_for

HOTSPOTS = 540


class Noc:
    """mosquitto_sub as the NOC: every event, in order of arrival."""

    def __init__(self, world, port):
        self.path = world.dir / "noc.log"
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

    def processes(self):
        """pid -> program of everything that belongs to this demo."""
        found = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    argv = f.read().split(b"\0")
            except OSError:
                continue
            if any(self.dir.encode() in word for word in argv):
                found[int(pid)] = os.path.basename(argv[0].decode())
        return found

    def pid_of(self, program, word=None):
        for pid, name in self.processes().items():
            if name == program:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    if word is None or word.encode() in f.read().split(b"\0"):
                        return pid
        return None

    def is_gone(self):
        return not self.processes() and not os.path.exists(self.dir)


def started(world, *options):
    demo = Demo(world, *options)
    demo.log_in()
    demo.wait_live()
    return demo


def demo_shows_540_hotspots_and_its_first_incident_reaches_the_noc():
    """The demo shows 540 live hotspots, and its first scripted incident reaches API and NOC as the city's log says"""
    with World() as world:
        demo = Demo(world)
        noc = Noc(world, demo.mqtt_port)
        demo.log_in()
        demo.wait_live()
        first = wait_for("the city's first incident", 60,
                         lambda: next((t for t in demo.truth() if t["event"] == "begin" and t.get("hotspots")), None))
        expected = set(first["hotspots"])
        def members_are_there():
            return any(expected <= {m["id"] for m in i["members"] if m["kind"] == "hotspot"} for i in noc.incidents().values())
        wait_for(f"{first['kind']} with {len(expected)} members on MQTT", 60, members_are_there, interval=0.5)
        wait_for("the incident in the API", 10, lambda: demo.get("/incidents")["items"])
        noc.check_gap_free()


def quiet_city_breaks_exactly_as_told():
    """A killed agent makes exactly its hotspot unusable; a cut at an aggregation node is one incident with all below it"""
    with World() as world:
        demo = started(world, "--quiet-city")
        noc = Noc(world, demo.mqtt_port)
        wait_for("a quiet city", 60, lambda: set(demo.states().values()) <= {"usable", "degraded"}, interval=0.5)
        before = {h for h, s in demo.states().items() if s == "unusable"}
        check(not before, f"unusable before anything broke: {before}")
        victim = next(h for h in demo.get("/hotspots?limit=1000")["items"] if h["device"].startswith("ap-"))
        demo.city("kill", victim["device"])
        wait_for("the hotspot to be unusable", 40, lambda: demo.states()[victim["id"]] == "unusable")
        wrong = {h for h, s in demo.states().items() if s in ("unusable", "unknown")} - {victim["id"]}
        check(not wrong, f"others became unusable: {wrong}")
        demo.city("revive", victim["device"])
        wait_for("the hotspot to return", 40, lambda: demo.states()[victim["id"]] in ("usable", "degraded"))

        demo.city("incident", "fibre-cut", "on")
        cut = next(t for t in reversed(demo.truth()) if t["event"] == "begin" and t["kind"] == "fibre-cut")
        expected = set(cut["hotspots"])
        check(len(expected) > 5, f"a fibre cut takes only {len(expected)} hotspots")
        wait_for(f"{len(expected)} hotspots to be unusable", 60,
                 lambda: {h for h, s in demo.states().items() if s in ("unusable", "unknown")} == expected, interval=0.5)
        def whole():
            return [i for i in noc.incidents().values()
                    if not i["closed"] and {m["id"] for m in i["members"] if m["kind"] == "hotspot"} == expected]
        wait_for("one incident with exactly the hotspots below the cut", 30, whole, interval=0.5)
        still_open = [i for i in noc.incidents().values() if not i["closed"]]
        check(len(still_open) == 1, f"one cut, {len(still_open)} incidents: {[(i['type'], i['cause']) for i in still_open]}")
        demo.city("incident", "fibre-cut", "off")
        wait_for("recovery", 60, lambda: all(i["closed"] for i in noc.incidents().values()), interval=0.5)
        closings = [e for e in noc.unique() if e["type"].endswith("incident.closed") and e["data"]["id"] == still_open[0]["id"]]
        check(len(closings) == 1, f"{len(closings)} recoveries for one incident")
        noc.check_gap_free()


def silent_city_is_one_incident():
    """SIGSTOP of the city: all 540 hotspots unknown or unusable under one incident; SIGCONT: they return, one recovery"""
    with World() as world:
        demo = started(world, "--quiet-city")
        noc = Noc(world, demo.mqtt_port)
        wait_for("a quiet city", 60, lambda: set(demo.states().values()) <= {"usable", "degraded"}, interval=0.5)
        city = wait_for("the city's process", 5, lambda: demo.pid_of("netzwacht-city", "run"))
        os.kill(city, signal.SIGSTOP)
        demo.wait_all(45, lambda s: s in ("unknown", "unusable"), "540 hotspots unknown or unusable")
        time.sleep(5)
        still_open = [i for i in noc.incidents().values() if not i["closed"]]
        check(len(still_open) == 1, f"{len(still_open)} incidents: {[(i['type'], i['cause']) for i in still_open]}")
        os.kill(city, signal.SIGCONT)
        demo.wait_all(60, lambda s: s in ("usable", "degraded"), "540 hotspots to return")
        wait_for("the recovery", 30, lambda: all(i["closed"] for i in noc.incidents().values()), interval=0.5)
        closings = [e for e in noc.unique() if e["type"].endswith("incident.closed")]
        check(len(closings) == 1, f"{len(closings)} recoveries")
        noc.check_gap_free()


def daemons_survive_kill_9():
    """kill -9 of each daemon in turn while an incident goes on: no event is missing at the NOC"""
    with World() as world:
        demo = started(world, "--quiet-city")
        noc = Noc(world, demo.mqtt_port)
        wait_for("a quiet city", 60, lambda: set(demo.states().values()) <= {"usable", "degraded"}, interval=0.5)
        victims = [h for h in demo.get("/hotspots?limit=1000")["items"] if h["device"].startswith("ap-")]
        daemons = ["netzwacht-alerts", "netzwacht-collector", "netzwacht-store", "netzwacht-probe", "netzwacht-public",
                   "netzwacht-dashboard"]
        for number, daemon in enumerate(daemons):
            demo.city("kill", victims[number * 7]["device"])
            pid = wait_for(f"{daemon} to run", 60, lambda d=daemon: demo.pid_of(d))
            time.sleep(1 + number)
            os.kill(pid, signal.SIGKILL)
            wait_for(f"{daemon} to be started anew", 60, lambda d=daemon, p=pid: demo.pid_of(d) not in (None, p))
        broken = {victims[number * 7]["id"] for number in range(len(daemons))}
        def noc_knows_all():
            members = {m["id"] for i in noc.incidents().values() if not i["closed"] for m in i["members"]}
            return broken <= members
        wait_for("all six hotspots in open incidents at the NOC", 90, noc_knows_all, interval=0.5)
        noc.check_gap_free()


def nothing_is_left(end):
    with World() as world:
        demo = Demo(world, hotspots=40)
        time.sleep(3)
        check(len(demo.processes()) >= 6, f"only {demo.processes()}")
        end(demo)
        wait_for("no process and no file left", 30, demo.is_gone)
        left = [p for p in os.listdir(world.dir) if p.startswith("netzwacht-demo")]
        check(not left, f"left behind: {left}")


def ctrl_c_leaves_nothing():
    """Ctrl-C leaves no process and no file behind"""
    nothing_is_left(lambda demo: demo.process.send_signal(signal.SIGINT))


def sigterm_leaves_nothing():
    """SIGTERM leaves no process and no file behind"""
    nothing_is_left(lambda demo: demo.process.send_signal(signal.SIGTERM))


def kill_9_leaves_nothing():
    """kill -9 of the supervisor leaves no process and no file behind"""
    nothing_is_left(lambda demo: demo.process.send_signal(signal.SIGKILL))


def a_crash_of_a_part_and_then_the_end_leave_nothing():
    """A crash of a part, and then the end, leave no process and no file behind"""
    def end(demo):
        os.kill(demo.pid_of("netzwacht-collector"), signal.SIGSEGV)
        time.sleep(0.5)
        demo.process.send_signal(signal.SIGTERM)
    nothing_is_left(end)


def a_taken_port_is_avoided():
    """A port that is taken is avoided, and the address printed is the one that answers"""
    with World() as world, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        world.start("netzwacht", "demo", "--hotspots", 20, "--port", port, "--days", 0,
                    env={**os.environ, "TMPDIR": str(world.dir)})
        text = wait_for("the welcome", 30, lambda: "Ctrl-C ends" in world.log("netzwacht") and world.log("netzwacht"))
        found = int(re.search(r"dashboard +http://127\.0\.0\.1:(\d+)/", text)[1])
        check(found != port, "the taken port was announced")
        def answers():
            try:
                connection = http.client.HTTPConnection("127.0.0.1", found, timeout=2)
                connection.request("GET", "/healthz")
                return connection.getresponse().status in (200, 503)
            except OSError:
                return False
        wait_for("the dashboard to answer", 20, answers)


if __name__ == "__main__":
    check((BUILD / "netzwacht").exists(), f"no netzwacht in {BUILD}")
    run_tests(demo_shows_540_hotspots_and_its_first_incident_reaches_the_noc, quiet_city_breaks_exactly_as_told,
              silent_city_is_one_incident, daemons_survive_kill_9, ctrl_c_leaves_nothing, sigterm_leaves_nothing,
              kill_9_leaves_nothing, a_crash_of_a_part_and_then_the_end_leave_nothing, a_taken_port_is_avoided)
