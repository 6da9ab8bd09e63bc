# Room view: the C library only; uses graph and base.
noinst_LTLIBRARIES += src/view/libview.la
src_view_libview_la_SOURCES = \
	src/view/arrange.c \
	src/view/detour.c \
	src/view/emphasis.c \
	src/view/gather.c \
	src/view/group.c \
	src/view/hang.c \
	src/view/idle.c \
	src/view/link.c \
	src/view/paths.c \
	src/view/pick.c \
	src/view/stack.c \
	src/view/start.c \
	src/view/targets.c \
	src/view/view.c \
	src/view/view.h \
	src/view/view_check.c \
	src/view/view_records.c \
	src/view/view_records.h \
	src/view/viewing.h
