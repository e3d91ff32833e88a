# SPDX-License-Identifier: GPL-3.0-or-later
"""Syslog from netzwacht-alerts to rsyslogd, over UDP, TCP and TLS; alerts to Prometheus' Alertmanager, read back by its API."""
import json
import sys
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import check, free_port, run_tests, tool, wait_for
from lib.town import Town

FIELDS = ("pri", "protocol-version", "timereported", "hostname", "app-name", "procid", "msgid", "structured-data", "msg")


class Archive(Town):
    """A town whose events go to an rsyslogd that writes what it parsed, one JSON object a line."""

    def __init__(self, scheme, keys=""):
        self.log_port = free_port()
        self.scheme = scheme
        super().__init__(f"  channels:\n    - {{name: log, kind: syslog, facility: local3, url: '{scheme}://127.0.0.1:{self.log_port}'{keys}}}\n")

    def certify(self):
        for name in ("server", "client", "stranger"):
            self.run(tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                     "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{name}.key", "-out", f"{name}.crt", cwd=self.dir)

    def start_log(self):
        fields = '","'.join(f'{name}":"%{name}:::json%' for name in FIELDS)
        tls = ('global(DefaultNetstreamDriver="ossl" DefaultNetstreamDriverCAFile="{0}/client.crt" '
               'DefaultNetstreamDriverCertFile="{0}/server.crt" DefaultNetstreamDriverKeyFile="{0}/server.key")\n'
               'module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="x509/certvalid")\n'
               .format(self.dir) if self.scheme == "tls" else 'module(load="imtcp")\n')
        kind = "imudp" if self.scheme == "udp" else "imtcp"
        self.write("rsyslog.conf", f'global(workDirectory="{self.dir}")\n' + ('module(load="imudp")\n' if kind == "imudp" else tls) +
                   f'input(type="{kind}" port="{self.log_port}" address="127.0.0.1" ruleset="keep")\n'
                   'template(name="all" type="string" string="{\\"' + fields.replace('"', '\\"') + '\\"}\\n")\n'
                   f'ruleset(name="keep") {{ action(type="omfile" file="{self.dir}/messages" template="all") }}\n')
        self.rsyslog = self.start(tool("rsyslogd"), "-n", "-f", self.dir / "rsyslog.conf", "-i", self.dir / "rsyslogd.pid", log="rsyslogd")

    def logged(self):
        path = self.dir / "messages"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def data(self):
        """The parameters of our element of each message."""
        found = []
        for message in self.logged():
            element = message["structured-data"]
            check(element.startswith("[netzwacht@32473 ") and element.endswith("]"), element)
            found.append(dict(part.split('="', 1) for part in element[len("[netzwacht@32473 "):-2].split('" ')))
        return found

    def check_whole(self):
        wait_for("every event in the log", 60, lambda: self.unique() and {e["id"] for e in self.unique()} <= {d["eventId"] for d in self.data()})
        first = list(dict.fromkeys(d["eventId"] for d in self.data()))
        check(first == [e["id"] for e in self.unique()], f"logged {first}")
        texts = {e["id"]: e["data"]["text"]["de"] for e in self.unique()}
        for message, data in zip(self.logged(), self.data()):
            check(message["msg"].lstrip("\ufeff") == texts[data["eventId"]], f"{message}")
            check(message["protocol-version"] == "1" and message["app-name"] == "netzwacht-alerts" and message["procid"] == "-", f"{message}")
            check(message["msgid"] == data["type"], f"{message}")
            severity = 5 if data["event"] == "closed" else {"critical": 1, "major": 2, "minor": 3, "warning": 4}[data["severity"]]
            check(int(message["pri"]) == 19 * 8 + severity, f"{message}")

    def live(self):
        self.start_log()
        self.begin()
        self.collector.kill("ap-1")
        wait_for("the outage", 60, lambda: self.logged())
        self.collector.revive("ap-1")
        wait_for("the recovery", 60, lambda: len(self.logged()) >= 2)
        self.check_whole()


def datagrams_reach_rsyslog():
    """over UDP rsyslogd reads every field of every event; a closed port is noticed, and nothing is lost by it"""
    with Archive("udp") as town:
        town.begin()
        town.collector.kill("ap-2")
        wait_for("a closed port", 60, lambda: "channel log: udp://" in town.log("netzwacht-alerts"))
        town.start_log()
        wait_for("the outage", 60, lambda: town.logged())
        town.collector.revive("ap-2")
        wait_for("the recovery", 60, lambda: len(town.logged()) >= 2)
        town.check_whole()


def frames_reach_rsyslog_that_was_away_and_alerts_that_was_killed():
    """over TCP with octet counts every event comes in order, although rsyslogd was away and alerts was killed"""
    with Archive("tcp") as town:
        town.begin()
        town.collector.kill("ap-1")
        wait_for("a failed attempt", 60, lambda: "channel log: tcp://" in town.log("netzwacht-alerts"))
        town.alerts.kill()
        town.alerts.wait()
        town.start_alerts()
        town.collector.kill("ap-2")
        wait_for("two events at the NOC", 60, lambda: len(town.unique()) >= 2)
        town.start_log()
        wait_for("both", 60, lambda: len(town.logged()) >= 2)
        for device in ("ap-5", "ap-8"):
            town.collector.kill(device)
            seen = len(town.logged())
            wait_for("the next one", 60, lambda: len(town.logged()) > seen)
            town.alerts.kill()
            town.alerts.wait()
            town.start_alerts()
        town.collector.revive("ap-1", "ap-2", "ap-5", "ap-8")
        wait_for("all recoveries", 60, lambda: sum(e["type"].endswith(".closed") for e in town.unique()) == len({e["subject"] for e in town.unique()}))
        town.check_whole()


def rsyslog_asks_for_a_certificate():
    """over TLS both sides show certificates; with one that rsyslogd does not know nothing counts as delivered"""
    keys = ", ca_file: server.crt, certificate_file: client.crt, key_file: client.key"
    with Archive("tls", keys) as town:
        town.certify()
        town.live()
        command = ("netzwacht", "alerts", "test-channel", "-c", town.dir / "netzwacht.yaml", "log")
        seen = len(town.logged())
        check("accepted" in town.run(*command).stdout, "test-channel")
        wait_for("the test message", 20, lambda: len(town.logged()) > seen)
        check(town.logged()[-1]["msgid"] == "test", f"{town.logged()[-1]}")
        seen = len(town.logged())
        config = (town.dir / "netzwacht.yaml").read_text()
        for old, new in ((": client.", ": stranger."), ("ca_file: server.crt", "ca_file: stranger.crt")):
            check(old in config, old)
            town.write("netzwacht.yaml", config.replace(old, new))
            test = town.run(*command, ok=False)
            check(test.returncode == 69 and "not delivered" in test.stdout, f"{old}: {test.returncode}: {test.stdout}")
        check(len(town.logged()) == seen, "logged all the same")


class Prometheus(Town):
    """A town with an Alertmanager."""

    def __init__(self):
        self.am_port = free_port()
        super().__init__("  dashboard_url: https://netz.example\n  channels:\n    - {name: am, kind: alertmanager, repeat: 2s, "
                         f"language: en, url: 'http://127.0.0.1:{self.am_port}/'}}\n")

    def start_alertmanager(self):
        self.write("am.yml", "global: {resolve_timeout: 10s}\nroute: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
        self.alertmanager = self.start(tool("prometheus-alertmanager"), "--config.file", self.dir / "am.yml", "--storage.path",
                                       self.dir / "am", "--web.listen-address", f"127.0.0.1:{self.am_port}",
                                       "--cluster.listen-address=", log="alertmanager")

    def alerts_of(self, **filters):
        query = "&".join(f"{key}={value}" for key, value in filters.items())
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.am_port}/api/v2/alerts?{query}", timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return []


def alertmanager_knows_what_is_open_and_when_it_ended():
    """alerts are active while the incident is open, also beyond resolve_timeout and after a restart without memory, and end with it"""
    with Prometheus() as town:
        town.begin()
        town.collector.kill("ap-1")
        wait_for("a failed attempt", 60, lambda: "channel am: http" in town.log("netzwacht-alerts"))
        town.start_alertmanager()
        alert = wait_for("the alert", 60, town.alerts_of)[0]
        event = town.unique()[0]["data"]
        check(alert["labels"] == {"alertname": event["type"], "incident": event["id"], "instance": "teststadt", "severity": event["severity"],
                                  "cause": "ap-1", "cause_kind": "device"}, f"{alert}")
        check(alert["annotations"]["summary"] == event["text"]["en"] and alert["annotations"]["hotspots"] == "1", f"{alert}")
        check(alert["generatorURL"] == f"https://netz.example/#/incidents/{event['id']}", f"{alert}")
        check(alert["startsAt"].startswith(event["opened"][:19]) and alert["status"]["state"] == "active", f"{alert}")
        wait_for("a repetition", 60, lambda: [a for a in town.alerts_of() if a["updatedAt"] > alert["updatedAt"]])
        town.alertmanager.kill()
        town.alertmanager.wait()
        for path in sorted((town.dir / "am").rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        town.alerts.kill()  # what is open it has from its database
        town.alerts.wait()
        town.start_alerts()
        town.start_alertmanager()
        again = wait_for("the alert again", 60, town.alerts_of)
        check([a["fingerprint"] for a in again] == [alert["fingerprint"]], f"{again}")
        town.collector.revive("ap-1")
        wait_for("the recovery", 60, lambda: [e for e in town.unique() if e["type"].endswith(".closed")])
        wait_for("no active alert", 8, lambda: not town.alerts_of())  # by endsAt: resolve_timeout is longer
        closed = [e for e in town.unique() if e["type"].endswith(".closed")][0]["data"]
        check(closed["id"] == event["id"] and "refused" not in town.log("netzwacht-alerts"), "refused")


if __name__ == "__main__":
    run_tests(datagrams_reach_rsyslog, frames_reach_rsyslog_that_was_away_and_alerts_that_was_killed, rsyslog_asks_for_a_certificate,
              alertmanager_knows_what_is_open_and_when_it_ended)
