/* py311.h - CPython 3.11 at a glance (version.h has the words) */
#ifndef RG_HEAP_CPYTHON_PY311_H
#define RG_HEAP_CPYTHON_PY311_H

/* The collector */
#define RG__LISTS RG__LISTS_IN_INTERPRETER
#define RG__LISTS_HAVE_NAMES 1
/* Static objects start with a count of 999,999,999 that they never lose. */
#define RG__STATIC_COUNT 500000000

/* Objects */
#define RG__ATTRIBUTES RG__ATTRIBUTES_BEFORE
#define RG__TRAVERSE RG__TRAVERSE_TELLS_ALL
#define RG__LEAST_DIGITS 1
#define RG__STR_MAY_BE_UNREADY 1
#define RG__EXCEPTIONS_HAVE_NOTES 1

/* Code that runs */
#define RG__FRAMES RG__FRAMES_ARE_RECORDS
#define RG__SLOTS RG__SLOTS_ARE_POINTERS
#define RG__FIRST_RECORD(thread) \
    ((thread)->cframe == NULL ? NULL : (thread)->cframe->current_frame)
#define RG__RECORD_IS_USABLE(record) (!_PyFrame_IsIncomplete(record))
#define RG__RECORD_CODE(record) ((record)->f_code)
#define RG__RECORD_FUNCTION(record) ((PyObject *)(record)->f_func)
#define RG__RECORD_IS_ENTRY(record) ((record)->is_entry)
#define RG__GENERATOR_CODE(generator) ((PyObject *)(generator)->gi_code)
#define RG__AWAITS RG__AWAITS_BY_OPCODE
#define RG__IS_RESUME(unit) (_PyOpcode_Deopt[_Py_OPCODE(unit)] == RESUME)
#define RG__RESUME_ARGUMENT(unit) _Py_OPARG(unit)

/* The interpreter's tables */
#define RG__CODEC_SEARCH codec_search_path
#define RG__CODEC_CACHE codec_search_cache
#define RG__CODEC_ERRORS codec_error_registry
#define RG__MODULES_BY_INDEX modules_by_index
#define RG__ATEXIT_IS_ARRAY 1

#endif
