/* target.h - another process, looked at from outside
 *
 * Private to attach.  What stands in its memory may be anything: every number
 * from there is checked before it is used. */
#ifndef RG_ATTACH_TARGET_H
#define RG_ATTACH_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { RG__NAME_SIZE = 64, RG__MOST_MAPPINGS = 65536 };

struct rg__mapping {
    uint64_t start, end, offset;
    bool is_code;
    bool is_file;
    char name[RG__NAME_SIZE]; /* the last part of the path, cut */
};

struct rg__target {
    pid_t pid;
    int directory; /* in /proc, borrowed */
    int memory;    /* to read */
    struct rg__mapping *mappings;
    size_t mapping_count;
};

/* False with errno set. */
bool rg__target_open(struct rg__target *target, pid_t pid, int directory);
void rg__target_close(struct rg__target *target);

/* Reads the mappings anew. */
bool rg__target_map(struct rg__target *target);

const struct rg__mapping *rg__mapping_at(const struct rg__target *target,
                                         uint64_t address);

/* All of `size`, or false. */
bool rg__peek(const struct rg__target *target, uint64_t address, void *data,
              size_t size);
bool rg__poke(const struct rg__target *target, uint64_t address,
              const void *data, size_t size);

/* Its threads, the oldest first: how many there are, at most `most`. */
size_t rg__target_threads(const struct rg__target *target, pid_t *threads,
                          size_t most);

/* The thread that has this number where the process runs, which may be a
 * container; 0: it has none of this number. */
pid_t rg__thread_called(const struct rg__target *target, pid_t number);

/* A file below its directory in /proc, as text; false when there is none. */
bool rg__target_read(const struct rg__target *target, const char *name,
                     char *text, size_t size);

/* The address of a function of the C library, 0 when it has none; of one that
 * the object mapped at `mapping` defines. */
uint64_t rg__c_function(const struct rg__target *target, const char *name);
uint64_t rg__function_in(const struct rg__target *target,
                         const struct rg__mapping *mapping, const char *name);

/* Where the C library enters the kernel, 0: not found. */
uint64_t rg__kernel_entry(const struct rg__target *target);

/* The code that returns from a signal handler, 0: not found. */
uint64_t rg__restorer(const struct rg__target *target);

/* Whether its C library is one that our library cannot be loaded with. */
bool rg__has_musl(const struct rg__target *target);

#endif
