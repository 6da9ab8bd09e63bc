/* ids.h - addresses of 48 bits as the 32-bit ids of the file
 *
 * DevTools compares two files of one process by id, so that an object must have
 * the same one in both.  An object's id is odd and made of the low 35 bits of
 * its address, without the last four: 2^31 places of 16 bytes.  Where two
 * objects would get the same, the lower address keeps it, and the other gets
 * an even one; so do roots, which are no objects.  The other bits of addresses
 * are few different ones, which the file lists: the spaces. */
#ifndef RG_DUMP_IDS_H
#define RG_DUMP_IDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/poll.h"
#include "dump/dump.h"
#include "search/address.h"

enum { RG__SPACE_COUNT = 1 << 15 };

/* An even id that does not tell the address's place. */
struct rg__moved {
    uint32_t node, place;
};

struct rg__ids {
    const struct rg_dump *dump;
    uint16_t *number; /* by space: its number + 1; 0: not there */
    uint16_t *spaces; /* in the order met */
    size_t space_count;
    struct rg_code_map even;  /* node -> id, where it is even */
    struct rg_code_map taken; /* even id -> node */
    struct rg__moved *moved;
    size_t moved_count, moved_capacity;
};

/* RG_ENOMEM, or what the poll says; to be freed in either case. */
enum rg_status rg__ids_init(struct rg__ids *ids, const struct rg_dump *dump,
                            struct rg_poll *poll);
void rg__ids_free(struct rg__ids *ids);

uint32_t rg__id_of(const struct rg__ids *ids, uint32_t node);
uint32_t rg__space_of(const struct rg__ids *ids, uint32_t node);

/* The address that belongs to a space and a place; the way back.  And another
 * place in an address's space. */
uint64_t rg__address_at(uint32_t space, uint32_t place);
uint64_t rg__address_moved(uint64_t address, uint32_t place);

#endif
