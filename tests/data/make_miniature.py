#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make_miniature.py - a small made-up recording for a device profile, and what must come out of it.

    make_miniature.py --netzwacht build/netzwacht [PROFILE...]     (default: every profile without a miniature)

Writes tests/data/recordings/PROFILE.snmprec and PROFILE.json. OIDs and enumerations come from the profile; every
name, number, address and text is invented here (MACs are those for documentation, 00:00:5e:00:53:xx).

What `netzwacht poll` prints becomes the expectation only if this file, which reckons every reading a second time
from docs/profiles.md alone, agrees with it: value, unknown and why. Where they differ nothing is written and one of
the two has to be mended. Knows nothing of the C code but its command line.
"""
import argparse
import json
import math
import os
import re
import subprocess
import sys

from pattern_texts import samples
from profile_yaml import read_profile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RECORDINGS = os.path.join(HERE, 'recordings')
SIZE = 4000  # bytes of a recording; longer ones are drafted again with fewer rows
ROWS_MAX = 40
SYS_DESCR, SYS_OBJECT_ID = '1.3.6.1.2.1.1.1.0', '1.3.6.1.2.1.1.2.0'
IF_NAME, IF_DESCR = '1.3.6.1.2.1.31.1.1.1.1', '1.3.6.1.2.1.2.2.1.2'
MEASURED = {'Cel', 'V', 'A', 'W', 'VA', 'var', 'dBm', 'dB', '%', 'rpm', 'Wh', 'A.h', 'ps/nm', 'm', 's'}
LEVELS = {'optic.rx_power', 'optic.tx_power', 'wireless.rssi', 'wireless.noise_floor'}
LIMITS = {65535, 32767, -32768, 2147483647, -2147483648, 4294967295}


def read_metrics():
    """name -> (unit, min, max), from the list that is also the manual."""
    with open(os.path.join(ROOT, 'lib', 'model', 'metric_list.h'), encoding='utf-8') as f:
        rows = re.findall(r'^METRIC\(\d+, \w+, "([^"]+)", "([^"]+)", \w+, ([^,]+), ([^)]+)\)', f.read(), re.M)
    return {name: (unit, float(low), float(high)) for name, unit, low, high in rows}


METRICS = read_metrics()


# ---- what an agent answers ----

class Values:
    """instance (text) -> number or text; tells how it is written down."""

    def __init__(self):
        self.items, self.absent = {}, set()

    def get(self, oid):
        return self.items.get(oid)

    def put(self, oid, value):
        if oid not in self.items and oid not in self.absent:
            self.items[oid] = value
        return self.items.get(oid)

    def below(self, oid):
        return {k: v for k, v in self.items.items() if k.startswith(oid + '.') or k == oid}

    def lines(self):
        for oid in sorted(self.items, key=lambda o: [int(x) for x in o.split('.')]):
            value = self.items[oid]
            if isinstance(value, bytes):
                yield f'{oid}|4x|{value.hex()}'
            elif isinstance(value, str):
                is_oid = re.fullmatch(r'1\.3\.6\.1(\.\d+)+', value)
                yield f'{oid}|{6 if is_oid else 4}|{value}'
            else:
                yield f'{oid}|{2 if -2**31 <= value < 2**31 else 66 if value < 2**32 else 70}|{value}'


def read_recording(path):
    """The made-up ones: integers, texts, octets and OIDs."""
    values = Values()
    with open(path, encoding='utf-8') as f:
        for line in f:
            oid, tag, value = line.rstrip('\n').split('|', 2)
            values.items[oid] = bytes.fromhex(value) if tag == '4x' else value if tag in '46' else int(value)
    return values


def index_part(spec, index):
    if spec is None:
        return index
    if spec == 'none':
        return []
    first, dash, last = re.fullmatch(r'(-?\d+)(-?)(\d*)', spec).groups()
    first = int(first)
    first = first - 1 if first > 0 else len(index) + first
    end = int(last) if last else len(index) if dash else first + 1
    return index[first:end] if 0 <= first < end <= len(index) else None


def instance(field, row):
    if row.scalar:
        return field['oid']
    ids = index_part(field.get('index'), row.index)
    return None if ids is None else '.'.join([field['oid']] + [str(i) for i in ids])


class Row:
    def __init__(self, index, scalar=False):
        self.index, self.scalar = index, scalar


# ---- the second reckoning: docs/profiles.md ----

def as_text(value):
    if isinstance(value, bytes):
        value = value.decode('latin-1')
    return str(value).rstrip()


def condition_holds(values, c, row):
    if 'oid' not in c:
        ids = index_part(c.get('index'), row.index) or []
        text = ''.join(map(chr, ids)) if c.get('string') == 'true' else '.'.join(map(str, ids))
        there = bool(ids)
    else:
        oid = instance(c, row)
        there = oid in values.items
        text = as_text(values.get(oid)) if there else ''
    if c.get('missing') == 'true':
        return not there
    if not there:
        return 'is_not' in c and 'is' not in c and 'match' not in c
    return (('is' not in c or text in c['is']) and text not in c.get('is_not', []) and
            ('match' not in c or re.search(c['match'], text, re.I) is not None))


def conditions_hold(values, conditions, row):
    return all(condition_holds(values, c, row) for c in conditions or [])


def bounds(field):
    metric = METRICS.get(field.get('metric', ''))
    low = field.get('min', metric[1] if metric else -math.inf)
    high = field.get('max', metric[2] if metric else math.inf)
    return float(low), float(high)


def unit_of(field):
    return METRICS[field['metric']][0] if field.get('metric') in METRICS else field.get('unit')


def is_sentinel(field, raw, low):
    if raw in [float(u) for u in field.get('unknown', [])] or raw < float(field.get('unknown_below', '-inf')):
        return True
    if field.get('limits') == 'false' or unit_of(field) not in MEASURED:
        return False
    return raw in LIMITS or raw == -1 and low >= 0 or raw == 0 and field.get('metric') in LEVELS


def first_number(values, fields, row):
    for f in fields:
        found = reckon(values, f, row)
        if found and found[1] is None and found[0] is not None:
            return found[0]
    return math.nan


def channel_hz(channel, band):
    if band < 3:
        return 2484e6 if channel == 14 else 2407e6 + channel * 5e6 if 1 <= channel <= 13 else None
    return (5950e6 if band > 5.9 else 5000e6) + channel * 5e6


def converted(values, f, row, raw):
    value = raw * float(f.get('scale', 1)) / float(f.get('divide', 1)) + float(f.get('offset', 0))
    if 'si_scale' in f:
        scale = values.get(instance({'oid': f['si_scale']}, row))
        precision = values.get(instance({'oid': f['si_precision']}, row)) if 'si_precision' in f else 0
        if scale is None or precision is None:
            return math.nan
        value *= 10.0 ** (3 * (int(scale) - 9) - int(precision))
    for g in f.get('times', []):
        value *= first_number(values, [g], row)
    for g in f.get('plus', []):
        value += first_number(values, [g], row)
    for g in f.get('minus', []):
        value -= first_number(values, [g], row)
    if 'percent_of' in f:
        value = value * 100 / first_number(values, f['percent_of'], row)
    return value


def signed(function, raw):
    if function == 'minus_abs':
        return -abs(raw)
    bits = {'signed8': 8, 'signed16': 16, 'signed32': 32}.get(function)
    return raw - 2 ** bits if bits and 2 ** (bits - 1) <= raw < 2 ** bits else raw


# The texts that make_raw() below invents: a figure and its unit, the same quantity in another unit behind it.
TEXT_UNITS = {'Cel': 'C', 'dBm': 'dBm', 'V': 'V', '%': '%', 'W': 'W', 'A': 'A'}


def figure(field, text):
    """(number, has its unit); None: no figure."""
    unit = TEXT_UNITS.get(unit_of(field)) if field.get('function') != 'channel' else None
    if unit:
        own = re.search(r'(?<![A-Za-z0-9.])([-+]?\d+(?:\.\d+)?) ?' + unit + r'(?![A-Za-z])', text)
        if own:
            return float(own.group(1)), True
    plain = re.search(r'(?<![A-Za-z0-9.])[-+]?\d+(?:\.\d+)?', text)
    return (float(plain.group()), False) if plain else None


def reckon(values, f, row):
    """None: no such reading; else (value or None, reason or None, instance)."""
    if not conditions_hold(values, f.get('when'), row):
        return None
    if 'oid' not in f:
        return (float(f['text']), None, None) if 'text' in f else None
    oid = instance(f, row)
    if 'sub' in f:
        parts = [reckon_raw(values, f, row, v) for v in values.below(oid).values()]
        parts = [v for v, reason in parts if reason is None]
        if not parts:
            return None
        result = {'sum': sum, 'max': max, 'min': min, 'mean': lambda p: sum(p) / len(p), 'count': len}[f['sub']](parts)
        return result, None, min(values.below(oid), key=lambda o: [int(x) for x in o.split('.')])
    if oid not in values.items:
        return None
    if not conditions_hold(values, f.get('present'), row):
        return None, 'not_present', oid
    value, reason = reckon_raw(values, f, row, values.get(oid))
    return value, reason, oid


def reckon_raw(values, f, row, raw):
    text, has_unit = as_text(raw), False
    if 'match' in f:
        found = re.search(f['match'], text, re.I)
        if not found:
            return None, 'unparsable' if text else 'not_present'
        groups = [g for g in found.groups() if g]
        text = groups[0] if groups else found.group()
    if 'map' in f:
        return (float(f['map'][text]), None) if text in f['map'] else (None, 'unparsable')
    if f.get('function') == 'big_endian' and isinstance(raw, bytes):
        number = float(int.from_bytes(raw, 'big'))
    elif isinstance(raw, int) and 'match' not in f:
        number = float(raw)
    elif f.get('metric') == 'state' and not re.fullmatch(r'-?\d+(\.\d+)?', text):
        return None, None  # a state sent as a word
    else:
        got = figure(f, text)
        if got is None:
            return None, 'not_present' if not text else 'unparsable'
        number, has_unit = got
    low, high = bounds(f)
    if is_sentinel(f, number, low):
        return None, 'sentinel'
    number = signed(f.get('function'), number)
    value = number if has_unit else converted(values, f, row, number)
    return finished(values, f, row, value, low, high)


def finished(values, f, row, value, low, high):
    function = f.get('function')
    if math.isnan(value):
        return None, 'unit_unknown'
    if function == 'watt_to_dbm':
        if value <= 0:
            return None, 'sentinel'
        value = 10 * math.log10(value * 1000)
    elif function == 'fahrenheit':
        value = (value - 32) / 1.8
    elif function == 'channel':
        if value == 0:
            return None, 'not_present'
        band = first_number(values, f['band'], row)
        if math.isnan(band):
            return None, 'unit_unknown'
        value = channel_hz(value, band)
    if value is None or not low <= value <= high:
        return None, 'out_of_range'
    return value, None


def rows_of(values, table):
    """The indexes a table has in a recording."""
    if table.get('scalar') == 'true':
        return [Row([], True)]
    columns = table.get('rows') or [f['oid'] for f in all_fields(table.get('readings', []) + table.get('attrs', []))
                                    if 'oid' in f and 'index' not in f and 'sub' not in f]
    found = {tuple(int(x) for x in oid[len(c) + 1:].split('.'))
             for c in columns for oid in values.items if oid.startswith(c + '.')}
    return [Row(list(i)) for i in sorted(found)]


def all_fields(fields):
    for f in fields:
        yield f
        yield from all_fields(f.get('fallback', []))


def predicted(values, profile):
    """Every reading the profile must yield: (metric, instance, value, reason)."""
    for table in profile.get('tables', []):
        for row in rows_of(values, table):
            if not conditions_hold(values, table.get('when'), row):
                continue
            seen = set()
            for f in table.get('readings', []):
                if f['metric'] in seen or f.get('counter') == 'true':
                    continue
                best = reckon(values, f, row)
                for g in f.get('fallback', []):
                    if best is None or best[1]:
                        other = reckon(values, dict(g, metric=f['metric'], unit=unit_of(f)), row)
                        best = other if other and (best is None or not other[1]) else best
                if best:
                    seen.add(f['metric'])
                    yield f['metric'], best[2], best[0], best[1]


def uncovered(values, profile):
    """(table, metric) of readings that no row of the recording shows."""
    for table in profile.get('tables', []):
        rows = [r for r in rows_of(values, table) if conditions_hold(values, table.get('when'), r)]
        for f in table.get('readings', []):
            if f.get('counter') == 'true':
                f = {k: v for k, v in f.items() if k != 'fallback'}
            if not any(reckon(values, f, row) for row in rows):
                yield table['table'], f['metric']


def is_close(a, b):
    return a is b or a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def disagreements(values, profile, others, poll):
    """What the program and this file reckon differently, as lines."""
    said = [(s['metric'], s['oid'][0], s['value'], s.get('reason')) for s in poll['samples']]
    units = {(s['metric'], s['unit']) for s in poll['samples']}
    mine = list(predicted(values, profile))
    known = mine + [p for o in others for p in predicted(values, o)]

    def is_same(a, b):
        return a[:2] == b[:2] and is_close(a[2], b[2]) and a[3] == b[3]
    for p in mine:
        if not any(is_same(p, s) for s in said):
            yield f'reckoned {p}, netzwacht says {[s for s in said if s[:2] == p[:2]]}'
    for s in said:
        if not any(is_same(p, s) for p in known):
            yield f'netzwacht says {s}, reckoned {[p for p in known if p[:2] == s[:2]]}'
    for metric, unit in units:
        if metric in METRICS and METRICS[metric][0] != unit:
            yield f'{metric} in {unit}'


# ---- drafting ----

TARGETS = {'wireless.rssi': -62, 'wireless.noise_floor': -94, 'wireless.tx_power': 20, 'wireless.frequency': 5.5e9,
           'optic.bias': 0.03, 'optic.voltage': 3.3, 'ups.input_voltage': 229, 'ups.output_voltage': 230,
           'wireless.width': 4e7, 'memory.used': 4e7, 'memory.total': 2.56e8, 'memory.free': 2e7, 'load': 0.4,
           'wireless.ap_count': 2, 'ups.charge': 96, 'poe.budget': 370, 'frequency': 50, 'fan.percent': 40}
UNIT_TARGETS = {'Cel': 41, 'dBm': -7, 'V': 13, 'A': 2, 'Hz': 50, 'W': 35, '%': 37, 'By': 1e8, 's': 3600, 'bit/s': 1e8,
                'rpm': 4200, 'm': 1200, 'dB': 31, 'VA': 400, '1': 3, 'var': 20, 'Wh': 5000, 'A.h': 90, 'ps/nm': 12}


class Draft:
    def __init__(self, profile, variants):
        self.profile, self.variants = profile, variants
        self.values, self.scalar_sentinels = Values(), 0

    # -- one field --

    def pick(self, f, row, candidates):
        """The first candidate that makes a known value."""
        oid = instance(f, row)
        for c in candidates:
            if self.values.put(oid, c) is None:
                return
            found = reckon(self.values, f, row)
            if found and found[1] is None:
                return
            if self.values.get(oid) is c:
                del self.values.items[oid]
        self.values.put(oid, candidates[0])

    def helpers(self, f, row):
        light = f.get('function') == 'watt_to_dbm'  # sent in microwatts
        for key, value in (('si_scale', 7 if light else 9), ('si_precision', 0 if light else 1)):
            if key in f:
                self.values.put(instance({'oid': f[key]}, row), value)
        for key, value in (('times', 4096), ('plus', 100), ('minus', 100), ('percent_of', 1000)):
            for g in f.get(key, []):
                if 'oid' in g and not g.get('when'):
                    self.values.put(instance(g, row), value)
                    self.helpers(g, row)
        for g in f.get('band', []):
            if 'oid' in g:
                self.satisfy(g.get('when', []), row)
                words = list(g.get('map', {'5': ''}))
                number = row.index[-1] if row.index else 1
                word = words[number % len(words)]
                self.values.put(instance(g, row), self.number_or_text(g, word))

    @staticmethod
    def number_or_text(f, word):
        if 'match' in f and not re.fullmatch(r'-?\d+', word):
            found = [s for s in samples(f['match']) if word in s]
            return found[0] if found else word
        return int(word) if re.fullmatch(r'-?\d+', word) else word

    def candidates(self, f, row, variant):
        if 'match' in f and 'map' not in f and 'words' not in f:
            return samples(f['match']) + ['7']
        words = list(f.get('map') or f.get('words') or [])
        if words:
            return [self.number_or_text(f, words[(variant + i) % len(words)]) for i in range(len(words))]
        if f.get('function') == 'channel':
            band = first_number(self.values, f['band'], row)
            is_5 = band > 3 or math.isnan(band) and variant
            return [36 + 8 * variant, 5, 1] if is_5 else [6 + 5 * variant, 36]
        if f.get('function') == 'minus_abs':
            return [94 + variant]
        if f.get('function') == 'big_endian':
            return [bytes([0, 0, 0, 40 + variant])]
        return self.figures(f, row, variant)

    def figures(self, f, row, variant):
        unit, function = unit_of(f), f.get('function')
        target = TARGETS.get(f.get('metric'), UNIT_TARGETS.get(unit, 3))
        target = {'watt_to_dbm': 0.0005, 'fahrenheit': 98}.get(function, target)
        scale, divide = float(f.get('scale', 1)), float(f.get('divide', 1))
        raw = (target - float(f.get('offset', 0))) * divide / scale
        if 'si_scale' in f:
            factor = converted(self.values, {k: f[k] for k in f if k.startswith('si_')}, row, 1)
            raw = raw / factor if factor and not math.isnan(factor) else raw
        for g in f.get('times', []):
            raw /= first_number(self.values, [g], row) or 1
        whole = int(round(raw)) + (variant if abs(raw) >= 2 else 0)
        found = [whole or 1, 2, 10, 40, 400, -40, 1]
        if variant and unit in TEXT_UNITS and scale == divide == 1 and not function and 'si_scale' not in f:
            degrees = f' / {(target + 0.5) * 1.8 + 32:.1f} F' if unit == 'Cel' else ''
            found.insert(0, f'{target + 0.5:g} {TEXT_UNITS[unit]}{degrees}')
        return found

    def fill(self, f, row, variant):
        self.helpers(f, row)
        if 'oid' not in f:
            return
        if 'sub' in f:
            base = instance(f, row)
            if not self.values.below(base):
                self.values.put(base + '.1', 4 + variant)
                self.values.put(base + '.2', 3)
            return
        self.scalar_sentinels += row.scalar and 'unknown' in f
        # a scalar has one instance only: every second one says "no reading"
        if 'unknown' in f and (variant or row.scalar and self.scalar_sentinels % 2 == 0):
            self.values.put(instance(f, row), int(float(f['unknown'][0])))
        else:
            self.pick(f, row, self.candidates(f, row, variant))
        self.satisfy(f.get('present', []), row)

    # -- conditions --

    def options(self, conditions):
        found = [w for c in conditions for w in c.get('is', [])]
        found += [s for c in conditions if 'match' in c for s in samples(c['match'])]
        return found + [w for w in ('1', '2', '3', '99', 'Mast')]

    def satisfy(self, conditions, row):
        """Invents what the conditions look at; False, and nothing done, where something is there that differs."""
        groups, added, absent = {}, [], []
        for c in conditions:
            if 'oid' in c:
                groups.setdefault(instance(c, row), []).append(c)
        for oid, cs in groups.items():
            if all(condition_holds(self.values, c, row) for c in cs) and oid in self.values.items:
                continue
            if any(c.get('missing') == 'true' for c in cs) and oid not in self.values.items:
                absent.append(oid)
                continue
            for option in self.options(cs) if oid not in self.values.items else []:
                value = int(option) if re.fullmatch(r'-?\d+', option) else option
                if self.values.put(oid, value) is None:
                    break
                if all(condition_holds(self.values, c, row) for c in cs):
                    added.append(oid)
                    break
                del self.values.items[oid]
        if conditions_hold(self.values, conditions, row):
            self.values.absent.update(absent)
            return True
        for oid in added:
            del self.values.items[oid]
        return False

    # -- rows --

    def index(self, table, number, readings):
        specs = [f.get('index') for f in all_fields(self.deep(table))]
        texts = [str(table.get('id', ''))] + [f.get('text', '') for f in table.get('name', []) + table.get('attrs', [])]
        places = [m for t in texts for m in re.findall(r'\{(index|mac|string):([-0-9]+)\}', t)]
        length = 1
        for spec in [s for s in specs if s] + [p[1] for p in places]:
            length = max([length] + [int(n) for n in re.findall(r'\d+', spec)])
        length += any(s.startswith('-') for s in specs if s)
        index = [1] * (length - 1) + [number]
        for c in [c for f in readings for c in f.get('when', [])] + table.get('when', []):
            if 'oid' not in c and 'is' in c:
                at = int(c['index'].split('-')[0]) - 1 if c['index'][0] != '-' else -1
                ids = [int(i) for i in c['is'][0].split('.')]
                index[at:at + len(ids) or None] = ids
        word = None
        for f in readings:
            for c in f.get('when', []):
                if c.get('string') == 'true':
                    word = samples(c['match'])[0] + (str(number) if c['match'][-1] != '$' else '')
        if any(p[0] == 'string' for p in places) or word:
            word = word or f'SN{number:04d}'
            head = next((int(p[1][0]) - 1 for p in places if p[0] == 'string'), 1)
            index = [len(word)] * head + [ord(c) for c in word]
        for kind, spec in places:
            if kind == 'mac':
                first = int(spec.split('-')[0]) - 1
                index[first:first + 6] = [0, 0, 0x5e, 0, 0x53, number]
                index[first + 6:] = [1] * (length - first - 6)
        return index

    def deep(self, table):
        found = []
        for f in table.get('readings', []) + table.get('attrs', []) + table.get('name', []) + table.get('when', []):
            found.append(f)
            for key in ('when', 'present', 'times', 'plus', 'minus', 'band', 'percent_of', 'fallback'):
                found += f.get(key, [])
        return found

    def write_row(self, table, row, readings, variant):
        """The readings that this row could take."""
        if not self.satisfy(table.get('when', []), row):
            return []
        placed = []
        for f in readings:
            oid = instance(f, row) if 'oid' in f else None
            there = oid in self.values.items and not any(c.get('oid') == f['oid'] for c in f.get('when', []))
            if there and placed and f.get('when'):
                continue  # one column of many meanings: another row
            if any(g['metric'] == f['metric'] for g in placed) or not self.satisfy(f.get('when', []), row):
                continue
            self.fill(f, row, variant)
            placed.append(f)
        for f in table.get('attrs', []):
            self.attribute(f, row, variant)
        for f in table.get('name', []):
            if 'oid' in f and self.satisfy(f.get('when', []), row):
                self.attribute(f, row, variant)
                break
        for oid in table.get('rows', []):
            self.values.put(instance({'oid': oid}, row), 1)
        return placed

    def attribute(self, f, row, variant):
        if 'oid' not in f or not self.satisfy(f.get('when', []), row):
            return
        number = row.index[-1] if row.index else 1
        words = list(f.get('words', []))
        value = (self.number_or_text(f, words[variant % len(words)]) if words else
                 bytes([0, 0, 0x5e, 0, 0x53, number % 256]) if f.get('format') == 'mac' or f.get('attr') == 'mac' else
                 3 if f.get('format') == 'number' else
                 f'SN{number:04d}' if f.get('attr') == 'serial' else
                 (samples(f['match']) or ['?'])[0] if 'match' in f else f'Mast {number}')
        self.values.put(instance(f, row), value)

    def table(self, table):
        readings = list(table.get('readings', []))
        if table.get('scalar') == 'true':
            row = Row([], True)
            self.write_row(table, row, readings, 0)
            return
        waiting, number = readings, 0
        while number < ROWS_MAX and (waiting or number == 0):
            number += 1
            row = Row(self.index(table, number, waiting[:1]))
            placed = self.write_row(table, row, waiting, 0)
            waiting = [f for f in waiting if f not in placed and f['metric']]
        has_sentinels = any('unknown' in f for f in readings)
        if self.variants == 2 or self.variants == 1 and has_sentinels:
            number += 1
            self.write_row(table, Row(self.index(table, number, readings[:1])), readings, 1)

    # -- who it is --

    def identity(self, others):
        values, p = self.values, self.profile
        match = (p.get('match') or [m for o in others for m in o.get('match', [])] or [{}])[0]
        descr = [s for s in [match.get('sys_descr')] if s]
        descr += [f['match'] for key in ('model', 'version', 'serial') for f in p.get(key, [])
                  if f.get('oid') == SYS_DESCR and 'match' in f]
        values.put(SYS_DESCR, self.describe(descr))
        values.put(SYS_OBJECT_ID, match.get('sys_object_id', ['1.3.6.1.4.1.99999.1'])[0] + '.77')
        made = {'vendor': 'Vendor V', 'model': 'Model M', 'version': '1.2.3', 'serial': 'SN0001'}
        for key, text in made.items():
            for f in p.get(key, []):
                if 'oid' in f and f['oid'] != SYS_DESCR:
                    row = Row([], True) if f['oid'].endswith('.0') or f.get('index') == 'none' else Row([1])
                    if self.satisfy(f.get('when', []), row):
                        values.put(instance(f, row), (samples(f['match']) or [text])[0] if 'match' in f else text)

    @staticmethod
    def describe(patterns):
        """One text for as many of the patterns as go together, the first one surely."""
        first = next((p for p in patterns if p.startswith('^')), None)
        order = ([first] if first else []) + [p for p in patterns if p != first]
        text = ''
        for p in order:
            if text and re.search(p, text, re.I):
                continue
            for s in samples(p):
                longer = f'{text}, {s}' if text else s
                if re.search(p, longer, re.I) and (not patterns or re.search(patterns[0], longer, re.I) or
                                                   p != patterns[0] and patterns[0] not in order[:order.index(p)]):
                    text = longer
                    break
        return text or 'Testbox'

    def interfaces(self):
        rows = {'1.3.6.1.2.1.2.2.1.3': (6, 6), '1.3.6.1.2.1.2.2.1.7': (1, 1), '1.3.6.1.2.1.2.2.1.8': (1, 2),
                '1.3.6.1.2.1.2.2.1.10': (1000, 0), IF_NAME: ('Mast 1', 'Mast 2'),
                '1.3.6.1.2.1.31.1.1.1.15': (1000, 0)}
        for oid, pair in rows.items():
            for i, value in enumerate(pair):
                self.values.put(f'{oid}.{i + 1}', value)

    def make(self, others):
        self.identity(others)
        self.interfaces()
        for table in self.profile.get('tables', []):
            self.table(table)
        match = self.profile.get('match', [{}])[0]
        if 'probe' in match:
            self.values.put(match['probe'], samples(match['probe_match'])[0] if 'probe_match' in match else 'Model M')
        return self.values


# ---- running it ----

def poll(netzwacht, recording):
    run = subprocess.run([netzwacht, 'poll', '--recording', recording, '--json'], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, check=False)
    if run.returncode:
        raise RuntimeError(f'netzwacht poll --recording {recording}: {run.stderr.decode("utf-8", "replace")}')
    return json.loads(run.stdout.decode('utf-8'))


def expectation(answer):
    """What stays the same from run to run, a line per entity and reading."""
    def line(value):
        if isinstance(value.get('value') if isinstance(value, dict) else None, float):
            value = dict(value, value=float(f'{value["value"]:.12g}'))
        return json.dumps(value, ensure_ascii=False, separators=(', ', ': '))
    heads = [f' "{key}": {line(answer[key])}' for key in ('schema', 'profile', 'device')]
    lists = [f' "{key}": [\n' + ',\n'.join('  ' + line(x) for x in answer[key]) + '\n ]' for key in ('entities', 'samples')]
    return '{\n' + ',\n'.join(heads + lists) + '\n}\n'


def load_all(directory):
    names = sorted(n[:-5] for n in os.listdir(directory) if n.endswith('.yaml'))
    return {n: read_profile(os.path.join(directory, n + '.yaml')) for n in names}


def named_after_interfaces(profile):
    """(OID, place of ifIndex in its index) of the columns of tables whose rows are named after the interface, unless
    their ids are by index anyway."""
    columns = []
    for table in profile.get('tables', []):
        named = [f for f in table.get('name', []) if f.get('oid') in (IF_NAME, IF_DESCR)]
        place = int(named[0].get('index', '1').split('-')[0]) if named else 0
        if place > 0 and 'id' in table and '{index}' not in table['id'] and f'{{index:{place}}}' not in table['id']:
            columns += [(f['oid'], place - 1) for f in all_fields(table.get('readings', []) + table.get('attrs', []))
                        if 'oid' in f and 'index' not in f]
            columns += [(oid, place - 1) for oid in table.get('rows', [])]
    return columns


def permuted(values, profile):
    """The same agent after a restart that gave its interfaces other ifIndexes; tables named after interfaces go along."""
    new = {1: 12, 2: 11}
    columns = [('1.3.6.1.2.1.2.2.1', 1), ('1.3.6.1.2.1.31.1.1.1', 1)] + named_after_interfaces(profile)
    found = Values()
    for oid, value in values.items.items():
        for column, place in columns:
            if oid.startswith(column + '.'):
                index = [int(i) for i in oid[len(column) + 1:].split('.')]
                index[place] = new.get(index[place], index[place] + 20)
                oid = '.'.join([column] + [str(i) for i in index])
                break
        found.items[oid] = value
    return found


def silenced(values, profile):
    """The same agent with all scalars out that have a number for "no reading"; a miniature shows half of them."""
    for table in profile.get('tables', []):
        for f in table.get('readings', []) if table.get('scalar') == 'true' else []:
            if 'unknown' in f and f['oid'] in values.items:
                values.items[f['oid']] = int(float(f['unknown'][-1]))
    return values


def others_of(name, answer, profiles):
    return [profiles[n] for n in answer['profile'] if n != name]


def miniature(name, profiles, netzwacht):
    """Writes both files; lines that say what is wrong."""
    users = [p for p in profiles.values() if name in p.get('uses', [])]
    path = os.path.join(RECORDINGS, name + '.snmprec')
    for variants in (2, 1, 0):
        draft = Draft(profiles[name], variants)
        text = '\n'.join(draft.make(users).lines()) + '\n'
        if len(text) < SIZE:
            break
    if name == 'generic':
        draft.values.items[SYS_OBJECT_ID] = '1.3.6.1.4.1.99999.1.77'
    with open(path, 'w', encoding='utf-8') as f:
        f.write('\n'.join(draft.values.lines()) + '\n')
    answer = poll(netzwacht, path)
    wrong = [f'no row for {metric} of table {table}' for table, metric in uncovered(draft.values, profiles[name])]
    wrong += [] if name in answer['profile'] else [f'is taken for {answer["profile"]}']
    if profiles[name].get('match') and answer['profile'][-1] != name:
        wrong.append(f'{answer["profile"]} is taken to be more specific')
    wrong += [] if wrong else list(disagreements(draft.values, profiles[name], others_of(name, answer, profiles), answer))
    if not wrong:
        with open(os.path.join(RECORDINGS, name + '.json'), 'w', encoding='utf-8') as f:
            f.write(expectation(answer))
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--netzwacht', default='build/netzwacht')
    parser.add_argument('--all', action='store_true', help='draft those again that exist')
    parser.add_argument('profiles', nargs='*')
    args = parser.parse_args()
    profiles = load_all(os.path.join(ROOT, 'profiles'))
    names = args.profiles or [n for n in profiles
                              if args.all or not os.path.exists(os.path.join(RECORDINGS, n + '.json'))]
    failed = 0
    for name in names:
        wrong = miniature(name, profiles, args.netzwacht)
        failed += bool(wrong)
        for line in wrong:
            print(f'{name}: {line}')
    print(f'{len(names) - failed} of {len(names)} miniatures')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
