/* read_file.h - a dump from a .heapsnapshot file
 *
 * Only files that write.h describes are read: V8's own have nothing that says
 * what a reference is.  The bytes may have come from anywhere: every number is
 * checked before anything relies on it. */
#ifndef RG_DUMP_READ_FILE_H
#define RG_DUMP_READ_FILE_H

#include <stddef.h>

#include "base/error.h"
#include "base/poll.h"
#include "dump/dump.h"

/* The dump in `size` bytes, owned by the caller; NULL with *error otherwise:
 * RG_EFORMAT in one line, RG_ENOMEM, RG_ELIMIT, or what the poll (or NULL)
 * says. */
struct rg_dump *rg_dump_read(const char *data, size_t size,
                             struct rg_poll *poll, struct rg_error *error);

#endif
