# Tests speak TAP (testanything.org) and are run by Automake's TAP driver:
# tests/unit in C with cmocka, tests/python with pytest, *.sh by the shell.
TEST_EXTENSIONS = .sh .py

TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_COMPILER = $(SHELL)
PY_LOG_DRIVER = $(TAP_DRIVER)
# A file of tests that hangs fails after ten minutes.
PY_LOG_COMPILER = timeout --kill-after=10 600 $(builddir)/tests/in-stage $(TEST_VENV)/bin/python -m pytest
AM_PY_LOG_FLAGS = --tap -p no:cacheprovider

# A unit test asks for impossible sizes on purpose: NULL, not a report.
AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	PYTHONDONTWRITEBYTECODE=1; export PYTHONDONTWRITEBYTECODE; \
	ASAN_OPTIONS=allocator_may_return_null=1; export ASAN_OPTIONS; \
	LSAN_OPTIONS=print_suppressions=0:suppressions=$(abs_srcdir)/tests/leaks.supp; \
	export LSAN_OPTIONS; \
	NM='$(NM)'; export NM;

include tests/unit/local.mk
include tests/python/local.mk
include tests/stress/local.mk
include tests/notebook/local.mk
include tests/sphinx/local.mk
include tests/devtools/local.mk
include tests/types/local.mk
include tests/style/local.mk

TESTS += tests/draw.sh tests/wall.sh

# A directory is taken with all that is in it.
EXTRA_DIST += tests/draw.sh tests/wall.sh tests/leaks.supp \
	tests/matrix tests/freethreaded tests/package tests/chroot tests/debian tests/wheels tests/bundle \
	tests/bench/bench_attach.py \
	tests/bench/bench_fork.py \
	tests/bench/bench_dump.py \
	tests/bench/bench_graph.py \
	tests/bench/bench_interrupt.py \
	tests/bench/bench_load.py \
	tests/bench/bench_shapes.py \
	tests/bench/bench_survey.py \
	tests/bench/bench_why.py \
	tests/bench/bench_picture.py \
	tests/golden tests/fuzz/fuzz_load.c tests/fuzz/dump tests/fuzz/line tests/fuzz/load tests/fuzz/run

# Run by a person as root, not by CI: all tests in another Debian, see tests/debian.
# Its directory is named with SID, I386 or ARM64.
check-sid check-i386 check-arm64:
	@case $@ in \
	    *-sid) name=SID; set -- sid amd64 '$(SID)' 3.14 3.15 ;; \
	    *-i386) name=I386; set -- trixie i386 '$(I386)' 3.13 ;; \
	    *-arm64) name=ARM64; set -- trixie arm64 '$(ARM64)' 3.13 ;; \
	esac; \
	test -n "$$3" || { \
	    echo "make $@: name a directory for Debian with $$name=DIRECTORY" >&2; exit 1; }; \
	$(MAKE) --silent dist && \
	    $(SHELL) $(srcdir)/tests/debian '$(PACKAGE)-$(VERSION).tar.gz' "$$@"

# A CPython without a GIL for tests/matrix, beside configure.
free-threaded-python:
	@JOBS='$(JOBS)' $(SHELL) $(srcdir)/tests/freethreaded '$(srcdir)/py313t'

# What `make check` does some times and this does often: the tests marked `long`,
# of the files that have some.
check-long:
	@$(MAKE) check AM_PY_LOG_FLAGS='$(AM_PY_LOG_FLAGS) -m long' \
	    TESTS="$$(cd $(srcdir) && grep -l '^@short_and_long' tests/python/test_*.py | tr '\n' ' ')"

# Thousands of random programs, whose holders are known, from another seed each
# day; TRUTH_SEED and TRUTH_COUNT name others.
TRUTH_SEED = $$(date +%Y%m%d)0000
TRUTH_COUNT = 3000

check-truth: all
	@seed=$(TRUTH_SEED); echo "check-truth: $(TRUTH_COUNT) programs from seed $$seed"; \
	$(builddir)/tests/in-stage $(PYTHON) $(srcdir)/tests/python/random_programs.py "$$seed" $(TRUTH_COUNT)

# What pip does with a clean clone of HEAD, for PACKAGE_PYTHONS or for PYTHON and
# one more that is found.
PACKAGE_PYTHONS = --and-one-more $(PYTHON)

check-package:
	@$(SHELL) $(srcdir)/tests/package $(PACKAGE_PYTHONS)

# Run by a person as root, not by CI: wheels from file in clean systems.  WHEELS is
# what `make wheels` has filled; ROOTS=DIRECTORY, see tests/wheels; PLACES='bullseye
# musl' are only these.
check-wheels:
	@test -n '$(ROOTS)' || { \
	    echo 'make check-wheels: name a directory for Debian systems with ROOTS=DIRECTORY' >&2; exit 1; }
	@$(SHELL) $(srcdir)/tests/wheels '$(WHEELS)' '$(ROOTS)' $(PLACES)

.PHONY: free-threaded-python check-long recheck-long check-sid check-i386 check-arm64 check-package \
	check-truth check-wheels
