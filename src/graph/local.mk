# Room graph: the C library only; uses base.
noinst_LTLIBRARIES += src/graph/libgraph.la
src_graph_libgraph_la_SOURCES = \
	src/graph/address.c \
	src/graph/address.h \
	src/graph/answer.c \
	src/graph/answer.h \
	src/graph/arrange.c \
	src/graph/check.c \
	src/graph/emphasis.c \
	src/graph/graph.c \
	src/graph/graph.h \
	src/graph/group.c \
	src/graph/index.c \
	src/graph/index.h \
	src/graph/kind.c \
	src/graph/kind.h \
	src/graph/line.h \
	src/graph/line_answer.c \
	src/graph/line_read.c \
	src/graph/line_reader.h \
	src/graph/line_write.c \
	src/graph/link.c \
	src/graph/order.c \
	src/graph/order.h \
	src/graph/pairs.c \
	src/graph/pairs.h \
	src/graph/path.c \
	src/graph/path.h \
	src/graph/pick.c \
	src/graph/reading.c \
	src/graph/reading.h \
	src/graph/seal.c \
	src/graph/search.c \
	src/graph/search.h \
	src/graph/shape.c \
	src/graph/shape.h \
	src/graph/stack.c \
	src/graph/table.c \
	src/graph/table.h \
	src/graph/view.c \
	src/graph/view.h \
	src/graph/view_check.c \
	src/graph/viewing.h
