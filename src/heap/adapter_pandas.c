/* adapter_pandas.c - where the C types of pandas keep what they refer to
 *
 * What stands here is pandas 3's.  A row is taken for a type of its name, module
 * and size, and believed where the object's own traverse confirms it. */
#include "heap/cpython/c_types.h"

/* Cython calls a module by the last part of its name. */
#define OF(module, type) "pandas._libs." module "." type, NULL, module, 10, 99
#define PLAIN RG__C_PLAIN

/* clang-format off */
const struct rg__c_type rg__pandas_layouts[] = {
    {OF("internals", "BlockManager"), 10, PLAIN,
     {{3, "blocks"}, {4, "axes"}}},
    {OF("internals", "Block"), 7, PLAIN,
     {{3, "_mgr_locs"}, {4, "refs"}, {6, "values"}}},
    {OF("internals", "BlockValuesRefs"), 5, PLAIN,
     {{3, "referenced_blocks"}}},
    {OF("index", "IndexEngine"), 10, PLAIN,
     {{3, "values"}, {5, "mapping"}}}};
/* clang-format on */

const size_t rg__pandas_layout_count =
    sizeof rg__pandas_layouts / sizeof *rg__pandas_layouts;
