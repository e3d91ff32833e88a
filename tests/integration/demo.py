# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole path: `netzwacht demo`, seen by its API and by a NOC on MQTT; expected incidents come from the city's log."""
import http.client
import os
import re
import signal
import socket
import time

from lib.demo import Demo, Noc, started
from lib.harness import BUILD, World, check, run_tests, wait_for


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
        uplink = next(d for d in demo.get("/devices?limit=1000")["items"] if d["id"].startswith("agg-"))["id"]
        wait_for("LLDP neighbours of an aggregation switch", 30, lambda: demo.get(f"/devices/{uplink}/neighbours")["items"])
        victim = next(h for h in demo.get("/hotspots?limit=1000")["items"] if h["device"].startswith("ap-"))
        demo.city("kill", victim["device"])
        began = time.monotonic()
        wait_for("the hotspot to be unusable", 40, lambda: demo.states()[victim["id"]] == "unusable")
        print(f"# unusable {time.monotonic() - began:.1f} s after its agent died")
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
        began = time.monotonic()
        demo.wait_all(45, lambda s: s in ("unknown", "unusable"), "540 hotspots unknown or unusable")
        print(f"# 540 dark after {time.monotonic() - began:.1f} s; three intervals are 15 s")
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
