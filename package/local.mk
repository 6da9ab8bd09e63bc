# pip's way to this build, see pyproject.toml; and the wheels of a release.
EXTRA_DIST += \
	package/fonts-all.conf \
	package/fonts.conf \
	package/libraries \
	package/referrers_archive.py \
	package/referrers_backend.py \
	package/referrers_bundle.py \
	package/requirements.txt \
	package/sources \
	package/wheels

# Into WHEELS, for WHEEL_TARGETS and WHEEL_VERSIONS or for all that are supported.
# WHEEL_URL is the address of the repository, for the metadata.
# WHEEL_WORK keeps the libraries, which take much longer than the wheels.
WHEELS = $(abs_builddir)/wheels
WHEEL_WORK = $(abs_builddir)/wheels-work
WHEEL_TARGETS =
WHEEL_URL =
WHEEL_VERSIONS =

wheels:
	@targets='$(WHEEL_TARGETS)' url='$(WHEEL_URL)'; \
	    $(SHELL) $(srcdir)/package/wheels $${targets:+--targets "$$targets"} $${url:+--url "$$url"} \
	    --work '$(WHEEL_WORK)' '$(WHEELS)' $(WHEEL_VERSIONS)

.PHONY: wheels
