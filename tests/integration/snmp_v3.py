#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""SNMPv3 with Debian's snmpd: every protocol it has, every reason that doctor names, and the collector."""
import json
import os
import shutil
import signal
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from ber import element, parse  # noqa: E402
from harness import BUILD, World, check, free_port, run_tests, tool, wait_for  # noqa: E402

AUTHS = {"md5": "MD5", "sha1": "SHA", "sha224": "SHA-224", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
PRIVS = {"des": "DES", "aes128": "AES", "aes192": "AES-192", "aes256": "AES-256", "aes192c": "AES-192-C",
         "aes256c": "AES-256-C"}
AUTH_PASS, PRIV_PASS = "maplesyrup", "pancakes!"
REPORTS = (1, 3, 6, 1, 6, 3, 15, 1, 1)


class Bed(World):
    def __init__(self):
        super().__init__()
        self.port = free_port(socket.SOCK_DGRAM)
        self.count = 0

    def snmpd(self, name="snmpd", port=None, engine=None, more=""):
        """One user for each pair of protocols: md5-des, sha1-none … and `open` without any."""
        port = port or self.port
        lines = [f"agentAddress udp:127.0.0.1:{port}", "sysName host-of-the-test", "createUser open", "rouser open noauth"]
        for auth, theirs in AUTHS.items():
            lines += [f"createUser {auth}-none {theirs} {AUTH_PASS}", f"rouser {auth}-none auth"]
            for priv, cipher in PRIVS.items():
                lines += [f"createUser {auth}-{priv} {theirs} {AUTH_PASS} {cipher} {PRIV_PASS}", f"rouser {auth}-{priv} priv"]
        lines += [f"exactEngineID {engine}"] if engine else []
        config = self.write(f"{name}.conf", "\n".join(lines) + "\n" + more)
        state = self.dir / f"{name}.state"
        state.mkdir(exist_ok=True)
        kept = state / "snmpd.conf"  # engineBoots of the last start; -C leaves it out otherwise
        configs = f"{config},{kept}" if kept.exists() else config
        process = self.start(tool("snmpd"), "-f", "-Lo", "-C", "-c", configs, "-I", "-smux", "-p", self.dir / f"{name}.pid",
                             log=name, env={**os.environ, "SNMP_PERSISTENT_DIR": str(state)})
        wait_for("snmpd", 20, lambda: self.get(port).returncode == 0)
        return process

    def get(self, port):
        return self.run(tool("snmpget"), "-v3", "-l", "noAuthNoPriv", "-u", "open", "-r0", "-t1", f"127.0.0.1:{port}",
                        "1.3.6.1.2.1.1.5.0", ok=False)

    def credentials(self, user, auth="none", priv="none", auth_pass=AUTH_PASS, priv_pass=PRIV_PASS, context=None):
        lines = ["version: v3", f"user: {user}"]
        lines += [f"auth: {auth}", f"auth_passphrase: {auth_pass}"] if auth != "none" else []
        lines += [f"priv: {priv}", f"priv_passphrase: '{priv_pass}'"] if priv != "none" else []
        lines += [f"context: {context}"] if context else []
        self.count += 1
        return self.write(f"v3-{self.count}.yaml", "\n".join(lines) + "\n", 0o600)

    def doctor(self, credentials, port=None):
        """{step: (verdict, text, what to do)}"""
        done = self.run("netzwacht", "doctor", "127.0.0.1", "--port", port or self.port, "--credentials", credentials,
                        "--json", ok=False)
        check(done.stdout, done.stderr)
        return {s["step"]: (s["verdict"], s["text"], s["todo"]) for s in json.loads(done.stdout)["steps"]}

    def doctors(self, asked):
        """The same of many at a time: each waits for seconds."""
        with ThreadPoolExecutor(16) as pool:
            return list(pool.map(self.doctor, [self.credentials(**a) for a in asked]))

    def poll(self, credentials, ok=True, **kwargs):
        return self.run("netzwacht", "poll", "127.0.0.1", "--port", self.port, "--credentials", credentials, ok=ok, **kwargs)

    # ---- the collector ----

    def configure(self, devices):
        """devices: {id: (port, user)}; all users are sha256 and aes128."""
        self.write("auth", AUTH_PASS + "\n", 0o600)
        self.write("priv", PRIV_PASS + "\n", 0o600)
        self.write("netzwacht.yaml", """
instance: test
state_dir: state
inventory: inventory.yaml
credentials:
  - {name: default, version: v3, user: sha256-aes128, auth: sha256, auth_file: auth, priv: aes128, priv_file: priv}
  - {name: stranger, version: v3, user: stranger, auth: sha256, auth_file: auth, priv: aes128, priv_file: priv}
collector: {interval: 2s, timeout: 500ms, miss_interval: 500ms, confirm_interval: 100ms}
""")
        lines = ["sites:", "  - {id: s, name: S, lat: 53.7, lon: 9.99}", "devices:"]
        lines += [f"  - {{id: {name}, name: N, address: 127.0.0.1, port: {port}, kind: router, site: s, credentials: {user}}}"
                  for name, (port, user) in devices.items()]
        self.write("inventory.yaml", "\n".join(lines) + "\n")

    def collector(self):
        process = self.start("netzwacht-collector", "-c", self.dir / "netzwacht.yaml", log="collector")
        wait_for("a segment", 20, lambda: list((self.dir / "state/journal/collector").glob("*.seg")))
        return process

    def records(self, kind):
        return [r[kind] for r in (line.get("record", line) for line in self.journal("collector")) if kind in r]

    def good(self, device):
        return [s for s in self.records("samples") if s["source"] == device and outcome(s) in ("OK", "PARTIAL")]

    def counters(self):
        beats = self.records("heartbeat")
        return {c["name"]: c.get("value", 0) for c in beats[-1]["counters"]} if beats else {}


def outcome(sample):
    return str(sample.get("outcome", "OK")).replace("OUTCOME_", "").upper()


# ---- an agent that answers with Reports alone ----

class Reporter(threading.Thread):
    """Names its engine to who asks for it, and says `oid` to everything else; never with a MAC."""
    ENGINE = b"\x80\x00\x1f\x88\x04test"

    def __init__(self, *oid):
        super().__init__(daemon=True)
        self.oid = bytes([0x2B, *oid[2:]])
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            data, peer = self.socket.recvfrom(65535)
            _, (_, header), (_, security), _ = parse(parse(data)[0][1])
            engine = parse(parse(security)[0][1])[0][1]
            oid = self.oid if engine else bytes([0x2B, *REPORTS[2:], 4, 0])
            varbinds = element(0x30, element(0x30, element(6, oid) + element(0x41, b"\x01")))
            pdu = element(0xA8, 3 * element(2, b"\0") + varbinds)
            usm = element(0x30, element(4, self.ENGINE) + 2 * element(2, b"\x05") + 3 * element(4, b""))
            head = element(0x30, element(2, parse(header)[0][1]) + element(2, b"\x05\xc0") + element(4, b"\0") + element(2, b"\x03"))
            self.socket.sendto(element(0x30, element(2, b"\x03") + head + element(4, usm) +
                                       element(0x30, element(4, self.ENGINE) + element(4, b"") + pdu)), peer)


# ---- tests ----

def our_functions_do_not_take_the_place_of_net_snmps():
    """No program of ours exports a function that libnetsnmp calls by the same name (decision 0012)"""
    nm = tool("nm")
    with World() as world:
        program = BUILD / "netzwacht-collector"
        library = next(line.split()[2] for line in world.run(tool("ldd"), program).stdout.splitlines() if "libnetsnmp.so" in line)
        ours = {line.split()[-1] for line in world.run(nm, "--defined-only", program).stdout.splitlines() if " T " in line}
        theirs = {line.split()[-1].split("@")[0] for line in world.run(nm, "-D", "--defined-only", library).stdout.splitlines()}
        check(len(ours) > 300 and "generate_Ku" in theirs, f"{len(ours)} functions of ours, {len(theirs)} of theirs")
        check(not ours & theirs - {"_init", "_fini"}, f"both define {sorted(ours & theirs)}")


def every_pair_of_protocols_is_read():
    """Every authentication with every privacy that snmpd knows reads the agent"""
    with Bed() as bed:
        bed.snmpd()
        pairs = [("none", "none")] + [(a, p) for a in AUTHS for p in ("none", *PRIVS)]
        for auth, priv in pairs:
            user = "open" if auth == "none" else f"{auth}-{priv}"
            done = bed.poll(bed.credentials(user, auth, priv), ok=False)
            check(done.returncode == 0 and "host-of-the-test" in done.stdout, f"{user}: {done.returncode} {done.stderr}")
        secret = bed.credentials("sha256-aes128", "sha256", "aes128")
        done = bed.run("netzwacht", "poll", "127.0.0.1", "--port", bed.port, "--credentials", "-", input=secret.read_text())
        check("host-of-the-test" in done.stdout, done.stderr)


def the_wrong_key_extension_fails():
    """MD5 and SHA-1 with AES-192 and AES-256: the other way to extend the key is not understood; long hashes need none"""
    with Bed() as bed:
        bed.snmpd()
        wrong = [dict(user=f"{auth}-{own}", auth=auth, priv=asked) for auth, own, asked in
                 (("md5", "aes256", "aes256c"), ("md5", "aes192c", "aes192"), ("sha1", "aes256c", "aes256"))]
        for case, steps in zip(wrong, bed.doctors(wrong)):
            check(steps["user"][0] == "failed" and "decryption error" in steps["user"][1], f"{case}: {steps}")
        done = bed.poll(bed.credentials("sha256-aes256", "sha256", "aes256c"))
        check("host-of-the-test" in done.stdout, done.stderr)


def doctor_names_each_reason():
    """doctor: healthy, unknown user, wrong digest, decryption error, level, view, context, clock: each with what to do"""
    with Bed() as bed:
        bed.snmpd(more="createUser blind SHA-256 maplesyrup AES pancakes!\nview nothing included .1.3.6.1.2.1.2\n"
                       "rouser blind priv -V nothing\n")
        steps = bed.doctor(bed.credentials("sha256-aes128", "sha256", "aes128"))
        check(all(v[0] == "ok" for v in steps.values()) and "engine" in steps and "user" in steps, str(steps))
        cases = [
            ("unknown user", dict(user="nobody", auth="sha256")),
            ("wrong digest", dict(user="sha256-none", auth="sha256", auth_pass="not that one")),
            ("wrong digest", dict(user="sha256-none", auth="sha1")),
            ("decryption error", dict(user="sha256-aes128", auth="sha256", priv="aes128", priv_pass="not that one")),
            ("decryption error", dict(user="sha256-aes128", auth="sha256", priv="des")),
            ("unsupported security level", dict(user="open", auth="sha256")),
            ("unknown context", dict(user="sha256-aes128", auth="sha256", priv="aes128", context="nowhere")),
        ]
        for (words, asked), steps in zip(cases, bed.doctors(asked for _, asked in cases)):
            verdict, text, todo = steps["user"]
            check(verdict == "failed" and words in text and todo, f"{asked}: {verdict} {text} {todo}")
            check(AUTH_PASS not in text + todo and "not that one" not in text + todo, "a passphrase is told")
        for words, asked in (("neither sysDescr", dict(user="blind", auth="sha256", priv="aes128")),
                             ("authorization error", dict(user="sha256-aes128", auth="sha256"))):
            steps = bed.doctor(bed.credentials(**asked))
            check(steps["user"][0] == "ok" and steps["view"][0] == "failed" and words in steps["view"][1], str(steps))
        reports = {"not in time window": (*REPORTS, 2, 0), "decryption error": (*REPORTS, 6, 0),
                   "unknown context": (1, 3, 6, 1, 6, 3, 12, 1, 5, 0), "unknown engine ID": (*REPORTS, 4, 0)}
        user = bed.credentials("x", "sha256", "aes128")
        with ThreadPoolExecutor(16) as pool:
            for words, steps in zip(reports, pool.map(lambda oid: bed.doctor(user, Reporter(*oid).port), reports.values())):
                check(steps["user"][0] == "failed" and words in steps["user"][1] and steps["user"][2], f"{words}: {steps}")


def discover_finds_agents_by_v3():
    """discover --v3: an agent that knows the user is proposed, one that does not is named with the reason"""
    with Bed() as bed:
        bed.snmpd()
        options = ["--v3", "--port", bed.port, "--rate", 1000]
        done = bed.run("netzwacht", "discover", "127.0.0.0/30", *options, "--credentials",
                       bed.credentials("sha256-aes128", "sha256", "aes128"), "--state", bed.dir / "found")
        check("host-of-the-test" in done.stdout and done.stdout.count("address:") == 1, done.stdout + done.stderr)
        kept = (bed.dir / "found").read_text()
        check(AUTH_PASS not in kept and "sha256-aes128" not in kept, kept)
        again = bed.run("netzwacht", "discover", "127.0.0.0/30", *options, "--credentials",
                        bed.credentials("sha256-aes128", "sha256", "aes128", priv_pass="another one"), "--state", bed.dir / "found",
                        ok=False)
        check(again.returncode == 78 and "other credentials" in again.stderr, again.stderr)
        done = bed.run("netzwacht", "discover", "127.0.0.1", *options, "--credentials", bed.credentials("nobody", "sha256"), ok=False)
        check(done.returncode == 69 and "127.0.0.1: an SNMPv3 agent" in done.stderr and "unknown user" in done.stderr, done.stderr)
        mute = bed.credentials("sha256-aes128", "sha256", "aes128", priv_pass="another one")
        done = bed.run("netzwacht", "discover", "127.0.0.1", *options, "--credentials", mute, ok=False)
        check(done.returncode == 69 and "127.0.0.1: an SNMPv3 agent" in done.stderr and "1 denied" in done.stderr, done.stderr)


def bad_credentials_are_refused_with_a_reason():
    """Credentials that are not complete, or that others may read: one message, no secret in it"""
    with Bed() as bed:
        for words, lines, mode in (("user", "version: v3\nauth: md5\n", 0o600),
                                   ("auth", "version: v3\nuser: u\nauth: rot13\nauth_passphrase: geheimgeheim\n", 0o600),
                                   ("at least 8", "version: v3\nuser: u\nauth: md5\nauth_passphrase: geheim\n", 0o600),
                                   ("priv needs auth", "version: v3\nuser: u\npriv: des\npriv_passphrase: geheimgeheim\n", 0o600),
                                   ("chmod 0600", "version: v3\nuser: u\n", 0o644)):
            done = bed.poll(bed.write("v3.yaml", lines, mode), ok=False)
            check(done.returncode != 0 and words in done.stderr, f"{lines}: {done.returncode} {done.stderr}")
            check("geheim" not in done.stderr, done.stderr)
        bed.configure({"a": (1, "default")})
        config = bed.dir / "netzwacht.yaml"
        config.write_text(config.read_text().replace("auth: sha256, auth_file: auth, ", ""))
        done = bed.run("netzwacht", "check", "-c", config, ok=False)
        check(done.returncode == 65 and "no privacy without authentication" in done.stderr, done.stderr)
        bed.configure({"a": (1, "default")})
        bed.write("priv", "short\n", 0o600)
        done = bed.run("netzwacht", "check", "-c", config, ok=False)
        check(done.returncode == 65 and "at least 8 characters" in done.stderr and "short" not in done.stderr.replace(str(bed.dir), ""),
              done.stderr)


def the_collector_polls_and_survives_a_restart_of_the_agent():
    """The collector reads an agent, goes on after its restart with engineBoots + 1, and a refusal is no outage"""
    with Bed() as bed:
        snmpd = bed.snmpd()
        bed.configure({"one": (bed.port, "default"), "refused": (bed.port, "stranger")})
        collector = bed.collector()
        wait_for("polls", 30, lambda: len(bed.good("one")) >= 2)
        snmpd.send_signal(signal.SIGTERM)
        snmpd.wait(10)
        before = len(bed.good("one"))
        bed.snmpd()
        wait_for("polls after the restart", 30, lambda: len(bed.good("one")) >= before + 2)
        findings = wait_for("the refusal", 30, lambda: [f for f in bed.records("finding") if f["source"] == "refused"])
        check("unknown user" in findings[0]["text"], str(findings))
        wait_for("polls of the refused", 60, lambda: len([s for s in bed.records("samples") if s["source"] == "refused"]) >= 5)
        refused = [s for s in bed.records("samples") if s["source"] == "refused"]
        check(outcome(refused[-1]) == "BROKEN" and not [s for s in refused if s.get("is_down")], str(refused[-1]))
        check(not [f for f in bed.records("finding") if f["source"] == "one"], "an ordinary restart is no finding")
        counters = wait_for("a heartbeat", 30, bed.counters)
        check(counters["snmp_v3_clocks_set_total"] >= 1 and counters["snmp_v3_boots_back_total"] == 0, str(counters))
        check(counters["snmp_rejected_report_total"] >= 1, str(counters))
        collector.send_signal(signal.SIGTERM)
        check(collector.wait(20) == 0, "the collector's end")
        everything = bed.log("collector") + json.dumps(bed.journal("collector"))
        check(AUTH_PASS not in everything and PRIV_PASS not in everything, "a passphrase in log or journal")


def identities_are_watched():
    """Two agents with one engine ID are named; so is an engine in another's place, and engineBoots that go back"""
    with Bed() as bed:
        other = free_port(socket.SOCK_DGRAM)
        first = bed.snmpd(engine="0x8000000001020304")
        bed.snmpd("other", other, engine="0x8000000001020304")
        first.send_signal(signal.SIGTERM)  # its third start: boots 2, where a lost memory will begin at 1 again
        first.wait(10)
        first = bed.snmpd(engine="0x8000000001020304")
        bed.configure({"one": (bed.port, "default"), "two": (other, "default")})
        bed.collector()
        wait_for("polls of both", 30, lambda: len(bed.good("one")) >= 1 and len(bed.good("two")) >= 2)
        shared = wait_for("the finding", 30, lambda: [f for f in bed.records("finding") if f["kind"] == "engine_shared"])
        check(shared[0]["source"] in ("one", "two") and "8000000001020304" in shared[0]["text"], str(shared))
        check(shared[0]["text"].count("one") + shared[0]["text"].count("two") >= 1, str(shared))
        for kind, engine in (("engine_boots_back", "0x8000000001020304"), ("engine_replaced", "0x8000000001020305")):
            first.send_signal(signal.SIGTERM)
            first.wait(10)
            shutil.rmtree(bed.dir / "snmpd.state")
            first = bed.snmpd(engine=engine)
            found = wait_for(kind, 120, lambda: [f for f in bed.records("finding") if f["kind"] == kind])
            check(found[0]["source"] == "one", str(found))
            count = len(bed.good("one"))
            wait_for("polls afterwards", 30, lambda: len(bed.good("one")) > count)


run_tests(our_functions_do_not_take_the_place_of_net_snmps, every_pair_of_protocols_is_read, the_wrong_key_extension_fails,
          doctor_names_each_reason, discover_finds_agents_by_v3, bad_credentials_are_refused_with_a_reason,
          the_collector_polls_and_survives_a_restart_of_the_agent, identities_are_watched)
