# A directory is taken with all that is in it.
EXTRA_DIST += \
	doc/CHANGES.md \
	doc/HACKING.md \
	doc/comparison \
	doc/comparison.md \
	doc/examples \
	doc/gallery \
	doc/graph.schema.json \
	doc/images \
	doc/performance.md

# Draws the gallery again, into the source tree: one scene, one process.
GALLERY_VENV = $(abs_builddir)/gallery-venv

gallery: all $(GALLERY_VENV)/stamp
	$(builddir)/tests/in-stage $(GALLERY_VENV)/bin/python $(srcdir)/doc/gallery/make_gallery.py

$(GALLERY_VENV)/stamp: doc/gallery/requirements.txt
	@$(SHELL) $(srcdir)/tests/python/make-venv '$(PYTHON)' '$(GALLERY_VENV)' '$(srcdir)/doc/gallery/requirements.txt'

.PHONY: gallery
