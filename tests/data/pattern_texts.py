# SPDX-License-Identifier: GPL-3.0-or-later
"""pattern_texts.py - texts that an extended regular expression matches."""
import re

try:
    from re import _parser as sre
except ImportError:  # before Python 3.11
    import sre_parse as sre


def sample(pattern, choice=0):
    """A text that an extended regular expression matches; choice picks among its alternatives."""
    text = ''.join(part(item, choice) for item in sre.parse(pattern))
    return text if re.search(pattern, text, re.I) else None


def in_set(items, choice):
    if items[0][0] is sre.NEGATE:
        return next(c for c in 'a1-A' if not re.match('[' + ''.join(
            chr(v) if k is sre.LITERAL else f'{chr(v[0])}-{chr(v[1])}' for k, v in items[1:]).replace('[', r'\[')
            + ']', c, re.I))
    kind, value = items[min(choice, len(items) - 1)] if choice else items[0]
    if kind is sre.RANGE:
        return chr(min(value[0] + 2, value[1]))
    return chr(value)


def part(item, choice):
    kind, value = item
    if kind is sre.LITERAL:
        return chr(value)
    if kind is sre.NOT_LITERAL:
        return 'a' if value != ord('a') else 'b'
    if kind is sre.ANY:
        return 'm'
    if kind is sre.IN:
        return in_set(value, choice)
    if kind is sre.BRANCH:
        return ''.join(part(i, choice) for i in value[1][min(choice, len(value[1]) - 1)])
    if kind is sre.SUBPATTERN:
        return ''.join(part(i, choice) for i in value[-1])
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        low, high, inner = value
        times = max(low, min(high, 2)) if low else 0
        return ''.join(part(i, choice) for i in inner) * times
    return ''


def samples(pattern):
    found = []
    for choice in range(14):
        try:
            text = sample(pattern, choice)
        except StopIteration:
            text = None
        if text is not None and text not in found:
            found.append(text)
    return found
