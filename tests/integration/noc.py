# SPDX-License-Identifier: GPL-3.0-or-later
"""`netzwacht noc` against mosquitto and netzwacht-alerts: every event once in its file, whatever is killed; commands."""
import json
import signal
import sqlite3
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import check, run_tests, wait_for
from lib.town import Town


class Noc(Town):
    def options(self):
        return ["--instance", "teststadt", "--host", "127.0.0.1", "--port", str(self.port), "--no-tls", "--client", "desk"]

    def watch(self, *more):
        return self.start("netzwacht", "noc", "watch", *self.options(), "--file", self.dir / "events", *more, log="watch")

    def command(self, verb, *more, ok=True):
        return self.run("netzwacht", "noc", verb, *more, *self.options(), "--by", "Schmidt", ok=ok, timeout=30)

    def stored(self):
        text = (self.dir / "events").read_text() if (self.dir / "events").exists() else ""
        return [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]

    def numbers(self):
        return [int(e["sequence"]) for e in self.stored() if e["source"].endswith("/main")]

    def be_patient(self):
        """Nothing is repeated by itself within the test."""
        path = self.dir / "netzwacht.yaml"
        path.write_text(path.read_text().replace("receipt_timeout: 2s", "receipt_timeout: 10m"))

    def outages(self, watch, *numbers):
        for i in numbers:
            self.collector.kill(f"ap-{i}")
            wait_for(f"the outage of ap-{i}", 20, lambda i=i: self.has_opened(f"ap-{i}") if watch else
                     f"ap-{i}" in {e["data"]["cause"]["id"] for e in self.unique()})

    def check_whole(self):
        numbers = self.numbers()
        check(numbers == list(range(1, len(numbers) + 1)), f"not every event once and in order: {numbers}")

    def has_opened(self, *devices):
        return set(devices) <= {e["data"]["cause"]["id"] for e in self.stored() if e["type"].endswith(".opened")}


def events_are_stored_once_and_confirmed():
    """every event is stored once and confirmed, also of the time when the NOC was dead"""
    with Noc() as town:
        town.begin()
        watch = town.watch()
        town.collector.kill("ap-1")
        wait_for("the first outage", 20, lambda: town.has_opened("ap-1"))
        time.sleep(3)  # longer than receipt_timeout: what is confirmed is not told again
        check(len(town.events()) == len(town.unique()), "repeated in spite of the receipt")
        watch.kill()
        watch.wait()
        for count, device in ((2, "ap-2"), (3, "ap-3")):
            town.collector.kill(device)
            wait_for("events that nobody hears", 20, lambda: len(town.unique()) >= count)
        with open(town.dir / "events", "a") as file:
            file.write('{"specversion":"1.0","id":"cut')  # as a crash leaves it
        watch = town.watch("--lang", "de")
        wait_for("the missed outages", 20, lambda: town.has_opened("ap-2", "ap-3"))
        town.collector.revive("ap-1", "ap-2", "ap-3")
        wait_for("the recoveries", 30, lambda: sum(e["type"].endswith(".closed") for e in town.stored()) == 3)
        town.check_whole()
        check("AP 2 antwortet nicht" in town.log("watch") and "AP 1 does not answer" in town.log("watch"), "both languages")
        watch.send_signal(signal.SIGTERM)
        check(watch.wait(10) == 0, "an orderly end")


def a_gap_is_filled_by_a_replay():
    """a NOC that lost part of its file asks for the rest, and gets it"""
    with Noc() as town:
        town.begin()
        watch = town.watch()
        for device in ("ap-1", "ap-2", "ap-3"):
            town.collector.kill(device)
            wait_for(f"the outage of {device}", 20, lambda: town.has_opened(device))
        watch.kill()
        watch.wait()
        first = (town.dir / "events").read_text().splitlines()[0]
        (town.dir / "events").write_text(first + "\n")
        town.watch()
        town.collector.kill("ap-4")
        wait_for("the outage behind the gap, and those in it", 20, lambda: town.has_opened("ap-1", "ap-2", "ap-3", "ap-4"))
        town.check_whole()


def a_forgotten_session_is_filled_by_a_replay():
    """a broker that lost all it had forgets the NOC's session: the NOC asks for what came meanwhile"""
    with Noc() as town:
        town.be_patient()
        town.begin()
        watch = town.watch()
        town.outages(True, 1)
        watch.kill()
        watch.wait()
        town.outages(False, 2, 3)
        town.broker.kill()
        town.broker.wait()
        for path in (town.dir / "broker").iterdir():
            path.unlink()
        town.start_broker()
        wait_for("alerts and the other NOC", 30, lambda: "daemon/alerts" in town.last("daemon/") and town.log("netzwacht-alerts").count("connected (") == 2)
        town.outages(False, 4)
        town.watch()
        wait_for("the missed outages", 20, lambda: town.has_opened("ap-2", "ap-3", "ap-4"))
        town.check_whole()


def a_noc_that_was_away_for_forty_days_is_told_what_is_gone():
    """what is older than 30 days is gone: the NOC says which events, and goes on with the oldest that is kept"""
    with Noc() as town:
        town.be_patient()
        town.begin()
        watch = town.watch()
        town.outages(True, 1)
        watch.kill()
        watch.wait()
        have = len(town.numbers())
        town.outages(False, 2, 3, 4)
        last = max(int(e["sequence"]) for e in town.unique())
        town.alerts.terminate()
        town.alerts.wait()
        town.broker.kill()
        town.broker.wait()
        for path in (town.dir / "broker").iterdir():
            path.unlink()
        with sqlite3.connect(town.dir / "state" / "alerts.db") as db:
            db.execute("UPDATE outbox SET created = created - 40 * 86400 * 1000000000 WHERE lane = 1 AND sequence < ?", (last,))
        town.start_alerts()
        wait_for("their removal", 30, lambda: db.execute("SELECT min(sequence) FROM outbox WHERE lane = 1").fetchone() == (last,))
        db.close()
        town.start_broker()
        wait_for("alerts at the broker", 30, lambda: "connected (" in town.log("netzwacht-alerts").split("trying on")[-1])
        town.watch()
        wait_for("the oldest that is kept", 30, lambda: last in town.numbers())
        check(town.numbers() == [*range(1, have + 1), last], f"stored: {town.numbers()}, {have} before, {last} kept")
        check(f"events {have + 1} to {last - 1} are no longer kept" in town.log("watch"), town.log("watch")[-500:])
        town.collector.revive("ap-4")
        wait_for("what follows", 30, lambda: last + 1 in town.numbers())
        check(town.numbers() == [*range(1, have + 1), *range(last, last + len(town.numbers()) - have)], f"stored: {town.numbers()}")


def incidents_are_listed_and_changed():
    """list, acknowledge, assign, comment, shelve, unshelve and close; refusals and silence are told by the exit status"""
    with Noc() as town:
        town.begin()
        town.collector.kill("ap-1")
        wait_for("the incident", 20, lambda: town.last("incident/"))
        incident = next(iter(town.last("incident/").values()))["id"]

        def now():
            return town.last("incident/")["incident/" + incident]

        check(incident in town.command("list").stdout, "the list")
        check("antwortet nicht" in town.command("list", "--lang", "de").stdout, "the list in German")
        shown = town.command("show", incident, "--lang", "de").stdout
        check("Zuerst" in shown and "1. Ist eine Wartung" in shown, f"the first steps: {shown}")
        check("check first" in town.command("show", incident).stdout, "the steps in English")
        check(now()["runbook_text"]["en"].count("\n") == 3, "the steps in the retained incident")
        check(all("runbook_text" not in e["data"] for e in town.events()), "events carry no steps")
        check(town.command("show", "i-nowhere", ok=False).returncode == 1, "nothing to show")
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        for verb, *more in (("acknowledge",), ("assign", "--to", "Tiefbau"), ("comment", "--comment", "unterwegs"),
                            ("shelve", "--comment", "Bagger", "--until", until), ("unshelve",), ("close",)):
            town.command(verb, incident, *more)
        wait_for("the closed incident", 10, lambda: now()["operator"]["state"] == "closed")
        history = now()["history"]
        check([c["action"] for c in history] == ["acknowledge", "assign", "comment", "shelve", "unshelve", "close"], f"{history}")
        check(all(c["by"] == "Schmidt" and c["via"] == "mqtt" for c in history), f"{history}")
        check("assign -> Tiefbau" in town.command("show", incident).stdout, "what people did")
        check(history[1]["to"] == now()["operator"]["assigned"] == "Tiefbau" and history[3]["until"], f"{history}")
        check(town.command("acknowledge", "i-nowhere", ok=False).returncode == 1, "an incident that is not there")
        check(town.command("unshelve", incident, ok=False).returncode == 1, "one that is not shelved")
        check(town.command("shelve", incident, "--comment", "x", ok=False).returncode == 64, "no time")
        town.broker.kill()
        check(town.command("list", ok=False).returncode == 69, "no broker")


if __name__ == "__main__":
    run_tests(events_are_stored_once_and_confirmed, a_gap_is_filled_by_a_replay, a_forgotten_session_is_filled_by_a_replay,
              a_noc_that_was_away_for_forty_days_is_told_what_is_gone, incidents_are_listed_and_changed)
