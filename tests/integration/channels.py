# SPDX-License-Identifier: GPL-3.0-or-later
"""Further channels of netzwacht-alerts against a receiver that fails, hangs, refuses, then accepts.

What has to arrive is what mosquitto_sub heard: nothing lost, nothing twice but with the same id and body."""
import hashlib
import hmac
import json
import signal
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import check, run_tests, tool, wait_for
from lib.town import Town

SECRET = "Schnurrbart"


class Receiver(ThreadingHTTPServer):
    """An HTTP server that answers as `mode` says: a status, "hang" or "forget" (stores, then hangs up)."""
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.mode, self.asked, self.accepted, self.problems = 503, [], [], []
        self.flying, self.most_flying, self.lock = 0, 0, threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    def speak_tls(self, certificate, key):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def ids(self):
        return [event["id"] for event in self.accepted]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        receiver, mode = self.server, self.server.mode
        with receiver.lock:
            receiver.flying += 1
            receiver.most_flying = max(receiver.most_flying, receiver.flying)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        expected = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        if self.headers["X-Netzwacht-Signature"] != expected:
            receiver.problems.append(f"signature {self.headers['X-Netzwacht-Signature']}")
        if self.headers["Content-Type"] != "application/cloudevents+json":
            receiver.problems.append(f"type {self.headers['Content-Type']}")
        event = json.loads(body)
        with receiver.lock:
            receiver.asked.append(mode)
            if mode in (200, "forget"):
                receiver.accepted.append(event)
        if mode == "hang":
            self.rfile.read(1)  # until the other side gives up
        with receiver.lock:
            receiver.flying -= 1
        if isinstance(mode, int):
            self.send_response(mode)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_):
        pass


class Desk(Town):
    def __init__(self, severity="warning"):
        self.receiver = Receiver()
        super().__init__("  channels:\n    - {name: desk, kind: webhook, secret_file: secret, timeout: 1s, "
                         f"severity: {severity}, url: '{self.receiver.url}'}}\n")
        self.write("secret", SECRET + "\n", mode=0o600)

    def __exit__(self, *args):
        super().__exit__(*args)
        self.receiver.shutdown()

    def has_asked(self, mode, times=1):
        return self.receiver.asked.count(mode) >= times

    def check_whole(self, repeated=()):
        """What came is what the NOC heard, in the order of each source, and only `repeated` came again."""
        ids = self.receiver.ids()
        wait_for("the same at the NOC", 20, lambda: set(ids) <= {event["id"] for event in self.unique()})
        heard = {event["id"]: event for event in self.unique()}
        check(set(ids) == set(heard), f"came {ids}, heard {sorted(heard)}")
        check(all(heard[event["id"]] == event for event in self.receiver.accepted), "another body than on MQTT")
        check(list(dict.fromkeys(ids)) == list(heard), f"out of order: {ids}")
        check({i for i in ids if ids.count(i) > 1} <= set(repeated), f"came twice: {ids}")
        check(not self.receiver.problems, f"{self.receiver.problems[:3]}")
        check(self.receiver.most_flying == 1, f"{self.receiver.most_flying} requests at once")


def nothing_is_lost_by_a_receiver_that_fails_hangs_and_comes_back():
    """a receiver that fails, hangs and then accepts gets every event, in order, signed, one at a time"""
    with Desk() as town:
        town.begin()
        town.collector.kill("ap-1")
        wait_for("two failures", 20, lambda: town.has_asked(503, 2))
        town.receiver.mode = "hang"
        town.collector.kill("ap-2")
        wait_for("a request without an answer", 20, lambda: town.has_asked("hang"))
        town.alerts.kill()
        town.alerts.wait()
        town.receiver.mode = 429
        town.start_alerts()
        wait_for("too many", 20, lambda: town.has_asked(429))
        check(not town.receiver.accepted, "accepted too early")
        town.receiver.mode = 200
        town.collector.revive("ap-1", "ap-2")
        wait_for("both recoveries", 40, lambda: sum(e["type"].endswith(".closed") for e in town.receiver.accepted) == 2)
        town.check_whole()
        count = len(town.receiver.asked)
        time.sleep(2)
        check(len(town.receiver.asked) == count, "sent again though it was accepted")


def a_lost_answer_repeats_the_same_id():
    """a message whose answer got lost comes again with the same id and body, also after kill -9"""
    with Desk() as town:
        town.receiver.mode = "forget"
        town.begin()
        town.collector.kill("ap-3")
        wait_for("a message without an answer", 20, lambda: town.has_asked("forget"))
        first = town.receiver.ids()[0]
        town.alerts.kill()
        town.alerts.wait()
        town.receiver.mode = 200
        town.start_alerts()
        wait_for("the same again", 20, lambda: town.has_asked(200))
        town.collector.revive("ap-3")
        wait_for("the recovery", 30, lambda: town.receiver.accepted[-1]["type"].endswith(".closed"))
        town.check_whole(repeated=[first])


def a_refused_message_is_dropped_and_the_next_one_goes():
    """a message refused for good is dropped and said; the recovery still goes"""
    with Desk() as town:
        town.receiver.mode = 404
        town.begin()
        town.collector.kill("ap-4")
        wait_for("the refusal", 20, lambda: town.has_asked(404))
        wait_for("a line in the log", 5, lambda: "is refused with HTTP status 404" in town.log("netzwacht-alerts"))
        town.receiver.mode = 200
        town.collector.revive("ap-4")
        wait_for("the recovery", 30, lambda: town.receiver.accepted)
        check(town.receiver.accepted[0]["type"].endswith(".closed") and town.receiver.asked.count(404) == 1, "sent again")


def what_is_below_the_severity_does_not_go():
    """a channel for critical incidents hears neither the alarm nor the recovery of a lesser one"""
    with Desk(severity="critical") as town:
        town.receiver.mode = 200
        town.begin()
        town.collector.kill("ap-5")
        wait_for("the outage at the NOC", 20, lambda: town.unique())
        town.collector.revive("ap-5")
        wait_for("the recovery at the NOC", 30, lambda: town.unique()[-1]["type"].endswith(".closed"))
        check(all(e["data"]["severity"] != "critical" for e in town.unique()), "the test's outage is critical")
        time.sleep(1)
        check(not town.receiver.asked, f"{town.receiver.asked}")


def only_a_verified_receiver_gets_anything():
    """an untrusted certificate and one for another name get nothing; after a reload with its CA the receiver gets all"""
    with Desk() as town:
        town.run(tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                 "-subj", "/CN=desk", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "desk.key", "-out", "desk.crt", cwd=town.dir)
        town.receiver.speak_tls(town.dir / "desk.crt", town.dir / "desk.key")
        town.receiver.mode = 200
        plain = (town.dir / "netzwacht.yaml").read_text()
        right = plain.replace("url: 'http:", "ca_file: desk.crt, url: 'https:")
        refusals = 0
        for config in (plain.replace("url: 'http:", "url: 'https:"), right.replace("https://127.0.0.1", "https://localhost")):
            town.write("netzwacht.yaml", config)
            if refusals:
                town.alerts.send_signal(signal.SIGHUP)
            else:
                town.begin()
                town.collector.kill("ap-1")
            refusals += 1
            wait_for("a refused certificate", 30, lambda: town.log("netzwacht-alerts").count("certificate is not trusted") >= refusals)
        check(not town.receiver.asked, "a request went to a receiver that is not verified")
        town.write("netzwacht.yaml", right)
        town.write("secret", SECRET + "\n", mode=0o644)
        town.alerts.send_signal(signal.SIGHUP)
        wait_for("a secret that others may read is named", 20, lambda: "secret: others may read it" in town.log("netzwacht-alerts"))
        check("secret_file: " in town.run("netzwacht", "check", "-c", town.dir / "netzwacht.yaml", ok=False).stderr, "netzwacht check")
        check(not town.receiver.asked, "the new configuration is in force in spite of that")
        town.write("secret", SECRET + "\n", mode=0o600)
        town.alerts.send_signal(signal.SIGHUP)
        wait_for("the event", 30, lambda: town.receiver.accepted)
        town.collector.revive("ap-1")
        wait_for("the recovery", 30, lambda: town.receiver.accepted[-1]["type"].endswith(".closed"))
        town.check_whole()


if __name__ == "__main__":
    run_tests(nothing_is_lost_by_a_receiver_that_fails_hangs_and_comes_back, a_lost_answer_repeats_the_same_id,
              a_refused_message_is_dropped_and_the_next_one_goes, what_is_below_the_severity_does_not_go,
              only_a_verified_receiver_gets_anything)
