#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Citizens report dead spots and faults to netzwacht-public, without JavaScript and cookies; planners read them in the API."""
import html
import http.client
import json
import re
import sys
import time
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import World, check, free_port, run_tests, wait_for

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DISTRICT = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"id": "mitte", "name": "Mitte"}, "geometry": {
    "type": "Polygon", "coordinates": [[[9.95, 53.65], [10.05, 53.65], [10.05, 53.75], [9.95, 53.75], [9.95, 53.65]]]}}]}


class Monitor:
    def __init__(self, world):
        self.world, self.port, self.public = world, free_port(), free_port()
        world.write("districts.geojson", json.dumps(DISTRICT))
        world.write("inventory.yaml", "sites:\n  - {id: markt, name: \"Markt <1>\", district: mitte, lat: 53.7, lon: 10.0}\nhotspots:\n" + "".join(
            f"  - {{id: hs-{i}, name: Hotspot {i}, site: markt, entity: \"ap/00:00:00:00:00:0{i}\"}}\n" for i in range(3))
            + "  - {id: hs-secret, name: Wache, site: markt, published: false, entity: \"ap/00:00:00:00:00:0f\"}\n")
        self.config = world.write("netzwacht.yaml", "instance: teststadt\nstate_dir: state\ninventory: [inventory.yaml]\ndistricts: districts.geojson\n"
                                  f"dashboard: {{port: {self.port}, title: Teststadt}}\n"
                                  f"public: {{interval: 1s, port: {self.public}, url: 'http://127.0.0.1:{self.public}/status/'}}\n")
        self.token = world.run("netzwacht", "token", "add", "--role", "planner", "plan", "-c", self.config).stdout.strip()
        self.start_public()
        world.start("netzwacht-dashboard", "-c", self.config)
        wait_for("the form", 60, lambda: self.try_get("/status/report") == 200)
        wait_for("the API", 60, lambda: self.listed() is not None)

    def start_public(self):
        self.process = self.world.start("netzwacht-public", "-c", self.config)

    def ask(self, method, path, body=None, headers=None, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.public, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer, answer.read().decode()
        finally:
            connection.close()

    def try_get(self, path):
        try:
            return self.ask("GET", path)[0].status
        except OSError:
            return 0

    def listed(self, query=""):
        try:
            answer, data = self.ask("GET", "/api/v1/citizen-reports" + query, headers={"Authorization": f"Bearer {self.token}"}, port=self.port)
        except OSError:
            return None
        return json.loads(data)["items"] if answer.status == 200 else None

    def fields(self, path):
        """The hidden fields of the form, as a browser without JavaScript would send them."""
        answer, page = self.ask("GET", path)
        check(answer.status == 200 and answer.getheader("Set-Cookie") is None and "<script" not in page, f"{path}: {answer.status}")
        check("form-action 'self'" in answer.getheader("Content-Security-Policy") and "frame-ancestors 'none'" in answer.getheader("Content-Security-Policy"), "CSP")
        form = page.split('method="post"')[1].split("</form>")[0]
        return {html.unescape(name): html.unescape(value) for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)}

    def send(self, fields, address="192.0.2.1", headers=None):
        answer, page = self.ask("POST", "/status/report", urllib.parse.urlencode(fields), {**FORM, "X-Forwarded-For": address, **(headers or {})})
        return answer.status, page

    def patient(self, path="/status/report?district=mitte"):
        """Fields of a form that a person has looked at: a faster one is taken for a program."""
        fields = self.fields(path)
        time.sleep(3.2)
        return fields


monitor = None


def fault_of_a_hotspot_arrives():
    """a fault of a hotspot goes from the form into public's own partition, and into the planners' list"""
    answer, page = monitor.ask("GET", "/status/report?lang=en")
    check(answer.status == 200 and 'href="report?lang=en&amp;district=mitte"' in page, page[-500:])
    form = monitor.ask("GET", "/status/report?district=mitte")[1]
    check(re.findall(r'<option value="(hs-[^"]+)"', form) == ["hs-0", "hs-1", "hs-2"], "what is not published is in the form")
    status, page = monitor.send({**monitor.patient(), "hotspot": "hs-1", "category": "broken"})
    check(status == 200 and "angekommen" in page, f"{status} {page[-400:]}")
    records = [r for r in monitor.world.journal("public") if "report" in r]
    check(len(records) == 1 and "192.0.2.1" not in json.dumps(records), f"{records}")
    report = wait_for("the planners' list", 60, monitor.listed)[0]
    check((report["hotspot"], report["hotspot_name"], report["category"], report["lat"]) == ("hs-1", "Hotspot 1", "broken", 53.7), f"{report}")


def dead_spot_is_a_click_into_the_map():
    """a dead spot is a click into the map of the district: rounded, in the list, and a feature for maps"""
    check(monitor.ask("GET", "/status/map-mitte.svg")[0].status == 200, "no map")
    fields = monitor.patient("/status/report?district=mitte&at.x=100&at.y=60")
    check(re.fullmatch(r"53\.\d{3}", fields["lat"]) and re.fullmatch(r"9\.\d{3}|10\.\d{3}", fields["lon"]), f"{fields}")
    status, _ = monitor.send({**fields, "category": "dead_spot"}, address="192.0.2.2")
    check(status == 200, f"{status}")
    report = wait_for("the list", 60, lambda: monitor.listed("?category=dead_spot"))[0]
    check(report["hotspot"] is None and f"{report['lat']:.3f}" == fields["lat"], f"{report} {fields}")
    check(len(monitor.listed()) == 2 and monitor.listed()[0] == report, "the newest first")
    answer, data = monitor.ask("GET", "/api/v1/ogc/collections/reports/items", headers={"Authorization": f"Bearer {monitor.token}"}, port=monitor.port)
    points = [f["geometry"]["coordinates"] for f in json.loads(data)["features"]]
    check([report["lon"], report["lat"]] in points and len(points) == 2, f"{points}")
    check(monitor.ask("GET", "/api/v1/citizen-reports", port=monitor.port)[0].status == 401, "the public reads reports")


def programs_are_refused():
    """without a token, with one that is forged, too fresh or used, from another site, or with the hidden field filled nothing is kept"""
    good = {"hotspot": "hs-2", "category": "slow"}

    def in_no_time():
        """The status of a form sent at once; None: this machine took too long over it to tell."""
        begin = time.monotonic()
        status, _ = monitor.send({**good, **monitor.fields("/status/report?district=mitte")}, f"192.0.2.{100 + int(begin) % 100}")
        return status if time.monotonic() - begin < 2.5 else None
    check(wait_for("a form that is sent at once", 120, in_no_time, interval=1.1) == 400, "sent in no time")
    kept = lambda: len([r for r in monitor.world.journal("public") if "report" in r])  # noqa: E731
    before = wait_for("the list to have all", 60, lambda: len(monitor.listed()) == kept() and kept())
    check(monitor.send(good)[0] == 400, "no token")
    fields = monitor.patient()
    forged = {**fields, "token": fields["token"][:-1] + ("0" if fields["token"][-1] != "0" else "1")}
    check(monitor.send({**good, **forged}, "192.0.2.3")[0] == 400, "a forged token")
    check(monitor.send({**good, **fields}, "192.0.2.3", {"Origin": "http://evil.example"})[0] == 400, "from another site")
    check(monitor.send({**good, **fields, "website": "http://spam.example"}, "192.0.2.3")[0] == 200, "who fills the hidden field learns of it")
    check(monitor.send({**good, **fields}, "192.0.2.3")[0] == 400, "a token twice")
    fields = monitor.patient()
    for wrong in ({"category": "slow"}, {"hotspot": "hs-2"}, {"hotspot": "hs-secret", "category": "slow"}, {"hotspot": "hs-2", "category": "<b>"},
                  {"lat": "0", "lon": "0", "category": "slow"}):
        check(monitor.send({**fields, **wrong}, "192.0.2.3")[0] == 400, f"{wrong}")
    answer, _ = monitor.ask("POST", "/status/report", json.dumps({**good, **fields}), {"Content-Type": "application/json"})
    check(answer.status == 400, "JSON")
    check([monitor.ask("GET", path)[0].status for path in ("/status/../users.db", "/api/v1/session", "/status/nothing")] == [404] * 3, "more than the page")
    status, _ = monitor.send({**good, **fields}, "192.0.2.4")
    check(status == 200, "the good one after all of them")
    wait_for("that one alone", 60, lambda: len(monitor.listed()) == before + 1)


def one_household_sends_a_few():
    """the sixth report of one household is put off with 429, those of others are taken; the list survives both daemons' restarts"""
    before = len(monitor.listed())
    forms = [monitor.fields("/status/report?district=mitte") for _ in range(7)]
    time.sleep(3.2)
    statuses = [monitor.send({**form, "hotspot": "hs-0", "category": "portal"}, f"2001:db8:7:7::{i + 1}")[0] for i, form in enumerate(forms[:6])]
    check(statuses == [200] * 5 + [429], f"{statuses}")
    check(monitor.send({**forms[6], "hotspot": "hs-0", "category": "portal"}, "2001:db8:7:8::1")[0] == 200, "another household")
    wait_for("the list", 60, lambda: len(monitor.listed()) == before + 6)
    monitor.process.terminate()
    check(monitor.process.wait(30) == 0, "an orderly end")
    monitor.start_public()
    wait_for("the form again", 60, lambda: monitor.try_get("/status/report") == 200)
    check(len(monitor.listed()) == before + 6, "told twice")
    answer, _ = monitor.ask("GET", "/status/report", port=monitor.port)
    check(answer.status == 302 and answer.getheader("Location") == f"http://127.0.0.1:{monitor.public}/status/report", "the dashboard leads to the form")


if __name__ == "__main__":
    with World() as world:
        monitor = Monitor(world)
        run_tests(fault_of_a_hotspot_arrives, dead_spot_is_a_click_into_the_map, programs_are_refused, one_household_sends_a_few)
