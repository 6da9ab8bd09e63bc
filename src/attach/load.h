/* load.h - a library brought into another process
 *
 * Private to attach. */
#ifndef RG_ATTACH_LOAD_H
#define RG_ATTACH_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "attach/control.h"
#include "attach/target.h"
#include "attach/tracee.h"
#include "base/error.h"

/* What is brought: a library, and what it is asked. */
struct rg__payload {
    const void *library;
    size_t library_size;
    const char *request;
    size_t request_size;
    unsigned flags; /* of enum rg_control_flag */
    int niceness;
};

/* What is known of the process once its library runs. */
struct rg__loaded {
    uint64_t control;
    int answer, heap; /* what it writes, to be read here; -1: nothing */
};

/* Where what is needed of the C library is; false when it is not there. */
struct rg__entries {
    uint64_t kernel, restorer;
    uint64_t dlopen, dlsym, dlerror, dlclose, munmap, sigemptyset;
};
enum rg_status rg__find_entries(const struct rg__target *target,
                                struct rg__entries *entries,
                                struct rg_error *error);

/* Loads the library with the thread that is held, has it begin, and lets the
 * thread go.  Whatever goes wrong, nothing stays of it. */
enum rg_status rg__load(const struct rg__target *target,
                        struct rg__tracee *tracee,
                        const struct rg__entries *entries,
                        const struct rg__payload *payload,
                        struct rg__loaded *loaded, struct rg_error *error);

#endif
