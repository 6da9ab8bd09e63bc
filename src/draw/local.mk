# Room draw: Graphviz; uses render, graph and base.  A program of its own.
noinst_LTLIBRARIES += src/draw/libdraw.la
src_draw_libdraw_la_SOURCES = \
	src/draw/bundle.c \
	src/draw/bundle.h \
	src/draw/chart_dot.c \
	src/draw/chart_dot.h \
	src/draw/dot.c \
	src/draw/dot.h \
	src/draw/dot_common.c \
	src/draw/dot_common.h \
	src/draw/escape.c \
	src/draw/escape.h \
	src/draw/exit.h \
	src/draw/html.c \
	src/draw/html.h \
	src/draw/layout.c \
	src/draw/layout.h \
	src/draw/limits.c \
	src/draw/limits.h \
	src/draw/palette.c \
	src/draw/palette.h \
	src/draw/style.c \
	src/draw/style.h \
	src/draw/svg.c \
	src/draw/svg.h
src_draw_libdraw_la_CPPFLAGS = $(AM_CPPFLAGS) $(draw_CPPFLAGS)
draw_CPPFLAGS = $(CGRAPH_CFLAGS) $(GVC_CFLAGS)

referrers_PROGRAMS += src/draw/_draw
src_draw__draw_SOURCES = src/draw/still_clock.c src/draw/main.c
src_draw__draw_CPPFLAGS = $(AM_CPPFLAGS) $(draw_CPPFLAGS)
# Exports still_clock.c's time() to the plugins of Graphviz.
src_draw__draw_LDFLAGS = $(AM_LDFLAGS) -Wl,--export-dynamic
src_draw__draw_LDADD = \
	src/draw/libdraw.la \
	src/render/librender.la \
	src/line/libline.la \
	src/view/libview.la \
	src/graph/libgraph.la \
	src/base/libbase.la \
	$(GVC_LIBS) $(CGRAPH_LIBS) $(DL_LIBS)
