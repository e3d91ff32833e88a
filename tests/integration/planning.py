# SPDX-License-Identifier: GPL-3.0-or-later
"""Population, places, what-if and next sites in the village of tests/data/village, added up again from the coverage's own cells."""
import csv
import io
import json
import re

from lib.harness import SOURCE, World, check, run_tests

CONFIG = """instance: dorf
state_dir: state
inventory: [inventory.yaml]
credentials: [{name: default, version: v2c, community_file: community}]
"""
# As the Zensus publishes it: two inhabited cells, a suppressed one, one that stands there twice, Munich, and a broken row.
ZENSUS = """GITTER_ID_100m;x_mp_100m;y_mp_100m;Einwohner
CRS3035RES100mN3399800E4320300;4320350;3399850;40
CRS3035RES100mN3399800E4320500;4320550;3399850;60
CRS3035RES100mN3399800E4320400;4320450;3399850;–
CRS3035RES100mN3399800E4320500;4320550;3399850;999
CRS3035RES100mN2775000E4434500;4434550;2775050;120
CRS3035RES100mN33998xxE4320600;;;7
"""


def village(world, change=lambda text: text):
    world.write("community", "public\n", 0o600)
    world.write("inventory.yaml", change((SOURCE / "tests/data/village/inventory.yaml").read_text()))
    (world.dir / "state/journal").mkdir(parents=True, exist_ok=True)
    return world.write("netzwacht.yaml", CONFIG)


def report(world, config, what, *options, ok=True):
    return world.run("netzwacht", "report", what, "-c", config, *options, ok=ok)


def table(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def cells(world, config, *options):
    return {r["cell"]: r for r in table(report(world, config, "coverage", "--format", "csv", *options).stdout)}


def inhabitants_are_weighed():
    """Shares of inhabitants are their cells' shares, at three thresholds; what cannot be counted is told"""
    with World() as world:
        config = village(world)
        zensus = world.write("zensus.csv", ZENSUS)
        done = report(world, config, "population", "--population", zensus)
        rows = {r["threshold_dbm"]: r for r in table(done.stdout)}
        check(list(rows) == ["-67", "-70", "-75"], done.stdout)
        for threshold, row in rows.items():
            seen = cells(world, config, "--threshold", threshold)
            west, middle = (seen[f"CRS3035RES100mN3399800E4320{x}00"] for x in (3, 5))
            check(row["by"] == "city" and row["count"] == "100", f"{row}")
            for column, cell_column in (("outdoors", "planned"), ("outdoors_sure", "sure"), ("outdoors_median", "median"),
                                        ("indoors", "indoors")):
                expected = 0.4 * float(west[cell_column]) + 0.6 * float(middle[cell_column])
                check(abs(float(row[column]) - expected) < 0.0006, f"{threshold} {column}: {row[column]}, expected {expected}")
        check(float(rows["-75"]["outdoors"]) > float(rows["-67"]["outdoors"]), "a lower threshold reaches fewer")
        check("2 cells with 100 inhabitants, 1 suppressed, 1 elsewhere" in done.stderr, done.stderr)
        check("zensus.csv:7: neither a cell nor a number; so are 1 rows" in done.stderr, done.stderr)
        check("1 rows are of cells that stand there before" in done.stderr, done.stderr)
        for text, message in (("a;b\n1;2\n", "expected a table with the columns GITTER_ID_100m"), ("", "is empty"),
                              (ZENSUS.splitlines()[0] + "\n" + ZENSUS.splitlines()[5] + "\n", "is it another city's")):
            bad = report(world, config, "population", "--population", world.write("bad.csv", text), ok=False)
            check(bad.returncode == 65 and message in bad.stderr, f"{bad.returncode} {bad.stderr}")


def places_are_found():
    """Each place has what its square has; one outside, and one with latitude and longitude exchanged, say so"""
    with World() as world:
        config = village(world)
        places = world.write("places.csv", "name;kind;lat;lon\nHaltestelle Kirche;stop;53.7064;9.9906\n=1+1;stop;53.70645;9.9908\n"
                             "Schule;school;53.7064;9.9946\nAlm;school;47.4;11\nTausch;stop;9.9926;53.7064\nohne;stop;;\n")
        done = report(world, config, "places", "--places", places)
        rows = {r["name"]: r for r in table(done.stdout)}
        check(float(rows["Haltestelle Kirche"]["outdoors"]) > 0.95 and rows["Haltestelle Kirche"]["best_hotspot"] == "west", f"{rows}")
        check("'=1+1" in rows, "a formula reached the table")
        check(rows["Alm"]["remark"] == "outside of the city" and rows["Alm"]["outdoors"] == "", f"{rows['Alm']}")
        check(rows["Tausch"]["remark"] == "latitude and longitude exchanged", f"{rows['Tausch']}")
        check("places.csv:7: no position" in done.stderr, done.stderr)
        kinds = {(r["id"], r["threshold_dbm"]): r for r in table(report(world, config, "population", "--places", places).stdout)}
        check(kinds["stop", "-67"]["count"] == "2" and kinds["stop", "-67"]["outdoors_sure"] == "1.0000", f"{kinds}")
        check(kinds["school", "-67"]["count"] == "1", f"{kinds}")


def changes_are_as_if_built():
    """What-if says the same as the inventory would after the change: switched off, moved, stronger, added"""
    with World() as world:
        config = village(world)
        before = cells(world, config)
        added = "\n  - {id: neu, name: Neu, site: dorf, device: core, lat: 53.7072, lon: 9.9926, height: 6, radios: [{band: 2.4}, {band: 5}]}\n"
        for options, change in ((("--off", "west"), lambda t: re.sub(r"  - \{id: west.*\n", "", t)),
                                (("--move", "ost=53.7069,9.9940"), lambda t: t.replace("lat: 53.7064, lon: 9.9946", "lat: 53.7069, lon: 9.9940")),
                                (("--eirp", "mitte=5:21"), lambda t: t.replace("eirp: 27", "eirp: 21")),
                                (("--add", "53.7072,9.9926,6"), lambda t: t.rstrip() + added),
                                (("--off", "west", "--add", "53.7072,9.9926,6"),
                                 lambda t: re.sub(r"  - \{id: west.*\n", "", t).rstrip() + added)):
            whatif = {r["cell"]: r for r in table(report(world, village(world), "whatif", "--format", "csv", *options).stdout)}
            after = cells(world, village(world, change))
            check(whatif, f"{options}: nothing changed")
            for code in before.keys() | after.keys():
                was, will = (float(c.get(code, {"planned": 0})["planned"]) for c in (before, after))
                shown = float(whatif[code]["planned_change"]) if code in whatif else 0
                hidden = 0 if code in before and code in after else 0.005  # what a cell may have that is not written
                check(abs(will - was - shown) <= 0.0021 + hidden, f"{options} {code}: {shown}, {will - was}")
        zensus = world.write("zensus.csv", ZENSUS)
        config = village(world)
        summary = json.loads(report(world, config, "whatif", "--population", zensus, "--off", "west").stdout)["summary"]
        lost = 40 * (float(whatif_cell(world, config, "CRS3035RES100mN3399800E4320300")))
        check(summary["inhabitants_gained"] < 0 and abs(summary["inhabitants_gained"] - lost) < 3, f"{summary}, {lost}")
        for options, message in ((("--off", "nobody"), "there is no hotspot nobody"), (("--add", "9.99,53.7"), "outside of the city"),
                                 (("--eirp", "west=6:14"), "has no radio at 6 GHz"), (("--move", "west"), "expected --move"),
                                 ((), "say what changes")):
            done = report(world, config, "whatif", *options, ok=False)
            check(done.returncode != 0 and message in done.stderr, f"{options}: {done.stderr}")


def whatif_cell(world, config, code):
    rows = table(report(world, config, "whatif", "--format", "csv", "--off", "west").stdout)
    return next(r["planned_change"] for r in rows if r["cell"] == code)


def best_sites_come_first():
    """The pole that reaches most comes first, a useless one never, and each is worth what building it brings"""
    with World() as world:
        config = village(world)
        zensus = world.write("zensus.csv", ZENSUS)
        poles = world.write("poles.csv", "name;lat;lon\nfern;53.7064;9.9976\nKirche;53.70635;9.9932\nbei west;53.7064;9.9906\nMünchen;48.1;11.5\n")
        rows = table(report(world, config, "sites", "--population", zensus, "--candidates", poles).stdout)
        names = [r["name"] for r in rows]
        check(set(names) <= {"fern", "Kirche", "bei west"} and names[0] != "fern", f"{rows}")
        gains = [float(r["inhabitants_gained"]) for r in rows]
        shares = [float(r["share"]) for r in rows]
        check(gains == sorted(gains, reverse=True) and shares == sorted(shares) and shares[-1] <= 1, f"{rows}")
        place = {"Kirche": "53.70635,9.9932", "bei west": "53.7064,9.9906"}[names[0]]
        summary = json.loads(report(world, config, "whatif", "--population", zensus, "--add", place).stdout)["summary"]
        check(abs(summary["inhabitants_gained"] - gains[0]) < 0.11, f"{summary}, {gains}")
        one = table(report(world, config, "sites", "--population", zensus, "--candidates", poles, "--count", "1").stdout)
        check([r["name"] for r in one] == names[:1], f"{one}")
        reached = table(report(world, config, "sites", "--population", zensus, "--candidates", poles, "--target", "0.1").stdout)
        check(reached == [], f"{reached}")
        points = json.loads(report(world, config, "sites", "--candidates", poles, "--format", "geojson").stdout)["features"]
        check(points and points[0]["properties"]["hectares_gained"] > 0, f"{points}")


def tables_for_excel():
    """--excel de has a byte order mark, semicolons and decimal commas, and holds the same numbers"""
    with World() as world:
        config = village(world)
        german = report(world, config, "coverage", "--format", "csv", "--excel", "de").stdout
        check(german.startswith("\ufeffcell;district;planned;"), german[:40])
        rows = list(csv.DictReader(io.StringIO(german[1:], newline=""), delimiter=";"))
        plain = cells(world, config)
        check(len(rows) == len(plain) and all("." not in r["planned"] for r in rows), "not German")
        check(all(float(r["planned"].replace(",", ".")) == float(plain[r["cell"]]["planned"]) for r in rows), "other numbers")


if __name__ == "__main__":
    run_tests(inhabitants_are_weighed, places_are_found, changes_are_as_if_built, best_sites_come_first, tables_for_excel)
