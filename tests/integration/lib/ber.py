# SPDX-License-Identifier: GPL-3.0-or-later
"""Enough BER for agents that answer in ways that no real one does."""


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
