/* The heap's part is played by a script: which object refers to which, what it
 * calls the reference, and which references it folds. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "failing_malloc.h"
#include "graph/graph.h"
#include "explain/shape.h"
#include "heaps.h"
#include "unit.h"

enum { NO_LABEL = -1 };

/* One reference as the referrer would report it: directly, or through plumbing
 * that is then folded. */
struct told {
    unsigned from, to;
    enum rg_kind kind;
    int label; /* RG_INDEX: position; else the letter */
    bool through;
};

struct script {
    struct heap heap;
    const struct told *told;
    size_t told_count;
    unsigned folds[HEAP_MAX][2]; /* pairs (referrer, plumbing) */
    size_t fold_count;
    bool is_long[HEAP_MAX];
    size_t said; /* references reported */
    struct rg_graph *graph;
};

static unsigned role(void *context, const struct rg_node *node)
{
    const struct script *script = context;
    if (node->address == 0)
        return RG_ROLE_STOP | RG_ROLE_FRAME;
    return script->heap.role[heap_object(node->address)];
}

static enum rg_link link(void *context, const struct rg_node *referrer,
                         const struct rg_node *referent)
{
    (void)context, (void)referrer, (void)referent;
    return RG_LINK_REFERENCE;
}

static enum rg_status poll(void *context)
{
    (void)context;
    return RG_OK;
}

static enum rg_status tell(struct script *script, const struct told *told,
                           struct rg_reading *reading)
{
    char owner[8], label[2] = {0};
    snprintf(owner, sizeof owner, "T%u", told->from);
    label[0] = told->label >= 'a' ? (char)told->label : '\0';
    struct rg_named named = {
        .referent = heap_address(told->to),
        .kind = told->kind,
        .through_plumbing = told->through,
        .root = RG_NONE,
        .owner = {owner, strlen(owner)},
        .label = {label, strlen(label)},
        .number = told->kind == RG_INDEX ? (uint64_t)told->label : 0};
    if (script->heap.is_root[told->from]) {
        struct rg_root root = {.kind = RG_ROOT_FRAME};
        enum rg_status status =
            rg_graph_add_root(script->graph, &root, &named.root);
        if (status != RG_OK)
            return status;
    }
    script->said++;
    return rg_reading_named(reading, &named);
}

static enum rg_status read(void *context, const struct rg_node *referrer,
                           struct rg_reading *reading)
{
    struct script *script = context;
    unsigned from = referrer->address == 0 ? referrer->object
                                           : heap_object(referrer->address);
    const struct rg_filter *filter = rg_reading_filter(reading);
    enum rg_status status = RG_OK;
    for (size_t i = 0; i < script->fold_count; i++)
        if (script->folds[i][0] == from)
            rg_reading_folded(reading, heap_address(script->folds[i][1]));
    for (size_t i = 0; status == RG_OK && i < script->told_count; i++)
        if (script->told[i].from == from &&
            (filter == NULL ||
             rg_filter_has(filter, heap_address(script->told[i].to))))
            status = tell(script, &script->told[i], reading);
    return status;
}

static bool is_long(void *context, const struct rg_node *referrer)
{
    const struct script *script = context;
    return referrer->address != 0 &&
           script->is_long[heap_object(referrer->address)];
}

static enum rg_status describe(void *context, const struct rg_node *node,
                               struct rg_graph *graph, struct rg_object *object)
{
    (void)context;
    char name[8];
    snprintf(name, sizeof name, "T%u", heap_object(node->address));
    return rg_graph_text(graph, name, strlen(name), &object->type);
}

static enum rg_status shape(struct script *script, unsigned target,
                            const struct rg_shape_limits *limits)
{
    struct rg_table table = {0};
    struct rg_closure closure = {0};
    struct rg_error error = {0};
    const struct rg_finder finder = {
        .context = script, .role = role, .link = link, .poll = poll};
    const struct rg_namer namer = {.context = script,
                                   .read = read,
                                   .is_long = is_long,
                                   .describe = describe};
    uintptr_t address = heap_address(target);
    script->graph = rg_graph_new();
    enum rg_status status = script->graph == NULL
                                ? RG_ENOMEM
                                : heap_table(&script->heap, false, &table);
    if (status == RG_OK)
        status =
            rg_search(&table, &address, 1, RG_THROUGH_NONE, &finder, &closure);
    if (status == RG_OK)
        status = rg_shape(&table, &closure, 1, &namer, limits, script->graph,
                          &error);
    if (status == RG_OK)
        status = rg_graph_check(script->graph, &error);
    rg_closure_free(&closure);
    rg_table_free(&table);
    return status;
}

/* The shown references of object 0 .., as "referent<kind owner.label" words;
 * rests as "+count". */
static const char *written(const struct rg_graph *graph)
{
    static char text[4096];
    char *end = text;
    *end = '\0';
    for (size_t i = 0; i < graph->object_count; i++) {
        const struct rg_object *object = &graph->objects[i];
        const char *name = rg_graph_bytes(graph, object->type);
        for (uint32_t k = 0; k < object->reference_count; k++) {
            const struct rg_reference *r =
                &graph->references[object->first_reference + k];
            end += sprintf(end, "%.*s<%.*s", (int)object->type.size, name,
                           (int)r->owner.size, rg_graph_bytes(graph, r->owner));
            if (r->label.size != 0)
                end += sprintf(end, ".%.*s", (int)r->label.size,
                               rg_graph_bytes(graph, r->label));
            else if (r->kind == RG_INDEX)
                end += sprintf(end, "[%u]", (unsigned)r->number);
            else if (r->kind == RG_UNNAMED)
                end += sprintf(end, "?");
            end += sprintf(end, " ");
        }
        for (uint32_t k = 0; k < object->rest_count; k++)
            end +=
                sprintf(end, "+%u ",
                        (unsigned)graph->rests[object->first_rest + k].count);
        if (object->flags & (RG_OBJECT_DEPTH_LIMIT | RG_OBJECT_UNTRACKED_LIMIT))
            end += sprintf(end, "%.*s<... ", (int)object->type.size, name);
    }
    return text;
}

static const struct rg_shape_limits none = {-1, -1, -1, -1, NULL};

static void refer(struct script *script, const struct told *told, size_t count)
{
    script->told = told;
    script->told_count = count;
    script->heap.count = HEAP_MAX;
}

/* 1 is an instance, 2 its dict, 0 the target; 3 holds the instance. */
static void an_instances_dict_is_folded(void **state)
{
    (void)state;
    static const struct told told[] = {{1, 0, RG_ATTRIBUTE, 'x', true},
                                       {2, 0, RG_ITEM, 'x', false},
                                       {3, 1, RG_INDEX, 0, false}};
    struct script script = {.folds = {{1, 2}}, .fold_count = 1};
    refer(&script, told, 3);
    script.heap.refers[1][2] = script.heap.refers[2][0] = 1;
    script.heap.refers[3][1] = 1;
    script.heap.role[2] = RG_ROLE_FOLDS;
    assert_int_equal(shape(&script, 0, &none), RG_OK);
    assert_string_equal(written(script.graph), "T0<T1.x T1<T3[0] ");
    rg_graph_free(script.graph);
}

/* The same, and 4 holds the dict for itself. */
static void a_dict_with_a_use_of_its_own_is_shown_too(void **state)
{
    (void)state;
    static const struct told told[] = {{1, 0, RG_ATTRIBUTE, 'x', true},
                                       {2, 0, RG_ITEM, 'x', false},
                                       {4, 2, RG_INDEX, 7, false}};
    struct script script = {.folds = {{1, 2}}, .fold_count = 1};
    refer(&script, told, 3);
    script.heap.refers[1][2] = script.heap.refers[2][0] = 1;
    script.heap.refers[4][2] = 1;
    script.heap.role[2] = RG_ROLE_FOLDS;
    assert_int_equal(shape(&script, 0, &none), RG_OK);
    assert_string_equal(written(script.graph), "T0<T1.x T0<T2.x T2<T4[7] ");
    rg_graph_free(script.graph);
}

/* 1 function, 2 closure tuple, 3 cell, 0 value: three steps become one. */
static void a_closure_is_one_reference(void **state)
{
    (void)state;
    static const struct told told[] = {{1, 0, RG_CLOSURE, 'x', true},
                                       {2, 3, RG_INDEX, 0, false},
                                       {3, 0, RG_MEMBER, 'c', false}};
    struct script script = {.folds = {{1, 2}}, .fold_count = 1};
    refer(&script, told, 3);
    script.heap.refers[1][2] = script.heap.refers[2][3] = 1;
    script.heap.refers[3][0] = 1;
    script.heap.role[2] = script.heap.role[3] = RG_ROLE_FOLDS;
    assert_int_equal(shape(&script, 0, &none), RG_OK);
    assert_string_equal(written(script.graph), "T0<T1.x ");
    rg_graph_free(script.graph);
}

static void plumbing_without_an_owner_is_an_object(void **state)
{
    (void)state;
    static const struct told told[] = {{2, 0, RG_ITEM, 'x', false},
                                       {3, 2, RG_ITEM, 'y', false},
                                       {2, 3, RG_ITEM, 'z', false}};
    struct script script = {0};
    refer(&script, told, 3);
    script.heap.refers[2][0] = script.heap.refers[3][2] = 1;
    script.heap.refers[2][3] = 1;
    script.heap.role[2] = script.heap.role[3] = RG_ROLE_FOLDS;
    assert_int_equal(shape(&script, 0, &none), RG_OK);
    assert_string_equal(written(script.graph), "T0<T2.x T2<T3.y T3<T2.z ");
    rg_graph_free(script.graph);
}

/* 1 refers to the target three times and can name one. */
static void what_nobody_names_is_not_lost(void **state)
{
    (void)state;
    static const struct told told[] = {{1, 0, RG_ATTRIBUTE, 'x', false}};
    struct script script = {0};
    refer(&script, told, 1);
    script.heap.refers[1][0] = 3;
    assert_int_equal(shape(&script, 0, &none), RG_OK);
    assert_string_equal(written(script.graph), "T0<T1.x T0<T1? ");
    rg_graph_free(script.graph);
}

static void depth_counts_named_steps(void **state)
{
    (void)state;
    static const struct told told[] = {{1, 0, RG_ATTRIBUTE, 'x', true},
                                       {3, 1, RG_INDEX, 0, false},
                                       {4, 3, RG_INDEX, 0, false}};
    const struct rg_shape_limits one = {.max_depth = 1, -1, -1, -1, NULL};
    const struct rg_shape_limits two = {.max_depth = 2, -1, -1, -1, NULL};
    struct script script = {.folds = {{1, 2}}, .fold_count = 1};
    refer(&script, told, 3);
    script.heap.refers[1][2] = script.heap.refers[2][0] = 1;
    script.heap.refers[3][1] = script.heap.refers[4][3] = 1;
    script.heap.role[2] = RG_ROLE_FOLDS;
    assert_int_equal(shape(&script, 0, &one), RG_OK);
    assert_string_equal(written(script.graph), "T0<T1.x T1<... ");
    rg_graph_free(script.graph);
    assert_int_equal(shape(&script, 0, &two), RG_OK);
    assert_string_equal(written(script.graph), "T0<T1.x T1<T3[0] T3<... ");
    rg_graph_free(script.graph);
}

static void untracked_objects_in_a_row_are_limited(void **state)
{
    (void)state;
    static const struct told told[] = {{1, 0, RG_INDEX, 0, false},
                                       {2, 1, RG_INDEX, 0, false},
                                       {3, 2, RG_INDEX, 0, false}};
    const struct rg_shape_limits limits = {-1, .max_untracked = 1, -1, -1,
                                           NULL};
    struct script script = {0};
    refer(&script, told, 3);
    for (unsigned i = 0; i < 3; i++)
        script.heap.refers[i + 1][i] = 1;
    script.heap.role[0] = script.heap.role[1] = script.heap.role[2] =
        RG_ROLE_UNTRACKED;
    assert_int_equal(shape(&script, 0, &limits), RG_OK);
    assert_string_equal(written(script.graph), "T0<T1[0] T1<T2[0] T2<... ");
    rg_graph_free(script.graph);
}

/* Object 10 refers at positions 0 to 9 and 9 is ... the limit keeps the first
 * two; what is a variable is never cut. */
static void alike_references_are_counted(void **state)
{
    (void)state;
    struct told told[13];
    struct script script = {0};
    const struct rg_shape_limits limits = {-1, -1, .group_limit = 2, -1, NULL};
    for (int i = 0; i < 10; i++)
        told[i] = (struct told){10, 0, RG_INDEX, 9 - i, false};
    for (unsigned i = 10; i < 13; i++) {
        told[i] = (struct told){20, 0, RG_LOCAL, 'a' + (int)i, false};
    }
    refer(&script, told, 13);
    script.heap.refers[10][0] = 10;
    script.heap.refers[20][0] = 3;
    script.heap.is_root[20] = true;
    assert_int_equal(shape(&script, 0, &limits), RG_OK);
    assert_string_equal(written(script.graph),
                        "T0<T10[0] T0<T10[1] T0<T20.k T0<T20.l T0<T20.m +8 ");
    assert_int_equal(script.graph->rests[0].after, 1);
    rg_graph_free(script.graph);
}

/* Two lists hold the target at 0; 5 and 6 hold the lists, at 1 and at 0. */
static void equal_names_are_ordered_by_their_chains(void **state)
{
    (void)state;
    static const struct told told[] = {{1, 0, RG_INDEX, 0, false},
                                       {1, 2, RG_INDEX, 5, false},
                                       {1, 3, RG_INDEX, 4, false},
                                       {2, 0, RG_SET_MEMBER, NO_LABEL, false},
                                       {3, 0, RG_SET_MEMBER, NO_LABEL, false}};
    struct script script = {0};
    refer(&script, told, 5);
    script.heap.refers[1][0] = script.heap.refers[1][2] = 1;
    script.heap.refers[1][3] = script.heap.refers[2][0] = 1;
    script.heap.refers[3][0] = 1;
    assert_int_equal(shape(&script, 0, &none), RG_OK);
    assert_string_equal(written(script.graph),
                        "T0<T1[0] T0<T2 T0<T3 T2<T1[5] T3<T1[4] ");
    rg_graph_free(script.graph);
}

static void failing_memory_is_an_answer(void **state)
{
    (void)state;
    static const struct told told[] = {{1, 0, RG_ATTRIBUTE, 'x', true},
                                       {2, 0, RG_ITEM, 'x', false},
                                       {4, 2, RG_INDEX, 7, false},
                                       {20, 4, RG_LOCAL, 'v', false}};
    struct script script = {.folds = {{1, 2}}, .fold_count = 1};
    refer(&script, told, 4);
    script.heap.refers[1][2] = script.heap.refers[2][0] = 1;
    script.heap.refers[4][2] = script.heap.refers[20][4] = 1;
    script.heap.is_root[20] = true;
    script.heap.role[2] = RG_ROLE_FOLDS;
    for (size_t n = 1;; n++) {
        failing_malloc_at(n);
        enum rg_status status = shape(&script, 0, &none);
        failing_malloc_off();
        rg_graph_free(script.graph);
        if (!failing_malloc_reached())
            break;
        assert_int_equal(status, RG_ENOMEM);
    }
}

enum { LISTS = 10 };

/* Each of some lists holds all of them. */
static void fill_lists(struct script *script, struct told *told)
{
    for (unsigned i = 0; i < LISTS * LISTS; i++) {
        told[i] = (struct told){i / LISTS, i % LISTS, RG_INDEX,
                                (int)(i % LISTS), false};
        script->heap.refers[i / LISTS][i % LISTS] = 1;
    }
    refer(script, told, (size_t)LISTS * LISTS);
}

/* Of three objects the references are shown. */
static void what_is_not_shown_is_not_named(void **state)
{
    (void)state;
    struct told told[LISTS * LISTS];
    const struct rg_shape_limits limits = {-1, -1, -1, .object_limit = 3, NULL};
    struct script script = {0};
    char all[4096];
    fill_lists(&script, told);
    assert_int_equal(shape(&script, 0, &limits), RG_OK);
    assert_int_equal(script.said, LISTS * LISTS);
    snprintf(all, sizeof all, "%s", written(script.graph));
    rg_graph_free(script.graph);
    memset(script.is_long, true, LISTS);
    script.said = 0;
    assert_int_equal(shape(&script, 0, &limits), RG_OK);
    assert_string_equal(written(script.graph), all);
    assert_in_range(script.said, 1, 3 * LISTS);
    rg_graph_free(script.graph);
}

enum { OBJECTS = 40, MANY = 200 };

/* Any references, many of the first few, of arrays and of what may be plumbing, in any order. */
static void random_script(struct script *script, struct told *told,
                          uint32_t *seed)
{
    for (size_t i = 0; i < MANY; i++) {
        unsigned some = heap_below(seed, 3) != 0 ? 3 : OBJECTS;
        unsigned from = heap_below(seed, some);
        unsigned to = heap_below(seed, OBJECTS);
        bool is_named = heap_below(seed, 8) != 0;
        script->heap.refers[from][to]++;
        told[i] = (struct told){is_named ? from : HEAP_MAX, to, RG_INDEX,
                                (int)heap_below(seed, 4), false};
    }
    for (unsigned n = 0; n < OBJECTS; n++) {
        script->is_long[n] = heap_below(seed, 2) != 0;
        if (!script->is_long[n] && heap_below(seed, 3) == 0)
            script->heap.role[n] = RG_ROLE_FOLDS;
    }
    refer(script, told, MANY);
}

static void how_arrays_are_read_makes_no_difference(void **state)
{
    (void)state;
    uint32_t seed = 4711;
    for (int round = 0; round < 300; round++) {
        struct told told[MANY];
        struct script script = {0};
        char some[4096];
        const struct rg_shape_limits limits = {
            -1, -1, .group_limit = 1 + (int64_t)heap_below(&seed, 3), -1, NULL};
        random_script(&script, told, &seed);
        assert_int_equal(shape(&script, 0, &limits), RG_OK);
        snprintf(some, sizeof some, "%s", written(script.graph));
        rg_graph_free(script.graph);
        memset(script.is_long, false, sizeof script.is_long);
        assert_int_equal(shape(&script, 0, &limits), RG_OK);
        assert_string_equal(written(script.graph), some);
        rg_graph_free(script.graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instances_dict_is_folded),
        cmocka_unit_test(a_dict_with_a_use_of_its_own_is_shown_too),
        cmocka_unit_test(a_closure_is_one_reference),
        cmocka_unit_test(plumbing_without_an_owner_is_an_object),
        cmocka_unit_test(what_nobody_names_is_not_lost),
        cmocka_unit_test(depth_counts_named_steps),
        cmocka_unit_test(untracked_objects_in_a_row_are_limited),
        cmocka_unit_test(alike_references_are_counted),
        cmocka_unit_test(equal_names_are_ordered_by_their_chains),
        cmocka_unit_test(what_is_not_shown_is_not_named),
        cmocka_unit_test(how_arrays_are_read_makes_no_difference),
        cmocka_unit_test(failing_memory_is_an_answer),
    };
    return cmocka_run_group_tests_name("shape", tests, NULL, NULL);
}
