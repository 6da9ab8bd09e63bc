/* descriptor.h - file descriptors of ours in somebody else's process */
#ifndef RG_MODULE_DESCRIPTOR_H
#define RG_MODULE_DESCRIPTOR_H

/* Moves a descriptor out of the way of the standard ones, which the host may
 * have closed: what it prints would land in ours.  0, or -1 with errno. */
int rg__descriptor_raise(int *descriptor);

/* Closes it, if it is one, and makes it -1. */
void rg__descriptor_close(int *descriptor);

#endif
