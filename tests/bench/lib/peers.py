# SPDX-License-Identifier: GPL-3.0-or-later
"""Other programs that poll the same agents. Each function runs one cycle over all of them (spine and the exporter a first one
unmeasured, so that caches are warm) and returns Figures; Missing where the program is not installed."""
import http.client
import os
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench import BUILD, WANTED, address, by_socket, cpu_seconds, free_port, rss_mib, run_counted, wait_for

COLUMNS = {"ifInErrors": "1.3.6.1.2.1.2.2.1.14", "ifOutErrors": "1.3.6.1.2.1.2.2.1.20", "ifName": "1.3.6.1.2.1.31.1.1.1.1",
           "ifHCInOctets": "1.3.6.1.2.1.31.1.1.1.6", "ifHCInUcastPkts": "1.3.6.1.2.1.31.1.1.1.7",
           "ifHCOutOctets": "1.3.6.1.2.1.31.1.1.1.10", "ifHCOutUcastPkts": "1.3.6.1.2.1.31.1.1.1.11"}
SCALARS = {"sysDescr": "1.3.6.1.2.1.1.1", "sysObjectID": "1.3.6.1.2.1.1.2", "sysUpTime": "1.3.6.1.2.1.1.3", "sysName": "1.3.6.1.2.1.1.5",
           "memTotalReal": "1.3.6.1.4.1.2021.4.5", "memAvailReal": "1.3.6.1.4.1.2021.4.6",
           "ssCpuIdle": "1.3.6.1.4.1.2021.11.11", "laLoadInt": "1.3.6.1.4.1.2021.10.1.5.1"}
ROWS = 20
CLIENTS = 8  # requests to the exporter at a time, and threads of spine


class Missing(Exception):
    """The text says what to install."""


@dataclass
class Figures:
    cpu_us: float  # per varbind
    datagrams: float  # there and back, a cycle
    wall: float  # s, a cycle
    rss: float  # MiB
    remark: str = ""
    polls: float = 0  # of agents a second; 0 = a cycle takes as long as it takes


def program(name, package):
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        raise Missing(f"{name} is not installed (Debian package {package}; ./bootstrap bench installs it)")
    return found


def netsnmp_sessions(world, agents, count):
    cpu, wall, rss, datagrams = by_socket("netsnmp_sessions", agents, count, max(1, 5000 // count))
    return Figures(cpu, datagrams, wall, rss, "one session and socket an agent; values dropped")


def snmpbulkwalk(world, agents, count):
    """One process an agent, two at a time; all that an agent has is what is wanted."""
    walk = f"'{program('snmpbulkwalk', 'snmp')}' -v2c -c public -m '' -On -OQ -Cr50 \"$0:{agents.port}\" .1.3.6.1 >/dev/null"
    hosts = world.write("hosts", "".join(address(i) + "\n" for i in range(count)))
    with open(hosts, encoding="ascii") as lines:
        cpu, wall, rss, datagrams, _ = run_counted(agents, ["xargs", "-P2", "-n1", "sh", "-c", walk], stdin=lines)
    return Figures(cpu / count / WANTED * 1e6, datagrams, wall, rss, "a process an agent, two at a time")


# ---- prometheus-snmp-exporter ----

def exporter_config():
    lines = ["bench:", "  version: 2", "  max_repetitions: 25", "  auth:", "    community: public", "  walk:"]
    lines += [f"  - {oid}" for oid in COLUMNS.values()] + ["  get:"] + [f"  - {oid}.0" for oid in SCALARS.values()] + ["  metrics:"]
    for name, oid in COLUMNS.items():
        kind = "DisplayString" if name == "ifName" else "counter"
        lines += [f"  - {{name: {name}, oid: {oid}, type: {kind}, help: x, indexes: [{{labelname: ifIndex, type: gauge}}]}}"]
    for name, oid in SCALARS.items():
        kind = "DisplayString" if name.startswith(("sysDescr", "sysName", "sysObject")) else "gauge"
        lines += [f"  - {{name: {name}, oid: {oid}, type: {kind}, help: x}}"]
    return "\n".join(lines) + "\n"


def scrape(port, agents, hosts):
    """One connection, as Prometheus keeps one a target."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    samples = 0
    for host in hosts:
        client.request("GET", f"/snmp?module=bench&target={host}:{agents.port}")
        text = client.getresponse().read()
        samples += sum(1 for line in text.splitlines() if line.startswith((b"if", b"mem", b"ss", b"sys", b"la")))
    return samples


def exporter(world, agents, count):
    binary, port = program("prometheus-snmp-exporter", "prometheus-snmp-exporter"), free_port()
    config = world.write("snmp.yml", exporter_config())
    process = world.start(binary, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error")
    wait_for("the exporter", 20, lambda: answers(port))
    hosts = [[address(i) for i in range(k, count, CLIENTS)] for k in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        scrape(port, agents, hosts[0])
        cpu, begin, traffic = cpu_seconds(process.pid), time.monotonic(), agents.traffic()
        samples = sum(pool.map(lambda some: scrape(port, agents, some), hosts))
    cpu, wall = cpu_seconds(process.pid) - cpu, time.monotonic() - begin
    figures = Figures(cpu / count / WANTED * 1e6, agents.traffic() - traffic, wall, rss_mib(process.pid),
                      f"{CLIENTS} scrapes at a time, {samples / count:.0f} samples each; the client's CPU is not in it")
    process.terminate()
    return figures


def answers(port):
    try:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        client.request("GET", "/")
        return client.getresponse().status == 200
    except OSError:
        return False


# ---- cacti-spine ----

class Spine:
    """spine with a private MariaDB: Cacti's own tables, a host an agent and an item a varbind, no web interface. `./bootstrap
    bench` unpacks spine and Cacti's schema into build/bench/cacti, for their packages want PHP and a web server."""

    def __init__(self, world, agents, count):
        unpacked = BUILD / "bench/cacti"
        binary = unpacked / "usr/sbin/spine"
        self.binary = binary if binary.exists() else program("spine", "cacti-spine")
        places = (unpacked, Path("/"))
        self.schema = next((p / "usr/share/cacti/conf_templates/cacti.sql" for p in places if (p / "usr/share/cacti/conf_templates/cacti.sql").exists()), None)
        if not self.schema:
            raise Missing("Cacti's tables are not there (./bootstrap bench unpacks them)")
        self.world, self.agents, self.count, self.port = world, agents, count, free_port()
        self.start_database()

    def start_database(self):
        server, data = program("mariadbd", "mariadb-server-core"), self.world.dir / "mariadb"
        user = ["--user=root"] if os.getuid() == 0 else []
        self.world.run(program("mariadb-install-db", "mariadb-server-core"), "--no-defaults", f"--datadir={data}", "--skip-test-db",
                       "--auth-root-authentication-method=normal", *user)
        self.database = self.world.start(server, "--no-defaults", f"--datadir={data}", f"--socket={self.world.dir}/mariadb.sock", f"--port={self.port}",
                                         "--bind-address=127.0.0.1", "--max-heap-table-size=1G", "--tmp-table-size=1G", "--innodb-buffer-pool-size=512M",
                                         "--innodb-flush-log-at-trx-commit=0", "--sql-mode=", *user)
        wait_for("mariadb", 60, lambda: self.sql("SELECT 1;", ok=False))
        self.sql("CREATE DATABASE cacti; CREATE USER cacti@'127.0.0.1' IDENTIFIED BY 'cacti'; GRANT ALL ON *.* TO cacti@'127.0.0.1';")
        self.sql(self.schema.read_text(), "cacti")
        self.sql(self.plan(), "cacti")

    def sql(self, text, database="", ok=True):
        command = [program("mariadb", "mariadb-client-core"), "--no-defaults", "-N", "-uroot", f"--socket={self.world.dir}/mariadb.sock", *([database] if database else [])]
        done = subprocess.run(command, input=text, capture_output=True, text=True)
        if ok and done.returncode:
            raise RuntimeError("mariadb: " + done.stderr[:500])
        return done.stdout

    def plan(self):
        oids = [f".{oid}.{row}" for oid in COLUMNS.values() for row in range(1, ROWS + 1)] + [f".{oid}.0" for oid in SCALARS.values()]
        oids = oids[:WANTED]
        places = "CONCAT('127.', 64 + ((seq + 0) >> 16), '.', (seq >> 8) & 255, '.', seq & 255)"
        values = ", ".join(f"({n}, '{oid}')" for n, oid in enumerate(oids))
        return f"""
DELETE FROM host; DELETE FROM poller_item;
INSERT INTO host (id, description, hostname, snmp_community, snmp_version, snmp_port, snmp_timeout, availability_method, max_oids, device_threads, status)
  SELECT seq, seq, {places}, 'public', 2, {self.agents.port}, 2000, 0, 50, 1, 3 FROM seq_1_to_{self.count};
CREATE TABLE wanted (n INT, oid VARCHAR(64)); INSERT INTO wanted VALUES {values};
INSERT INTO poller_item (local_data_id, poller_id, host_id, action, present, hostname, snmp_community, snmp_version, snmp_port, snmp_timeout, rrd_name, rrd_path, rrd_num, rrd_step, rrd_next_step, arg1)
  SELECT seq * 1000 + n, 1, seq, 0, 1, {places}, 'public', 2, {self.agents.port}, 2000, 'value', 'x.rrd', 1, 300, 0, oid FROM seq_1_to_{self.count} JOIN wanted;
REPLACE INTO settings VALUES ('poller_interval', '300'), ('cron_interval', '300'), ('path_webroot', '/nowhere'), ('path_php_binary', '/bin/true'), ('php_servers', '1'), ('path_cactilog', '{self.world.dir}/cacti.log'), ('log_destination', '1');
REPLACE INTO poller (id, name, hostname, status, processes, threads) VALUES (1, 'Main', 'localhost', 0, 1, {CLIENTS});
"""

    def cycle(self):
        """(spine's CPU s, the database's, wall s, spine's MiB, datagrams, values that it wrote)"""
        config = self.world.write("spine.conf", f"DB_Host 127.0.0.1\nDB_Database cacti\nDB_User cacti\nDB_Pass cacti\nDB_Port {self.port}\n"
                                  f"DB_UseSSL 0\nPoller 1\n")
        self.sql("TRUNCATE poller_output;", "cacti")
        before = cpu_seconds(self.database.pid)
        cpu, wall, rss, datagrams, _ = run_counted(self.agents, [self.binary, f"--conf={config}", "-S", "-V", "1", "1", str(self.count)], cwd=self.world.dir)
        database = cpu_seconds(self.database.pid) - before
        return cpu, database, wall, rss, datagrams, int(self.sql("SELECT COUNT(*) FROM poller_output WHERE output NOT IN ('U', '');", "cacti"))


def spine(world, agents, count):
    one = Spine(world, agents, count)
    one.cycle()
    cpu, database, wall, rss, datagrams, values = one.cycle()
    one.database.terminate()
    one.database.wait(30)
    share = count * WANTED
    return Figures((cpu + database) / share * 1e6, datagrams, wall, rss,
                   f"{CLIENTS} threads; {cpu / share * 1e6:.1f} of it are spine's, the rest MariaDB's; {values / share:.0%} of the values in its table, the others are no numbers")
