/* write.h - a dump as a .heapsnapshot file, which DevTools opens
 *
 * V8's format, documented by the makers of Edge: one JSON object with
 * `snapshot`, `nodes`, `edges`, `strings`, in that order.  Of ours are two more
 * fields of a node and of an edge (a place in `abouts` and `hows`, and what
 * varies most), and `snapshot.referrers`, where those stand:
 *
 *     version, python, flags (1 values, 2 redacted), facts, unseen
 *     caller      the node of the frame that asked, and of its locals where
 *                 they are a module's; -1 none
 *     spaces      what ids leave out of addresses (ids.h)
 *     moved       node and place of the few ids that do not tell it
 *     big         node and bytes of what takes 4 GiB or more
 *     stacks, natives, bounds, roots, abouts, hows: the records of dump.h, flat
 *     asides      of a few places in `stacks`: place, how many are of suspended
 *                 greenlets, and one of these
 *
 * Every word is a place in `strings`. */
#ifndef RG_DUMP_WRITE_H
#define RG_DUMP_WRITE_H

#include "base/error.h"
#include "base/poll.h"
#include "dump/dump.h"

enum { RG_DUMP_VERSION = 1 };

/* Writes all of it.  RG_ENOMEM; RG_ELIMIT for more nodes than the format can
 * count; RG_EIO with errno in *number; or what the poll (or NULL) says. */
enum rg_status rg_dump_write(const struct rg_dump *dump, int descriptor,
                             struct rg_poll *poll, int *number);

#endif
