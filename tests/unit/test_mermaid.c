/* Mermaid and JSON of hand-written graphs, byte for byte. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failing_malloc.h"
#include "render/json.h"
#include "render/mermaid.h"
#include "scenes.h"
#include "unit.h"

static enum rg_status write_mermaid(struct rg_sink *sink,
                                    const struct rg_view *view)
{
    const struct rg_mermaid_options options = {0};
    return rg_mermaid_write(sink, view, &options);
}

static enum rg_status write_json(struct rg_sink *sink,
                                 const struct rg_view *view)
{
    const struct rg_json_options options = {.addresses = true};
    return rg_json_write(sink, view, &options);
}

typedef enum rg_status writer(struct rg_sink *sink, const struct rg_view *view);

static void compare(const char *scene, const char *suffix, writer *write)
{
    struct rg_buffer text = {0};
    struct rg_sink sink = rg_sink_to_buffer(&text);
    struct rg_graph *graph = scene_graph(scene);
    struct rg_view *view = scene_view(graph);
    assert_int_equal(write(&sink, view), RG_OK);
    scene_compare(scene, suffix, &text);
    rg_buffer_free(&text);
    rg_view_free(view);
    rg_graph_free(graph);
}

static void mermaid_is_as_agreed(void **state)
{
    (void)state;
    for (int i = 0; i < SCENE_COUNT; i++)
        compare(scenes[i], ".mmd", write_mermaid);
}

static void json_is_as_agreed(void **state)
{
    (void)state;
    for (int i = 0; i < SCENE_COUNT; i++)
        compare(scenes[i], ".json", write_json);
}

/* Every allocation in turn: RG_ENOMEM, and nothing is left behind (the
 * sanitizers look). */
static void a_failed_allocation_is_reported(void **state)
{
    (void)state;
    struct rg_graph *graph = scene_graph("threads");
    struct rg_view *view = scene_view(graph);
    writer *const writers[] = {write_mermaid, write_json};
    for (int i = 0; i < 2; i++) {
        size_t failures = 0;
        for (size_t n = 1;; n++) {
            struct rg_buffer text = {0};
            struct rg_sink sink = rg_sink_to_buffer(&text);
            failing_malloc_at(n);
            enum rg_status status = writers[i](&sink, view);
            failing_malloc_off();
            rg_buffer_free(&text);
            if (!failing_malloc_reached()) {
                assert_int_equal(status, RG_OK);
                break;
            }
            failures++;
            assert_int_equal(status, RG_ENOMEM);
        }
        assert_true(failures > 3);
    }
    rg_view_free(view);
    rg_graph_free(graph);
}

/* What mermaid would refuse is said in the first line behind the title. */
static void too_much_for_mermaid_is_said(void **state)
{
    (void)state;
    const struct rg_view_options all = {.max_objects = 1000000};
    struct rg_buffer text = {0};
    struct rg_sink sink = rg_sink_to_buffer(&text);
    struct rg_graph *graph = rg_graph_new();
    struct rg_object object = {.id = 1, .items = -1};
    struct rg_reference reference = {.root = RG_NONE, .kind = RG_MEMBER};
    rg_graph_text(graph, "K", 1, &object.type);
    for (uint32_t i = 0; i <= RG_MERMAID_MAX_EDGES + 1; i++) {
        object.id = i + 1;
        object.depth = i != 0;
        char name[16];
        int size = snprintf(name, sizeof name, "a%u", (unsigned)i);
        rg_graph_text(graph, name, (size_t)size, &reference.label);
        rg_graph_add_object(graph, &object, NULL);
        reference.referrer = i;
        if (i != 0)
            rg_graph_add_reference(graph, &reference);
    }
    rg_graph_add_target(graph, 0);
    assert_int_equal(rg_graph_seal(graph, NULL), RG_OK);
    struct rg_view *view = rg_view_new(graph, &all, NULL);
    assert_int_equal(write_mermaid(&sink, view), RG_OK);
    assert_int_equal(rg_buffer_append(&text, "", 1), 0);
    assert_non_null(
        strstr(text.data, "\n---\n%% 501 arrows: mermaid draws 500"));
    rg_buffer_free(&text);
    rg_view_free(view);
    rg_graph_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mermaid_is_as_agreed),
        cmocka_unit_test(json_is_as_agreed),
        cmocka_unit_test(a_failed_allocation_is_reported),
        cmocka_unit_test(too_much_for_mermaid_is_said),
    };
    return cmocka_run_group_tests_name("mermaid and json", tests, NULL, NULL);
}
