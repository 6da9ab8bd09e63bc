#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "failing_malloc.h"
#include "golden.h"
#include "line/line.h"
#include "unit.h"

/* One of every record, as it is written. */
static const char sample[] =
    "referrers-graph\t1\n"
    "limits\t20\t1.5\t0\n"
    "root\tframe\tmain\tMainThread\tapp.py\t12\t0\n"
    "object\t7f3a2c10\t1\tlist\tlist\t\t\t2\t0\t\n"
    "object\tffffffffffffffff\t0\tBox\tOuter.Box\tapp.models\tmain\t-1\t1\t\n"
    "reference\t0\t1\t-\tattribute\t0\tnone\tBox\titems\t0\n"
    "reference\t0\t-\t0\tlocal\t0\tnone\tmain\tx\t0\n"
    "reference\t1\t0\t-\titem\t1\tstr\tdict\ta\\x09b\\x5c\\x00\t"
    "18446744073709551615\n"
    "rest\t0\t1\tindex\tnone\tlist\t2\t18\t17\n"
    "target\t0\n"
    "end\t2\t3\n";

static struct rg_graph *read_text(const char *text)
{
    struct rg_error error = {0};
    struct rg_graph *graph = rg_line_read(text, strlen(text), NULL, &error);
    if (graph == NULL)
        fail_msg("%s", error.text);
    return graph;
}

static void assert_written(const struct rg_graph *graph, const char *expected,
                           size_t size)
{
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    rg_line_write(graph, &sink);
    assert_int_equal(sink.status, RG_OK);
    assert_int_equal(buffer.size, size);
    assert_memory_equal(buffer.data, expected, size);
    rg_buffer_free(&buffer);
}

static void what_is_read_is_written_again(void **state)
{
    (void)state;
    struct rg_graph *graph = read_text(sample);
    assert_written(graph, sample, strlen(sample));
    rg_graph_free(graph);
}

/* A graph says that its texts were hidden, once. */
static void redaction_survives(void **state)
{
    (void)state;
    static const char redacted[] = "referrers-graph\t1\nlimits\t-1\t0\t0\n"
                                   "redacted\nend\t0\t0\n";
    static const char twice[] = "referrers-graph\t1\nlimits\t-1\t0\t0\n"
                                "redacted\nredacted\nend\t0\t0\n";
    struct rg_error error = {0};
    struct rg_graph *graph = read_text(redacted);
    assert_true(graph->redacted);
    assert_written(graph, redacted, strlen(redacted));
    rg_graph_free(graph);
    assert_null(rg_line_read(twice, strlen(twice), NULL, &error));
    assert_int_equal(error.status, RG_EFORMAT);
}

static void assert_text(const struct rg_graph *graph, struct rg_text text,
                        const char *expected, size_t size)
{
    assert_int_equal(text.size, size);
    assert_memory_equal(rg_graph_bytes(graph, text), expected, size);
}

static void every_field_arrives(void **state)
{
    (void)state;
    struct rg_graph *graph = read_text(sample);
    const struct rg_object *box = &graph->objects[1];
    const struct rg_reference *item = &graph->references[2];
    assert_int_equal(graph->max_depth, 20);
    assert_true(graph->timeout == 1.5);
    assert_false(graph->timed_out);
    assert_int_equal(graph->roots[0].kind, RG_ROOT_FRAME);
    assert_text(graph, graph->roots[0].thread, "MainThread", 10);
    assert_text(graph, graph->roots[0].file, "app.py", 6);
    assert_int_equal(graph->roots[0].line, 12);
    assert_int_equal(graph->objects[0].flags, RG_OBJECT_TARGET);
    assert_int_equal(graph->objects[0].items, 2);
    assert_int_equal(box->id, UINT64_MAX);
    assert_text(graph, box->qualname, "Outer.Box", 9);
    assert_text(graph, box->module, "app.models", 10);
    assert_text(graph, box->detail, "main", 4);
    assert_int_equal(box->items, -1);
    assert_int_equal(box->depth, 1);
    assert_int_equal(item->referrer, 0);
    assert_int_equal(item->root, RG_NONE);
    assert_int_equal(item->kind, RG_ITEM);
    assert_int_equal(item->flags, RG_REFERENCE_CUT);
    assert_int_equal(item->key_type, RG_KEY_STR);
    assert_text(graph, item->label, "a\tb\\\0", 5);
    assert_int_equal(item->number, UINT64_MAX);
    assert_int_equal(graph->rests[0].after, 1);
    assert_int_equal(graph->rests[0].count, 17);
    assert_text(graph, graph->rests[0].last, "18", 2);
    assert_int_equal(graph->targets[0], 0);
    rg_graph_free(graph);
}

static void a_graph_cut_off_anywhere_is_refused(void **state)
{
    (void)state;
    for (size_t size = 0; size < strlen(sample); size++) {
        struct rg_error error = {0};
        assert_null(rg_line_read(sample, size, NULL, &error));
        assert_int_equal(error.status, RG_EFORMAT);
        assert_non_null(strstr(error.text, "graph line "));
    }
    assert_null(rg_line_read(NULL, 0, NULL, NULL));
}

/* Replaces one line of the sample (counted from 1) and expects a refusal. */
static void assert_refused(size_t line, const char *text, const char *words)
{
    struct rg_buffer changed = {0};
    struct rg_error error = {0};
    const char *at = sample;
    for (size_t i = 1; *at != '\0'; i++) {
        size_t size = (size_t)(strchr(at, '\n') - at) + 1;
        if (i == line)
            rg_buffer_append(&changed, text, strlen(text));
        else
            rg_buffer_append(&changed, at, size);
        at += size;
    }
    struct rg_graph *graph =
        rg_line_read(changed.data, changed.size, NULL, &error);
    if (graph != NULL)
        fail_msg("read in spite of: %s", text);
    assert_int_equal(error.status, RG_EFORMAT);
    assert_string_equal(error.text, words);
    rg_buffer_free(&changed);
}

static void bad_lines_are_named(void **state)
{
    (void)state;
    static const struct {
        size_t line;
        const char *text, *words;
    } cases[] = {
        {1, "digraph {\n", "graph line 1: this is not a referrer graph"},
        {1, "referrers-graph\t2\n",
         "graph line 1: only version 1 of the format is known"},
        {1, "referrers-graph\n", "graph line 1: has a wrong number of fields"},
        {2, "", "graph line 2: the limits must come first"},
        {2, "limits\t-2\t0\t0\n",
         "graph line 2: max_depth is no number, or too large"},
        {2, "limits\t9223372036854775808\t0\t0\n",
         "graph line 2: max_depth is too large"},
        {2, "limits\t1\t1,5\t0\n",
         "graph line 2: timeout is no number of seconds"},
        {2, "limits\t1\t1e9\t0\n",
         "graph line 2: timeout is no number of seconds"},
        {2, "limits\t1\t.5\t0\n",
         "graph line 2: timeout is no number of seconds"},
        {2, "limits\t1\t1.\t0\n",
         "graph line 2: timeout is no number of seconds"},
        {2, "limits\t1\t12345678901\t0\n",
         "graph line 2: timeout is no number of seconds"},
        {2, "limits\t1\t0.1234567890\t0\n",
         "graph line 2: timeout is no number of seconds"},
        {2, "limits\t1\t1\t2\n", "graph line 2: timed_out is too large"},
        {2, "limits\t1\t0\t0\nunseen\tlost\t1\n",
         "graph line 3: kind is no known word"},
        {2, "limits\t1\t0\t0\nunseen\tfrozen\t0\n",
         "graph line 3: count must not be 0"},
        {2, "limits\t1\t0\t0\nunseen\tfrozen\t1\nunseen\tfrozen\t1\n",
         "graph line 4: tells of unseen objects a second time"},
        {2, "limits\t1\t0\t1\n",
         "graph line 2: only a walk with a timeout can have timed out"},
        {3, "root\tattic\tmain\tt\tf\t0\t0\n",
         "graph line 3: kind is no known word"},
        {3, "root\tframe\tmain\tt\tf\n",
         "graph line 3: has a wrong number of fields"},
        {3, "root\tframe\tmain\tt\tf\t4294967296\t0\n",
         "graph line 3: line is too large"},
        {3, "root\tframe\tmain\\\tt\tf\t1\t0\n",
         "graph line 3: has a backslash that is no \\xHH"},
        {3, "root\tframe\tmain\\x0\tt\tf\t1\t0\n",
         "graph line 3: has a backslash that is no \\xHH"},
        {3, "root\tframe\tmain\\x0G\tt\tf\t1\t0\n",
         "graph line 3: has a backslash that is no \\xHH"},
        {3, "root\tframe\tmain\\x0A\tt\tf\t1\t0\n",
         "graph line 3: has a backslash that is no \\xHH"},
        {3, "root\tframe\ta\x01\tt\tf\t1\t0\n",
         "graph line 3: has a control character that is not escaped"},
        {3, "root\tframe\ta\x7f\tt\tf\t1\t0\n",
         "graph line 3: has a control character that is not escaped"},
        {3, "", "graph line 6: root names a record that is not there"},
        {4, "object\t0x10\t1\tT\tT\t\t\t-1\t0\t\n",
         "graph line 4: id is no number, or too large"},
        {4, "object\t10000000000000000\t1\tT\tT\t\t\t-1\t0\t\n",
         "graph line 4: id is no number, or too large"},
        {4, "object\t10\t1\tT\tT\t\t\t-2\t0\t\n",
         "graph line 4: items is no number, or too large"},
        {4, "object\t10\t0\tT\tT\t\t\t-1\t0\t\n",
         "graph line 11: not every target is listed"},
        {4, "object\t10\t129\tT\tT\t\t\t-1\t0\t\n",
         "graph line 4: flags has a flag that is not known"},
        {4, "object\t10\t1\tT\tT\t\t\t-1\t3\t\n",
         "graph line 4: a target is no step away from itself"},
        {5, "object\t10\t1\tT\tT\t\t\t-1\t0\t\n",
         "graph line 11: not every target is listed"},
        {5, "", "graph line 5: referrer names a record that is not there"},
        {6, "reference\t-\t1\t-\tattribute\t0\tnone\tBox\titems\t0\n",
         "graph line 6: referent names no record"},
        {6, "reference\t2\t1\t-\tattribute\t0\tnone\tBox\titems\t0\n",
         "graph line 6: referent names a record that is not there"},
        {6, "reference\t4294967296\t1\t-\tattribute\t0\tnone\tB\ti\t0\n",
         "graph line 6: referent is too large"},
        {6, "reference\t0\t-\t-\tattribute\t0\tnone\tBox\titems\t0\n",
         "graph line 6: this kind needs a referrer only"},
        {6, "reference\t0\t1\t0\tattribute\t0\tnone\tBox\titems\t0\n",
         "graph line 6: this kind needs a referrer only"},
        {6, "reference\t0\t1\t-\tlocal\t0\tnone\tBox\titems\t0\n",
         "graph line 6: a variable needs a root only"},
        {6, "reference\t0\t1\t-\tAttribute\t0\tnone\tBox\titems\t0\n",
         "graph line 6: kind is no known word"},
        {6, "reference\t0\t1\t-\tattribute\t65536\tnone\tBox\titems\t0\n",
         "graph line 6: flags is too large"},
        {6, "reference\t0\t1\t-\tattribute\t2\tnone\tBox\titems\t0\n",
         "graph line 6: flags has a flag that is not known"},
        {6, "reference\t0\t1\t-\tattribute\t0\t\tBox\titems\t0\n",
         "graph line 6: key_type is no known word"},
        {6,
         "reference\t0\t1\t-\tattribute\t0\tnone\tBox\titems\t"
         "18446744073709551616\n",
         "graph line 6: number is no number, or too large"},
        {6, "reference\t0\t1\t-\tattribute\t0\tnone\tBox\titems\t+1\n",
         "graph line 6: number is no number, or too large"},
        {6, "reference\t0\t1\t-\tattribute\t0\tnone\tBox\titems\t0\t\t\n",
         "graph line 6: has too many fields"},
        {6, "", "graph line 10: counts other records than there are"},
        {7, "object\t10\t0\tT\tT\t\t\t-1\t0\t\n",
         "graph line 7: is no record, or not in its place"},
        {7, "\n", "graph line 7: is no record, or not in its place"},
        {9, "rest\t-\t1\tindex\tnone\tlist\t2\t18\t17\n",
         "graph line 9: referent names no record"},
        {9, "rest\t0\t2\tindex\tnone\tlist\t2\t18\t17\n",
         "graph line 11: rests[0]: object 0 has no reference 2"},
        {9, "rest\t0\t1\tindex\tnone\tlist\t2\t18\t0\n",
         "graph line 9: count must not be 0"},
        {10, "target\t-\n", "graph line 10: object names no record"},
        {10, "target\t2\n",
         "graph line 10: object names a record that is not there"},
        {10, "target\t0\ntarget\t0\n",
         "graph line 11: names a target a second time"},
        {10, "", "graph line 10: not every target is listed"},
        {11, "end\t2\t2\n",
         "graph line 11: counts other records than there are"},
        {11, "end\t3\t3\n",
         "graph line 11: counts other records than there are"},
        {11, "value\t2\tx\nend\t2\t3\n",
         "graph line 11: object names a record that is not there"},
        {11, "value\t-\tx\nend\t2\t3\n",
         "graph line 11: object names no record"},
        {11, "value\t0\tx\nvalue\t0\ty\nend\t2\t3\n",
         "graph line 12: gives an object a second value"},
        {11, "end\t2\t3\n\n", "graph line 11: something comes behind the end"},
        {11, "", "graph line 11: the graph is cut off here"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_refused(cases[i].line, cases[i].text, cases[i].words);
}

/* Writes an otherwise empty graph with this timeout; line 2 must be so. */
static void assert_seconds(double seconds, const char *expected)
{
    struct rg_graph *graph = rg_graph_new();
    struct rg_buffer text = {0};
    graph->timeout = seconds;
    assert_int_equal(rg_graph_seal(graph, NULL), RG_OK);
    rg_buffer_append(&text, "referrers-graph\t1\nlimits\t-1\t", 28);
    rg_buffer_append(&text, expected, strlen(expected));
    rg_buffer_append(&text, "\t0\nend\t0\t0\n", 11);
    assert_written(graph, text.data, text.size);
    rg_graph_free(graph);
    graph = rg_line_read(text.data, text.size, NULL, NULL);
    assert_non_null(graph);
    assert_written(graph, text.data, text.size);
    rg_graph_free(graph);
    rg_buffer_free(&text);
}

static void seconds_survive(void **state)
{
    (void)state;
    assert_seconds(0, "0");
    assert_seconds(2, "2");
    assert_seconds(0.1, "0.1");
    assert_seconds(1.05, "1.05");
    assert_seconds(3.9999999999, "4");
    assert_seconds(1e-12, "0.000000001");
    assert_seconds(1e300, "9999999999");
}

static void golden_graphs_survive_two_trips(void **state)
{
    (void)state;
    static const char *const names[] = {"limits", "hostile", "names",
                                        "circular", "unseen"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct rg_buffer buffer = {0};
        struct rg_sink sink = rg_sink_to_buffer(&buffer);
        size_t size;
        char *data = golden_read_case(names[i], ".lines", &size);
        struct rg_graph *graph = rg_line_read(data, size, NULL, NULL);
        assert_non_null(graph);
        rg_line_write(graph, &sink);
        assert_int_equal(sink.status, RG_OK);
        rg_graph_free(graph);
        graph = rg_line_read(buffer.data, buffer.size, NULL, NULL);
        assert_non_null(graph);
        assert_written(graph, buffer.data, buffer.size);
        rg_graph_free(graph);
        rg_buffer_free(&buffer);
        free(data);
    }
}

static void every_failed_allocation_is_an_answer(void **state)
{
    (void)state;
    size_t n = 1;
    for (;; n++) {
        struct rg_error error = {0};
        failing_malloc_at(n);
        struct rg_graph *graph =
            rg_line_read(sample, strlen(sample), NULL, &error);
        failing_malloc_off();
        rg_graph_free(graph);
        if (!failing_malloc_reached())
            break;
        assert_null(graph);
        assert_int_equal(error.status, RG_ENOMEM);
    }
    assert_in_range(n, 10, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_written_again),
        cmocka_unit_test(every_field_arrives),
        cmocka_unit_test(a_graph_cut_off_anywhere_is_refused),
        cmocka_unit_test(bad_lines_are_named),
        cmocka_unit_test(seconds_survive),
        cmocka_unit_test(redaction_survives),
        cmocka_unit_test(golden_graphs_survive_two_trips),
        cmocka_unit_test(every_failed_allocation_is_an_answer),
    };
    return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}
