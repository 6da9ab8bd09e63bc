/* A view as lines: the part of the graph that it shows, and nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failing_malloc.h"
#include "line/line_view.h"
#include "render/mermaid.h"
#include "render/words.h"
#include "scenes.h"
#include "unit.h"
#include "views.h"

static const size_t limits[] = {0, 1, 2, 5, 200};

static struct rg_buffer lines_of(const struct rg_view *view)
{
    struct rg_buffer lines = {0};
    struct rg_sink sink = rg_sink_to_buffer(&lines);
    rg_line_write_view(view, &sink);
    assert_int_equal(sink.status, RG_OK);
    return lines;
}

static struct rg_buffer words_of(const struct rg_view *view)
{
    const struct rg_mermaid_options options = {0};
    struct rg_buffer words = {0};
    struct rg_sink sink = rg_sink_to_buffer(&words);
    assert_int_equal(rg_mermaid_write(&sink, view, &options), RG_OK);
    for (size_t i = 0; i < view->node_count; i++) {
        rg_words_node_tooltip(&sink, view, &view->nodes[i], 0);
        rg_sink_text(&sink, "\n");
    }
    for (size_t i = 0; i < view->edge_count; i++) {
        rg_words_edge_tooltip(&sink, view, &view->edges[i]);
        rg_sink_text(&sink, "\n");
    }
    rg_words_description(&sink, view);
    assert_int_equal(sink.status, RG_OK);
    return words;
}

static void assert_same(struct rg_buffer *one, struct rg_buffer *other)
{
    assert_int_equal(one->size, other->size);
    assert_memory_equal(one->data, other->data, one->size);
    rg_buffer_free(one);
    rg_buffer_free(other);
}

/* Read back it says the same, word for word, and is written the same. */
static void assert_comes_back(const struct rg_view *view)
{
    struct rg_error error = {0};
    struct rg_buffer lines = lines_of(view);
    struct rg_view *again;
    struct rg_graph *part =
        rg_line_read_view(lines.data, lines.size, &again, &error);
    if (part == NULL)
        fail_msg("%s", error.text);
    assert_non_null(again);
    assert_int_equal(rg_view_check(again, &error), RG_OK);
    struct rg_buffer words = words_of(view), words_again = words_of(again);
    assert_same(&words, &words_again);
    struct rg_buffer lines_again = lines_of(again);
    assert_same(&lines, &lines_again);
    rg_view_free(again);
    rg_graph_free(part);
}

static void every_scene_comes_back(void **state)
{
    (void)state;
    for (int i = 0; i < SCENE_COUNT; i++) {
        struct rg_graph *graph = scene_graph(scenes[i]);
        for (size_t k = 0; k < sizeof limits / sizeof limits[0]; k++) {
            const struct rg_view_options options = {.max_objects = limits[k]};
            struct rg_view *view = rg_view_new(graph, &options, NULL);
            assert_non_null(view);
            assert_comes_back(view);
            rg_view_free(view);
        }
        rg_graph_free(graph);
    }
}

/* Of ten thousand objects a few lines are left. */
static void what_is_not_drawn_is_not_written(void **state)
{
    (void)state;
    uint32_t target;
    struct maker maker = make_alike(10000, &target);
    struct rg_view *view = view_of(&maker, 0);
    struct rg_buffer lines = lines_of(view);
    assert_true(lines.size < 10000);
    rg_buffer_free(&lines);
    assert_comes_back(view);
    drop(&maker, view);
}

/* The lines of "alike", with one of them replaced. */
static struct rg_buffer broken(const char *word, size_t nth, const char *line)
{
    struct rg_graph *graph = scene_graph("alike");
    struct rg_view *view = scene_view(graph);
    struct rg_buffer lines = lines_of(view), changed = {0};
    assert_int_equal(rg_buffer_append(&lines, "", 1), 0);
    size_t size = strlen(word);
    for (char *at = lines.data; *at != '\0';) {
        char *end = strchr(at, '\n') + 1;
        bool is_it =
            strncmp(at, word, size) == 0 && at[size] == '\t' && nth-- == 0;
        assert_int_equal(
            rg_buffer_append(&changed, is_it ? line : at,
                             is_it ? strlen(line) : (size_t)(end - at)),
            0);
        at = end;
    }
    rg_buffer_free(&lines);
    rg_view_free(view);
    rg_graph_free(graph);
    return changed;
}

static void what_makes_no_view_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *word, *line, *says;
    } cases[] = {
        {"view", "view\t1\n", "wrong number of fields"},
        {"view", "", "of a view that is not there"},
        {"view", "view\t9\t4\t6\t0\t0\t3\t1\t9\t0\n", "must add up"},
        {"view", "view\t0\t0\t0\t0\t0\t3\t1\t2\t0\n",
         "no more objects can be drawn"},
        {"node", "node\tblob\t0\t0\t-\t0\t0\t-\t0\t0\t0\n",
         "kind is no known word"},
        {"node", "node\tobject\t0\t99\t-\t0\t0\t-\t0\t0\t0\n", "not there"},
        {"node", "node\tobject\t0\t-\t-\t0\t0\t-\t0\t0\t0\n",
         "an object is one"},
        {"node", "node\tobject\t256\t0\t-\t0\t0\t-\t0\t0\t0\n", "too large"},
        {"node", "node\tobject\t0\t0\t-\t9\t0\t-\t0\t0\t0\n", "levels ascend"},
        {"node", "node\tobject\t0\t0\t-\t0\t0\t0\t0\t0\t0\n", "not there"},
        {"member", "member\t-\t0\t-\n", "node names no record"},
        {"member", "member\t99\t0\t-\n", "not there"},
        {"member", "member\t0\t0\t-\n", "only a stack has members"},
        {"member", "member\t5\t99\t-\n", "object names a record"},
        {"member", "member\t5\t-\t0\n", "of objects or of roots"},
        {"node", "node\tobject\t32\t0\t-\t0\t0\t-\t0\t0\t0\n",
         "flags has a flag"},
        {"arrow", "arrow\t0\t99\t0\t-\t-\t-\t-\t-\t0\n", "not there"},
        {"arrow", "arrow\t1\t0\t0\t-\t0\t-\t0\t-\t1\n", "a label behind none"},
        {"arrow", "arrow\t1\t0\t0\t0\t-\t-\t-\t-\t1\n", "the last of no"},
        {"arrow", "arrow\t1\t0\t0\t0\t1\t2\t0\t-\t1\n", "no more labels"},
        {"arrow", "arrow\t1\t0\t0\t-\t-\t-\t-\t-\t0\n",
         "only what is not drawn"},
        {"way", "way\t-\n", "reference names no record"},
        {"way", "way\t99\n", "not there"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rg_error error = {0};
        struct rg_view *view;
        struct rg_buffer lines = broken(cases[i].word, 0, cases[i].line);
        assert_null(rg_line_read_view(lines.data, lines.size, &view, &error));
        assert_null(view);
        assert_int_equal(error.status, RG_EFORMAT);
        if (strstr(error.text, cases[i].says) == NULL)
            fail_msg("%s says: %s", cases[i].line, error.text);
        rg_buffer_free(&lines);
    }
}

static void a_failed_allocation_is_reported(void **state)
{
    (void)state;
    struct rg_graph *graph = scene_graph("threads");
    struct rg_view *view = scene_view(graph);
    struct rg_buffer whole = lines_of(view);
    for (int reads = 0; reads < 2; reads++) {
        size_t failures = 0;
        for (size_t n = 1;; n++) {
            struct rg_error error = {0};
            struct rg_buffer lines = {0};
            struct rg_sink sink = rg_sink_to_buffer(&lines);
            struct rg_view *again = NULL;
            struct rg_graph *part = NULL;
            failing_malloc_at(n);
            if (reads)
                part =
                    rg_line_read_view(whole.data, whole.size, &again, &error);
            else
                rg_line_write_view(view, &sink);
            failing_malloc_off();
            rg_buffer_free(&lines);
            rg_view_free(again);
            rg_graph_free(part);
            if (!failing_malloc_reached())
                break;
            failures++;
            assert_null(part);
            assert_int_equal(reads ? error.status : sink.status, RG_ENOMEM);
        }
        assert_true(failures >= 5);
    }
    rg_buffer_free(&whole);
    rg_view_free(view);
    rg_graph_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scene_comes_back),
        cmocka_unit_test(what_is_not_drawn_is_not_written),
        cmocka_unit_test(what_makes_no_view_is_refused),
        cmocka_unit_test(a_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("line_view", tests, NULL, NULL);
}
