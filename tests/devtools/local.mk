# `make check-devtools`: pictures, and heaps of a small service, in a real
# Chromium, in an environment of its own.  Not part of `make check`: it needs a
# browser (CHROMIUM names one).  Screenshots are left in devtools/, to be looked
# at; `make screenshots` puts them into the page "Chrome" as well.
EXTRA_DIST += tests/devtools/chrome.py tests/devtools/requirements.txt \
	tests/devtools/service.py tests/devtools/test_devtools.py \
	tests/devtools/test_overlap.py

check-devtools: all $(TEST_VENV)-devtools/stamp
	@$(MKDIR_P) devtools
	cd $(srcdir) && PYTHONDONTWRITEBYTECODE=1 \
	    REFERRERS_SCREENSHOTS=$(abs_builddir)/devtools \
	    $(abs_builddir)/tests/in-stage '$(TEST_VENV)-devtools/bin/python' \
	    -m pytest -q -p no:cacheprovider tests/devtools

screenshots: check-devtools
	$(MKDIR_P) $(srcdir)/doc/site/howto/chrome
	cp devtools/retainers.png devtools/comparison.png $(srcdir)/doc/site/howto/chrome

$(TEST_VENV)-devtools/stamp: tests/devtools/requirements.txt
	@$(SHELL) $(srcdir)/tests/python/make-venv '$(PYTHON)' '$(TEST_VENV)-devtools' '$(srcdir)/tests/devtools/requirements.txt'

.PHONY: check-devtools screenshots
