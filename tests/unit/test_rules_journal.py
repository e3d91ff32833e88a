#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_rules_journal.py - `netzwacht rules test --journal`: a journal of records as the collector and the probe write them,
written here by hand, replayed through changed rules."""
import json
import os
import subprocess
import sys
import tempfile

SOURCE = os.environ.get('NETZWACHT_SOURCE') or os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
BUILD = os.environ.get('NETZWACHT_BUILD') or os.path.join(SOURCE, 'build')
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'integration'))
from lib import journal  # noqa: E402 (after the path to it)

SECOND, MINUTE = 10**9, 60 * 10**9
START = 1795302000 * SECOND  # an hour of an evening
UTILIZATION, DNS_OK = 74, 104
INVENTORY = os.path.join(SOURCE, 'tests', 'data', 'scenarios', 'town.yaml')
DEVICES = ['core', 'sw-nord', 'sw-schule', 'ap-n-1', 'ap-n-2', 'ap-n-3', 'ap-s-1', 'ap-s-2', 'ap-s-3']
RADIO = journal.table([('radio/0', 'radio')], [(0, UTILIZATION)], 60000)
EMPTY = journal.table([], [], 60000)


def utilization(device, minute):
    """ap-n-1 is at 70 % from minute 10 to 29, ap-n-2 at 90 % from minute 40 to 49."""
    if device == 'ap-n-1' and 10 <= minute < 30:
        return 70.0
    if device == 'ap-n-2' and 40 <= minute < 50:
        return 90.0
    return 30.0


def write_hour(directory):
    """Everybody answers once a minute; ap-s-1 is silent from minute 20 to 24, as the collector tells it."""
    writer = journal.Writer(directory, 'collector')
    for half in range(120):
        now = START + half * 30 * SECOND
        writer.append(journal.heartbeat(now))
        if half % 2:
            continue
        minute = half // 2
        for number, device in enumerate(DEVICES):
            at = now + number * SECOND
            is_ap = device.startswith('ap-')
            first = {'table_bytes': RADIO if is_ap else EMPTY} if minute == 0 else {}
            if device == 'ap-s-1' and 20 <= minute < 25:
                writer.append(journal.samples(at, device, [], outcome=2, misses=minute - 17, is_down=minute > 20))
            else:
                writer.append(journal.samples(at, device, [utilization(device, minute)] if is_ap else [], **first))
    writer.close()


def run(directory, rules, *more):
    with open(os.path.join(directory, 'rules.yaml'), 'w', encoding='utf-8') as f:
        f.write(rules)
    with open(os.path.join(directory, 'netzwacht.yaml'), 'w', encoding='utf-8') as f:
        f.write(f'instance: test\ninventory: [{os.path.abspath(INVENTORY)}]\n')
    command = [os.path.join(BUILD, 'netzwacht'), 'rules', 'test', os.path.join(directory, 'rules.yaml'), '--journal',
               os.path.join(directory, 'journal'), '-c', os.path.join(directory, 'netzwacht.yaml'), '--json', *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False,
                          env={**os.environ, 'NETZWACHT_DATA_DIR': SOURCE})
    return done.returncode, json.loads(done.stdout) if done.stdout.startswith('{') else done.stderr


def the_same_rules(directory):
    """rules that change nothing: status 0, and both incidents of that hour under --all"""
    status, answer = run(directory, 'rules: []\n', '--all')
    types = sorted(i['type'] for i in answer['incidents'])
    return status == 0 and types == ['congestion', 'device_down'], (status, answer)


def a_lower_limit(directory):
    """a lower limit: status 1, one incident is new, with the values that decide"""
    status, answer = run(directory, 'rules:\n  - {id: radio-congested, metric: wireless.utilization, entity_kind: radio, above: 60, '
                                    'hold_polls: 3, clear_polls: 3, type: congestion, group: site}\n')
    new = [i for i in answer['incidents'] if i['verdict'] == 'new']
    return status == 1 and len(new) == 1 and 'radio/0' in json.dumps(new[0]) and '70' in json.dumps(new[0]), (status, answer)


def a_rule_less(directory):
    """a rule that is switched off: status 1, its incident is gone and the dead access point stays"""
    status, answer = run(directory, 'rules:\n  - {id: radio-congested, metric: wireless.utilization, above: 80, enabled: no}\n')
    return status == 1 and [(i['verdict'], i['type']) for i in answer['incidents']] == [('gone', 'congestion')], (status, answer)


def a_later_opening(directory):
    """a longer hold: status 1, the same incident opens later"""
    status, answer = run(directory, 'rules:\n  - {id: radio-congested, metric: wireless.utilization, entity_kind: radio, above: 80, '
                                    'clear: 65, hold_polls: 6, clear_polls: 3, type: congestion, group: site}\n')
    return status == 1 and len(answer['incidents']) == 1 and answer['incidents'][0]['verdict'] == 'changed', (status, answer)


def main():
    tests = [the_same_rules, a_lower_limit, a_rule_less, a_later_opening]
    print(f'1..{len(tests)}')
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        write_hour(os.path.join(directory, 'journal'))
        for number, test in enumerate(tests, 1):
            is_right, seen = test(directory)
            failed += not is_right
            print(f'{"" if is_right else "not "}ok {number} - {test.__doc__}')
            if not is_right:
                print(f'# {seen}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
