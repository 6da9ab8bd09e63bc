# Room attach: has a library loaded into another process.  A program of its
# own; uses base alone.  control.h is for the library, too.
if CAN_ATTACH
noinst_LTLIBRARIES += src/attach/libattach.la
referrers_PROGRAMS += src/attach/_attach
endif

src_attach_libattach_la_SOURCES = \
	src/attach/choose.c \
	src/attach/choose.h \
	src/attach/control.h \
	src/attach/errand.h \
	src/attach/load.c \
	src/attach/load.h \
	src/attach/machine.h \
	src/attach/machine_aarch64.c \
	src/attach/machine_x86_64.c \
	src/attach/relay.c \
	src/attach/relay.h \
	src/attach/symbol.c \
	src/attach/target.c \
	src/attach/target.h \
	src/attach/tracee.c \
	src/attach/tracee.h

src_attach__attach_SOURCES = src/attach/attach_main.c
src_attach__attach_LDADD = src/attach/libattach.la src/base/libbase.la
