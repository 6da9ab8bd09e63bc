#include "graph/graph_parts.h"

#include <math.h>

bool rg__copy_limits(const void *whole, size_t at, void *record)
{
    const struct rg_graph *graph = whole;
    (void)at;
    *(struct rg__limits *)record =
        (struct rg__limits){.max_depth = graph->max_depth,
                            .timeout = graph->timeout,
                            .timed_out = graph->timed_out};
    return true;
}

enum rg_status rg__add_limits(void *whole, const void *record,
                              const char **words)
{
    struct rg_graph *graph = whole;
    const struct rg__limits *limits = record;
    (void)words;
    graph->max_depth = limits->max_depth;
    graph->timeout = limits->timeout;
    graph->timed_out = limits->timed_out;
    return RG_OK;
}

const char *rg__refuse_limits(const void *whole, const void *record)
{
    const struct rg__limits *limits = record;
    (void)whole;
    if (!isfinite(limits->timeout) || limits->timeout < 0)
        return "the timeout must be a number of seconds, 0 or more";
    return limits->timed_out && limits->timeout <= 0
               ? "only a walk with a timeout can have timed out"
               : NULL;
}

size_t rg__unseen_records(const void *whole)
{
    (void)whole;
    return RG_UNSEEN_COUNT;
}

bool rg__copy_unseen(const void *whole, size_t at, void *record)
{
    const struct rg_graph *graph = whole;
    *(struct rg__unseen *)record =
        (struct rg__unseen){.kind = (uint8_t)at, .count = graph->unseen[at]};
    return graph->unseen[at] != 0;
}

enum rg_status rg__add_unseen(void *whole, const void *record,
                              const char **words)
{
    struct rg_graph *graph = whole;
    const struct rg__unseen *unseen = record;
    if (graph->unseen[unseen->kind] != 0) {
        *words = "tells of unseen objects a second time";
        return RG_EFORMAT;
    }
    graph->unseen[unseen->kind] = unseen->count;
    return RG_OK;
}

bool rg__copy_left_out(const void *whole, size_t at, void *record)
{
    const struct rg_graph *graph = whole;
    (void)at;
    *(struct rg_left_out *)record = graph->left_out;
    return graph->left_out.objects != 0;
}

enum rg_status rg__add_left_out(void *whole, const void *record,
                                const char **words)
{
    struct rg_graph *graph = whole;
    if (graph->left_out.objects != 0) {
        *words = "tells of the limit a second time";
        return RG_EFORMAT;
    }
    graph->left_out = *(const struct rg_left_out *)record;
    return RG_OK;
}

const char *rg__refuse_left_out(const void *whole, const void *record)
{
    const struct rg_left_out *left_out = record;
    (void)whole;
    return left_out->references < left_out->objects
               ? "each object that was left out has a reference"
               : NULL;
}
