# Room dump: the C library only; uses explain, search, graph and base.
noinst_LTLIBRARIES += src/dump/libdump.la
src_dump_libdump_la_SOURCES = \
	src/dump/answering.h \
	src/dump/column.h \
	src/dump/dump.c \
	src/dump/dump.h \
	src/dump/file_format.h \
	src/dump/find.c \
	src/dump/find.h \
	src/dump/ids.c \
	src/dump/ids.h \
	src/dump/out.c \
	src/dump/out.h \
	src/dump/find_address.c \
	src/dump/question.c \
	src/dump/question.h \
	src/dump/read_arrays.c \
	src/dump/read_check.c \
	src/dump/read_file.c \
	src/dump/read_file.h \
	src/dump/read_header.c \
	src/dump/read_parts.h \
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
