# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes and reads the journal without netzwacht: segments, frames and the few messages that tests need,
encoded by hand from lib/runtime/journal_segment.h and lib/model/journal.proto. A second implementation,
so that both sides of the format are checked."""
import os
import struct

HEADER_SIZE = 40


def _crc_table():
    table = []
    for index in range(256):
        crc = index
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return table


_TABLE = _crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


# ---- protocol buffers ----

def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field_uint(number, value):
    return varint(number << 3) + varint(value) if value else b""


def field_fixed64(number, value):
    return varint(number << 3 | 1) + struct.pack("<Q", value) if value else b""


def field_bytes(number, value):
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def heartbeat(wall_ns, daemon="netzwacht-collector"):
    body = field_bytes(1, daemon) + field_fixed64(3, 1)
    return field_fixed64(1, wall_ns) + field_bytes(2, body)


def table(entities, series, interval_ms, version=1):
    """entities: [(id, kind)]; series: [(entity index, metric number)]"""
    out = field_uint(1, version)
    for ident, kind in entities:
        out += field_bytes(3, field_bytes(1, ident) + field_bytes(2, kind))
    for entity, metric in series:
        out += field_bytes(4, field_uint(1, entity) + field_uint(2, metric))
    return out + field_uint(7, interval_ms)


def samples(wall_ns, source, values, table_bytes=None, table_version=1, previous=0, started_ns=None,
            outcome=0, misses=0, is_down=False):
    body = field_bytes(1, source) + field_fixed64(2, previous) + field_uint(3, outcome)
    body += field_fixed64(4, wall_ns if started_ns is None else started_ns)
    if values:
        body += field_bytes(6, struct.pack("<%dd" % len(values), *values))
    if table_bytes is not None:
        body += field_bytes(8, table_bytes)
    body += field_uint(9, table_version) + field_uint(10, misses) + field_uint(12, int(is_down))
    return field_fixed64(1, wall_ns) + field_bytes(3, body)


def state(wall_ns, kind, ident, state, reason=0, since_ns=None):
    """state, reason: numbers of lib/model/state_list.h"""
    body = field_bytes(1, kind) + field_bytes(2, ident) + field_uint(3, state) + field_uint(4, reason)
    body += field_fixed64(5, wall_ns if since_ns is None else since_ns)
    return field_fixed64(1, wall_ns) + field_bytes(5, body)


def command(wall_ns, ident, verb, target, comment="", by="test", via="cli"):
    body = field_bytes(1, ident) + field_bytes(2, by) + field_bytes(3, via) + field_bytes(4, verb)
    body += field_bytes(5, target) + field_bytes(6, comment)
    return field_fixed64(1, wall_ns) + field_bytes(7, body)


# ---- segments ----

class Writer:
    def __init__(self, journal_dir, partition):
        self.dir = os.path.join(journal_dir, partition)
        os.makedirs(self.dir, exist_ok=True)
        numbers = [int(name[:10]) for name in os.listdir(self.dir) if name.endswith(".seg")]
        self.number = max(numbers, default=0)
        self.file = None
        self.rotate()

    def rotate(self):
        if self.file:
            self.file.close()
        self.number += 1
        head = b"NWJRNL\r\n" + struct.pack("<HHIQQ", 1, 1, self.number, 0, 1)
        self.file = open(os.path.join(self.dir, "%010d.seg" % self.number), "xb", buffering=0)
        self.file.write(head + struct.pack("<II", crc32c(head), 0))
        self.offset = HEADER_SIZE

    def append(self, record):
        """Returns the record's journal_pos."""
        position = self.number << 32 | self.offset
        frame = struct.pack("<II", len(record), crc32c(record)) + record
        self.file.write(frame)
        self.offset += len(frame)
        return position

    def close(self):
        self.file.close()
