#!/bin/sh
# The drawing program itself: what it writes, how it ends, what it says.
# Speaks TAP.  Run in the build directory, with srcdir in the environment.

draw=${DRAW:-$PWD/src/draw/_draw}
scenes=${srcdir:-.}/tests/golden/picture
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
number=0

result() {      # STATUS WORDS
    number=$((number + 1))
    if test "$1" -eq 0; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        sed 's/^/# /' "$work/messages"
    fi
}

run() {         # ARGUMENTS: draws $input, sets $status
    "$draw" "$@" <"$input" >"$work/output" 2>"$work/messages"
    status=$?
}

starts_with() { # TEXT
    test "$(head -c ${#1} "$work/output")" = "$1"
}

says() {        # TEXT: exactly one line that starts with our name
    test "$(wc -l <"$work/messages")" -eq 1 &&
        grep -q "^referrers-draw: .*$1" "$work/messages"
}

echo 1..22
test -x "$draw" || { echo "Bail out! $draw is missing"; exit 99; }
test -f "$scenes/web.lines" || { echo "Bail out! no scenes in $scenes"; exit 99; }

input=$scenes/web.lines
run -T svg
test $status -eq 0 && starts_with '<svg width=' && test ! -s "$work/messages"
result $? 'SVG'
run -T png
test $status -eq 0 && head -c 8 "$work/output" | od -An -c | grep -q 'P   N   G'
result $? 'PNG'
run -T pdf
test $status -eq 0 && starts_with '%PDF-'
result $? 'PDF'
run
test $status -eq 0 && cmp -s "$work/output" "$scenes/web.dot"
result $? 'DOT is what comes without an option'

for format in svg png pdf; do
    run -T $format
    cp "$work/output" "$work/first.$format"
done
sleep 1
for format in svg png pdf; do
    run -T $format
    cmp -s "$work/output" "$work/first.$format"
    result $? "the same $format a second later"
done

run -T svg --status-line
size=$(wc -c <"$work/output")
test $status -eq 0 && test "$(tail -n 1 "$work/messages")" = "referrers-draw: done $((size))"
result $? 'the status line tells the size'

GVBINDIR=/nowhere GV_FILE_PATH=/nowhere
export GVBINDIR GV_FILE_PATH
run -T png
result $status 'GVBINDIR does not matter'
unset GVBINDIR GV_FILE_PATH

input=$scenes/alike.lines
run -T dot --max-objects 3
test $status -eq 0 && test "$(grep -c 'class=object' "$work/output")" -lt 3
result $? '--max-objects'

input=/dev/null
run -T svg
test $status -eq 1 && says 'graph line 1' && test ! -s "$work/output"
result $? 'no graph is a failure'
printf 'referrers-graph\t1\nlimits\t20\t0\t0\n' >"$work/half"
input=$work/half
run -T svg
test $status -eq 1 && says 'cut off'
result $? 'half a graph is a failure'

input=$scenes/web.lines
run -T gif
test $status -eq 2 && says 'gif'
result $? 'an unknown format is a usage error'
run --unknown
test $status -eq 2 && says 'unknown'
result $? 'an unknown option is a usage error'
run --max-objects -1
test $status -eq 2 && says 'max-objects'
result $? 'a negative limit is a usage error'
run --timeout 1x
test $status -eq 2 && says 'timeout'
result $? 'a timeout that is no number is a usage error'
run extra
test $status -eq 2 && says 'extra'
result $? 'an argument is a usage error'

if test -w /dev/full; then
    for format in dot svg; do
        "$draw" -T $format <"$input" 2>"$work/messages" >/dev/full
        test $? -eq 1 && says 'cannot write the picture'
        result $? "a full disk is a failure: $format"
    done
else
    number=$((number + 1)); echo "ok $number # SKIP no /dev/full here"
    number=$((number + 1)); echo "ok $number # SKIP no /dev/full here"
fi

sleep 5 2>/dev/null | "$draw" -T svg --timeout 0.3 >"$work/output" 2>"$work/messages" &
wait $!
test $? -eq 3 && says 'time limit'
result $? 'the time limit ends it'

run --version
test $status -eq 0 && starts_with 'Graphviz '
result $? '--version names Graphviz'
run --help
test $status -eq 0 && starts_with 'usage: '
result $? '--help'
