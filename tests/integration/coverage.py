# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports on the simulated city's back-filled past, checked by GDAL's tools and by adding up the journal ourselves."""
import csv
import datetime
import io
import json
import time

from lib.harness import SOURCE, World, check, run_tests, tool

CONFIG = """instance: norderstedt
state_dir: state
inventory: [city/inventory.yaml]
districts: city/districts.geojson
credentials:
  - {name: default, version: v2c, community_file: city/community}
"""


def city(world, hotspots=120):
    (world.dir / "state").mkdir()
    world.run("netzwacht-city", "init", "--dir", world.dir / "city", "--hotspots", hotspots, "--nodes", 20)
    world.run("netzwacht-city", "backfill", "--dir", world.dir / "city", "--journal", world.dir / "state/journal", "--days", 2)
    return world.write("netzwacht.yaml", CONFIG)


def report(world, config, what, *options):
    return world.run("netzwacht", "report", what, "-c", config, *options)


def formats_agree():
    """GeoJSON, CSV and GeoPackage show the same cells, and GDAL opens them in the right reference systems"""
    with World() as world:
        config = city(world)
        package, geojson = world.dir / "out/coverage.gpkg", world.dir / "out/coverage.geojson"
        report(world, config, "coverage", "--format", "geojson", "-o", geojson)
        report(world, config, "coverage", "--format", "gpkg", "-o", package)
        rows = list(csv.DictReader(io.StringIO(report(world, config, "coverage", "--format", "csv").stdout, newline="")))
        features = json.loads(geojson.read_text())["features"]
        check(len(rows) == len(features) > 1000, f"{len(rows)} rows, {len(features)} features")
        check([r["cell"] for r in rows] == [f["id"] for f in features], "cells differ")
        info = world.run(tool("ogrinfo"), "-so", package, "coverage_cells").stdout
        check(f"Feature Count: {len(rows)}" in info and 'ID["EPSG",3035]' in info, info)
        info = world.run(tool("ogrinfo"), package).stdout
        check("ITU-R P.1411" in info and "THRESHOLD_DBM=-67.0" in info, info)
        info = world.run(tool("ogrinfo"), "-so", package, "hotspots").stdout
        check("Feature Count: 120" in info and 'ID["EPSG",25832]' in info, info)
        info = world.run(tool("ogrinfo"), "-so", "-al", geojson).stdout
        check(f"Feature Count: {len(rows)}" in info and "Polygon" in info, info)


def shares_are_sound():
    """As delivered never exceeds as planned, shares lie between 0 and 1, and districts add up to the city"""
    with World() as world:
        config = city(world)
        collection = json.loads(report(world, config, "coverage").stdout)
        for feature in collection["features"]:
            p = feature["properties"]
            check(0 <= p["planned"] <= 1, f"{feature['id']}: planned {p['planned']}")
            check(p["delivered"] is None or p["delivered"] <= p["planned"] + 0.0011, f"{feature['id']}: {p}")
        summary = collection["summary"]
        area = sum(d["area_km2"] for d in summary["districts"])
        weighted = sum(d["area_km2"] * d["planned"] for d in summary["districts"]) / area
        check(abs(area - summary["total"]["area_km2"]) < 0.05, "areas do not add up")
        check(abs(weighted - summary["total"]["planned"]) < 0.001, "shares do not add up")
        check(summary["total"]["delivered"] > 0.5 * summary["total"]["planned"], f"the past was not read: {summary['total']}")


def nanoseconds(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000) * 10**6


def seconds_of(records, hotspot, begin, end):
    """Our own sum: the states of one hotspot as the journal tells them, cut to [begin, end)."""
    changes = sorted((nanoseconds(r["state"]["since"]), r["state"]["state"]) for r in records if r["state"]["id"] == hotspot)
    totals = {}
    for (since, state), (until, _) in zip(changes, changes[1:] + [(end, None)]):
        length = min(until, end) - max(since, begin)
        if length > 0:
            totals[state] = totals.get(state, 0) + length
    return totals


def availability_adds_up():
    """The availability report agrees with the states in the journal, added up by the test"""
    with World() as world:
        config = city(world)
        end = (int(time.time()) - 3600) * 10**9
        begin = end - 20 * 3600 * 10**9
        def rfc(t):
            return datetime.datetime.fromtimestamp(t / 1e9, datetime.timezone.utc).isoformat()
        text = report(world, config, "availability", "--from", rfc(begin), "--to", rfc(end)).stdout
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        check(len(rows) == 120, f"{len(rows)} rows")
        records = [r for r in world.journal("unit.history") if r["kind"] == "state" and r["state"]["kind"] == "hotspot"]
        check(records, "no states in the back-filled history")
        for row in rows:
            ours = seconds_of(records, row["hotspot"], begin, end)
            down, up = ours.get("unusable", 0), ours.get("usable", 0) + ours.get("degraded", 0)
            check(abs(int(row["down_s"]) - down / 1e9) <= 1, f"{row['hotspot']}: down {row['down_s']} s, ours {down / 1e9}")
            check(abs(int(row["up_s"]) - up / 1e9) <= 1, f"{row['hotspot']}: up {row['up_s']} s, ours {up / 1e9}")
        check(any(int(r["down_s"]) > 0 for r in rows), "no outage in two days: nothing was tested")


def refusals_are_clear():
    """A wrong time, an unknown format and a place that cannot be written are each told in one line"""
    with World() as world:
        config = city(world, 20)
        for options, status, message in ((("--from", "gestern"), 64, "expected a time such as"),
                                         (("--format", "shp"), 64, "expected geojson, gpkg, csv, tif, kml or pdf"),
                                         (("-o", "/proc/nowhere/x.geojson"), 66, "cannot be written")):
            done = world.run("netzwacht", "report", "coverage", "-c", config, *options, ok=False)
            check(done.returncode == status and message in done.stderr, f"{options}: {done.returncode} {done.stderr}")


VILLAGE = """instance: dorf
state_dir: state
inventory: [inventory.yaml]
credentials: [{name: default, version: v2c, community_file: community}]
"""


def village(world, inventory=SOURCE / "tests/data/village/inventory.yaml"):
    """The hamlet of tests/data/village: three hotspots on a street."""
    world.write("community", "public\n", 0o600)
    world.write("inventory.yaml", inventory.read_text())
    (world.dir / "state/journal").mkdir(parents=True)
    return world.write("netzwacht.yaml", VILLAGE)


def square(lon, lat, half_east=0.0004, half_north=0.0001):
    return [[[lon - half_east, lat - half_north], [lon + half_east, lat - half_north], [lon + half_east, lat + half_north],
             [lon - half_east, lat + half_north], [lon - half_east, lat - half_north]]]


def collection(*geometries):
    return json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"height": 9}, "geometry": {"type": kind, "coordinates": c}} for kind, c in geometries]})


def cells_of(world, config, *options):
    rows = csv.DictReader(io.StringIO(report(world, config, "coverage", "--format", "csv", *options).stdout, newline=""))
    return {row["cell"]: row for row in rows}


def buildings_stand_in_the_way():
    """Footprints take coverage behind them, whatever format and reference system they come in"""
    with World() as world:
        config = village(world)
        lane = world.write("lane.geojson", collection(("Polygon", square(9.9926, 53.70715, 0.004)), ("Polygon", square(9.9926, 53.70565, 0.004))))
        # A shed in the fields: line of sight is known to be free everywhere.
        shed = world.write("shed.geojson", collection(("Polygon", square(9.9926, 53.7090, 0.00001, 0.00001))))
        free = sum(float(r["planned"]) for r in cells_of(world, config, "--buildings", shed).values())
        built = cells_of(world, config, "--buildings", lane)
        check(sum(float(r["planned"]) for r in built.values()) < 0.9 * free, "walls take nothing away")
        for name, *options in (("lane.gpkg", "-f", "GPKG", "-t_srs", "EPSG:25832"), ("lane.shp", "-f", "ESRI Shapefile", "-t_srs", "EPSG:31467"),
                               ("lane.fgb", "-f", "FlatGeobuf")):
            world.run(tool("ogr2ogr"), *options, world.dir / name, lane)
            same = cells_of(world, config, "--buildings", world.dir / name)
            worst = max(abs(float(same[c]["planned"]) - float(built[c]["planned"])) for c in built)
            check(same.keys() == built.keys() and worst < 0.08, f"{name}: {worst}")


def foreign_buildings_are_named():
    """Footprints of another city, exchanged coordinates, no reference system, broken ones: each is said, nothing is dropped silently"""
    with World() as world:
        config = village(world)
        def refused(name, text, message):
            path = world.write(name, text)
            done = world.run("netzwacht", "report", "coverage", "-c", config, "--buildings", path, ok=False)
            check(done.returncode == 78 and message in done.stderr, f"{name}: {done.returncode} {done.stderr}")
        refused("elsewhere.geojson", collection(("Polygon", square(11.5, 48.1))), "is it another city's")
        refused("swapped.geojson", collection(("Polygon", [[[lat, lon] for lon, lat in square(9.9926, 53.70715)[0]]])), "exchanged")
        refused("text.gpkg", "no such thing", "is no GeoPackage")
        refused("cut.geojson", collection(("Polygon", square(9.99, 53.7)))[:-9], "is no GeoPackage")
        lane = world.write("lane.geojson", collection(("Polygon", square(9.9926, 53.70715)), ("Point", [9.9926, 53.7071]),
                                                      ("Polygon", [[[9.99, 53.7], [9.991, 53.7], [9.99, 53.7]]]),
                                                      ("Polygon", square(9.9926, 53.70715)), ("Polygon", square(11.5, 48.1))))
        world.run(tool("ogr2ogr"), "-f", "ESRI Shapefile", world.dir / "lane.shp", lane, "-where", "OGR_GEOMETRY='Polygon'")
        (world.dir / "lane.prj").unlink()
        done = world.run("netzwacht", "report", "coverage", "-c", config, "--buildings", world.dir / "lane.shp", ok=False)
        check(done.returncode == 78 and "has no reference system" in done.stderr, done.stderr)
        done = world.run("netzwacht", "report", "coverage", "-c", config, "--buildings", lane)
        check("of 5 features 1 have no polygon, 1 a broken one, 1 stand there twice" in done.stderr, done.stderr)
        found = json.loads(done.stdout)["summary"]["assumptions"]["buildings"]
        check(found == {"used": 2, "no_polygon": 1, "broken": 1, "elsewhere": 1, "duplicates": 1}, f"{found}")


if __name__ == "__main__":
    run_tests(buildings_stand_in_the_way, foreign_buildings_are_named, formats_agree, shares_are_sound, availability_adds_up, refusals_are_clear)
