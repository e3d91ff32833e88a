# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmarks share: the equal agents, the floor, a collector that polls them, its counters over a span of whole
cycles, and tables that are printed as they grow and kept as Markdown in build/bench/NAME.md for docs/performance.md."""
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "integration" / "lib"))
from harness import BUILD, SOURCE, World, free_port, wait_for  # noqa: E402,F401

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
FLOOR_REPLIES = 60000  # at least, for one figure
WARM_MAX = 120  # s
WANTED = 148  # varbinds that one poll of an agent reads


# ---- tables ----

class Table:
    """columns: [(heading, format)], where format is that of format() or "" for text."""

    def __init__(self, name, title, columns, remark=""):
        self.name, self.title, self.columns, self.rows, self.remark = name, title, columns, [], remark
        print(f"\n{title}\n" + "  ".join(f"{heading:>{self.width(i)}}" for i, (heading, _) in enumerate(columns)), flush=True)

    def width(self, i):
        heading, how = self.columns[i]
        return max(len(heading), 9) if how else max(len(heading), 22)

    def add(self, *cells):
        texts = [cell if isinstance(cell, str) else "–" if cell is None else format(cell, how)
                 for cell, (_, how) in zip(cells, self.columns)]
        self.rows.append(texts)
        print("  ".join(f"{text:>{self.width(i)}}" for i, text in enumerate(texts)), flush=True)
        self.save()

    def save(self):
        """After each row: what is broken off is kept as far as it came."""
        folder = BUILD / "bench"
        folder.mkdir(exist_ok=True)
        lines = ["| " + " | ".join(heading for heading, _ in self.columns) + " |", "|---" * len(self.columns) + "|"]
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        if self.remark:
            lines += ["", self.remark]
        (folder / f"{self.name}.md").write_text("\n".join(lines) + "\n")
        (folder / "machine.md").write_text(machine() + "\n")


def machine():
    """One line: what the figures were made on, and when."""
    def field(path, key):
        for line in Path(path).read_text().splitlines():
            if line.startswith(key):
                return line.split(":", 1)[1].strip()
        return "?"
    system = next((line.split('"')[1] for line in Path("/etc/os-release").read_text().splitlines() if line.startswith("PRETTY_NAME")), "?")
    memory = int(field("/proc/meminfo", "MemTotal").split()[0]) / 1024 ** 2
    commit = subprocess.run(["git", "-C", SOURCE, "log", "-1", "--format=%h"], capture_output=True, text=True).stdout.strip() or "a tarball"
    return (f"{time.strftime('%-d %B %Y')}, commit {commit}: {system}, kernel {platform.release()}, {os.cpu_count()} cores of "
            f"{field('/proc/cpuinfo', 'model name')}, {memory:.0f} GiB; load before the last table {os.getloadavg()[2]:.1f}")


def sizes(arguments, usual):
    return [int(n) for n in arguments] or usual


# ---- processes ----

def cpu_seconds(pid):
    """User and system time of a process without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_mib(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1024 ** 2


def written_bytes(pid):
    """What the process caused to be written to the disk."""
    return int(Path(f"/proc/{pid}/io").read_text().split("\nwrite_bytes: ")[1].split()[0])


def tree(pid):
    """The process and its descendants."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid] + [p for child in children for p in tree(int(child))]


def peak_mib(pid):
    """Of the largest process of the tree. ru_maxrss is of no use: it begins with what Python had before exec()."""
    peak = 0.0
    for one in tree(pid):
        try:
            status = Path(f"/proc/{one}/status").read_text()
            if "VmHWM:" in status and os.readlink(f"/proc/{one}/exe") != os.readlink("/proc/self/exe"):
                peak = max(peak, int(status.split("VmHWM:")[1].split()[0]) / 1024)
        except OSError:
            continue
    return peak


def run_measured(argv, **kwargs):
    """(CPU seconds of the process and its children, wall seconds, peak RSS of the largest in MiB, standard output)."""
    peaks = [0.0]
    begin = time.monotonic()
    with subprocess.Popen([str(a) for a in argv], stdout=subprocess.PIPE, text=True, **kwargs) as process:
        def watch():
            while not ended.wait(0.02):
                peaks.append(peak_mib(process.pid))

        ended = threading.Event()
        watcher = threading.Thread(target=watch)
        watcher.start()
        output = process.stdout.read()
        ended.set()
        watcher.join()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{argv[0]}: status {process.returncode}")
    return used.ru_utime + used.ru_stime, time.monotonic() - begin, max(peaks), output


# ---- the world that is polled ----

def address(i):
    n = 0x7F400001 + i
    return f"127.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"


class Agents:
    """tests/bench/agents: as many as are asked."""

    def __init__(self, world, loss=0, dead=0, delay_ms=0):
        self.port = free_port(socket.SOCK_DGRAM, "127.64.0.1")
        self.process = subprocess.Popen([BUILD / "tests/bench/agents", str(self.port), "1800", str(loss), str(dead), str(delay_ms)],
                                        stdout=subprocess.PIPE, text=True)
        world.processes.append(self.process)
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("the agents do not start")

    def datagrams(self):
        """(received, sent) so far."""
        self.process.send_signal(signal.SIGUSR1)
        words = self.process.stdout.readline().split()
        return int(words[1]), int(words[3])

    def traffic(self):
        return sum(self.datagrams())

    def die(self):
        """Those that are to, now."""
        self.process.send_signal(signal.SIGUSR2)


def run_counted(agents, argv, **kwargs):
    """run_measured() and the datagrams that the agents saw for it."""
    before = agents.traffic()
    cpu, wall, rss, output = run_measured(argv, **kwargs)
    return cpu, wall, rss, agents.traffic() - before, output


def by_socket(program, agents, count, cycles=None):
    """Runs floor or netsnmp_sessions: CPU us per varbind, seconds a cycle, MiB, datagrams a cycle."""
    cycles = cycles or max(1, FLOOR_REPLIES // 3 // count)
    before = agents.traffic()
    _, _, rss, output = run_measured([BUILD / "tests/bench" / program, agents.port, count, cycles])
    words = output.replace(",", "").split()
    return float(words[0]), float(words[4]), rss, (agents.traffic() - before) / cycles


def floor(agents, count):
    return by_socket("floor", agents, count)[0]


# ---- ours ----

def records(world, partition, kind, most=10**9):
    """At most so many lines of a partition with this member ("heartbeat", "table"): found by grep, for JSON of all values takes longer than the poll."""
    if not (world.dir / "state/journal" / partition).is_dir():
        return []
    cat = subprocess.Popen([BUILD / "netzwacht", "journal", "cat", "--dir", world.dir / "state/journal", partition], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    grep = subprocess.run(["grep", "-F", "-m", str(most), f'"{kind}"'], stdin=cat.stdout, stdout=subprocess.PIPE, text=True)
    cat.stdout.close()
    cat.wait()
    return grep.stdout.splitlines()


def next_heartbeat(world, partition):
    """(monotonic nanoseconds, {counter: value}) of the next one."""
    now = time.monotonic_ns()
    cat = subprocess.Popen([BUILD / "netzwacht", "journal", "cat", "--new", "--dir", world.dir / "state/journal", partition], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    grep = subprocess.Popen(["grep", "--line-buffered", "-F", '"heartbeat"'], stdin=cat.stdout, stdout=subprocess.PIPE, text=True)
    try:
        for line in grep.stdout:
            monotonic, counters = read_heartbeat(line)
            if monotonic >= now:
                return monotonic, counters
        raise RuntimeError(f"no heartbeats of {partition}")
    finally:
        for process in (cat, grep):
            process.kill()
            process.wait()


def read_heartbeat(line):
    beat = json.loads(line)["record"]["heartbeat"]
    return int(beat["monotonic"]), {c["name"]: c.get("value", 0) for c in beat.get("counters", [])}


def heartbeats(world, partition):
    """[(monotonic nanoseconds, {counter: value})], oldest first."""
    return [read_heartbeat(line) for line in records(world, partition, "heartbeat")]


def inventory(agents, count):
    """Fifty devices behind one switch, for there is a bound on what is in flight over an uplink."""
    lines = ["devices:"]
    lines += [f"  - {{id: b-{i}, name: B{i}, address: {address(i)}, port: {agents.port}, kind: switch{f', uplink: b-{i - i % 50}' if i % 50 else ''}}}" for i in range(count)]
    return "\n".join(lines) + "\n"


class Collector:
    """netzwacht-collector on `count` agents, one poll each `interval` s."""

    def __init__(self, world, agents, count, interval, settings=""):
        self.world, self.agents, self.count, self.interval = world, agents, count, interval
        world.write("inventory.yaml", inventory(agents, count))
        world.write("community", "public\n", 0o600)
        world.write("netzwacht.yaml", f"""
instance: bench
state_dir: state
inventory: inventory.yaml
credentials:
  - {{name: default, version: v2c, community_file: community}}
collector: {{interval: {interval}s, window: 256}}
{settings}""")
        self.process = world.start("netzwacht-collector", "-c", world.dir / "netzwacht.yaml")

    def run(self, warm, cycles):
        """Whole cycles: `warm` first ones, in which tables are walked, then those that are measured. Returns what the counters
        gained in these, and the last ones."""
        self.warm(warm)
        return self.measure(cycles)

    def warm(self, cycles):
        """At least so many, and until every device was polled so often: the first polls may take longer than an interval."""
        end = time.monotonic() + WARM_MAX
        self.wait(cycles * self.interval + 1)
        while self.beat()[1]["polls_total"] < cycles * self.count and time.monotonic() < end:
            self.wait(self.interval)

    def measure(self, cycles):
        """The next cycles: what the counters gained, and the last ones."""
        first = self.beat()
        self.wait(cycles * self.interval - 0.5)
        last = self.beat()
        gained = {name: last[1][name] - first[1].get(name, 0) for name in last[1]}
        gained["seconds"] = (last[0] - first[0]) / 10**9
        gained["cycles"] = gained["seconds"] / self.interval
        return gained, last[1]

    def wait(self, seconds):
        time.sleep(seconds)
        if self.process.poll() is not None:
            raise RuntimeError("the collector ended: " + self.world.log("netzwacht-collector")[-2000:])

    def beat(self):
        self.wait(0)
        return next_heartbeat(self.world, "collector")


def per_varbind(gained):
    """CPU microseconds."""
    return gained["process_cpu_seconds_total"] / max(1, gained["snmp_varbinds_total"]) * 1e6


def percentile(gained, share):
    """Upper bound of the histogram's step that holds the share (0.5, 0.99) of the answered polls, as text."""
    def milliseconds(name):
        word = name.removeprefix("poll_answered_within_").removesuffix("_total")
        return int(word[:-2]) if word.endswith("ms") else int(word[:-1]) * 1000
    steps = sorted((milliseconds(name), value) for name, value in gained.items() if name.startswith("poll_answered_within_"))
    wanted = share * gained["poll_answered_total"]
    return next((f"≤ {bound}" for bound, value in steps if value >= wanted and wanted > 0), "> 5000" if wanted else "–")
