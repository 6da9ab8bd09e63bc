# C unit tests: tests/unit/test_x.c becomes the program tests/unit/test_x.
# A new test is one line, in the list of the room it tests; the list says
# what it is linked against: its own room and those below, nothing above.
base_tests = \
	tests/unit/test_alloc \
	tests/unit/test_arena \
	tests/unit/test_buffer \
	tests/unit/test_decimal \
	tests/unit/test_error \
	tests/unit/test_format \
	tests/unit/test_hash \
	tests/unit/test_large \
	tests/unit/test_progress \
	tests/unit/test_sink \
	tests/unit/test_siphash \
	tests/unit/test_sort

graph_tests = \
	tests/unit/test_graph

search_tests = \
	tests/unit/test_address \
	tests/unit/test_cut \
	tests/unit/test_dominator \
	tests/unit/test_paths \
	tests/unit/test_queue \
	tests/unit/test_search \
	tests/unit/test_table

explain_tests = \
	tests/unit/test_shape

survey_tests = \
	tests/unit/test_survey

dump_tests = \
	tests/unit/test_dump \
	tests/unit/test_fuzz_dump

view_tests = \
	tests/unit/test_idle \
	tests/unit/test_record \
	tests/unit/test_view \
	tests/unit/test_view_path

line_tests = \
	tests/unit/test_answer \
	tests/unit/test_line

render_tests = \
	tests/unit/test_chart \
	tests/unit/test_why \
	tests/unit/test_fit \
	tests/unit/test_fuzz_line \
	tests/unit/test_label \
	tests/unit/test_line_view \
	tests/unit/test_mermaid \
	tests/unit/test_reference_view \
	tests/unit/test_text \
	tests/unit/test_view_ways

draw_tests = \
	tests/unit/test_dot \
	tests/unit/test_escape \
	tests/unit/test_fuzz_draw \
	tests/unit/test_svg

if CAN_ATTACH
attach_tests = \
	tests/unit/test_target
endif

module_tests = \
	tests/unit/test_fork \
	tests/unit/test_fork_host \
	tests/unit/test_headroom \
	tests/unit/test_spawn \
	tests/unit/test_spawn_host

base_libraries = src/base/libbase.la
graph_libraries = src/graph/libgraph.la $(base_libraries)
search_libraries = src/search/libsearch.la $(graph_libraries)
explain_libraries = src/explain/libexplain.la $(search_libraries)
dump_libraries = src/dump/libdump.la $(explain_libraries)
survey_libraries = src/survey/libsurvey.la $(dump_libraries)
view_libraries = src/view/libview.la $(graph_libraries)
line_libraries = src/line/libline.la $(view_libraries)
render_libraries = src/render/librender.la $(line_libraries)
draw_libraries = src/draw/libdraw.la $(render_libraries)
attach_libraries = src/attach/libattach.la $(base_libraries)
# Those files of the module room that do without Python.
module_libraries = src/module/libmodule.la $(base_libraries)

unit_tests = $(base_tests) $(graph_tests) $(search_tests) $(explain_tests) \
	$(dump_tests) $(survey_tests) $(view_tests) $(line_tests) $(render_tests) $(draw_tests) $(attach_tests) $(module_tests)

# Every unit test can make the n-th allocation fail: failing_malloc.h.  That
# library comes last, because the rooms before it need its __wrap_malloc.
unit_support = $(CMOCKA_LIBS) tests/unit/libfailing.la \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc
unit_libraries = tests/unit/libunit.la tests/unit/libfailing.la

# Automake makes each program with the LDADD in force; GNU make's variables
# per target let one list share one LDADD.
$(base_tests): LDADD = tests/unit/libunit.la $(base_libraries) $(unit_support)
$(graph_tests): LDADD = tests/unit/libunit.la $(graph_libraries) $(unit_support)
$(search_tests): LDADD = tests/unit/libunit.la $(search_libraries) $(unit_support)
$(explain_tests): LDADD = tests/unit/libunit.la $(explain_libraries) $(unit_support)
$(dump_tests): LDADD = tests/unit/libunit.la $(dump_libraries) $(unit_support)
$(survey_tests): LDADD = tests/unit/libunit.la $(survey_libraries) $(unit_support)
$(view_tests): LDADD = tests/unit/libunit.la $(view_libraries) $(unit_support)
$(line_tests): LDADD = tests/unit/libunit.la $(line_libraries) $(unit_support)
$(render_tests): LDADD = tests/unit/libunit.la $(render_libraries) $(unit_support)
$(draw_tests): LDADD = tests/unit/libunit.la $(draw_libraries) $(GVC_LIBS) $(CGRAPH_LIBS) \
	$(DL_LIBS) $(unit_support)
$(attach_tests): LDADD = tests/unit/libunit.la $(attach_libraries) $(DL_LIBS) \
	$(THREAD_LIBS) $(unit_support)
$(module_tests): LDADD = tests/unit/libunit.la $(module_libraries) $(unit_support)
$(base_tests): $(unit_libraries) $(base_libraries)
$(graph_tests): $(unit_libraries) $(graph_libraries)
$(search_tests): $(unit_libraries) $(search_libraries)
$(explain_tests): $(unit_libraries) $(explain_libraries)
$(dump_tests): $(unit_libraries) $(dump_libraries)
$(survey_tests): $(unit_libraries) $(survey_libraries)
$(view_tests): $(unit_libraries) $(view_libraries)
$(line_tests): $(unit_libraries) $(line_libraries)
$(render_tests): $(unit_libraries) $(render_libraries)
$(draw_tests): $(unit_libraries) $(draw_libraries)
$(attach_tests): $(unit_libraries) $(attach_libraries)
$(module_tests): $(unit_libraries) $(module_libraries)
$(draw_tests): AM_CPPFLAGS += $(draw_CPPFLAGS)

if HAVE_CMOCKA
check_LTLIBRARIES += $(unit_libraries)
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
	tests/unit/unit.h \
	tests/unit/xml.c \
	tests/unit/xml.h

# Random closures, for the analyses.
tests_unit_test_cut_SOURCES = \
	tests/unit/test_cut.c \
	tests/unit/analyses.c \
	tests/unit/analyses.h
tests_unit_test_paths_SOURCES = \
	tests/unit/test_paths.c \
	tests/unit/analyses.c \
	tests/unit/analyses.h

# Graphs made by hand, for the view.
tests_unit_test_view_SOURCES = \
	tests/unit/test_view.c \
	tests/unit/views.c \
	tests/unit/views.h
tests_unit_test_view_path_SOURCES = \
	tests/unit/test_view_path.c \
	tests/unit/views.c \
	tests/unit/views.h

# The golden graphs, for those who draw them.
tests_unit_test_fit_SOURCES = \
	tests/unit/test_fit.c \
	tests/unit/scenes.c \
	tests/unit/scenes.h \
	tests/unit/views.c \
	tests/unit/views.h
tests_unit_test_view_ways_SOURCES = \
	tests/unit/test_view_ways.c \
	tests/unit/views.c \
	tests/unit/views.h
tests_unit_test_line_view_SOURCES = \
	tests/unit/test_line_view.c \
	tests/unit/scenes.c \
	tests/unit/scenes.h \
	tests/unit/views.c \
	tests/unit/views.h
tests_unit_test_mermaid_SOURCES = \
	tests/unit/test_mermaid.c \
	tests/unit/scenes.c \
	tests/unit/scenes.h
tests_unit_test_dot_SOURCES = \
	tests/unit/test_dot.c \
	tests/unit/scenes.c \
	tests/unit/scenes.h
tests_unit_test_svg_SOURCES = \
	tests/unit/test_svg.c \
	tests/unit/scenes.c \
	tests/unit/scenes.h

# Scripts that play the drawing program.
tests_unit_test_spawn_SOURCES = \
	tests/unit/test_spawn.c \
	tests/unit/scripts.c \
	tests/unit/scripts.h
tests_unit_test_spawn_host_SOURCES = \
	tests/unit/test_spawn_host.c \
	tests/unit/scripts.c \
	tests/unit/scripts.h

# Forked children.
tests_unit_test_fork_SOURCES = \
	tests/unit/test_fork.c \
	tests/unit/children.c \
	tests/unit/children.h
tests_unit_test_fork_host_SOURCES = \
	tests/unit/test_fork_host.c \
	tests/unit/children.c \
	tests/unit/children.h

# A heap made by hand, for the dump.
tests_unit_test_dump_SOURCES = \
	tests/unit/test_dump.c \
	tests/unit/dumps.c \
	tests/unit/dumps.h

tests_unit_test_survey_SOURCES = \
	tests/unit/test_survey.c \
	tests/unit/dumps.c \
	tests/unit/dumps.h

# What the fuzzers run; these tests replay what they once found.
tests_unit_test_fuzz_line_SOURCES = \
	tests/unit/test_fuzz_line.c \
	tests/fuzz/fuzz_line.c \
	tests/fuzz/fuzz_line.h
tests_unit_test_fuzz_dump_SOURCES = \
	tests/unit/test_fuzz_dump.c \
	tests/fuzz/fuzz_dump.c \
	tests/fuzz/fuzz_dump.h
tests_unit_test_fuzz_draw_SOURCES = \
	tests/unit/test_fuzz_draw.c \
	tests/fuzz/fuzz_draw.c \
	tests/fuzz/fuzz_draw.h
