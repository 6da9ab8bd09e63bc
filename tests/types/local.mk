# `make check-types`: mypy --strict on the package, and on the examples against
# the package as it is installed, in an environment of its own.
EXTRA_DIST += tests/types/requirements.txt

check-types: all $(TEST_VENV)-types/stamp
	MYPYPATH=$(abs_builddir)/stage '$(TEST_VENV)-types/bin/python' -m mypy \
	    --strict --cache-dir '$(TEST_VENV)-types/cache' \
	    $(abs_builddir)/stage/referrers
	cd $(srcdir)/doc/examples && for file in *.py; do \
	    MYPYPATH=$(abs_builddir)/stage '$(TEST_VENV)-types/bin/python' -m mypy \
	        --strict --cache-dir '$(TEST_VENV)-types/cache' "$$file" || exit 1; \
	done

$(TEST_VENV)-types/stamp: tests/types/requirements.txt
	@$(SHELL) $(srcdir)/tests/python/make-venv '$(PYTHON)' '$(TEST_VENV)-types' '$(srcdir)/tests/types/requirements.txt'

.PHONY: check-types
