# SPDX-License-Identifier: GPL-3.0-or-later
"""`netzwacht maintenance`: asks for a window, lists it, cancels it; refusals and silence are told by the exit status."""
import csv
import io
import json
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import check, run_tests, wait_for
from lib.town import PREFIX, Town

RULES = "maintenance:\n  - {id: wlc-night, scope: sw-1, days: [tue, thu], from: '02:00', until: '04:30', comment: Firmware}\n"


def at(hours):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + hours * 3600))


class Desk(Town):
    def __init__(self):
        super().__init__("  rules: rules.yaml\npublic: {interval: 1s}\n")
        self.write("rules.yaml", RULES)

    def maintenance(self, *words, status=0):
        out = self.run("netzwacht", "maintenance", *words, "-c", self.dir / "netzwacht.yaml", ok=False, timeout=60)
        check(out.returncode == status, f"{words}: {out.returncode}, {out.stdout}{out.stderr}")
        return out.stdout + out.stderr

    def windows(self, *more):
        return {w["id"]: w for w in map(json.loads, self.maintenance("list", "--json", *more).splitlines())}


def a_window_is_asked_for_listed_and_cancelled():
    """a window comes into force, stands in the list with who and why, and ends when it is cancelled"""
    with Desk() as town:
        town.begin()
        window = town.maintenance("add", "sw-1", "--end", at(2), "--comment", "Netzteil", "--by", "Mia").strip()
        wait_for("maintenance below the switch", 20, lambda: town.states().get("maintenance") == 6)
        shown = town.windows()[window]
        check((shown["status"], shown["target"], shown["by"], shown["comment"]) == ("active", "sw-1", "Mia", "Netzteil"), f"{shown}")
        later = town.maintenance("add", "ap-1", "--begin", at(24), "--end", at(25), "--comment", "Tausch").strip()
        check(town.windows()[later]["status"] == "planned", "a window of tomorrow")
        lines = town.maintenance("list")
        check(window in lines and "Netzteil" in lines and "wlc-night" in lines and "tue,thu" in lines, lines)
        town.maintenance("cancel", window)
        wait_for("the end of the maintenance", 20, lambda: "maintenance" not in town.states())
        check(window not in town.windows() and town.windows("--all")[window]["status"] == "ended", "the cancelled window")
        check("There is no maintenance window" in town.maintenance("cancel", window, status=1), "cancelled twice")
        check("There is no hotspot" in town.maintenance("add", "nowhere", "--end", at(2), "--comment", "x", status=1), "no target")
        check("in the future" in town.maintenance("add", "ap-1", "--end", at(-1), "--comment", "x", status=1), "over already")
        check("expected a time" in town.maintenance("add", "ap-1", "--end", "soon", "--comment", "x", status=64), "no time")
        check("--comment" in town.maintenance("add", "ap-1", "--end", at(1), status=64), "no comment")
        town.alerts.kill()
        town.alerts.wait()
        check("does not answer" in town.maintenance("add", "ap-2", "--end", at(1), "--comment", "x", status=75), "alerts is down")
        check("pending" in {w["status"] for w in town.windows().values()}, "a window that nobody has answered")


def announced_windows_are_on_the_public_page():
    """announced windows of people and of the rules file stand on the citizens' page, in both languages, escaped, until they end"""
    hostile = "<script>alert(1)</script> & 'so'"
    with Desk() as town:
        town.write("rules.yaml", RULES + "  - {id: sw-2-weekly, scope: sw-2, from: '02:00', until: '04:30', announce: yes, text_de: Technik}\n")
        town.begin()
        town.start("netzwacht-public", "-c", town.dir / "netzwacht.yaml")
        read = lambda name: (town.dir / "state" / "public" / name).read_text()
        items = lambda: json.loads(read("maintenance.json"))["items"] if (town.dir / "state" / "public" / "maintenance.json").exists() else []
        weekly = wait_for("the window of the rules file", 60, lambda: [i for i in items() if i["text"] == {"de": "Technik", "en": "Technik"}])
        check(13 <= len(weekly[0]["times"]) <= 16 and weekly[0]["places"] == "Markt", f"{weekly}")
        check("need `announce`" in town.maintenance("add", "ap-1", "--end", at(1), "--comment", "x", "--text-de", "Hallo", status=1), "a text for nobody")
        begin, end = at(24), at(25)
        window = town.maintenance("add", "ap-1", "--begin", begin, "--end", end, "--comment", "geheim", "--by", "Mia", "--announce",
                                  "--text-de", hostile, "--text-en", "New <b>fibre</b>").strip()
        town.maintenance("add", "ap-2", "--begin", at(24), "--end", at(25), "--comment", "leise")
        mine = wait_for("the announcement", 60, lambda: [i for i in items() if i["text"]["de"] == hostile])
        check(len(items()) == 2 and [t["begin"][:19] for t in mine[0]["times"]] == [begin[:19]], f"{items()}")
        german, english = (wait_for(f"it stands in {name}", 60, lambda: (lambda t: "fibre" in t or "&lt;script&gt;" in t)(read(name)) and read(name))
                           for name in ("index.html", "en.html"))
        check("Angekündigte Wartung" in german and "Announced maintenance" in english, "no heading")
        check("&lt;script&gt;alert(1)" in german and "New &lt;b&gt;fibre" in english and "<script>" not in german, "not escaped")
        for word in ("geheim", "leise", "Mia", "ap-1", "sw-2", window):
            check(not any(word in read(n) for n in ("index.html", "en.html", "maintenance.json")), f"{word} is published")
        town.alerts.kill()
        town.alerts.wait()
        town.start_alerts()
        town.maintenance("cancel", window)
        wait_for("it is gone", 60, lambda: len(items()) == 1)
        wait_for("it is gone from the page", 60, lambda: "fibre" not in read("en.html"))


def the_noc_announces_over_mqtt():
    """a window that the NOC asks for over MQTT is announced on the public page, stands in the list, and is gone when the NOC ends it"""
    window, end = "noc:7", at(2)
    with Desk() as town:
        town.begin()
        town.start("netzwacht-public", "-c", town.dir / "netzwacht.yaml")
        page = town.dir / "state" / "public" / "maintenance.json"
        items = lambda: json.loads(page.read_text())["items"] if page.exists() else []
        replies = lambda: [json.loads(p)["outcome"] for topic, p in town.messages() if topic == "noc/reply/leitstelle"]
        send = lambda verb, **body: town.publish(PREFIX + f"noc/command/{verb}", json.dumps({"client": "leitstelle", **body}))
        asked = dict(command=window, by="Jo", scope="sw-1", end=end, comment="intern", announce=True, text_de="Neue Glasfaser", text_en="New fibre")
        send("maintenance", **asked)
        wait_for("the reply", 30, lambda: replies() == ["done"])
        told = wait_for("the announcement", 60, items)
        check(told[0]["text"] == {"de": "Neue Glasfaser", "en": "New fibre"} and told[0]["times"][0]["end"][:19] == end[:19], f"{told}")
        shown = town.windows()[window]
        check([shown[k] for k in ("status", "target", "by", "via", "announced")] == ["active", "sw-1", "Jo", "mqtt", True], f"{shown}")
        check(window in town.maintenance("list"), "the list for people")
        send("maintenance", **asked)
        wait_for("the reply again", 30, lambda: replies() == ["done"] * 2)
        written = [r for r in town.journal("alerts") if r.get("command", {}).get("verb") == "maintenance"]
        check(len(written) == 1, f"a repeated command is written again: {written}")
        send("maintenance", command="noc-8", scope="nowhere", end=end)
        wait_for("the refusal", 30, lambda: replies()[2:] == ["refused"])
        check("noc-8" not in town.windows() and town.windows("--all")["noc-8"]["status"] == "refused", "a refused window")
        send("maintenance_end", command="noc-9", window=window)
        wait_for("its end on the page", 60, lambda: items() == [])
        check(window not in town.windows() and town.windows("--all")[window]["status"] == "ended", "the ended window")


def incidents_are_summed_up():
    """`netzwacht report incidents` counts the incidents that the NOC heard of, by type and site; also when the journal has forgotten them"""
    with Desk() as town:
        town.begin()
        public = town.start("netzwacht-public", "-c", town.dir / "netzwacht.yaml")
        town.collector.kill("ap-1", "ap-2")
        wait_for("two outages", 30, lambda: len(town.last("incident/")) == 2)
        time.sleep(20)  # one user each: a third of a minute
        town.collector.revive("ap-1", "ap-2")
        wait_for("both recoveries", 40, lambda: sum(e["type"].endswith(".closed") for e in town.unique()) == 2)
        report = lambda: town.run("netzwacht", "report", "incidents", "-c", town.dir / "netzwacht.yaml", "--to", at(1), timeout=60).stdout
        rows = {(r["by"], r["id"]): r for r in csv.DictReader(io.StringIO(report(), newline=""))}
        closed = {e["data"]["id"]: e["data"]["user_minutes"] for e in town.unique() if e["type"].endswith(".closed")}
        for key in (("type", "device_down"), ("site", "markt")):
            check(rows[key]["incidents"] == "2", f"{rows}")
            check(abs(float(rows[key]["user_minutes"]) - sum(closed.values())) < 0.2, f"{rows}, the NOC heard {closed}")
        check(sum(closed.values()) > 0, "nobody was affected: nothing was tested")
        for process in (town.alerts, public):  # whose history is whole when it ends
            process.terminate()
            check(process.wait(60) == 0, "no orderly end")
        before = report()
        shutil.rmtree(town.dir / "state" / "journal" / "alerts")
        after = report()
        strip = lambda text: [[v for k, v in r.items() if k not in ("from", "to")] for r in csv.DictReader(io.StringIO(text, newline=""))]
        check(strip(after) == strip(before) and strip(after), f"the journal's days are all that is counted:\n{before}\n{after}")


if __name__ == "__main__":
    run_tests(a_window_is_asked_for_listed_and_cancelled, announced_windows_are_on_the_public_page, the_noc_announces_over_mqtt,
              incidents_are_summed_up)
