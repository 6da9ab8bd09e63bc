/* threaded.h - what every free-threaded build has of its own
 *
 * Read behind the page of the version.  Objects have a longer header, and none
 * of the collector's in front of it; how often they are referred to is counted
 * in two numbers. */
#ifndef RG_HEAP_CPYTHON_THREADED_H
#define RG_HEAP_CPYTHON_THREADED_H

/* The collector finds all objects in the heap itself. */
#define RG__HAS_NO_LISTS 1

/* Its walk passes over what is frozen; where a later patch release no longer
 * does, a line in a graph says too much, and no object is lost. */
#undef RG__WALK_LACKS_FROZEN
#define RG__WALK_LACKS_FROZEN 1

/* Code is an object of the collector, and says to it what its constants are. */
#define RG__CODE_IS_TRACKED 1

/* By the thread that made an object, and by all others. */
#define RG__COUNTS_ARE_SPLIT 1

/* Of functions, modules, code and classes not every reference is counted:
 * frames have none, and for a class each thread counts its instances. */
#if PY_VERSION_HEX >= 0x030E0000
#define RG__COUNTS_ARE_DEFERRED 1
#endif

/* What 3.14 calls otherwise here. */
#if PY_VERSION_HEX >> 16 == 0x030E
#define RG__SLOT_IS_BORROWED(slot) PyStackRef_IsDeferred(slot)
#endif

#endif
