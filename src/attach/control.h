/* control.h - the control block, between the attaching program and the library
 * that it has loaded into another process
 *
 * A mapping in that process, which the attaching program fills while a thread
 * of it stands still.  The thread that the library starts begins in code of
 * the mapping itself (machine.h): when the library is done, that unloads it and
 * removes the mapping, so that nothing stays, whoever has ended meanwhile. */
#ifndef RG_ATTACH_CONTROL_H
#define RG_ATTACH_CONTROL_H

#include <stddef.h>
#include <stdint.h>

/* The version is part of the name: another library has no such function. */
#define RG_CONTROL_ENTRY "rg_attach_begin_2"

enum rg_control_state {
    RG_CONTROL_LAID,     /* a thread of ours is still in the code beside it: the
                         library's thread, which removes that, must wait */
    RG_CONTROL_WAITING,  /* for the interpreter */
    RG_CONTROL_RUNNING,  /* the thread has it, and does what is asked */
    RG_CONTROL_ABANDONED /* nobody waits any more: nothing is to be run */
};

enum rg_control_flag {
    RG_CONTROL_HEAP = 1,
    RG_CONTROL_VALUES = 2,
    RG_CONTROL_REDACT = 4
};

struct rg_control {
    /* Read by the stub, which knows where they are. */
    uint64_t run;     /* void (struct rg_control *), of the library */
    uint64_t handle;  /* of the library */
    uint64_t dlclose; /* functions of the C library */
    uint64_t munmap;
    uint64_t base, size; /* of the whole mapping */

    uint64_t thread_start; /* where the thread begins */
    uint32_t state;        /* of enum rg_control_state; compared and swapped */
    int32_t thread;        /* number of the thread; 0: not running yet */
    int32_t answer[2];     /* descriptors of pipes: to read, to write */
    int32_t heap[2];
    int32_t file;      /* descriptor of the file that the library came in */
    uint64_t away[16]; /* a signal set.  The first is 0: the thread in the code
                          beside it goes back, by itself when its tracer is
                          gone; C libraries differ in how many more they set */
    uint32_t flags;    /* of enum rg_control_flag */
    int32_t niceness;  /* of a forked child */
    uint64_t request_size;
    char request[]; /* Python, and a 0 */
};

_Static_assert(offsetof(struct rg_control, run) == 0 &&
                   offsetof(struct rg_control, handle) == 8 &&
                   offsetof(struct rg_control, dlclose) == 16 &&
                   offsetof(struct rg_control, munmap) == 24 &&
                   offsetof(struct rg_control, base) == 32 &&
                   offsetof(struct rg_control, size) == 40,
               "the stubs of machine_*.c know where these are");

/* What the library writes into the pipe for the answer: this, and `size` bytes
 * of text. */
enum rg_control_answer { RG_CONTROL_DONE = 1, RG_CONTROL_NO, RG_CONTROL_MUTE };

struct rg_control_head {
    uint32_t answer; /* of enum rg_control_answer; NO: why not; MUTE: it was
                        abandoned */
    uint32_t size;
};

enum { RG_CONTROL_MOST_TEXT = 1 << 24 };

#endif
