/* headroom.h - how much memory the limits of a container still leave */
#ifndef RG_MODULE_HEADROOM_H
#define RG_MODULE_HEADROOM_H

#include <stdbool.h>
#include <stdint.h>

/* What the cgroup of this process, or one above it, may still take: its limit
 * less what is in use and cannot simply be dropped, as a cache of files can.
 * False when there is no limit, or none can be read.  `root` stands in front
 * of /proc and /sys: "", or a directory that a test has made. */
bool rg__headroom(const char *root, uint64_t *bytes);

/* Bytes that this process has for itself alone in memory; UINT64_MAX when that
 * cannot be read. */
uint64_t rg__resident(void);

#endif
