# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht-probe in a world of its own, and what it wrote into the journal."""
from harness import check, wait_for

INTERVAL = 1.0
ALLOWED = "127.40.0.0/16"


def start(world, devices="", hotspots="", services="", allowed=ALLOWED, wait=True, probe=""):
    """netzwacht-probe on an inventory of these lines; probe: further settings, ", key: value"."""
    world.write("netzwacht.yaml", f"instance: test\nstate_dir: state\ninventory: [inventory.yaml]\n"
                f"probe: {{interval: {INTERVAL:g}s, allowed: [{allowed}]{probe}}}\n")
    world.write("inventory.yaml", "sites:\n  - {id: s1, name: Platz, kind: street, lat: 53.7, lon: 10.0}\n"
                + (f"devices:\n{devices}" if devices else "") + (f"hotspots:\n{hotspots}" if hotspots else "")
                + (f"services:\n{services}" if services else ""))
    process = world.start("netzwacht-probe", "-c", world.dir / "netzwacht.yaml")
    if wait:
        wait_for("the start", 10, lambda: "started" in world.log("netzwacht-probe") or process.poll() is not None)
        check(process.poll() is None, world.log("netzwacht-probe"))
    return process


def service(name, kind, target, more=""):
    return f'  - {{id: {name}, name: "{name}", kind: {kind}, target: "{target}"{more}}}\n'


def records(world, kind):
    return [line["record"][kind] for line in world.journal("probe") if line["record"]["kind"] == kind]


def samples(world, source):
    """The source's Samples as (outcome, {metric: value or None}), oldest first."""
    return [(body.get("outcome", "OUTCOME_OK"), {value["metric"]: value["value"] for value in body["values"]})
            for body in records(world, "samples") if body["source"] == f"probe/{source}"]


def findings(world, source):
    return [finding["kind"] for finding in records(world, "finding") if finding["source"] == f"probe/{source}"]


def latest(world, source, seconds=10, at_least=1):
    return wait_for(f"samples of {source}", seconds, lambda: (lambda s: s[-1] if len(s) >= at_least else None)(samples(world, source)))


def until(world, source, what, condition, seconds=10):
    return wait_for(f"{source}: {what}", seconds,
                    lambda: (lambda s: s[-1] if s and condition(*s[-1]) else None)(samples(world, source)), 0.3)


def is_outcome(value, word):
    return str(value).lower().replace("outcome_", "") == word
