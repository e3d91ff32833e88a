# SPDX-License-Identifier: GPL-3.0-or-later
"""What leaves the house: GeoTIFF, styled GeoPackage, KML and the catalogue's record, judged by GDAL's tools and by the rules of
DCAT-AP.de; the same input makes the same bytes."""
import csv
import io
import json
import os
import re
import struct
import xml.etree.ElementTree as ET

from lib.harness import SOURCE, World, check, run_tests, tool

CONFIG = """instance: dorf
state_dir: state
inventory: [inventory.yaml]
credentials: [{name: default, version: v2c, community_file: community}]
"""
OPEN_DATA = """open_data:
  publisher: "Gemeinde Dorf <&>"
  contact: wlan@dorf.example
  contributor_id: http://dcat-ap.de/def/contributors/schleswigHolstein
  municipality_key: "01060063"
  base_url: https://dorf.example/wlan
  license: dl-by-de/2.0
"""
PERIOD = ("--from", "2026-11-01T00:00:00+01:00", "--to", "2026-11-20T00:00:00+01:00")


def village(world, more=""):
    world.write("community", "public\n", 0o600)
    text = (SOURCE / "tests/data/village/inventory.yaml").read_text()
    world.write("inventory.yaml", text.replace("name: Dorfplatz", 'name: "=Dorf<b>&platz"').replace("name: Schule,", "name: Geheim, published: false,"))
    (world.dir / "state/journal").mkdir(parents=True, exist_ok=True)
    return world.write("netzwacht.yaml", CONFIG + more)


def report(world, config, what, *options, ok=True, **env):
    return world.run("netzwacht", "report", what, "-c", config, *PERIOD, *options, ok=ok, env={**os.environ, "SOURCE_DATE_EPOCH": "1763900000", **env})


def is_cog(path):
    """A COG's image directories stand before its pixels, the largest picture first, in tiles, with overviews."""
    data = path.read_bytes()
    check(data[:4] == b"II*\0", "no little-endian TIFF")
    offset, widths, first_pixel = struct.unpack("<I", data[4:8])[0], [], len(data)
    while offset:
        count = struct.unpack_from("<H", data, offset)[0]
        tags = {tag: (kind, n, value) for tag, kind, n, value in
                (struct.unpack_from("<HHII", data, offset + 2 + 12 * i) for i in range(count))}
        check(322 in tags, "not in tiles")
        widths.append(tags[256][2] & 0xFFFF if tags[256][0] == 3 else tags[256][2])
        kind, n, value = tags[324]
        first_pixel = min(first_pixel, value if n == 1 else min(struct.unpack_from(f"<{n}I", data, value)))
        check(offset < first_pixel, "a directory behind the pixels")
        offset = struct.unpack_from("<I", data, offset + 2 + 12 * count)[0]
    check(widths == sorted(widths, reverse=True), f"{widths}")


def tiff_is_a_map():
    """The GeoTIFF is cloud optimised, lies where the cells lie, has names, units and nodata, also in EPSG:25832"""
    with World() as world:
        config = village(world)
        tiff = world.dir / "out/coverage.tif"
        report(world, config, "coverage", "--format", "tif", "-o", tiff)
        is_cog(tiff)
        info = json.loads(world.run(tool("gdalinfo"), "-json", "-stats", tiff).stdout)
        check('ID["EPSG",3035]' in info["coordinateSystem"]["wkt"] and info["metadata"]["IMAGE_STRUCTURE"].get("LAYOUT") == "COG", f"{info['metadata']}")
        check([b["description"] for b in info["bands"]] == ["planned", "delivered", "indoors", "delivered_indoors", "level_dbm", "servers", "mbit"], "bands")
        check(all(b["noDataValue"] == -9999 and b["type"] == "Float32" for b in info["bands"]), "nodata")
        check(0.99 < info["bands"][0]["maximum"] <= 1 and info["bands"][0]["minimum"] == 0, f"{info['bands'][0]}")
        check(info["geoTransform"][1] == 25 and info["geoTransform"][0] % 100 == 0 and info["geoTransform"][3] % 100 == 0, f"{info['geoTransform']}")
        # Sixteen squares are the cell of the table.
        rows = csv.DictReader(io.StringIO(report(world, config, "coverage", "--format", "csv").stdout, newline=""))
        cell = next(r for r in rows if r["cell"] == "CRS3035RES100mN3399800E4320300")
        squares = "\n".join(f"{4320312.5 + 25 * (i % 4)} {3399812.5 + 25 * (i // 4)}" for i in range(16))
        values = [float(v) for v in world.run(tool("gdallocationinfo"), "-valonly", "-geoloc", "-b", "1", tiff, input=squares).stdout.split()]
        check(len(values) == 16 and abs(sum(values) / 16 - float(cell["planned"])) < 0.001, f"{values} {cell}")
        utm = world.dir / "utm.tif"
        report(world, config, "coverage", "--format", "tif", "--crs", "25832", "-o", utm)
        check('ID["EPSG",25832]' in world.run(tool("gdalinfo"), utm).stdout, "not in EPSG:25832")


def package_has_colours():
    """QGIS finds a style for both layers in the GeoPackage, and it is sound XML with the classes"""
    with World() as world:
        config = village(world)
        package = world.dir / "coverage.gpkg"
        report(world, config, "coverage", "--format", "gpkg", "-o", package)
        rows = world.run(tool("sqlite3"), "-json", package, "select f_table_name, useAsDefault, styleQML from layer_styles order by 1").stdout
        styles = {r["f_table_name"]: r for r in json.loads(rows)}
        check(set(styles) == {"coverage_cells", "hotspots"} and all(r["useAsDefault"] == 1 for r in styles.values()), f"{styles}")
        ranges = ET.fromstring(styles["coverage_cells"]["styleQML"]).findall(".//range")
        check([float(r.get("upper")) for r in ranges] == [0.1, 0.5, 0.75, 0.9, 1.0], "classes")
        check(ET.fromstring(styles["hotspots"]["styleQML"]).find(".//symbol").get("type") == "marker", "hotspots")
        check(world.run(tool("sqlite3"), package, "pragma integrity_check; select count(*) from gpkg_contents").stdout.split() == ["ok", "3"], "contents")


def marketing_gets_what_is_published():
    """The KML opens, holds published hotspots alone, and no name breaks it"""
    with World() as world:
        config = village(world)
        kml = world.dir / "coverage.kml"
        report(world, config, "coverage", "--format", "kml", "-o", kml)
        ns = {"k": "http://www.opengis.net/kml/2.2"}
        folders = ET.parse(kml).getroot().findall(".//k:Folder", ns)
        names = [n.text for n in folders[1].findall("k:Placemark/k:name", ns)]
        check(names == ["Feuerwehr", "=Dorf<b>&platz"], f"{names}")
        styles = {s.get("id") for s in ET.parse(kml).getroot().findall(".//k:Style", ns)}
        used = {u.text[1:] for u in folders[0].findall(".//k:styleUrl", ns)}
        check(used and used <= styles, f"{used} {styles}")
        check("Feature Count: 2" in world.run(tool("ogrinfo"), "-so", kml, "Hotspots").stdout, "ogrinfo")


MANDATORY = ("dct:title", "dct:description", "dct:identifier", "dct:publisher", "dcat:contactPoint", "dcat:theme", "dcatde:contributorID",
             "dcatde:politicalGeocodingURI", "dcatde:politicalGeocodingLevelURI", "dct:spatial", "dct:temporal", "dct:accrualPeriodicity",
             "dct:modified", "dcat:distribution")
LICENSES = ("dl-zero-de/2.0", "dl-by-de/2.0", "cc-zero", "cc-by/4.0")


def iri(node):
    check(isinstance(node, dict) and re.fullmatch(r"(https?|mailto):\S+", node.get("@id", "")), f"no IRI: {node}")
    return node["@id"]


def catalogue_takes_the_record():
    """The record has what DCAT-AP.de demands: IRIs, typed times, a licence of its list, a format of the EU's; and says what is missing"""
    with World() as world:
        record = json.loads(report(world, village(world, OPEN_DATA), "dcat").stdout)
        check(record["@type"] == "dcat:Dataset" and all(record.get(name) for name in MANDATORY), f"{record.keys()}")
        check(all(prefix.split(":")[0] in record["@context"] for prefix in record if ":" in prefix), "a prefix without a meaning")
        check(all(iri(t).startswith("http://publications.europa.eu/resource/authority/data-theme/") for t in record["dcat:theme"]), "theme")
        check(iri(record["dcatde:politicalGeocodingURI"]).endswith("/municipalityKey/01060063"), "place")
        check(record["dct:publisher"]["foaf:name"] == "Gemeinde Dorf <&>" and iri(record["dcat:contactPoint"]["vcard:hasEmail"]) == "mailto:wlan@dorf.example", "people")
        check(record["dcat:bbox"] if "dcat:bbox" in record else record["dct:spatial"]["dcat:bbox"]["@value"].startswith("POLYGON((9.9"), "where")
        for node in (record["dct:modified"], record["dct:temporal"]["dcat:startDate"], record["dct:temporal"]["dcat:endDate"]):
            check(node["@type"] == "xsd:dateTime" and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", node["@value"]), f"{node}")
        check(record["dct:modified"]["@value"].startswith("2025-11-23T12:13:20"), f"{record['dct:modified']}")
        for d in record["dcat:distribution"]:
            check(iri(d["dcat:accessURL"]).startswith("https://dorf.example/wlan/coverage."), f"{d}")
            check(iri(d["dct:format"]).startswith("http://publications.europa.eu/resource/authority/file-type/"), f"{d}")
            check(any(iri(d["dct:license"]) == f"http://dcat-ap.de/def/licenses/{name}" for name in LICENSES), f"{d}")
            check(d["dcatde:licenseAttributionByText"], "attribution")
        check(len({d["@id"] for d in record["dcat:distribution"]}) == 5, "distributions")
        for line, name in (("publisher", "publisher"), ("base_url", "base_url")):
            less = "\n".join(x for x in OPEN_DATA.splitlines() if not x.strip().startswith(line)) + "\n"
            done = report(world, village(world, less), "dcat", ok=False)
            check(done.returncode == 78 and f"open_data.{name}" in done.stderr, done.stderr)
        bad = report(world, village(world, OPEN_DATA.replace("dl-by-de/2.0", "all-rights-reserved")), "dcat", ok=False)
        check(bad.returncode == 78 and "license" in bad.stderr, bad.stderr)


def bytes_are_the_same_again():
    """Every format has the same bytes again, in another folder and another time zone"""
    with World() as one, World() as two:
        for format_ in ("geojson", "csv", "gpkg", "tif", "kml"):
            files = []
            for world, zone in ((one, "UTC"), (two, "Pacific/Auckland")):
                path = world.dir / f"deep/er/coverage.{format_}"
                report(world, village(world), "coverage", "--format", format_, "-o", path, TZ=zone)
                files.append(path.read_bytes())
            check(files[0] == files[1], f"{format_} differs")


if __name__ == "__main__":
    run_tests(tiff_is_a_map, package_has_colours, marketing_gets_what_is_published, catalogue_takes_the_record, bytes_are_the_same_again)
