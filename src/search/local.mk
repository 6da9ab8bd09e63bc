# Room search: the C library only; uses graph and base.
noinst_LTLIBRARIES += src/search/libsearch.la
src_search_libsearch_la_SOURCES = \
	src/search/address.c \
	src/search/address.h \
	src/search/by_index.c \
	src/search/cut.c \
	src/search/cut.h \
	src/search/cycle.c \
	src/search/cycle.h \
	src/search/digraph.c \
	src/search/digraph.h \
	src/search/disjoint.c \
	src/search/disjoint.h \
	src/search/forward.c \
	src/search/forward.h \
	src/search/index.c \
	src/search/index.h \
	src/search/pairs.c \
	src/search/pairs.h \
	src/search/path.c \
	src/search/path.h \
	src/search/queue.c \
	src/search/queue.h \
	src/search/search.c \
	src/search/search.h \
	src/search/searching.h \
	src/search/table.c \
	src/search/table.h \
	src/search/witness.h
