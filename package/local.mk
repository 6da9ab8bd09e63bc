# pip's way to this build; see pyproject.toml.
EXTRA_DIST += \
	package/referrers_archive.py \
	package/referrers_backend.py
