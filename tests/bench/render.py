#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-docs: puts the tables of the last runs (bench/NAME.md in the build tree) into docs/performance.md, between
<!-- table NAME --> and <!-- end -->; a table that was not made stays as it is. Usage: render.py [--write]; without --write it
only says which tables there are."""
import os
import re
import sys
from pathlib import Path

BUILD = Path(os.environ.get("NETZWACHT_BUILD", "build"))
DOCUMENT = Path(os.environ.get("NETZWACHT_SOURCE", Path(__file__).parents[2])) / "docs/performance.md"
PLACE = re.compile(r"(<!-- table (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main():
    tables = {path.stem: path.read_text() for path in sorted((BUILD / "bench").glob("*.md"))}
    text = DOCUMENT.read_text()
    places = [match[2] for match in PLACE.finditer(text)]
    for name in sorted(set(places) | set(tables)):
        print(f"{name:14} {'made' if name in tables else 'not made'}{'' if name in places else ', has no place in ' + DOCUMENT.name}")
    if "--write" in sys.argv[1:]:
        DOCUMENT.write_text(PLACE.sub(lambda m: m[1] + tables.get(m[2], m[0][len(m[1]):-len(m[3])]) + m[3], text))
        print(f"written: {DOCUMENT}")
    else:
        print(f"tables: {BUILD / 'bench'}; `make bench-docs` puts them into {DOCUMENT.name}")


main()
