# SPDX-License-Identifier: GPL-3.0-or-later
"""`netzwacht capture` beside tshark: what the tests of captures share."""
import os
import struct
import subprocess
import sys

from harness import BUILD, check, shared, tool

NETZWACHT = BUILD / "netzwacht"


def compare_tool():
    return shared("tools/compare_captures.py")


def compare(*paths):
    """Runs the comparison with tshark (without paths: of all reference captures); Failure with what differs."""
    tool("tshark")
    done = subprocess.run([sys.executable, compare_tool(), "--jobs", "2", "--cmd", NETZWACHT, *map(str, paths)],
                          capture_output=True, text=True, timeout=500)
    differing = [line for line in done.stdout.splitlines() if ": note: " not in line]
    check(done.returncode == 0, "\n".join(differing[-40:]) + done.stderr[-500:])
    return done.stdout


def capture(path, *options, status=0):
    """Runs `netzwacht capture`; a status other than the one expected is a Failure."""
    done = subprocess.run([NETZWACHT, "capture", path, *options], capture_output=True, timeout=120)
    check(done.returncode == status, f"status {done.returncode} instead of {status}: {done.stderr.decode()[-300:]}")
    return done


def write_pcap(path, link, frames, snap=262144):
    """One frame every 20 s, so that no transaction of one frame is answered by another."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snap, link))
        for number, data in enumerate(frames):
            file.write(struct.pack("<IIII", 1_700_000_000 + 20 * number, 0, min(len(data), snap), len(data)) + data[:snap])
    return path


def clean_ones(frames, path, link, profile):
    """Those of the frames that tshark takes for whole and well-formed; path: where they are written in between."""
    write_pcap(path, link, frames)
    listed = subprocess.run([tool("tshark"), "-n", "-r", path, "-Y", "!(_ws.malformed || _ws.short)", "-T", "fields", "-e",
                             "frame.number"], capture_output=True, text=True, check=True, timeout=300,
                            env=dict(os.environ, WIRESHARK_CONFIG_DIR=str(profile)))
    return [frames[int(number) - 1] for number in listed.stdout.split()]
