#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# test_docs.sh - what the documents and --help say of programs, commands and files is so.
set -eu
cd "${NETZWACHT_SOURCE:?}"
build=${NETZWACHT_BUILD:?}
# shellcheck source=tests/unit/report.sh
. "${NETZWACHT_SOURCE:?}/tests/unit/report.sh"

programs=$(sed -n 's/^s\{0,1\}bin_PROGRAMS += //p' ./*/local.mk)
commands=$(sed -n 's/^COMMAND("\([^"]*\)".*/\1/p' cli/command_list.h)
daemons=$(sed -n 's,^ExecStart=[^ ]*/\(netzwacht-[a-z]*\) .*,\1,p' packaging/systemd/*.in | sort -u)

manuals() {
    for program in $programs; do
        section=8
        [ "$program" = netzwacht ] && section=1
        grep -q "man/$program\.$section\b" docs/local.mk || echo "docs/local.mk installs no $program.$section"
        [ -f "docs/man/$program.$section" ] || echo "docs/man/$program.$section is not there"
    done
}

commands_in_manual() {
    for command in $commands; do
        sed 's/\\-/-/g' docs/man/netzwacht.1 | grep -q "^\.B.* \{0,1\}$command\b" || echo "netzwacht(1) lacks $command"
        "$build/netzwacht" "$command" --help >/dev/null 2>&1 || echo "netzwacht $command --help fails"
    done
}

options_in_manuals() { # every long option that --help names; --help and --version are everybody's
    for program in $programs; do
        section=8 parts=help
        [ "$program" = netzwacht ] && section=1 parts=$commands
        for part in $parts; do
            [ "$part" = help ] && part=
            # shellcheck disable=SC2086 # no command, no word
            "$build/$program" $part --help 2>/dev/null | grep -oE -- '--[a-z][a-z0-9-]*[a-z0-9]' | sort -u |
                grep -vxE -- '--(help|version)' |
                while read -r option; do
                    sed 's/\\-/-/g' "docs/man/$program.$section" | grep -qE -- "$option([^a-z0-9-]|\$)" ||
                        echo "$program($section) lacks $option of $program $part"
                done
        done
    done
}

decisions() { # each has its line in the list, with its title
    for decision in docs/decisions/[0-9]*.md; do
        title=$(sed -n '1s/^# [0-9]*\. //p' "$decision")
        grep -qF "](${decision##*/}) | $title |" docs/decisions/README.md ||
            echo "docs/decisions/README.md lacks ${decision##*/}, or its title: $title"
    done
}

answers() {
    for program in $programs; do
        "$build/$program" --version 2>/dev/null | grep -q "^$program [0-9]" || echo "$program --version says nothing"
        "$build/$program" --help 2>/dev/null | grep -q '^Usage: netzwacht' || echo "$program --help says nothing"
        grep -q "^| .$program. |" README.md || echo "README.md does not list $program"
    done
}

reloads() { # SIGHUP is promised exactly by those that have a reload
    for program in $daemons; do
        main=cli/${program#netzwacht-}_main.c
        grep -q '\.start = ' "$main" || continue
        has=no promises=no unit=no
        grep -q '\.reload = ' "$main" && has=yes
        "$build/$program" --help | grep -q 'SIGHUP makes' && promises=yes
        grep -q '^ExecReload=' "packaging/systemd/$program.service.in" && unit=yes
        [ $has$promises$unit = yesyesyes ] || [ $has$promises$unit = nonono ] ||
            echo "$program: reload $has, --help promises it: $promises, its unit: $unit"
    done
}

paths() { # `lib/…` and links in the documents; _x, testbox and NAME stand for names to be chosen
    for page in README.md HACKING.md SECURITY.md CHANGELOG.md tests/README.md docs/*.md docs/decisions/*.md; do
        # shellcheck disable=SC2016 # backticks of Markdown
        grep -oE '`[A-Za-z0-9_./*-]+`|\]\([^):#]+\)' "$page" | sed -E 's/^\]\(//; s/[`)]//g' | sort -u |
            while read -r path; do
                case $path in
                *_x.c | NNNN-* | */testbox.* | */x.yaml | *NAME*) continue ;;
                lib/* | collector/* | probes/* | alerts/* | dashboards/* | coverage/* | city/* | cli/* | profiles/* | \
                    packaging/* | docs/* | tests/*) at=$path ;;
                *.md | decisions/* | schemas/* | screenshots/*) at=$(dirname "$page")/$path ;;
                *) continue ;;
                esac
                # shellcheck disable=SC2086 # may be a pattern
                ls -d $at >/dev/null 2>&1 || ls -d ${at}.[chp]* >/dev/null 2>&1 || [ -e "$path" ] ||
                    echo "$page: there is no $path"
            done
    done
}

test_folders() {
    for folder in tests/*/; do
        name=$(basename "$folder")
        case $name in __pycache__) continue ;; esac
        grep -q "^- .$name/" tests/README.md || echo "tests/README.md does not explain $name/"
    done
}

bench_targets() {
    # shellcheck disable=SC2013 # a line is one word
    for target in $(sed -n 's/^\(bench-[a-z]*\):.*/\1/p' tests/local.mk tests/*/local.mk ./*/local.mk tests/unit/*.mk lib/local.mk); do
        grep -q "make $target" tests/README.md || echo "tests/README.md does not name make $target"
    done
}

echo "1..9"
report "every installed program has a manual" "$(manuals)"
report "netzwacht(1) has every command, and every command has --help" "$(commands_in_manual)"
report "the manuals have every option that --help names" "$(options_in_manuals)"
report "docs/decisions/README.md lists every decision" "$(decisions)"
report "every program answers --version and --help and stands in README's table" "$(answers)"
report "a daemon that reads its configuration again on SIGHUP says so, and only such a one" "$(reloads)"
report "the files that documents name are there" "$(paths)"
report "tests/README.md explains every folder of tests" "$(test_folders)"
report "tests/README.md names every benchmark" "$(bench_targets)"
