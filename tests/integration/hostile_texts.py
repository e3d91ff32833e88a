#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A town full of hostile texts (lib/hostile.py) in what is no page: JSON, CSV, the feed, logs, the terminal. Pages: xss.mjs."""
import csv
import io
import json
import re
import sys
import urllib.parse
import xml.etree.ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from lib.harness import check, run_tests
from lib.hostile import SWITCH_NAME, TEXTS, Town

CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
CSV = {"Accept": "text/csv"}
town = None


def corpus_is_large():
    """there are at least 200 texts, each in every field of the town"""
    check(len(TEXTS) >= 200 and len(set(TEXTS)) == len(TEXTS), f"{len(TEXTS)} texts")
    hotspots = {h["id"]: h for h in town.get("/hotspots?limit=1000")["items"]}
    devices = {d["id"]: d for d in town.get("/devices?limit=1000")["items"]}
    for i, text in enumerate(TEXTS):
        check(hotspots[f"hs-{i}"]["name"] == text == hotspots[f"hs-{i}"]["site_name"], f"{text!r}: {hotspots[f'hs-{i}']}")
        check(devices[f"d-{i}"]["model"] == text == devices[f"d-{i}"]["name"], f"{text!r}: {devices[f'd-{i}']}")
    entities = {e["id"]: e for e in town.get("/devices/core/entities?limit=1000")["items"]}
    check(all(entities[f"if/{text}"]["attributes"]["alias"] == text for text in TEXTS), "an alias is not what it was")
    comments = {entry["comment"] for entry in town.get(f"/incidents/{town.incident}")["log"]}
    check(comments >= set(TEXTS), f"{set(TEXTS) - comments}")


def json_is_inert():
    """JSON carries every text whole, and neither markup nor a control character as such"""
    for path in ("/hotspots?limit=1000", "/hotspots.geojson", "/devices?limit=1000", "/devices/core/entities", "/devices/core/neighbours", "/sites?limit=1000",
                 "/services", "/topology", "/firmware", "/firmware/assets?limit=1000", f"/incidents/{town.incident}", "/incidents", "/config", "/summary"):
        status, data = town.ask("GET", path)
        text = data.decode()
        check(status == 200 and not re.search(r"[<>&'\u2028\u2029]", text), f"{path}: {re.findall('.{20}[<>&].{20}', text)[:3]}")
        check(not CONTROLS.search(text), f"{path}: a control character")
        json.loads(text)


def csv_has_no_formula():
    """no cell of a table begins as a formula does, each row has its cells, and the browser saves it rather than shows it"""
    tables = ["/firmware/assets?limit=1000", "/firmware", *(f"/series?entity=core/{urllib.parse.quote('if/' + text, safe='')}&metric=interface.in&from=-60"
                                                            for text in TEXTS if text[0] in "=+-@<\"" and text.isprintable())]
    cells = set()
    for path in tables:
        status, data = town.ask("GET", path, headers=CSV)
        check(status == 200, f"{path}: {status} {data[:200]}")
        check(town.answer.getheader("Content-Disposition", "").startswith("attachment") and town.answer.getheader("X-Content-Type-Options") == "nosniff", path)
        rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
        check(len({len(row) for row in rows}) == 1, f"{path}: rows of different lengths")
        for cell in (cell for row in rows for cell in row):
            check(not re.match(r"[=+\-@\t\r]", cell) or re.fullmatch(r"-?[\d.]+(e[+-]\d+)?", cell), f"{path}: {cell!r}")
            cells.add(cell)
    formulas = [text for text in TEXTS if text[0] in "=+-@\t\r"]
    check(len(formulas) >= 10 and all("'" + text in cells for text in formulas), "formulas are not in the tables")


def feed_and_map_are_xml():
    """the citizens' feed and map are well-formed, and have no script, no handler and no address of another kind"""
    directory = town.dir / "state/public"
    files = [f for f in directory.iterdir() if f.suffix in (".svg", ".atom", ".xml")]
    check(len(files) >= 2, f"{list(directory.iterdir())}")
    for file in files:
        for element in xml.etree.ElementTree.parse(file).iter():
            check(not re.search(r"}(script|foreignObject|iframe)$", element.tag), f"{file.name}: {element.tag}")
            for name, value in element.attrib.items():
                check(not name.lower().startswith("on") and not re.match(r"\s*(javascript|data|vbscript):", value, re.I), f"{file.name}: {name}={value}")
    pages = "".join(f.read_text() for f in directory.glob("*.html"))
    shown = [text for text in TEXTS if text.isprintable() and re.sub("[<>&\"']", lambda m: {"<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;", "'": "&#39;"}[m[0]], text) in pages]
    check(len(shown) > 200, f"only {len(shown)} texts stand on the citizens' pages")


def logs_stay_lines():
    """a name cannot end a line of a log, nor send the terminal a command; the same of the commands that show incidents"""
    town.run("netzwacht-dashboard", "-c", town.write("damaged.yaml", "instance: \"\\x1b[31m\\u009b31m\"\nno_such: \"a\\nb\"\n"), ok=False, timeout=30)
    logs = {name: (town.dir / f"netzwacht-{name}.log").read_text(errors="strict") for name in ("alerts", "public", "dashboard")}
    outputs = {"list": ("incidents", "list"), "show": ("incidents", "show", town.incident), "journal": None}
    for name, words in outputs.items():
        if words:
            logs[name] = town.run("netzwacht", *words, "-c", town.config).stdout
    logs["journal"] = town.run("netzwacht", "journal", "cat", "--dir", town.dir / "state/journal", "collector", ok=False).stdout
    for name, text in logs.items():
        bad = CONTROLS.search(text)
        check(not bad, f"{name}: {text[max(0, bad.start() - 80):bad.end() + 20]!r}" if bad else "")
        check("\nnetzwacht-alerts: error: forged" not in text, f"{name}: a forged line")
    for name in ("alerts", "list", "show"):
        check("<img src=x onerror=alert(1)>\\x0anetzwacht-alerts: error: forged \\x1b[31m\\x9b31m" in logs[name], f"{name}: does not name {SWITCH_NAME!r}:\n{logs[name][-500:]}")
    check(logs["journal"].count('"trap"') >= len(TEXTS), "the traps are not in the journal")


def hostile_bodies_are_refused():
    """a text with NUL, half a character or too many of them is refused, and changes nothing"""
    path = f"/incidents/{town.incident}/comment"
    before = len(town.get(f"/incidents/{town.incident}")["log"])
    for body in ({"comment": "a\0b"}, {"comment": "x" * 70000}, {"comment": ["x"]}, {"comment": {"x": 1}}, {"comment": None}, [], "text", 5):
        status, data = town.ask("POST", path, body)
        check(status in (400, 413), f"{str(body)[:60]}: {status} {data[:100]}")
    for parameter in TEXTS:
        encoded = urllib.parse.quote(parameter, safe="")
        for path in (f"/hotspots/{encoded}", f"/hotspots?limit={encoded}", f"/series?entity={encoded}&metric={encoded}", f"/incidents?status={encoded}"):
            status, data = town.ask("GET", path)
            check(status in (400, 404) or (status == 200 and path.startswith("/incidents")), f"{path}: {status}")
            check(not re.search(rb"[<>&']", data), f"{path}: {data[:200]}")
    check(len(town.get(f"/incidents/{town.incident}")["log"]) == before, "a refused comment is there")


if __name__ == "__main__":
    with Town() as town:
        town.begin()
        run_tests(corpus_is_large, json_is_inert, csv_has_no_formula, feed_and_map_are_xml, logs_stay_lines, hostile_bodies_are_refused)
