#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht-probe against real peers on loopback: pings, a name server, a portal, certificates, and what it must not touch."""
import http.server
import json
import os
import signal
import socket
import ssl
import struct
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from harness import World, check, run_tests, wait_for
from probes import ALLOWED, INTERVAL, findings, is_outcome, latest, records, samples, service, start, until

PORTAL, NAMES = "127.40.9.1", "127.40.9.2"


class Portal:
    """HTTP server whose answers a test changes; counts who came. With certificate it speaks TLS."""

    def __init__(self, address=PORTAL, certificate=None):
        portal = self
        self.answers, self.hits = {}, []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                portal.hits.append((self.path, self.headers.get("Accept", "")))
                status, headers, body = portal.answers.get(self.path, (404, {}, b"not here"))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((address, 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"http{'s' if certificate else ''}://{address}:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class NameServer:
    """Answers every question with `mode`: right, wrong_id, nxdomain, silent, empty."""

    def __init__(self, mode="right"):
        self.mode, self.ports = mode, set()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((NAMES, 0))
        self.port = self.socket.getsockname()[1]
        self.spoofer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.spoofer.bind(("127.40.9.3", 0))
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                query, client = self.socket.recvfrom(1500)
            except OSError:
                return
            self.ports.add(client[1])
            question = query[12:]
            answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"
            right = query[:2] + struct.pack(">HHHHH", 0x8180, 1, 1, 0, 0) + question + answer
            if self.mode == "right":
                self.socket.sendto(right, client)
            elif self.mode == "nxdomain":
                self.socket.sendto(query[:2] + struct.pack(">HHHHH", 0x8183, 1, 0, 0, 0) + question, client)
            elif self.mode == "empty":
                self.socket.sendto(query[:2] + struct.pack(">HHHHH", 0x8180, 1, 0, 0, 0) + question, client)
            elif self.mode == "wrong_id":
                self.socket.sendto(bytes([query[0] ^ 1]) + right[1:], client)
            elif self.mode == "spoofed":  # right in every octet, but from another address
                self.spoofer.sendto(right, client)

    def close(self):
        self.socket.close()
        self.spoofer.close()


def pings_reach_hotspots():
    """hotspots that are their own agents are pinged; rows of a controller and foreign addresses are not"""
    devices = "".join(f"  - {{id: ap-{i}, name: AP {i}, address: 127.40.0.{i}, kind: ap, site: s1}}\n" for i in range(1, 6))
    devices += "  - {id: wlc, name: WLC, address: 127.40.0.9, kind: controller, site: s1}\n"
    devices += "  - {id: ap-out, name: AP, address: 127.41.0.1, kind: ap, site: s1}\n"
    hotspots = "".join(f"  - {{id: hs-{i}, name: HS {i}, site: s1, device: ap-{i}}}\n" for i in range(1, 6))
    hotspots += '  - {id: hs-row, name: HS, site: s1, device: wlc, entity: "ap/02:00:00:00:00:01"}\n'
    hotspots += "  - {id: hs-out, name: HS, site: s1, device: ap-out}\n"
    with World() as world:
        start(world, devices, hotspots)
        for i in range(1, 6):
            outcome, values = latest(world, f"hs-{i}")
            check(is_outcome(outcome, "ok"), f"hs-{i}: {outcome}")
            check(values["probe.icmp.loss"] == 0 and 0 < values["probe.icmp.rtt"] < 0.5, f"hs-{i}: {values}")
            check(0 <= values["probe.icmp.jitter"] < 0.5, f"hs-{i}: {values}")
        check(not samples(world, "hs-row") and not samples(world, "hs-out"), "targets were probed that may not be")
        log = world.log("netzwacht-probe")
        check("hs-out" in log and "rows of a controller: 1" in log, log)


def every_round_is_on_time_and_chained():
    """one record per target and interval, each with the position of the one before"""
    with World() as world:
        start(world, "  - {id: ap-1, name: AP, address: 127.40.0.1, kind: ap, site: s1}\n", "  - {id: hs-1, name: HS, site: s1, device: ap-1}\n")
        latest(world, "hs-1", 15, at_least=4)
        bodies = records(world, "samples")
        check("table" in bodies[0] and "table" not in bodies[1], "the table stands in the first record only")
        check(len({body["started"] for body in bodies}) == len(bodies), "two rounds began at the same time")
        positions = [line["position"] for line in world.journal("probe") if line["record"]["kind"] == "samples"]
        previous = [body.get("previous") for body in bodies]
        check(not previous[0] and previous[1:4] == positions[:3], f"previous {previous[:4]}, positions {positions[:4]}")


def a_name_server_is_judged():
    """a name server that answers, denies, is silent, mixes up ids or is spoofed gets the right verdict each time"""
    names = NameServer()
    try:
        with World() as world:
            start(world, services=service("dns", "dns", f"{NAMES}:{names.port}", ", question: portal.example"))
            outcome, values = until(world, "dns", "right", lambda o, v: v["probe.dns.ok"] == 1)
            check(is_outcome(outcome, "ok") and values["probe.dns.time"] < 1 and values["probe.dns.rcode"] == 0, f"{outcome} {values}")
            names.mode = "nxdomain"
            outcome, values = until(world, "dns", "NXDOMAIN", lambda o, v: v["probe.dns.rcode"] == 3)
            check(values["probe.dns.ok"] == 0 and is_outcome(outcome, "failed"), f"{outcome} {values}")
            for mode in ("empty", "wrong_id", "right", "spoofed", "silent"):
                names.mode = mode
                wanted = "ok" if mode == "right" else "failed" if mode == "empty" else "timeout"
                outcome, values = until(world, "dns", mode, lambda o, v: is_outcome(o, wanted) and (mode != "empty" or v["probe.dns.rcode"] == 0))
                check(values["probe.dns.ok"] == (1 if mode == "right" else 0), f"{mode}: {values}")
            check(len(names.ports) >= 5, "the source port does not change")
            kinds = findings(world, "dns")
            check(kinds[:2] == ["dns_rcode", "dns_empty"] and "dns_timeout" in kinds and "cleared" in kinds, str(kinds))
    finally:
        names.close()


def a_portal_is_followed():
    """RFC 8908 API, page, redirect loop, error status and a dead portal are told apart"""
    portal = Portal()
    login = f"{portal.url}/login"
    api = {"Content-Type": "application/captive+json"}
    portal.answers = {"/": (200, api, json.dumps({"captive": True, "user-portal-url": login}).encode()), "/login": (200, {}, b"<html>Willkommen")}
    with World() as world:
        start(world, services=service("portal", "portal", portal.url + "/"))
        outcome, values = until(world, "portal", "works", lambda o, v: v["probe.portal.ok"] == 1)
        check(is_outcome(outcome, "ok") and values["probe.portal.status"] == 200 and values["probe.portal.time"] < 1, f"{outcome} {values}")
        check([path for path, _ in portal.hits[:2]] == ["/", "/login"], f"asked for {portal.hits[:2]}")
        check("application/captive+json" in portal.hits[0][1], "the API's media type is not asked for")
        portal.answers["/login"] = (302, {"Location": "/"}, b"")
        until(world, "portal", "loop", lambda o, v: v["probe.portal.ok"] == 0)
        portal.answers["/login"] = (503, {}, b"busy")
        until(world, "portal", "status 503", lambda o, v: v["probe.portal.status"] == 503 and v["probe.portal.ok"] == 0)
        portal.answers["/"] = (200, api, b'{"captive": "perhaps"}')
        wait_for("the finding on the API", 10, lambda: "portal_api_broken" in findings(world, "portal"), 0.3)
        portal.close()
        until(world, "portal", "dead", lambda o, v: is_outcome(o, "refused") and v["probe.portal.ok"] == 0)
        kinds = findings(world, "portal")
        check(kinds == ["redirect_loop", "http_status", "portal_api_broken", "unreachable"], str(kinds))


def make_certificate(world, name, days):
    """A self-signed certificate that expires in `days` days (may lie in the past)."""
    key, path = world.dir / f"{name}.key", world.dir / f"{name}.pem"
    config = world.write(f"{name}.cnf", "[req]\ndistinguished_name=dn\n[dn]\n[ca]\ndefault_ca=own\n[own]\n"
                         f"new_certs_dir={world.dir}\ndatabase={world.dir}/{name}.index\nserial={world.dir}/{name}.serial\n"
                         "default_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n")
    world.write(f"{name}.index", "")
    world.write(f"{name}.serial", "01\n")
    stamp = lambda seconds: time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + seconds))
    world.run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", world.dir / f"{name}.csr", "-subj", "/CN=portal.example",
              "-config", config)
    world.run("openssl", "ca", "-batch", "-selfsign", "-config", config, "-keyfile", key, "-in", world.dir / f"{name}.csr", "-out", path, "-notext",
              "-startdate", stamp(-100 * 86400), "-enddate", stamp(days * 86400))
    path.write_text(path.read_text() + key.read_text())
    return path


def certificates_are_counted_down():
    """days left come from the TLS handshake; an expired certificate is a finding, not a failure of the service"""
    with World() as world:
        good, old = Portal(certificate=make_certificate(world, "good", 40)), Portal(certificate=make_certificate(world, "old", -3))
        try:
            for portal in (good, old):
                portal.answers["/"] = (200, {}, b"hello")
            start(world, services=service("good", "http", good.url + "/") + service("old", "http", old.url + "/"))
            outcome, values = latest(world, "good")
            check(is_outcome(outcome, "ok") and values["probe.http.ok"] == 1, f"{outcome} {values}")
            check(39.9 < values["probe.portal.certificate_days"] <= 40, str(values))
            outcome, values = latest(world, "old")
            check(is_outcome(outcome, "ok") and -3.1 < values["probe.portal.certificate_days"] <= -3, f"{outcome} {values}")
            check(findings(world, "old") == ["certificate_expired"], str(findings(world, "old")))
            check(findings(world, "good") == ["certificate_untrusted"], str(findings(world, "good")))
        finally:
            good.close()
            old.close()


def a_canary_tells_whether_the_internet_is_there():
    """a canary URL gives probe.internet.ok: 1 for the right answer, 0 for a portal in between"""
    portal = Portal()
    portal.answers["/generate_204"] = (204, {}, b"")
    try:
        with World() as world:
            start(world, services=service("internet", "http", portal.url + "/generate_204"))
            until(world, "internet", "on-line", lambda o, v: v["probe.internet.ok"] == 1)
            portal.answers["/generate_204"] = (302, {"Location": portal.url + "/login"}, b"")
            until(world, "internet", "captured", lambda o, v: v["probe.internet.ok"] == 0)
            check(all(path == "/generate_204" for path, _ in portal.hits), "a canary's redirect was followed")
    finally:
        portal.close()


def forbidden_targets_get_no_packet():
    """loopback, decimal and mapped addresses, redirects and API links to them: refused, nothing arrives"""
    inside, victim = Portal(), Portal(address="127.0.0.1")
    victim.answers["/"] = inside.answers["/page"] = (200, {}, b"secret")
    inside.answers["/redirect"] = (302, {"Location": victim.url + "/"}, b"")
    inside.answers["/api"] = (200, {"Content-Type": "application/captive+json"}, json.dumps({"captive": True, "user-portal-url": victim.url + "/"}).encode())
    inside.answers["/file"] = (302, {"Location": "file:///etc/hostname"}, b"")
    targets = {"plain": victim.url + "/", "name": f"http://localhost:{victim.port}/", "decimal": f"http://2130706433:{victim.port}/",
               "octal": f"http://0177.0.0.1:{victim.port}/", "short": f"http://127.1:{victim.port}/", "mapped": f"http://[::ffff:127.0.0.1]:{victim.port}/",
               "six": f"http://[::1]:{victim.port}/", "zero": f"http://0.0.0.0:{victim.port}/", "redirect": inside.url + "/redirect",
               "api": inside.url + "/api", "file": inside.url + "/file"}
    try:
        with World() as world:
            start(world, services="".join(service(name, "portal", url) for name, url in targets.items()) + service("page", "portal", inside.url + "/page")
                  + service("dns-self", "dns", "127.0.0.1:53", ", question: a.example"), allowed=f"{ALLOWED}, 0.0.0.0/0, \"::/0\"")
            until(world, "page", "the permitted one", lambda o, v: v["probe.portal.ok"] == 1)
            for name in targets:
                wait_for(f"the refusal of {name}", 10, lambda name=name: findings(world, name) == ["target_forbidden"], 0.3)
            check(victim.hits == [], f"packets arrived: {victim.hits}")
            check(not samples(world, "dns-self"), "the name server on this host was asked")
    finally:
        inside.close()
        victim.close()


def nothing_is_sent_without_permission():
    """with probe.allowed empty the probe says so and stays idle; with a wrong prefix it refuses to start"""
    with World() as world:
        start(world, services=service("portal", "portal", f"http://{PORTAL}:1/"), allowed="")
        wait_for("the line in the log", 5, lambda: "no probe is sent" in world.log("netzwacht-probe"))
        time.sleep(1.5 * INTERVAL)
        check(not samples(world, "portal"), "a probe was sent")
    with World() as world:
        process = start(world, allowed="10.0.0.1/8", wait=False)
        check(process.wait(10) != 0 and "10.0.0.1/8" in world.log("netzwacht-probe"), world.log("netzwacht-probe"))


def a_new_configuration_changes_the_targets():
    """SIGHUP brings new services into the schedule and takes old ones out"""
    portal = Portal()
    portal.answers["/"] = (200, {}, b"hello")
    try:
        with World() as world:
            process = start(world, services=service("old", "portal", portal.url + "/"))
            latest(world, "old")
            text = (world.dir / "inventory.yaml").read_text().replace("id: old", "id: new")
            world.write("inventory.yaml", text)
            process.send_signal(signal.SIGHUP)
            latest(world, "new")
            count = len(samples(world, "old"))
            time.sleep(2 * INTERVAL)
            check(len(samples(world, "old")) == count, "the old target is still probed")
            process.terminate()
            check(process.wait(10) == 0, "SIGTERM ended it with an error")
    finally:
        portal.close()


run_tests(pings_reach_hotspots, every_round_is_on_time_and_chained, a_name_server_is_judged, a_portal_is_followed,
          certificates_are_counted_down, a_canary_tells_whether_the_internet_is_there, forbidden_targets_get_no_packet,
          nothing_is_sent_without_permission, a_new_configuration_changes_the_targets)
