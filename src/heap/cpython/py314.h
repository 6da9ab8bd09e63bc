/* py314.h - CPython 3.14 at a glance (version.h has the words) */
#ifndef RG_HEAP_CPYTHON_PY314_H
#define RG_HEAP_CPYTHON_PY314_H

/* The collector */
#define RG__LISTS RG__LISTS_PUBLISHED
/* Three generations stand in front of the frozen one, whatever they are called:
 * 3.14.0 to 3.14.4 had a young one and the two halves of an old one. */
#define RG__LISTS_STAND_BEFORE_FROZEN 1

/* Objects */
#define RG__ATTRIBUTES RG__ATTRIBUTES_INSIDE
#define RG__DICT_TELLS_VALUES 1
#define RG__TRAVERSE RG__TRAVERSE_TELLS_ALL
#define RG__LEAST_DIGITS 1
#define RG__EXCEPTIONS_HAVE_NOTES 1
#define RG__FUNCTIONS_HAVE_TYPE_PARAMS 1
#define RG__FUNCTIONS_HAVE_ANNOTATE 1
#define RG__OWN_TYPES_ARE_MARKED 1

/* Code that runs */
#define RG__FRAMES RG__FRAMES_ARE_RECORDS
#define RG__SLOTS RG__SLOTS_ARE_TAGGED
#define RG__FIRST_RECORD(thread) ((thread)->current_frame)
/* Of a record that the interpreter owns nothing else can be relied on; others
 * may run what is no code. */
#define RG__RECORD_IS_USABLE(record) \
    ((record)->owner < FRAME_OWNED_BY_INTERPRETER && \
     !PyStackRef_IsNullOrInt((record)->f_executable) && \
     PyCode_Check(PyStackRef_AsPyObjectBorrow((record)->f_executable)) && \
     !_PyFrame_IsIncomplete(record))
#define RG__RECORD_CODE(record) _PyFrame_GetCode(record)
#define RG__RECORD_FUNCTION(record) \
    (PyStackRef_IsNullOrInt((record)->f_funcobj) \
         ? NULL \
         : PyStackRef_AsPyObjectBorrow((record)->f_funcobj))
#define RG__AWAITS RG__AWAITS_BY_STATE
#define RG__STATE_AWAITS(state) ((state) == FRAME_SUSPENDED_YIELD_FROM)
#define RG__ABOVE_AWAITED 0

/* Threads */
#define RG__LOCAL_KEY(thread) ((thread)->threading_local_key)
#define RG__RUNNING_LOOP asyncio_running_loop
#define RG__RUNNING_TASK asyncio_running_task

/* The interpreter's tables */
#define RG__FIRST_THREAD _initial_thread.base
#define RG__CODEC_SEARCH codecs.search_path
#define RG__CODEC_CACHE codecs.search_cache
#define RG__CODEC_ERRORS codecs.error_registry
#define RG__MODULES_BY_INDEX imports.modules_by_index
#define RG__HAS_COPY_OF_SYS 1
#define RG__HAS_MONITORING 1
#define RG__FAULTHANDLER_IS_SILENT 1

#endif
