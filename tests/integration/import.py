#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht device list, add and import: the simulated city goes out into tables and foreign systems and comes back."""
import csv
import json
import re
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from harness import World, check, free_port, run_tests, wait_for  # noqa: E402


def parse_inventory(text):
    """{list: [{key: value}]} of the city's inventory: one item a line."""
    lists, current = {}, None
    for line in text.splitlines():
        heading = re.match(r"(\w+):$", line)
        if heading:
            current = lists.setdefault(heading.group(1), [])
        elif line.startswith("  - {"):
            pairs = re.findall(r'(\w+): ("(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^,}]+)', line)
            current.append({key: value.strip('"') for key, value in pairs})
    return lists


class City:
    """The inventory of a simulated city, and a configuration with an empty inventory."""

    def __init__(self, world, hotspots=24):
        self.world = world
        city = world.dir / "city"
        world.run("netzwacht-city", "init", "--dir", city, "--hotspots", hotspots, "--nodes", 8,
                  "--port", free_port(socket.SOCK_DGRAM))
        self.items = parse_inventory((city / "inventory.yaml").read_text())
        check(len(self.items["devices"]) > 15 and len(self.items["hotspots"]) == hotspots, "the city was not understood")
        world.write("community", "public\n", 0o600)
        self.config = world.write("netzwacht.yaml", f"""
instance: test
inventory: [inventory]
districts: {city}/districts.geojson
credentials: [{{name: default, version: v2c, community_file: community}}]
""")
        self.inventory = world.dir / "inventory"
        self.inventory.mkdir()

    def device(self, *argv, ok=True, **kwargs):
        return self.world.run("netzwacht", "device", argv[0], "-c", self.config, *argv[1:], ok=ok, **kwargs)

    def imported(self, *argv, status=0, **kwargs):
        """`device import --json`, parsed."""
        done = self.device("import", "--json", *argv, ok=False, **kwargs)
        check(done.returncode == status, f"{argv}: status {done.returncode}, not {status}\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
        return json.loads(done.stdout) if done.stdout else {}

    def check_configuration(self):
        return self.world.run("netzwacht", "check", "-c", self.config)

    def differences(self, keys):
        """What of keys is not as in the city, for every device."""
        listed = {d["id"]: d for d in json.loads(self.device("list", "--json").stdout)}
        check(sorted(listed) == sorted(d["id"] for d in self.items["devices"]), f"devices: {sorted(listed)}")
        return [(d["id"], key, listed[d["id"]][key], d.get(key)) for d in self.items["devices"] for key in keys
                if str(listed[d["id"]][key] or "") != d.get(key, "")]


# ---- tables ----

GERMAN = {"id": "Kennung", "name": "Name", "district": "Stadtteil", "kind": "Art", "lat": "Breite", "lon": "Länge",
          "address": "IP-Adresse", "site": "Standort", "power": "Stromversorgung", "device": "Gerät", "entity": "Entität",
          "height": "Höhe", "environment": "Umgebung", "core": "Kern"}


def write_tables(city, german=False):
    """One file for sites, devices, hotspots; as a German or an English spreadsheet writes them."""
    paths = []
    for kind in ("sites", "devices", "hotspots"):
        items = city.items[kind]
        keys = sorted({key for item in items for key in item})
        path = city.world.dir / f"{kind}.csv"
        with open(path, "w", newline="", encoding="utf-8-sig" if german else "utf-8") as f:
            table = csv.writer(f, delimiter=";" if german else ",", lineterminator="\r\n" if german else "\n")
            table.writerow([GERMAN.get(key, key) if german else key for key in keys])
            for item in items:
                cells = [item.get(key, "") for key in keys]
                if german:
                    cells = [c.replace(".", ",") if key in ("lat", "lon") else c for key, c in zip(keys, cells)]
                table.writerow(cells)
        paths.append(path)
    return paths


def tables_come_back():
    """the city as tables, English or German, gives the city again; a second import changes nothing, one cell one line"""
    for german in (False, True):
        with World() as world:
            city = City(world)
            paths = write_tables(city, german)
            first = city.imported("--from", "csv", *paths)
            total = sum(len(city.items[kind]) for kind in ("sites", "devices", "hotspots"))
            check(first["counts"]["new"] == total and not first["is_written"], first["counts"])
            check(not list(city.inventory.iterdir()), "a dry run wrote something")
            city.imported("--from", "csv", "--apply", *paths)
            check([p.name for p in city.inventory.iterdir()] == ["imported-csv.yaml"], "other files were written")
            again = city.imported("--from", "csv", *paths)
            check(again["items"] == [] and again["counts"]["same"] == total, again["counts"])
            check(f"{len(city.items['hotspots'])} hotspots" in city.check_configuration().stdout, "check")
            wrong = city.differences(["name", "address", "port", "kind", "site", "uplink", "uplink_port", "power"])
            check(not wrong, f"not as in the city: {wrong[:5]}")
            text = paths[1].read_text(encoding="utf-8-sig").replace("WLAN-Controller 1", "WLAN-Controller eins")
            paths[1].write_text(text)
            lines = city.device("import", "--from", "csv", *paths).stdout.splitlines()
            told = [line for line in lines if not re.match(r"\d+ new|nothing is written", line)]
            check(told == ['changed   device wlc-1: name "WLAN-Controller 1" -> "WLAN-Controller eins"'], lines)


def hand_written_is_safe():
    """a file that an import did not write is never written, and what stands in it is compared"""
    with World() as world:
        city = City(world)
        paths = write_tables(city)
        hand = world.write("inventory/hand.yaml", "sites:\n  - {id: freibad, name: Bad, lat: 53.7, lon: 10}\n")
        done = city.imported("--from", "csv", "--apply", *paths)
        check([i["id"] for i in done["items"] if i["state"] == "differs"] == ["freibad"], "not compared")
        check("Bad" in hand.read_text() and "freibad" not in (city.inventory / "imported-csv.yaml").read_text().split("devices:")[0],
              "the import wrote what is written by hand")
        before = hand.read_text()
        done = city.device("import", "--from", "csv", "-o", hand, *paths, ok=False)
        check(done.returncode == 73 and "left alone" in done.stderr and hand.read_text() == before, done.stderr)


def vanished_is_kept_until_asked():
    """what vanished at the source is listed, kept, and removed on demand; additions by hand stay"""
    with World() as world:
        city = City(world)
        paths = write_tables(city)
        city.imported("--from", "csv", "--apply", *paths)
        ours = city.inventory / "imported-csv.yaml"
        ours.write_text(ours.read_text().replace('{id: "ap-0001",', '{id: "ap-0001", profile: "aruba",'))
        lines = paths[2].read_text().splitlines()
        paths[2].write_text("\n".join(line for line in lines if "hs-0001" not in line) + "\n")
        done = city.imported("--from", "csv", "--apply", *paths)
        check([(i["state"], i["id"]) for i in done["items"]] == [("missing", "hs-0001")], done["items"])
        check("hs-0001" in ours.read_text(), "removed unasked")
        done = city.imported("--from", "csv", "--apply", "--remove-missing", *paths)
        check(done["is_written"] and "hs-0001" not in ours.read_text(), "not removed")
        check('profile: "aruba"' in ours.read_text(), "an addition by hand is gone")
        city.check_configuration()


def result_must_be_right():
    """an import that would give a wrong inventory is not written: circles, credentials that are not there"""
    with World() as world:
        city = City(world)
        table = world.write("d.csv", "id,address,uplink\na,192.0.2.1,b\nb,192.0.2.2,a\n")
        done = city.device("import", "--from", "csv", "--apply", table, ok=False)
        check(done.returncode == 65 and "run in a circle" in done.stderr, done.stderr)
        table.write_text("id,address,credentials\na,192.0.2.1,other\n")
        done = city.device("import", "--from", "csv", "--apply", table, ok=False)
        check(done.returncode == 65 and 'none named "other"' in done.stderr, done.stderr)
        check(not list(city.inventory.iterdir()), "something was written")
        table.write_bytes("name\nGroß\n".encode("latin-1"))
        done = city.device("import", "--from", "csv", "--apply", table, ok=False)
        check(done.returncode == 65 and "d.csv:2:4: expected UTF-8" in done.stderr, done.stderr)
        table.write_text("id,address\na,192.0.2.1\nb\n")
        done = city.imported("--from", "csv", "--apply", table, status=1)
        check(done["remarks"][0]["where"].endswith("d.csv:3:1") and done["counts"]["new"] == 1, done)


# ---- one device ----

def adds_and_lists():
    """device add writes one device to added.yaml, twice is refused; device list filters"""
    with World() as world:
        city = City(world)
        city.imported("--from", "csv", "--apply", *write_tables(city))
        add = ["add", "--no-ask", "--id", "sw-neu", "--address", "192.0.2.7", "--kind", "switch", "--uplink", "core-1"]
        check("nothing is written" in city.device(*add).stdout, "not a dry run")
        city.device(*add, "--apply")
        city.device("add", "--no-ask", "--id", "sw-neu-2", "--address", "192.0.2.8", "--apply", "--profile", "junos")
        city.check_configuration()
        check((city.inventory / "added.yaml").read_text().count("- {id:") == 2, "added.yaml")
        check(city.device(*add, "--apply", ok=False).returncode == 73, "added twice")
        check(city.device("add", "--no-ask", "--id", "x", "--address", "192.0.2.9", "--site", "nowhere", ok=False).returncode == 65,
              "a site that is not there")
        names = [d["id"] for d in json.loads(city.device("list", "--json", "--profile", "junos").stdout)]
        check(names == ["sw-neu-2"], names)
        kinds = {d["kind"] for d in json.loads(city.device("list", "--json", "--kind", "controller").stdout)}
        check(kinds == {"controller"}, kinds)
        mitte = [d["district"] for d in json.loads(city.device("list", "--json", "--district", "mitte").stdout)]
        check(mitte and set(mitte) == {"mitte"}, mitte)
        check("core-1" in city.device("list", "--site", "netzzentrum").stdout, "device list --site")


def asks_the_device():
    """device add asks a device that answers who it is"""
    with World() as world:
        city = City(world)
        port = free_port(socket.SOCK_DGRAM)
        other = world.dir / "running"
        world.run("netzwacht-city", "init", "--dir", other, "--hotspots", 4, "--nodes", 8, "--port", port,
                  "--dns-port", free_port(socket.SOCK_DGRAM), "--portal-port", free_port(address="127.16.0.3"),
                  "--portal-tls-port", free_port(address="127.16.0.3"))
        core = parse_inventory((other / "inventory.yaml").read_text())["devices"][0]
        world.write("community", (other / "community").read_text(), 0o600)
        world.start("netzwacht-city", "run", "--dir", other, "--script", "none", log="city")
        wait_for("the city", 20, lambda: world.run("netzwacht-city", "ctl", "--dir", other, "status", ok=False).returncode == 0)
        done = city.device("add", "--id", "x", "--address", core["address"], "--port", port)
        check('kind "switch"' in done.stdout and f'name "{core["id"]}"' in done.stdout and 'serial "' in done.stdout, done.stdout)


if __name__ == "__main__":
    run_tests(tables_come_back, hand_written_is_safe, vanished_is_kept_until_asked, result_must_be_right, adds_and_lists,
              asks_the_device)
