# C unit tests: tests/unit/test_x.c becomes the program tests/unit/test_x.
# A new test is one line, in the list of the room it tests; the list says
# what it is linked against: its own room and those below, nothing above.
base_tests = \
	tests/unit/test_alloc \
	tests/unit/test_buffer \
	tests/unit/test_error \
	tests/unit/test_sink

graph_tests = \
	tests/unit/test_address \
	tests/unit/test_graph \
	tests/unit/test_line \
	tests/unit/test_search \
	tests/unit/test_shape \
	tests/unit/test_table

render_tests = \
	tests/unit/test_fuzz_line \
	tests/unit/test_label \
	tests/unit/test_reference_view \
	tests/unit/test_text

base_libraries = src/base/libbase.la
graph_libraries = src/graph/libgraph.la $(base_libraries)
render_libraries = tests/fuzz/libfuzz.la src/render/librender.la $(graph_libraries)

unit_tests = $(base_tests) $(graph_tests) $(render_tests)

# Every unit test can make the n-th allocation fail: failing_malloc.h.  That
# library comes last, because the rooms before it need its __wrap_malloc.
unit_support = $(CMOCKA_LIBS) tests/unit/libfailing.la \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc
unit_libraries = tests/unit/libunit.la tests/unit/libfailing.la

# Automake makes each program with the LDADD in force; GNU make's variables
# per target let one list share one LDADD.
$(base_tests): LDADD = tests/unit/libunit.la $(base_libraries) $(unit_support)
$(graph_tests): LDADD = tests/unit/libunit.la $(graph_libraries) $(unit_support)
$(render_tests): LDADD = tests/unit/libunit.la $(render_libraries) $(unit_support)
$(base_tests): $(unit_libraries) $(base_libraries)
$(graph_tests): $(unit_libraries) $(graph_libraries)
$(render_tests): $(unit_libraries) $(render_libraries)

if HAVE_CMOCKA
check_LTLIBRARIES += $(unit_libraries) tests/fuzz/libfuzz.la
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
else
# Without cmocka `make check` fails here, before it runs anything.
check_DATA += cmocka-is-missing
endif

cmocka-is-missing:
	@echo "make check needs cmocka: install libcmocka-dev (Debian, Ubuntu) or libcmocka-devel (Fedora), then run configure again" >&2
	@false

.PHONY: cmocka-is-missing

tests_unit_libfailing_la_SOURCES = \
	tests/unit/failing_malloc.c \
	tests/unit/failing_malloc.h

tests_unit_libunit_la_SOURCES = \
	tests/unit/golden.c \
	tests/unit/golden.h \
	tests/unit/heaps.c \
	tests/unit/heaps.h \
	tests/unit/unit.h

# What the fuzzer runs; test_fuzz_line replays what it once found.
tests_fuzz_libfuzz_la_SOURCES = \
	tests/fuzz/fuzz_line.c \
	tests/fuzz/fuzz_line.h
