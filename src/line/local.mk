# Room line: the C library only; uses view, graph and base.
noinst_LTLIBRARIES += src/line/libline.la
src_line_libline_la_SOURCES = \
	src/line/line.h \
	src/line/line_read.c \
	src/line/line_view.c \
	src/line/line_view.h \
	src/line/line_write.c \
	src/line/line_writer.h
