# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: each gives one clear message that says what to do, and nothing else stops."""
import os
import resource
import signal
import socket
import time

from lib.harness import SOURCE, World, check, free_port, run_tests, wait_for

CONFIG = """instance: test
state_dir: state
inventory: [inventory.yaml]
credentials:
  - {name: default, version: v2c, community_file: community}
collector: {interval: 1s, timeout: 100ms, miss_interval: 200ms, confirm_interval: 50ms}
"""
INVENTORY = """sites:
  - {id: s-1, name: Ort, kind: street, lat: 53.70, lon: 10.0}
devices:
  - {id: ap-1, name: Mast 1, address: 127.16.0.9, port: %d, kind: ap, site: s-1}
hotspots:
  - {id: hs-1, name: Mast 1, site: s-1, device: ap-1}
"""


def installation(world, config=CONFIG, inventory=None, port=None):
    world.write("netzwacht.yaml", config)
    world.write("inventory.yaml", inventory or INVENTORY % (port or free_port(socket.SOCK_DGRAM)))
    world.write("community", "geheim-1\n", 0o600)
    return world.dir / "netzwacht.yaml"


def check_says(world, config, *messages):
    done = world.run("netzwacht", "check", "-c", config, ok=False)
    check(done.returncode == 65, f"status {done.returncode}, expected 65")
    for message in messages:
        check(message in done.stderr, f"expected {message!r} in\n{done.stderr}")
    return done.stderr


def refuses(world, daemon, config, status, *messages):
    """The daemon ends with that status and says so."""
    done = world.run(daemon, "-c", config, ok=False, timeout=20)
    check(done.returncode == status, f"{daemon}: status {done.returncode}, expected {status}\n{done.stderr}")
    for message in messages:
        check(message in done.stderr, f"expected {message!r} in\n{done.stderr}")


def broken_yaml():
    """Broken YAML is named with file, line and column, by check and by the daemons"""
    with World() as world:
        config = installation(world, CONFIG + "store: [1\n")
        check_says(world, config, "netzwacht.yaml:8:1: not valid YAML")
        refuses(world, "netzwacht-collector", config, 78, "not valid YAML")


def unknown_keys():
    """All mistakes come in one run: unknown keys, values out of range, wrong types"""
    with World() as world:
        config = installation(world, CONFIG + "store: {bach: 60s, step: 0s}\ndashboard: {port: 99999}\nprobe: yes\n")
        check_says(world, config, "netzwacht.yaml:7:9: unknown key \"bach\"; known here: directory, batch, step, ",
                   "step: expected a duration", "netzwacht.yaml:8:19: port: expected a whole number from 1 to 65535",
                   "netzwacht.yaml:9:8: expected keys and values")


def duplicate_ids():
    """Duplicate ids, missing references and circles in the inventory are named with their line"""
    inventory = INVENTORY % 161 + "  - {id: hs-1, name: Zwei, site: s-1, device: ap-9}\n"
    inventory += "links:\n  - {id: l, from: ap-1, to: nowhere}\n"
    with World() as world:
        check_says(world, installation(world, inventory=inventory),
                   "inventory.yaml:7:5: the hotspot id \"hs-1\" stands here a second time",
                   "device: there is no device \"ap-9\" in the inventory", "to: there is no device \"nowhere\"")


def readable_secret():
    """A community that others can read is refused, with what to do"""
    with World() as world:
        config = installation(world)
        os.chmod(world.dir / "community", 0o644)
        check_says(world, config, "community: not allowed (chmod 600")


def wrong_profile():
    """A profile with a wrong OID does not load: its line is named; one that asks for client addresses neither"""
    with World() as world:
        good = (SOURCE / "profiles" / "unifi.yaml").read_text()
        broken = world.write("broken.yaml", good.replace("1.3.6.1.4.1.41112", "1.3.6.1.four.41112"))
        done = world.run("netzwacht", "profile", "check", broken, ok=False)
        check(done.returncode != 0 and "broken.yaml:12:11: oid: expected a numeric OID" in done.stderr + done.stdout, f"{done.stdout}{done.stderr}")
        neighbours = "1.3.6.1.2.1.4.22.1.2"  # ipNetToMediaPhysAddress: whose addresses the device has heard
        curious = world.write("curious.yaml", "profile: curious\nmatch:\n  - {sys_object_id: 1.3.6.1.4.1.99999}\ntables:\n  - table: t\n    kind: sensor\n"
                              f"    readings:\n      - {{metric: clients, unit: \"1\", oid: {neighbours}}}\n")
        done = world.run("netzwacht", "profile", "check", curious, ok=False)
        check(done.returncode == 65 and "identifies no client" in done.stderr + done.stdout, f"{done.returncode}: {done.stdout}{done.stderr}")


def wrong_profile_stops_nothing():
    """One wrong profile is named by check and by the collector, which goes on with all others"""
    with World() as world:
        config = installation(world, CONFIG + "profile_dirs: [extra]\n")
        world.write("extra/own.yaml", "profile: own\nmatch:\n  - {sys_object_id: 1.3.6.1.four}\n")
        check_says(world, config, "extra/own.yaml:3:21: sys_object_id: expected a numeric OID")
        daemon = world.start("netzwacht-collector", "-c", config)
        wait_for("records", 10, lambda: len(world.journal("collector")) > 3)
        check(daemon.poll() is None, "the collector ended")
        check("extra/own.yaml:3:" in world.log("netzwacht-collector"), world.log("netzwacht-collector"))


def second_writer():
    """A second collector on the same journal is refused and the first goes on"""
    with World() as world:
        config = installation(world)
        first = world.start("netzwacht-collector", "-c", config, log="first")
        wait_for("the first to write", 10, lambda: list(world.dir.glob("state/journal/collector/*.seg")))
        done = world.run("netzwacht-collector", "-c", config, ok=False, timeout=20)
        check(done.returncode == 75, f"status {done.returncode}, expected 75\n{done.stderr}")
        check(first.poll() is None, "the first collector stopped")


def port_in_use():
    """A dashboard whose port is taken says which, and ends"""
    with World() as world, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = installation(world, CONFIG + f"dashboard: {{listen: 127.0.0.1, port: {port}}}\n")
        done = world.run("netzwacht-dashboard", "-c", config, ok=False, timeout=20)
        check(done.returncode != 0, "it went on without its port")
        check(str(port) in done.stderr, f"the port is not named:\n{done.stderr}")


def no_broker():
    """Without a broker alerts goes on and says so once"""
    with World() as world:
        config = installation(world, CONFIG + f"alerts: {{mqtt: {{host: 127.0.0.1, port: {free_port()}, tls: false}}}}\n")
        daemon = world.start("netzwacht-alerts", "-c", config)
        time.sleep(6)
        check(daemon.poll() is None, f"alerts ended:\n{world.log('netzwacht-alerts')}")
        lines = [line for line in world.log("netzwacht-alerts").splitlines() if "MQTT" in line or "broker" in line]
        check(len(lines) == 1, f"{len(lines)} lines about the broker: {lines}")


def truncated_segment():
    """A journal segment cut in the middle of a record stops no reader: what is whole is read"""
    with World() as world:
        config = installation(world)
        collector = world.start("netzwacht-collector", "-c", config, log="first")
        time.sleep(4)
        collector.kill()
        collector.wait()
        segment = sorted(world.dir.glob("state/journal/collector/*.seg"))[-1]
        whole = len(world.journal("collector"))
        check(whole > 2, f"only {whole} records")
        os.truncate(segment, segment.stat().st_size - 3)
        check(len(world.journal("collector")) == whole - 1, "the records before the cut are not all read")
        world.start("netzwacht-collector", "-c", config, log="second")
        wait_for("the collector to write behind the cut", 15, lambda: len(world.journal("collector")) > whole + 2)


def full_disk():
    """A full disk stops no polling: the collector goes on, says so once, and writes again when there is room"""
    with World() as world:
        config = installation(world)
        daemon = world.start("netzwacht-collector", "-c", config, preexec_fn=limit_file_size)
        def complaints():
            return [line for line in world.log("netzwacht-collector").lower().splitlines() if "no space" in line or "full" in line]
        wait_for("the message", 60, complaints)
        time.sleep(4)
        check(daemon.poll() is None, "the collector ended")
        check(len(complaints()) == 1, f"{len(complaints())} lines about it: {complaints()[:4]}")
        before = len(world.journal("collector"))
        resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        wait_for("new records", 20, lambda: len(world.journal("collector")) > before + 3)


def limit_file_size():
    """No file of this process grows beyond 4 KiB (write() gives EFBIG, as a quota gives EDQUOT) until the limit is raised."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))


def wrong_firmware_rules():
    """Mistakes in firmware.yaml stop no dashboard, but are named with file, line and column, and so is a file that is not there"""
    with World() as world:
        config = installation(world, CONFIG + f"firmware: rules/firmware.yaml\ndashboard: {{port: {free_port()}}}\n")
        check_says(world, config, "rules/firmware.yaml:1:1: cannot be read")
        (world.dir / "rules").mkdir()
        world.write("rules/firmware.yaml", "models:\n  - {vendor: A, minimum: 1.2, end_of_support: soon}\n")
        check_says(world, config, "rules/firmware.yaml:2:47: ", "a day such as 2026-11-30")
        world.write("rules/firmware.yaml", "models:\n  - {vendor: A, minimum: 1.2}\n")
        check_says(world, config, "rules/firmware.yaml:2:5: `reason` is missing")
        log = world.dir / "netzwacht-dashboard.log"
        world.start("netzwacht-dashboard", "-c", config)
        wait_for("the dashboard serves", 20, lambda: "http://" in log.read_text())
        check("no firmware is rated" in log.read_text() and "firmware.yaml:2:5" in log.read_text(), log.read_text())
        world.write("rules/firmware.yaml", "models:\n  - {vendor: A, minimum: 1.2, reason: x}\n")
        done = world.run("netzwacht", "check", "-c", config)
        check("1 hotspots" in done.stdout, done.stdout)


def missing_configuration():
    """A configuration that is not there: every program names the file"""
    with World() as world:
        nowhere = world.dir / "nowhere.yaml"
        check_says(world, nowhere, f"{nowhere}:1:1: cannot be read")
        for daemon in ("collector", "store", "alerts", "probe", "dashboard", "public"):
            refuses(world, f"netzwacht-{daemon}", nowhere, 66, str(nowhere))


if __name__ == "__main__":
    run_tests(broken_yaml, unknown_keys, duplicate_ids, readable_secret, wrong_profile, wrong_profile_stops_nothing, second_writer, port_in_use, no_broker,
              truncated_segment, full_disk, wrong_firmware_rules, missing_configuration)
