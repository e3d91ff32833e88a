# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP server that plays NetBox (shapes of version 3 and 4) and LibreNMS with a city's inventory in it, and plays up
when told to: busy, broken, slow, endless, or pointing elsewhere."""
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = "0123456789abcdef0123456789abcdef01234567"
SECRET = "snmp-community-of-theirs"


class Netbox:
    """The city as NetBox objects; keys of ours go into custom fields."""

    ROLES = {"ap": "access-point", "controller": "wlan-controller", "switch": "access-switch", "ups": "ups", "olt": "olt",
             "router": "router", "other": "other"}

    def __init__(self, items, version):
        self.version = version
        self.site_ids = {s["id"]: n for n, s in enumerate(items["sites"], 1)}
        self.ids = {d["id"]: n for n, d in enumerate(items["devices"], 101)}
        self.sites = [self.site(s) for s in items["sites"]]
        self.devices = [self.device(d) for d in items["devices"]]
        self.interfaces, self.power_ports = [], []
        by_id = {d["custom_fields"]["netzwacht_id"]: d for d in self.devices}
        for hotspot in items["hotspots"]:
            own = by_id[hotspot["device"]]
            if "entity" in hotspot:
                own = self.row(hotspot)
            own["custom_fields"]["netzwacht_hotspot"] = hotspot["id"]
            own["latitude"], own["longitude"] = self.number(hotspot["lat"]), self.number(hotspot["lon"])
            if "entity" in hotspot:
                self.connect(own, hotspot)
        for device in items["devices"]:
            self.connect(by_id[device["id"]], device)

    def number(self, text):
        return text if self.version == 3 else float(text)

    def site(self, s):
        return {"id": self.site_ids[s["id"]], "name": s["name"], "slug": s["id"], "status": {"value": "active", "label": "Active"},
                "latitude": self.number(s["lat"]), "longitude": self.number(s["lon"]),
                "custom_fields": {"netzwacht_kind": s["kind"], "netzwacht_district": s.get("district"), "owner": "Werke"}}

    def device(self, d):
        role = {"id": 1, "slug": "core-switch" if d.get("core") else self.ROLES[d["kind"]], "name": d["kind"]}
        site = {"id": self.site_ids[d["site"]], "slug": d["site"]} if "site" in d else None
        return {"id": self.ids[d["id"]], "name": d["name"], "role" if self.version == 4 else "device_role": role,
                "device_type": {"id": 2, "slug": "x1000", "model": "X1000", "manufacturer": {"slug": "acme"}}, "site": site,
                "status": {"value": "active", "label": "Active"}, "serial": f"SN{self.ids[d['id']]}",
                "primary_ip": {"id": 5, "address": d["address"] + "/12"}, "latitude": None, "longitude": None,
                "custom_fields": {"netzwacht_id": d["id"], "netzwacht_port": int(d["port"])}}

    def row(self, hotspot):
        """An access point that only its controller knows."""
        number = 1000 + len(self.devices)
        device = self.device({"id": hotspot["device"], "name": hotspot["name"], "kind": "ap", "site": hotspot["site"],
                              "address": "", "port": "0"})
        device.update(id=number, serial="", primary_ip=None,
                      custom_fields={"netzwacht_device": str(self.ids[hotspot["device"]]), "netzwacht_entity": hotspot["entity"],
                                     "netzwacht_height": float(hotspot["height"])})
        self.devices.append(device)
        return device

    def end(self, device, name):
        return {"id": 7, "name": name, "device": {"id": device if isinstance(device, int) else device["id"], "name": "x"}}

    def connected(self, near, far, kind):
        ends = {"connected_endpoints": [far], "connected_endpoints_type": kind} if self.version == 4 else \
            {"connected_endpoint": far, "connected_endpoint_type": kind}
        return {"id": 9, "name": near["name"], "device": near["device"], **ends}

    def connect(self, device, item):
        if "uplink" in item:
            port = item.get("uplink_port", "if/unknown").removeprefix("if/")
            near, far = self.end(device, "eth0"), self.end(self.ids[item["uplink"]], port)
            self.interfaces += [self.connected(near, far, "dcim.interface"), self.connected(far, near, "dcim.interface")]
        if "power" in item:
            near, far = self.end(device, "PSU"), self.end(self.ids[item["power"]], "Outlet 1")
            self.power_ports.append(self.connected(near, far, "dcim.poweroutlet"))

    def lists(self):
        return {"/api/dcim/sites/": self.sites, "/api/dcim/devices/": self.devices, "/api/dcim/interfaces/": self.interfaces,
                "/api/dcim/power-ports/": self.power_ports}

    def answer(self, server, path, query):
        if path not in self.lists():
            return 404, {"detail": "Not found."}
        offset, limit = int(query.get("offset", ["0"])[0]), min(server.page, int(query["limit"][0]))
        items = self.lists()[path]
        more = offset + limit < len(items)
        following = f"{server.next_origin or server.url}{path}?limit={limit}&offset={offset + limit}" if more else None
        return 200, {"count": len(items), "next": following, "previous": None, "results": items[offset:offset + limit]}

    @staticmethod
    def is_allowed(headers):
        return headers.get("Authorization") == f"Token {TOKEN}"


class Librenms:
    """The city as LibreNMS knows it: what has an agent, and who neighbours whom."""

    OS = {"ap": "aruba-instant", "controller": "arubaos", "switch": "junos", "ups": "apc", "olt": "smartax", "router": "vyos"}
    TYPES = {"ap": "wireless", "controller": "wireless", "ups": "power"}

    def __init__(self, items):
        self.location_ids = {s["id"]: n for n, s in enumerate(items["sites"], 1)}
        self.ids = {d["id"]: n for n, d in enumerate(items["devices"], 1)}
        self.locations = [{"id": self.location_ids[s["id"]], "location": s["name"], "lat": float(s["lat"]), "lng": float(s["lon"]),
                           "timestamp": "2026-11-22 01:00:00"} for s in items["sites"]]
        self.devices = [self.device(d) for d in items["devices"]]
        self.ports, self.links = [], []
        for d in items["devices"]:
            if "uplink" in d:
                port = self.port(d["uplink"], d["uplink_port"].removeprefix("if/"))
                self.links.append({"id": len(self.links), "local_port_id": port, "local_device_id": self.ids[d["uplink"]],
                                   "remote_port_id": self.port(d["id"], "eth0"), "active": 1, "protocol": "lldp",
                                   "remote_hostname": d["name"], "remote_device_id": self.ids[d["id"]], "remote_port": "eth0"})
        self.links.append({"id": 999, "local_port_id": 1, "local_device_id": 1, "remote_port_id": None, "remote_device_id": 0,
                           "remote_hostname": "a telephone", "remote_port": "1", "active": 1, "protocol": "lldp"})

    def device(self, d):
        return {"device_id": self.ids[d["id"]], "hostname": d["address"], "sysName": d["id"], "overwrite_ip": None, "ip": "x",
                "community": SECRET, "authname": SECRET, "authpass": SECRET, "cryptopass": SECRET, "snmpver": "v2c",
                "port": int(d["port"]), "transport": "udp", "os": self.OS[d["kind"]], "type": self.TYPES.get(d["kind"], "network"),
                "hardware": "X1000", "serial": None, "status": True, "disabled": 0, "snmp_disable": 0,
                "location_id": self.location_ids.get(d.get("site"))}

    def port(self, device, name):
        self.ports.append({"port_id": len(self.ports) + 1, "device_id": self.ids[device], "ifName": name})
        return len(self.ports)

    def answer(self, server, path, query):
        lists = {"/api/v0/resources/locations": ("locations", self.locations), "/api/v0/devices": ("devices", self.devices),
                 "/api/v0/ports": ("ports", self.ports), "/api/v0/resources/links": ("links", self.links)}
        if path not in lists:
            return 404, {"status": "error", "message": "This API route doesn't exist."}
        name, items = lists[path]
        return 200, {"status": "ok", name: items, "count": len(items)}

    @staticmethod
    def is_allowed(headers):
        return headers.get("X-Auth-Token") == TOKEN


class Server:
    """Serves one of the above on a free port of 127.0.0.1 for as long as a `with` block lasts."""

    def __init__(self, system, page=7, certificate=None):
        self.system, self.page = system, page
        self.next_origin = None
        self.mischief = {}  # path -> list of functions(handler), each used once
        self.asked = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                server.handle(self)

            def handle(self):
                try:
                    super().handle()
                except ssl.SSLError:
                    pass  # who does not trust the certificate hangs up

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.05,))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()

    def handle(self, handler):
        url = urlsplit(handler.path)
        self.asked.append(handler.path)
        try:
            if self.mischief.get(url.path):
                self.mischief[url.path].pop(0)(handler)
            elif not self.system.is_allowed(handler.headers):
                reply(handler, 401, {"detail": "Invalid token"})
            else:
                reply(handler, *self.system.answer(self, url.path, parse_qs(url.query)))
        except (BrokenPipeError, ConnectionResetError):
            pass  # who was asked for too much may leave


def reply(handler, status, body, **headers):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(text)))
    for key, value in headers.items():
        handler.send_header(key.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(text)


def truncated(handler):
    reply(handler, 200, b'{"count": 3, "next": null, "results": [{"id": 1, "na')


def endless(handler):
    """More than anybody should take."""
    handler.send_response(200)
    handler.end_headers()
    piece = b" " * 65536
    for _ in range(1100):
        handler.wfile.write(piece)


def silent(handler):
    for _ in range(100):
        time.sleep(0.1)
        if handler.wfile.closed:
            return
