/* find.h - objects of a dump by type, by address, by name */
#ifndef RG_DUMP_FIND_H
#define RG_DUMP_FIND_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "dump/dump.h"

/* Objects of one type, by their abouts: `wanted` by number.  At most `most`
 * nodes, the last in the collector's order first, those that it does not know
 * behind them; *count has all.  RG_ENOMEM. */
enum rg_status rg_dump_instances(const struct rg_dump *dump, const bool *wanted,
                                 size_t most, uint32_t **nodes,
                                 size_t *node_count, size_t *count);

/* The node of an object at an address, or RG_NONE; for many see
 * rg_dump_heap_at. */
uint32_t rg_dump_at(const struct rg_dump *dump, uint64_t address);

/* A module's namespace by its name; what an object's references lead to: by
 * position, by the text of a key, by the name of an attribute, a variable or a
 * field (also plumbing: __dict__), or of what the instances of a class get from
 * it; its class.  RG_NONE: there is none. */
uint32_t rg_dump_module(const struct rg_dump *dump, const char *name,
                        size_t size);
uint32_t rg_dump_position(const struct rg_dump *dump, uint32_t node,
                          uint32_t position);
uint32_t rg_dump_item(const struct rg_dump *dump, uint32_t node,
                      enum rg_key_type type, const char *key, size_t size);
uint32_t rg_dump_attribute(const struct rg_dump *dump, uint32_t node,
                           const char *name, size_t size);
uint32_t rg_dump_class_attribute(const struct rg_dump *dump, uint32_t node,
                                 const char *name, size_t size);
uint32_t rg_dump_class(const struct rg_dump *dump, uint32_t node);

#endif
