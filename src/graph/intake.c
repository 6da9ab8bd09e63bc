#include "graph/intake.h"

#include <string.h>

void rg_record_clear(const struct rg_record *record, void *copy)
{
    memset(copy, 0, sizeof(union rg_any));
    for (size_t i = 0; i < record->field_count; i++)
        (void)rg_field_put(&record->fields[i], copy, NULL);
}

/* The flag comes back with the target: one that is set already then tells that
 * a target is listed twice. */
static void put_flag_aside(struct rg_intake *intake, struct rg_object *object)
{
    if (object->flags & RG_OBJECT_TARGET)
        intake->flagged++;
    object->flags &= ~(uint32_t)RG_OBJECT_TARGET;
}

enum rg_status rg_intake_add(struct rg_intake *intake,
                             const struct rg_record *record, void *copy)
{
    enum rg_status status = rg_poll(intake->graph->poll, RG_RECORD_PIECES);
    if (status != RG_OK)
        return status;
    intake->words =
        rg_record_wrong(record, intake->graph, intake->view, copy, &intake->at);
    if (intake->words != NULL)
        return RG_EFORMAT;
    if (record == &rg_graph_records[RG_RECORD_OBJECT])
        put_flag_aside(intake, copy);
    return rg_record_add(
        record, record->is_of_view ? intake->view : (void *)intake->graph, copy,
        &intake->words);
}

enum rg_status rg_intake_end(struct rg_intake *intake, struct rg_error *error)
{
    struct rg_error broken = {0};
    if (intake->flagged != intake->graph->target_count)
        return rg_error_set(error, RG_EFORMAT, "not every target is listed");
    enum rg_status status = rg_graph_seal(intake->graph, &broken);
    if (status == RG_EFORMAT)
        return rg_error_set(error, RG_EFORMAT, "%s", broken.text);
    if (status == RG_OK)
        status = rg_graph_check(intake->graph, &broken);
    if (status == RG_EINTERNAL)
        return rg_error_set(error, RG_EFORMAT, "broken rule: %s", broken.text);
    return status == RG_ENOMEM ? rg_error_no_memory(error) : status;
}
