/* The rules of a sealed graph: of each record those of its row, then those that
 * need more than one of them. */
#include "graph/checking.h"

enum rg_status rg__broken(struct rg_error *error, int record, size_t index,
                          const char *rule)
{
    if (record == RG_RECORD_COUNT)
        return rg_error_set(error, RG_EINTERNAL, "graph: %s", rule);
    return rg_error_set(error, RG_EINTERNAL, "%s[%zu]: %s",
                        rg_graph_records[record].name, index, rule);
}

#define RULE(holds, record, index, words) \
    do { \
        if (!(holds)) \
            return rg__broken(error, record, index, words); \
    } while (0)

static enum rg_status check_counts(const struct rg_graph *graph,
                                   struct rg_error *error)
{
    RULE(graph->sealed, RG_RECORD_COUNT, 0, "is sealed");
    RULE(graph->object_count < RG_NONE && graph->reference_count < RG_NONE &&
             graph->rest_count < RG_NONE && graph->root_count < RG_NONE &&
             graph->target_count < RG_NONE,
         RG_RECORD_COUNT, 0, "every record has an index");
    RULE(graph->verdict_count == 0 ||
             graph->verdict_count == graph->target_count,
         RG_RECORD_COUNT, 0, "every target has a verdict, or none has");
    return RG_OK;
}

/* What the table says of one record. */
static enum rg_status check_record(const struct rg_graph *graph, int record,
                                   size_t i, struct rg_error *error)
{
    const struct rg_record *row = &rg_graph_records[record];
    const struct rg_field *at;
    union rg_any copy;
    if (!rg_record_get(row, graph, i, &copy))
        return RG_OK;
    const char *words = rg_record_wrong(row, graph, NULL, &copy, &at);
    if (words == NULL)
        return RG_OK;
    return rg_error_set(error, RG_EINTERNAL, "%s[%zu]%s%s: %s", row->name, i,
                        at == NULL ? "" : ".",
                        at == NULL ? "" : rg_field_words(at), words);
}

static enum rg_status check_records(const struct rg_graph *graph,
                                    struct rg_error *error)
{
    enum rg_status status = RG_OK;
    for (int record = 0; record < RG_RECORD_COUNT; record++) {
        size_t count = rg_record_count(&rg_graph_records[record], graph);
        for (size_t i = 0; i < count && status == RG_OK; i++) {
            status = check_record(graph, record, i, error);
            if (status == RG_OK)
                status = rg_poll(graph->poll, RG_RECORD_PIECES);
        }
    }
    return status;
}

/* `reference` and `rest` are where the records of this object must start:
 * each object's follow those of the object before. */
static enum rg_status check_object(const struct rg_graph *graph, size_t i,
                                   size_t reference, size_t rest,
                                   struct rg_error *error)
{
    const struct rg_object *object = &graph->objects[i];
    RULE(object->first_reference == reference &&
             object->reference_count <= graph->reference_count - reference,
         RG_RECORD_OBJECT, i,
         "its references follow those of the object before");
    RULE(object->first_rest == rest &&
             object->rest_count <= graph->rest_count - rest,
         RG_RECORD_OBJECT, i, "its rests follow those of the object before");
    return RG_OK;
}

static enum rg_status check_reference(const struct rg_graph *graph,
                                      size_t referent, size_t i,
                                      struct rg_error *error)
{
    RULE(graph->references[i].referent == referent, RG_RECORD_REFERENCE, i,
         "it stands with its referent");
    return RG_OK;
}

static enum rg_status check_rest(const struct rg_graph *graph, size_t referent,
                                 size_t i, struct rg_error *error)
{
    const struct rg_rest *rest = &graph->rests[i];
    const struct rg_object *object = &graph->objects[referent];
    RULE(rest->referent == referent, RG_RECORD_REST, i,
         "it stands with its referent");
    RULE(rest->after < object->reference_count, RG_RECORD_REST, i,
         "it stands behind a reference that is shown");
    RULE(i == object->first_rest || graph->rests[i - 1].after <= rest->after,
         RG_RECORD_REST, i, "it stands behind the rest before");
    return RG_OK;
}

static enum rg_status check_object_records(const struct rg_graph *graph,
                                           size_t i, struct rg_error *error)
{
    const struct rg_object *object = &graph->objects[i];
    enum rg_status status = RG_OK;
    for (size_t k = 0; k < object->reference_count && status == RG_OK; k++)
        status = check_reference(graph, i, object->first_reference + k, error);
    for (size_t k = 0; k < object->rest_count && status == RG_OK; k++)
        status = check_rest(graph, i, object->first_rest + k, error);
    return status;
}

/* Objects in order, so that no record is missed and none counted twice. */
static enum rg_status check_objects(const struct rg_graph *graph,
                                    struct rg_error *error)
{
    size_t reference = 0, rest = 0;
    for (size_t i = 0; i < graph->object_count; i++) {
        enum rg_status status = check_object(graph, i, reference, rest, error);
        if (status == RG_OK)
            status = check_object_records(graph, i, error);
        if (status == RG_OK)
            status = rg_poll(graph->poll, graph->objects[i].reference_count);
        if (status != RG_OK)
            return status;
        reference += graph->objects[i].reference_count;
        rest += graph->objects[i].rest_count;
    }
    RULE(reference == graph->reference_count && rest == graph->rest_count,
         RG_RECORD_COUNT, 0, "every reference and rest belongs to an object");
    return RG_OK;
}

/* Spreads an index over 64 bits, so that sums of them tell sets apart. */
static uint64_t spread_bits(uint64_t index)
{
    index = (index + 1) * UINT64_C(0x9e3779b97f4a7c15);
    return (index ^ index >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
}

/* The list and the flags name the same objects, each once.  Their sums stand
 * for the two sets, because checking must not need memory. */
static enum rg_status check_targets(const struct rg_graph *graph,
                                    struct rg_error *error)
{
    uint64_t flagged = 0, listed = 0;
    for (size_t i = 0; i < graph->object_count; i++)
        if (graph->objects[i].flags & RG_OBJECT_TARGET)
            flagged += spread_bits(i);
    for (size_t i = 0; i < graph->target_count; i++)
        listed += spread_bits(graph->targets[i]);
    RULE(flagged == listed, RG_RECORD_COUNT, 0, "every target is listed once");
    return RG_OK;
}

enum rg_status rg_graph_check(const struct rg_graph *graph,
                              struct rg_error *error)
{
    enum rg_status status = check_counts(graph, error);
    if (status == RG_OK)
        status = check_records(graph, error);
    if (status == RG_OK)
        status = check_objects(graph, error);
    if (status == RG_OK)
        status = check_targets(graph, error);
    return status == RG_OK ? rg__answer_check(graph, error) : status;
}
