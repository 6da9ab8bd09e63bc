#!/bin/sh
# The wall between the rooms of src/, seen as the linker sees it: no archive
# may need a symbol that its room must not use.  TAP on standard output.
# Runs in the build directory; NM names the symbol lister, srcdir the sources.
set -u
nm=${NM:-nm}
rooms="base graph view line search explain render draw heap module"
count=0
failed=0

sources=${srcdir:-.}/src

# report STATUS TEXT [LINES]: one test point; LINES say what is wrong.
report() {
    count=$((count + 1))
    if test "$1" -eq 0; then
        echo "ok $count - $2"
    else
        failed=$((failed + 1))
        echo "not ok $count - $2"
        printf '%s\n' "${3:-}" | sed 's/^/# /'
    fi
}

# expect_none TEXT LINES: passes when LINES is empty.
expect_none() {
    test -z "$2"
    report $? "$1" "$2"
}

# expect_some TEXT LINES FOUND-IN: passes when LINES is not empty.
expect_some() {
    test -n "$2"
    report $? "$1" "$3"
}

archive() { echo "src/$1/.libs/lib$1.a"; }

# The rooms each room may use.
below() {
    case $1 in
        base) ;;
        graph) echo base ;;
        view | search) echo graph base ;;
        line) echo view graph base ;;
        explain) echo search graph base ;;
        render) echo line view graph base ;;
        heap) echo explain search graph base ;;
        draw) echo render line view graph base ;;
        module) echo heap render line view explain search graph base ;;
    esac
}

undefined() { "$nm" --undefined-only --format=posix "$(archive "$1")" | awk 'NF > 1 { print $1 }' | sort -u; }
defined() { "$nm" --defined-only --extern-only --format=posix "$(archive "$1")" | awk 'NF > 1 { print $1 }' | sort -u; }

# not_among LIST: of the names on standard input those that LIST lacks.
not_among() { grep -v -x -F -e "$1" || :; }

check_room() {
    room=$1
    own=$(defined "$room" 2>/dev/null)
    expect_some "$room: the archive is there and has symbols" "$own" "$(archive "$room")"

    needed=$(undefined "$room" 2>/dev/null)
    case $room in
        heap | module) ;;
        *) expect_none "$room: needs nothing of CPython" \
            "$(echo "$needed" | grep -E '^_?Py')" ;;
    esac
    case $room in
        draw) ;;
        *) expect_none "$room: needs nothing of Graphviz" \
            "$(echo "$needed" | grep -E '^(ag|gv)')" ;;
    esac

    allowed=$own
    for lower in $(below "$room"); do
        allowed="$allowed
$(defined "$lower" 2>/dev/null)"
    done
    expect_none "$room: needs rg_ symbols of itself and the rooms below only" \
        "$(echo "$needed" | grep '^rg_' | not_among "$allowed")"
    expect_none "$room: needs no rg__ symbol of another room" \
        "$(echo "$needed" | grep '^rg__' | not_among "$own")"
    # Some tables of CPython are defined in its headers: _PyOpcode_Deopt.
    case $room in
        heap | module) names='rg_|_Py|PyInit__core$' ;;
        *) names='rg_' ;;
    esac
    expect_none "$room: what it gives to others is named rg_" \
        "$(echo "$own" | grep -v -E "^($names|__odr_asan)")"
}

# Includes point down: "ROOM/x.h" names a room below, or the file's own.
check_includes() {
    room=$1
    allowed=$(echo "$room" "$(below "$room")" | tr ' ' '|')
    expect_none "$room: includes headers of itself and the rooms below only" \
        "$(find "$sources/$room" -name '*.[ch]' -exec grep -H '^#include "' {} + |
            grep -v -E ":#include \"($allowed)/")"
}

for room in $rooms; do
    check_room "$room"
    check_includes "$room"
done

# The extension module gives the process one symbol, its entry.
core=$(echo stage/referrers/_core.*so)
exported=$("$nm" --dynamic --defined-only --extern-only --format=posix "$core" 2>/dev/null |
    awk '{ print $1 }' | grep -v '^__odr_asan')
status=0
test "$exported" = PyInit__core || status=1
report $status "_core exports PyInit__core and nothing else" "$core: $exported"

# Graphviz never enters the process that is being debugged.
needed=$("$nm" --dynamic --undefined-only --format=posix "$core" 2>/dev/null | awk '{ print $1 }')
status=0
test -n "$needed" || status=1
echo "$needed" | grep -q -E '^(ag|gv)' && status=1
report $status "_core needs nothing of Graphviz" "$(echo "$needed" | grep -E '^(ag|gv)')"

echo "1..$count"
test "$failed" -eq 0
