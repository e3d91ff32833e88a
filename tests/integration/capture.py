#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`netzwacht capture` against tshark on the reference captures, and its manners; captures of our own making and damaged
frames are judged in tests/unit/test_captures.py."""
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from harness import Skip, World, check, run_tests, shared, wait_for
from tshark_judge import NETZWACHT, capture, compare, write_pcap

def captures():
    import captures as module  # imports scapy, which takes a second: only where it is needed
    return module


def reference_captures_equal_tshark():
    """all reference captures are counted and timed as tshark does"""
    shared("captures")
    compare()


def no_client_shows():
    """no client's address, name or payload is printed, as JSON, as text or in messages"""
    module = captures()
    with World() as world:
        for path in module.write_all(world.dir):
            raw = path.read_bytes()
            for options in (("--json",), ()):
                done = capture(path, *options)
                output = (done.stdout + done.stderr).decode().lower()
                for secret in module.SECRETS:
                    check(secret.lower() not in output, f"{path.name} {options}: {secret!r} is printed")
            check(b"mueller" in raw or b"MobyKlick" in raw, "the capture holds something to be found")


def text_is_for_people():
    """without --json the same figures come as text, networks with names that a terminal survives"""
    module = captures()
    with World() as world:
        ethernet, radio, *_ = module.write_all(world.dir)
        text = capture(ethernet).stdout.decode()
        check("nak 8" in text and "dhcp4" in text and "p50" in text, text[:500])
        text = capture(radio).stdout.decode()
        check("MobyKlick" in text and "(hidden)" in text and "\0" not in text, text[-800:])


def cut_files_are_read_to_the_cut():
    """a file that ends inside a record is analysed up to there, with a note"""
    module = captures()
    with World() as world:
        path = module.write_all(world.dir)[0]
        whole = json.loads(capture(path, "--json").stdout)
        path.write_bytes(path.read_bytes()[:-7])
        cut = json.loads(capture(path, "--json").stdout)
        check(cut["frames"] == whole["frames"] - 1 and cut["notes"], str(cut["notes"]))


def wrong_files_have_their_status():
    """66 for a missing file, 65 for one that libpcap cannot read, 64 for wrong use, each with one line"""
    with World() as world:
        text = world.write("letter.txt", "Dear pcap\n" * 20)
        for path, status in ((world.dir / "missing.pcap", 66), (text, 65), (world.dir, 65)):
            done = capture(path, "--json", status=status)
            check(done.stdout == b"" and len(done.stderr.splitlines()) == 1, done.stderr.decode())
        done = subprocess.run([NETZWACHT, "capture"], capture_output=True, timeout=20)
        check(done.returncode == 64, f"status {done.returncode}")


def memory_stays_bounded():
    """300,000 frames of a flood (each its own client and network) need less than 64 MiB"""
    with World() as world:
        def flood():
            for i in range(300_000):
                mac = b"\x02" + i.to_bytes(5, "big")
                yield b"\x80\0\0\0" + b"\xff" * 6 + mac + mac + b"\0\0" + b"\0" * 8 + b"\x64\0\x11\0" + b"\0\x04flut\x03\x01\x06"

        path = write_pcap(world.dir / "flood.pcap", 105, flood())
        # a small process measures: a child inherits the high-water mark of the one that forks it
        measure = ("import os,subprocess,sys; p=subprocess.Popen(sys.argv[1:]); _,status,usage=os.wait4(p.pid,0); "
                   "print(status,usage.ru_maxrss,usage.ru_utime+usage.ru_stime,file=sys.stderr)")
        done = subprocess.run([sys.executable, "-S", "-E", "-c", measure, NETZWACHT, "capture", path, "--json"], capture_output=True,
                              text=True, timeout=120)
        status, kib, seconds = done.stderr.split()[-3:]
        check(status == "0", done.stderr)
        check(json.loads(done.stdout)["wlan"]["beacon"] == 300_000, "frames are missing")
        check(int(kib) < 64 * 1024, f"{kib} KiB")
        print(f"# {kib} KiB, {300_000 / float(seconds):.0f} frames per CPU second", flush=True)


def ask_names(count):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for i in range(count):
            s.sendto(bytes([9, i, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + b"\x05kunde\0\0\1\0\1", ("127.0.0.9", 53))


def children_of(pid):
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def status_of(pid):
    return dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)


def live(*options):
    """Starts a capture on lo; returns (process, pid of the parser); Skip where capturing is not allowed."""
    process = subprocess.Popen([NETZWACHT, "capture", "-i", "lo", "--json", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for("the parser", 10, lambda: process.poll() is not None or
             (children_of(process.pid) and status_of(children_of(process.pid)[0]).get("Seccomp") == "2"), 0.05)
    if process.poll() == 77:
        raise Skip("capturing is not allowed here (CAP_NET_RAW)")
    if process.poll() is not None:
        check(False, f"ended with {process.returncode}: {process.stderr.read().decode()[-300:]}")
    return process, children_of(process.pid)[0]


def end(process):
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    check(process.returncode == 0, f"status {process.returncode}: {errors.decode()[-300:]}")
    return json.loads(output)


def a_live_capture_has_no_rights_left():
    """while an interface is watched neither process has a capability or root; the parser is under seccomp without files"""
    process, parser = live()
    try:
        for pid in (process.pid, parser):
            status = status_of(pid)
            rights = {name: status[name].strip() for name in ("CapEff", "CapPrm", "CapAmb", "NoNewPrivs", "Uid")}
            check(all(int(rights[name], 16) == 0 for name in ("CapEff", "CapPrm", "CapAmb")), f"{pid}: {rights}")
            check(rights["NoNewPrivs"] == "1" and "0" not in rights["Uid"].split(), f"{pid}: {rights}")
        check(sorted(os.listdir(f"/proc/{parser}/fd")) == ["0", "1", "2"] if os.geteuid() == 0 else True, "the parser holds more descriptors")
        before = 7
        ask_names(before)
        time.sleep(0.5)
        output = end(process)
        check(output["dns"]["query"] == before, f"{output['dns']}")
        check("kunde" not in json.dumps(output) and output["file"] == "lo" and output["link"] == "EN10MB", "wrong head, or a name shows")
    finally:
        process.kill()


def a_dead_parser_is_replaced():
    """a parser that dies is replaced within two seconds, the capture goes on and says so"""
    process, parser = live()
    try:
        os.kill(parser, signal.SIGKILL)
        begin = time.monotonic()

        def replaced():
            ask_names(1)  # the watcher notices when it hands over a frame
            return any(pid != parser and status_of(pid).get("Seccomp") == "2" for pid in children_of(process.pid))

        wait_for("another parser", 5, replaced, 0.1)
        check(time.monotonic() - begin < 2, f"it took {time.monotonic() - begin:.1f} s")
        time.sleep(0.3)
        ask_names(4)
        time.sleep(0.5)
        output = end(process)
        check(output["dns"]["query"] >= 4 and any("replaced" in note for note in output["notes"]), str(output["notes"]))
    finally:
        process.kill()


def wrong_interfaces_are_named():
    """an interface that is not there gives 66 and its name; a senseless duration 64"""
    done = subprocess.run([NETZWACHT, "capture", "-i", "nosuch0"], capture_output=True, timeout=20)
    check(done.returncode in (66, 77) and b"nosuch0" in done.stderr, f"{done.returncode} {done.stderr}")
    done = subprocess.run([NETZWACHT, "capture", "-i", "lo", "--seconds", "0"], capture_output=True, timeout=20)
    check(done.returncode == 64, f"{done.returncode} {done.stderr}")


run_tests(reference_captures_equal_tshark, no_client_shows, text_is_for_people, cut_files_are_read_to_the_cut,
          wrong_files_have_their_status, memory_stays_bounded, a_live_capture_has_no_rights_left, a_dead_parser_is_replaced,
          wrong_interfaces_are_named)
