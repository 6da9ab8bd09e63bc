/* Mermaid and JSON of hand-written graphs, byte for byte: NAME.mmd and
 * NAME.json in tests/golden/picture beside NAME.lines.  A new one is what the
 * program wrote, once it has been looked at. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failing_malloc.h"
#include "golden.h"
#include "graph/line.h"
#include "render/json.h"
#include "render/mermaid.h"
#include "unit.h"

static const char *const mermaid_scenes[] = {
    "alike", "cycle", "empty", "garbage", "hostile", "native", "threads",
    "web"};
static const char *const json_scenes[] = {"answers", "empty", "garbage",
                                          "hostile", "web"};

enum {
    MERMAID_COUNT = sizeof mermaid_scenes / sizeof *mermaid_scenes,
    JSON_COUNT = sizeof json_scenes / sizeof *json_scenes
};

static char *read_scene(const char *scene, const char *suffix, size_t *size)
{
    char path[256];
    snprintf(path, sizeof path, "tests/golden/picture/%s%s", scene, suffix);
    return golden_read(path, size);
}

static struct rg_graph *read_graph(const char *scene)
{
    struct rg_error error = {0};
    size_t size;
    char *data = read_scene(scene, ".lines", &size);
    struct rg_graph *graph = rg_line_read(data, size, &error);
    if (graph == NULL)
        fail_msg("%s: %s", scene, error.text);
    free(data);
    return graph;
}

static enum rg_status write_mermaid(struct rg_sink *sink,
                                    const struct rg_view *view)
{
    const struct rg_mermaid_options options = {
        .left_to_right = view->left_to_right};
    return rg_mermaid_write(sink, view, &options);
}

static enum rg_status write_json(struct rg_sink *sink,
                                 const struct rg_view *view)
{
    const struct rg_json_options options = {
        .left_to_right = view->left_to_right, .addresses = true};
    return rg_json_write(sink, view, &options);
}

typedef enum rg_status writer(struct rg_sink *sink,
                              const struct rg_view *view);

static void compare(const char *scene, const char *suffix, writer *write)
{
    const struct rg_view_options defaults = {0};
    struct rg_buffer text = {0};
    struct rg_sink sink = rg_sink_to_buffer(&text);
    struct rg_graph *graph = read_graph(scene);
    struct rg_view *view = rg_view_new(graph, &defaults, NULL);
    size_t size;
    char *expected = read_scene(scene, suffix, &size);
    assert_non_null(view);
    assert_int_equal(write(&sink, view), RG_OK);
    if (text.size != size || memcmp(text.data, expected, size) != 0)
        fail_msg("%s%s has changed", scene, suffix);
    free(expected);
    rg_buffer_free(&text);
    rg_view_free(view);
    rg_graph_free(graph);
}

static void mermaid_is_as_agreed(void **state)
{
    (void)state;
    for (int i = 0; i < MERMAID_COUNT; i++)
        compare(mermaid_scenes[i], ".mmd", write_mermaid);
}

static void json_is_as_agreed(void **state)
{
    (void)state;
    for (int i = 0; i < JSON_COUNT; i++)
        compare(json_scenes[i], ".json", write_json);
}

/* Every allocation in turn: RG_ENOMEM, and nothing is left behind (the
 * sanitizers look). */
static void a_failed_allocation_is_reported(void **state)
{
    (void)state;
    const struct rg_view_options defaults = {0};
    struct rg_graph *graph = read_graph("threads");
    struct rg_view *view = rg_view_new(graph, &defaults, NULL);
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
    assert_non_null(strstr(text.data, "\n---\n%% 501 arrows: mermaid draws 500"));
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
