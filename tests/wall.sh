#!/bin/sh
# The wall between the rooms of src/, seen as the linker sees it: no archive
# may need a symbol that its room must not use.  TAP on standard output.
# Runs in the build directory; NM names the symbol lister, srcdir the sources.
set -u
nm=${NM:-nm}
rooms="base graph view line search explain render draw dump survey heap attach module"
# Not every processor has the program that attaches: configure says.
! grep -q '^#.*src/attach/libattach.la' Makefile || rooms=$(echo "$rooms" | sed 's/ attach//')
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
        graph | attach) echo base ;;
        view | search) echo graph base ;;
        line) echo view graph base ;;
        explain) echo search graph base ;;
        render) echo line view graph base ;;
        dump) echo explain search graph base ;;
        survey) echo dump explain search graph base ;;
        heap) echo dump explain search graph base ;;
        draw) echo render line view graph base ;;
        module) echo attach heap survey dump render line view explain search graph base ;;
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
        "$(echo "$own" | grep -v -E "^($names|__odr_asan|__x86\.get_pc_thunk)")"
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

# One name, one file: an object file's name says which source it is from, and
# no archive holds two of one name.
expect_none "no two source files have the same name" \
    "$(find "$sources" -name '*.[ch]' | sed 's,.*/,,' | sort | uniq -d)"

# One static function, one name: grep finds it, and a backtrace says which it is.
# A definition begins in the first column, and its name stands before the first
# parenthesis, on the same line or on the next.
static_functions() {
    find "$sources" -name '*.[ch]' -exec awk '
        FNR == 1 { open = 0 }
        /^static [^=;{(]*$/ { open = 1; next }
        open || /^static [^=;{(]*[ *][a-z_0-9]+\([^*]/ {
            open = 0; sub(/\(.*/, ""); sub(/.*[ *]/, "")
            if ($0 ~ /^[a-z_0-9]+$/) print $0, FILENAME }' {} + | sort -u
}
functions=$(static_functions)
twice=$(echo "$functions" | cut -d ' ' -f 1 | uniq -d | paste -s -d '|' -)
expect_none "no two files have a static function of the same name" \
    "$(echo "$functions" | grep -E "^($twice) ")"
for seen in "story_of_member explain/explain_groups.c" "is_data_descriptor heap/reach.c"; do
    echo "$functions" | grep -q "^${seen% *} .*/${seen#* }\$"
    report $? "static functions: ${seen% *} is seen" "$functions"
done

# What runs in a forked child, where another thread may have held any lock: of
# the C library only what neither allocates nor locks nor prints, of CPython
# only what reads.  (PyErr_Clear and PyErr_Occurred look at a thread's own
# state; PyFrame_GetCode and the like lend a reference.)  What a compiler or a
# sanitizer adds is no concern of ours.
child_c='mem(chr|cmp|cpy|move|set)|str(chr|cmp|len|ncmp|rchr)|bsearch|m(map|map64|remap|unmap)|madvise
clock_gettime|syscall|write|__errno_location|__libc_current_sigrt(min|max)
_GLOBAL_OFFSET_TABLE_|_DYNAMIC|__stack_chk_fail|__popcountdi2|__(u?div|u?mod|udivmod)[dt]i[34]|__(a|t|ub|odr_a)san_.*|__(mem|str).*_chk'
child_python='(_?Py[A-Za-z]+_Type|_PyWeakref_[A-Za-z]+Type|_Py_[A-Z][a-z]+Struct|_PyRuntime)
PyCode_Addr2Line|PyCompile_OpcodeStackEffectWithJump|PyDict_Next|PyErr_(Clear|Occurred)|PyFrame_GetCode|PyGC_IsEnabled|PyGen_GetCode
PyInterpreterState_(Get|ThreadHead)|PyLong_As(LongLongAndOverflow|UnsignedLongLongMask|UnsignedLongMask)
PyModule_Get(Def|Dict)|PyObject_(GC_IsTracked|IS_GC)|PyThreadState_(Get|Next)|PyType_(GetDict|IsSubtype)
PyUnicode_Compare|PyUnstable_GC_VisitObjects|_PyLong_NumBits|_PyUnicode_IsReady|_Py_Dealloc'

# child_needs ROOM: lines of object file and symbol that are not among these.
child_needs() {
    allowed=$(echo "$child_c" | paste -s -d '|' -)
    test "$1" != heap || allowed="$allowed|$(echo "$child_python" | paste -s -d '|' -)"
    "$nm" -A --undefined-only --format=posix "$(archive "$1")" |
        awk 'NF > 2 { sub(/^.*[[(]/, "", $1); sub(/[])].*$/, "", $1)
                      sub(/^lib[a-z]*_la-/, "", $1); print $1, $2 }' |
        grep -v -E "^[^ ]* (rg_.*|$allowed)\$" | sort -u
}

# What never runs in a child: the one file about malloc, what a test counts for
# each thread, what asks the interpreter before the fork.
parents='^(alloc|drill|facts|self_test|collector_public)\.o '

for room in base graph search explain view line dump heap; do
    expect_none "$room: in a forked child it needs nothing that allocates, locks or prints" \
        "$(child_needs "$room" | grep -v -E "$parents")"
done
for room in graph search explain view line heap; do
    expect_none "$room: nor what is the parent's" \
        "$(undefined "$room" | grep -E '^rg_(drill|progress)_')"
done
# And these show that such a thing would be seen.
for needs in "base alloc.o free" "heap self_test.o PyRun_StringFlags" "heap facts.o PySys_GetObject"; do
    child_needs "${needs%% *}" | grep -q -x "${needs#* }"
    report $? "${needs%% *}: ${needs#* } is seen" "$(child_needs "${needs%% *}")"
done

# Every symbol is looked up at once: the loader has a lock too.
readelf=${READELF:-readelf}
"$readelf" --dynamic --wide stage/referrers/_core.*so | grep -q -E 'BIND_NOW|FLAGS.*NOW'
report $? "_core is bound when it is loaded" "$("$readelf" --dynamic --wide stage/referrers/_core.*so)"

# The extension module gives the process its entries, and no other symbol.
core=$(echo stage/referrers/_core.*so)
exported=$("$nm" --dynamic --defined-only --extern-only --format=posix "$core" 2>/dev/null |
    awk '{ print $1 }' | grep -v '^__odr_asan' | paste -s -d ' ' -)
status=0
test "$exported" = "PyInit__core rg_attach_begin_2" || status=1
report $status "_core exports its two entries and nothing else" "$core: $exported"

# Graphviz never enters the process that is being debugged.
needed=$("$nm" --dynamic --undefined-only --format=posix "$core" 2>/dev/null | awk '{ print $1 }')
status=0
test -n "$needed" || status=1
echo "$needed" | grep -q -E '^(ag|gv)' && status=1
report $status "_core needs nothing of Graphviz" "$(echo "$needed" | grep -E '^(ag|gv)')"

echo "1..$count"
test "$failed" -eq 0
