#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/dot.h"
#include "draw/layout.h"
#include "draw/svg.h"
#include "failing_malloc.h"
#include "scenes.h"
#include "unit.h"
#include "xml.h"

/* What a picture may cost, as the site promises: for an object and its arrow
 * together, and for everything else. */
enum { BYTES_PER_OBJECT = 2048, BYTES_PER_PICTURE = 4096 };

/* One picture on its way; release it with drop. */
struct picture {
    struct rg_graph *graph;
    struct rg_view *view;
    struct rg_buffer raw, svg;
    char id[32];
};

/* Graphviz 14 says of characters without a width that they have none; main.c
 * passes over that.  Nothing else may be said. */
static void check_messages(struct rg_buffer *messages)
{
    assert_int_equal(rg_buffer_append(messages, "", 1), 0);
    for (char *line = strtok(messages->data, "\n"); line != NULL;
         line = strtok(NULL, "\n"))
        assert_non_null(strstr(line, "no value for width of non-ASCII"));
}

static struct picture draw(const char *scene, const char *title)
{
    struct picture picture = {.graph = scene_graph(scene)};
    struct rg_error error = {0};
    struct rg_buffer messages = {0};
    struct rg__dot_options options = {0};
    picture.view = scene_view(picture.graph);
    Agraph_t *g = rg__dot_new(picture.view, &options, NULL);
    assert_non_null(g);
    snprintf(picture.id, sizeof picture.id, "%s", agget(g, (char *)"id"));
    if (rg__layout_render(g, NULL, "svg", &picture.raw, &messages, &error) !=
        RG_OK)
        fail_msg("%s: %s", scene, error.text);
    check_messages(&messages);
    struct rg__svg_options svg = {.id = picture.id, .title = title};
    if (rg__svg_finish(&picture.raw, (struct rg__svg_of){.view = picture.view},
                       &svg, &picture.svg, &error) != RG_OK)
        fail_msg("%s: %s", scene, error.text);
    rg_buffer_free(&messages);
    return picture;
}

static void drop(struct picture *picture)
{
    rg_view_free(picture->view);
    rg_graph_free(picture->graph);
    rg_buffer_free(&picture->raw);
    rg_buffer_free(&picture->svg);
}

static size_t count(const struct rg_buffer *text, const char *words)
{
    size_t found = 0, size = strlen(words);
    for (size_t i = 0; i + size <= text->size; i++)
        found += memcmp(text->data + i, words, size) == 0;
    return found;
}

static void pictures_are_well_formed(void **state)
{
    (void)state;
    for (int i = 0; i < SCENE_COUNT; i++) {
        struct picture picture = draw(scenes[i], NULL);
        xml_check(scenes[i], picture.svg.data, picture.svg.size);
        drop(&picture);
    }
}

static void pictures_are_small(void **state)
{
    (void)state;
    for (int i = 0; i < SCENE_COUNT; i++) {
        struct picture picture = draw(scenes[i], NULL);
        size_t boxes = picture.view->node_count > picture.view->edge_count
                           ? picture.view->node_count
                           : picture.view->edge_count;
        size_t most = BYTES_PER_OBJECT * boxes + BYTES_PER_PICTURE;
        if (picture.svg.size > most)
            fail_msg("%s: %zu bytes, %zu allowed", scenes[i], picture.svg.size,
                     most);
        drop(&picture);
    }
}

static void pictures_load_and_run_nothing(void **state)
{
    (void)state;
    static const char *const forbidden[] = {
        "<script", "<image",     "<!DOCTYPE", "<!--",        "href=",   "url(",
        "@import", "@font-face", "onload",    "transparent", "<title>n"};
    for (int i = 0; i < SCENE_COUNT; i++) {
        struct picture picture = draw(scenes[i], NULL);
        for (size_t k = 0; k < sizeof forbidden / sizeof forbidden[0]; k++)
            if (count(&picture.svg, forbidden[k]) != 0)
                fail_msg("%s has %s", scenes[i], forbidden[k]);
        drop(&picture);
    }
}

static void a_picture_can_be_read_aloud(void **state)
{
    (void)state;
    char words[128];
    struct picture picture = draw("basic", NULL);
    assert_int_equal(count(&picture.svg, "role=\"img\""), 1);
    snprintf(words, sizeof words, "aria-labelledby=\"%s-title %s-desc\"",
             picture.id, picture.id);
    assert_int_equal(count(&picture.svg, words), 1);
    snprintf(words, sizeof words,
             "<title id=\"%s-title\">What refers to this list?</title>",
             picture.id);
    assert_int_equal(count(&picture.svg, words), 1);
    assert_int_equal(
        count(&picture.svg,
              "list: shortest path from a root is a in my_function(), thread "
              "MainThread. 2 references, all shown.</desc>"),
        1);
    drop(&picture);
}

/* More than fits on a box or an arrow: how many references lead to an object,
 * what goes with it, who refers to what, whom a stack stands for. */
static void tooltips_are_words(void **state)
{
    (void)state;
    static const struct {
        const char *scene, *words;
        size_t times;
    } expected[] = {
        {"cycle", "Link, chain, 2 references", 2},
        {"cycle", "Link.next (instance attribute) refers to Link", 1},
        {"cycle", "Link.prev (instance attribute) refers to Link, a cycle", 1},
        {"alike",
         "\xc3\x97 117 more, Handler \xc2\xb7 web.handlers: [3], [4], "
         "[5], [6], [7], [8], [9], [10], [11], [12] and 107 more",
         1},
        {"alike", "list[3] and 116 more refer to Handler", 1},
        {"threads", "handle(), thread http-1, web/app.py:88", 1},
        {"answers", "would go with it", 2},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        struct picture picture = draw(expected[i].scene, NULL);
        if (count(&picture.svg, expected[i].words) != expected[i].times)
            fail_msg("%s: %s", expected[i].scene, expected[i].words);
        drop(&picture);
    }
}

static void ids_start_with_the_hash(void **state)
{
    (void)state;
    char words[64];
    struct picture picture = draw("threads", NULL);
    snprintf(words, sizeof words, " id=\"%s", picture.id);
    assert_int_equal(count(&picture.svg, words), count(&picture.svg, " id=\""));
    drop(&picture);
}

static void dark_mode_swaps_what_is_there(void **state)
{
    (void)state;
    struct picture picture = draw("basic", NULL);
    assert_int_equal(count(&picture.svg, "prefers-color-scheme:dark"), 1);
    assert_int_equal(
        count(&picture.svg, ".refgraph [fill=\"#0072b2\"]{fill:#56b4e9}"), 1);
    assert_int_equal(count(&picture.svg, "#a0447a"), 0); /* no cycle here */
    drop(&picture);
    picture = draw("cycle", NULL);
    assert_int_equal(
        count(&picture.svg, ".refgraph [stroke=\"#a0447a\"]{stroke:#e08bbd}"),
        1);
    drop(&picture);
}

static void a_title_is_any_text(void **state)
{
    (void)state;
    struct picture picture = draw("basic", "a<b>&\"\\\n\xff-->");
    xml_check("title", picture.svg.data, picture.svg.size);
    assert_int_equal(
        count(&picture.svg,
              "-title\">a&lt;b&gt;&amp;&quot;\\\\n\\xff--&gt;</title>"),
        1);
    drop(&picture);
}

static void what_is_no_svg_is_refused(void **state)
{
    (void)state;
    struct picture picture = draw("empty", NULL);
    struct rg__svg_options options = {.id = "r0"};
    struct rg_buffer raw = {0}, output = {0};
    struct rg_error error = {0};
    assert_int_equal(rg_buffer_append(&raw, "<?xml?>\n<!-- <svg> -->", 22), 0);
    assert_int_equal(rg__svg_finish(&raw,
                                    (struct rg__svg_of){.view = picture.view},
                                    &options, &output, &error),
                     RG_EIO);
    rg_buffer_free(&raw);
    rg_buffer_free(&output);
    drop(&picture);
}

/* Cut anywhere: an error or some text, but nothing is read behind the end. */
static void half_a_picture_is_survived(void **state)
{
    (void)state;
    struct picture picture = draw("basic", NULL);
    struct rg__svg_options options = {.id = picture.id};
    for (size_t size = 0; size < picture.raw.size; size++) {
        char *half = malloc(size + 1);
        struct rg_buffer output = {0};
        assert_non_null(half);
        memcpy(half, picture.raw.data, size);
        struct rg_buffer raw = {.data = half, .size = size};
        (void)rg__svg_finish(&raw, (struct rg__svg_of){.view = picture.view},
                             &options, &output, NULL);
        rg_buffer_free(&output);
        free(half);
    }
    drop(&picture);
}

static void a_failed_allocation_is_reported(void **state)
{
    (void)state;
    struct picture picture = draw("basic", NULL);
    struct rg__svg_options options = {.id = picture.id};
    size_t failures = 0;
    for (size_t n = 1;; n++) {
        struct rg_buffer output = {0};
        struct rg_error error = {0};
        failing_malloc_at(n);
        enum rg_status status = rg__svg_finish(
            &picture.raw, (struct rg__svg_of){.view = picture.view}, &options,
            &output, &error);
        failing_malloc_off();
        bool failed = failing_malloc_reached();
        assert_int_equal(status, failed ? RG_ENOMEM : RG_OK);
        rg_buffer_free(&output);
        if (!failed)
            break;
        failures++;
    }
    assert_true(failures > 5);
    drop(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_are_well_formed),
        cmocka_unit_test(pictures_are_small),
        cmocka_unit_test(pictures_load_and_run_nothing),
        cmocka_unit_test(a_picture_can_be_read_aloud),
        cmocka_unit_test(tooltips_are_words),
        cmocka_unit_test(ids_start_with_the_hash),
        cmocka_unit_test(dark_mode_swaps_what_is_there),
        cmocka_unit_test(a_title_is_any_text),
        cmocka_unit_test(what_is_no_svg_is_refused),
        cmocka_unit_test(half_a_picture_is_survived),
        cmocka_unit_test(a_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("svg", tests, NULL, NULL);
}
