# Room explain: the C library only; uses search, graph and base.
noinst_LTLIBRARIES += src/explain/libexplain.la
src_explain_libexplain_la_SOURCES = \
	src/explain/closing.c \
	src/explain/closing.h \
	src/explain/explain.c \
	src/explain/explain.h \
	src/explain/explain_around.c \
	src/explain/explain_cut.c \
	src/explain/explain_further.c \
	src/explain/explain_groups.c \
	src/explain/explain_hint.c \
	src/explain/explain_natives.c \
	src/explain/explain_others.c \
	src/explain/explain_place.c \
	src/explain/explain_roots.c \
	src/explain/explaining.h \
	src/explain/fingerprints.c \
	src/explain/fingerprints.h \
	src/explain/ledger.c \
	src/explain/ledger.h \
	src/explain/hint_patterns.c \
	src/explain/hinting.h \
	src/explain/reading.c \
	src/explain/reading.h \
	src/explain/reading_long.c \
	src/explain/reading_parts.h \
	src/explain/retained.c \
	src/explain/retained.h \
	src/explain/ring.c \
	src/explain/ring.h \
	src/explain/shape.c \
	src/explain/shape.h \
	src/explain/shape_collect.c \
	src/explain/shape_show.c \
	src/explain/shaping.h \
	src/explain/story.c \
	src/explain/story.h \
	src/explain/tally.c \
	src/explain/tally.h \
	src/explain/verdict.c \
	src/explain/verdict.h \
	src/explain/verdict_roots.c \
	src/explain/via.c \
	src/explain/via.h \
	src/explain/way.c \
	src/explain/way.h
