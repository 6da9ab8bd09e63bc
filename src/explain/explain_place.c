/* Where the steps of the paths are in the graph that is shown.
 *
 * Steps are told before the graph is sealed and its references are in order;
 * afterwards each is looked for by its words.  One that the limits left out is
 * not found, and says all there is by itself. */
#include "explain/explain.h"

static bool says_the_same(const struct rg_step *step,
                          const struct rg_reference *reference)
{
    return step->kind == reference->kind &&
           step->key_type == reference->key_type &&
           step->number == reference->number &&
           rg_text_is_same(step->owner, reference->owner) &&
           rg_text_is_same(step->label, reference->label);
}

/* The reference that the step is: from `referrer`, or from `root`. */
static uint32_t find_reference(const struct rg_graph *graph,
                               const struct rg_step *step, uint32_t referrer,
                               uint32_t root)
{
    if (step->object == RG_NONE)
        return RG_NONE;
    const struct rg_object *object = &graph->objects[step->object];
    for (uint32_t k = object->first_reference;
         k < object->first_reference + object->reference_count; k++)
        if (graph->references[k].root == root &&
            (root != RG_NONE || referrer == RG_NONE ||
             graph->references[k].referrer == referrer) &&
            says_the_same(step, &graph->references[k]))
            return k;
    return RG_NONE;
}

void rg__explain_place(struct rg_graph *graph)
{
    for (size_t i = 0; i < graph->path_count; i++) {
        const struct rg_path *path = &graph->paths[i];
        uint32_t referrer = RG_NONE;
        for (uint32_t k = 0; k < path->step_count; k++) {
            struct rg_step *step = &graph->steps[path->first_step + k];
            uint32_t root = k == 0 ? path->root : RG_NONE;
            bool is_known = k == 0 || referrer != RG_NONE;
            if (is_known)
                step->reference = find_reference(graph, step, referrer, root);
            if (step->flags & RG_STEP_CUT && step->reference != RG_NONE)
                graph->references[step->reference].flags |= RG_REFERENCE_CUT;
            referrer = step->object;
        }
    }
}
