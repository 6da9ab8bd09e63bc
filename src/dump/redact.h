/* redact.h - what stands for texts that only the program's user may know
 *
 * The words of `--redact`: <str, 5 characters>, <int, 3 digits>, <float>. */
#ifndef RG_DUMP_REDACT_H
#define RG_DUMP_REDACT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "graph/kind.h"

/* Replaces the text of a key; `number` is len() of it.  What tells nothing
 * stays.  RG_ENOMEM. */
enum rg_status rg_dump_redact_key(enum rg_key_type type, uint64_t number,
                                  struct rg_buffer *text);

/* Whether the text of such a key is replaced. */
bool rg_dump_is_hidden_key(enum rg_key_type type);

/* Replaces a short value as Python writes it, with `attribute=` in front or
 * not.  RG_ENOMEM. */
enum rg_status rg_dump_redact_value(struct rg_buffer *text);

#endif
