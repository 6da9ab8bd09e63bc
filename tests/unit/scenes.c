#include "scenes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "line/line.h"
#include "render/fit.h"
#include "unit.h"

const char *const scenes[SCENE_COUNT] = {
    "alike", "answers", "basic",   "bushy",   "cut",    "cycle",
    "empty", "garbage", "hostile", "linked",  "native", "rests",
    "run",   "shared",  "targets", "threads", "web"};

static char *read_scene(const char *scene, const char *suffix, size_t *size)
{
    char path[256];
    snprintf(path, sizeof path, "tests/golden/picture/%s%s", scene, suffix);
    return golden_read(path, size);
}

struct rg_graph *scene_graph(const char *scene)
{
    struct rg_error error = {0};
    size_t size;
    char *data = read_scene(scene, ".lines", &size);
    struct rg_graph *graph = rg_line_read(data, size, NULL, &error);
    if (graph == NULL)
        fail_msg("%s: %s", scene, error.text);
    free(data);
    return graph;
}

struct rg_view *scene_view(const struct rg_graph *graph)
{
    const struct rg_view_options defaults = {0};
    struct rg_error error = {0};
    struct rg_view *view = rg_view_new(graph, &defaults, &error);
    assert_non_null(view);
    if (rg_view_check(view, &error) != RG_OK)
        fail_msg("%s", error.text);
    assert_int_equal(rg_fit(view, RG_AUTOMATIC, NULL, &error), RG_OK);
    return view;
}

void scene_compare(const char *scene, const char *suffix,
                   const struct rg_buffer *text)
{
    size_t size;
    char *expected = read_scene(scene, suffix, &size);
    if (text->size != size || memcmp(text->data, expected, size) != 0)
        fail_msg("%s%s has changed", scene, suffix);
    free(expected);
}
