# Room base: the C library only.
noinst_LTLIBRARIES += src/base/libbase.la
src_base_libbase_la_SOURCES = \
	src/base/alloc.c \
	src/base/alloc.h \
	src/base/arena.c \
	src/base/arena.h \
	src/base/buffer.c \
	src/base/buffer.h \
	src/base/clock.c \
	src/base/clock.h \
	src/base/decimal.c \
	src/base/decimal.h \
	src/base/dominator.c \
	src/base/dominator.h \
	src/base/drill.c \
	src/base/drill.h \
	src/base/error.c \
	src/base/error.h \
	src/base/format.c \
	src/base/format.h \
	src/base/hash.c \
	src/base/hash.h \
	src/base/large.c \
	src/base/large.h \
	src/base/poll.h \
	src/base/progress.c \
	src/base/progress.h \
	src/base/signals.c \
	src/base/signals.h \
	src/base/sink.c \
	src/base/sink.h \
	src/base/siphash.c \
	src/base/siphash.h \
	src/base/sort.c \
	src/base/sort.h
