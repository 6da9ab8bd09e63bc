# `make check-sphinx`: one project built by every major version of Sphinx, with
# the themes that people use, and looked at in a browser when there is one.
# Not part of `make check`: it makes five environments and takes minutes.
EXTRA_DIST += tests/sphinx/check.py tests/sphinx/project

SPHINX_MAJORS = 5 6 7 8 9

check-sphinx: all
	$(abs_builddir)/tests/in-stage '$(PYTHON)' $(srcdir)/tests/sphinx/check.py \
	    '$(TEST_VENV)-sphinx' $(SPHINX_MAJORS)

.PHONY: check-sphinx
