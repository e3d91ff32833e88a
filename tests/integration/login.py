#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dashboard's door: TLS and headers, cookie, CSRF token, limits of sessions and of tries, and every route with every role."""
import http.client
import json
import re
import sqlite3
import ssl
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import SOURCE, check, run_tests, tool
from lib.lone import USERS, Lone, trusting

lone = None
PROXY = {"X-Forwarded-Proto": "https"}
MINUTE_NS = 60 * 10**9
CHANGE = "/api/v1/incidents/nothing-here/acknowledge"


def routes():
    """(method, path, roles) of each line of the route table."""
    words = {"ROLES_ALL": {"public", *USERS}, "ROLES_STAFF": set(USERS), "ROLES_ACT": {"operator", "noc", "admin"}, "ROLES_NOC": {"noc", "admin"}, "ROLE_ADMIN": {"admin"}}
    text = (SOURCE / "dashboards/routes.c").read_text()
    body = text[text.index("routes[] = {"):text.index("};", text.index("routes[] = {"))]
    found = re.findall(r'{HTTP_(\w+),\s*(API)?\s*"([^"]*)",\s*(\w+),\s*(\w+)}', body)
    check(len(found) == body.count("{HTTP_"), f"{len(found)} of {body.count('{HTTP_')} lines are understood")
    return [(method, ("/api/v1/" if api else "") + path, words[roles]) for method, api, path, roles, _ in found]


def each_route_lets_in_its_roles():
    """every line of the route table is asked with every role, an expired session and a token that may only read: all as it says"""
    table, problems = routes(), []
    check(len(table) >= 50, f"only {len(table)} routes")
    read_only = lone.run("netzwacht", "token", "add", "-c", lone.config, "--role", "noc", "screen").stdout.strip()
    expired = lone.client("operator")
    change_sessions("UPDATE sessions SET seen = seen - ? WHERE seen = (SELECT max(seen) FROM sessions)", 31 * MINUTE_NS)
    everybody = [("public", lone.client(), {}), ("public", expired, {}), *((name, lone.client(name), {}) for name in USERS),
                 ("noc", lone.client(), {"Authorization": f"Bearer {read_only}"})]
    for method, path, roles in table:
        asked = re.sub(r"\{\w+\}", "nothing-here", path).replace("*", "nothing-here")
        for role, client, headers in everybody:
            if path.endswith("/session") and method in ("DELETE", "POST"):
                continue  # it ends or begins what the others here use; it has tests of its own
            # an empty object is refused by the handler if the role is let in, so nothing is changed
            status = client.ask(method, asked, {} if method in ("POST", "PUT", "PATCH") else None, headers)[0].status if path != "/api/v1/events" else first_status(client, asked, headers)
            wanted = role in roles and not (headers and method != "GET")
            if (status not in (401, 403)) != wanted:
                problems.append(f"{method} {path} as {role}{' by token' if headers else ''}: {status}")
    check(not problems, "\n".join(problems))


def first_status(client, path, headers):
    """Of an answer that does not end."""
    connection = http.client.HTTPConnection("127.0.0.1", lone.port, timeout=60)
    try:
        connection.request("GET", path, headers={**headers, **({"Cookie": client.cookie} if client.cookie else {})})
        return connection.getresponse().status
    finally:
        connection.close()


def change_sessions(sql, *values):
    with sqlite3.connect(lone.dir / "state/dashboard/users.db", timeout=30) as db:
        check(db.execute(sql, values).rowcount > 0, f"{sql}: no row")
    db.close()


def every_answer_has_its_headers():
    """every answer, errors and refusals too, carries the policy, nosniff and no-referrer; all but the citizens' COOP, CORP and DENY"""
    for method, path in (("GET", "/"), ("GET", "/api/v1/session"), ("GET", "/api/v1/hotspots"), ("GET", "/api/v1/nothing"), ("POST", "/api/v1/users"), ("DELETE", "/healthz"),
                         ("GET", "/nothing"), ("GET", "/healthz"), ("GET", "/metrics"), ("HEAD", "/api/v1/config"), ("PUT", "/")):
        for client in (lone.client(), lone.client("admin")) if path == "/api/v1/hotspots" else (lone.client(),):
            answer, _ = client.ask(method, path)
            found = {name.lower(): value for name, value in answer.getheaders()}
            for name, part in {"content-security-policy": "require-trusted-types-for 'script'", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "x-frame-options": "DENY",
                               "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin", "permissions-policy": "camera=()"}.items():
                check(part in found.get(name, ""), f"{method} {path}: {name}: {found.get(name)}")
            check("unsafe" not in found["content-security-policy"] and "default-src 'none'" in found["content-security-policy"], f"{path}: {found['content-security-policy']}")
            check("strict-transport-security" not in found, f"{path}: HSTS without TLS")


def cookie_is_the_browsers_alone():
    """the cookie is HttpOnly and SameSite=Strict, behind a TLS proxy __Host- and Secure with HSTS, and no script's"""
    answer, _ = lone.client().try_log_in("noc", USERS["noc"])
    check(re.fullmatch(r"nw_session=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict", answer.getheader("Set-Cookie")), answer.getheader("Set-Cookie"))
    client = lone.client()
    answer, _ = client.ask("POST", "/api/v1/session", {"user": "noc", "password": USERS["noc"]}, PROXY)
    cookie = answer.getheader("Set-Cookie")
    check(re.fullmatch(r"__Host-nw_session=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict; Secure", cookie), cookie)
    check(answer.getheader("Strict-Transport-Security") == "max-age=63072000", f"{answer.getheaders()}")
    client.cookie = cookie.split(";")[0]
    check(json.loads(client.ask("GET", "/api/v1/session", headers=PROXY)[1])["user"] == "noc", "the cookie is not taken")
    check(json.loads(client.ask("GET", "/api/v1/session")[1])["user"] is None, "without TLS a __Host- cookie is taken")
    client.cookie = client.cookie.replace("__Host-", "")
    check(json.loads(client.ask("GET", "/api/v1/session", headers=PROXY)[1])["user"] is None, "a cookie that any neighbour could set is taken")
    check(client.ask("GET", "/", headers=PROXY)[0].getheader("Strict-Transport-Security"), "files have no HSTS")


def changes_need_our_own_page():
    """without the token, with another session's, from another origin, or as a form: refused, logging in and out too"""
    client, other = lone.client("noc"), lone.client("admin")
    for headers in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": other.token}, {"X-CSRF-Token": client.token[:-1]}, {"X-CSRF-Token": client.token.upper() + "0"}, {"Origin": "https://evil.example"}, {"Origin": "null"},
                    {"Origin": f"http://127.0.0.1:{lone.port + 1}"}, {"Origin": f"http://127.0.0.1:{lone.port}.evil.example"}, {"Origin": "x"}):
        for method, path in (("POST", CHANGE), ("DELETE", "/api/v1/maintenance/x"), ("DELETE", "/api/v1/session")):
            answer, data = client.ask(method, path, {} if method == "POST" else None, headers)
            check(answer.status == 403 and b"csrf" in data, f"{method} {path} {headers}: {answer.status}")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        check(client.ask("POST", CHANGE, {}, {"Content-Type": kind})[0].status == 415, f"{kind} passes")
    answer, data = lone.client().ask("POST", "/api/v1/session", {"user": "noc", "password": USERS["noc"]}, {"Origin": "https://evil.example"})
    check(answer.status == 403 and not answer.getheader("Set-Cookie"), f"another site logs somebody in: {answer.status}")
    check(client.ask("POST", CHANGE, {}, {"Origin": f"http://127.0.0.1:{lone.port}"})[0].status == 404, "the own page is refused")


def session_ends_in_time():
    """a session ends when it is idle for 30 minutes, and 12 hours after the log-in whatever happens; a new log-in ends the one before"""
    for sql, what in (("UPDATE sessions SET seen = seen - ? WHERE user = 'planner'", 30 * MINUTE_NS), ("UPDATE sessions SET created = created - ? WHERE user = 'planner'", 12 * 60 * MINUTE_NS)):
        client = lone.client("planner")
        check(client.ask("GET", "/api/v1/hotspots")[0].status == 200, "not logged in")
        change_sessions(sql, what - 5 * MINUTE_NS)
        check(client.ask("GET", "/api/v1/hotspots")[0].status == 200, f"{sql}: ended early")
        change_sessions(sql, what)
        check(client.ask("GET", "/api/v1/hotspots")[0].status == 401, f"{sql}: goes on")
    client = lone.client("planner")
    before = client.cookie
    client.log_in("planner")
    check(client.cookie != before, "the same session again")
    client.cookie = before
    check(client.ask("GET", "/api/v1/hotspots")[0].status == 401, "the session before the log-in goes on")
    database = (lone.dir / "state/dashboard/users.db").read_bytes() + (lone.dir / "state/dashboard/users.db-wal").read_bytes()
    check(before.split("=")[1].encode() not in database, "the session's token itself is stored")


def tries_are_few():
    """five tries an account and twenty an address, then 429 with Retry-After; the right password waits too, others do not"""
    def until_throttled(attempt):
        for n in range(300):
            answer, data = attempt(n)
            if answer.status == 429:
                check(int(answer.getheader("Retry-After")) > 0 and b"too-many-logins" in data, f"{answer.getheaders()} {data}")
                return n
            check(answer.status == 401, f"try {n}: {answer.status}")
        check(False, "never throttled")
    # from as many addresses as there are tries: by account
    tries = until_throttled(lambda n: lone.client(address=f"127.0.4.{1 + n % 250}").try_log_in("operator", "certainly wrong"))
    check(tries >= 5, f"throttled at try {tries}")
    check(lone.client(address="127.0.5.1").try_log_in("operator", USERS["operator"])[0].status == 429, "the right password need not wait")
    lone.client("noc", address="127.0.5.1")
    # as many accounts as tries: by address; a token costs no time, so the machine cannot be too slow for it
    tries = until_throttled(lambda n: lone.client(address="127.0.6.1").ask("POST", "/api/v1/session", {"token": f"nwt_{n:060}"}))
    check(tries >= 20, f"throttled at try {tries}")
    check(lone.client(address="127.0.6.1").try_log_in("noc", USERS["noc"])[0].status == 429, "by password the address need not wait")
    # behind a proxy the last address counts: what the browser itself wrote stands before it
    forged = lambda n, last: lone.client(address="127.0.7.1").ask("POST", "/api/v1/session", {"token": f"nwt_{n:060}"}, {"X-Forwarded-For": f"10.9.{n % 200}.1, {last}"})  # noqa: E731
    check(until_throttled(lambda n: forged(n, "10.1.1.1")) >= 20, "by the proxy's address")
    check(forged(0, "10.1.1.2")[0].status == 401, "another browser behind the proxy must wait")


def unknown_users_look_like_known_ones():
    """a user that does not exist gets byte for byte the answer to a wrong password, with the same headers"""
    answers = [lone.client(address="127.0.8.1").try_log_in(user, "certainly wrong") for user in ("admin", "nobody-here", "", "x" * 64, "no such user")]
    check({a.status for a, _ in answers} == {401} and len({d for _, d in answers}) == 1, f"{answers}")
    named = [[(k, v) for k, v in a.getheaders() if k != "Date"] for a, _ in answers]
    check(all(n == named[0] for n in named), f"{named}")


def tls_is_ours_when_we_have_a_certificate():
    """with a certificate of its own, ECDSA or RSA, the dashboard speaks TLS 1.3 and nothing older, with HSTS and the __Host- cookie"""
    for kind in (("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), ("rsa:2048",)):
        speaks_tls(kind)


def speaks_tls(kind):
    with Lone(", tls_certificate: server.crt, tls_key: server.key") as secure:
        secure.run(tool("openssl"), "req", "-x509", "-newkey", *kind, "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                   "-keyout", "server.key", "-out", "server.crt", cwd=secure.dir)
        secure.tls = trusting(secure.dir / "server.crt")
        secure.begin(cwd=secure.dir)
        client = secure.client()
        answer, _ = client.try_log_in("admin", USERS["admin"])
        check(re.fullmatch(r"__Host-nw_session=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict; Secure", answer.getheader("Set-Cookie")), answer.getheader("Set-Cookie"))
        check(answer.getheader("Strict-Transport-Security") == "max-age=63072000", f"{answer.getheaders()}")
        client.take(answer)
        check(client.ask("GET", "/api/v1/users")[0].status == 200, "no session over TLS")
        check(client.ask("POST", CHANGE, {}, {"Origin": f"https://127.0.0.1:{secure.port}"})[0].status == 404, "the own page is refused")
        for version in (ssl.TLSVersion.TLSv1_2,):
            old = trusting(secure.dir / "server.crt")
            old.maximum_version = version
            try:
                http.client.HTTPSConnection("127.0.0.1", secure.port, context=old, timeout=30).request("GET", "/")
                check(False, f"{version} is spoken")
            except (ssl.SSLError, ConnectionError):
                pass
        plain = http.client.HTTPConnection("127.0.0.1", secure.port, timeout=30)
        try:
            plain.request("GET", "/api/v1/session")
            check(plain.getresponse().status >= 400, "plain HTTP is answered on the port of TLS")
        except (http.client.HTTPException, OSError):
            pass
        check(secure.answers(), "no answer afterwards")


if __name__ == "__main__":
    with Lone() as lone:
        lone.begin()
        run_tests(each_route_lets_in_its_roles, every_answer_has_its_headers, cookie_is_the_browsers_alone, changes_need_our_own_page, session_ends_in_time, unknown_users_look_like_known_ones,
                  tries_are_few, tls_is_ours_when_we_have_a_certificate)
