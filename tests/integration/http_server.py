#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dashboard's HTTP server against requests that could be read in two ways, and against clients that take their time."""
import re
import resource
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import Skip, check, run_tests, wait_for
from lib.lone import Lone, exchange

lone = None
HOST = "Host: x\r\n"
NEXT = "GET /api/v1/session HTTP/1.1\r\nHost: smuggled\r\nConnection: close\r\n\r\n"  # what a second reader would take for a request
POST = "POST /api/v1/session HTTP/1.1\r\n" + HOST
GET = "GET /api/v1/session HTTP/1.1\r\n"
BODY = '{"a":1}'


def lengths():
    for value in ("-1", "+7", "0x7", "7,7", "7, 7", "7,8", "7;", "7 7", "seven", "", " ", "7.0", "7e0", "\x0b7", "0b111", "18446744073709551616",
                  "99999999999999999999999", "9223372036854775808", "-0", "１"):
        yield f"length {value!r}", POST + f"Content-Length: {value}\r\n\r\n" + BODY
    for first, second in (("7", "7"), ("7", "8"), ("8", "7"), ("0", "7"), ("7", "0"), ("", "7"), ("7", "")):
        for name in ("Content-Length", "content-length", "CONTENT-LENGTH"):
            yield f"lengths {first!r} and {second!r} ({name})", POST + f"Content-Length: {first}\r\n{name}: {second}\r\n\r\n" + BODY
    for name in ("Content-Length ", "Content-Length\t", " Content-Length", "\tContent-Length", "Content-Length\x0b", "Content Length"):
        yield f"name {name!r}", POST + f"{name}: 7\r\n\r\n" + BODY


def encodings():
    chunked = "7\r\n" + BODY + "\r\n0\r\n\r\n"
    for value in ("identity", "gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked", "chunked,", ",chunked", "xchunked", "chunkedx", "chunked;q=1", '"chunked"', "chun ked",
                  "chunked\x0b", "\x0bchunked", "", "none", "compress, chunked", "deflate", "trailers", "chunked identity"):
        yield f"encoding {value!r}", POST + f"Transfer-Encoding: {value}\r\n\r\n" + chunked
    for length in ("7", "0", "4", "100"):
        for value in ("chunked", "Chunked", " chunked", "identity", "xchunked"):
            yield f"length {length} and encoding {value!r}", POST + f"Content-Length: {length}\r\nTransfer-Encoding: {value}\r\n\r\n" + chunked
            yield f"encoding {value!r} and length {length}", POST + f"Transfer-Encoding: {value}\r\nContent-Length: {length}\r\n\r\n" + chunked
    for second in ("chunked", "identity", "gzip"):
        yield f"two encodings, {second}", POST + f"Transfer-Encoding: chunked\r\nTransfer-Encoding: {second}\r\n\r\n" + chunked
    for name in ("Transfer-Encoding ", "Transfer-Encoding\t", " Transfer-Encoding", "Transfer-Encoding\x0b", "Transfer Encoding"):
        yield f"name {name!r}", POST + f"{name}: chunked\r\n\r\n" + chunked
    yield "chunks in HTTP/1.0", POST.replace("1.1", "1.0") + "Transfer-Encoding: chunked\r\n\r\n" + chunked


def chunks():
    head = POST + "Transfer-Encoding: chunked\r\n\r\n"
    for size in ("zz", "-7", "+7", "0x7", "7g", "", " 7", "FFFFFFFFFFFFFFFFF", "10000000000000007", "7\x00", "\x007", "7.", "８"):
        yield f"chunk of {size!r}", head + f"{size}\r\n{BODY}\r\n0\r\n\r\n"
    yield "a chunk without an end", head + f"7\r\n{BODY}0\r\n\r\n"
    yield "a chunk that is longer", head + f"7\r\n{BODY}xx\r\n0\r\n\r\n"
    yield "a chunk over the limit", head + "20000\r\n" + "x" * 0x20000 + "\r\n0\r\n\r\n"
    yield "many chunks over the limit", head + ("1000\r\n" + "x" * 0x1000 + "\r\n") * 20 + "0\r\n\r\n"


def hosts():
    for second in ("x", "y", ""):
        yield f"two hosts, {second!r}", GET + HOST + f"Host: {second}\r\n\r\n"
        yield f"two hosts in small letters, {second!r}", GET + HOST + f"host: {second}\r\n\r\n"
    yield "no host", GET + "\r\n"
    for value in ("a b", "a,b", "a\tb", "user@a", "a/b", "a\\b", "<a>", "a?b", "a#b", '"a"', "a\x7fb"):
        yield f"host {value!r}", GET + f"Host: {value}\r\n\r\n"
    for name in ("Host ", "Host\t", " Host"):
        yield f"name {name!r}", GET + f"{name}: x\r\n\r\n"


def lines():
    for line in ("GET /api/v1/session  HTTP/1.1", "GET\t/api/v1/session\tHTTP/1.1", "GET /api/v1/session HTTP/1.1 x", "GET /api/v1/ses sion HTTP/1.1", "GET /api/v1/session", "GET", "GET /api/v1/session HTTP/2.0",
                 "GET /api/v1/session HTTP/1.2", "GET /api/v1/session HTTP/0.9", "GET /api/v1/session HTTP/11", "GET /api/v1/session HTTP/1.", "GET /api/v1/session http/1.1", "GET /api/v1/session HTTP/1.1.1", "GET /api/v1/session HTTP/-1.1", "GET /api/v1/session HTTPS/1.1",
                 "GET /api/v1/session HTTP /1.1", "GET /api/v1/session FTP/1.1", " GET /api/v1/session HTTP/1.1", "GET http://x/api/v1/session HTTP/1.1", "GET //x/api/v1/session HTTP/1.1", "GET api/v1/session HTTP/1.1", "GET * HTTP/1.1", "GET ? HTTP/1.1",
                 "GET /%zz HTTP/1.1", "GET /%4 HTTP/1.1", "GET /a%00b HTTP/1.1", "GET /a%0d%0aX:1 HTTP/1.1", "GET /%c0%ae%c0%ae/ HTTP/1.1", "GET /\x7f HTTP/1.1", "GET /\x01 HTTP/1.1", "GET /\xff HTTP/1.1",
                 "CONNECT x:80 HTTP/1.1", "PRI * HTTP/2.0", "G\x00T /api/v1/session HTTP/1.1", "GE(T /api/v1/session HTTP/1.1", "TRACE /api/v1/session HTTP/1.1", "TRACK /api/v1/session HTTP/1.1", "OPTIONS * HTTP/1.1",
                 "PUT /api/v1/session HTTP/1.1", "PATCH /api/v1/session HTTP/1.1", "PROPFIND /api/v1/session HTTP/1.1", "get /api/v1/session HTTP/1.1", "X" * 9000 + " /api/v1/session HTTP/1.1"):
        yield f"line {line[:40]!r}", line + "\r\n" + HOST + "Connection: close\r\n\r\n"


def headers():
    for header in ("X", "X Y: 1", " : 1", "X\x00: 1", "X(: 1", "X\x01: 1", "X\xe4: 1", "X: a\x01b", "X: a\x7fb", "X: a\x0bb", "X: a\rb", "X:\r1", "X[]: 1", "X{}: 1", "X@: 1", "X,Y: 1", "X;: 1",
                   "X/: 1", "X?: 1", "X=: 1", 'X": 1', "X\\: 1", "X<>: 1"):
        yield f"header {header!r}", GET + HOST + header + "\r\n\r\n"
    yield "a first line that is folded", GET + " X: a\r\n" + HOST + "\r\n"
    yield "lines that end with CR alone", "GET /api/v1/session HTTP/1.1\rHost: x\r\r"
    yield "ten thousand headers", GET + HOST + "".join(f"X-{n}: y\r\n" for n in range(10000)) + "\r\n"
    yield "a hundred and two headers", GET + HOST + "".join(f"X-{n}: y\r\n" for n in range(102)) + "\r\n"
    yield "a header of a megabyte", GET + HOST + "X: " + "y" * 2**20 + "\r\n\r\n"
    yield "a name of a megabyte", GET + HOST + "y" * 2**20 + ": x\r\n\r\n"
    yield "an address of a megabyte", "GET /" + "a" * 2**20 + " HTTP/1.1\r\n" + HOST + "\r\n"
    yield "a cookie of 40 kB", GET + HOST + "Cookie: nw_session=" + "a" * 40000 + "\r\n\r\n"
    yield "a hundred parameters", "GET /api/v1/session?" + "&".join(f"p{n}=1" for n in range(100)) + " HTTP/1.1\r\n" + HOST + "\r\n"
    yield "a gigabyte announced", POST + "Content-Length: 1073741824\r\n\r\n" + "x" * 70000
    yield "one byte over the limit", POST + "Content-Length: 65537\r\n\r\n" + "x" * 65537
    yield "TLS on a port without", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "\x00" * 500 + "\r\n\r\n"
    yield "HTTP/2 by prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\x00" * 100
    yield "an upgrade", GET + HOST + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nExpect: 200-nothing\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nContent-Length: x\r\n\r\n"


def malformed_requests_are_refused():
    """over 200 requests that can be read in two ways, or not at all, get an error, a closed connection and no second answer"""
    cases = [*lengths(), *encodings(), *chunks(), *hosts(), *lines(), *headers()]
    check(len(cases) >= 200 and len({name for name, _ in cases}) == len(cases), f"{len(cases)} cases")
    problems = []
    before = memory()
    for name, request in cases:
        answer, is_closed = exchange(lone.port, (request + NEXT).encode("latin-1", "replace") if "１" not in request and "８" not in request else (request + NEXT).encode(), 40)
        statuses = re.findall(rb"(?:^|\r\n\r\n|})HTTP/1\.[01] (\d+)", answer)
        if not is_closed:
            problems.append(f"{name}: not closed, {answer[:60]!r}")
        elif any(int(status) < 400 for status in statuses) or b"The body is wrong" in answer:
            problems.append(f"{name}: {statuses} {answer[:300]!r}")
    check(not problems, "\n".join(problems))
    check(lone.answers(), "no answer to a good request afterwards")
    check(memory() - before < 16, f"{memory() - before:.1f} MiB more than before")


def good_requests_pass():
    """what the standard allows is read: optional white space, names in any case, chunks, an empty line before"""
    for name, request in {
        "plain": GET + HOST, "white space": GET + "Host:x\r\nX:  \t y \t \r\n", "small letters": GET + "host: x\r\n", "an empty line before": "\r\n" + GET + HOST,
        "an empty header": GET + HOST + "X:\r\n", "a hundred bytes of every token": GET + HOST + "X!#$%&'*+-.^_`|~09: y\r\n", "a port": GET + "Host: [::1]:8080\r\n",
        "obs-text": GET + HOST + "X: \xe4\xf6\r\n", "HTTP/1.0": GET.replace("1.1", "1.0"), "an empty host": GET + "Host:\r\n",
    }.items():
        answer, _ = exchange(lone.port, (request + "Connection: close\r\n\r\n").encode("latin-1"))
        check(re.match(rb"HTTP/1\.[01] 200 ", answer), f"{name}: {answer[:80]!r}")
    for name, request in {"length": f"Content-Length: {len(BODY)}\r\n\r\n{BODY}", "chunks": f"Transfer-Encoding: chunked\r\n\r\n3\r\n{BODY[:3]}\r\n4;x=y\r\n{BODY[3:]}\r\n0\r\n\r\n",
                          "CHUNKED": f"Transfer-Encoding:\tCHUNKED\r\n\r\n{len(BODY)}\r\n{BODY}\r\n0\r\nX: y\r\n\r\n", "no body": "Content-Length: 0\r\n\r\n"}.items():
        answer, _ = exchange(lone.port, (POST + "Content-Type: application/json\r\nConnection: close\r\n" + request).encode())
        check(answer.startswith(b"HTTP/1.1 400 ") and b'"The body is wrong"' in answer, f"{name}: {answer[:300]!r}")
    pipelined, _ = exchange(lone.port, (GET + HOST + "\r\n" + NEXT).encode())
    check(len(re.findall(rb"HTTP/1\.1 200 ", pipelined)) == 2, f"two requests in one go: {pipelined[:200]!r}")


def memory():
    """MiB"""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{lone.dashboard.pid}/status").read_text())[1]) / 1024


def many_files():
    """As many open files as this process may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 4096:
        raise Skip(f"this machine allows {hard} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else 8192, hard))


def connect(address, text):
    s = socket.socket()
    s.settimeout(60)
    s.bind((address, 0))
    s.connect(("127.0.0.1", lone.port))
    s.sendall(text.encode())
    return s


def slow_clients_take_no_place():
    """among 3,000 connections that are silent, send half a header or half a body, who asks at once is answered"""
    many_files()
    texts = ("", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", POST + "Content-Length: 100\r\n\r\n{")
    before, open_ones = memory(), []
    try:
        for n in range(3000):
            open_ones.append(connect(f"127.0.1.{1 + n // 900}", texts[n % 3]))
            if n % 100 == 99:
                check(lone.client().ask("GET", "/healthz")[0].status in (200, 503), f"no answer beside {n} others")
        for _ in range(100):
            check(lone.client().ask("GET", "/healthz")[0].status in (200, 503), "no answer")
        wait_for("displaced connections in the figures", 60, lambda: lone.figure("http_displaced_total") > 0)
        check(lone.figure("http_connections") <= 2001, f"{lone.figure('http_connections')} connections")
        check(memory() - before < 64, f"{memory() - before:.0f} MiB more")
    finally:
        for s in open_ones:
            s.close()
    wait_for("the places are free again", 60, lambda: lone.figure("http_connections") < 20)


def one_address_has_its_share():
    """one address, even the proxy's, has at most 1,000 connections, and others are served"""
    many_files()
    open_ones = [connect("127.0.2.1", "") for _ in range(1050)]
    try:
        def closed():
            count = 0
            for s in open_ones[1000:]:
                s.settimeout(0.05)
                try:
                    count += s.recv(1) == b""
                except TimeoutError:
                    pass
                except ConnectionResetError:
                    count += 1
            return count
        check(closed() > 0 or wait_for("refused connections", 30, closed), "more than its share")
        check(lone.answers(), "others are not served")
    finally:
        for s in open_ones:
            s.close()


def deadlines_are_absolute():
    """whoever sends a byte now and then is cut all the same: in the headers, in the body, and between requests"""
    starts = {"headers": "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", "body": POST + "Content-Length: 10000\r\n\r\n", "nothing": "", "between": GET + HOST + "\r\n"}
    sockets = {name: connect("127.0.3.1", text) for name, text in starts.items()}
    alive = dict(sockets)
    deadline = time.monotonic() + 240
    try:
        while alive and time.monotonic() < deadline:
            for name, s in list(alive.items()):
                s.settimeout(0.3)
                try:
                    if name in ("headers", "body"):
                        s.sendall(b"y")
                    while s.recv(4096):
                        pass
                    del alive[name]
                except TimeoutError:
                    pass
                except OSError:
                    del alive[name]
        check(not alive, f"still open: {list(alive)}")
    finally:
        for s in sockets.values():
            s.close()
    check(lone.answers(), "no answer afterwards")


if __name__ == "__main__":
    with Lone() as lone:
        lone.begin()
        run_tests(good_requests_pass, malformed_requests_are_refused, slow_clients_take_no_place, one_address_has_its_share, deadlines_are_absolute)
