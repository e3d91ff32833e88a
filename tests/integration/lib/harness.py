# SPDX-License-Identifier: GPL-3.0-or-later
"""What integration tests share: TAP output, a directory and processes that vanish with the test, free ports, waiting."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

BUILD = Path(os.environ.get("NETZWACHT_BUILD", Path(__file__).parents[3] / "build")).resolve()
SOURCE = Path(os.environ.get("NETZWACHT_SOURCE", Path(__file__).parents[3])).resolve()
SHARED = Path(os.environ.get("NETZWACHT_SHARED", SOURCE.parent / "shared")).resolve()


class Skip(Exception):
    """Raised by a test that cannot run here; the text says what is missing."""


class Failure(AssertionError):
    """Raised by check() and wait_for()."""


def check(condition, message):
    if not condition:
        raise Failure(message)


def wait_for(what, seconds, probe, interval=0.1):
    """Calls probe() until it returns something true, and returns that; Failure after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {seconds} s")
        time.sleep(interval)


def shared(path):
    """A file of the shared data: Skip where all of it is missing, Failure where only this one is."""
    if not SHARED.is_dir():
        raise Skip(f"no shared data at NETZWACHT_SHARED ({SHARED})")
    found = SHARED / path
    check(found.exists(), f"{found} is missing")
    return found


def tool(name):
    """The path of a Debian program that a test needs; bootstrap installs all of them, so missing is a failure."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    check(found, f"{name} is not installed; ./bootstrap check installs it")
    return found


def free_port(kind=socket.SOCK_STREAM, address="127.0.0.1"):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind((address, 0))
        return s.getsockname()[1]


class World:
    """A directory and the processes in it; all gone at the end of the `with` block, killed if need be."""

    def __init__(self):
        self.dir = Path(tempfile.mkdtemp(prefix="netzwacht-it-"))
        self.processes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def start(self, *argv, log=None, **kwargs):
        """Starts a program of the build (by name) or any (by path); its output goes to <dir>/<log or name>.log."""
        program = BUILD / str(argv[0])
        argv = [str(program if program.exists() else argv[0]), *map(str, argv[1:])]
        output = open(self.dir / f"{log or Path(argv[0]).name}.log", "ab")
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **kwargs)
        output.close()
        self.processes.append(process)
        return process

    def run(self, *argv, timeout=60, ok=True, **kwargs):
        """Runs to the end; returns the CompletedProcess with text output. ok: a status other than 0 is a Failure."""
        program = BUILD / str(argv[0])
        argv = [str(program if program.exists() else argv[0]), *map(str, argv[1:])]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=timeout, **kwargs)
        if ok:
            check(done.returncode == 0, f"{' '.join(argv)}: status {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done

    def rrdtool(self, *argv):
        """rrdtool refuses a file that the store writes at this moment: then once more."""
        def done():
            result = self.run(tool("rrdtool"), *argv, ok=False)
            check(result.returncode == 0 or "could not lock" in result.stderr, f"rrdtool {argv}: {result.stderr}")
            return result.returncode == 0 and result
        return wait_for("rrdtool", 120, done)

    def write(self, name, text, mode=0o644):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def log(self, name):
        path = self.dir / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def journal(self, partition, state="state"):
        """All lines of `netzwacht journal cat`, which ends with 1 where records are missing: {"partition", "position",
        "record"}, and the members of "record" beside them."""
        if not (self.dir / state / "journal" / partition).is_dir():
            return []  # its writer has not begun
        done = self.run("netzwacht", "journal", "cat", "--dir", self.dir / state / "journal", partition, ok=False)
        check(done.returncode in (0, 1), f"journal cat: status {done.returncode}\n{done.stderr[-1000:]}")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return [{**line.get("record", {}), **line} for line in lines]


def run_tests(*tests):
    """Runs each test function (its docstring or name is the sentence), prints TAP, and exits."""
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for number, test in enumerate(tests, 1):
        sentence = (test.__doc__ or test.__name__).strip().splitlines()[0].rstrip(".").replace("#", "")
        try:
            test()
            print(f"ok {number} - {sentence}", flush=True)
        except Skip as skip:
            print(f"ok {number} - {sentence} # SKIP {skip}", flush=True)
        except Exception as problem:  # a broken test is a failed test
            failed += 1
            print(f"not ok {number} - {sentence}", flush=True)
            text = str(problem) if isinstance(problem, Failure) else traceback.format_exc()
            for line in text.splitlines()[-40:]:
                print(f"#   {line}", flush=True)
    sys.exit(1 if failed else 0)
