# pip's way to this build, see pyproject.toml; and the wheels of a release.
EXTRA_DIST += \
	package/fonts-all.conf \
	package/fonts.conf \
	package/referrers_archive.py \
	package/referrers_backend.py \
	package/referrers_bundle.py \
	package/requirements.txt \
	package/wheels

# Into WHEELS, for WHEEL_PYTHONS or those that are found; with SID=DIRECTORY also
# for 3.14 and 3.15.
WHEELS = $(abs_builddir)/wheels
WHEEL_PYTHONS =

wheels:
	@sid='$(SID)'; \
	    $(SHELL) $(srcdir)/package/wheels $${sid:+--sid "$$sid"} '$(WHEELS)' $(WHEEL_PYTHONS)

.PHONY: wheels
