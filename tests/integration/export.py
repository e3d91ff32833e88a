#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht export series: CSV and OpenMetrics against rrdtool and promtool; remote-write against Debian's prometheus and
victoria-metrics, and against a receiver that fails, with an own decoder of snappy and protocol buffers."""
import csv
import io
import json
import math
import shutil
import struct
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
import journal
from harness import Skip, World, check, free_port, run_tests, tool, wait_for

STEP, NS = 60, 10**9
IN, OUT, REACHABLE, RX = 13, 14, 3, 50  # metric_list.h
SOURCES = ["sw-1", "sw-2", "ap-1"]
TABLE = journal.table([("if/1", "interface"), ('if/"2"', "interface")], [(0, IN), (0, OUT), (1, IN), (0, RX)], STEP * 1000)
HOURS = 3

world = World()
start_time = end_time = 0


def configuration():
    return world.dir / "netzwacht.yaml"


def write_history():
    """Three hours of three devices, in files by a real store; ten minutes of one are unknown."""
    global start_time, end_time
    world.write("inventory.yaml", "devices: []\n")
    world.write("netzwacht.yaml", "instance: norderstedt\nstate_dir: state\ninventory: inventory.yaml\nstore: {batch: 1s}\n")
    start_time = (int(time.time()) - HOURS * 3600 - 1800) // 3600 * 3600
    end_time = start_time + HOURS * 3600
    writer = journal.Writer(world.dir / "state/journal", "collector")
    for i in range(HOURS * 60):
        for n, source in enumerate(SOURCES):
            t = (start_time + i * STEP + 3 + n) * NS
            unknown = source == "sw-2" and 60 <= i < 70
            writer.append(journal.samples(t, source, [math.nan if unknown else 1e6 * n + i, 2 * i, 7, -i / 100],
                                          TABLE if i == 0 else None))
    writer.append(journal.heartbeat((end_time + 900) * NS))
    store = world.start("netzwacht-store", "-c", configuration())
    index = world.dir / "state/rrd/index"

    def is_written():
        files = list((world.dir / "state/rrd").rglob("*.rrd"))
        return len(files) == 9 and all(int(world.run(tool("rrdtool"), "last", f).stdout) >= end_time for f in files)
    wait_for("all rows", 30, is_written)
    store.terminate()
    store.wait(10)
    check(index.exists(), "no index")


def export(*options, ok=True):
    return world.run("netzwacht", "export", "series", "-q", "-c", configuration(), "--from", start_time, "--to", end_time,
                     *options, ok=ok)


def rows_of_csv(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def expected(step=300):
    """{(metric, source, entity): {second: value}} as CSV tells it; checked against rrdtool below"""
    values = {}
    for row in rows_of_csv(export("--step", step).stdout):
        if row["value"]:
            t = datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp()
            key = ("netzwacht_" + row["metric"].replace(".", "_"), row["source"], row["entity"])
            values.setdefault(key, {})[int(t)] = float(row["value"])
    return values


def csv_is_what_rrdtool_fetches():
    """CSV has every selected row, what is unknown as an empty cell, and the values that rrdtool fetches"""
    write_history()
    rows = rows_of_csv(export("--metric", "interface.in", "--source", "sw-*", "--entity", "if/1").stdout)
    check(len(rows) == 2 * HOURS * 12, f"{len(rows)} rows")
    check({r["source"] for r in rows} == {"sw-1", "sw-2"} and {r["unit"] for r in rows} == {"bit/s"}, "another selection")
    line = next(l for l in (world.dir / "state/rrd/index").read_text().splitlines() if " sw-2 if/1 13" in l)
    path = world.dir / f"state/rrd/000/{int(line.split()[1]):08d}.rrd"
    fetched = world.run(tool("rrdtool"), "fetch", path, "AVERAGE", "-r", 300, "-s", start_time, "-e", end_time - 1).stdout
    truth = {int(l.split(":")[0]) - 300: float(l.split()[1]) for l in fetched.splitlines() if l[:1].isdigit()}
    unknown = 0
    for row in (r for r in rows if r["source"] == "sw-2"):
        t = int(datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp())
        if row["value"] == "":
            unknown += 1
            check(math.isnan(truth[t]) and float(row["known"]) == 0, f"{t}: unknown here, {truth[t]} for rrdtool")
        else:
            check(abs(float(row["value"]) - truth[t]) < 1e-3, f"{t}: {row['value']} here, {truth[t]} for rrdtool")
    check(unknown >= 1, "the unknown minutes have values")
    months = rows_of_csv(export("--aggregate", "month_p95", "--metric", "interface.out", "--source", "sw-1").stdout)
    got = [float(r["value"]) for r in months if r["value"]]
    check(got and abs(max(got) - 2 * 170) < 20, f"95th percentile {months}")


def openmetrics_passes_promtool():
    """OpenMetrics text passes promtool, says each family once, and ends with EOF"""
    done = export("-f", "openmetrics")
    check(done.stdout.endswith("# EOF\n"), "no EOF")
    types = [l.split()[2] for l in done.stdout.splitlines() if l.startswith("# TYPE")]
    check(sorted(types) == sorted(set(types)) and len(types) == 3, f"families {types}")
    samples = {}
    for line in done.stdout.splitlines():
        if not line.startswith("#"):
            labels, value, t = line.rsplit(" ", 2)
            samples.setdefault(labels, {})[int(t)] = float(value)
    truth = expected()
    check(sum(map(len, samples.values())) == sum(map(len, truth.values())), "not as many samples as CSV has")
    check('entity="if/\\"2\\"",instance="norderstedt",source="ap-1"' in done.stdout, "labels are not escaped")
    promtool = shutil.which("promtool")
    if not promtool:
        raise Skip("promtool is not installed (Debian package prometheus)")
    checked = subprocess.run([promtool, "check", "metrics"], input=done.stdout, capture_output=True, text=True, timeout=60)
    check(checked.returncode == 0, f"promtool: {checked.returncode} {checked.stdout[-500:]} {checked.stderr[-500:]}")


def get_json(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def is_up(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def compare(samples, what):
    truth = expected()
    check(set(samples) == set(truth), f"{what} has {sorted(samples)}, not {sorted(truth)}")
    for key, values in truth.items():
        check(set(samples[key]) == set(values), f"{what}: {key}: other times")
        wrong = [t for t, v in values.items() if abs(samples[key][t] - v) > 1e-6 * max(1, abs(v))]
        check(not wrong, f"{what}: {key}: other values at {wrong}")


def prometheus_takes_the_history():
    """Debian's prometheus takes the whole history by remote-write and gives it back equal"""
    if not shutil.which("prometheus"):
        raise Skip("prometheus is not installed (Debian package prometheus)")
    port = free_port()
    world.write("prometheus.yml", "global: {scrape_interval: 1h}\n")
    world.start(shutil.which("prometheus"), f"--config.file={world.dir}/prometheus.yml", "--web.enable-remote-write-receiver",
                f"--storage.tsdb.path={world.dir}/prometheus", f"--web.listen-address=127.0.0.1:{port}")
    base = f"http://127.0.0.1:{port}"
    wait_for("prometheus", 60, lambda: is_up(base + "/-/ready"))
    export("-f", "remote-write", "--url", base + "/api/v1/write")
    query = urllib.parse.urlencode({"query": '{__name__=~"netzwacht_.*"}[6h]', "time": int(time.time())})
    result = get_json(f"{base}/api/v1/query?{query}")["data"]["result"]
    check(all(s["metric"]["instance"] == 'norderstedt' for s in result), "another instance")
    compare({(s["metric"]["__name__"], s["metric"]["source"], s["metric"]["entity"]): {int(t): float(v) for t, v in s["values"]}
             for s in result}, "prometheus")


def victoria_takes_the_history():
    """Debian's victoria-metrics takes the whole history by remote-write and gives it back equal"""
    if not shutil.which("victoria-metrics"):
        raise Skip("victoria-metrics is not installed (Debian package victoria-metrics)")
    port = free_port()
    world.start(shutil.which("victoria-metrics"), f"-storageDataPath={world.dir}/victoria", f"-httpListenAddr=127.0.0.1:{port}",
                "-retentionPeriod=10y", log="victoria")
    base = f"http://127.0.0.1:{port}"
    wait_for("victoria-metrics", 60, lambda: is_up(base + "/health"))
    export("-f", "remote-write", "--url", base + "/api/v1/write")
    match = urllib.parse.urlencode({"match[]": '{__name__=~"netzwacht_.*"}'})
    total = sum(map(len, expected().values()))

    def exported():
        urllib.request.urlopen(base + "/internal/force_flush", timeout=10).read()
        with urllib.request.urlopen(f"{base}/api/v1/export?{match}", timeout=20) as answer:
            lines = [json.loads(line) for line in answer.read().decode().splitlines()]
        return lines if sum(len(l["values"]) for l in lines) >= total else None
    lines = wait_for("all samples", 30, exported)
    compare({(l["metric"]["__name__"], l["metric"]["source"], l["metric"]["entity"]):
             {t // 1000: v for t, v in zip(l["timestamps"], l["values"])} for l in lines}, "victoria-metrics")


# ---- a receiver of our own ----

def unsnappy(data):
    size, at = varint(data, 0)
    out = bytearray()
    while at < len(data):
        tag = data[at]
        at += 1
        if tag & 3 == 0:
            length = tag >> 2
            if length >= 60:
                extra = length - 59
                length = int.from_bytes(data[at:at + extra], "little")
                at += extra
            out += data[at:at + length + 1]
            at += length + 1
            continue
        if tag & 3 == 1:
            length, offset = (tag >> 2 & 7) + 4, (tag >> 5) << 8 | data[at]
            at += 1
        else:
            width = 2 if tag & 3 == 2 else 4
            length, offset = (tag >> 2) + 1, int.from_bytes(data[at:at + width], "little")
            at += width
        for _ in range(length):
            out.append(out[-offset])
    check(len(out) == size, "snappy: another length")
    return bytes(out)


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 1:
            value, at = struct.unpack_from("<d", data, at)[0], at + 8
        else:
            length, at = varint(data, at)
            value, at = data[at:at + length], at + length
        yield key >> 3, value


def samples_of(body):
    """[(labels as a tuple, ms, value)] of a WriteRequest"""
    for _, series in fields(unsnappy(body)):
        parts = list(fields(series))
        labels = tuple(tuple(v.decode() for _, v in fields(p)) for n, p in parts if n == 1)
        check(list(labels) == sorted(labels), f"labels are not sorted: {labels}")
        for sample in (dict(fields(p)) for n, p in parts if n == 2):
            yield labels, sample[2], sample[1]


class Receiver:
    """Answers with the given statuses, then 204; keeps what it took with 2xx."""

    def __init__(self, *statuses, port=0):
        outer, self.statuses, self.taken, self.heads, self.times = self, list(statuses), [], [], []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = outer.statuses.pop(0) if outer.statuses else 204
                outer.heads.append(dict(self.headers))
                outer.times.append(time.monotonic())
                if status < 300:
                    outer.taken.append(body)
                self.send_response(status)
                if status == 429:
                    self.send_header("Retry-After", "2")
                self.send_header("Content-Length", "13" if status >= 300 else "0")
                self.end_headers()
                self.wfile.write(b"told you: no\n" if status >= 300 else b"")

            def log_message(self, *_):
                pass
        self.server = HTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/v1/write"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def all_samples(receiver):
    return [s for body in receiver.taken for s in samples_of(body)]


def a_receiver_that_fails_gets_it_again():
    """503 and 429 are tried again with a pause, Retry-After is heard, and nothing comes twice or never"""
    receiver = Receiver(503, 429, 503)
    secret = world.write("token", "Bearer not-to-be-logged\n", 0o600)
    done = export("-f", "remote-write", "--url", receiver.url, "--authorization-file", secret)
    receiver.close()
    got = all_samples(receiver)
    check(len(got) == len(set(got)) == sum(map(len, expected().values())), f"{len(got)} samples")
    head = receiver.heads[0]
    check(head["Content-Encoding"] == "snappy" and head["Content-Type"] == "application/x-protobuf" and
          head["X-Prometheus-Remote-Write-Version"] == "0.1.0" and head["Authorization"] == "Bearer not-to-be-logged", f"{head}")
    check(receiver.times[2] - receiver.times[1] > 1.9, "Retry-After is not heard")
    check("not-to-be-logged" not in done.stderr, "the secret is in the log")
    open_secret = world.write("open", "Bearer x\n", 0o644)
    refused = export("-f", "remote-write", "--url", receiver.url, "--authorization-file", open_secret, ok=False)
    check(refused.returncode != 0 and "chmod 600" in refused.stderr, f"a secret that others can read: {refused}")


def a_refusal_is_final_and_the_rest_comes_later():
    """400 ends it at once with the receiver's words; with --resume the next run sends what is missing, once"""
    position = world.dir / "position"
    options = ("-f", "remote-write", "--step", 5, "--resume", position, "--metric", "interface.in")
    first = Receiver(204, 204, 400)
    done = export(*options, "--url", first.url, ok=False)
    first.close()
    check(done.returncode == 69 and "told you: no" in done.stderr, f"{done.returncode}: {done.stderr}")
    check(len(first.times) == 3 and position.exists(), f"{len(first.times)} requests")
    other = export(*options, "--url", first.url, "--source", "sw-1", ok=False)
    check(other.returncode == 65 and "another export" in other.stderr, "a position of another question was taken")
    port = first.server.server_port
    whole = Receiver()
    export("-f", "remote-write", "--step", 5, "--metric", "interface.in", "--url", whole.url)
    whole.close()
    again = Receiver(port=port)
    export(*options, "--url", first.url)
    again.close()
    got = all_samples(first) + all_samples(again)
    check(len(got) == len(set(got)), "samples came twice")
    check(set(got) == set(all_samples(whole)), f"{len(got)} samples in two runs, {len(all_samples(whole))} in one")
    idle = Receiver(port=port)
    export(*options, "--url", first.url)
    idle.close()
    check(not idle.taken, "a finished export sends something again")


def wrong_questions_are_told():
    """what cannot be exported is told in one line that says what to do, with the right status"""
    for options, status, words in (
            (("--metric", "no.such"), 64, "names of metrics"), (("--source", "nobody"), 65, "holds no series"),
            (("-f", "remote-write"), 64, "--url"), (("-f", "remote-write", "--url", "ftp://x"), 64, "http"),
            (("-f", "remote-write", "--url", "http://a:b@localhost/"), 64, "--authorization-file"),
            (("-f", "openmetrics", "--aggregate", "month_p95"), 64, "csv"), (("--step", "0"), 64, "seconds"),
            (("-o", "/nonexistent/file"), 73, "/nonexistent/file")):
        done = export(*options, ok=False)
        check(done.returncode == status and words in done.stderr, f"{options}: {done.returncode} {done.stderr}")
    gone = export("-f", "remote-write", "--url", f"http://127.0.0.1:{free_port()}/", "--patience", 1, ok=False)
    check(gone.returncode == 69 and "gave up" in gone.stderr, f"nobody listens: {gone.returncode} {gone.stderr}")


if __name__ == "__main__":
    with world:
        run_tests(csv_is_what_rrdtool_fetches, openmetrics_passes_promtool, prometheus_takes_the_history,
                  victoria_takes_the_history, a_receiver_that_fails_gets_it_again,
                  a_refusal_is_final_and_the_rest_comes_later, wrong_questions_are_told)
