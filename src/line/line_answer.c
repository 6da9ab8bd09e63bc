/* The records of answer.h, read from lines.  What needs the whole graph is
 * checked when it is sealed (rg_graph_check). */
#include "line/line_reader.h"

enum rg_status rg__line_read_verdict(struct reader *reader)
{
    const struct rg_graph *graph = reader->graph;
    struct rg_verdict verdict = {0};
    uint32_t position;
    int64_t generation;
    STEP(rg__line_expect(reader, 9));
    STEP(rg__line_index(reader, 1, graph->target_count, &position));
    if (position != graph->verdict_count)
        return rg__line_wrong(reader, "is not the verdict of the next target");
    verdict.target = graph->targets[position];
    struct field kind = reader->fields[2];
    verdict.kind = (uint8_t)rg_verdict_from_token(kind.data, kind.size);
    if (verdict.kind >= RG_VERDICT_KIND_COUNT)
        return rg__line_wrong(reader, "has an unknown kind of verdict");
    STEP(rg__line_small(reader, 3, UINT32_MAX, &verdict.flags));
    STEP(rg__line_number(reader, 4, UINT64_MAX, &verdict.counted));
    STEP(rg__line_number(reader, 5, UINT64_MAX, &verdict.unexplained));
    STEP(rg__line_number(reader, 6, UINT64_MAX, &verdict.root_count));
    STEP(rg__line_number(reader, 7, UINT64_MAX, &verdict.cycle_objects));
    STEP(rg__line_signed(reader, 8, &generation));
    if (generation > INT32_MAX)
        return rg__line_wrong(reader, "has a number that is none or too large");
    verdict.generation = (int32_t)generation;
    return rg__line_built(reader, rg_graph_add_verdict(reader->graph, &verdict));
}

enum rg_status rg__line_read_entry(struct reader *reader)
{
    struct rg_entry entry = {0};
    uint32_t flags;
    STEP(rg__line_expect(reader, 5));
    STEP(rg__line_index(reader, 1, reader->graph->target_count, &entry.target));
    STEP(rg__line_kind(reader, 2, &entry.kind));
    STEP(rg__line_small(reader, 3, UINT8_MAX, &flags));
    STEP(rg__line_number(reader, 4, UINT64_MAX, &entry.count));
    entry.flags = (uint8_t)flags;
    return rg__line_built(reader, rg_graph_add_entry(reader->graph, &entry));
}

enum rg_status rg__line_read_path(struct reader *reader)
{
    const struct rg_graph *graph = reader->graph;
    struct rg_path path = {0};
    STEP(rg__line_expect(reader, 8));
    STEP(rg__line_index(reader, 1, graph->target_count, &path.target));
    struct field kind = reader->fields[2];
    path.kind = (uint8_t)rg_path_from_token(kind.data, kind.size);
    if (path.kind >= RG_PATH_KIND_COUNT)
        return rg__line_wrong(reader, "has an unknown kind of path");
    STEP(rg__line_index(reader, 3, graph->root_count, &path.root));
    STEP(rg__line_small(reader, 4, RG_NONE - 1, &path.step_count));
    STEP(rg__line_small(reader, 5, RG_NONE - 1, &path.target_count));
    STEP(rg__line_small(reader, 6, RG_NONE - 1, &path.shared_count));
    STEP(rg__line_text(reader, 7, &path.awaiting));
    STEP(rg__line_built(reader, rg_graph_add_path(reader->graph, &path)));
    /* The steps of all paths come behind the last path. */
    const struct rg_path *before =
        graph->path_count < 2 ? NULL : &graph->paths[graph->path_count - 2];
    if (before == NULL)
        return RG_OK;
    if (before->step_count > RG_NONE - before->first_step)
        return rg__line_wrong(reader,
                              "more records or words than can be counted");
    graph->paths[graph->path_count - 1].first_step =
        before->first_step + before->step_count;
    return RG_OK;
}

enum rg_status rg__line_read_step(struct reader *reader)
{
    const struct rg_graph *graph = reader->graph;
    struct rg_step step = {0};
    uint32_t flags;
    STEP(rg__line_expect(reader, 10));
    STEP(rg__line_index(reader, 1, graph->object_count, &step.object));
    STEP(rg__line_index(reader, 2, graph->reference_count, &step.reference));
    STEP(rg__line_kind(reader, 3, &step.kind));
    STEP(rg__line_small(reader, 4, UINT16_MAX, &flags));
    STEP(rg__line_key_type(reader, 5, &step.key_type));
    STEP(rg__line_text(reader, 6, &step.owner));
    STEP(rg__line_text(reader, 7, &step.label));
    STEP(rg__line_number(reader, 8, UINT64_MAX, &step.number));
    STEP(rg__line_text(reader, 9, &step.type));
    step.flags = (uint16_t)flags;
    return rg__line_built(reader, rg_graph_add_step(reader->graph, &step));
}

enum rg_status rg__line_read_native(struct reader *reader)
{
    struct rg_native native = {0};
    STEP(rg__line_expect(reader, 5));
    STEP(rg__line_index(reader, 1, reader->graph->object_count, &native.object));
    STEP(rg__line_number(reader, 2, UINT64_MAX, &native.count));
    STEP(rg__line_text(reader, 3, &native.holder));
    STEP(rg__line_number(reader, 4, UINT64_MAX, &native.offset));
    return rg__line_built(reader, rg_graph_add_native(reader->graph, &native));
}

enum rg_status rg__line_read_retained(struct reader *reader)
{
    struct rg_retained retained = {0};
    STEP(rg__line_expect(reader, 4));
    STEP(rg__line_index(reader, 1, reader->graph->object_count,
                        &retained.object));
    STEP(rg__line_number(reader, 2, UINT64_MAX, &retained.bytes));
    STEP(rg__line_number(reader, 3, UINT64_MAX, &retained.objects));
    return rg__line_built(reader,
                          rg_graph_add_retained(reader->graph, &retained));
}
