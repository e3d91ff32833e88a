#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_miniatures.py - every shipped profile against its made-up recording in tests/data/recordings.

Drafts of new ones: tests/data/make_miniature.py. Knows that file and the command line of netzwacht."""
import concurrent.futures
import os
import sys
import tempfile

SOURCE = os.environ.get('NETZWACHT_SOURCE') or os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
BUILD = os.environ.get('NETZWACHT_BUILD') or os.path.join(SOURCE, 'build')
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'data'))
import make_miniature as mini  # noqa: E402 (after the path to it)

RECORDINGS = os.path.join(SOURCE, 'tests', 'data', 'recordings')
PROFILES = os.path.join(SOURCE, 'profiles')
NETZWACHT = os.path.join(BUILD, 'netzwacht')


def first_difference(expected, got):
    for a, b in zip(expected.splitlines() + [''], got.splitlines() + ['']):
        if a != b:
            return [f'expected {a}', f'got      {b}']
    return ['one is longer than the other']


def check_restart(name, profiles, values, answer, directory):
    """Other ifIndexes, scalars without a reading: the same entities, and values as reckoned."""
    profile = profiles[name]
    changed = mini.silenced(mini.permuted(values, profile), profile)
    path = os.path.join(directory, name + '.snmprec')
    with open(path, 'w', encoding='utf-8') as f:
        f.write('\n'.join(changed.lines()) + '\n')
    before = sorted(e['id'] for e in answer['entities'])
    again = mini.poll(NETZWACHT, path)
    after = sorted(e['id'] for e in again['entities'])
    wrong = [] if before == after else [f'with other ifIndexes: gone {sorted(set(before) - set(after))}, '
                                        f'new {sorted(set(after) - set(before))}']
    return wrong + list(mini.disagreements(changed, profile, mini.others_of(name, again, profiles), again))


def check(name, profiles, directory):
    """Lines that say what is wrong with a profile."""
    recording, expected = (os.path.join(RECORDINGS, name + end) for end in ('.snmprec', '.json'))
    missing = [os.path.basename(p) for p in (recording, expected) if not os.path.exists(p)]
    if missing:
        return [f'{" and ".join(missing)} missing in tests/data/recordings: '
                f'tests/data/make_miniature.py --netzwacht {NETZWACHT} {name} drafts them']
    answer = mini.poll(NETZWACHT, recording)
    values = mini.read_recording(recording)
    with open(expected, encoding='utf-8') as f:
        text = f.read()
    wrong = [] if text == mini.expectation(answer) else first_difference(text, mini.expectation(answer))
    if name not in answer['profile'] or profiles[name].get('match') and answer['profile'][-1] != name:
        wrong.append(f'is taken for {answer["profile"]}')
    else:
        wrong += mini.disagreements(values, profiles[name], mini.others_of(name, answer, profiles), answer)
    wrong += [f'the recording has no row for {metric} of table {table}'
              for table, metric in mini.uncovered(values, profiles[name])]
    return wrong + check_restart(name, profiles, values, answer, directory)


def main():
    profiles = mini.load_all(PROFILES)
    names = list(profiles)
    print(f'1..{len(names)}')
    failed = 0
    with tempfile.TemporaryDirectory() as directory, concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = [pool.submit(check, name, profiles, directory) for name in names]
        for number, (name, result) in enumerate(zip(names, results), 1):
            try:
                wrong = result.result()
            except (OSError, ValueError, KeyError, RuntimeError) as e:
                wrong = [f'{type(e).__name__}: {e}']
            failed += bool(wrong)
            print(f'{"not " if wrong else ""}ok {number} - {name} makes of its miniature what it should')
            for line in wrong:
                print('# ' + line)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
