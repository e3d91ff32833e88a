# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht-alerts against Debian's mosquitto: payloads, receipts, commands, and what survives kill -9.

The test is the collector (it writes partition collector itself), the NOC (mosquitto_sub and mosquitto_pub) and the
judge; what is expected comes from its own script, not from netzwacht."""
import json
import random
import re
import resource
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import SOURCE, check, run_tests, wait_for
from lib.json_schema import Schemas
from lib.town import APS, PREFIX, Collector, Town

SCHEMAS = Schemas(SOURCE / "docs" / "schemas")


def every_payload_matches_its_schema():
    """every payload of an outage matches its schema"""
    kinds = {"hotspot/": "state.json", "device/": "state.json", "site/": "state.json", "incident/": "incident.json", "event": "event.json",
             "daemon/": "daemon.json", "noc/reply/": "noc-reply.json"}
    seen = set()
    with Town() as town:
        town.begin()
        town.collector.kill("ap-3")
        wait_for("the outage at the NOC", 15, lambda: town.last("hotspot/hs-3")["hotspot/hs-3/state"]["state"] == "unusable")
        town.publish(PREFIX + "noc/command/list", json.dumps({"command": "l1", "client": "noc"}))
        wait_for("the reply", 5, lambda: town.last("noc/reply/noc"))
        town.collector.revive("ap-3")
        wait_for("the recovery", 15, lambda: any(e["type"].endswith(".closed") for e in town.events()))
        for topic, payload in town.messages():
            for prefix, schema in kinds.items():
                if payload and topic.startswith(prefix):
                    seen.add(prefix)
                    problems = SCHEMAS.problems(schema, json.loads(payload))
                    check(not problems, f"{topic}: {problems[:3]} in {payload[:300]}")
        sites = [json.loads(payload) for topic, payload in town.messages() if topic == "site/markt/state"]
        said = [s["state"] for k, s in enumerate(sites) if k == 0 or s["state"] != sites[k - 1]["state"]]
        check(said[-3:] == ["usable", "degraded", "usable"], f"the market place was {said}")
        check(sites[-1]["site"] == "markt" and sites[-1]["lat"] == 53.7 and sites[-1]["name"] == "Markt", f"{sites[-1]}")
        check(seen == set(kinds), f"no message of {set(kinds) - seen}")
        check(town.last("incident/") == {}, "a closed incident stays retained")
        kinds_of = [e["type"].rsplit(".", 1)[1] for e in town.unique()]
        check(kinds_of == ["opened", "closed"], f"one opening and one recovery expected: {kinds_of}")
        check(town.unique()[0]["data"]["cause"]["id"] == "ap-3", "another cause")


def receipts_end_the_repetition():
    """events are repeated, byte for byte, until the NOC's receipt"""
    with Town() as town:
        town.begin()
        town.collector.kill("ap-5")
        wait_for("three times the same event", 30, lambda: len(town.events()) >= 3)
        check(len(town.unique()) == 1, "repetitions are not repetitions")
        town.receive("main", 99)  # more than was ever sent: dropped
        town.receive("main", 1)
        time.sleep(1)
        count = len(town.events())
        time.sleep(9)
        check(len(town.events()) == count, "repeated in spite of the receipt")
        town.publish(PREFIX + "noc/command/replay", json.dumps({"command": "r1", "client": "noc", "source": "main", "after": 0}))
        wait_for("the replay", 5, lambda: len(town.events()) > count)
        check(len(town.unique()) == 1, "the replay differs")
        for after, told in ((0, {"first": 1, "last": 1}), (1, {"first": None, "last": 1})):
            name = f"after-{after}"
            town.publish(PREFIX + "noc/command/replay", json.dumps({"command": name, "client": name, "source": "main", "after": after}))
            reply = wait_for("the reply", 10, lambda topic=f"noc/reply/{name}": town.last(topic).get(topic))
            check(reply["data"] == told and not SCHEMAS.problems("noc-reply.json", reply), f"{reply}")


def an_event_waits_for_its_first_listener():
    """an event that nobody has subscribed to is not lost to the air: the NOC that comes gets it at once, without asking"""
    with Town() as town:
        path = town.dir / "netzwacht.yaml"
        path.write_text(path.read_text().replace("receipt_timeout: 2s", "receipt_timeout: 10m"))
        town.start_broker()
        town.collector = Collector(town.dir / "state")
        town.collector.start()
        town.start_alerts()
        time.sleep(3)
        town.collector.kill("ap-5")
        wait_for("the outage", 30, lambda: "AP 5 does not answer" in town.log("netzwacht-alerts"))
        time.sleep(3)
        check(not town.events(), "who heard it?")
        town.subscribe()
        wait_for("the event", 20, town.events)
        town.check_gap_free()


def commands_are_checked_executed_and_answered():
    """commands change the incident, are answered once and the same again, and nonsense is dropped"""
    with Town() as town:
        town.begin()
        town.collector.kill("ap-1")
        wait_for("the incident", 15, lambda: town.last("incident/"))
        incident = next(iter(town.last("incident/").values()))["id"]

        def command(verb, identity, **members):
            body = json.dumps({"command": identity, "client": "noc", "by": "Schmidt", **members})
            before = sum(1 for topic, _ in town.messages() if topic == "noc/reply/noc")
            town.publish(PREFIX + "noc/command/" + verb, body)
            wait_for(f"the reply to {verb}", 5, lambda: sum(
                1 for topic, _ in town.messages() if topic == "noc/reply/noc") > before)
            return town.last("noc/reply/noc")["noc/reply/noc"]

        check(command("acknowledge", "a1", incident=incident)["outcome"] == "done", "acknowledge refused")
        wait_for("the acknowledged incident", 5, lambda: town.last("incident/")["incident/" + incident]["operator"]["state"] == "acknowledged")
        check(town.last("incident/")["incident/" + incident]["operator"]["by"] == "Schmidt", "not signed")
        count = len(town.unique())
        check(command("acknowledge", "a1", incident=incident)["outcome"] == "done", "the repeated command differs")
        check(len(town.unique()) == count, "a repeated command was executed again")
        refused = command("shelve", "s1", incident=incident, comment="Bagger", until="2020-01-01T00:00:00Z")
        check(refused["outcome"] == "refused" and refused["problem"]["detail"], "a past `until` was taken")
        check(command("acknowledge", "a2", incident="i-nowhere")["outcome"] == "refused", "an unknown incident")
        check(len(command("list", "l1")["data"]["incidents"]) == 1, "list")
        for bad in ("", "{", "[]", "null", '{"command":"x"}', "[" * 50 + "]" * 50, json.dumps({"command": "x" * 9000, "client": "noc"}),
                    '{"command":"b","client":"a/b","incident":"i"}', '{"command":"b","command":"c","client":"n"}'):
            town.publish(PREFIX + "noc/command/acknowledge", bad)
            town.publish(PREFIX + "noc/receipt", bad)
        town.publish(PREFIX + "noc/command/format-disk", json.dumps({"command": "x", "client": "noc"}))
        check(command("comment", "c1", incident=incident, comment="unterwegs")["outcome"] == "done", "alive after nonsense")
        check(town.alerts.poll() is None, "netzwacht-alerts died of nonsense")
        done = town.run("netzwacht", "incidents", "ack", "-c", town.dir / "netzwacht.yaml", incident, "--comment", "vom Pult", "--by", "meier")
        check(done.returncode == 0, "incidents ack")
        shown = json.loads(town.run("netzwacht", "incidents", "show", "--json", "-c", town.dir / "netzwacht.yaml", incident).stdout)
        check(shown["operator"]["by"] == "meier" and shown["operator"]["comment"] == "vom Pult", f"show: {shown['operator']}")


def the_last_will_tells_of_a_death():
    """kill -9 shows as offline within seconds, the restart as online; retained states stay right"""
    with Town() as town:
        town.begin()
        town.collector.kill("ap-2")
        wait_for("the outage", 15, lambda: town.states().get("unusable") == 1)
        town.alerts.kill()
        town.alerts.wait()
        wait_for("offline", 5, lambda: not town.last("daemon/")["daemon/alerts"]["online"])
        town.collector.revive("ap-2")
        town.collector.kill("ap-4")
        time.sleep(2)
        town.start_alerts()
        wait_for("online again", 10, lambda: town.last("daemon/")["daemon/alerts"]["online"])
        wait_for("the other hotspot", 15, lambda: town.last("hotspot/hs-4")["hotspot/hs-4/state"]["state"] == "unusable")
        wait_for("one open incident", 15, lambda: len(town.last("incident/")) == 1)
        town.retained("late")
        check(town.states("late") == {"usable": APS - 1, "unusable": 1}, f"a late subscriber sees {town.states('late')}")
        check(len(town.last("incident/", "late")) == 1, "a late subscriber sees other incidents")
        town.check_gap_free()


def every_daemon_is_told_of_and_leftovers_go():
    """daemon/<name> tells of the collector's life and silence; a retained topic of nobody is emptied"""
    with Town() as town:
        town.start_broker()
        town.publish(PREFIX + "daemon/gone", "{}", True, "-r")
        town.publish(PREFIX + "hotspot/gone/state", '{"state":"gone"}', True, "-r")
        town.publish(PREFIX + "site/gone/state", '{"state":"gone"}', True, "-r")
        town.publish(PREFIX + "incident/i-gone", "{}", True, "-r")
        town.begin(with_broker=False)
        wait_for("the collector", 10, lambda: "daemon/collector" in town.last("daemon/"))
        told = town.last("daemon/")
        check(told["daemon/collector"]["online"] and told["daemon/alerts"]["online"], f"{told}")
        wait_for("the lag of alerts", 10, lambda: "collector" in town.last("daemon/")["daemon/alerts"]["lag"])
        for payload in town.last("daemon/").values():
            check(not SCHEMAS.problems("daemon.json", payload), f"{SCHEMAS.problems('daemon.json', payload)[:3]}")
        town.retained("late")
        topics = {topic for topic, payload in town.messages("late") if payload}
        check(not any("gone" in topic for topic in topics), f"leftovers: {topics}")
        town.collector.is_stopping = True
        town.collector.join()
        wait_for("its silence", 15, lambda: not town.last("daemon/")["daemon/collector"]["online"])
        town.broker.kill()
        town.broker.wait()
        for path in (town.dir / "broker").iterdir():
            path.unlink()
        town.start_broker()
        wait_for("birth after the broker lost everything", 20, lambda: (
            town.retained("anew") and len(town.last("hotspot/", "anew")) == APS and town.last("site/", "anew") and
            "daemon/collector" in town.last("daemon/", "anew")))


def asyncapi_and_schemas_name_each_other():
    """asyncapi.yaml has a channel and a message for every schema and every verb, and refers to nothing that is not there"""
    text = (SOURCE / "docs" / "asyncapi.yaml").read_text()
    named = set(re.findall(r"\{\$ref: 'schemas/([a-z_-]+\.json)'\}", text))
    there = {path.name for path in (SOURCE / "docs" / "schemas").glob("*.json")}
    check(named == there, f"only in one of them: {named ^ there}")
    for kind in ("channels", "messages", "parameters"):
        begin = text.index("channels:" if kind == "channels" else f"  {kind}:")
        for name in set(re.findall(rf"#/(?:components/)?{kind}/([A-Za-z_-]+)'", text)):
            check(re.search(rf"^ +{name}:", text[begin:], re.M), f"{kind}: {name} is referred to, but not there")
    verbs = set(re.findall(r'^(?:static const struct verb verbs\[\] = \{|\s+)\{\.name = "([a-z_]+)"', (SOURCE / "alerts" / "inbound.c").read_text(), re.M))
    told = set(re.findall(r"noc/command/([a-z_]+)$", text, re.M))
    check(verbs == told and "acknowledge" in verbs, f"verbs of only one: {verbs ^ told}")


def nothing_is_lost_when_alerts_dies_at_random():
    """kill -9 of alerts at random: every outage reaches the NOC, in order, without a gap"""
    seed = random.randrange(1 << 30)
    print(f"# seed {seed}")
    dice = random.Random(seed)
    hit = set()
    with Town() as town:
        town.begin()
        for _ in range(12):
            victim = f"ap-{dice.randrange(1, APS + 1)}"
            hit.add(victim)
            town.collector.kill(victim)
            time.sleep(dice.uniform(1.2, 2.2))
            town.alerts.kill()
            town.alerts.wait()
            town.collector.revive(victim)
            time.sleep(dice.uniform(0, 0.5))
            town.start_alerts()
            time.sleep(dice.uniform(0.5, 1.5))
        wait_for("calm", 30, lambda: town.last("incident/") == {} and town.states() == {"usable": APS})
        time.sleep(3)
        town.check_gap_free()
        causes = {e["data"]["cause"]["id"] for e in town.unique() if e["type"].endswith(".opened")}
        check(hit <= causes, f"never told of: {hit - causes}")
        opened = sorted(e["subject"] for e in town.unique() if e["type"].endswith(".opened"))
        closed = sorted(e["subject"] for e in town.unique() if e["type"].endswith(".closed"))
        check(opened == closed and len(set(opened)) == len(opened), "openings and recoveries do not match")
        bodies = {}
        for record in town.journal("alerts"):
            body = record.get("incident")
            if body:
                check(bodies.setdefault(int(body["sequence"]), body) == body, f"two records with sequence {body['sequence']}")


def nothing_is_lost_when_the_broker_dies():
    """kill -9 of the broker: what happened meanwhile arrives after it is back"""
    with Town() as town:
        town.begin()
        town.collector.kill("ap-7")
        wait_for("the first event", 15, town.events)
        town.broker.kill()
        town.broker.wait()
        town.collector.kill("ap-8")
        town.collector.revive("ap-7")
        time.sleep(6)
        check(town.alerts.poll() is None, "alerts died with the broker")
        town.start_broker()
        wait_for("the second outage and the first recovery", 40, lambda: {"ap-7", "ap-8"} <= {
            e["data"]["cause"]["id"] for e in town.unique()} and any(e["type"].endswith(".closed") for e in town.unique()))
        town.check_gap_free()
        wait_for("the retained states", 10, lambda: town.states() == {"usable": APS - 1, "unusable": 1})
        check(town.log("netzwacht-alerts").count("trying on") == 1, "more than one line about the lost broker")


def a_full_disk_delays_and_loses_nothing():
    """no room for alerts.db: alerts goes on and says so once; what happened meanwhile arrives when there is room"""
    with Town() as town:
        town.begin()
        town.collector.kill("ap-7")
        wait_for("the first event", 15, town.events)
        before = town.log("netzwacht-alerts")
        resource.prlimit(town.alerts.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        town.collector.kill("ap-8")
        time.sleep(8)
        said = [line for line in town.log("netzwacht-alerts")[len(before):].splitlines() if "error" in line or "warning" in line]
        check(town.alerts.poll() is None, f"alerts ended: {said}")
        check(1 <= len(said) <= 2, f"{len(said)} lines about it: {said[:6]}")
        check("ap-8" not in {e["data"]["cause"]["id"] for e in town.unique()}, "told before it was committed")
        resource.prlimit(town.alerts.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        wait_for("the second outage", 30, lambda: "ap-8" in {e["data"]["cause"]["id"] for e in town.unique()})
        town.check_gap_free()
        wait_for("the retained states", 10, lambda: town.states() == {"usable": APS - 2, "unusable": 2})


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    run_tests(every_payload_matches_its_schema, receipts_end_the_repetition,
              an_event_waits_for_its_first_listener, commands_are_checked_executed_and_answered,
              the_last_will_tells_of_a_death, every_daemon_is_told_of_and_leftovers_go,
              asyncapi_and_schemas_name_each_other, nothing_is_lost_when_alerts_dies_at_random,
              nothing_is_lost_when_the_broker_dies, a_full_disk_delays_and_loses_nothing)
