# Room dump: the C library only; uses explain, search, graph and base.
noinst_LTLIBRARIES += src/dump/libdump.la
src_dump_libdump_la_SOURCES = \
	src/dump/answer.c \
	src/dump/answer.h \
	src/dump/answering.h \
	src/dump/column.h \
	src/dump/dump.c \
	src/dump/dump.h \
	src/dump/find.c \
	src/dump/find.h \
	src/dump/format.h \
	src/dump/ids.c \
	src/dump/ids.h \
	src/dump/out.c \
	src/dump/out.h \
	src/dump/read.c \
	src/dump/read.h \
	src/dump/read_arrays.c \
	src/dump/read_check.c \
	src/dump/read_header.c \
	src/dump/reading.h \
	src/dump/redact.c \
	src/dump/redact.h \
	src/dump/replay.c \
	src/dump/rows.c \
	src/dump/scan.c \
	src/dump/scan.h \
	src/dump/testify.c \
	src/dump/texts.c \
	src/dump/texts.h \
	src/dump/write.c \
	src/dump/write.h \
	src/dump/write_header.c \
	src/dump/write_header.h
