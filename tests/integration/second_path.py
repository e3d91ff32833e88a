# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is told besides the NOC: the second path when it confirms nothing, the chain of escalation when nobody acknowledges."""
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from channels import SECRET, Receiver
from lib.harness import check, run_tests, wait_for
from lib.town import Town

CRITICAL = "guards: {critical_hotspots: 1, major_hotspots: 1}\n"  # any access point that is silent


class Desk(Town):
    """A town with a channel that gets nothing but what is sent to it by name."""

    def __init__(self, settings="", rules=""):
        self.receiver = Receiver()
        self.receiver.mode = 200
        super().__init__("  rules: rules.yaml\n  channels:\n    - {name: duty, kind: webhook, automatic: no, events: ends, "
                         f"secret_file: secret, url: '{self.receiver.url}'}}\n{settings}")
        self.write("secret", SECRET + "\n", mode=0o600)
        self.write("rules.yaml", CRITICAL + rules)

    def __exit__(self, *args):
        super().__exit__(*args)
        self.receiver.shutdown()

    def got(self, kind="", source=""):
        """Messages by id: a kill -9 between answer and commit repeats one, with the same id and body."""
        found = {}
        for event in list(self.receiver.accepted):
            check(found.setdefault(event["id"], event) == event, f"an id with two bodies: {event['id']}")
        return [e for e in found.values() if e["type"].endswith(kind) and e["source"].endswith(source)]

    def causes(self):
        return [(e["type"].split(".")[-1], e["data"]["cause"]["id"]) for e in self.got()]

    def restart_alerts(self):
        self.alerts.kill()
        self.alerts.wait()
        self.start_alerts()

    def incident(self, device):
        return next((i for i in self.last("incident/").values() if i["cause"]["id"] == device), None)


def an_outage_takes_the_second_path(town):
    town.collector.kill("ap-1")
    wait_for("the second path", 40, lambda: town.got("opened", "/second_path"))
    event = town.got()[0]
    check(event["data"]["text"]["de"].startswith("Leitstelle bestätigt seit 3 s nicht: "), event["data"]["text"]["de"])
    check(event["data"]["text"]["en"].startswith("NOC has not confirmed for 3 s: "), event["data"]["text"]["en"])
    check(event["data"]["severity"] == "critical" and event["data"]["cause"]["id"] == "ap-1", f"{event}")


def and_its_end_follows_and_nothing_twice(town, more=()):
    town.collector.revive("ap-1", *more)
    for device in ("ap-1", *more):
        wait_for(f"the end of {device}", 40, lambda device=device: ("closed", device) in town.causes())
    time.sleep(5)  # longer than `after`
    expected = sorted((what, device) for device in ("ap-1", *more) for what in ("opened", "closed"))
    check(sorted(town.causes()) == expected, f"{town.causes()}")
    check(not town.receiver.problems, f"{town.receiver.problems}")


SECOND_PATH = "  second_path: {after: 3s, channels: [duty]}\n"


def nobody_confirms():
    """a NOC that hears and confirms nothing: each event takes the second path once, through kill -9, and the end follows"""
    with Desk(SECOND_PATH) as town:
        town.begin()
        an_outage_takes_the_second_path(town)
        town.restart_alerts()
        town.collector.kill("ap-2")
        wait_for("the next outage at the broker", 40, lambda: town.incident("ap-2"))
        town.restart_alerts()  # before it is due
        wait_for("the next outage on the second path", 40, lambda: ("opened", "ap-2") in town.causes())
        town.restart_alerts()
        and_its_end_follows_and_nothing_twice(town, ["ap-2"])


def the_broker_is_away():
    """without a broker: the second path, and the end follows"""
    with Desk(SECOND_PATH) as town:
        town.begin()
        town.broker.kill()
        town.broker.wait()
        an_outage_takes_the_second_path(town)
        and_its_end_follows_and_nothing_twice(town)


def a_noc_that_confirms_is_enough():
    """what the NOC confirms does not take the second path; what it does not confirm any more does"""
    with Desk("  second_path: {after: 15s, channels: [duty]}\n") as town:
        town.begin()
        watch = town.start("netzwacht", "noc", "watch", "--instance", "teststadt", "--host", "127.0.0.1", "--port",
                           town.port, "--no-tls", "--client", "desk", "--file", town.dir / "events")
        town.collector.kill("ap-3")
        wait_for("the receipt", 40, lambda: (town.dir / "events").exists() and "ap-3" in (town.dir / "events").read_text())
        time.sleep(1)
        watch.kill()
        watch.wait()
        town.collector.kill("ap-4")
        wait_for("the second path", 60, lambda: ("opened", "ap-4") in town.causes())
        check(town.causes() == [("opened", "ap-4")], f"{town.causes()}")


CHAIN = """escalations:
  - id: night
    severity: critical
    steps: [{after: 3s, channel: duty, to: Bereitschaft}, {after: 6s, channel: duty, to: Leitung}]
"""


def nobody_acknowledges():
    """an incident that nobody acknowledges goes up its chain, each step once, through kill -9; acknowledging ends it"""
    with Desk(rules=CHAIN) as town:
        town.begin()
        town.collector.kill("ap-1")
        wait_for("the first step", 40, lambda: town.got(source="/escalation"))
        check(town.got()[0]["data"]["text"]["de"].startswith("Nicht quittiert, an Bereitschaft: "), f"{town.got()[0]}")
        town.restart_alerts()
        wait_for("the second step", 40, lambda: len(town.got(source="/escalation")) == 2)
        town.restart_alerts()
        check("an Leitung: " in town.got(source="/escalation")[1]["data"]["text"]["de"], "the second step")
        history = [(c["action"], c["to"], c["via"]) for c in town.incident("ap-1")["history"]]
        check(history == [("escalate", "Bereitschaft", "alerts"), ("escalate", "Leitung", "alerts")], f"{history}")
        town.collector.kill("ap-2")
        wait_for("another incident", 40, lambda: town.incident("ap-2"))
        town.publish("netzwacht/v1/teststadt/noc/command/acknowledge",
                     '{"command":"a1","client":"desk","by":"Mia","incident":"%s"}' % town.incident("ap-2")["id"])
        wait_for("the acknowledgement", 20, lambda: town.incident("ap-2")["operator"]["state"] == "acknowledged")
        before = len(town.got(source="/escalation"))
        time.sleep(8)
        check(len(town.got(source="/escalation")) == before, f"escalated in spite of it: {town.causes()}")
        shown = town.run("netzwacht", "noc", "show", town.incident("ap-1")["id"], "--instance", "teststadt", "--host",
                         "127.0.0.1", "--port", town.port, "--no-tls", timeout=30).stdout
        check("escalate -> Leitung" in shown, shown)


def mistakes_are_told_with_their_place():
    """`netzwacht check` names a channel or site that is not there, with file, line and column"""
    with Desk("  second_path: {channels: [duty, pager]}\n") as town:
        out = town.run("netzwacht", "check", "-c", town.dir / "netzwacht.yaml", ok=False)
        check('second_path: there is no channel "pager"' in out.stderr and "netzwacht.yaml:11:" in out.stderr, out.stderr)
    with Desk(rules=CHAIN.replace("channel: duty, to: Leitung", "channel: pager, to: Leitung")) as town:
        town.write("inventory.yaml", "sites:\n  - {id: markt, name: Markt, lat: 53.7, lon: 10.0}\n")
        out = town.run("netzwacht", "check", "-c", town.dir / "netzwacht.yaml", ok=False)
        check('rules.yaml:5:' in out.stderr and 'no channel "pager"' in out.stderr and out.returncode != 0, out.stderr)


if __name__ == "__main__":
    run_tests(nobody_confirms, the_broker_is_away, a_noc_that_confirms_is_enough, nobody_acknowledges,
              mistakes_are_told_with_their_place)
