# SPDX-License-Identifier: GPL-3.0-or-later
"""netzwacht-dashboard alone, over an inventory of one hotspot: what tests of its server and of its log-in need."""
import http.client
import json
import socket
import ssl

from .harness import World, check, free_port, wait_for

USERS = {"operator": "operator-password-1", "noc": "noc-password-1234", "planner": "planner-password-1", "admin": "admin-password-12"}
INVENTORY = """sites: [{id: markt, name: Markt, lat: 53.7, lon: 10.0}]
devices: [{id: core, name: Core, address: 127.0.0.1, kind: switch, site: markt, core: true}]
hotspots: [{id: hs-1, name: Markt, site: markt, device: core}]
"""


class Lone(World):
    """settings: further members of `dashboard`; lines: further lines of netzwacht.yaml."""

    def __init__(self, settings="", lines=""):
        super().__init__()
        self.port, self.tls = free_port(), None
        self.write("inventory.yaml", INVENTORY)
        self.config = self.write("netzwacht.yaml", f"instance: teststadt\nstate_dir: state\ninventory: [inventory.yaml]\n{lines}"
                                 f"dashboard: {{listen: 127.0.0.1, port: {self.port}{settings}}}\n")
        (self.dir / "state").mkdir()
        self.write("users", "".join(f"{name} {name} {word}\n" for name, word in USERS.items()), mode=0o600)
        self.run("netzwacht", "user", "import", "-c", self.config, self.dir / "users")

    def begin(self, **kwargs):
        self.dashboard = self.start("netzwacht-dashboard", "-c", self.config, **kwargs)
        wait_for("the dashboard", 60, self.answers)
        return self

    def answers(self):
        try:
            return self.client().ask("GET", "/api/v1/session")[0].status == 200
        except OSError:
            check(self.dashboard.poll() is None, self.log("netzwacht-dashboard"))
            return False

    def client(self, user=None, address="127.0.0.1"):
        client = Client(self, address)
        return client.log_in(user) if user else client

    def figure(self, name):
        found = [line.split()[-1] for line in self.client().ask("GET", "/metrics")[1].decode().splitlines() if line.startswith(f"netzwacht_{name}{{") or line.startswith(f"netzwacht_{name} ")]
        return float(found[0]) if found else 0.0


class Client:
    """One browser: a cookie and a CSRF token. address: from where it connects, 127.0.0.0/8."""

    def __init__(self, lone, address):
        self.lone, self.address, self.cookie, self.token = lone, address, None, None

    def ask(self, method, path, body=None, headers=None):
        """(answer, bytes)"""
        where = ("127.0.0.1", self.lone.port)
        kwargs = {"timeout": 60, "source_address": (self.address, 0)}
        connection = http.client.HTTPSConnection(*where, context=self.lone.tls, **kwargs) if self.lone.tls else http.client.HTTPConnection(*where, **kwargs)
        own = {"Content-Type": "application/json"} if body is not None else {}
        if self.cookie:
            own["Cookie"] = self.cookie
        if self.token and method not in ("GET", "HEAD"):
            own["X-CSRF-Token"] = self.token
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, {**own, **(headers or {})})
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def try_log_in(self, user, password, **more):
        return self.ask("POST", "/api/v1/session", {"user": user, "password": password, **more})

    def take(self, answer):
        """The cookie of a log-in, and its CSRF token."""
        self.cookie = answer.getheader("Set-Cookie").split(";")[0]
        self.token = json.loads(self.ask("GET", "/api/v1/session")[1])["csrf"]
        return self

    def log_in(self, user, password=None):
        answer, data = self.try_log_in(user, password or USERS[user])
        check(answer.status == 204, f"log-in of {user}: {answer.status} {data}")
        return self.take(answer)


def exchange(port, request, seconds=20):
    """Sends bytes as they are; (all that comes back, whether the server closed the connection)."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as s:
        try:
            s.sendall(request)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before it was read to its end
        try:
            while chunk := s.recv(65536):
                answer += chunk
        except TimeoutError:
            return answer, False
        except ConnectionResetError:
            pass
    return answer, True


def trusting(certificate):
    context = ssl.create_default_context(cafile=str(certificate))
    context.check_hostname = False
    return context
