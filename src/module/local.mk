# Room module: the extension module referrers._core; uses heap, render,
# graph and base.
noinst_LTLIBRARIES += src/module/libmodule.la
src_module_libmodule_la_SOURCES = \
	src/module/answers.c \
	src/module/answers.h \
	src/module/chart_growth.c \
	src/module/chart_map.c \
	src/module/chart_words.c \
	src/module/chart_words.h \
	src/module/charting.h \
	src/module/core.c \
	src/module/descriptor.c \
	src/module/descriptor.h \
	src/module/directory.c \
	src/module/directory.h \
	src/module/drawing.c \
	src/module/drawing.h \
	src/module/dumping.c \
	src/module/dumping.h \
	src/module/fork.c \
	src/module/fork.h \
	src/module/fork_child.c \
	src/module/forked.c \
	src/module/forked.h \
	src/module/forking.h \
	src/module/graph_type.c \
	src/module/graph_type.h \
	src/module/headroom.c \
	src/module/headroom.h \
	src/module/heap_read.c \
	src/module/heap_read.h \
	src/module/heap_type.c \
	src/module/heap_type.h \
	src/module/json_read.c \
	src/module/json_read.h \
	src/module/live.c \
	src/module/live.h \
	src/module/live_forked.c \
	src/module/live_forked.h \
	src/module/look.c \
	src/module/look.h \
	src/module/misfit.c \
	src/module/misfit.h \
	src/module/outcome.c \
	src/module/outcome.h \
	src/module/patience.c \
	src/module/patience.h \
	src/module/picture.c \
	src/module/picture.h \
	src/module/query.c \
	src/module/query.h \
	src/module/records.c \
	src/module/records.h \
	src/module/spawn.c \
	src/module/spawn.h \
	src/module/state.h \
	src/module/surveying.c \
	src/module/surveying.h \
	src/module/taken.c \
	src/module/taken.h \
	src/module/tracer.c \
	src/module/tracer.h \
	src/module/visit.c
src_module_libmodule_la_CPPFLAGS = $(AM_CPPFLAGS) $(PYTHON_CPPFLAGS)

# Every symbol is looked up when the module is loaded: in a forked child the
# loader could wait for a lock that another thread held.
#
# Nothing of the process is linked in: an extension module finds CPython's
# symbols in the interpreter that loads it.  Two symbols go out: for the import,
# and for whoever has loaded it from outside (src/attach).  By a list of names:
# to find them by a pattern takes an nm that reads the files of the target.
referrers_LTLIBRARIES += src/module/_core.la
src_module__core_la_SOURCES =
src_module__core_la_LIBADD = \
	src/module/libmodule.la \
	src/heap/libheap.la \
	src/survey/libsurvey.la \
	src/dump/libdump.la \
	src/render/librender.la \
	src/line/libline.la \
	src/view/libview.la \
	src/explain/libexplain.la \
	src/search/libsearch.la \
	src/graph/libgraph.la \
	src/base/libbase.la \
	$(THREAD_LIBS)
src_module__core_la_LDFLAGS = $(AM_LDFLAGS) \
	-module -avoid-version -shared -shrext $(EXT_SUFFIX) -Wl,-z,now \
	-export-symbols $(srcdir)/src/module/core.symbols
EXTRA_src_module__core_la_DEPENDENCIES = src/module/core.symbols
EXTRA_DIST += src/module/core.symbols
