#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_coverage_formulas.py - `netzwacht model` against the recommendations, written down here a second time from their text:
ITU-R P.1411-12, P.1238-11, P.2109-2, 3GPP TR 38.901; IOGP guidance note 7-2 (LAEA), Krueger's series (UTM)."""
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile

SOURCE = os.environ.get('NETZWACHT_SOURCE') or os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
BUILD = os.environ.get('NETZWACHT_BUILD') or os.path.join(SOURCE, 'build')
POINTS = 2000
C = 299792458.0

SITE_GENERAL = {  # alpha, beta, gamma
    ('P.1411-12 4.1.1', 'los_urban'): (2.12, 29.2, 2.11), ('P.1411-12 4.1.1', 'nlos_highrise'): (4.00, 10.2, 2.36),
    ('P.1411-12 4.1.1', 'nlos_lowrise'): (5.06, -4.68, 2.02), ('P.1411-12 4.1.1', 'nlos_residential'): (3.01, 18.8, 2.07),
    ('P.1411-12 4.2.1', 'los'): (2.29, 28.6, 1.96), ('P.1411-12 4.2.1', 'nlos_highrise'): (4.39, -6.27, 2.30),
    ('P.1238 site-general', 'office_los'): (1.46, 34.62, 2.03), ('P.1238 site-general', 'office_nlos'): (2.46, 29.53, 2.38),
    ('P.1238 site-general', 'corridor_los'): (1.63, 28.12, 2.25), ('P.1238 site-general', 'corridor_nlos'): (2.77, 29.27, 2.48),
    ('P.1238 site-general', 'industrial_los'): (2.31, 24.52, 2.06), ('P.1238 site-general', 'industrial_nlos'): (3.79, 21.01, 1.34)}
ENTRY = {'traditional': (12.64, 3.72, .96, 9.6, 2.0, 9.1, -3.0, 4.5, -2.0),
         'thermally-efficient': (28.19, -3.0, 8.48, 13.5, 3.8, 27.8, -2.9, 9.4, -2.1)}


def umi_los(f, d, bs, ut):
    d3 = math.sqrt(d * d + (bs - ut) ** 2)
    breakpoint_ = 4 * (bs - 1) * (ut - 1) * f * 1e9 / C
    if d <= breakpoint_:
        return 32.4 + 21 * math.log10(d3) + 20 * math.log10(f)
    return 32.4 + 40 * math.log10(d3) + 20 * math.log10(f) - 9.5 * math.log10(breakpoint_ ** 2 + (bs - ut) ** 2)


def umi_nlos(f, d, bs, ut):
    d3 = math.sqrt(d * d + (bs - ut) ** 2)
    return max(umi_los(f, d, bs, ut), 35.3 * math.log10(d3) + 22.4 + 21.3 * math.log10(f) - 0.3 * (ut - 1.5))


def entry(kind, f, theta, p):
    r, s, t, u, v, w, x, y, z = ENTRY[kind]
    lg, inverse = math.log10(f), statistics.NormalDist().inv_cdf(p)
    a = inverse * (u + v * lg) + r + s * lg + t * lg * lg + 0.212 * abs(theta)
    b = inverse * (y + z * lg) + w + x * lg
    return 10 * math.log10(10 ** (a / 10) + 10 ** (b / 10) + 10 ** (-3 / 10))


def random_row(rng):
    """(model, param, f, d) and the value by the formulas above."""
    f, d = round(rng.uniform(0.8, 7.2), 4), round(math.exp(rng.uniform(0, math.log(1200))), 3)
    bs, ut = round(rng.uniform(3, 25), 1), round(rng.uniform(1.5, 10), 1)
    kind = rng.randrange(6)
    if kind == 0:
        return ('fspl', '', f, d), 20 * math.log10(d) + 20 * math.log10(f * 1e9) + 20 * math.log10(4 * math.pi / C)
    if kind == 1:
        return ('38.901 UMi LOS', f'hBS={bs} hUT={ut}', f, d), umi_los(f, d, bs, ut)
    if kind == 2:
        return ('38.901 UMi NLOS', f'hBS={bs} hUT={ut}', f, d), umi_nlos(f, d, bs, ut)
    if kind == 3:
        p = 1.0 if d <= 18 else 18 / d + math.exp(-d / 36) * (1 - 18 / d)
        return ('38.901 UMi P_LOS', f'hBS={bs}', f, d), p
    if kind == 4:
        material, theta, p = rng.choice(sorted(ENTRY)), round(rng.uniform(-80, 80), 1), round(rng.uniform(0.01, 0.99), 3)
        return ('P.2109-2', f'{material} theta={theta} P={p}', f, 0), entry(material, f, theta, p)
    key = rng.choice(sorted(SITE_GENERAL))
    alpha, beta, gamma = SITE_GENERAL[key]
    return (*key, f, d), 10 * alpha * math.log10(d) + beta + 10 * gamma * math.log10(f)


# ---- coordinates, on the ellipsoid GRS 80 ----

A, F = 6378137.0, 1 / 298.257222101
E2 = F * (2 - F)
E1 = math.sqrt(E2)


def laea(lat, lon):
    """EPSG:3035: centre 52 N 10 E, false easting 4,321,000, northing 3,210,000."""
    def q(phi):
        s = math.sin(phi)
        return (1 - E2) * (s / (1 - E2 * s * s) - math.log((1 - E1 * s) / (1 + E1 * s)) / (2 * E1))
    phi, lam, phi0, lam0 = (math.radians(x) for x in (lat, lon, 52, 10))
    qp = q(math.pi / 2)
    beta, beta0, rq = math.asin(q(phi) / qp), math.asin(q(phi0) / qp), A * math.sqrt(qp / 2)
    d = A * math.cos(phi0) / math.sqrt(1 - E2 * math.sin(phi0) ** 2) / (rq * math.cos(beta0))
    b = rq * math.sqrt(2 / (1 + math.sin(beta0) * math.sin(beta) + math.cos(beta0) * math.cos(beta) * math.cos(lam - lam0)))
    return (4321000 + b * d * math.cos(beta) * math.sin(lam - lam0),
            3210000 + b / d * (math.cos(beta0) * math.sin(beta) - math.sin(beta0) * math.cos(beta) * math.cos(lam - lam0)))


def utm32(lat, lon):
    """EPSG:25832, Krueger's series to the fourth order of the third flattening."""
    n = F / (2 - F)
    radius = A / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    alphas = (n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180, 13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440,
              61 * n**3 / 240 - 103 * n**4 / 140, 49561 * n**4 / 161280)
    phi, lam = math.radians(lat), math.radians(lon - 9)
    t = math.sinh(math.atanh(math.sin(phi)) - E1 * math.atanh(E1 * math.sin(phi)))
    xi, eta = math.atan2(t, math.cos(lam)), math.asinh(math.sin(lam) / math.hypot(t, math.cos(lam)))
    east = eta + sum(a * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, a in enumerate(alphas, 1))
    north = xi + sum(a * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, a in enumerate(alphas, 1))
    return 500000 + 0.9996 * radius * east, 0.9996 * radius * north


# ---- the tests ----

def model(what, text, status=0):
    with tempfile.NamedTemporaryFile('w', suffix='.tsv', encoding='utf-8') as file:
        file.write(text)
        file.flush()
        done = subprocess.run([os.path.join(BUILD, 'netzwacht'), 'model', what, '--tsv', file.name], capture_output=True, text=True,
                              timeout=120, check=False)
    assert done.returncode == status, f'status {done.returncode}: {done.stderr}'
    return [line.split('\t') for line in done.stdout.splitlines()]


def losses_agree(rng):
    """formulas written down twice agree on random points"""
    rows = [random_row(rng) for _ in range(POINTS)]
    answers = model('pathloss', 'model\tparam\tf_GHz\td_m\n' + ''.join('\t'.join(map(str, r)) + '\n' for r, _ in rows))
    assert answers[0] == ['model', 'param', 'f_GHz', 'd_m', 'value', 'note'] and len(answers) == POINTS + 1
    for (row, value), answer in zip(rows, answers[1:]):
        assert answer[:4] == [str(x) for x in row], f'{row} became {answer}'
        assert abs(float(answer[4]) - value) <= 0.0006, f'{row}: {answer[4]}, here {value}'


def cells_agree(rng):
    """projections written down twice agree within a millimetre, and cells are named by their south-western corner"""
    points = [(round(rng.uniform(47, 55), 6), round(rng.uniform(6, 15), 6)) for _ in range(POINTS)]
    answers = model('cell', 'lat,lon\n' + ''.join(f'{lat},{lon}\n' for lat, lon in points))
    assert len(answers) == POINTS + 1
    for (lat, lon), answer in zip(points, answers[1:]):
        e, n = laea(lat, lon)
        east, north = utm32(lat, lon)
        for ours, theirs in zip(answer[2:4] + answer[5:7], (e, n, east, north)):
            assert abs(float(ours) - theirs) <= 0.001, f'{lat} {lon}: {ours}, here {theirs}'
        # Where a coordinate is within a millimetre of a cell's edge, either cell is right.
        if min(x % 100 for x in (e, n)) > 0.001 and max(x % 100 for x in (e, n)) < 99.999:
            assert answer[4] == f'CRS3035RES100mN{int(n // 100) * 100}E{int(e // 100) * 100}', answer


def nonsense_keeps_its_place(_):
    """a row that cannot be computed keeps its place, says why, and the status tells"""
    answers = model('pathloss', 'f_GHz;model;d_m;param\n2,4;fspl;100;\n0;fspl;100;\nx;fspl;1;\n5;Hata;100;\n5;P.2109-2;0;traditional theta=0 P=2\n', 65)
    assert [a[4:] for a in answers[1:]] == [['80.0520', ''], ['nan', 'parameter out of range'], ['nan', 'parameter out of range'],
                                            ['nan', 'unknown model'], ['nan', 'parameter out of range']], answers
    answers = model('cell', 'lat\tlon\n9.99\t153.7\n95\t10\n\t\n53.7064\t9.9926\n', 65)
    assert [a[4] for a in answers[1:]][1:] == ['', '', 'CRS3035RES100mN3399800E4320500'], answers
    model('pathloss', 'model\tparam\tf\td_m\nfspl\t\t1\t1\n', 65)
    model('cell', '', 65)


def main():
    tests = (losses_agree, cells_agree, nonsense_keeps_its_place)
    failed = 0
    print(f'1..{len(tests)}')
    for number, test in enumerate(tests, 1):
        try:
            test(random.Random(20260101))
            print(f'ok {number} - {test.__doc__}')
        except (AssertionError, subprocess.SubprocessError, ValueError, IndexError) as problem:
            failed += 1
            print(f'not ok {number} - {test.__doc__}\n# ' + str(problem).replace('\n', '\n# '))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
