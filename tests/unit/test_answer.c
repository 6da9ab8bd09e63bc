/* The records of "why is it alive": carried by lines, and checked. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "failing_malloc.h"
#include "golden.h"
#include "line/line.h"
#include "unit.h"

static struct rg_graph *read_sample(char **data, size_t *size)
{
    struct rg_error error = {0};
    *data = golden_read_case("answers", ".lines", size);
    struct rg_graph *graph = rg_line_read(*data, *size, NULL, &error);
    if (graph == NULL && error.status != RG_ENOMEM)
        fail_msg("%s", error.text);
    return graph;
}

static void assert_word(const struct rg_graph *graph, struct rg_text text,
                        const char *expected)
{
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(rg_graph_bytes(graph, text), expected, text.size);
}

/* What the picture and the explanation read is what was written. */
static void every_field_arrives(void **state)
{
    (void)state;
    char *data;
    size_t size;
    struct rg_graph *graph = read_sample(&data, &size);
    const struct rg_verdict *verdict = &graph->verdicts[0];
    assert_int_equal(verdict->target, 0);
    assert_int_equal(verdict->kind, RG_VERDICT_ALIVE);
    assert_int_equal(verdict->flags, RG_VERDICT_EXPLAINED |
                                         RG_VERDICT_UNEXPLAINED |
                                         RG_VERDICT_YOU);
    assert_int_equal(verdict->counted, 4);
    assert_int_equal(verdict->unexplained, 1);
    assert_int_equal(verdict->root_count, 2);
    assert_int_equal(verdict->cycle_objects, 1);
    assert_int_equal(verdict->generation, -1);
    assert_int_equal(graph->entry_count, 2);
    assert_int_equal(graph->entries[0].kind, RG_ATTRIBUTE);
    assert_int_equal(graph->entries[0].count, 2);
    assert_int_equal(graph->path_count, 5);
    assert_int_equal(graph->paths[3].kind, RG_PATH_CUT);
    assert_int_equal(graph->paths[3].first_step, 7);
    assert_int_equal(graph->paths[4].root, 1);
    const struct rg_step *step = &graph->steps[2];
    assert_int_equal(step->object, 2);
    assert_int_equal(graph->references[step->reference].kind, RG_ITEM);
    assert_int_equal(step->flags, RG_STEP_CUT);
    assert_int_equal(step->key_type, RG_KEY_STR);
    assert_int_equal(step->number, 6);
    assert_word(graph, step->label, "user-7");
    assert_word(graph, step->type, "Session");
    assert_word(graph, graph->natives[0].holder, "lxml.etree._Element");
    assert_int_equal(graph->natives[0].offset, 24);
    assert_int_equal(graph->retained[1].object, 2);
    assert_int_equal(graph->retained[1].bytes, 312);
    assert_int_equal(graph->retained[1].objects, 3);
    rg_graph_free(graph);
    free(data);
}

static void what_is_read_is_written_again(void **state)
{
    (void)state;
    char *data;
    size_t size;
    struct rg_graph *graph = read_sample(&data, &size);
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    rg_line_write(graph, &sink);
    assert_int_equal(sink.status, RG_OK);
    assert_int_equal(buffer.size, size);
    assert_memory_equal(buffer.data, data, size);
    rg_buffer_free(&buffer);
    rg_graph_free(graph);
    free(data);
}

/* One broken rule each, in a sealed graph. */
#define BREAK(name, statement) \
    static void name(struct rg_graph *graph) \
    { \
        statement; \
    }

BREAK(verdict_place, graph->verdicts[0].target = 1)
BREAK(verdict_kind, graph->verdicts[0].kind = RG_VERDICT_KIND_COUNT)
BREAK(verdict_flags, graph->verdicts[0].flags = 1u << 31)
BREAK(verdict_sum, graph->verdicts[0].unexplained = 5)
BREAK(verdict_generation, graph->verdicts[0].generation = -2)
BREAK(verdict_missing, graph->verdict_count = 2)
BREAK(entry_target, graph->entries[0].target = 1)
BREAK(entry_kind, graph->entries[1].kind = RG_KIND_COUNT)
BREAK(entry_flags, graph->entries[1].flags = 128)
BREAK(entry_none, graph->entries[0].count = 0)
BREAK(path_target, graph->paths[4].target = 1)
BREAK(path_kind, graph->paths[4].kind = RG_PATH_KIND_COUNT)
BREAK(path_order, graph->paths[0].kind = RG_PATH_ROOT)
BREAK(path_root, graph->paths[0].root = 2)
BREAK(path_gap, graph->paths[1].first_step = 5)
BREAK(path_empty, graph->paths[1].step_count = 0)
BREAK(path_targets, graph->paths[0].target_count = 2)
BREAK(path_shared, graph->paths[0].shared_count = 5)
BREAK(step_lost, graph->path_count = 4)
BREAK(step_object, graph->steps[1].object = 5)
BREAK(step_reference, graph->steps[3].reference = 0)
BREAK(step_kind, graph->steps[1].kind = RG_KIND_COUNT)
BREAK(step_key, graph->steps[1].key_type = RG_KEY_TYPE_COUNT)
BREAK(step_variable, graph->steps[1].kind = RG_GLOBAL)
BREAK(step_rootless, graph->paths[0].root = RG_NONE)
BREAK(step_flags, graph->steps[0].flags = 4)
BREAK(step_word, graph->steps[0].type.size = 1000)
BREAK(native_object, graph->natives[0].object = 5)
BREAK(native_none, graph->natives[0].count = 0)
BREAK(native_word, graph->natives[0].holder.offset = 1000)
BREAK(retained_object, graph->retained[1].object = 5)
BREAK(retained_twice, graph->retained[1].object = 0)

static void the_checker_sees_every_broken_rule(void **state)
{
    (void)state;
    static const struct {
        void (*break_rule)(struct rg_graph *);
        const char *words;
    } rules[] = {
        {verdict_place, "verdicts[0]: it stands where its target does"},
        {verdict_kind, "verdicts[0].kind: is no known word"},
        {verdict_flags, "verdicts[0].flags: has a flag that is not known"},
        {verdict_sum, "verdicts[0]: more is unexplained than was counted"},
        {verdict_generation, "verdicts[0].generation: is less than none"},
        {verdict_missing, "graph: every target has a verdict, or none has"},
        {entry_target, "ledger[0].target: names a record that is not there"},
        {entry_kind, "ledger[1].kind: is no known word"},
        {entry_flags, "ledger[1].flags: has a flag that is not known"},
        {entry_none, "ledger[0].count: must not be 0"},
        {path_target, "paths[4].target: names a record that is not there"},
        {path_kind, "paths[4].kind: is no known word"},
        {path_order, "paths[1]: paths come by target and kind"},
        {path_root, "paths[0].root: names a record that is not there"},
        {path_gap, "paths[1]: its steps follow those of the path before"},
        {path_empty, "paths[1]: its steps follow those of the path before"},
        {path_targets, "paths[0]: it counts some of the targets"},
        {path_shared, "paths[0]: no more steps are shared than there are"},
        {step_lost, "graph: every step belongs to a path"},
        {step_object, "steps[1].object: names a record that is not there"},
        {step_reference, "steps[3]: its reference leads to its object"},
        {step_kind, "steps[1].kind: is no known word"},
        {step_key, "steps[1].key_type: is no known word"},
        {step_variable,
         "steps[1]: a variable comes first, behind a root, and nowhere else"},
        {step_rootless,
         "steps[0]: a variable comes first, behind a root, and nowhere else"},
        {step_flags, "steps[0].flags: has a flag that is not known"},
        {step_word, "steps[0].type: lies outside the text"},
        {native_object, "natives[0].object: names a record that is not there"},
        {native_none, "natives[0].count: must not be 0"},
        {native_word, "natives[0].holder: lies outside the text"},
        {retained_object,
         "retained[1].object: names a record that is not there"},
        {retained_twice, "retained[1]: each object is listed once, in order"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        char *data;
        size_t size;
        struct rg_error error = {0};
        struct rg_graph *graph = read_sample(&data, &size);
        if (rules[i].break_rule == step_reference)
            graph->steps[3].object = 1;
        rules[i].break_rule(graph);
        assert_int_equal(rg_graph_check(graph, &error), RG_EINTERNAL);
        assert_string_equal(error.text, rules[i].words);
        rg_graph_free(graph);
        free(data);
    }
}

/* A line of the sample replaced by another is refused by name. */
static void assert_refused(const char *old, const char *new, const char *words)
{
    size_t size;
    char *data = golden_read_case("answers", ".lines", &size);
    char *at = strstr(data, old);
    assert_non_null(at);
    struct rg_buffer changed = {0};
    struct rg_error error = {0};
    rg_buffer_append(&changed, data, (size_t)(at - data));
    rg_buffer_append(&changed, new, strlen(new));
    rg_buffer_append(&changed, at + strlen(old), strlen(at + strlen(old)));
    assert_null(rg_line_read(changed.data, changed.size, NULL, &error));
    assert_int_equal(error.status, RG_EFORMAT);
    if (strstr(error.text, words) == NULL)
        fail_msg("%s, not: %s", error.text, words);
    rg_buffer_free(&changed);
    free(data);
}

static void bad_lines_are_refused(void **state)
{
    (void)state;
    assert_refused("verdict\t0\talive", "verdict\t1\talive", "not there");
    assert_refused("verdict\t0\talive", "verdict\t-\talive",
                   "target names no record");
    assert_refused("\talive\t", "\tundead\t", "kind is no known word");
    assert_refused("1\t2\t1\t-1\n", "1\t2\t1\t3000000000\n", "too large");
    assert_refused("1\t2\t1\t-1\n", "1\t2\t1\n", "wrong number of fields");
    assert_refused("entry\t0\tattribute", "entry\t0\tblob", "no known word");
    assert_refused("entry\t0\tattribute\t0", "entry\t0\tattribute\t256",
                   "too large");
    assert_refused("\temphasised\t", "\tgreat\t", "kind is no known word");
    assert_refused("path\t0\tfurther\t1\t2", "path\t0\tfurther\t2\t2",
                   "not there");
    assert_refused("path\t0\tfurther\t1\t2", "path\t0\tfurther\t1\t3",
                   "a variable comes first");
    assert_refused("step\t3\t-", "step\t9\t-", "not there");
    assert_refused("step\t2\t4\titem", "step\t2\t4\tblob", "no known word");
    assert_refused("native\t0\t1", "native\t0", "wrong number of fields");
    assert_refused("retained\t2", "retained\t8", "not there");
    assert_refused("retained\t2", "entry\t0", "not in its place");
}

static void every_failed_allocation_is_an_answer(void **state)
{
    (void)state;
    size_t n = 1, size;
    char *data = golden_read_case("answers", ".lines", &size);
    for (;; n++) {
        struct rg_error error = {0};
        failing_malloc_at(n);
        struct rg_graph *graph = rg_line_read(data, size, NULL, &error);
        failing_malloc_off();
        rg_graph_free(graph);
        if (!failing_malloc_reached())
            break;
        assert_null(graph);
        assert_int_equal(error.status, RG_ENOMEM);
    }
    assert_in_range(n, 15, 60);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_arrives),
        cmocka_unit_test(what_is_read_is_written_again),
        cmocka_unit_test(the_checker_sees_every_broken_rule),
        cmocka_unit_test(bad_lines_are_refused),
        cmocka_unit_test(every_failed_allocation_is_an_answer),
    };
    return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
