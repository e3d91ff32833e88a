# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht-alerts with the shipped access list, TLS 1.3 with client certificates, and a broker that only speaks 3.1.1."""
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import SOURCE, check, free_port, run_tests, tool, wait_for
from mqtt import PREFIX, Town


class TlsTown(Town):
    """The same town behind packaging/mosquitto/'s access list: certificates name the users."""

    def __init__(self):
        super().__init__()
        self.make_certificates()
        acl = self.write("netzwacht.acl", (SOURCE / "packaging/mosquitto/netzwacht.acl").read_text(), mode=0o600)
        self.plain = free_port()
        self.write("mosquitto.conf", f"per_listener_settings false\nlistener {self.port} 127.0.0.1\ncafile {self.dir}/ca.crt\n"
                   f"certfile {self.dir}/server.crt\nkeyfile {self.dir}/server.key\ntls_version tlsv1.3\n"
                   f"require_certificate true\nuse_identity_as_username true\nallow_anonymous false\nacl_file {acl}\nuser root\n")
        config = (self.dir / "netzwacht.yaml").read_text().replace(
            f"port: {self.port}, tls: false", f"port: {self.port}, tls: true, ca_file: ca.crt, "
            "certificate_file: netzwacht.crt, key_file: netzwacht.key")
        self.write("netzwacht.yaml", config)

    def make_certificates(self):
        openssl = tool("openssl")

        def run(*args):
            self.run(openssl, *args, cwd=self.dir)
        run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=Test CA",
            "-keyout", "ca.key", "-out", "ca.crt")
        for name, extra in (("server", "subjectAltName=IP:127.0.0.1"), ("netzwacht", ""), ("noc", ""), ("stranger", "")):
            run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                "-keyout", f"{name}.key", "-out", f"{name}.csr")
            self.write(f"{name}.ext", extra + "\n")
            run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-extfile", f"{name}.ext", "-out", f"{name}.crt")

    def options(self, user):
        return ["--cafile", self.dir / "ca.crt", "--cert", self.dir / f"{user}.crt", "--key", self.dir / f"{user}.key"]

    def publish(self, topic, text, ok=True, user="noc"):
        return self.run(tool("mosquitto_pub"), "-h", "127.0.0.1", "-p", self.port, "-q", "1", *self.options(user), "-t", topic,
                        "-m", text, ok=ok, timeout=10)

    def subscribe(self, name="noc"):
        output = open(self.dir / f"{name}.messages", "ab")
        process = subprocess.Popen([str(a) for a in (tool("mosquitto_sub"), "-h", "127.0.0.1", "-p", self.port, "-c", "-i", name, "-q", "1",
                                    *self.options("noc"), "-t", PREFIX + "#", "-F", "%r %t %p")], stdout=output,
                                   stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self.processes.append(process)
        return process


def certificates_and_the_access_list_let_the_right_ones_in():
    """TLS 1.3 with certificates and the shipped access list: the NOC commands, a stranger cannot"""
    with TlsTown() as town:
        town.begin()
        town.collector.kill("ap-1")
        wait_for("the incident", 15, lambda: town.last("incident/"))
        incident = next(iter(town.last("incident/").values()))["id"]
        body = {"command": "x1", "client": "stranger", "incident": incident}
        town.publish(PREFIX + "noc/command/acknowledge", json.dumps(body), user="stranger", ok=False)
        time.sleep(2)
        check(town.last("incident/")["incident/" + incident]["operator"]["state"] == "none", "a stranger acknowledged")
        body = {"command": "n1", "client": "noc", "incident": incident}
        town.publish(PREFIX + "noc/command/acknowledge", json.dumps(body))
        wait_for("the acknowledgement", 5, lambda: town.last("incident/")["incident/" + incident]["operator"]["state"] == "acknowledged")
        wait_for("the reply", 5, lambda: town.last("noc/reply/noc"))


def a_broker_without_our_trust_is_not_believed():
    """a broker whose certificate is signed by somebody else gets nothing"""
    with TlsTown() as town:
        town.run(tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                 "/CN=Other CA", "-keyout", "other.key", "-out", "other.crt", cwd=town.dir)
        config = (town.dir / "netzwacht.yaml").read_text().replace("ca_file: ca.crt", "ca_file: other.crt")
        town.write("netzwacht.yaml", config)
        town.start_broker()
        town.subscribe()
        town.start_alerts()
        wait_for("the refusal", 10, lambda: "trying on" in town.log("netzwacht-alerts"))
        time.sleep(2)
        check(town.alerts.poll() is None, "netzwacht-alerts died")
        check(not list(town.messages()), "something was told to an untrusted broker")


def frame(kind, body):
    return bytes([kind, len(body)]) + body


class OldBroker(threading.Thread):
    """Refuses MQTT 5 as a 3.1.1 broker does, takes 3.1.1, and notes the protocol levels; garbage afterwards."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.levels, self.published = [], 0

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            with connection:
                connection.settimeout(5)
                try:
                    self.serve(connection)
                except OSError:
                    pass

    def serve(self, connection):
        data = connection.recv(4096)
        level = data[data.index(b"MQTT") + 4]
        self.levels.append(level)
        if level != 4:
            connection.sendall(frame(0x20, b"\0\1"))
            return
        connection.sendall(frame(0x20, b"\0\0"))
        self.published += len(connection.recv(65536)) > 0
        connection.sendall(bytes([0x30, 0xFF, 0xFF, 0xFF, 0xFF]) + b"\xff" * 200)


def an_old_broker_is_spoken_to_in_its_own_tongue_and_garbage_is_survived():
    """a broker that refuses MQTT 5 is spoken to in 3.1.1; garbage from it ends the connection, not the daemon"""
    broker = OldBroker()
    broker.start()
    with Town() as town:
        town.write("netzwacht.yaml", (town.dir / "netzwacht.yaml").read_text().replace(f"port: {town.port}", f"port: {broker.port}"))
        town.start_alerts()
        wait_for("a second connection in 3.1.1", 30, lambda: broker.levels.count(4) >= 2)
        check(broker.levels[0] == 5, f"the first attempt was level {broker.levels[0]}")
        check(broker.published > 0, "nothing was sent to the old broker")
        check(town.alerts.poll() is None, "netzwacht-alerts died of garbage")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    run_tests(certificates_and_the_access_list_let_the_right_ones_in, a_broker_without_our_trust_is_not_believed,
              an_old_broker_is_spoken_to_in_its_own_tongue_and_garbage_is_survived)
