#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong in the simulated city, and what collector, probe and alerts make of it: the city's log is the truth."""
import json
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import World, check, free_port, run_tests, wait_for

# What the city calls it: how its hotspots must be, and the type of the one incident.
EXPECTED = {
    "fibre-cut": ("unusable", "fibre_cut"),
    "power-cut": ("unusable", "power_cut"),
    "agent-dead": ("unusable", "device_down"),
    "lido-congestion": ("degraded", "congestion"),
    "portal-certificate": ("degraded", "certificate_expired"),
    "dns-failure": ("unusable", "dns_down"),
    "dns-slow": ("degraded", "limit"),
}


class Town:
    def __init__(self, world):
        self.world = world
        self.city_dir = world.dir / "city"
        world.run("netzwacht-city", "init", "--dir", self.city_dir, "--hotspots", 60, "--nodes", 24, "--seed", 5,
                  "--battery-seconds", 4, "--dhcp", "--port", free_port(socket.SOCK_DGRAM), "--portal-port", free_port(),
                  "--portal-tls-port", free_port(), "--dns-port", free_port(socket.SOCK_DGRAM))
        config = world.write("netzwacht.yaml", """
instance: teststadt
state_dir: state
simulated: true
inventory: [city/inventory.yaml]
districts: city/districts.geojson
credentials: [{name: default, version: v2c, community_file: city/community}]
collector: {interval: 1s, timeout: 300ms, miss_interval: 300ms, confirm_interval: 100ms}
probe: {interval: 2s, allowed: [127.16.0.0/12]}
""")
        world.start("netzwacht-city", "run", "--dir", self.city_dir, "--script", "none")
        for name in ("collector", "probe", "alerts"):
            world.start(f"netzwacht-{name}", "-c", config)
        wait_for("every hotspot is usable", 90, self.is_quiet, interval=0.5)

    def states(self):
        """id -> (state, reason) of the hotspots, as alerts said last"""
        last = {}
        for line in self.world.journal("alerts"):
            if "state" in line and line["state"]["kind"] == "hotspot":
                last[line["state"]["id"]] = (line["state"]["state"], line["state"].get("reason", "none"))
        return last

    def incidents(self):
        """id -> the newest record of each incident"""
        return {line["incident"]["id"]: line["incident"] for line in self.world.journal("alerts") if "incident" in line}

    def open_incidents(self):
        return [i for i in self.incidents().values() if not i.get("closed")]

    def is_quiet(self):
        states = self.states()
        return len(states) == 60 and all(state == "usable" for state, _ in states.values())

    def tell(self, *words):
        answer = json.loads(self.world.run("netzwacht-city", "ctl", "--dir", self.city_dir, *words).stdout)
        check(answer["ok"], f"{words}: {answer}")

    def truth(self, kind):
        """The newest line of the city's log about this kind that says whom it hits."""
        lines = [json.loads(line) for line in (self.city_dir / "city-log.jsonl").read_text().splitlines()]
        return next((line for line in reversed(lines) if line["kind"] == kind and line["event"] != "end" and line["hotspots"]), None)


town = None


def goes_as_told(kind):
    state, incident_type = EXPECTED[kind]
    # the hour may be one in which few people are on-line: a full lido is judged by its channels alone
    town.tell("incident", kind, "on")
    truth = wait_for(f"{kind} to hit somebody", 30, lambda: town.truth(kind))
    expected = {h: (state, truth["reason"]) for h in truth["hotspots"]}
    check(expected, f"{kind} hits nobody: {truth}")

    def hit():
        return {h: s for h, s in town.states().items() if s[0] != "usable"} == expected
    try:
        wait_for(f"{len(expected)} hotspots {state} because of {truth['reason']}", 90, hit, interval=0.5)
    except AssertionError as problem:
        seen = {h: s for h, s in town.states().items() if s[0] != "usable"}
        check(False, f"{problem}\nexpected {expected}\nseen {seen}")
    members = wait_for("one incident with these members", 30, lambda: [
        i for i in town.open_incidents() if i["type"] == incident_type and
        {m["id"] for m in i.get("members", []) if m["kind"] == "hotspot"} == set(expected)], interval=0.5)
    about_hotspots = [i for i in town.open_incidents() if any(m["kind"] == "hotspot" for m in i.get("members", []))]
    check(len(about_hotspots) == 1, f"one cause, {[(i['type'], i['cause']) for i in about_hotspots]}")
    evidence = members[0].get("evidence")
    check(evidence or kind == "fibre-cut", f"no evidence: {members[0]}")
    town.tell("incident", kind, "off")
    wait_for("every hotspot is usable again", 90, town.is_quiet, interval=0.5)
    wait_for("the incident closes", 60, lambda: all(i["type"] != incident_type for i in town.open_incidents()), interval=0.5)


def a_cut_fibre():
    """a cut fibre: exactly the hotspots below are unusable, reason fibre, one incident, one end"""
    goes_as_told("fibre-cut")


def a_street_without_power():
    """a cabinet without power: nothing while the battery lasts, then its hotspots are unusable, reason power"""
    goes_as_told("power-cut")


def a_dead_access_point():
    """a dead access point: its hotspot is unusable, reason ap"""
    goes_as_told("agent-dead")


def a_crowd_at_the_lido():
    """a crowd at the lido: its hotspots are degraded, reason congestion"""
    goes_as_told("lido-congestion")


def an_expired_certificate():
    """an expired certificate of the portal: all hotspots are degraded, reason portal"""
    goes_as_told("portal-certificate")


def names_that_fail():
    """a name service that fails: all hotspots are unusable, reason dns"""
    goes_as_told("dns-failure")


def names_that_take_their_time():
    """a name service that is slow: all hotspots are degraded, reason dns, and the evidence is its time"""
    goes_as_told("dns-slow")


def a_pool_that_fills():
    """a DHCP pool that fills: the pool of the server is told with its filling, no hotspot is harmed; it ends when there is room"""
    town.tell("incident", "dhcp-pool", "on")
    told = wait_for("the full pool", 60, lambda: [i for i in town.open_incidents() if i.get("rule") == "dhcp-pool-full"], interval=0.5)
    check([i["cause"]["id"] for i in told] == ["dhcp-1"], f"{told}")
    evidence = told[0]["evidence"][0]
    check(evidence["metric"] == "dhcp.utilization" and evidence["entity"] == "dhcp/1" and evidence["value"] > 95, f"{evidence}")
    check(town.is_quiet(), f"{town.states()}")
    town.tell("incident", "dhcp-pool", "off")
    wait_for("its end", 60, lambda: all(i.get("rule") != "dhcp-pool-full" for i in town.open_incidents()), interval=0.5)


with World() as the_world:
    town = Town(the_world)
    run_tests(a_cut_fibre, a_street_without_power, a_dead_access_point, a_crowd_at_the_lido, an_expired_certificate, names_that_fail,
              names_that_take_their_time, a_pool_that_fills)
