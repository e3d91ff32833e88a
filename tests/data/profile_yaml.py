# SPDX-License-Identifier: GPL-3.0-or-later
"""profile_yaml.py - the subset of YAML that profiles are written in; every scalar stays a text."""
import re


def strip_comment(line):
    quote = ''
    for i, c in enumerate(line):
        if quote:
            quote = '' if c == quote else quote
        elif c in '\'"' and (i == 0 or line[i - 1] in ' [{,:'):
            quote = c
        elif c == '#' and (i == 0 or line[i - 1] == ' '):
            return line[:i].rstrip()
    return line.rstrip()


def flow(text, at, stops):
    """A value at text[at]: (value, position behind it)."""
    while text[at:at + 1] == ' ':
        at += 1
    c = text[at:at + 1]
    if c in '\'"' and c:
        end, out = at + 1, ''
        while text[end] != c or text[end:end + 2] == "''":
            step = 2 if text[end:end + 2] == "''" and c == "'" or text[end] == '\\' and c == '"' else 1
            out += text[end + step - 1]
            end += step
        return out, end + 1
    if c in '[{' and c:
        out, close = ([], ']') if c == '[' else ({}, '}')
        at += 1
        while True:
            while text[at] in ' ,':
                at += 1
            if text[at] == close:
                return out, at + 1
            value, at = flow(text, at, ',]' if c == '[' else ':')
            if c == '{':
                out[value], at = flow(text, text.index(':', at) + 1, ',}')
            else:
                out.append(value)
    end = at
    while end < len(text) and text[end] not in stops:
        end += 1
    return text[at:end].strip(), end


def block(lines, at, indent):
    out = [] if lines[at][1].startswith('- ') else {}
    while at < len(lines) and lines[at][0] == indent:
        text = lines[at][1]
        if text.startswith('- '):
            if text[2] in '{[\'"' or not re.match(r'[a-z_]+:( |$)', text[2:]):
                out.append(flow(text[2:], 0, '')[0])
                at += 1
            else:
                lines[at] = (indent + 2, text[2:])
                value, at = block(lines, at, indent + 2)
                out.append(value)
            continue
        key, rest = text.split(':', 1)
        at += 1
        if rest.strip():
            out[key] = flow(rest, 0, '')[0]
        else:
            out[key], at = block(lines, at, lines[at][0])
    return out, at


def read_profile(path):
    with open(path, encoding='utf-8') as f:
        stripped = [strip_comment(line.rstrip('\n')) for line in f]
    lines = [(len(s) - len(s.lstrip()), s.strip()) for s in stripped if s.strip()]
    return block(lines, 0, 0)[0]
