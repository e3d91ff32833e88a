#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht-collector against simulated wireless controllers: every access point of a big one, in one pass a table."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from big_controller import COLUMNS, Controller, clients, frequency, is_up, mac, utilization, write_wide_profile  # noqa: E402
from harness import World, check, run_tests, wait_for  # noqa: E402

MEMORY_MAX, SECONDS_MAX = 256, 60
HOTSPOTS, INTERVAL, TOMBSTONE = 4, 2, 6


class Bed(World):
    def configure(self, interval, **controllers):
        self.write("community", "public\n", 0o600)
        self.write("netzwacht.yaml", f"""
instance: test
state_dir: state
inventory: inventory.yaml
{"profile_dirs: [profiles]" if (self.dir / "profiles").exists() else ""}
credentials:
  - {{name: default, version: v2c, community_file: community}}
collector: {{interval: {interval}s, timeout: 500ms, miss_interval: 500ms, confirm_interval: 100ms}}
alerts: {{tombstone_after: {TOMBSTONE}s}}
""")
        self.write("inventory.yaml", "sites: [{id: s, name: S, lat: 53.7, lon: 9.99}]\ndevices:\n" + "".join(
            f"  - {{id: {name}, name: W, address: 127.0.0.1, port: {agent.port}, kind: controller, site: s}}\n"
            for name, agent in controllers.items()) + "hotspots:\n" + "".join(
            f"  - {{id: hs-{ap}, name: H, site: s, entity: \"ap/{mac(ap)}\"}}\n" for ap in range(HOTSPOTS)))

    def states(self, hotspot):
        """[(state, reason)] as alerts told them, transitions only."""
        found = [line["state"] for line in self.journal("alerts") if line.get("state", {}).get("id") == hotspot]
        return [(s["state"], s["reason"]) for s in found if not s.get("is_repeat")]

    def incidents(self, event):
        return [line["incident"]["type"] for line in self.journal("alerts") if line.get("incident", {}).get("event") == event]

    def findings(self):
        return [line["finding"]["kind"] for line in self.journal("collector") if "finding" in line]

    def samples(self, source):
        return [line["samples"] for line in self.journal("collector") if line.get("samples", {}).get("source") == source]


def one_pass(report, aps, polls):
    """Nothing is read twice but what stands behind a column's end, of which a walk's last reply carries a few rows; behind
    the tables that the agent does not have at all stands the first column."""
    for table, (_, rows) in COLUMNS.items():
        for name, served in report["columns"].items():
            if name.split(".")[0] == str(table):
                behind = 1500 if name == "4.1" else 250
                check(served <= polls * (aps * rows + behind), f"column {name}: {served} instances of {aps * rows} in {polls} poll(s)")
    varbinds = sum(report["columns"].values())
    check(report["requests"] <= varbinds / 20 + 60 * polls, f"{report['requests']} requests for {varbinds} values")


def by_name(sample):
    """{(entity, metric): value} of a record, None where it is unknown."""
    return {(value["entity"], value["metric"]): value["value"] for value in sample["values"]}


def check_all(sample, aps):
    """Every access point and radio with the value that the agent gave."""
    values = by_name(sample)
    for ap in range(aps):
        row, radio = f"ap/{mac(ap)}", f"radio/{mac(ap)}/"
        check(values.get((row, "ap.up")) == (1 if is_up(ap) else 0), f"{row}: ap.up is {values.get((row, 'ap.up'))}")
        check(values.get((row, "wireless.clients")) == clients(ap), f"{row}: {values.get((row, 'wireless.clients'))} clients, not {clients(ap)}")
        for number in (1, 2):
            ref = radio + str(number)
            check(values.get((ref, "wireless.utilization")) == utilization(ap, number), f"{ref}: utilisation")
            check(values.get((ref, "wireless.frequency")) == frequency(ap, number), f"{ref}: frequency")
    check(sum(1 for entity, metric in values if metric == "ap.up") == aps, "not one row for each access point")


def run(aps, is_wide, polls=2, interval=10):
    with Bed() as bed:
        agent = Controller(bed, aps)
        if is_wide:
            write_wide_profile(bed)
        bed.configure(interval, wlc=agent)
        process = bed.start("netzwacht-collector", "-c", bed.dir / "netzwacht.yaml")
        wait_for("polls", 120, lambda: len(bed.samples("wlc")) >= polls, 1)
        samples = bed.samples("wlc")[:polls]
        report = agent.report()
        peak = int(Path(f"/proc/{process.pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
        process.terminate()
        check(process.wait(20) == 0, "the collector does not end well")
        for sample in samples:
            check(sample.get("outcome") == "OUTCOME_OK", f"outcome {sample.get('outcome')}")
            check(float(sample["duration_us"]) < SECONDS_MAX * 1e6, f"a poll took {sample['duration_us']} us")
        check(peak < MEMORY_MAX, f"{peak:.0f} MiB")
        check("beyond is not kept" not in bed.log("netzwacht-collector"), "series are left out")
        return samples, report


def small():
    """every access point, radio, state and number of clients is what the controller serves"""
    samples, report = run(200, False, interval=1)
    one_pass(report, 200, 20)
    for sample in samples:
        check_all(sample, 200)


def large():
    """7,500 access points: the same, in one pass a table, under 256 MiB and 60 s"""
    samples, report = run(7500, False, interval=30)
    one_pass(report, 7500, 2)
    for sample in samples:
        check_all(sample, 7500)


def wide():
    """600,000 objects, every one of them asked for by a profile: one pass a table, under 256 MiB and 60 s"""
    samples, report = run(7500, True, interval=30)
    one_pass(report, 7500, 2)
    check(sum(report["columns"].values()) >= 2 * 600000, f"only {sum(report['columns'].values())} objects were read")


# ---- two controllers, the alerts daemon behind them ----

class Pair(Bed):
    """Controller `one` lists access points 0 to 3, `two` none; hotspots hs-0 to hs-3 are at home nowhere."""

    def __enter__(self):
        self.one, self.two = Controller(self, HOTSPOTS), Controller(self, HOTSPOTS, HOTSPOTS)
        self.configure(INTERVAL, one=self.one, two=self.two)
        self.collector = self.start_collector()
        self.start("netzwacht-alerts", "-c", self.dir / "netzwacht.yaml")
        for ap in range(HOTSPOTS):
            self.wait_state(ap, "usable", "none")
        return self

    def start_collector(self):
        return self.start("netzwacht-collector", "-c", self.dir / "netzwacht.yaml")

    def wait_state(self, ap, state, reason):
        wait_for(f"hs-{ap} {state} {reason}", 40, lambda: self.states(f"hs-{ap}")[-1:] == [(state, reason)], 0.5)

    def wait_polls(self, name, count):
        before = len(self.samples(name))
        wait_for(f"{count} polls of {name}", 60, lambda: len(self.samples(name)) >= before + count, 0.5)

    def ups(self, name, ap):
        """What each poll said of the access point; None: unknown or not listed."""
        return [by_name(sample).get((f"ap/{mac(ap)}", "ap.up")) for sample in self.samples(name) if "values" in sample]


def move():
    """an access point that moves to another controller: no incident, no other state, a gap of one poll at most"""
    with Pair() as pair:
        pair.one.do("remove", 1)
        pair.two.do("add", 1)
        wait_for("two speaks", 20, lambda: 1 in pair.ups("two", 1), 0.5)
        pair.wait_polls("two", 3)
        check(pair.states("hs-1") == [("usable", "none")], f"states {pair.states('hs-1')}")
        check(pair.incidents("opened") == [], f"incidents {pair.incidents('opened')}")
        one, two = pair.ups("one", 1), pair.ups("two", 1)
        last = max(n for n, up in enumerate(one) if up == 1)
        check(two.index(1) <= last + 2, f"the gap is too long: {one} {two}")
        check("ap_moved" in pair.findings(), "the move is not told")


def failover():
    """two that list it: the one that says up speaks, the other one's stale row changes nothing"""
    with Pair() as pair:
        pair.two.do("add", 2)
        pair.wait_polls("two", 2)
        pair.one.do("status", 2, 2)  # it has left, but stays in the table as down
        pair.wait_polls("one", 5)
        check(pair.states("hs-2") == [("usable", "none")], f"states {pair.states('hs-2')}")
        check(pair.ups("two", 2)[-1] == 1 and pair.ups("one", 2)[-1] is None, "the wrong one speaks")
        pair.two.do("status", 2, 2)
        pair.wait_state(2, "unusable", "ap")
        check(pair.incidents("opened") == ["device_down"], f"incidents {pair.incidents('opened')}")


def partial():
    """a list that breaks off makes nobody vanish; silence of the rest is no verdict"""
    with Pair() as pair:
        pair.one.do("mute", 2)
        pair.wait_polls("one", 3)
        pair.one.do("mute", -1)
        pair.wait_polls("one", 2)
        check("OUTCOME_PARTIAL" in [sample["outcome"] for sample in pair.samples("one")], "no poll was partial")
        for ap in range(HOTSPOTS):
            check(pair.states(f"hs-{ap}") == [("usable", "none")], f"hs-{ap}: {pair.states(f'hs-{ap}')}")
        check("ap_vanished" not in pair.findings(), "vanished by a list that broke off")
        check(pair.ups("one", 3)[-1] == 1, "it does not come back")


def vanish():
    """one that vanishes: unknown with a reason, then a tombstone that a restart remembers; listed again, it is usable"""
    with Pair() as pair:
        pair.one.do("remove", 3)
        pair.wait_state(3, "unknown", "vanished")
        check(pair.incidents("opened") == ["ap_vanished"], f"incidents {pair.incidents('opened')}")
        pair.wait_state(3, "unknown", "removed")
        wait_for("the incident's end", 30, lambda: pair.incidents("closed") == ["ap_vanished"], 0.5)
        pair.collector.terminate()
        pair.collector.wait(10)
        pair.start_collector()
        pair.wait_polls("one", 3)
        table = [sample["table"] for sample in pair.samples("one") if "table" in sample][-1]
        ghost = [entity for entity in table["entities"] if entity["id"] == f"ap/{mac(3)}"]
        check(ghost and "vanished" in [a["key"] for a in ghost[0]["attributes"]], f"no tombstone in the table: {ghost}")
        check(pair.states("hs-3")[-1] == ("unknown", "removed"), f"states {pair.states('hs-3')}")
        check(len(pair.incidents("opened")) == 1, "alarmed again")
        pair.one.do("add", 3)
        pair.wait_state(3, "usable", "none")
        pair.one.do("serial", 3, "ANOTHER-1")
        pair.one.do("serial", 2, "SIM0000000")  # that of access point 0
        wait_for("findings", 20, lambda: {"ap_replaced", "ap_same_serial"} <= set(pair.findings()), 0.5)


run_tests(small, large, wide, move, failover, partial, vanish)
