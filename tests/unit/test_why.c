/* The words of an answer: golden text, and every verdict. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "failing_malloc.h"
#include "golden.h"
#include "line/line.h"
#include "render/why.h"
#include "render/expression.h"
#include "unit.h"

static struct rg_graph *read_graph(const char *data, size_t size)
{
    struct rg_error error = {0};
    struct rg_graph *graph = rg_line_read(data, size, NULL, &error);
    if (graph == NULL)
        fail_msg("%s", error.text);
    return graph;
}

static void assert_text(const struct rg_buffer *buffer, const char *expected,
                        size_t size)
{
    if (buffer->size != size || memcmp(buffer->data, expected, size) != 0)
        fail_msg("\n%.*s\nnot\n%.*s", (int)buffer->size, buffer->data,
                 (int)size, expected);
}

/* tests/golden/answers.lines reads as answers.why, written by hand. */
static void the_golden_answer_reads_as_written(void **state)
{
    (void)state;
    size_t size, expected_size;
    char *data = golden_read_case("answers", ".lines", &size);
    char *expected = golden_read_case("answers", ".why", &expected_size);
    struct rg_graph *graph = read_graph(data, size);
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    rg_explain_text(&sink, graph);
    rg_sink_text(&sink, "\n");
    assert_int_equal(sink.status, RG_OK);
    assert_text(&buffer, expected, expected_size);
    rg_buffer_free(&buffer);
    rg_graph_free(graph);
    free(data);
    free(expected);
}

/* One object with the verdict and ledger given. */
static void assert_says(const char *verdict, const char *entries,
                        const char *expected_verdict,
                        const char *expected_ledger)
{
    char text[2000];
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    snprintf(text, sizeof text,
             "referrers-graph\t1\nlimits\t-1\t0\t0\n"
             "object\t10\t1\tNode\tNode\t\t\t-1\t0\t\ntarget\t0\n"
             "verdict\t0\t%s\n%send\t1\t0\n",
             verdict, entries);
    struct rg_graph *graph = read_graph(text, strlen(text));
    rg_explain_verdict(&sink, graph, 0);
    assert_text(&buffer, expected_verdict, strlen(expected_verdict));
    buffer.size = 0;
    rg_explain_ledger(&sink, graph, 0);
    assert_text(&buffer, expected_ledger, strlen(expected_ledger));
    buffer.size = 0;
    rg_explain_text(&sink, graph);
    assert_int_equal(sink.status, RG_OK);
    assert_memory_equal(buffer.data, "Node is ", 8);
    rg_buffer_free(&buffer);
    rg_graph_free(graph);
}

static void every_verdict_has_its_words(void **state)
{
    (void)state;
    assert_says("alive\t0\t1200\t0\t3\t0\t-1",
                "entry\t0\titem\t0\t900\nentry\t0\tindex\t0\t299\n"
                "entry\t0\tlocal\t1\t1\n",
                "alive through 3 roots",
                "counted 1,200 = 1,199 items + 1 local of the caller");
    assert_says("alive\t65536\t1\t0\t0\t0\t-1", "entry\t0\ttemporary\t2\t1\n",
                "alive: probably a value that a running function is using",
                "counted 1 = 1 value in use (probably)");
    assert_says("native\t4\t2\t1\t0\t0\t-1", "entry\t0\tattribute\t0\t1\n",
                "held by native code: nothing visible explains 1 of its 2 "
                "references",
                "counted 2 = 1 attribute + 1 unexplained");
    assert_says("native\t4\t1\t1\t0\t0\t-1", "",
                "held by native code: nothing visible explains its only "
                "reference",
                "counted 1 = 1 unexplained");
    assert_says("native\t0\t0\t0\t0\t0\t-1", "",
                "held by native code: nothing visible explains references to "
                "an object that leads to it",
                "counted 0");
    assert_says("only-you\t0\t0\t0\t0\t0\t-1", "",
                "held only by you: nothing but this call refers to it",
                "counted 0");
    assert_says("unknown\t1024\t0\t0\t0\t0\t-1", "",
                "alive for an unknown reason: the time ran out before the "
                "search was complete",
                "counted 0");
    assert_says("unknown\t2048\t1\t0\t0\t0\t-1", "entry\t0\tunnamed\t4\t1\n",
                "alive for an unknown reason: excluded objects lead to it "
                "(exclude_object_ids, or a debugger's own)",
                "counted 1 = 1 in plumbing or excluded objects");
    assert_says("alive\t128\t4294967295\t0\t1\t0\t-1",
                "entry\t0\tmodule-variable\t0\t2\n", "alive through 1 root",
                "not counted: it is immortal; found = 2 module variables");
    assert_says("alive\t512\t1\t0\t1\t0\t-1", "entry\t0\titem\t0\t2\n",
                "alive through 1 root",
                "counted 1 = 2 items: more than were counted, so some hold no "
                "count");
}

static void garbage_says_what_becomes_of_it(void **state)
{
    (void)state;
    static const struct {
        const char *verdict, *words;
    } cases[] = {
        {"garbage\t2\t1\t0\t0\t2\t-1",
         "cycle of 2 objects holds it; the next full collection frees it"},
        {"garbage\t2\t1\t0\t0\t1\t1",
         "cycle of 1 object holds it; the next collection of generation 1 "
         "frees it"},
        {"garbage\t2\t1\t0\t0\t1\t2",
         "cycle of 1 object holds it; the next full collection frees it"},
        {"garbage\t10\t1\t0\t0\t1\t-1",
         "cycle of 1 object holds it; no collection frees it: gc.freeze() was "
         "called"},
        {"garbage\t18\t1\t0\t0\t1\t-1",
         "cycle of 1 object holds it; collections keep it in gc.garbage: "
         "gc.DEBUG_SAVEALL is set"},
        {"garbage\t66\t1\t0\t0\t1\t-1",
         "cycle of 1 object holds it; gc.disable() was called: only "
         "gc.collect() frees it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[200];
        snprintf(expected, sizeof expected, "garbage: only an unreachable %s",
                 cases[i].words);
        assert_says(cases[i].verdict, "entry\t0\tattribute\t0\t1\n", expected,
                    "counted 1 = 1 attribute");
    }
}

/* A path of one step of each kind. */
static void every_step_has_its_expression(void **state)
{
    (void)state;
    static const char text[] =
        "referrers-graph\t1\nlimits\t-1\t0\t0\n"
        "root\tframe\trun\tworker-1\t/srv/app/jobs/run.py\t12\t0\n"
        "object\t10\t1\tNode\tNode\t\t\t-1\t0\t\ntarget\t0\n"
        "path\t0\temphasised\t0\t16\t1\t16\t\n"
        "step\t-\t-\tlocal\t0\tnone\trun\tjob\t0\tJob\n"
        "step\t-\t-\tattribute\t0\tnone\tJob\tsteps\t0\tdict\n"
        "step\t-\t-\titem\t0\tstr\tdict\tit's\t4\tdict\n"
        "step\t-\t-\titem\t0\tnumber\tdict\t-1.5\t0\tdict\n"
        "step\t-\t-\titem\t0\tobject\tdict\tKey\t0\tlist\n"
        "step\t-\t-\tindex\t0\tnone\tlist\t\t3\tfunction\n"
        "step\t-\t-\tclosure\t0\tnone\tf\tx\t1\tfunction\n"
        "step\t-\t-\tdefault\t0\tnone\tg\ty\t1\tfunction\n"
        "step\t-\t-\tdefault\t0\tnone\tg\tz\t0\tgenerator\n"
        "step\t-\t-\tgenerator-local\t0\tnone\tgen\tv\t0\tset\n"
        "step\t-\t-\tset-member\t0\tnone\tset\t\t0\tContext\n"
        "step\t-\t-\tcontext-variable\t0\tnone\tContext\trequest\t0\tCell\n"
        "step\t-\t-\tmember\t0\tnone\tCell\tcell_contents\t0\tdict\n"
        "step\t-\t-\tkey\t0\tnone\tdict\t\t0\tEngine\n"
        "step\t-\t-\tunnamed\t0\tnone\tEngine\t\t0\tcoroutine\n"
        "step\t-\t-\tcoroutine-local\t0\tnone\tpoll\tbuf\t0\tNode\n"
        "end\t1\t0\n";
    static const char expected[] =
        "job.steps[\"it's\"][-1.5][<key Key>][3]"
        ".__closure__[1].cell_contents.__defaults__[0].__kwdefaults__['z']"
        ".gi_frame.f_locals['v']<member>[<ContextVar request>].cell_contents"
        "<key><inside Engine>.cr_frame.f_locals['buf']"
        " in run(), jobs/run.py:12, thread worker-1";
    struct rg_graph *graph = read_graph(text, strlen(text));
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    rg_expression(&sink, graph, &graph->paths[0]);
    rg_expression_place(&sink, graph, &graph->paths[0]);
    assert_text(&buffer, expected, strlen(expected));
    rg_buffer_free(&buffer);
    rg_graph_free(graph);
}

static void failing_memory_is_an_answer(void **state)
{
    (void)state;
    size_t size, n = 1;
    char *data = golden_read_case("answers", ".lines", &size);
    struct rg_graph *graph = read_graph(data, size);
    for (;; n++) {
        struct rg_buffer buffer = {0};
        struct rg_sink sink = rg_sink_to_buffer(&buffer);
        failing_malloc_at(n);
        rg_explain_text(&sink, graph);
        failing_malloc_off();
        rg_buffer_free(&buffer);
        if (!failing_malloc_reached())
            break;
        assert_int_equal(sink.status, RG_ENOMEM);
    }
    assert_in_range(n, 2, 40);
    rg_graph_free(graph);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_golden_answer_reads_as_written),
        cmocka_unit_test(every_verdict_has_its_words),
        cmocka_unit_test(garbage_says_what_becomes_of_it),
        cmocka_unit_test(every_step_has_its_expression),
        cmocka_unit_test(failing_memory_is_an_answer),
    };
    return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
