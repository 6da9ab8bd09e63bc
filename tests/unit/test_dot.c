/* The DOT of hand-written graphs, byte for byte. */
#include <stdio.h>
#include <string.h>

#include "draw/dot.h"
#include "failing_malloc.h"
#include "scenes.h"
#include "unit.h"

static struct rg_buffer draw(const struct rg_graph *graph,
                             const struct rg__dot_options *options)
{
    struct rg_buffer dot = {0};
    struct rg_error error = {0};
    struct rg_view *view = scene_view(graph);
    Agraph_t *g = rg__dot_new(view, options, &error);
    assert_non_null(g);
    assert_int_equal(rg__dot_write(g, &dot, &error), RG_OK);
    agclose(g);
    rg_view_free(view);
    return dot;
}

static struct rg_buffer draw_scene(const char *scene)
{
    struct rg__dot_options options = {.tooltips = true};
    struct rg_graph *graph = scene_graph(scene);
    struct rg_buffer dot = draw(graph, &options);
    rg_graph_free(graph);
    return dot;
}

static void scenes_are_drawn_as_agreed(void **state)
{
    (void)state;
    for (int i = 0; i < SCENE_COUNT; i++) {
        struct rg_buffer dot = draw_scene(scenes[i]);
        scene_compare(scenes[i], ".dot", &dot);
        rg_buffer_free(&dot);
    }
}

/* Graphviz reads what was written, and writes it again: perhaps in another
 * order, but nothing is lost. */
static void dot_comes_back_from_graphviz(void **state)
{
    (void)state;
    for (int i = 0; i < SCENE_COUNT; i++) {
        struct rg_buffer again = {0}, dot = draw_scene(scenes[i]);
        assert_int_equal(rg_buffer_append(&dot, "", 1), 0);
        Agraph_t *g = agmemread(dot.data);
        if (g == NULL)
            fail_msg("%s.dot is no DOT", scenes[i]);
        assert_int_equal(rg__dot_write(g, &again, NULL), RG_OK);
        agclose(g);
        assert_int_equal(again.size + 1, dot.size);
        rg_buffer_free(&again);
        rg_buffer_free(&dot);
    }
}

static bool contains(const struct rg_buffer *text, const char *words)
{
    size_t size = strlen(words);
    for (size_t i = 0; i + size <= text->size; i++)
        if (memcmp(text->data + i, words, size) == 0)
            return true;
    return false;
}

static void addresses_are_shown_on_demand_only(void **state)
{
    (void)state;
    struct rg_graph *graph = scene_graph("basic");
    struct rg__dot_options options = {.addresses = true};
    struct rg_buffer with = draw(graph, &options);
    options.addresses = false;
    struct rg_buffer without = draw(graph, &options);
    assert_true(contains(&with, "at 0x7f3a2c10"));
    assert_true(contains(&with, ">0x7f3a2c20<"));
    assert_false(contains(&without, "0x7f3a2c"));
    rg_buffer_free(&with);
    rg_buffer_free(&without);
    rg_graph_free(graph);
}

static void the_direction_is_that_of_the_view(void **state)
{
    (void)state;
    struct rg_graph *graph = scene_graph("basic");
    struct rg_view *view = scene_view(graph);
    struct rg__dot_options options = {0};
    for (int across = 0; across < 2; across++) {
        view->left_to_right = across != 0;
        Agraph_t *g = rg__dot_new(view, &options, NULL);
        assert_string_equal(agget(g, (char *)"rankdir"), across ? "LR" : "TB");
        agclose(g);
    }
    rg_view_free(view);
    rg_graph_free(graph);
}

static void a_title_is_any_text(void **state)
{
    (void)state;
    struct rg_graph *graph = scene_graph("basic");
    struct rg__dot_options options = {.title = "a\n\"b\\ &\xff<i>"};
    struct rg_buffer dot = draw(graph, &options);
    assert_true(contains(&dot, "digraph \"a/n'b/ +/xff<i>\" {"));
    assert_true(
        contains(&dot, "<B>a\\\\n&quot;b\\\\ &amp;\\\\xff&lt;i&gt;</B>"));
    rg_buffer_free(&dot);
    rg_graph_free(graph);
}

/* Pictures have the same ids with and without tooltips, and others when
 * anything that is seen differs. */
static void ids_follow_the_content(void **state)
{
    (void)state;
    struct rg__dot_options options = {.tooltips = true};
    char ids[3][32];
    for (int i = 0; i < 3; i++) {
        struct rg_graph *graph = scene_graph(i == 2 ? "web" : "basic");
        struct rg_view *view = scene_view(graph);
        Agraph_t *g = rg__dot_new(view, &options, NULL);
        assert_non_null(g);
        snprintf(ids[i], sizeof ids[i], "%s", agget(g, (char *)"id"));
        agclose(g);
        rg_view_free(view);
        rg_graph_free(graph);
        options.tooltips = false;
    }
    assert_int_equal(strlen(ids[0]), 9);
    assert_string_equal(ids[0], ids[1]);
    assert_string_not_equal(ids[0], ids[2]);
}

static void a_failed_allocation_is_reported(void **state)
{
    (void)state;
    struct rg__dot_options options = {.tooltips = true};
    struct rg_graph *graph = scene_graph("threads");
    struct rg_view *view = scene_view(graph);
    size_t failures = 0;
    for (size_t n = 1;; n++) {
        struct rg_error error = {0};
        failing_malloc_at(n);
        Agraph_t *g = rg__dot_new(view, &options, &error);
        failing_malloc_off();
        if (!failing_malloc_reached()) {
            assert_non_null(g);
            agclose(g);
            break;
        }
        failures++;
        assert_null(g);
        assert_int_equal(error.status, RG_ENOMEM);
    }
    assert_true(failures > 20);
    rg_view_free(view);
    rg_graph_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenes_are_drawn_as_agreed),
        cmocka_unit_test(dot_comes_back_from_graphviz),
        cmocka_unit_test(addresses_are_shown_on_demand_only),
        cmocka_unit_test(the_direction_is_that_of_the_view),
        cmocka_unit_test(a_title_is_any_text),
        cmocka_unit_test(ids_follow_the_content),
        cmocka_unit_test(a_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("dot", tests, NULL, NULL);
}
