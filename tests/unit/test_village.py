#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_village.py - the three hotspots of tests/data/village, computed here a second time, square by square, and the numbers that
its README works out by hand. Half of the period the school's hotspot is down, as the journal says."""
import csv
import datetime
import io
import math
import os
import subprocess
import sys
import tempfile

SOURCE = os.environ.get('NETZWACHT_SOURCE') or os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
BUILD = os.environ.get('NETZWACHT_BUILD') or os.path.join(SOURCE, 'build')
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(SOURCE, 'tests', 'integration'), os.path.join(SOURCE, 'tests', 'unit')]
from lib import journal  # noqa: E402 (after the path to it)
from test_coverage_formulas import entry, laea  # noqa: E402

SECOND = 10**9
BEGIN, END = 1795302000, 1795302000 + 600 * 60  # ten hours
OUTAGE = (BEGIN + 100 * 60, BEGIN + 400 * 60)  # of `ost`: 300 of 600 minutes
HOTSPOTS = (  # name, lat, lon, height, band, EIRP, indoors, share of the time
    ('west', 53.7064, 9.9906, 4, 2.437, 20, False, 1), ('mitte', 53.7064, 9.9926, 5, 5.6, 27, False, 1),
    ('ost', 53.7064, 9.9946, 2.5, 2.437, 17, True, 0.5))
STEPS = 8
USABLE, UNUSABLE = 1, 3


def q(x):
    return 0.5 * math.erfc(x / math.sqrt(2))


def p1411(alpha, beta, gamma, d, f):
    return 10 * alpha * math.log10(d) + beta + 10 * gamma * math.log10(f)


def service(hotspot, e, n):
    """Probability outdoors and in a building at a place, for -67 dBm."""
    _, lat, lon, height, f, eirp, indoors, _ = hotspot
    x, y = laea(lat, lon)
    d = math.hypot(e - x, n - y)
    if d > 400:
        return 0, 0
    slant = max(math.hypot(d, height - 1.5), 5)
    free = 20 * math.log10(4 * math.pi * slant * f * 1e9 / 299792458)
    los = max(p1411(2.12, 29.2, 2.11, slant, f), free)
    nlos = max(p1411(3.01, 18.8, 2.07, slant, f), free, los)
    p_los = 1 if d <= 18 else 18 / d + math.exp(-d / 36) * (1 - 18 / d)
    most = min(eirp + 67, 15 + 3 + 82) - 3
    if indoors:
        los, nlos = los + entry('traditional', f, 0, 0.5), nlos + entry('traditional', f, 0, 0.5)

    def mixed(more):
        clear, blocked = q((los + more - most) / 5.06), q((nlos + more - most) / 3.07)
        return p_los * clear + (1 - p_los) * min(blocked, clear)
    if indoors and d <= 30:
        return mixed(0), q((p1411(2.46, 29.53, 2.38, max(d, 4), f) - most) / 5.04)
    return mixed(0), sum(mixed(max(entry('traditional', f, 0, (i + 0.5) / STEPS), 0)) for i in range(STEPS)) / STEPS


def cell_by_hand(code):
    """planned, delivered, indoors, delivered indoors of a cell: means over its 16 squares of 25 m."""
    north, east = (int(part) for part in code[len('CRS3035RES100mN'):].split('E'))
    sums = [0.0] * 4
    for i in range(16):
        e, n = east + 12.5 + 25 * (i % 4), north + 12.5 + 25 * (i // 4)
        served = [(*service(h, e, n), h[7]) for h in HOTSPOTS]
        for k, value in enumerate((max(o for o, _, _ in served), max(o * share for o, _, share in served),
                                   max(b for _, b, _ in served), max(b * share for _, b, share in served))):
            sums[k] += value / 16
    return sums


def write_history(directory):
    """All three are usable; `ost` is down for 300 minutes. A heartbeat twice a minute: somebody looked all the time."""
    writer = journal.Writer(directory, 'alerts')
    for t in range(BEGIN - 60, END + 60, 30):
        writer.append(journal.heartbeat(t * SECOND, 'netzwacht-alerts'))
        for name, *_ in HOTSPOTS:
            if t == BEGIN - 60:
                writer.append(journal.state(t * SECOND, 'hotspot', name, USABLE))
        if t == OUTAGE[0]:
            writer.append(journal.state(t * SECOND, 'hotspot', 'ost', UNUSABLE))
        if t == OUTAGE[1]:
            writer.append(journal.state(t * SECOND, 'hotspot', 'ost', USABLE))
    writer.close()


def rfc(t):
    return datetime.datetime.fromtimestamp(t, datetime.timezone.utc).isoformat()


def cells():
    with tempfile.TemporaryDirectory(prefix='netzwacht-village-') as directory:
        write_history(os.path.join(directory, 'state', 'journal'))
        config = os.path.join(directory, 'netzwacht.yaml')
        with open(os.path.join(directory, 'community'), 'w', encoding='utf-8') as file:
            file.write('public\n')
        with open(config, 'w', encoding='utf-8') as file:
            file.write('instance: dorf\nstate_dir: state\n'
                       f'inventory: [{SOURCE}/tests/data/village/inventory.yaml]\n'
                       'credentials: [{name: default, version: v2c, community_file: community}]\n')
        done = subprocess.run([os.path.join(BUILD, 'netzwacht'), 'report', 'coverage', '-c', config, '-f', 'csv', '--from', rfc(BEGIN),
                               '--to', rfc(END)], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return {row['cell']: row for row in csv.DictReader(io.StringIO(done.stdout, newline=''))}


def main():
    rows = cells()
    sentences, problems = [], []

    def test(sentence, verdicts):
        sentences.append(sentence)
        problems.append([v for v in verdicts if v])

    def each_cell():
        for code, row in rows.items():
            expected = cell_by_hand(code)
            for column, value in zip(('planned', 'delivered', 'indoors', 'delivered_indoors'), expected):
                yield abs(float(row[column]) - value) > 0.00101 and f'{code} {column}: {row[column]}, here {value:.4f}'
        place = service(HOTSPOTS[0], 4320437.5, 3399887.5)[0]
        yield abs(place - 0.926) > 0.0005 and f'the place in README.md: {place}'

    def numbers_of_the_readme():
        with open(os.path.join(SOURCE, 'tests', 'data', 'village', 'README.md'), encoding='utf-8') as file:
            table = [line.split('|')[1:-1] for line in file if line.startswith('| `CRS')]
        yield len(table) != 3 and f'{len(table)} cells in README.md'
        for code, planned, delivered, indoors in ((cell.strip().strip('`') for cell in row) for row in table):
            row = rows[code]
            yield (row['planned'], row['delivered'], row['indoors']) != (planned, delivered, indoors) and f'{code}: {row}'

    def outage_counts():
        served = [r for r in rows.values() if r['completeness']]
        yield not served and 'nothing is served'
        for row in served:
            yield row['completeness'] != '1.000' and f'not all of the time was seen: {row}'
        # Around the school `ost` alone serves indoors, up to a little that `mitte` does.
        school = rows['CRS3035RES100mN3399800E4320600']
        yield abs(float(school['delivered_indoors']) - float(school['indoors']) / 2) > 0.01 and f'half of it is lost: {school}'

    test('every cell of the village is what a second implementation says, as planned and as delivered', each_cell())
    test('the numbers worked out by hand in tests/data/village/README.md hold', numbers_of_the_readme())
    test('300 of 600 minutes of outage are seen, and nothing is unknown', outage_counts())
    print(f'1..{len(sentences)}')
    for number, (sentence, found) in enumerate(zip(sentences, problems), 1):
        print(f'{"not ok" if found else "ok"} {number} - {sentence}')
        for line in found[:10]:
            print('#', line)
    return 1 if any(problems) else 0


if __name__ == '__main__':
    sys.exit(main())
