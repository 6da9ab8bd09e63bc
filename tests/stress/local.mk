# CPython's own tests while a second thread looks: `make check-stress`, half an
# hour; `make check-stress STRESS=--short`, half a minute.  Not part of check.
STRESS =
EXTRA_DIST += \
	tests/stress/exclusions.py \
	tests/stress/runner.py \
	tests/stress/stress.py \
	tests/stress/stretch \
	tests/stress/stretch.c \
	tests/stress/stretch.py \
	tests/stress/threads.py \
	tests/valgrind.supp

check-stress: all test-venv
	$(builddir)/tests/in-stage $(TEST_VENV)/bin/python $(srcdir)/tests/stress/stress.py $(STRESS)

# Eight threads that change what is looked at, for so many seconds.
THREADS_SECONDS = 3600

check-threads: all
	$(builddir)/tests/in-stage $(PYTHON) $(srcdir)/tests/stress/threads.py $(THREADS_SECONDS)

# How much work lies between two questions whether to go on, counted in a build
# of its own; SCENES names some.
SCENES =

check-stretch:
	@CC='$(CC)' $(SHELL) $(srcdir)/tests/stress/stretch $(srcdir)/configure \
	    stretch $(PYTHON) $(SCENES)

# The C unit tests again, for memory errors and leaks.
VALGRIND = valgrind
VALGRIND_FLAGS = -q --error-exitcode=99 --leak-check=full \
	--suppressions=$(srcdir)/tests/valgrind.supp \
	--errors-for-leak-kinds=definite,indirect,possible

check-valgrind: $(unit_tests)
	@failed=0; for test in $(unit_tests); do \
	    if srcdir=$(srcdir) UNDER_VALGRIND=1 $(SHELL) ./libtool --mode=execute $(VALGRIND) $(VALGRIND_FLAGS) $$test \
	        >$$test.valgrind.log 2>&1; then echo "ok - $$test"; \
	    else echo "not ok - $$test: see $$test.valgrind.log"; failed=1; fi; \
	done; exit $$failed

.PHONY: check-stress check-stretch check-threads check-valgrind
