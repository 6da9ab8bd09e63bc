# How the source is written, looked at in an environment of its own with programs
# of pinned versions: `make check-style` for Python, shell and spelling;
# `make check-format` for the C code, which `make format` formats.
EXTRA_DIST += tests/style/requirements.txt tests/style/run

style_run = $(SHELL) $(srcdir)/tests/style/run '$(TEST_VENV)-style/bin'

check-style: $(TEST_VENV)-style/stamp
	@$(style_run) ruff codespell shell versions

check-format: $(TEST_VENV)-style/stamp
	@$(style_run) check-format

format: $(TEST_VENV)-style/stamp
	@$(style_run) format

$(TEST_VENV)-style/stamp: tests/style/requirements.txt
	@$(SHELL) $(srcdir)/tests/python/make-venv '$(PYTHON)' '$(TEST_VENV)-style' '$(srcdir)/tests/style/requirements.txt'

.PHONY: check-style check-format format
