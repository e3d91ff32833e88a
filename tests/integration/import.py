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
import foreign  # noqa: E402
from harness import World, check, free_port, run_tests, tool, wait_for  # noqa: E402


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
        city.imported("--from", "csv", "--apply", *paths, umask=0o022)
        ours = city.inventory / "imported-csv.yaml"
        check(ours.stat().st_mode & 0o044 == 0o044, "the daemons, other users, cannot read it")
        ours.chmod(0o600)
        ours.write_text(ours.read_text().replace('{id: "ap-0001",', '{id: "ap-0001", profile: "aruba",'))
        lines = paths[2].read_text().splitlines()
        paths[2].write_text("\n".join(line for line in lines if "hs-0001" not in line) + "\n")
        done = city.imported("--from", "csv", "--apply", *paths)
        check([(i["state"], i["id"]) for i in done["items"]] == [("missing", "hs-0001")], done["items"])
        check("hs-0001" in ours.read_text(), "removed unasked")
        done = city.imported("--from", "csv", "--apply", "--remove-missing", *paths)
        check(done["is_written"] and "hs-0001" not in ours.read_text(), "not removed")
        check(ours.stat().st_mode & 0o777 == 0o600, "its mode was changed")
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
        table.write_text("name,district,lat,lon\nRathaus,Nirgendwo,53.7064,9.9926\n")
        done = city.imported("--from", "csv", table)
        check('no district "nirgendwo"' in done["remarks"][0]["text"] and {"name": "district", "before": None, "after": "mitte"} in
              done["items"][0]["fields"], done)
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


# ---- NetBox and LibreNMS ----

DEVICE_KEYS = ["address", "port", "kind", "site", "uplink", "uplink_port", "power"]


def from_system(city, kind, server, *argv, status=0):
    token = city.world.write("token", f"TOKEN={foreign.TOKEN}\n", 0o600)
    return city.imported("--from", kind, server.url, "--token-file", token, *argv, status=status)


def comes_back(version):
    with World() as world:
        city = City(world)
        netbox = foreign.Netbox(city.items, version)
        with foreign.Server(netbox) as server:
            first = from_system(city, "netbox", server)
            check(not first["remarks"], first["remarks"])
            total = sum(len(city.items[kind]) for kind in ("sites", "devices", "hotspots"))
            check(first["counts"]["new"] == total, first["counts"])
            check(len(server.asked) > 10, "pages were not followed")
            from_system(city, "netbox", server, "--apply")
            check([p.name for p in city.inventory.iterdir()] == ["imported-netbox.yaml"], "other files")
            again = from_system(city, "netbox", server)
            check(again["items"] == [] and again["counts"]["same"] == total, again)
            city.check_configuration()
            wrong = city.differences(["name"] + DEVICE_KEYS)
            check(not wrong, f"not as in the city: {wrong[:5]}")
            written = parse_inventory((city.inventory / "imported-netbox.yaml").read_text())
            for kind, keys in (("hotspots", ["site", "device", "entity", "uplink", "power"]), ("sites", ["name", "kind", "district"])):
                got = {item["id"]: item for item in written[kind]}
                for item in city.items[kind]:
                    for key in keys:
                        check(got[item["id"]].get(key) == item.get(key), f"{item['id']}: {key}: {got[item['id']]}, not {item}")
            netbox.devices[3]["primary_ip"]["address"] = "192.0.2.77/24"
            items = from_system(city, "netbox", server)["items"]
            check(len(items) == 1 and len(items[0]["fields"]) == 1 and items[0]["fields"][0]["after"] == "192.0.2.77", items)


def netbox_4_comes_back():
    """the city from NetBox 4 is the city; a second import changes nothing, one field is one difference"""
    comes_back(4)


def netbox_3_comes_back():
    """the same with the shapes of NetBox 3"""
    comes_back(3)


def netbox_items_are_refused_with_a_reason():
    """a device that is planned, has no address or stands on a site without a position is named, with the reason"""
    with World() as world:
        city = City(world)
        netbox = foreign.Netbox(city.items, 4)
        aps = [d for d in netbox.devices if d["primary_ip"] and d["role"]["slug"] == "access-point"]
        aps[0]["status"]["value"] = "planned"
        aps[1]["primary_ip"] = None
        netbox.sites[0]["latitude"] = None
        aps[2]["custom_fields"]["netzwacht_port"] = 99999
        aps[3]["name"] = "\x1b[2J<b>'böse'</b>\u202e"
        with foreign.Server(netbox) as server:
            done = from_system(city, "netbox", server, "--apply", status=1)
            told = "\n".join(f"{r['where']}: {r['text']}" for r in done["remarks"])
            for part in (f"NetBox device {aps[0]['id']}: its status is \"planned\"", f"device {aps[1]['id']}: it has no primary IP",
                         "NetBox site 1: the source does not say its lat", "port: expected a whole number from 1 to 65535, not \"99999\""):
                check(part in told, f"{part!r} is not in\n{told}")
            city.check_configuration()
            ours = city.inventory / "imported-netbox.yaml"
            text = ours.read_text()
            ours.unlink()
            out = city.device("import", "--from", "netbox", server.url, "--token-file", world.dir / "token", ok=False).stdout + text
            check("\x1b" not in out and "\u202e" not in out and "\\u001b" in out, "a name reached the terminal unescaped")


def netbox_cables_beside_the_tree_are_links():
    """a ring of cables becomes uplinks and a link; --core says where they lead"""
    with World() as world:
        city = City(world)
        netbox = foreign.Netbox(city.items, 4)
        names = {d["custom_fields"].get("netzwacht_id"): d for d in netbox.devices}
        names["core-1"]["role"]["slug"] = "access-switch"
        near, far = netbox.end(names["sw-mit-01"], "xe-0/9/9"), netbox.end(names["sw-mit-03"], "xe-0/8/8")
        netbox.interfaces.append(netbox.connected(near, far, "dcim.interface"))
        with foreign.Server(netbox) as server:
            done = from_system(city, "netbox", server)
            check(any("--core" in r["text"] for r in done["remarks"]), "no word of the core")
            done = from_system(city, "netbox", server, "--apply", "--core", "Core Netzzentrum")
            links = [i for i in done["items"] if i["kind"] == "link"]
            check(len(links) == 1, links)
            check({f["after"] for f in links[0]["fields"]} >= {"sw-mit-01", "sw-mit-03"}, links)
            wrong = city.differences(DEVICE_KEYS)
            check(not wrong, f"not as in the city: {wrong[:5]}")
            check(from_system(city, "netbox", server)["items"] == [], "the second import, without --core")


def librenms_comes_back():
    """devices, sites and uplinks from LibreNMS are the city's; its communities and passwords are nowhere"""
    with World() as world:
        city = City(world)
        librenms = foreign.Librenms(city.items)
        with foreign.Server(librenms) as server:
            server.mischief = {"/api/v0/resources/locations": [lambda handler: foreign.reply(
                handler, 404, {"status": "error", "message": "Locations do not exist"})]}
            done = from_system(city, "librenms", server, status=1)
            check({i["kind"] for i in done["items"]} == {"device"}, "without locations: devices, and no hotspots")
            argv = ["--apply", "--core", "core-1"]
            done = from_system(city, "librenms", server, *argv)
            check([r["text"] for r in done["remarks"]] == ["1 neighbours are no devices there; left out"], done["remarks"])
            check(from_system(city, "librenms", server)["items"] == [], "the second import")
            city.check_configuration()
            listed = {d["id"]: d for d in json.loads(city.device("list", "--json").stdout)}
            sites = {s["name"]: s["id"] for s in parse_inventory((city.inventory / "imported-librenms.yaml").read_text())["sites"]}
            names = {s["id"]: s["name"] for s in city.items["sites"]}
            check(sorted(listed) == sorted(d["id"] for d in city.items["devices"]), sorted(listed))
            for d in city.items["devices"]:
                got = listed[d["id"]]
                for key in ("address", "port", "kind", "uplink", "uplink_port"):
                    check(str(got[key] or "") == d.get(key, ""), f"{d['id']}: {key} is {got[key]}, not {d.get(key)}")
                check(got["site"] == sites[names[d["site"]]], f"{d['id']}: site {got['site']}")
            librenms.devices[2].update(hostname="192.0.2.78", disabled=0)
            librenms.devices[4]["disabled"] = 1
            text = city.device("import", "--from", "librenms", server.url, "--token-file", world.dir / "token", ok=False).stdout
            told = [line for line in text.splitlines() if line.startswith(("changed", "refused", "missing", "new"))]
            check(len(told) == 2 and '-> "192.0.2.78"' in told[0] and "disabled there" in told[1], text)
            everything = text + json.dumps(done) + "".join(p.read_text() for p in city.inventory.iterdir())
            check(foreign.SECRET not in everything and foreign.TOKEN not in everything, "a secret")


def bad_servers():
    """busy, broken, endless, lying or untrusted servers end with one reason and nothing written"""
    with World() as world:
        city = City(world, hotspots=8)
        sites = "/api/dcim/sites/"
        with foreign.Server(foreign.Netbox(city.items, 4)) as server, foreign.Server(foreign.Netbox(city.items, 4)) as other:
            def attempt(mischief, status, part, *argv, token=foreign.TOKEN, url=None):
                server.mischief = {sites: list(mischief)}
                path = world.write("token", token + "\n", 0o600)
                done = city.device("import", "--from", "netbox", url or server.url, "--token-file", path, "--apply", *argv, ok=False)
                check(done.returncode == status, f"{part}: status {done.returncode}, not {status}\n{done.stdout[-500:]}{done.stderr[-500:]}")
                check(part in done.stderr, f"{part!r} is not in {done.stderr}")
                check(foreign.TOKEN not in done.stderr + done.stdout, "the token is in the output")
                check(status == 0 or not list(city.inventory.iterdir()), f"{part}: something was written")

            def sends(status, body=b"{}", **headers):
                return lambda handler: foreign.reply(handler, status, body, **headers)

            attempt([], 77, "the token is not accepted", token="wrong")
            attempt([sends(500)], 69, "status 500")
            attempt([sends(404)], 69, "without /api")
            attempt([sends(200, b"<html>")], 65, "no JSON, or cut off: line 1")
            attempt([foreign.truncated], 65, "no JSON, or cut off")
            attempt([sends(200, b"[" * 100000)], 65, "nested deeper than 32")
            attempt([sends(200, b'{"detail": "moved"}')], 65, "expected a list of NetBox")
            attempt([sends(200, b'{"results": [{"id": 1}, {"id": 1}]}')], 65, "result 2 has no id of its own")
            attempt([sends(200, b'{"next": "' + server.url.encode() + b'/api/dcim/sites/?x", "results": []}')], 65, "expected a list of NetBox")
            attempt([foreign.endless], 65, "larger than 64 MiB")
            attempt([foreign.silent], 69, "no answer in time", "--timeout", 1)
            attempt([sends(429, Retry_After="3600")], 75, "asks to wait 3600 s")
            attempt([sends(302, Location=other.url + sites)], 65, "the token would go there")
            server.next_origin = other.url
            attempt([], 65, "names a next page on another host")
            server.next_origin = None
            check(other.asked == [], f"the other host was asked: {other.asked}")
            attempt([], 69, "status 404", url=server.url + "/elsewhere")
            attempt([], 77, "http:// is for this host alone", url="http://192.0.2.1/")
            attempt([], 64, "no user or password", url="https://me:secret@192.0.2.1/")
            attempt([sends(429, Retry_After="1"), sends(302, Location=server.url + sites + "?limit=500")], 0, "waiting 1 s")
        attempt_url = server.url  # nobody listens there any more
        done = city.device("import", "--from", "netbox", attempt_url, "--token-file", world.dir / "token", ok=False)
        check(done.returncode == 69 and "Traceback" not in done.stderr, done.stderr)
        world.write("token", foreign.TOKEN, 0o644)
        done = city.device("import", "--from", "netbox", attempt_url, "--token-file", world.dir / "token", ok=False)
        check(done.returncode == 77 and "chmod 0600" in done.stderr, done.stderr)


def certificates_are_verified():
    """over https the server's certificate must be trusted: by the system, or by --ca"""
    with World() as world:
        city = City(world, hotspots=8)
        key, certificate = world.dir / "server.key", world.dir / "server.pem"
        world.run(tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                  "-subj", "/CN=netbox", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate)
        with foreign.Server(foreign.Netbox(city.items, 4), certificate=(certificate, key)) as server:
            token = world.write("token", foreign.TOKEN, 0o600)
            done = city.device("import", "--from", "netbox", server.url, "--token-file", token, ok=False)
            check(done.returncode == 69 and "--ca FILE" in done.stderr and not server.asked, done.stderr)
            check(from_system(city, "netbox", server, "--ca", certificate)["counts"]["new"] > 20, "with --ca")


# ---- districts ----

def districts_are_compared_and_written():
    """districts from GeoJSON: what changes, which sites move, and only a file of ours is written over"""
    with World() as world:
        city = City(world)
        city.imported("--from", "csv", "--apply", *write_tables(city))
        theirs = json.loads((world.dir / "city/districts.geojson").read_text())
        source, ours = world.dir / "new.geojson", world.dir / "districts.geojson"

        def save(data):
            source.write_text(json.dumps(data))

        def districts(*argv, status=0):
            done = city.device("import", "--districts", source, *argv, ok=False)
            check(done.returncode == status, f"{argv}: status {done.returncode}, not {status}\n{done.stdout}{done.stderr}")
            return done

        save(theirs)
        check("0 new, 0 changed, 0 vanished, 5 in all" in districts().stdout, "the same file differs")
        odd = {s["id"] for s in json.loads(districts("--json").stdout)["sites"]}  # the city has cabinets across the border
        by_id = {f["properties"]["id"]: f for f in theirs["features"]}
        by_id["mitte"]["geometry"], by_id["garstedt"]["geometry"] = by_id["garstedt"]["geometry"], by_id["mitte"]["geometry"]
        save(theirs)
        done = json.loads(districts("--json").stdout)
        check({(d["state"], d["id"]) for d in done["districts"]} == {("changed", "mitte"), ("changed", "garstedt")}, done["districts"])
        check(all(1 < d["area_km2"] < 40 and d["area_km2"] != d["area_km2_before"] for d in done["districts"]), done["districts"])
        moved = {s["id"] for s in city.items["sites"] if s["district"] in ("mitte", "garstedt")}
        check({s["id"] for s in done["sites"]} == moved | odd, "sites that change their district")
        check("left alone" in districts("--apply", status=73).stderr, "a file of others was written over")
        config = city.config.read_text()
        city.config.write_text(config.replace(str(world.dir / "city/districts.geojson"), str(ours)))
        districts("--apply")
        city.check_configuration()
        check("up to date" in districts("--apply").stdout, "the second time")
        theirs["features"][0]["properties"]["name"] = "Anders"
        save(theirs)
        check("0 new, 1 changed" in districts("--apply").stdout and "Anders" in ours.read_text(), "a change to a file of ours")
        for feature in theirs["features"]:
            feature["geometry"]["coordinates"] = [[point[::-1] for point in ring] for ring in feature["geometry"]["coordinates"]]
        save(theirs)
        check("the wrong way round" in districts("--apply", status=65).stderr, "swapped")
        theirs["features"] = theirs["features"][:1]
        theirs["features"][0]["geometry"]["coordinates"][0][0] = [9, 53]
        save(theirs)
        check("feature 1 (" in districts(status=65).stderr, "an open ring")
        theirs["features"][0]["geometry"]["coordinates"] = [[[9.9, 53.6], [10.1, 53.6], [10.1, 53.8], [9.9, 53.6]]]
        save(theirs)
        done = districts("--apply", status=65)
        check("there would be no district" in done.stderr and "Anders" in ours.read_text() and "4 vanished" in done.stdout, done.stderr)


if __name__ == "__main__":
    run_tests(tables_come_back, hand_written_is_safe, vanished_is_kept_until_asked, result_must_be_right, adds_and_lists,
              asks_the_device, netbox_4_comes_back, netbox_3_comes_back, netbox_items_are_refused_with_a_reason,
              netbox_cables_beside_the_tree_are_links, librenms_comes_back, bad_servers,
              certificates_are_verified, districts_are_compared_and_written)
