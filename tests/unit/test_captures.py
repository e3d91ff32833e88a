#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_captures.py - `netzwacht capture` against tshark on captures made here with scapy, and on what is left of them when
octets are changed and ends cut off. NETZWACHT_SEED and NETZWACHT_MUTATIONS (frames per capture) take others."""
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
SOURCE = Path(os.environ.get("NETZWACHT_SOURCE") or Path(__file__).resolve().parents[2])
sys.path.insert(0, str(SOURCE / "tests/integration/lib"))
from harness import World, check, run_tests  # noqa: E402 (after the path to it)
from tshark_judge import capture, clean_ones, compare, compare_tool, write_pcap  # noqa: E402

SEED = int(os.environ.get("NETZWACHT_SEED", "20261122"))
MUTATIONS = int(os.environ.get("NETZWACHT_MUTATIONS", "5500"))
LINKS = (1, 127, 127, 105)


DEBIAN_PYTHON = "/usr/bin/python3"


def captures():
    compare_tool()
    import captures as module  # imports scapy, which takes a second
    return module


def use_a_python_with_scapy():
    """Debian's scapy belongs to Debian's python3; configure may have found another one."""
    if importlib.util.find_spec("scapy") is None and os.path.realpath(sys.executable) != os.path.realpath(DEBIAN_PYTHON):
        os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv])


def own_captures_equal_tshark_in_every_counter():
    """captures of our own: every counter is non-zero, differs from its twins and equals tshark's"""
    module = captures()
    with World() as world:
        paths = module.write_all(world.dir)
        printed = compare(*paths)
        check("so not tested" not in printed, printed[-600:])
        ethernet = json.loads(capture(paths[0], "--json").stdout)
        radio = json.loads(capture(paths[1], "--json").stdout)
        for group in ("arp", "icmpv6", "dhcp4", "dhcp6", "dns", "radius", "eapol", "eap", "tcp"):
            values = list(ethernet[group].values())
            check(0 not in values, f"{group} has a counter that is zero: {ethernet[group]}")
            check(len(set(values)) == len(values), f"two counters of {group} are equal, so they could be mixed up: {ethernet[group]}")
        check(ethernet["lldp"] > 0, "no LLDP")
        kinds = {k: v for k, v in radio["wlan"].items() if k != "networks"}
        check(0 not in kinds.values() and len(set(kinds.values())) == len(kinds), f"two kinds of 802.11 frames are equal: {kinds}")
        for phase, figures in ethernet["funnel"].items():
            check(0 < figures["success"] < figures["transactions"], f"{phase}: {figures}")


def damaged_frames_are_counted_as_tshark_counts_them():
    """20,000 frames damaged at random (seed printed): those that tshark calls clean are counted alike, all are survived"""
    module = captures()
    print(f"# seed {SEED}, {MUTATIONS} damaged frames for each of {len(LINKS)} captures", flush=True)
    from scapy.utils import RawPcapReader
    with World() as world:
        profile = world.dir / "profile"
        subprocess.run([sys.executable, compare_tool(), "--profile", profile], check=True, capture_output=True, timeout=120)
        clean_paths, count = [], 0
        for path, link in zip(module.write_all(world.dir), LINKS):
            damaged = list(module.mutations([data for data, _ in RawPcapReader(str(path))], MUTATIONS, SEED))
            damaged += [bytes.fromhex(frame) for frame in module.ONCE_WRONG[link]]
            everything = world.dir / f"all-{path.name}"
            clean = clean_ones(damaged, everything, link, profile)
            check(len(clean) > MUTATIONS / 4, f"only {len(clean)} frames of {path.name} are clean")
            counted = json.loads(capture(everything, "--json").stdout)
            check(counted["frames"] == len(damaged), f"{counted['frames']} frames of {len(damaged)}")
            check(counted["malformed"] > len(damaged) / 50, f"only {counted['malformed']} malformed frames in {path.name}")
            clean_paths.append(write_pcap(world.dir / f"clean-{path.name}", link, clean))
            count += len(clean)
        compare(*clean_paths)
        print(f"# {count} of them clean", flush=True)


use_a_python_with_scapy()
run_tests(own_captures_equal_tshark_in_every_counter, damaged_frames_are_counted_as_tshark_counts_them)
