/* expression_brief.c - a path in the header of a picture */
#include <string.h>

#include "base/buffer.h"
#include "render/expression.h"
#include "render/label.h"

enum { BRIEF_NAME_WIDTH = 40, BRIEF_KEY_WIDTH = 20, BRIEF_LAST_STEPS = 3 };

/* What no one can type goes between angle brackets, as Python writes <locals>
 * in a qualified name. */
static void write_brief_step(struct rg_sink *sink, const struct rg_graph *graph,
                             const struct rg_step *step)
{
    const struct rg_reference reference = rg_step_words(step);
    struct rg_buffer words = {0};
    struct rg_sink to_words = rg_sink_to_buffer(&words);
    rg_label_step(&to_words, graph, &reference, BRIEF_KEY_WIDTH);
    bool is_typed =
        words.size != 0 && (words.data[0] == '.' || words.data[0] == '[');
    if (!is_typed)
        rg_sink_text(sink, ".<");
    if (words.size != 0)
        rg_label_safe(sink, words.data, words.size, BRIEF_NAME_WIDTH,
                      RG_ELIDE_MIDDLE);
    if (!is_typed)
        rg_sink_text(sink, ">");
    if (to_words.status != RG_OK && sink->status == RG_OK)
        sink->status = to_words.status;
    rg_buffer_free(&words);
}

/* A variable of a frame that is suspended. */
static bool is_frame_local(uint8_t kind)
{
    return kind == RG_COROUTINE_LOCAL || kind == RG_ASYNC_LOCAL ||
           kind == RG_GENERATOR_LOCAL || kind == RG_GREENLET_LOCAL;
}

/* The variable that the path starts with. */
static void write_brief_start(struct rg_sink *sink,
                              const struct rg_graph *graph,
                              const struct rg_path *path)
{
    const struct rg_step *step = &graph->steps[path->first_step];
    if (path->root != RG_NONE &&
        graph->roots[path->root].kind != RG_ROOT_FRAME) {
        rg_label_text(sink, graph, graph->roots[path->root].name,
                      BRIEF_NAME_WIDTH);
        rg_sink_text(sink, ": ");
    }
    if (path->root == RG_NONE && !is_frame_local(step->kind)) {
        /* At an object that C code refers to. */
        rg_label_text(sink, graph, step->owner, BRIEF_NAME_WIDTH);
        write_brief_step(sink, graph, step);
        return;
    }
    if (step->kind == RG_TEMPORARY)
        rg_sink_text(sink, "<temporary>");
    else if (step->kind == RG_RUNNING)
        rg_sink_text(sink, "<running>");
    else
        rg_label_text(sink, graph, step->label, BRIEF_NAME_WIDTH);
}

static void write_brief_steps(struct rg_sink *sink,
                              const struct rg_graph *graph,
                              const struct rg_path *path, uint32_t from,
                              uint32_t to)
{
    for (uint32_t i = from; i < to && i < path->step_count; i++)
        if (i == 0)
            write_brief_start(sink, graph, path);
        else
            write_brief_step(sink, graph, &graph->steps[path->first_step + i]);
}

/* Characters of UTF-8 text. */
static size_t count_characters(const struct rg_buffer *text)
{
    size_t count = 0;
    for (size_t i = 0; i < text->size; i++)
        count += ((unsigned char)text->data[i] & 0xc0) != 0x80;
    return count;
}

void rg_expression_brief(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_path *path, size_t width)
{
    struct rg_buffer whole = {0};
    struct rg_sink to_whole = rg_sink_to_buffer(&whole);
    bool is_long = path->step_count > BRIEF_LAST_STEPS + 1;
    /* A step has two characters at least. */
    write_brief_steps(&to_whole, graph, path, 0, (uint32_t)(width / 2) + 1);
    if (to_whole.status != RG_OK) {
        sink->status = to_whole.status;
    } else if (count_characters(&whole) <= width) {
        rg_sink_write(sink, whole.data, whole.size);
    } else {
        write_brief_steps(sink, graph, path, 0, 1);
        if (is_long)
            rg_sink_text(sink, "\xe2\x80\xa6");
        write_brief_steps(sink, graph, path,
                          is_long ? path->step_count - BRIEF_LAST_STEPS : 1,
                          path->step_count);
    }
    rg_buffer_free(&whole);
}

bool rg_expression_has_brief_place(const struct rg_graph *graph,
                                   const struct rg_path *path)
{
    return path->root == RG_NONE
               ? is_frame_local(graph->steps[path->first_step].kind)
               : graph->roots[path->root].kind == RG_ROOT_FRAME;
}

void rg_expression_brief_place(struct rg_sink *sink,
                               const struct rg_graph *graph,
                               const struct rg_path *path)
{
    if (!rg_expression_has_brief_place(graph, path))
        return;
    rg_sink_text(sink, "in ");
    if (path->root == RG_NONE) {
        rg_label_text(sink, graph, graph->steps[path->first_step].owner,
                      BRIEF_NAME_WIDTH);
        rg_sink_text(sink, "(), suspended");
        return;
    }
    const struct rg_root *root = &graph->roots[path->root];
    rg_label_text(sink, graph, root->name, BRIEF_NAME_WIDTH);
    rg_sink_text(sink, "()");
    if (root->thread.size == 0)
        return;
    rg_sink_text(sink, ", thread ");
    rg_label_text(sink, graph, root->thread, BRIEF_NAME_WIDTH);
}
