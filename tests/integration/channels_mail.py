# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail from netzwacht-alerts to a real SMTP server (aiosmtpd): TLS, login, threads, storms, failures, kill -9.

What has to arrive is what mosquitto_sub heard of openings and closings; what comes twice is the same, byte for byte."""
import random
import re
import signal
import socket
import sys
import threading
import time
from datetime import datetime, timezone
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import BUILD, check, free_port, run_tests, tool, wait_for
from lib.mail import PASSWORD, MailServer, server_context
from lib.town import Town, inventory

HOSTILE = "AP 1\\r\\nBcc: boese@example.com\\r\\n\\r\\n.\\r\\nGr\\u00fc\\u00dfe \\u202e"  # as YAML writes it


class Office(Town):
    """A town with one mail channel."""

    def __init__(self, scheme="smtp", keys="tls: no", **server):
        self.mail_port = free_port()
        super().__init__("  dashboard_url: https://netz.example/wache/\n  channels:\n    - {name: noc, kind: smtp, timeout: 5s, "
                         f"from: netzwacht@stadt.example, to: [noc@stadt.example, chef@stadt.example], {keys}, "
                         f"url: '{scheme}://127.0.0.1:{self.mail_port}'}}\n")
        self.certify()
        if "tls" in server:
            server["tls"] = server_context(self.dir / "mail.crt", self.dir / "mail.key")
        self.write("password", PASSWORD + "\n", mode=0o600)
        self.server_options = server
        self.server = MailServer(self.mail_port, **server)

    def certify(self):
        self.run(tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                 "-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "mail.key", "-out", "mail.crt", cwd=self.dir)

    def __exit__(self, *args):
        super().__exit__(*args)
        self.server.stop()

    def settings(self, old, new):
        path = self.dir / "netzwacht.yaml"
        check(old in path.read_text(), f"{old} is not in the configuration")
        path.write_text(path.read_text().replace(old, new))

    def tried(self, mode, times=1):
        return self.server.handler.tried.count(mode) >= times

    def wanted(self):
        """Ids of the openings and closings that the NOC heard of."""
        return [e["id"] for e in self.unique() if e["type"].endswith((".opened", ".closed"))]

    def ids(self):
        return [mail["Message-ID"].strip("<>").rsplit("@", 1)[0] for mail in self.server.mails()]

    def wait_whole(self):
        wait_for("a mail for each opening and closing", 60, lambda: self.wanted() and set(self.wanted()) <= set(self.ids()))
        check(set(self.wanted()) == set(self.ids()), f"mails {self.ids()}, heard {self.wanted()}")
        bodies = {}
        for name, raw in zip(self.ids(), self.server.raw()):
            check(bodies.setdefault(name, raw) == raw, f"{name} came with two bodies")

    def figure(self, name):
        beats = [r for r in self.journal("alerts") if "heartbeat" in r]
        return {c["name"]: c["value"] for c in beats[-1]["heartbeat"]["counters"]}.get(name) if beats else None


def an_outage_is_a_thread_of_two_mails_that_a_person_can_read():
    """over STARTTLS with a password: opening and recovery, one thread, to all recipients, nothing injected by a device's name"""
    keys = "user: netzwacht, password_file: password, ca_file: mail.crt"
    with Office(keys=keys, tls=True, needs_login=True) as town:
        town.write("inventory.yaml", inventory().replace("name: AP 1,", f'name: "{HOSTILE}",'))
        begun = datetime.now(timezone.utc).replace(microsecond=0)
        town.begin()
        town.collector.kill("ap-1")
        wait_for("the opening", 30, lambda: len(town.server.raw()) == 1)
        town.collector.revive("ap-1")
        wait_for("the closing", 30, lambda: len(town.server.raw()) == 2)
        town.wait_whole()
        first, second = town.server.mails()
        envelope = town.server.handler.envelopes[0]
        check(envelope.mail_from == "netzwacht@stadt.example", envelope.mail_from)
        check(envelope.rcpt_tos == ["noc@stadt.example", "chef@stadt.example"], f"{envelope.rcpt_tos}")
        check([a for _, a in getaddresses([first["To"]])] == envelope.rcpt_tos, first["To"])
        check(set(first.keys()) == {"Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
                                    "Content-Transfer-Encoding"}, f"headers {first.keys()}")
        check(second["In-Reply-To"] == second["References"] == first["Message-ID"], f"{second['In-Reply-To']}")
        check(begun <= parsedate_to_datetime(first["Date"]) <= datetime.now(timezone.utc), first["Date"])
        check(first["Subject"].startswith("[netzwacht] MINOR: AP 1  Bcc: boese@example.com"), first["Subject"])
        check("Grüße" in first["Subject"] and second["Subject"].startswith("[netzwacht] BEHOBEN: "), first["Subject"])
        body = first.get_content()
        incident = town.unique()[0]["data"]["id"]
        for part in ("Was:         minor, device_down", "[ap-1], Standort Markt (53.7", "Seit:        ", "1 Hotspots: Hotspot <1>",
                     f"https://netz.example/wache/#/incidents/{incident}", f"Störung {incident}"):
            check(part in body, f"{part} is not in {body}")
        check("Behoben:     " in second.get_content(), second.get_content())
        check(all(s.ssl and s.authenticated for s in town.server.handler.sessions), "not encrypted, or not logged in")


def nothing_is_lost_by_a_server_that_fails_and_an_alerts_that_is_killed():
    """451, a hanging server, a lost answer and kill -9 in between: every opening and closing comes, twice only as the same mail"""
    dice = random.Random(4711)
    with Office(keys="tls: no, events: ends, storm_limit: 1000") as town:
        town.begin()
        town.collector.kill("ap-1")
        wait_for("the first mail", 30, lambda: town.server.raw())
        for n, mode in enumerate(["later", "forget", "hang", "later", "forget"], start=2):
            town.server.handler.mode = mode
            seen = len(town.server.handler.tried)
            getattr(town.collector, "kill" if n % 2 == 0 else "revive")(*(["ap-2"] if n < 4 else ["ap-5"]))
            wait_for(f"an attempt that ends in {mode}", 60, lambda: mode in town.server.handler.tried[seen:])
            time.sleep(dice.random() / 5)
            town.alerts.kill()
            town.alerts.wait()
            town.start_alerts()
        town.server.handler.mode = "ok"
        town.collector.revive("ap-1", "ap-2", "ap-5")
        wait_for("all recoveries", 60, lambda: len({e["subject"] for e in town.unique()}) ==
                 sum(e["type"].endswith(".closed") for e in town.unique()))
        town.wait_whole()
        check(len(town.ids()) > len(set(town.ids())), "no answer was lost: the test proves nothing")


def a_storm_is_one_digest():
    """beyond storm_limit mails in a window one digest says how many more there were, also after kill -9"""
    with Office(keys="tls: no, language: en, storm_limit: 1, storm_window: 20s") as town:
        town.begin()
        town.collector.kill("ap-1")
        wait_for("the first mail", 30, lambda: town.server.raw())
        town.collector.kill("ap-2")
        wait_for("the second outage", 30, lambda: len(town.wanted()) == 2)
        wait_for("its line", 10, lambda: "the rest goes into one digest" in town.log("netzwacht-alerts"))
        town.alerts.kill()
        town.alerts.wait()
        check(len(town.server.raw()) == 1, "more mails than the limit")
        town.start_alerts()
        wait_for("the digest", 60, lambda: len(town.server.raw()) >= 2)
        digest = town.server.mails()[1]
        check(digest["Subject"] == "[netzwacht] 1 further messages", digest["Subject"])
        check("MINOR: AP 2 does not answer; hotspots affected: 1 [" in digest.get_content(), digest.get_content())


def a_wrong_password_is_said_and_nothing_is_lost():
    """a wrong password is named in the log, in a figure and by test-channel; after a reload with the right one all goes at once"""
    keys = "user: netzwacht, password_file: password, ca_file: mail.crt"
    with Office(scheme="smtps", keys=keys, tls=True, needs_login=True, is_implicit=True) as town:
        town.write("password", "falsch\n", mode=0o600)
        town.begin()
        town.collector.kill("ap-1")
        wait_for("a line in the log", 30, lambda: "user or password is refused (535" in town.log("netzwacht-alerts"))
        check(town.log("netzwacht-alerts").count("user or password is refused") == 1, "said again and again")
        wait_for("the figure", 20, lambda: town.figure("channels_failing") == 1)
        test = town.run("netzwacht", "alerts", "test-channel", "-c", town.dir / "netzwacht.yaml", "noc", ok=False)
        check(test.returncode == 69 and "check user and password_file" in test.stdout, f"{test.returncode}: {test.stdout}{test.stderr}")
        check(not town.server.raw(), "a mail without a login")
        wait_for("a few attempts, so that a pause runs", 30, lambda: (town.figure("channel_failed_total") or 0) >= 4)
        town.write("password", PASSWORD + "\n", mode=0o600)
        town.alerts.send_signal(signal.SIGHUP)
        wait_for("the mail", 30, lambda: town.server.raw())
        wait_for("the figure", 20, lambda: town.figure("channels_failing") == 0)
        test = town.run("netzwacht", "alerts", "test-channel", "-c", town.dir / "netzwacht.yaml", "noc")
        check("accepted" in test.stdout, test.stdout)
        check(town.server.mails()[-1]["Subject"] == "[netzwacht] WARNING: Testmeldung an den Kanal noc: nichts ist gestört",
              town.server.mails()[-1]["Subject"])


def nothing_goes_to_a_server_that_is_not_verified():
    """an untrusted certificate, another name, or no STARTTLS: nothing is said; one unknown recipient does not keep it from the other"""
    with Office(keys="ca_file: /etc/ssl/certs/ca-certificates.crt", tls=True) as town:
        command = ("netzwacht", "alerts", "test-channel", "-c", town.dir / "netzwacht.yaml")
        test = town.run(*command, "noc", ok=False)
        check(test.returncode == 69 and "certificate is not trusted" in test.stdout, f"{test.returncode}: {test.stdout}")
        town.settings("/etc/ssl/certs/ca-certificates.crt", "mail.crt")
        town.settings("smtp://127.0.0.1", "smtp://localhost")
        test = town.run(*command, "noc", ok=False)
        check(test.returncode == 69 and "certificate is not trusted" in test.stdout, f"{test.returncode}: {test.stdout}")
        town.settings("smtp://localhost", "smtp://127.0.0.1")
        town.server.handler.unknown = {"chef@stadt.example"}
        test = town.run(*command, "noc")
        check("accepted: the server does not take every recipient: 550 5.1.1" in test.stdout, test.stdout)
        check(len(town.server.raw()) == 1 and town.server.handler.envelopes[0].rcpt_tos == ["noc@stadt.example"], "recipients")
        test = town.run(*command, "nirgends", ok=False)
        check(test.returncode == 66 and "it has: noc" in test.stderr, f"{test.returncode}: {test.stderr}")
        town.server.stop()
        town.server = MailServer(town.mail_port)
        test = town.run(*command, "noc", ok=False)
        check(test.returncode == 69 and "offers no STARTTLS" in test.stdout, f"{test.returncode}: {test.stdout}")
        town.server.handler.mode = "refuse"
        town.settings("ca_file: mail.crt", "tls: no")
        test = town.run(*command, "noc", ok=False)
        check(test.returncode == 1 and "refused for good: 554 5.6.0" in test.stdout, f"{test.returncode}: {test.stdout}")
        check(not town.server.raw(), "accepted")


def hostile(say):
    """A server that says what it likes to whoever comes; returns its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            connection, _ = listener.accept()
            with connection:
                try:
                    say(connection)
                except OSError:
                    pass  # the other side had enough

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


def flood(connection, what):
    while True:
        connection.sendall(what)


def drip(connection):
    while True:
        connection.sendall(b"2")
        time.sleep(0.2)


def a_hostile_server_costs_no_memory_and_no_time():
    """a server that floods, drips, or sends control characters is left in time; what it says is printable in the log"""
    with Office() as town:
        for say, said in ((lambda c: flood(c, b"2" * 65536), "not delivered"), (lambda c: flood(c, b"220-hello\r\n" * 4000), "not delivered"),
                          (drip, "no answer in time"), (lambda c: c.sendall(b"554 \x1b[31m go \xff\r\n"), "554 ?[31m go ?")):
            town.settings(f"smtp://127.0.0.1:{town.mail_port}", f"smtp://127.0.0.1:{hostile(say)}")
            before = (town.dir / "netzwacht.yaml").read_text()
            test = town.run("bash", "-c", "ulimit -v 400000; exec \"$0\" \"$@\"", BUILD / "netzwacht", "alerts", "test-channel", "-c",
                            town.dir / "netzwacht.yaml", "noc", ok=False)
            check(test.returncode == 69 and said in test.stdout, f"{said}: {test.returncode}: {test.stdout}{test.stderr}")
            town.write("netzwacht.yaml", re.sub(r"smtp://127.0.0.1:\d+", f"smtp://127.0.0.1:{town.mail_port}", before))


if __name__ == "__main__":
    run_tests(an_outage_is_a_thread_of_two_mails_that_a_person_can_read,
              nothing_is_lost_by_a_server_that_fails_and_an_alerts_that_is_killed, a_storm_is_one_digest,
              a_wrong_password_is_said_and_nothing_is_lost, nothing_goes_to_a_server_that_is_not_verified,
              a_hostile_server_costs_no_memory_and_no_time)
