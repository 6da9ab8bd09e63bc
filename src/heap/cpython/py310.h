/* py310.h - CPython 3.10 at a glance (version.h has the words) */
#ifndef RG_HEAP_CPYTHON_PY310_H
#define RG_HEAP_CPYTHON_PY310_H

/* The collector */
#define RG__LISTS RG__LISTS_IN_INTERPRETER
#define RG__LISTS_HAVE_NAMES 1
#define RG__STATIC_COUNT 500000000

/* Objects */
#define RG__ATTRIBUTES RG__ATTRIBUTES_IN_DICT
#define RG__TRAVERSE RG__TRAVERSE_LACKS_FRAMES
#define RG__KEYS_ARE_PRIVATE 1
#define RG__LEAST_DIGITS 0
#define RG__STR_MAY_BE_UNREADY 1

/* Code that runs */
#define RG__FRAMES RG__FRAMES_ARE_OBJECTS

/* The interpreter's tables */
#define RG__CODEC_SEARCH codec_search_path
#define RG__CODEC_CACHE codec_search_cache
#define RG__CODEC_ERRORS codec_error_registry
#define RG__MODULES_BY_INDEX modules_by_index
#define RG__ATEXIT_IS_ARRAY 1

#endif
