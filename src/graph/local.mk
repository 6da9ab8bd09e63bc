# Room graph: the C library only; uses base.
noinst_LTLIBRARIES += src/graph/libgraph.la
src_graph_libgraph_la_SOURCES = \
	src/graph/answer.c \
	src/graph/answer.h \
	src/graph/check.c \
	src/graph/checking.h \
	src/graph/fingerprint.c \
	src/graph/fingerprint.h \
	src/graph/graph.c \
	src/graph/graph.h \
	src/graph/graph_parts.c \
	src/graph/graph_parts.h \
	src/graph/graph_records.c \
	src/graph/intake.c \
	src/graph/intake.h \
	src/graph/kind.c \
	src/graph/kind.h \
	src/graph/order.c \
	src/graph/order.h \
	src/graph/record.c \
	src/graph/record.h \
	src/graph/seal.c
