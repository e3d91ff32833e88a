#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Traps and informs: Debian's snmptrap and snmpinform in all versions, forgeries, a storm, and a socket from systemd."""
import itertools
import json
import os
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from ber import community_trap  # noqa: E402
from harness import BUILD, Skip, World, check, free_port, run_tests, tool, wait_for  # noqa: E402

AUTHS = {"md5": "MD5", "sha1": "SHA", "sha224": "SHA-224", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
PRIVS = {"des": "DES", "aes128": "AES", "aes192": "AES-192", "aes256": "AES-256", "aes192c": "AES-192-C",
         "aes256c": "AES-256-C"}
AUTH_PASS, PRIV_PASS = "maplesyrup", "pancakes!"
ENGINE = "80001f880474657374"
COLD_START = "1.3.6.1.6.3.1.1.5.1"


class Bed(World):
    def __init__(self):
        super().__init__()
        self.trap_port = free_port(socket.SOCK_DGRAM)
        self.kept = itertools.count()

    def snmpd(self):
        """Returns its port."""
        port = free_port(socket.SOCK_DGRAM)
        self.write("snmpd.conf", f"agentAddress udp:127.0.0.1:{port}\nrocommunity test\n")
        self.start(tool("snmpd"), "-f", "-Lo", "-C", "-c", self.dir / "snmpd.conf", "-I", "-smux", "-p", self.dir / "snmpd.pid",
                   env={**os.environ, "SNMP_PERSISTENT_DIR": str(self.dir)})
        wait_for("snmpd", 20, lambda: self.run(tool("snmpget"), "-v2c", "-c", "test", "-r0", "-t1", f"127.0.0.1:{port}",
                                               "1.3.6.1.2.1.1.3.0", ok=False).returncode == 0)
        return port

    def configure(self, addresses=("127.0.0.1",), users=((None, None), ("sha256", None), ("sha256", "aes128")), port=None, agent=None, timing="interval: 10m"):
        """A device at each address, where nobody answers polls but an agent's port; users named open, sha256, sha256-aes128 …"""
        for name, secret in (("community", "test"), ("auth", AUTH_PASS), ("priv", PRIV_PASS)):
            self.write(name, secret + "\n", 0o600)
        lines = [f"instance: test\nstate_dir: state\ninventory: inventory.yaml\ncollector: {{{timing}, trap_port: {port if port is not None else self.trap_port}}}",
                 "credentials:", "  - {name: default, version: v2c, community_file: community}"]
        for auth, priv in users:
            name = "-".join(filter(None, (auth, priv))) or "open"
            lines.append(f"  - {{name: {name}, version: v3, user: {name}" + (f", auth: {auth}, auth_file: auth" if auth else "") +
                         (f", priv: {priv}, priv_file: priv" if priv else "") + "}")
        self.write("netzwacht.yaml", "\n".join(lines) + "\n")
        lines = ["sites:", "  - {id: s, name: S, lat: 53.7, lon: 9.99}", "devices:"]
        silent = agent or free_port(socket.SOCK_DGRAM)
        lines += [f"  - {{id: d{i}, name: N, address: {a}, port: {silent}, kind: router, site: s}}" for i, a in enumerate(addresses)]
        self.write("inventory.yaml", "\n".join(lines) + "\n")

    def collector(self):
        process = self.start("netzwacht-collector", "-c", self.dir / "netzwacht.yaml", log="collector")
        self.is_ready()
        return process

    def is_ready(self):
        count = len(self.beats())
        wait_for("a heartbeat", 30, lambda: len(self.beats()) > count)

    def records(self, kind):
        return [r[kind] for r in (line.get("record", line) for line in self.journal("collector")) if kind in r]

    def beats(self):
        return self.records("heartbeat")

    def counters(self):
        beats = self.beats()
        return {c["name"]: c.get("value", 0) for c in beats[-1]["counters"]} if beats else {}

    def wait_counters(self, **expected):
        """Waits until the counters traps_<name> or <name> have these values, and returns all of them."""
        def seen():
            c = self.counters()
            return c if all(c.get(f"traps_{n}_total", c.get(f"{n}_total", c.get(f"traps_{n}"))) == v for n, v in expected.items()) else None
        try:
            return wait_for(str(expected), 20, seen, 0.3)
        except Exception:
            print(f"# {({k: v for k, v in self.counters().items() if ('trap' in k or 'inform' in k) and v})}", flush=True)
            raise

    def send(self, program, auth, priv, *more, user=None, auth_pass=AUTH_PASS, priv_pass=PRIV_PASS, port=None, ok=True):
        """snmptrap or snmpinform, version 3."""
        level = "authPriv" if priv else "authNoPriv" if auth else "noAuthNoPriv"
        argv = [tool(program), "-v3", "-r0", "-t3", "-l", level, "-u", user or "-".join(filter(None, (auth, priv))) or "open"]
        argv += ["-a", AUTHS[auth], "-A", auth_pass] if auth else []
        argv += ["-x", PRIVS[priv], "-X", priv_pass] if priv else []
        state = self.dir / f"sender-{next(self.kept)}"
        state.mkdir()
        return self.run(*argv, *more, f"127.0.0.1:{port or self.trap_port}", "1", COLD_START, ok=ok,
                        env={**os.environ, "SNMP_PERSISTENT_DIR": str(state)})

    def trap(self, auth, priv, *more, boots=1, time=100, engine=ENGINE, **kwargs):
        return self.send("snmptrap", auth, priv, "-e", "0x" + engine, "-Z", f"{boots},{time}", *more, **kwargs)

    def inform(self, *args, **kwargs):
        return self.send("snmpinform", *args, **kwargs)


class Relay(threading.Thread):
    """Stands before the trap port, and keeps what was sent there."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind(("127.0.0.1", 0))
        self.port = self.front.getsockname()[1]
        self.back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.back.connect(("127.0.0.1", port))
        self.back.settimeout(10)
        self.sent = []
        self.start()

    def run(self):
        while True:
            data, peer = self.front.recvfrom(65535)
            self.sent.append(data)
            self.back.send(data)
            self.front.sendto(self.back.recv(65535), peer)


# ---- tests ----

def every_pair_of_protocols_is_taken():
    """Traps and informs of every level, with every authentication and privacy that net-snmp knows"""
    with Bed() as bed:
        pairs = [(None, None)] + [(a, p) for a in AUTHS for p in (None, *PRIVS)]
        bed.configure(users=pairs)
        bed.collector()
        with ThreadPoolExecutor(2) as pool:
            for _ in pool.map(lambda pair: (bed.trap(*pair), bed.inform(*pair)), pairs):
                pass
        counters = bed.wait_counters(taken=2 * len(pairs), informs=len(pairs))
        check(counters["traps_malformed_total"] == 0 and counters["informs_discoveries_total"] >= len(pairs), counters)
        bad = {k: v for k, v in counters.items() if k.startswith("traps_rejected") and v and "window" not in k}
        check(not bad, f"rejected: {bad}")
        check({t["oid"] for t in bed.records("trap")} == {COLD_START}, "a trap of another name")


def what_is_wrong_is_rejected_and_counted():
    """Wrong password, user, level, privacy key and time: nothing is taken, each is counted, an inform's sender is told why"""
    with Bed() as bed:
        bed.configure()
        bed.collector()
        bed.trap("sha256", "aes128", boots=7, time=1000)
        bed.wait_counters(taken=1)
        bed.trap("sha256", "aes128", auth_pass="not that one")
        bed.trap("sha256", None, auth_pass="not that one")
        bed.trap("sha256", "aes128", user="nobody")
        bed.trap("sha256", None, user="sha256-aes128")
        bed.trap(None, None, user="sha256-aes128")
        bed.trap("sha256", "aes128", boots=7, time=2000, priv_pass="not that one")
        bed.trap("sha256", "aes128", boots=6, time=1000)
        bed.trap("sha256", "aes128", boots=7, time=1849 - 1000)
        expected = dict(taken=1, rejected_digest=2, rejected_user=1, rejected_level=2, rejected_decrypt=1, rejected_window=2)
        bed.wait_counters(**expected)
        bed.trap("sha256", "aes128", boots=8, time=0)  # it has restarted
        bed.wait_counters(taken=2)
        for words, auth, priv, options in (("Authentication failure", "sha256", "aes128", dict(auth_pass="not that one")),
                                           ("Unknown user", "sha256", "aes128", dict(user="nobody")),
                                           ("Unsupported security level", "sha256", None, dict(user="sha256-aes128")),
                                           ("Decryption error", "sha256", "aes128", dict(priv_pass="not that one"))):
            done = bed.inform(auth, priv, ok=False, **options)
            check(done.returncode != 0 and words.lower() in (done.stdout + done.stderr).lower(), f"{words}: {done.stdout} {done.stderr}")
        bed.wait_counters(taken=2, informs=0, rejected_digest=3, rejected_user=2, rejected_level=3, rejected_decrypt=2)
        everything = bed.log("collector") + json.dumps(bed.journal("collector"))
        check(AUTH_PASS not in everything and PRIV_PASS not in everything, "a passphrase in log or journal")


def our_engine_outlives_restarts():
    """engineBoots grows with each start, the engine ID stays, what was recorded before is out of time; a damaged file is replaced"""
    with Bed() as bed:
        bed.configure()
        collector = bed.collector()
        relay = Relay(bed.trap_port)
        bed.inform("sha256", "aes128", port=relay.port)
        bed.wait_counters(taken=1, informs=1)
        file = bed.dir / "state/snmp-engine"
        identity, boots = file.read_text().splitlines()
        check(boots == "boots 1", boots)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
            again.settimeout(5)
            again.sendto(relay.sent[-1], ("127.0.0.1", bed.trap_port))
            again.recv(65535)  # repeated at once, it is answered like the first time
            bed.wait_counters(informs=2)
            collector.kill()
            collector.wait()
            collector = bed.collector()
            check(file.read_text() == f"{identity}\nboots 2\n", file.read_text())
            again.sendto(relay.sent[-1], ("127.0.0.1", bed.trap_port))
            bed.wait_counters(informs=0, rejected_window=1)
        bed.inform("sha256", "aes128")
        bed.wait_counters(informs=1)
        collector.send_signal(signal.SIGTERM)
        collector.wait(20)
        file.write_text("engine_id 8000\nboots")
        bed.collector()
        check(file.read_text().endswith("boots 1\n") and identity not in file.read_text(), file.read_text())
        check("cannot be understood" in bed.log("collector"), bed.log("collector"))
        bed.inform("sha256", "aes128")
        bed.wait_counters(informs=1)


def a_new_configuration_brings_new_users():
    """SIGHUP with another user and port: it is taken, who left is not; the clock of an engine that stays is kept"""
    with Bed() as bed:
        bed.configure()
        collector = bed.collector()
        bed.trap("sha256", "aes128", boots=7, time=1000)
        bed.wait_counters(taken=1)
        bed.trap_port = free_port(socket.SOCK_DGRAM)
        bed.configure(users=((None, None), ("md5", "des"), ("sha256", "aes128")))
        collector.send_signal(signal.SIGHUP)
        wait_for("the new configuration", 20, lambda: "new configuration in force" in bed.log("collector"))
        bed.trap("sha256", None)
        bed.trap("sha256", "aes128", boots=6, time=1000)
        bed.wait_counters(taken=1, rejected_user=1, rejected_window=1)
        bed.trap("md5", "des")
        bed.inform("md5", "des")
        bed.wait_counters(taken=3, informs=1, received=6)


def identities_of_senders_are_watched():
    """Two devices whose traps bear one engine ID are named; a forged trap names nobody; strangers are one incident"""
    with Bed() as bed:
        bed.configure(addresses=("127.0.0.1", "127.77.0.2"))
        bed.collector()
        bed.trap("sha256", None, auth_pass="not that one")
        bed.trap("sha256", None, "--clientaddr=127.77.0.2")
        bed.trap("sha256", None, "--clientaddr=127.77.0.3")
        bed.trap("sha256", None, "--clientaddr=127.77.0.4")
        bed.wait_counters(taken=1, unknown_sender=2, unknown_senders=2)
        check([f["kind"] for f in bed.records("finding")] == ["trap_unknown_sender"], bed.records("finding"))
        bed.trap("sha256", None)
        bed.wait_counters(taken=2)
        bed.trap("sha256", None)
        bed.wait_counters(taken=3)
        told = [f for f in bed.records("finding") if f["kind"] == "engine_shared"]
        check(len(told) == 1 and told[0]["source"] == "d0" and ENGINE in told[0]["text"] and "d1" in told[0]["text"], told)
        stranger = [f for f in bed.records("finding") if f["kind"] == "trap_unknown_sender"]
        check([(f["source"], f["entity"]) for f in stranger] == [("collector", "127.77.0.3")], stranger)
        bed.start("netzwacht-alerts", "-c", bed.dir / "netzwacht.yaml", log="alerts")
        incidents = wait_for("the incident", 20, lambda: [r["incident"] for r in bed.journal("alerts") if "incident" in r
                                                          and r["incident"]["type"] == "trap_senders"])
        check(len(incidents) == 1 and "from 2 unknown senders, for example 127.77.0.3" in incidents[0]["text_en"], incidents)


def a_trap_waits_for_no_regular_poll():
    """A trap a moment after a regular poll causes another one at once; a second trap waits for collector.miss_interval"""
    with Bed() as bed:
        bed.configure(agent=bed.snmpd(), timing="interval: 1m, miss_interval: 12s")
        bed.collector()
        polls = lambda: len(bed.records("samples"))
        wait_for("the first poll, which may wait for a quarter of the interval", 40, polls)
        check(polls() == 1, "polled more than once by itself")
        bed.trap("sha256", "aes128")
        wait_for("the poll that the trap wants", 10, lambda: polls() == 2, 0.05)
        bed.trap("sha256", "aes128")
        bed.wait_counters(taken=2)
        check(polls() == 2, "polled for each of two traps")


def a_storm_is_not_lost():
    """10,000 traps in a second from 1,000 addresses: all received, all taken, none dropped; a second storm meets the buckets"""
    with Bed() as bed:
        addresses = [f"127.{80 + i // 250}.{i % 250}.1" for i in range(1000)]
        bed.configure(addresses=addresses)
        bed.collector()
        if bed.counters()["traps_buffer_bytes"] < 8 << 20:
            check("rmem_max" in bed.log("collector"), bed.log("collector"))
            raise Skip("net.core.rmem_max is below 8 MiB, and no CAP_NET_ADMIN")
        sockets = []
        for address in addresses:
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.bind((address, 0))
            s.connect(("127.0.0.1", bed.trap_port))
            sockets.append(s)
        datagram = community_trap()
        began = time.monotonic()
        before = bed.counters()["process_cpu_seconds_total"]
        for s in sockets * 10:
            s.send(datagram)
        took = time.monotonic() - began
        counters = bed.wait_counters(received=10000, taken=10000, dropped=0, over_limit=0)
        print(f"# 10,000 traps sent in {took:.2f} s; {(counters['process_cpu_seconds_total'] - before) * 100:.0f} us of CPU each, with the poll that it wants")
        check(len(bed.records("trap")) == 10000, "not every trap is in the journal")
        for _ in range(2000):  # one device, far more than its bucket holds
            sockets[0].send(datagram)
        counters = bed.wait_counters(received=12000, dropped=0)
        check(counters["traps_over_limit_total"] >= 1700, counters["traps_over_limit_total"])
        for s in sockets:
            s.close()


def systemd_may_open_the_port():
    """A socket that is passed (LISTEN_FDS) receives what came before the start and answers from the address asked; one for another process is left alone"""
    with Bed() as bed:
        bed.configure(port=0)
        for options in ({}, {"foreign": True}):
            with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as passed:
                passed.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
                passed.bind(("::", 0))
                bed.trap_port = passed.getsockname()[1]
                bed.trap("sha256", "aes128")
                argv = [str(BUILD / "netzwacht-collector"), "-c", str(bed.dir / "netzwacht.yaml")]
                starter = ("import os, sys\nos.dup2(int(sys.argv[1]), 3)\n"
                           "os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid() + int(sys.argv[2])))\n"
                           "os.execve(sys.argv[3], sys.argv[3:], os.environ)")
                process = bed.start(sys.executable, "-c", starter, passed.fileno(), int(bool(options)), *argv, log="collector",
                                    pass_fds=[passed.fileno()])
                bed.is_ready()
                if options:
                    check("traps_received_total" not in bed.counters(), "a socket of another process was taken")
                else:
                    bed.wait_counters(taken=1)
                    bed.inform("sha256", "aes128")
                    process.send_signal(signal.SIGHUP)
                    wait_for("the new configuration", 20, lambda: "new configuration in force" in bed.log("collector"))
                    bed.inform("sha256", "aes128")
                    bed.wait_counters(taken=3, informs=2)
                    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                        sender.bind(("127.0.0.1", 0))
                        sender.connect(("127.1.2.3", bed.trap_port))  # hears that address only
                        sender.settimeout(10)
                        sender.send(community_trap(kind=0xA6))
                        check(sender.recv(1000) == community_trap(kind=0xA2), "not the inform as a Response")
                process.send_signal(signal.SIGTERM)
                check(process.wait(20) == 0, bed.log("collector"))


run_tests(every_pair_of_protocols_is_taken, what_is_wrong_is_rejected_and_counted, our_engine_outlives_restarts,
          a_new_configuration_brings_new_users, identities_of_senders_are_watched, a_trap_waits_for_no_regular_poll, a_storm_is_not_lost, systemd_may_open_the_port)
