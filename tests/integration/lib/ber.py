# SPDX-License-Identifier: GPL-3.0-or-later
"""Enough BER for agents that answer in ways that no real one does, and for traps."""


def element(tag, contents):
    length = bytes([len(contents)]) if len(contents) < 128 else b"\x82" + len(contents).to_bytes(2, "big")
    return bytes([tag]) + length + contents


def parse(data, at=0):
    """[(tag, contents)] of one level."""
    found = []
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            octets = length & 0x7F
            length, at = int.from_bytes(data[at:at + octets], "big"), at + octets
        found.append((tag, data[at:at + length]))
        at += length
    return found


COLD_START = bytes([0x2B, 6, 1, 6, 3, 1, 1, 5, 1])


def community_trap(oid=COLD_START, kind=0xA7):
    """A v2c message whose only varbind is snmpTrapOID.0; kind 0xa6 is an inform, 0xa2 the answer to it."""
    name = element(0x06, bytes([0x2B, 6, 1, 6, 3, 1, 1, 4, 1, 0]))
    varbinds = element(0x30, element(0x30, name + element(0x06, oid)))
    pdu = element(kind, element(0x02, b"\x07") + element(0x02, b"\0") + element(0x02, b"\0") + varbinds)
    return element(0x30, element(0x02, b"\x01") + element(0x04, b"anything") + pdu)
