#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-http: what the dashboard's API and the citizens' page cost while 10,000 devices, each with a hotspot, are polled every 10 s:
1. answer times of the API, one request after the other, the connection kept (goal: p99 20 ms); of it, what the dashboard computed and
   how long it was ready to run while others had the cores: on a busy machine that is most of the time;
2. the citizens' page by the dashboard and by Debian's nginx-light from the same files: requests per second of CPU time of the server,
   asked by wrk (goal: 90 % of nginx's); left out where one of them is not installed;
3. until the full state is there again after a restart of the dashboard (goal 2 s), and from an incident's time in the journal until a
   browser has it by SSE (goal 1 s), while 1 % of the devices die.
Prints three tables and asserts nothing. Usage: http_load.py [DEVICES]"""
import datetime
import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from bench import Agents, Table, World, address, cpu_seconds, free_port, records, rss_mib, wait_for  # noqa: E402

INTERVAL, REQUESTS, LOAD_SECONDS, CONNECTIONS, PASSWORD = 10, 200, 3, 16, "bench-password-12"
SCREEN_MAX = 60  # s, for the incidents of all that died
SESSIONS = 6  # in turn: the dashboard lets one ask 40 times a second
ROUTES = ["summary", "hotspots", "hotspots?limit=1000", "hotspots.geojson", "hotspots/h-77", "devices", "devices/b-77", "devices/b-77/entities",
          "incidents", "topology", "firmware", "daemons"]


def inventory(agents, count):
    sites = [f"  - {{id: s-{i}, name: Site {i}, lat: {53.68 + i / 1e5:.5f}, lon: {9.95 + i / 1e5:.5f}}}" for i in range(0, count, 10)]
    devices = [f"  - {{id: b-{i}, name: AP {i}, address: {address(i)}, port: {agents.port}, kind: ap, site: s-{i // 10 * 10}}}" for i in range(count)]
    hotspots = [f"  - {{id: h-{i}, name: Hotspot {i}, site: s-{i // 10 * 10}, device: b-{i}}}" for i in range(count)]
    return "\n".join(["sites:", *sites, "devices:", *devices, "hotspots:", *hotspots]) + "\n"


class Wire:
    """Requests of one session over a kept connection: http.client alone takes longer than most answers."""

    def __init__(self, port, cookie):
        self.port, self.cookie = port, cookie
        self.connect()

    def connect(self):
        self.socket = socket.create_connection(("127.0.0.1", self.port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, route):
        """(status, bytes of the body) of an API route."""
        try:
            return self.ask(route)
        except ConnectionError:  # idle for ten seconds, on a machine that is busy with other work
            self.connect()
            return self.ask(route)

    def ask(self, route):
        self.socket.sendall(f"GET /api/v1/{route} HTTP/1.1\r\nHost: bench\r\nCookie: {self.cookie}\r\n\r\n".encode())
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.receive()
        head, _, body = data.partition(b"\r\n\r\n")
        size, got = int(re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)[1]), len(body)
        while got < size:
            got += len(self.receive())
        return int(head.split(b" ", 2)[1]), size

    def receive(self):
        data = self.socket.recv(1 << 20)
        if not data:
            raise ConnectionResetError("the dashboard closed the connection")
        return data


class Browser:
    def __init__(self, port, cookie=None):
        self.port, self.cookie = port, cookie
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        if not cookie:
            self.log_in()

    def log_in(self):
        body = json.dumps({"user": "bench", "password": PASSWORD})
        self.connection.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        answer.read()
        self.cookie = answer.getheader("Set-Cookie").split(";")[0]

    def get(self, route):
        """(status, bytes) of an API route."""
        self.connection.request("GET", "/api/v1/" + route, headers={"Cookie": self.cookie})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def counts(self):
        return json.loads(self.get("summary")[1])["hotspots"]


class Screen(threading.Thread):
    """/api/v1/events: when did each incident come?"""

    def __init__(self, browser):
        super().__init__(daemon=True)
        self.seen = {}
        connection = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=300)
        connection.request("GET", "/api/v1/events", headers={"Cookie": browser.cookie})
        self.answer = connection.getresponse()
        self.start()

    def run(self):
        name = ""
        try:
            for line in self.answer:
                line = line.decode().rstrip("\n")
                if line.startswith("event:"):
                    name = line[6:].strip()
                elif line.startswith("data:") and name == "incident":
                    self.seen.setdefault(json.loads(line[5:])["id"], time.time())
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass


class Town:
    def __init__(self, world, count):
        self.world, self.port, self.agents = world, free_port(), Agents(world, dead=1)
        world.write("inventory.yaml", inventory(self.agents, count))
        world.write("community", "public\n", 0o600)
        self.config = world.write("netzwacht.yaml", f"""
instance: bench
state_dir: state
inventory: inventory.yaml
credentials:
  - {{name: default, version: v2c, community_file: community}}
collector: {{interval: {INTERVAL}s, timeout: 300ms, miss_interval: 500ms, confirm_interval: 100ms}}
dashboard: {{listen: 127.0.0.1, port: {self.port}}}
public: {{interval: {INTERVAL}s}}
""")
        world.write("users", f"bench noc {PASSWORD}\n", 0o600)
        world.run("netzwacht", "user", "import", "-c", self.config, world.dir / "users")
        for daemon in ("collector", "alerts", "public"):
            world.start(f"netzwacht-{daemon}", "-c", self.config)
        self.start_dashboard()
        self.browsers = [Browser(self.port) for _ in range(SESSIONS)]
        self.browser = self.browsers[0]
        wait_for("all hotspots known", 120, self.is_known, 0.5)
        time.sleep(2 * INTERVAL)

    def start_dashboard(self):
        self.dashboard = self.world.start("netzwacht-dashboard", "-c", self.config)
        wait_for("the dashboard", 60, self.answers, 0.01)

    def answers(self):
        try:
            client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            client.request("GET", "/healthz")
            return client.getresponse().status in (200, 503)
        except OSError:
            return False

    def is_known(self):
        try:
            return self.browser.counts().get("unknown") == 0
        except (OSError, http.client.HTTPException, KeyError, ValueError):
            self.browser = Browser(self.port)
            return False


def scheduled(pid):
    """(milliseconds on a core, milliseconds ready to run but without one) of a process with one thread that matters."""
    ran, waited, _ = Path(f"/proc/{pid}/schedstat").read_text().split()
    return int(ran) / 1e6, int(waited) / 1e6


def api(town, count):
    table = Table("http_api", f"The API with {count:,} devices", [("route", ""), ("bytes", ",d"), ("p50 ms", ".2f"), ("p99 ms", ".2f"), ("dashboard CPU ms", ".2f"), ("waits for a core ms", ".2f")])
    for route in ROUTES:
        wires = [Wire(town.port, browser.cookie) for browser in town.browsers]
        times, before = [], scheduled(town.dashboard.pid)
        for i in range(REQUESTS):
            begin = time.monotonic()
            status, size = wires[i % SESSIONS].get(route)
            passed = time.monotonic() - begin
            if status != 200:
                raise RuntimeError(f"{route}: status {status}")
            times.append(passed * 1e3)
            time.sleep(max(0.0, 1 / 30 / SESSIONS - passed))
        times.sort()
        used = [(after - b) / REQUESTS for after, b in zip(scheduled(town.dashboard.pid), before)]
        table.add("/api/v1/" + route, size, times[REQUESTS // 2], times[REQUESTS * 99 // 100], *used)


# ---- the citizens' page ----

def start_nginx(world, directory):
    port = free_port()
    config = world.write("nginx.conf", f"""
{"user root;" if Path("/proc/self").stat().st_uid == 0 else ""}
daemon off; worker_processes 1; pid {world.dir}/nginx.pid; error_log {world.dir}/nginx.err;
events {{ worker_connections 512; }}
http {{
  types {{ text/html html; application/json json; text/css css; }}
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; open_file_cache max=100;
  client_body_temp_path {world.dir}/n1; proxy_temp_path {world.dir}/n2; fastcgi_temp_path {world.dir}/n3; uwsgi_temp_path {world.dir}/n4; scgi_temp_path {world.dir}/n5;
  server {{ listen 127.0.0.1:{port}; root {directory}; }}
}}
""")
    process = world.start(tool("nginx"), "-c", config, "-e", world.dir / "nginx.err")
    worker = wait_for("nginx", 20, lambda: Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())
    return port, int(worker[0])


def tool(name):
    return shutil.which(name, path="/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")


def load(pid, url):
    """Requests, seconds and CPU seconds of the server; failures as wrk tells them."""
    cpu = cpu_seconds(pid)
    out = subprocess.run([tool("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{LOAD_SECONDS}s", "--latency", url], capture_output=True, text=True, check=True).stdout
    cpu = cpu_seconds(pid) - cpu
    requests, seconds = re.search(r"(\d+) requests in ([\d.]+)s", out).groups()
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", out)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return int(requests), float(seconds), cpu, float(p99[1]) * {"us": 1e-3, "ms": 1, "s": 1e3}[p99[2]], int(failed[1]) if failed else 0


def page(town):
    missing = [name for name in ("nginx", "wrk") if not tool(name)]
    if missing:
        print(f"left out: the citizens' page: {' and '.join(missing)} not installed (./bootstrap bench does)")
        return
    directory = town.world.dir / "state/public"
    table = Table("http_page", "The citizens' page", [("server", ""), ("file", ""), ("bytes", ",d"), ("requests/s", ",.0f"), ("requests/CPU s", ",.0f"), ("of nginx's", ".0%"), ("p99 ms", ".2f"), ("RSS MiB", ".0f"), ("failed", "d")])
    port, worker = start_nginx(town.world, directory)
    for name in ("index.html", "status.css"):
        size = (directory / name).stat().st_size
        base = None
        for server, pid, url in (("nginx", worker, f"http://127.0.0.1:{port}/{name}"), ("netzwacht-dashboard", town.dashboard.pid, f"http://127.0.0.1:{town.port}/status/{name}")):
            requests, seconds, cpu, p99, failed = load(pid, url)
            rate = requests / max(cpu, 0.01)
            base = base or rate
            table.add(server, name, size, requests / seconds, rate, rate / base, p99, rss_mib(pid), failed)


# ---- in time ----

def restart(town):
    """Seconds until the hotspots' states are those of before, for a browser that is logged in: sessions survive."""
    town.browser.connection.close()
    before = town.browser.counts()
    town.dashboard.kill()
    town.dashboard.wait()
    begin = time.monotonic()
    town.start_dashboard()
    town.browser = Browser(town.port, town.browser.cookie)
    wait_for("the state of before", 60, lambda: town.browser.counts().get("unknown") == before.get("unknown"), 0.02)
    return time.monotonic() - begin


def on_screen(town, count):
    """Milliseconds of each incident that came, sorted; several devices may share one."""
    screen = Screen(town.browser)
    town.agents.die()
    end = time.monotonic() + SCREEN_MAX
    while len(screen.seen) < count // 100 and time.monotonic() < end:
        time.sleep(0.5)
    opened = {}
    for line in records(town.world, "alerts", "incident"):
        record = json.loads(line)["record"]
        if "incident" in record:
            opened.setdefault(record["incident"]["id"], datetime.datetime.fromisoformat(record["wall"]).timestamp())
    return sorted((seen - opened[one]) * 1e3 for one, seen in screen.seen.items() if one in opened)


def in_time(town, count):
    table = Table("http_time", "In time", [("", ""), ("count", "d"), ("p50 ms", ".0f"), ("p99 ms", ".0f"), ("goal ms", ",d")])
    times = sorted(restart(town) * 1e3 for _ in range(3))
    table.add("full state after a restart of the dashboard", len(times), times[1], times[-1], 2000)
    times = on_screen(town, count)
    if times:
        table.add("incident in the journal to the browser (SSE)", len(times), times[len(times) // 2], times[len(times) * 99 // 100], 1000)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
    with World() as world:
        town = Town(world, count)
        api(town, count)
        page(town)
        in_time(town, count)


main()
