#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht-collector against simulated wireless controllers: every access point of a big one, in one pass a table."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from big_controller import COLUMNS, Controller, clients, frequency, is_up, mac, utilization, write_wide_profile  # noqa: E402
from harness import World, check, run_tests, wait_for  # noqa: E402

MEMORY_MAX, SECONDS_MAX = 256, 60


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
""")
        self.write("inventory.yaml", "sites: [{id: s, name: S, lat: 53.7, lon: 9.99}]\ndevices:\n" + "".join(
            f"  - {{id: {name}, name: W, address: 127.0.0.1, port: {agent.port}, kind: controller, site: s}}\n"
            for name, agent in controllers.items()))

    def samples(self, source):
        return [line["samples"] for line in self.journal("collector") if line.get("samples", {}).get("source") == source]


def one_pass(report, aps, polls):
    """Nothing is read twice but what stands behind a column's end, of which a walk's last reply carries a few rows; behind
    the tables that the agent does not have at all stands the first column."""
    for table, (_, rows) in COLUMNS.items():
        for name, served in report["columns"].items():
            if name.split(".")[0] == str(table):
                check(served <= polls * (aps * rows + 250), f"column {name}: {served} instances of {aps * rows} in {polls} poll(s)")
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
    samples, report = run(7500, False)
    one_pass(report, 7500, 2)
    for sample in samples:
        check_all(sample, 7500)


def wide():
    """600,000 objects, every one of them asked for by a profile: one pass a table, under 256 MiB and 60 s"""
    samples, report = run(7500, True)
    one_pass(report, 7500, 2)
    check(sum(report["columns"].values()) >= 2 * 600000, f"only {sum(report['columns'].values())} objects were read")


run_tests(small, large, wide)
