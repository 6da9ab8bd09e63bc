/* write_header.h - the first part of the file: what the others consist of */
#ifndef RG_DUMP_WRITE_HEADER_H
#define RG_DUMP_WRITE_HEADER_H

#include "dump/dump.h"
#include "dump/ids.h"
#include "dump/out.h"

void rg__write_header(const struct rg_dump *dump, const struct rg__ids *ids,
                      struct rg__out *out);

#endif
