#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decoders of foreign bytes under libFuzzer with address and undefined sanitizers, each for NETZWACHT_FUZZ_SECONDS
(600). Builds them with clang in fuzz/ of the build tree; what libFuzzer found new stays there, in fuzz/found/TARGET,
and is where the next run begins. NETZWACHT_FUZZ names other targets."""
import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "integration/lib"))
from harness import BUILD, SOURCE, check, run_tests, tool

SECONDS = int(os.environ.get("NETZWACHT_FUZZ_SECONDS", "600"))
TARGETS = os.environ.get("NETZWACHT_FUZZ", "fuzz_reply fuzz_v3 fuzz_trap fuzz_frame fuzz_readers fuzz_passive fuzz_probe_reply").split()
FUZZ = BUILD / "fuzz"


def build():
    """clang builds the targets with libFuzzer"""
    FUZZ.mkdir(exist_ok=True)
    tool("clang")
    with open(FUZZ / "build.log", "w") as log:
        def run(*argv):
            check(subprocess.run(argv, cwd=FUZZ, stdout=log, stderr=log).returncode == 0,
                  f"{' '.join(map(str, argv))} failed: see {FUZZ / 'build.log'}")
        if not (FUZZ / "Makefile").exists():
            run(SOURCE / "configure", "--enable-fuzzer", "--disable-web", "CC=clang")
        run("make", "lib/model/journal.pb-c.h")  # made before everything by `make all` alone
        run("make", *[f"tests/fuzz/{name}" for name in TARGETS])


def fuzz(name):
    def test():
        found = FUZZ / "found" / name
        found.mkdir(parents=True, exist_ok=True)
        corpus = SOURCE / "tests/fuzz/corpus" / name.removeprefix("fuzz_")
        argv = [FUZZ / "tests/fuzz" / name, f"-max_total_time={SECONDS}", "-timeout=20", "-rss_limit_mb=2048",
                "-print_final_stats=1", f"-artifact_prefix={FUZZ}/{name}-", found, corpus]
        done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, errors="replace",
                              env={**os.environ, "NETZWACHT_SOURCE": str(SOURCE)}, preexec_fn=lambda: os.nice(19))
        figures = dict(re.findall(r"stat::(\w+): +(\d+)", done.stderr))
        edges = re.findall(r"cov: (\d+)", done.stderr)
        print(f"# {name}: {figures.get('number_of_executed_units')} inputs, "
              f"{figures.get('average_exec_per_sec')} per second, {edges[-1] if edges else 0} edges, "
              f"{figures.get('new_units_added')} new, {figures.get('peak_rss_mb')} MiB", flush=True)
        check(done.returncode == 0, f"status {done.returncode}\n{done.stderr[-3000:]}")
    test.__doc__ = f"{name} takes {SECONDS} s of libFuzzer without a report"
    return test


run_tests(build, *[fuzz(name) for name in TARGETS])
