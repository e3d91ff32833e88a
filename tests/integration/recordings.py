#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings of real devices through `netzwacht poll --recording`, and some of them over the network through snmpsim."""
import json
import os
import re
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
sys.path.insert(0, str(Path(__file__).parent.parent / "data"))
sys.dont_write_bytecode = True
import make_miniature as mini  # noqa: E402
from harness import Skip, World, check, free_port, run_tests, shared, tool, wait_for  # noqa: E402

KINDS = set("interface radio ssid ap station link sensor optic pon onu psu fan cpu memory ups battery poe chassis".split())
UNITS = set("Cel V A W VA var Hz % s rpm ps/nm dBm dB bit/s By m Wh A.h 1 1/s".split())
REASONS = {"sentinel", "not_present", "unparsable", "out_of_range", "unit_unknown"}
OPER = {"up", "down", "testing", "unknown", "dormant", "notpresent", "lowerlayerdown"}


def names():
    """All recordings that lie unpacked and have an expectation."""
    recordings = shared("recordings")
    found = sorted(p.stem for p in recordings.glob("*.snmprec") if (shared("expected") / f"{p.stem}.json").exists())
    check(len(found) >= 30, f"only {len(found)} recordings at {recordings}")
    return found


def no_duplicates(pairs):
    keys = [k for k, _ in pairs]
    check(len(keys) == len(set(keys)), f"duplicate key in {keys}")
    return dict(pairs)


def no_constant(text):
    raise ValueError(f"{text} is not JSON")


def poll(world, *argv):
    done = world.run("netzwacht", "poll", *argv, "--json", timeout=30)
    return json.loads(done.stdout, object_pairs_hook=no_duplicates, parse_constant=no_constant)


POLLED = {}


def polled(name):
    if name not in POLLED:
        with World() as world:
            POLLED[name] = poll(world, "--recording", shared(f"recordings/{name}.snmprec"))
    return POLLED[name]


def breaches(d):
    """What contradicts the schema netzwacht.poll/1."""
    if d.get("schema") != "netzwacht.poll/1":
        yield "schema"
    if set(d) != {"schema", "profile", "device", "entities", "samples", "stats"}:
        yield f"members {sorted(d)}"
    for key, value in d["device"].items():
        if not (value is None or (isinstance(value, (int, float)) if key == "uptime_s" else isinstance(value, str) and value)):
            yield f"device.{key} {value!r}"
    ids = [e["id"] for e in d["entities"]]
    if len(ids) != len(set(ids)):
        yield "an entity id twice"
    for e in d["entities"]:
        if e["kind"] not in KINDS or not isinstance(e["attrs"], dict):
            yield f"entity {e['id']}"
    known = set(ids)
    for s in d["samples"]:
        where = f"{s.get('entity')} {s.get('metric')}"
        if s["entity"] not in known or s["unit"] not in UNITS or not re.fullmatch(r"[a-z0-9_.]+", s["metric"]):
            yield where
        if not s["oid"] or any(o.startswith(".") for o in s["oid"]):
            yield f"{where}: oid {s['oid']}"
        if s["quality"] == "unknown" and (s["value"] is not None or s.get("reason") not in REASONS):
            yield f"{where}: unknown"
        if s["quality"] == "ok" and not isinstance(s["value"], (int, float)) and not s.get("text"):
            yield f"{where}: value {s['value']!r}"
        if s["quality"] not in ("ok", "unknown") or isinstance(s["value"], bool):
            yield f"{where}: quality {s['quality']!r}"


def fold(text):
    return re.sub(r"\s+", " ", str(text or "")).strip().casefold()


def wrong_interfaces(expected, got):
    have = {e["attrs"]["if_index"]: e["attrs"] for e in got["entities"] if e["kind"] == "interface"}
    for port in expected["ports"]:
        a = have.get(port["ifIndex"])
        oper = re.sub("[^a-z]", "", str(port.get("ifOperStatus") or "").casefold())
        wanted = {fold(port.get(k)) for k in ("ifName", "ifDescr")} - {""}
        if a is None:
            yield f"interface {port['ifIndex']} is missing"
        elif oper in OPER and str(a["oper"]).casefold() != oper:
            yield f"interface {port['ifIndex']}: {a['oper']} instead of {oper}"
        elif wanted and not wanted & {fold(a["name"]), fold(a["descr"])}:
            yield f"interface {port['ifIndex']}: neither {a['name']!r} nor {a['descr']!r} is in {wanted}"


def every_recording_is_read_as_the_contract_says():
    """every recording gives one valid object of the poll contract"""
    for name in names():
        found = list(breaches(polled(name)))
        check(not found, f"{name}: {found[:5]}")


def every_interface_is_right():
    """every interface of every recording has its index, names and state"""
    count = 0
    for name in names():
        expected = json.loads((shared("expected") / f"{name}.json").read_text())
        found = list(wrong_interfaces(expected, polled(name)))
        check(not found, f"{name}: {found[:5]}")
        count += len(expected["ports"])
    check(count > 1000, f"only {count} interfaces compared")


# ---- after a restart that numbers the interfaces anew ----

IF_TABLES = ["1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1", "1.3.6.1.2.1.10.7.2.1"]

LLDP_TABLES = [("1.0.8802.1.1.2.1.3.7.1", 0), ("1.0.8802.1.1.2.1.4.1.1", 1), ("1.0.8802.1.1.2.1.4.2.1", 1)]  # the local port is its ifIndex


def interface_columns(profiles):
    """(OID, place of ifIndex in the index) of the standard tables, and of those whose rows are named after an interface."""
    yield from ((f"{table}.{column}", 0) for table in IF_TABLES for column in range(1, 40))
    yield from ((f"{table}.{column}", place) for table, place in LLDP_TABLES for column in range(1, 13))
    for profile in profiles:
        yield from mini.named_after_interfaces(profile)


def renumbered(lines, columns):
    """The same lines with every interface under its neighbour's ifIndex; None if there are fewer than two."""
    rows = (re.match(r"\.?1\.3\.6\.1\.2\.1\.(?:2\.2\.1\.[12]|31\.1\.1\.1\.1)\.(\d+)\|", line) for line in lines)
    found = sorted({int(row[1]) for row in rows if row})
    if len(found) < 2:
        return None
    new = dict(zip(found, found[1:] + found[:1]))
    places = dict(columns)
    out = []
    for line in lines:
        oid, bar, rest = line.partition("|")
        parts = oid.lstrip(".").split(".")
        for length in range(9, len(parts)):
            place = places.get(".".join(parts[:length]))
            if place is not None and length + place < len(parts) and parts[length + place].isdigit():
                index = int(parts[length + place])
                parts[length + place] = str(new.get(index, index))
                break
        out.append(".".join(parts) + bar + rest if bar else line)
    return out


def lasting_ids(d):
    """Ids that promise to last: not those of tables known by index alone, nor of names that several rows share."""
    return sorted(e["id"] for e in d["entities"] if "/index." not in e["id"])


def entities_outlive_other_ifindexes():
    """every recording with an ifTable gives the same entity ids when all its ifIndexes are others, and the names go along"""
    profiles = mini.load_all(str(Path(os.environ.get("NETZWACHT_SOURCE", ".")).resolve() / "profiles"))
    count, twins = 0, 0
    with World() as world:
        for name in names():
            lines = shared(f"recordings/{name}.snmprec").read_text(encoding="latin-1").split("\n")
            before = polled(name)
            changed = renumbered(lines, interface_columns([profiles[p] for p in before["profile"]]))
            if changed is None:
                continue
            path = world.dir / "renumbered.snmprec"
            path.write_text("\n".join(changed), encoding="latin-1")
            after = poll(world, "--recording", path)
            gone, new = (set(lasting_ids(a)) - set(lasting_ids(b)) for a, b in ((before, after), (after, before)))
            check(not gone and not new, f"{name}: gone {sorted(gone)[:4]}, new {sorted(new)[:4]}")
            moved = {e["id"]: e["attrs"]["if_index"] for e in after["entities"] if e["kind"] == "interface"}
            same = [e["id"] for e in before["entities"] if e["kind"] == "interface" and moved.get(e["id"]) == e["attrs"]["if_index"]]
            check(not [i for i in same if "/index." not in i], f"{name}: {same[:3]} kept their ifIndex, so nothing was tested")
            count, twins = count + 1, twins + sum("/index." in e["id"] for e in before["entities"] if e["kind"] == "interface")
    print(f"# {count} recordings, {twins} interfaces with a name that another one has")
    check(count >= 150, f"only {count} recordings")


# ---- a family that nobody covers ----

FAMILY = """
profile: lamplight
match: [{sys_object_id: [1.3.6.1.4.1.99999.42]}]
vendor: [{text: Lamplight}]
tables:
  - table: ap
    kind: ap
    id: "ap/{mac:1-6}"
    listed: true
    readings:
      - {metric: ap.up, oid: 1.3.6.1.4.1.99999.42.1.1.2, map: {7: 1, 9: 0}}
      - {metric: wireless.clients, oid: 1.3.6.1.4.1.99999.42.1.1.3}
"""


def a_family_is_one_file():
    """a family that no shipped profile covers works once its profile lies in --profile-dir"""
    with World() as world:
        recording = world.write("lamp.snmprec", "1.3.6.1.2.1.1.1.0|4|Lamplight controller\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.42.1\n" +
                                "".join(f"1.3.6.1.4.1.99999.42.1.1.2.0.0.94.0.83.{i}|2|{state}\n1.3.6.1.4.1.99999.42.1.1.3.0.0.94.0.83.{i}|66|{i * 10}\n"
                                        for i, state in ((1, 7), (2, 9), (3, 5))))
        check(poll(world, "--recording", recording)["profile"] == ["generic"], "a shipped profile takes it for its own")
        world.write("more/lamplight.yaml", FAMILY)
        d = poll(world, "--recording", recording, "--profile-dir", world.dir / "more")
        check(d["profile"] == ["generic", "lamplight"] and d["device"]["vendor"] == "Lamplight", f"{d['profile']} {d['device']}")
        up = {s["entity"]: (s["value"], s["quality"]) for s in d["samples"] if s["metric"] == "ap.up"}
        check(up == {"ap/00:00:5e:00:53:01": (1, "ok"), "ap/00:00:5e:00:53:02": (0, "ok"), "ap/00:00:5e:00:53:03": (None, "unknown")}, up)
        check([s["value"] for s in d["samples"] if s["metric"] == "wireless.clients"] == [10, 20, 30], d["samples"])
        world.write("more/broken.yaml", FAMILY.replace("lamplight", "broken").replace("oid:", "odi:"))
        done = world.run("netzwacht", "poll", "--recording", recording, "--profile-dir", world.dir / "more", "--json")
        check(json.loads(done.stdout)["profile"] == ["generic", "lamplight"] and "broken.yaml:" in done.stderr,
              "a broken profile beside it matters")


def a_long_recording_passes_in_seconds():
    """a recording of 40 MB is read in seconds and in little memory"""
    with World() as world:
        path = world.dir / "long.snmprec"
        with open(path, "w") as f:
            f.write("1.3.6.1.2.1.1.1.0|4|long\n")
            for i in range(1, 1_100_000):
                f.write(f"1.3.6.1.2.1.17.4.3.1.2.2.0.0.{i >> 16}.{i >> 8 & 255}.{i & 255}|2|{i % 48}\n")
            for i in range(1, 49):
                f.write(f"1.3.6.1.2.1.31.1.1.1.1.{i}|4|port {i}\n")
        check(path.stat().st_size > 40_000_000, f"{path.stat().st_size} bytes")
        begin = time.monotonic()
        done = world.run("/bin/sh", "-c", 'ulimit -v 262144; exec "$@"', "sh",
                         Path(os.environ.get("NETZWACHT_BUILD", "build")).resolve() / "netzwacht", "poll", "--recording", path,
                         "--json")
        seconds = time.monotonic() - begin
        check(len(json.loads(done.stdout)["entities"]) == 48, "not 48 interfaces")
        check(seconds < 20, f"{seconds:.1f} s")


def what_cannot_be_read_is_told():
    """a missing, packed or senseless recording ends with one clear message and not with a crash"""
    with World() as world:
        packed = world.write("x.snmprec.xz", "")
        noise = world.dir / "noise.snmprec"
        noise.write_bytes(bytes(range(256)) * 64)
        missing = world.run("netzwacht", "poll", "--recording", world.dir / "none", "--json", ok=False)
        check(missing.returncode == 66 and missing.stderr.count("\n") == 1, missing.stderr)
        done = world.run("netzwacht", "poll", "--recording", packed, "--json", ok=False)
        check(done.returncode not in (0, -6, -11) and "xz -d" in done.stderr, done.stderr)
        done = world.run("netzwacht", "poll", "--recording", noise, "--json")
        check(json.loads(done.stdout)["entities"] == [], done.stdout)


# ---- over the network ----

AGENTS = ("unifi_nanohd", "junos_ex", "aruba-instant", "eaton-mgeups_5px")


def oid_key(line):
    return [int(i) for i in line.split("|", 1)[0].lstrip(".").split(".")]


def sorted_recording(name):
    """As snmpsim wants it: sorted, without leading dots, each OID once."""
    lines = {}
    for line in shared(f"recordings/{name}.snmprec").read_text(encoding="latin-1").split("\n"):
        if re.fullmatch(r"\.?[0-9.]+\|[0-9]+[xe]?\|.*", line, re.S):
            lines.setdefault(line.lstrip(".").split("|", 1)[0], line.lstrip("."))
    return "\n".join(sorted(lines.values(), key=oid_key)) + "\n"


def answers(port, community):
    """Does an agent answer sysDescr for this community? A hand-made SNMPv2c GET."""
    name = community.encode()
    oid = bytes.fromhex("2b06010201010100")  # sysDescr.0
    varbind = b"\x30" + bytes([4 + len(oid)]) + b"\x06" + bytes([len(oid)]) + oid + b"\x05\x00"
    pdu = bytes.fromhex("020400000001020100020100") + b"\x30" + bytes([len(varbind)]) + varbind
    body = b"\xa0" + bytes([len(pdu)]) + pdu
    rest = b"\x02\x01\x01\x04" + bytes([len(name)]) + name + body
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(0.5)
        s.sendto(b"\x30" + bytes([len(rest)]) + rest, ("127.0.0.1", port))
        try:
            return bool(s.recv(65535))
        except OSError:
            return False


def unread(world, *argv):
    """The columns of `netzwacht poll --unread`; of the examples their beginnings, since a live agent's clocks go on."""
    lines = world.run("netzwacht", "poll", *argv, "--unread", timeout=60).stdout.split("Columns that the device answers")[1].splitlines()
    return [line.split()[:3] for line in lines[1:-1] if not line.strip().startswith("1.3.6.1.6.")]


def start_snmpsim(world):
    data = world.dir / "data"
    for name in AGENTS:
        world.write(f"data/{name}.snmprec", sorted_recording(name))
    cache = world.dir / "cache"
    cache.mkdir()
    for path in (world.dir, data, cache):
        path.chmod(0o777)  # snmpsimd gives up root for nobody
    port = free_port(socket.SOCK_DGRAM)
    user = ["--process-user=nobody", "--process-group=nogroup"] if os.getuid() == 0 else []
    process = world.start(tool("snmpsimd"), f"--data-dir={data}", f"--cache-dir={cache}", f"--agent-udpv4-endpoint=127.0.0.1:{port}",
                          "--logging-method=stderr", "--v2c-arch", *user, log="snmpsimd")
    wait_for("snmpsimd answers", 90, lambda: process.poll() is not None or answers(port, AGENTS[0]), 0.5)
    if "ModuleNotFoundError" in world.log("snmpsimd"):  # Debian 13: its own libraries have moved on without it
        raise Skip("this Debian's snmpsim cannot be started: " + world.log("snmpsimd").splitlines()[-1])
    check(process.poll() is None, world.log("snmpsimd")[-2000:])
    return port


def understood(d):
    return {(s["entity"], s["metric"], tuple(s["oid"]), s["value"], s["unit"], s["quality"], s.get("text")) for s in d["samples"]}


def the_network_and_the_recording_say_the_same():
    """four agents of snmpsim give over the network what their recordings give"""
    with World() as world:
        port = start_snmpsim(world)
        for name in AGENTS:
            community = world.write(f"{name}.community", f"{name}\n", 0o600)
            live = poll(world, "127.0.0.1", "--port", port, "--credentials", community)
            recorded = polled(name)
            check(len(recorded["entities"]) > 5, f"{name}: only {len(recorded['entities'])} entities")
            check(live["profile"] == recorded["profile"], f"{name}: {live['profile']} {recorded['profile']}")
            check(live["entities"] == recorded["entities"], f"{name}: other entities")
            difference = understood(live) ^ understood(recorded)
            check(not difference, f"{name}: {sorted(map(str, difference))[:6]}")
            unread_live = unread(world, "127.0.0.1", "--port", port, "--credentials", community)
            unread_recorded = unread(world, "--recording", world.dir / f"data/{name}.snmprec")
            different = [pair for pair in zip(unread_live, unread_recorded) if pair[0] != pair[1]]
            check(unread_live == unread_recorded, f"{name}: other columns are unread: {different[:3]} {len(unread_live)} {len(unread_recorded)}")
            check(len(unread_live) > 5, f"{name}: {unread_live}")


def silence_and_open_secrets_are_told():
    """no answer, a community that others may read and none at all: one message each, statuses 69 and 77"""
    with World() as world:
        port = free_port(socket.SOCK_DGRAM)
        secret = world.write("community", "not-to-be-seen\n", 0o600)
        silent = world.run("netzwacht", "poll", "127.0.0.1", "--port", port, "--credentials", secret, ok=False, timeout=60)
        check(silent.returncode in (69, 75) and "127.0.0.1" in silent.stderr, f"{silent.returncode} {silent.stderr}")
        secret.chmod(0o644)
        opened = world.run("netzwacht", "poll", "127.0.0.1", "--credentials", secret, ok=False)
        check(opened.returncode == 77 and "chmod 0600" in opened.stderr, f"{opened.returncode} {opened.stderr}")
        none = world.run("netzwacht", "poll", "127.0.0.1", ok=False)
        check(none.returncode == 77 and "--credentials" in none.stderr, f"{none.returncode} {none.stderr}")
        check("not-to-be-seen" not in silent.stderr + opened.stderr + silent.stdout, "the secret was printed")


def mistakes_in_a_profile_are_told():
    """netzwacht profile check names file, line and column of every mistake, and refuses tables of people's devices"""
    with World() as world:
        path = world.write("bad.yaml", "profile: bad\ntables:\n  - table: t\n    kind: sensor\n    readings:\n"
                           "      - {metric: temperature, oid: 1.3.six}\n"
                           "      - {metric: clients, unit: \"1\", oid: 1.3.6.1.2.1.17.4.3.1.1}\n"
                           "      - {metric: temperature, colour: red, oid: 1.3.6.1.4.1.99999.1}\n")
        done = world.run("netzwacht", "profile", "check", path, ok=False)
        check(done.returncode == 65, f"status {done.returncode}")
        for line in (6, 7, 8):
            check(re.search(rf"bad\.yaml:{line}:\d+: ", done.stderr), f"nothing about line {line}: {done.stderr}")
        check("identifies no client" in done.stderr, done.stderr)
        good = world.run("netzwacht", "profile", "try", Path(os.environ.get("NETZWACHT_SOURCE", ".")).resolve() /
                         "tests/data/profiles/testing.yaml", Path(os.environ.get("NETZWACHT_SOURCE", ".")).resolve() /
                         "tests/data/recordings/testing.snmprec")
        check("6.215e+09 Hz" in good.stdout and "unknown (sentinel)" in good.stdout, good.stdout)


def what_no_profile_reads_is_told():
    """netzwacht profile try lists the columns that no profile reads, with names, and nothing of people's devices"""
    source = Path(os.environ.get("NETZWACHT_SOURCE", ".")).resolve() / "tests/data"
    with World() as world:
        recording = world.write("x.snmprec", (source / "recordings/testing.snmprec").read_text() +
                                "1.3.6.1.4.1.99999.77.1.2.1|2|-55\n1.3.6.1.4.1.99999.77.1.2.2|2|-57\n"
                                "1.3.6.1.2.1.4.22.1.2.1.10.1.2.3|4x|00005e005301\n")
        listed = world.write("names", "1.3.6.1.4.1.99999.77.1.2\texampleLevel\tOBJECT-TYPE\n")
        done = world.run("netzwacht", "profile", "try", source / "profiles/testing.yaml", recording, "--names", listed)
        check(re.search(r"1\.3\.6\.1\.4\.1\.99999\.77\.1\.2 +2 values +-55 +exampleLevel", done.stdout), done.stdout)
        check("1 are of tables about people's devices" in done.stdout, done.stdout)
        check("5e005301" not in done.stdout and "4.22" not in done.stdout, done.stdout)
        wrong = world.run("netzwacht", "poll", "--recording", recording, "--unread", "--json", ok=False)
        check(wrong.returncode == 64 and "--unread" in wrong.stderr, f"{wrong.returncode} {wrong.stderr}")


run_tests(every_recording_is_read_as_the_contract_says, every_interface_is_right, entities_outlive_other_ifindexes, a_family_is_one_file,
          a_long_recording_passes_in_seconds,
          what_cannot_be_read_is_told, the_network_and_the_recording_say_the_same, silence_and_open_secrets_are_told, mistakes_in_a_profile_are_told,
          what_no_profile_reads_is_told)
