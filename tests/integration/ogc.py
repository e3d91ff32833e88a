#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""OGC API - Features: ogrinfo of GDAL opens the dashboard by its address, and a client that knows only the standard gets on."""
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import World, check, free_port, run_tests, tool, wait_for

HOTSPOTS = 250
CELL = [[[9.98, 53.69], [9.99, 53.69], [9.99, 53.70], [9.98, 53.70], [9.98, 53.69]]]


def inventory():
    out = ["sites:"]
    for i in range(10):
        out.append(f"  - {{id: s-{i}, name: \"Straße <{i}>\", lat: {53.6 + i / 50}, lon: {9.9 + i / 50}}}")
    out.append("devices:\n  - {id: core, name: Core, address: 127.0.0.1, kind: switch, site: s-0, core: true}")
    for i in range(10):
        out.append(f"  - {{id: sw-{i}, name: Switch {i}, address: 127.0.0.1, kind: switch, site: s-{i}, uplink: core}}")
    out.append("hotspots:")
    for i in range(HOTSPOTS):
        out.append(f"  - {{id: hs-{i}, name: Hotspot {i}, site: s-{i % 10}, entity: \"ap/00:00:00:00:00:{i:02x}\", uplink: sw-{i % 10}}}")
    return "\n".join(out) + "\n"


class Monitor:
    def __init__(self, world):
        self.world, self.port = world, free_port()
        world.write("inventory.yaml", inventory())
        cells = [{"type": "Feature", "id": f"CRS3035-{i}", "geometry": {"type": "Polygon", "coordinates": CELL},
                  "properties": {"planned": 0.5, "delivered": None, "best": "hs-1"}} for i in range(3)]
        world.write("state/coverage/coverage.geojson", json.dumps({"type": "FeatureCollection", "summary": {}, "features": cells},
                                                                  separators=(",", ":")))
        config = world.write("netzwacht.yaml", "instance: teststadt\nstate_dir: state\ninventory: [inventory.yaml]\n"
                             f"dashboard: {{port: {self.port}, title: Teststadt}}\n")
        self.token = world.run("netzwacht", "token", "add", "--role", "planner", "gis", "-c", config).stdout.strip()
        world.start("netzwacht-dashboard", "-c", config)
        self.root = f"http://127.0.0.1:{self.port}/api/v1/ogc"
        wait_for("the dashboard", 60, lambda: self.ask("http://127.0.0.1:%d/api/v1/session" % self.port)[0] == 200)

    def ask(self, url, token=True):
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {self.token}"} if token else {})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers.get("Content-Type"), json.loads(answer.read())
        except urllib.error.HTTPError as e:
            return e.code, e.headers.get("Content-Type"), json.loads(e.read())
        except urllib.error.URLError:
            return 0, None, None

    def get(self, url):
        status, kind, data = self.ask(url)
        check(status == 200, f"{url}: {status} {data}")
        return kind, data

    def ogrinfo(self, *words):
        return self.world.run(tool("ogrinfo"), "-ro", "--config", "GDAL_HTTP_HEADERS", f"Authorization: Bearer {self.token}",
                              f"OAPIF:{self.root}", *words, timeout=120).stdout


monitor = None


def links_lead_everywhere():
    """from the landing page every link answers with the type it promises, and the next links give each hotspot once"""
    def follow(links, rel):
        return [link for link in links if link["rel"] == rel]
    _, landing = monitor.get(monitor.root)
    for link in landing["links"]:
        kind, _ = monitor.get(link["href"])
        check(link["rel"] == "service-desc" or kind == link["type"], f"{link}: {kind}")
    _, conformance = monitor.get(follow(landing["links"], "conformance")[0]["href"])
    check(any(uri.endswith("/conf/core") for uri in conformance["conformsTo"]), f"{conformance}")
    _, data = monitor.get(follow(landing["links"], "data")[0]["href"])
    check([c["id"] for c in data["collections"]][:2] == ["hotspots", "links"], f"{data}")
    hotspots = data["collections"][0]
    check(monitor.get(follow(hotspots["links"], "self")[0]["href"])[1] == hotspots, "a collection alone differs")
    box = hotspots["extent"]["spatial"]["bbox"][0]
    check([round(v, 2) for v in box] == [9.9, 53.6, 10.08, 53.78], f"{box}")
    seen, url = [], follow(hotspots["links"], "items")[0]["href"] + "?limit=60&state=unknown&datetime=" + urllib.parse.quote("../2126-01-01T00:00:00Z")
    while url:
        kind, page = monitor.get(url)
        check(kind == "application/geo+json" and page["numberMatched"] == HOTSPOTS and page["numberReturned"] == len(page["features"]), f"{kind}")
        seen += [f["id"] for f in page["features"]]
        url = next((link["href"] for link in follow(page["links"], "next")), None)
    check(seen == [f"hs-{i}" for i in range(HOTSPOTS)], f"{len(seen)} of {HOTSPOTS}, {len(set(seen))} different")


def boxes_and_ids_choose():
    """a bounding box, a time and an id choose; what is wrong or unknown is refused with 400 or 404, without a token with 401"""
    items = monitor.root + "/collections/hotspots/items"
    page = monitor.get(items + "?bbox=9.89,53.59,9.93,53.63&limit=1000")[1]
    check({f["properties"]["site"] for f in page["features"]} == {"s-0", "s-1"} and page["numberMatched"] == 50, f"{page['numberMatched']}")
    check(monitor.get(items + "?datetime=../2001-01-01T00:00:00Z")[1]["numberMatched"] == HOTSPOTS, "what has no time is left out")
    check(monitor.get(items + "?state=usable")[1]["numberMatched"] == 0, "state")
    one = monitor.get(items + "/hs-7")[1]
    check(one["id"] == "hs-7" and one["properties"]["name"] == "Hotspot 7" and one["geometry"]["type"] == "Point", f"{one}")
    check({link["rel"] for link in one["links"]} == {"self", "collection"}, f"{one['links']}")
    check(monitor.get(one["links"][0]["href"])[1] == one, "self")
    links = monitor.get(monitor.root + "/collections/links/items?limit=1000")[1]["features"]
    check(len(links) == 10 and sorted((f["geometry"] or {}).get("type", "") for f in links) == [""] + ["LineString"] * 9, f"{links[0]}")
    cells = monitor.get(monitor.root + "/collections/coverage/items?bbox=9.98,53.69,9.985,53.695&limit=2")[1]
    check(cells["numberMatched"] == 3 and cells["features"][1]["geometry"]["coordinates"] == CELL, f"{cells}")
    check(monitor.get(monitor.root + "/collections/coverage/items/CRS3035-2")[1]["properties"]["planned"] == 0.5, "a cell")
    for wrong in ("bbox=1,2,3", "bbox=a,b,c,d", "datetime=soon", "limit=0", "limit=-1", "offset=-1", "colour=red", "f=html"):
        status, kind, _ = monitor.ask(f"{items}?{wrong}")
        check(status == 400 and kind == "application/problem+json", f"{wrong}: {status}")
    for missing in ("/collections/nothing", "/collections/nothing/items", "/collections/hotspots/items/nothing", "/nothing"):
        check(monitor.ask(monitor.root + missing)[0] == 404, missing)
    for path in ("", "/collections/hotspots/items"):
        check(monitor.ask(monitor.root + path, token=False)[0] == 401, f"{path} without a token")


def ogrinfo_opens_it():
    """ogrinfo finds the layers, counts, filters by place and reads names as they are"""
    layers = monitor.ogrinfo()
    check(all(name in layers for name in ("hotspots (title: Hotspots) (Point)", ": links", ": coverage")), layers)
    whole = monitor.ogrinfo("-so", "hotspots")
    check(f"Feature Count: {HOTSPOTS}" in whole and "site_name: String" in whole, whole)
    part = monitor.ogrinfo("-spat", "9.89", "53.59", "9.93", "53.63", "-so", "hotspots")
    check("Feature Count: 50" in part, part)
    rows = monitor.ogrinfo("hotspots")
    check(rows.count("OGRFeature(hotspots)") == HOTSPOTS and "Straße <9>" in rows and "POINT (" in rows, rows[-2000:])
    cells = monitor.ogrinfo("coverage")
    check(cells.count("POLYGON ((") == 3, cells[-1000:])


if __name__ == "__main__":
    with World() as world:
        monitor = Monitor(world)
        run_tests(links_lead_everywhere, boxes_and_ids_choose, ogrinfo_opens_it)
