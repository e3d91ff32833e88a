#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht-probe at real servers: TCP and TLS of nginx with certificates that are right, old and for another name; a portal of
several steps; chrony's time; unbound's names."""
import http.server
import socket
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "lib"))
from harness import World, check, free_port, run_tests, tool, wait_for
from probes import findings, is_outcome, samples, service, start, until

HOST = "127.40.9.6"


def certificate(world, name, days, common="portal.example"):
    """A self-signed one; days < 0: it has expired."""
    begin, end = ("20200101000000Z", "20200301000000Z") if days < 0 else (None, None)
    key, cert = world.dir / f"{name}.key", world.dir / f"{name}.pem"
    if begin:
        (world.dir / "ca").mkdir(exist_ok=True)
        (world.dir / "ca" / "index.txt").write_text("")
        (world.dir / "ca" / "serial").write_text("01\n")
        conf = world.write("ca.cnf", f"[ca]\ndefault_ca=x\n[x]\ndatabase={world.dir}/ca/index.txt\nserial={world.dir}/ca/serial\nnew_certs_dir={world.dir}/ca\n"
                           "default_md=sha256\npolicy=p\nx509_extensions=e\n[p]\ncommonName=supplied\n[e]\n" f"subjectAltName=DNS:{common}\n")
        world.run(tool("openssl"), "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", world.dir / "r.csr",
                  "-subj", f"/CN={common}")
        world.run(tool("openssl"), "ca", "-batch", "-config", conf, "-selfsign", "-keyfile", key, "-in", world.dir / "r.csr", "-out", cert,
                  "-startdate", begin, "-enddate", end, "-notext")
    else:
        world.run(tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert,
                  "-days", str(days), "-subj", f"/CN={common}", "-addext", f"subjectAltName=DNS:{common}")
    return cert, key


def free_ports(count):
    """Different ones: all are held until the last is found."""
    held = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def nginx(world, servers):
    """servers: [(port, certificate, key)]; answers nothing but the handshake."""
    blocks = "".join(f"server {{ listen {HOST}:{port} ssl; ssl_certificate {cert}; ssl_certificate_key {key}; return 204; }}\n" for port, cert, key in servers)
    conf = world.write("nginx.conf", f"daemon off; master_process off; user root; pid {world.dir}/nginx.pid; error_log {world.dir}/nginx-error.log;\n"
                       f"events {{}}\nhttp {{ access_log off; client_body_temp_path {world.dir}/b; proxy_temp_path {world.dir}/p; fastcgi_temp_path {world.dir}/f;\n"
                       f"uwsgi_temp_path {world.dir}/u; scgi_temp_path {world.dir}/s;\n{blocks}}}\n")
    process = world.start(tool("nginx"), "-c", conf, "-e", world.dir / "nginx-error.log", log="nginx")

    def is_up():
        check(process.poll() is None, world.log("nginx") + world.log("nginx-error"))
        with socket.socket() as s:
            return s.connect_ex((HOST, servers[-1][0])) == 0
    wait_for("nginx", 30, is_up)


def certificates_are_judged_in_the_handshake():
    """days, chain and name come from the handshake: another name fails, an expired one is a finding"""
    with World() as world:
        ports = free_ports(3)
        nginx(world, [(ports[0], *certificate(world, "good", 40)), (ports[1], *certificate(world, "old", -1)),
                      (ports[2], *certificate(world, "other", 40, "other.example"))])
        name = ", hostname: portal.example"
        start(world, services=service("good", "tls", f"{HOST}:{ports[0]}", name) + service("old", "tls", f"{HOST}:{ports[1]}", name)
              + service("other", "tls", f"{HOST}:{ports[2]}", name) + service("open", "tcp", f"{HOST}:{ports[0]}"))
        outcome, values = until(world, "good", "ok", lambda o, v: v["probe.tls.ok"] == 1, 30)
        check(is_outcome(outcome, "ok") and 39.9 < values["probe.portal.certificate_days"] <= 40, f"{outcome} {values}")
        check(values["probe.tcp.ok"] == 1 and values["probe.tcp.time"] > 0 and values["probe.tls.time"] > 0, str(values))
        check(findings(world, "good") == ["certificate_untrusted"], str(findings(world, "good")))
        outcome, values = until(world, "old", "seen", lambda o, v: v["probe.tls.ok"] == 1, 30)
        check(is_outcome(outcome, "ok") and values["probe.portal.certificate_days"] < -1000, f"{outcome} {values}")
        check(findings(world, "old") == ["certificate_expired"], str(findings(world, "old")))
        outcome, values = until(world, "other", "failed", lambda o, v: v["probe.tls.ok"] == 0, 30)
        check(is_outcome(outcome, "failed") and values["probe.tcp.ok"] == 1, f"{outcome} {values}")
        check(findings(world, "other") == ["certificate_name"], str(findings(world, "other")))
        outcome, values = until(world, "open", "ok", lambda o, v: v["probe.tcp.ok"] == 1, 30)
        check(is_outcome(outcome, "ok") and not findings(world, "open"), f"{outcome} {findings(world, 'open')}")


class Town(http.server.BaseHTTPRequestHandler):
    """A citizens' portal: a log-in page with a form, a session by cookie, a page behind it."""
    broken = False
    posted = []

    def answer(self, status, body, **headers):
        data = body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        if self.path == "/login":
            self.answer(200, "<form>Anmelden</form>", Set_Cookie="visit=1; Path=/")
        elif "session=geheim" not in self.headers.get("Cookie", "") or "visit=1" not in self.headers.get("Cookie", ""):
            self.answer(403, "Fehler: nicht angemeldet")
        else:
            self.answer(200, "Datenbankfehler" if Town.broken else "Willkommen")

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        Town.posted.append((form, self.headers["Content-Type"]))
        if "passwort=l%C3%B6we+%26+co" in form:
            self.answer(303, "", Location="/start", Set_Cookie="session=geheim; Path=/; HttpOnly")
        else:
            self.answer(200, "Fehler: falsches Passwort")

    def log_message(self, *_):
        pass


def a_portal_is_used_step_by_step():
    """log-in page, form with a password from a file, cookie, page behind it; the step that fails is in the journal"""
    server = http.server.ThreadingHTTPServer((HOST, 0), Town)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    url = f"http://{HOST}:{server.server_address[1]}"
    with World() as world:
        world.write("password", "löwe & co\n", 0o600)
        world.write("wrong", "falsch\n", 0o600)

        def steps(name, password):
            return (f"{{service: {name}, url: '{url}/login', contains: Anmelden}}, "
                    f"{{service: {name}, url: '{url}/login', form: {{user: probe}}, password_field: passwort, password_file: {password}, contains: Willkommen, lacks: Fehler}}, "
                    f"{{service: {name}, url: '{url}/start', status: 200, contains: Willkommen}}")
        start(world, services=service("town", "http", f"{url}/login") + service("locked", "http", f"{url}/login") + service("plain", "http", f"{url}/login"),
              probe=f", steps: [{steps('town', 'password')}, {steps('locked', 'wrong')}]")
        outcome, values = until(world, "town", "works", lambda o, v: v["probe.http.ok"] == 1, 30)
        check(is_outcome(outcome, "ok") and values["probe.http.failed_step"] == 0 and values["probe.http.status"] == 200, f"{outcome} {values}")
        phases = [values[f"probe.http.{phase}_time"] for phase in ("resolve", "connect", "tls", "wait")]
        check(values["probe.http.connect_time"] > 0 and values["probe.http.wait_time"] > 0 and values["probe.http.tls_time"] == 0, str(values))
        check(sum(phases) <= values["probe.http.time"] + 0.05, f"the phases are longer than the whole: {values}")
        check(("user=probe&passwort=l%C3%B6we+%26+co", "application/x-www-form-urlencoded") in Town.posted, str(Town.posted[:3]))
        outcome, values = until(world, "locked", "fails", lambda o, v: v["probe.http.ok"] == 0, 30)
        check(is_outcome(outcome, "failed") and values["probe.http.failed_step"] == 2, f"{outcome} {values}")
        check(findings(world, "locked") == ["content_missing"], str(findings(world, "locked")))
        outcome, values = until(world, "plain", "works", lambda o, v: v["probe.http.ok"] == 1, 30)
        Town.broken = True
        outcome, values = until(world, "town", "breaks", lambda o, v: v["probe.http.ok"] == 0, 30)
        check(values["probe.http.failed_step"] == 2 and values["probe.http.status"] == 200, f"{outcome} {values}")
        Town.broken = False
        wait_for("its end", 30, lambda: (findings(world, "town") or [""])[-1] == "cleared", 0.3)
        check("löwe" not in world.log("netzwacht-probe"), "the password stands in the log")
    server.shutdown()
    server.server_close()


def ports_that_are_closed_or_mute_are_told_apart():
    """nobody listens: refused; somebody listens and never says hello: the handshake's time is up"""
    with World() as world, socket.socket() as mute, socket.socket() as plain:
        for s in (mute, plain):
            s.bind((HOST, 0))
            s.listen(64)

        def chatter():
            while True:
                try:
                    client, _ = plain.accept()
                    client.sendall(b"220 mail.example ESMTP\r\n")
                    client.close()
                except OSError:
                    return
        threading.Thread(target=chatter, daemon=True).start()
        port = lambda s: f"{HOST}:{s.getsockname()[1]}"
        start(world, services=service("closed", "tls", f"{HOST}:{free_port(address=HOST)}") + service("shut", "tcp", f"{HOST}:{free_port(address=HOST)}")
              + service("mute", "tls", port(mute)) + service("plain", "tls", port(plain)) + service("portless", "tcp", HOST))
        for name in ("closed", "shut"):
            outcome, values = until(world, name, "refused", lambda o, v: v["probe.tcp.ok"] == 0, 30)
            check(is_outcome(outcome, "refused") and values["probe.tcp.time"] is None, f"{name}: {outcome} {values}")
            check(findings(world, name) == ["tcp_unreachable"], str(findings(world, name)))
        outcome, values = until(world, "mute", "timeout", lambda o, v: v["probe.tls.ok"] == 0, 30)
        check(is_outcome(outcome, "timeout") and values["probe.tcp.ok"] == 1, f"{outcome} {values}")
        outcome, values = until(world, "plain", "failed", lambda o, v: v["probe.tls.ok"] == 0, 30)
        check(is_outcome(outcome, "failed") and findings(world, "plain") == ["tls_failed"], f"{outcome} {findings(world, 'plain')}")
        check("portless (its target names no port)" in world.log("netzwacht-probe"), world.log("netzwacht-probe"))


def chrony(world, local):
    port = free_port(socket.SOCK_DGRAM, HOST)
    conf = world.write(f"chrony-{local}.conf", f"bindaddress {HOST}\nport {port}\ncmdport 0\nallow 127.0.0.0/8\npidfile {world.dir}/chrony-{local}.pid\n"
                       f"bindcmdaddress /\n" + ("local stratum 9\n" if local else ""))
    process = world.start(tool("chronyd"), "-x", "-d", "-u", "root", "-f", conf, log=f"chrony-{local}")
    wait_for("chrony", 30, lambda: "starting" in world.log(f"chrony-{local}") or process.poll() is not None)
    check(process.poll() is None, world.log(f"chrony-{local}"))
    return f"{HOST}:{port}"


def a_time_server_tells_offset_and_stratum():
    """chrony as a source of time, one that is not synchronised, and none at all"""
    with World() as world:
        good, lost = chrony(world, True), chrony(world, False)
        start(world, services=service("time", "ntp", good) + service("lost", "ntp", lost) + service("gone", "ntp", f"{HOST}:{free_port(socket.SOCK_DGRAM, HOST)}"))
        outcome, values = until(world, "time", "ok", lambda o, v: v["probe.ntp.ok"] == 1, 30)
        check(is_outcome(outcome, "ok") and values["probe.ntp.stratum"] == 9 and values["probe.ntp.time"] > 0, f"{outcome} {values}")
        check(abs(values["probe.ntp.offset"]) <= values["probe.ntp.time"] + 0.01, f"the same clock: {values}")
        outcome, values = until(world, "lost", "unsynchronised", lambda o, v: v["probe.ntp.ok"] == 0 and v["probe.ntp.time"] is not None, 30)
        check(is_outcome(outcome, "failed") and values["probe.ntp.offset"] is None, f"{outcome} {values}")
        wait_for("the finding", 30, lambda: "ntp_unsynchronised" in findings(world, "lost") or "ntp_refused" in findings(world, "lost"), 0.3)
        outcome, values = until(world, "gone", "refused", lambda o, v: v["probe.ntp.ok"] == 0, 30)
        check(is_outcome(outcome, "refused") and findings(world, "gone") == ["ntp_unreachable"], f"{outcome} {findings(world, 'gone')}")
        check(len(samples(world, "time")) > 0, "nothing in the journal")


UNBOUND = """server:
  interface: {host}
  port: {port}
  access-control: 127.0.0.0/8 allow
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "{dir}"
  pidfile: ""
  use-syslog: no
  do-not-query-localhost: no
  local-zone: "example." static
  local-data: "portal.example. 60 IN A 192.0.2.1"
  local-data: "portal.example. 60 IN AAAA 2001:db8::1"
  local-zone: "invalid." {invalid}
{lie}remote-control:
  control-enable: no
"""


def unbound(world, name, is_lying):
    port = free_port(socket.SOCK_DGRAM, HOST)
    lie = '  local-data: "check.invalid. 60 IN A 203.0.113.9"\n' if is_lying else ""
    conf = world.write(f"{name}.conf", UNBOUND.format(host=HOST, port=port, dir=world.dir, invalid="redirect" if is_lying else "always_nxdomain",
                                                      lie=lie.replace("check.invalid", "invalid")))
    process = world.start(tool("unbound"), "-d", "-p", "-c", conf, log=name)
    wait_for(name, 30, lambda: "start of service" in world.log(name) or process.poll() is not None)
    check(process.poll() is None, world.log(name))
    return f"{HOST}:{port}"


def answers_of_name_servers_are_compared():
    """unbound: A and AAAA where they are expected and where not; a name that does not exist, and a server that invents it; no DNSSEC"""
    with World() as world:
        honest, lying = unbound(world, "honest", False), unbound(world, "lying", True)
        name = ", question: portal.example"
        start(world, services=service("a", "dns", honest, f"{name}, expected: [192.0.2.0/28]")
              + service("aaaa", "dns", honest, f"{name}, record: aaaa, expected: ['2001:db8::/64']")
              + service("wrong", "dns", honest, f"{name}, expected: [198.51.100.1]")
              + service("unsigned", "dns", honest, f"{name}, validated: true")
              + service("absent", "dns", honest, ", question: check.invalid, absent: true")
              + service("invented", "dns", lying, ", question: check.invalid, absent: true")
              + service("nonsense", "dns", honest, f"{name}, expected: [somewhere]"))
        for good in ("a", "aaaa", "absent"):
            outcome, values = until(world, good, "right", lambda o, v: v["probe.dns.ok"] == 1, 30)
            check(is_outcome(outcome, "ok") and not findings(world, good), f"{good}: {outcome} {values} {findings(world, good)}")
        for bad, finding in (("wrong", "dns_wrong"), ("unsigned", "dns_not_validated"), ("invented", "dns_hijack")):
            outcome, values = until(world, bad, "failed", lambda o, v: v["probe.dns.ok"] == 0, 30)
            check(is_outcome(outcome, "failed") and values["probe.dns.rcode"] == 0, f"{bad}: {outcome} {values}")
            wait_for(finding, 30, lambda bad=bad, finding=finding: findings(world, bad) == [finding], 0.3)
        check('nonsense ("expected" has something that is no address or prefix)' in world.log("netzwacht-probe"), world.log("netzwacht-probe"))


def pings_leave_their_smoke():
    """a round's answers stand in the journal one by one, in order, as many as probe.pings says"""
    with World() as world:
        start(world, "  - {id: ap-1, name: AP, address: 127.40.0.1, kind: ap, site: s1}\n", "  - {id: hs-1, name: HS, site: s1, device: ap-1}\n",
              probe=", pings: 4")
        outcome, values = until(world, "hs-1", "answers", lambda o, v: v["probe.icmp.loss"] == 0, 30)
        smoke = [values[f"probe.icmp.smoke{i}"] for i in range(1, 5)]
        check(is_outcome(outcome, "ok") and smoke == sorted(smoke) and smoke[0] > 0, f"{outcome} {values}")
        check("probe.icmp.smoke5" not in values, str(values))
        check(abs(values["probe.icmp.rtt"] - (smoke[1] + smoke[2]) / 2) < 1e-9, f"the median is not that of the smoke: {values}")


run_tests(a_portal_is_used_step_by_step, certificates_are_judged_in_the_handshake, ports_that_are_closed_or_mute_are_told_apart, a_time_server_tells_offset_and_stratum,
          answers_of_name_servers_are_compared,
          pings_leave_their_smoke)
