# A directory is taken with all that is in it.
EXTRA_DIST += \
	doc/CHANGES.md \
	doc/HACKING.md \
	doc/Makefile \
	doc/comparison \
	doc/comparison.md \
	doc/examples \
	doc/gallery \
	doc/graph.schema.json \
	doc/images \
	doc/make_records.py \
	doc/performance.md \
	doc/site

# Draws the gallery again, into the source tree: one scene, one process.
GALLERY_VENV = $(abs_builddir)/gallery-venv

gallery: all $(GALLERY_VENV)/stamp
	$(builddir)/tests/in-stage $(GALLERY_VENV)/bin/python $(srcdir)/doc/gallery/make_gallery.py

$(GALLERY_VENV)/stamp: doc/gallery/requirements.txt
	@$(SHELL) $(srcdir)/tests/python/make-venv '$(PYTHON)' '$(GALLERY_VENV)' '$(srcdir)/doc/gallery/requirements.txt'

# The site, into site/html; `make html` in doc/ does it too.  Its pictures are
# drawn, and its warnings are errors.
SITE_VENV = $(abs_builddir)/site-venv

html-local: all $(SITE_VENV)/stamp
	PYTHONDONTWRITEBYTECODE=1 $(builddir)/tests/in-stage $(SITE_VENV)/bin/python \
	    -m sphinx -q -W --keep-going -b html -d site/doctrees $(srcdir)/doc/site site/html
	@echo "the site is in $(abs_builddir)/site/html/index.html"

# All examples of the site, those with the libraries of others too.
check-site: html-local
	cd $(srcdir) && PYTHONDONTWRITEBYTECODE=1 REFERRERS_SITE=all \
	    $(abs_builddir)/tests/in-stage $(SITE_VENV)/bin/python \
	    -m pytest -q -p no:cacheprovider tests/python/test_site.py

$(SITE_VENV)/stamp: doc/site/requirements.txt
	@$(SHELL) $(srcdir)/tests/python/make-venv '$(PYTHON)' '$(SITE_VENV)' '$(srcdir)/doc/site/requirements.txt'

.PHONY: gallery check-site
