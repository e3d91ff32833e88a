# SPDX-License-Identifier: GPL-3.0-or-later
"""The council report of the simulated city's past: its structure by qpdf and pdfinfo, its figures by an addition of our own."""
import csv
import datetime
import hashlib
import io
import json
import os
import zoneinfo

from coverage import city, report, seconds_of
from lib.harness import World, check, run_tests, tool

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def make(world, config):
    """Today's month, or the one before if today is its first day: there is a past in it."""
    yesterday = datetime.datetime.now(BERLIN) - datetime.timedelta(days=1)
    month = yesterday.strftime("%Y-%m")
    world.run("netzwacht", "report", "council", "-c", config, "--month", month, "-o", f"{world.dir}/reports/")
    return world.dir / f"reports/council-{month}.pdf", month


def figures(pdf):
    return list(csv.DictReader(io.StringIO(pdf.with_suffix(".csv").read_text(), newline="")))


def figure(rows, month, name, section="city", place=""):
    found = [r["value"] for r in rows if (r["section"], r["id"], r["month"], r["figure"]) == (section, place, month, name)]
    check(len(found) == 1, f"{section} {place} {month} {name}: {len(found)} rows")
    return found[0]


def objects(world, pdf):
    known = json.loads(world.run(tool("qpdf"), "--json=2", "--json-key=qpdf", pdf).stdout)["qpdf"][1]
    return {key.removeprefix("obj:"): o["value"] for key, o in known.items() if isinstance(o.get("value"), dict)}


def in_order(known, element):
    """The structure elements below one, in the order in which a screen reader meets them."""
    for kid in element["/K"] if isinstance(element.get("/K"), list) else [element.get("/K")]:
        if isinstance(kid, str) and "/S" in known.get(kid, {}):
            yield known[kid]
            yield from in_order(known, known[kid])


def a_screen_reader_can_read_it():
    """The PDF has a language, a title, headings in order, a text for each picture and a scope for each table header"""
    with World() as world:
        pdf, _ = make(world, city(world))
        world.run(tool("qpdf"), "--check", pdf)
        info = world.run(tool("pdfinfo"), pdf).stdout
        check("Tagged:          yes" in info and "Bericht an den Rat" in info, info)
        pages = int(next(line.split()[1] for line in info.splitlines() if line.startswith("Pages:")))
        check(2 <= pages <= 8, f"{pages} pages")
        known = objects(world, pdf)
        catalog = next(o for o in known.values() if o.get("/Type") == "/Catalog")
        check(catalog["/Lang"] == "u:de" and catalog["/MarkInfo"]["/Marked"], f"{catalog}")
        check(catalog["/ViewerPreferences"]["/DisplayDocTitle"], f"{catalog}")
        elements = list(in_order(known, known[catalog["/StructTreeRoot"]]))
        names = [e["/S"] for e in elements]
        levels = [int(n[2]) for n in names if n.startswith("/H")]
        check(levels[0] == 1 and levels.count(1) == 1 and all(b - a <= 1 for a, b in zip(levels, levels[1:])), f"headings {levels}")
        pictures = [e.get("/Alt", "") for e in elements if e["/S"] == "/Figure"]
        check(len(pictures) == 2 and all(len(alt) > 80 for alt in pictures), f"{pictures}")
        scopes = [e.get("/A", {}).get("/Scope") for e in elements if e["/S"] == "/TH"]
        check(scopes.count("/Column") > 20 and scopes.count("/Row") > 20 and None not in scopes, f"{scopes}")
        rows = [e for e in elements if e["/S"] == "/TR"]
        check(all({k["/S"] for k in in_order(known, r)} <= {"/TH", "/TD"} for r in rows), "something else in a row")


def its_figures_are_those_of_the_journal():
    """Availability and the time down of the city are what the recorded states add up to, and the text shows them"""
    with World() as world:
        pdf, month = make(world, city(world))
        rows = figures(pdf)
        records = [r for r in world.journal("unit.history") if r["kind"] == "state" and r["state"]["kind"] == "hotspot"]
        begin = int(datetime.datetime.strptime(month, "%Y-%m").replace(tzinfo=BERLIN).timestamp()) * 10**9
        following = datetime.datetime.strptime(month, "%Y-%m").replace(day=28) + datetime.timedelta(days=4)
        end = int(following.replace(day=1, tzinfo=BERLIN).timestamp()) * 10**9
        last = max(datetime.datetime.fromisoformat(r["wall"]).timestamp() for r in world.journal("unit.history")) * 1e9
        ours = [seconds_of(records, h, begin, min(end, int(last))) for h in {r["state"]["id"] for r in records}]
        down = sum(o.get("unusable", 0) for o in ours) / 3.6e12
        theirs = float(figure(rows, month, "down"))
        check(down > 0 and abs(theirs - down) <= 0.1 + down / 100, f"down: {theirs} h, ours {down:.3f} h")
        share = float(figure(rows, month, "availability"))
        text = world.run(tool("pdftotext"), "-layout", pdf, "-").stdout
        check(f"{share:.2f} %".replace(".", ",") in text, f"{share} is not on paper")
        causes = [float(r["value"]) for r in rows if r["section"] == "cause" and r["figure"] == "outages_total"]
        check(abs(sum(causes) - float(figure(rows, month, "outages_total"))) < 0.01, f"causes {causes} do not add up")
        check(hashlib.sha256(pdf.with_suffix(".csv").read_bytes()).hexdigest() in text, "the check sum of the figures is not on paper")


def gaps_are_counted_in_inhabitants():
    """With the Zensus the inhabitants who are not served are those of each cell times its share that was not, by district"""
    with World() as world:
        config = city(world)
        month = (datetime.datetime.now(BERLIN) - datetime.timedelta(days=1)).strftime("%Y-%m")
        begin = datetime.datetime.strptime(month, "%Y-%m").replace(tzinfo=BERLIN).isoformat()
        end = (datetime.datetime.now(datetime.timezone.utc)).isoformat(timespec="seconds")
        cells = list(csv.DictReader(io.StringIO(report(world, config, "coverage", "--format", "csv", "--from", begin, "--to", end).stdout, newline="")))
        people = {c["cell"]: n % 7 * 10 for n, c in enumerate(cells)}
        world.write("zensus.csv", "GITTER_ID_100m;x_mp_100m;y_mp_100m;Einwohner\n" + "".join(f"{cell};0;0;{n}\n" for cell, n in people.items()))
        with open(config, "a", encoding="utf-8") as settings:
            settings.write("coverage: {population: zensus.csv}\n")
        pdf, _ = make(world, config)
        rows = figures(pdf)
        for district in {c["district"] for c in cells if c["district"]}:
            ours = sum(people[c["cell"]] * (1 - float(c["delivered"] or c["planned"])) for c in cells if c["district"] == district)
            theirs = float(figure(rows, month, "inhabitants_unserved", "district", district))
            check(ours > 100 and abs(theirs - ours) <= 2 + ours / 200, f"{district}: {theirs}, ours {ours:.1f}")
        text = world.run(tool("pdftotext"), "-layout", pdf, "-").stdout
        check("Einwohnerinnen" in text and "nicht eingelesen" not in text, text[-3000:])


def same_figures_same_bytes():
    """A month that has ended is the same file from another folder, in another time zone and at another time"""
    with World() as world:
        config = city(world)
        made = []
        for folder, zone in (("a", "UTC"), ("b/c", "Pacific/Auckland")):
            out = world.dir / folder / "report.pdf"
            world.run("netzwacht", "report", "council", "-c", config, "--month", "2026-01", "-o", out, env={**os.environ, "TZ": zone})
            made.append((out.read_bytes(), out.with_suffix(".csv").read_bytes()))
        check(made[0] == made[1], "two runs differ")
        check(b"\xe2\x80\x93" in world.run(tool("pdftotext"), "-layout", out, "-").stdout.encode(), "a month without data has figures")


def refusals_are_clear():
    """A month that is none, or has not begun, and a format that it does not have are each told in one line"""
    with World() as world:
        config = city(world, 20)
        for options, message in ((("--month", "2026-13"), "expected a month such as"), (("--month", "Oktober"), "expected a month such as"),
                                 (("--month", "2099-01"), "has not begun"), (("--format", "gpkg"), "as pdf or csv")):
            done = world.run("netzwacht", "report", "council", "-c", config, *options, ok=False)
            check(done.returncode != 0 and message in done.stderr, f"{options}: {done.returncode} {done.stderr}")
        check(report(world, config, "council", "--format", "csv").stdout.startswith("section,id,name,month,figure,value,unit"), "no CSV")


run_tests(a_screen_reader_can_read_it, its_figures_are_those_of_the_journal, gaps_are_counted_in_inhabitants, same_figures_same_bytes, refusals_are_clear)
