#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht-probe asks FreeRADIUS: is it alive, does the test account get in, and whose answers are believed."""
import os
import shutil
import socket
import struct
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from harness import World, check, free_port, run_tests, tool, wait_for
from probes import findings, is_outcome, samples, service, start, until

SERVER, SECRET, PASSWORD = "127.40.9.4", "geheim-2026", "kein Passwort fürs Leben"

RADIUSD = """
prefix = /usr
name = radiusd
libdir = /usr/lib/freeradius
logdir = {dir}
raddbdir = {dir}
run_dir = {dir}
pidfile = {dir}/radiusd.pid
max_request_time = 5
cleanup_delay = 2
max_requests = 256
log {{
    destination = stdout
    auth = yes
}}
security {{
    max_attributes = 200
    reject_delay = 0
    status_server = yes
}}
thread pool {{
    start_servers = 1
    max_servers = 2
    min_spare_servers = 1
    max_spare_servers = 1
}}
modules {{
    pap {{
    }}
    chap {{
    }}
    files {{
        usersfile = {dir}/users
    }}
}}
client city {{
    ipaddr = 127.0.0.0/8
    secret = {secret}
    require_message_authenticator = yes
}}
server default {{
    listen {{
        type = auth
        ipaddr = {server}
        port = {port}
    }}
    authorize {{
        chap
        files
        pap
    }}
    authenticate {{
        Auth-Type PAP {{
            pap
        }}
        Auth-Type CHAP {{
            chap
        }}
    }}
    post-auth {{
        {post}
    }}
}}
"""


class Radius:
    """FreeRADIUS with one user. is_signing: its answers carry a Message-Authenticator."""

    def __init__(self, world, is_signing=False, secret=SECRET):
        self.world, self.port = world, free_port(socket.SOCK_DGRAM, SERVER)
        post = "update reply {\n Message-Authenticator := 0x00\n }" if is_signing else ""
        folder = world.dir / "radius"
        folder.mkdir(mode=0o700)
        (folder / "users").write_text(f'probe Cleartext-Password := "{PASSWORD}"\n')
        (folder / "radiusd.conf").write_text(RADIUSD.format(dir=folder, server=SERVER, port=self.port, secret=secret, post=post))
        shutil.copy("/etc/freeradius/3.0/dictionary", folder)
        self.process = world.start(tool("freeradius"), "-f", "-l", "stdout", "-d", folder, log="radius")
        wait_for("FreeRADIUS", 30, lambda: "Ready to process requests" in world.log("radius") or self.process.poll() is not None)
        check(self.process.poll() is None, world.log("radius"))
        self.target = f"{SERVER}:{self.port}"


def settings(world, name="radius", method="status", secret=SECRET, password=PASSWORD, **more):
    world.write(f"{name}-secret", secret + "\n", 0o600)
    words = {"service": name, "secret_file": f"{name}-secret", "method": method, **more}
    if method != "status":
        world.write(f"{name}-password", password + "\n", 0o600)
        words |= {"user": "probe", "password_file": f"{name}-password"}
    return "{" + ", ".join(f"{key}: {value}" for key, value in words.items()) + "}"


def a_living_server_is_usable():
    """Status-Server, PAP and CHAP: each way of asking has its answer, and time, verdict and kind are in the journal"""
    with World() as world:
        server = Radius(world, is_signing=True)
        entries = [settings(world, name, name) for name in ("status", "pap", "chap")]
        start(world, services="".join(service(name, "radius", server.target) for name in ("status", "pap", "chap")),
              probe=f", radius: [{', '.join(entries)}]")
        for name in ("status", "pap", "chap"):
            outcome, values = until(world, name, "accepted", lambda o, v: v["probe.radius.ok"] == 1, 30)
            check(is_outcome(outcome, "ok") and values["probe.radius.code"] == 2 and 0 < values["probe.radius.time"] < 10, f"{name}: {outcome} {values}")
        for name in ("pap", "chap"):
            check(not findings(world, name), f"{name}: {findings(world, name)}")
        check("Login OK" in world.log("radius"), world.log("radius"))
        log = world.log("netzwacht-probe")
        check(SECRET not in log and PASSWORD not in log, "a secret stands in the log")
        journal = b"".join(path.read_bytes() for path in world.dir.rglob("journal/probe/*") if path.is_file())
        check(len(journal) > 100 and PASSWORD.encode() not in journal and SECRET.encode() not in journal, "a secret stands in the journal")


def a_wrong_account_is_a_failure():
    """a test account that is turned away fails the service, by name"""
    with World() as world:
        server = Radius(world)
        start(world, services=service("radius", "radius", server.target),
              probe=f", radius: [{settings(world, method='pap', password='falsch')}]")
        outcome, values = until(world, "radius", "rejected", lambda o, v: v["probe.radius.code"] == 3, 30)
        check(is_outcome(outcome, "failed") and values["probe.radius.ok"] == 0, f"{outcome} {values}")
        check(findings(world, "radius") == ["radius_rejected"], str(findings(world, "radius")))


def answers_that_could_be_forged_are_named():
    """an Access-Accept without Message-Authenticator is usable, and a finding (Blast-RADIUS)"""
    with World() as world:
        server = Radius(world)
        start(world, services=service("radius", "radius", server.target), probe=f", radius: [{settings(world, method='pap')}]")
        until(world, "radius", "accepted", lambda o, v: is_outcome(o, "ok") and v["probe.radius.ok"] == 1, 30)
        wait_for("the finding", 30, lambda: findings(world, "radius") == ["radius_unsigned"], 0.3)


def a_dead_server_is_down_and_comes_back():
    """a server that is gone fails at once; when it is back the finding is cleared"""
    with World() as world:
        server = Radius(world, is_signing=True)
        start(world, services=service("radius", "radius", server.target), probe=f", radius: [{settings(world, method='pap')}]")
        until(world, "radius", "accepted", lambda o, v: v["probe.radius.ok"] == 1, 30)
        server.process.terminate()
        server.process.wait(30)
        outcome, values = until(world, "radius", "refused", lambda o, v: v["probe.radius.ok"] == 0, 30)
        check(is_outcome(outcome, "refused") and values["probe.radius.time"] is None, f"{outcome} {values}")
        kinds = wait_for("the finding", 30, lambda: findings(world, "radius"), 0.3)
        check(kinds == ["radius_unreachable"], str(kinds))
        world.start(tool("freeradius"), "-f", "-l", "stdout", "-d", world.dir / "radius", log="radius-again")
        until(world, "radius", "accepted again", lambda o, v: v["probe.radius.ok"] == 1, 60)
        wait_for("its end", 30, lambda: findings(world, "radius")[-1] == "cleared", 0.3)


class Forger:
    """Answers each request with an Access-Accept that knows no secret."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((SERVER, 0))
        self.target = f"{SERVER}:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                request, client = self.socket.recvfrom(4096)
            except OSError:
                return
            self.socket.sendto(struct.pack(">BBH", 2, request[1], 20) + os.urandom(16), client)


def a_forged_accept_is_not_believed():
    """who does not know the secret cannot say that all is well"""
    with World() as world:
        forger = Forger()
        start(world, services=service("radius", "radius", forger.target), probe=f", radius: [{settings(world)}]")
        outcome, values = until(world, "radius", "failed", lambda o, v: v["probe.radius.ok"] == 0, 30)
        check(is_outcome(outcome, "failed") and values["probe.radius.time"] is None, f"{outcome} {values}")
        check(findings(world, "radius") == ["radius_secret"], str(findings(world, "radius")))
        forger.socket.close()


def secrets_that_others_can_read_are_refused():
    """a secret that is missing or readable for all keeps a server out, and one line says so"""
    with World() as world:
        world.write("open-secret", "x\n", 0o644)
        start(world, services=service("open", "radius", "127.40.9.4") + service("none", "radius", "127.40.9.4"),
              probe=", radius: [{service: open, secret_file: open-secret}]")
        log = world.log("netzwacht-probe")
        check("open (secret_file cannot be read" in log and "none (no entry of probe.radius" in log, log)
        check(not samples(world, "open") and not samples(world, "none"), "a server was asked")


run_tests(a_living_server_is_usable, a_wrong_account_is_a_failure, answers_that_could_be_forged_are_named,
          a_dead_server_is_down_and_comes_back, a_forged_accept_is_not_believed, secrets_that_others_can_read_are_refused)
