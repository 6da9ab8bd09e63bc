# Room heap: CPython; uses graph and base.
noinst_LTLIBRARIES += src/heap/libheap.la
src_heap_libheap_la_SOURCES = \
	src/heap/adapter.c \
	src/heap/adapter.h \
	src/heap/adapter_numpy.c \
	src/heap/await.c \
	src/heap/c_rows.c \
	src/heap/calls.c \
	src/heap/describe.c \
	src/heap/facts.c \
	src/heap/given.c \
	src/heap/grip.c \
	src/heap/heap.c \
	src/heap/heap.h \
	src/heap/instances.c \
	src/heap/read.c \
	src/heap/read.h \
	src/heap/read_class.c \
	src/heap/read_code.c \
	src/heap/read_context.c \
	src/heap/read_fields.c \
	src/heap/read_instance.c \
	src/heap/read_odd.c \
	src/heap/read_root.c \
	src/heap/read_table.c \
	src/heap/role.c \
	src/heap/roots.c \
	src/heap/size.c \
	src/heap/snapshot.c \
	src/heap/snapshot.h \
	src/heap/suspect.c \
	src/heap/surroundings.c \
	src/heap/tables.c \
	src/heap/value.c \
	src/heap/variables.c \
	src/heap/walk.c \
	src/heap/weak.c \
	src/heap/witness.c \
	src/heap/witness.h \
	src/heap/word.c \
	src/heap/word.h \
	src/heap/cpython/c_layouts.c \
	src/heap/cpython/c_types.c \
	src/heap/cpython/c_types.h \
	src/heap/cpython/era.h \
	src/heap/cpython/every.c \
	src/heap/cpython/generations.c \
	src/heap/cpython/layout.h \
	src/heap/cpython/self_test.c \
	src/heap/cpython/tables.c \
	src/heap/cpython/unlisted.c
# Without the assertions in CPython's headers: a failing one prints.
src_heap_libheap_la_CPPFLAGS = $(AM_CPPFLAGS) $(PYTHON_CPPFLAGS) -DNDEBUG

# One file per era of private layouts, chosen by configure, with those that it
# shares with other eras (src/heap/cpython/era.h).
if ERA_PY310
src_heap_libheap_la_SOURCES += \
	src/heap/cpython/public311.c \
	src/heap/cpython/py310.c \
	src/heap/cpython/tables310.c \
	src/heap/cpython/until311.c \
	src/heap/cpython/until314.c
endif
if ERA_PY311
src_heap_libheap_la_SOURCES += \
	src/heap/cpython/public311.c \
	src/heap/cpython/py311.c \
	src/heap/cpython/since311.c \
	src/heap/cpython/tables310.c \
	src/heap/cpython/until311.c \
	src/heap/cpython/until313.c \
	src/heap/cpython/until314.c
endif
if ERA_PY312
src_heap_libheap_la_SOURCES += \
	src/heap/cpython/py312.c \
	src/heap/cpython/since311.c \
	src/heap/cpython/since312.c \
	src/heap/cpython/tables312.c \
	src/heap/cpython/until313.c \
	src/heap/cpython/until314.c
endif
if ERA_PY313
src_heap_libheap_la_SOURCES += \
	src/heap/cpython/py313.c \
	src/heap/cpython/since311.c \
	src/heap/cpython/since312.c \
	src/heap/cpython/since313.c \
	src/heap/cpython/tables313.c \
	src/heap/cpython/until313.c \
	src/heap/cpython/until314.c
endif
if ERA_PY314
src_heap_libheap_la_SOURCES += \
	src/heap/cpython/py314.c \
	src/heap/cpython/since311.c \
	src/heap/cpython/since312.c \
	src/heap/cpython/since313.c \
	src/heap/cpython/since314.c \
	src/heap/cpython/tables314.c \
	src/heap/cpython/until314.c
endif
if ERA_PY315
src_heap_libheap_la_SOURCES += \
	src/heap/cpython/py315.c \
	src/heap/cpython/since311.c \
	src/heap/cpython/since312.c \
	src/heap/cpython/since313.c \
	src/heap/cpython/since314.c \
	src/heap/cpython/tables314.c
endif
