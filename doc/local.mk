# A directory is taken with all that is in it.
EXTRA_DIST += \
	doc/CHANGES.md \
	doc/HACKING.md \
	doc/examples \
	doc/graph.schema.json \
	doc/images
