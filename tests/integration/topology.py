#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who hangs on whom: a simulated city as its inventory says, and one whose inventory and LLDP err once in each way."""
import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.demo import Demo  # noqa: E402
from lib.harness import BUILD, World, check, run_tests, wait_for  # noqa: E402

CITY = ("--quiet-city", "--nodes", 24)


def topology(demo):
    return demo.get("/topology?aps=1")


def is_read(t):
    """Every switch below the core is confirmed by LLDP, so nothing is still to come."""
    switches = [n for n in t["nodes"] if n["kind"] == "switch" and not n["is_core"]]
    return len(switches) > 5 and all(n["seen"] != "no" and n["load"] for n in switches)


def plain(x):
    name = lambda party: party and party["id"]
    return {"code": x["code"], "device": name(x["device"]), "stated": name(x["stated"]), "stated_port": x["stated_port"],
            "seen": name(x["seen"]), "seen_port": x["seen_port"]}


def city_without_mistakes_has_no_contradiction():
    """A city as its inventory says: each link is confirmed, nothing contradicts, nobody is unknown, nothing is proposed"""
    with World() as world:
        demo = Demo(world, *CITY, hotspots=80)
        demo.log_in()
        t = wait_for("LLDP of all switches", 60, lambda: is_read(topology(demo)) and topology(demo), interval=0.5)
        check(t["contradictions"] == [] and t["contradiction_count"] == 0, f"contradictions: {t['contradictions']}")
        check(t["stranger_count"] == 0, f"strangers: {t['strangers']}")
        check(t["proposal_count"] == 0, f"proposals: {t['proposals']}")
        check({n["evidence"] for n in t["nodes"] if n["parent"]} == {"inventory"}, "something else than the inventory speaks")
        aps = [n for n in t["nodes"] if n["kind"] == "ap"]
        check(aps and all(n["seen"] == "one_end" for n in aps), "access points speak no LLDP here: their switch alone sees them")
        for n in t["nodes"]:
            if n["kind"] == "switch" and not n["is_core"]:
                check(n["seen"] == "both_ends" and re.match(r"if/xe-", n["own_port"]), f"{n['id']}: {n['seen']}, {n['own_port']}")
        check(not any(link["is_ring"] for link in t["links"]), "a tree has no ring")
        agg = next(n for n in t["nodes"] if n["id"].startswith("agg-"))
        rows = demo.get(f"/devices/{agg['id']}/neighbours")["items"]
        up = [row for row in rows if row["device"] == agg["parent"]]
        check(up and up[0]["address"].startswith("127."), f"the uplink among {rows}")
        demo.city("incident", "fibre-cut", agg["id"], "on")
        wait_for("the cut to be seen", 60, lambda: next(n for n in topology(demo)["nodes"] if n["id"] == agg["id"])["state"] != "usable",
                 interval=0.5)
        check(topology(demo)["contradictions"] == [], f"a fault is no contradiction: {topology(demo)['contradictions']}")


def each_mistake_is_one_contradiction():
    """A city whose papers err once in each way: exactly these contradictions, with whom and which port, and no other"""
    with World() as world:
        demo = Demo(world, *CITY, "--mistakes", hotspots=80)
        demo.log_in()
        expected = json.loads(Path(f"{demo.dir}/city/mistakes.json").read_text())
        check(len(expected) == 7, f"{len(expected)} mistakes")
        wait_for("LLDP of all switches", 60, lambda: is_read(topology(demo)), interval=0.5)
        t = topology(demo)
        key = lambda x: (x["code"], x["device"])
        found = sorted(map(plain, t["contradictions"]), key=key)
        check(found == sorted(expected, key=key),
              "contradictions:\n" + "\n".join(map(str, found)) + "\nexpected:\n" + "\n".join(map(str, sorted(expected, key=key))))
        check(t["stranger_count"] == 1 and t["strangers"][0]["system_name"] == "shop-wifi", f"strangers: {t['strangers']}")
        moved = next(x for x in expected if x["code"] == "uplink_differs")
        node = next(n for n in t["nodes"] if n["id"] == moved["device"])
        check(node["parent"] == moved["stated"], "the inventory's word must stand")


if __name__ == "__main__":
    check((BUILD / "netzwacht").exists(), f"no netzwacht in {BUILD}")
    run_tests(city_without_mistakes_has_no_contradiction, each_mistake_is_one_contradiction)
