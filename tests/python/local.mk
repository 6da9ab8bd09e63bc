# Python tests: one TAP stream per file, each run by pytest in an environment
# of the project's own.  A new file is one line here.  Those that take longest come
# first, so that none of them is left alone at the end.
python_tests = \
	tests/python/test_second_witness.py \
	tests/python/test_growth.py \
	tests/python/test_pid.py \
	tests/python/test_memory.py \
	tests/python/test_pid_signals.py \
	tests/python/test_pid_heap.py \
	tests/python/test_pid_attach.py \
	tests/python/test_fork.py \
	tests/python/test_dump_fork.py \
	tests/python/test_site.py \
	tests/python/test_assertions.py \
	tests/python/test_heedless.py \
	tests/python/test_hints.py \
	tests/python/test_merged.py \
	tests/python/test_shown.py \
	tests/python/test_dump.py \
	tests/python/test_command.py \
	tests/python/test_expressions.py \
	tests/python/test_sphinx.py \
	tests/python/test_sphinx_run.py \
	tests/python/test_kinds.py \
	tests/python/test_survey.py \
	tests/python/test_c_types.py \
	tests/python/test_dot_readers.py \
	tests/python/test_moments.py \
	tests/python/test_interrupt.py \
	tests/python/test_interrupt_answers.py \
	tests/python/test_heap.py \
	tests/python/test_heap_files.py \
	tests/python/test_sizes.py \
	tests/python/test_api_face.py \
	tests/python/test_at.py \
	tests/python/test_bad_input.py \
	tests/python/test_bundle.py \
	tests/python/test_differential.py \
	tests/python/test_draw_killed.py \
	tests/python/test_emphasis.py \
	tests/python/test_engine.py \
	tests/python/test_examples.py \
	tests/python/test_exit.py \
	tests/python/test_fork_ends.py \
	tests/python/test_furniture.py \
	tests/python/test_gallery.py \
	tests/python/test_greenlets.py \
	tests/python/test_hostile.py \
	tests/python/test_interpreters.py \
	tests/python/test_json.py \
	tests/python/test_leaks.py \
	tests/python/test_limits.py \
	tests/python/test_marks.py \
	tests/python/test_misfits.py \
	tests/python/test_names.py \
	tests/python/test_namespaces.py \
	tests/python/test_native.py \
	tests/python/test_package.py \
	tests/python/test_picture.py \
	tests/python/test_picture_hostile.py \
	tests/python/test_pid_hostile.py \
	tests/python/test_pid_race.py \
	tests/python/test_records.py \
	tests/python/test_redact.py \
	tests/python/test_render.py \
	tests/python/test_roots.py \
	tests/python/test_rows.py \
	tests/python/test_same_bytes.py \
	tests/python/test_seed_page.py \
	tests/python/test_shells.py \
	tests/python/test_situations.py \
	tests/python/test_terminal.py \
	tests/python/test_text.py \
	tests/python/test_truth.py \
	tests/python/test_type.py \
	tests/python/test_untouched.py \
	tests/python/test_verdict.py \
	tests/python/test_which.py \
	tests/python/test_why.py \
	tests/python/test_why_many.py \
	tests/python/test_why_tasks.py

TESTS += $(python_tests)
EXTRA_DIST += $(python_tests) \
	tests/python/apart.py \
	tests/python/conftest.py \
	tests/python/elsewhere.py \
	tests/python/dump_checks.py \
	tests/python/forked_answers.py \
	tests/python/interrupting.py \
	tests/python/kinds.py \
	tests/python/kinds_fields.py \
	tests/python/kinds_frames.py \
	tests/python/kinds_interpreter.py \
	tests/python/kinds_layouts.py \
	tests/python/kinds_library.py \
	tests/python/kinds_objects.py \
	tests/python/layouts.py \
	tests/python/live_processes.py \
	tests/python/memory_failures.py \
	tests/python/sphinx_projects.py \
	tests/python/programs.py \
	tests/python/racing_user.py \
	tests/python/random_heaps.py \
	tests/python/program_model.py \
	tests/python/random_programs.py \
	tests/python/situations.py \
	tests/python/growing_programs.py \
	tests/python/growth_checks.py \
	tests/python/heedless.c \
	tests/python/impostor.c \
	tests/python/opaque.c \
	tests/python/second_witness.py \
	tests/python/dumps.py \
	tests/python/forks.py \
	tests/python/transcripts.py \
	tests/python/waiting.c \
	tests/python/trees.py \
	tests/python/make-venv \
	tests/python/requirements.txt

# Loaded by test_memory.py in front of everything else.  A path to install to
# makes libtool build a shared library; nothing is installed.
check_LTLIBRARIES += tests/python/libfailing_core.la
tests_python_libfailing_core_la_SOURCES = tests/python/failing_core.c
tests_python_libfailing_core_la_LDFLAGS = $(AM_LDFLAGS) \
	-module -avoid-version -shared -rpath /nowhere
tests_python_libfailing_core_la_CFLAGS = $(AM_CFLAGS) -fvisibility=default

check_DATA += test-venv stage/compiled

# As pip leaves it: the many processes of the tests need not compile it each.
stage/compiled: stage/stamp
	$(AM_V_at)$(PYTHON) -m compileall -q stage/referrers
	$(AM_V_GEN)touch $@

test-venv: $(TEST_VENV)/stamp

$(TEST_VENV)/stamp: tests/python/requirements.txt
	@$(SHELL) $(srcdir)/tests/python/make-venv '$(PYTHON)' '$(TEST_VENV)' '$(srcdir)/tests/python/requirements.txt'

.PHONY: test-venv
