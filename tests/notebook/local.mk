# `make check-notebook`: a notebook executed by a real kernel, in an environment
# of its own.  Not part of `make check`: it installs a hundred packages.
EXTRA_DIST += tests/notebook/requirements.txt tests/notebook/test_notebook.py

check-notebook: all $(TEST_VENV)-notebook/stamp
	cd $(srcdir) && PYTHONDONTWRITEBYTECODE=1 JUPYTER_PLATFORM_DIRS=1 \
	    $(abs_builddir)/tests/in-stage '$(TEST_VENV)-notebook/bin/python' \
	    -m pytest -q -p no:cacheprovider tests/notebook

$(TEST_VENV)-notebook/stamp: tests/notebook/requirements.txt
	@$(SHELL) $(srcdir)/tests/python/make-venv '$(PYTHON)' '$(TEST_VENV)-notebook' '$(srcdir)/tests/notebook/requirements.txt'

.PHONY: check-notebook
