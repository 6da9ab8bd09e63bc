#include "graph/fingerprint.h"

#include <string.h>

/* FNV-1a (Fowler, Noll, Vo): the same on every machine and for ever. */
static uint64_t hash_bytes(uint64_t hash, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)data[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t hash_text(uint64_t hash, const struct rg_graph *graph,
                          struct rg_text text)
{
    hash = hash_bytes(hash, rg_graph_bytes(graph, text), text.size);
    return hash_bytes(hash, "|", 1);
}

/* Keys, positions and members say where in the data, not where in the code. */
static bool label_varies(uint8_t kind)
{
    return kind == RG_ITEM || kind == RG_INDEX || kind == RG_KEY ||
           kind == RG_SET_MEMBER;
}

uint64_t rg_fingerprint_add(uint64_t fingerprint, const struct rg_graph *graph,
                            const struct rg_step *step)
{
    enum rg_kind kind = rg_kind_reads_as((enum rg_kind)step->kind);
    const char *token = rg_kind_words(kind)->token;
    uint64_t hash = hash_bytes(fingerprint, token, strlen(token));
    hash = hash_text(hash, graph, step->owner);
    if (!label_varies(step->kind))
        hash = hash_text(hash, graph, rg_step_name(step));
    return hash_text(hash, graph, step->type);
}

uint64_t rg_fingerprint(const struct rg_graph *graph,
                        const struct rg_path *path)
{
    uint64_t hash = RG_FINGERPRINT_NONE;
    for (uint32_t i = 0; i < path->step_count; i++)
        hash = rg_fingerprint_add(hash, graph,
                                  &graph->steps[path->first_step + i]);
    return hash;
}
