#include "render/expression.h"

#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "render/label.h"
#include "render/quote.h"

/* Keys are cut only far beyond what anybody types. */
enum { KEY_WIDTH = 256, FILE_WIDTH = 60, AWAITING_WIDTH = 120 };

/* Shown of a path that is longer than both together. */
enum { FIRST_STEPS = 24, LAST_STEPS = 8 };

/* The same in the header of a picture. */
enum { BRIEF_NAME_WIDTH = 40, BRIEF_KEY_WIDTH = 20, BRIEF_LAST_STEPS = 3 };

static void write_word(struct rg_sink *sink, const struct rg_graph *graph,
                       struct rg_text text)
{
    rg_label_text(sink, graph, text, RG_LABEL_NAME_WIDTH);
}

static void write_literal(struct rg_sink *sink, const struct rg_graph *graph,
                          struct rg_text text)
{
    rg__label_quoted(sink, rg_graph_bytes(graph, text), text.size, KEY_WIDTH);
}

/* `before` and `after` around a str literal. */
static void write_lookup(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_step *step, const char *before)
{
    rg_sink_text(sink, before);
    rg_sink_text(sink, "[");
    write_literal(sink, graph, step->label);
    rg_sink_text(sink, "]");
}

/* `<word label>`, or `<word>`. */
static void write_bracketed(struct rg_sink *sink, const struct rg_graph *graph,
                            const char *word, struct rg_text label)
{
    rg_sink_text(sink, "<");
    rg_sink_text(sink, word);
    if (label.size != 0) {
        rg_sink_text(sink, " ");
        write_word(sink, graph, label);
    }
    rg_sink_text(sink, ">");
}

static void write_item(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_step *step)
{
    if (step->key_type == RG_KEY_STR) {
        write_lookup(sink, graph, step, "");
        return;
    }
    rg_sink_text(sink, "[");
    if (step->key_type == RG_KEY_OBJECT)
        write_bracketed(sink, graph, "key", step->label);
    else
        rg_label_text(sink, graph, step->label, KEY_WIDTH);
    rg_sink_text(sink, "]");
}

static void write_default(struct rg_sink *sink, const struct rg_graph *graph,
                          const struct rg_step *step)
{
    if (step->number == 0)
        write_lookup(sink, graph, step, ".__kwdefaults__");
    else
        rg_sink_format(sink, ".__defaults__[%" PRIu64 "]", step->number - 1);
}

/* An attribute, unless its name is none that could be typed. */
static void write_attribute(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg_step *step)
{
    const char *name = rg_graph_bytes(graph, step->label);
    bool is_plain =
        step->label.size != 0 && memchr(name, ' ', step->label.size) == NULL;
    if (!is_plain) {
        write_bracketed(sink, graph, "field", step->label);
        return;
    }
    rg_sink_text(sink, ".");
    write_word(sink, graph, step->label);
}

static void write_typed_step(struct rg_sink *sink, const struct rg_graph *graph,
                             const struct rg_step *step)
{
    const struct rg_text nothing = {0};
    switch ((enum rg_kind)step->kind) {
    case RG_ATTRIBUTE:
    case RG_CLASS_ATTRIBUTE:
    case RG_MEMBER:
    case RG_THREAD_LOCAL:
        write_attribute(sink, graph, step);
        break;
    case RG_ITEM:
        write_item(sink, graph, step);
        break;
    case RG_INDEX:
        rg_sink_format(sink, "[%" PRIu64 "]", step->number);
        break;
    case RG_CLOSURE:
        rg_sink_format(sink, ".__closure__[%" PRIu64 "].cell_contents",
                       step->number);
        break;
    case RG_DEFAULT:
        write_default(sink, graph, step);
        break;
    case RG_CONTEXT_VARIABLE:
        rg_sink_text(sink, "[");
        write_bracketed(sink, graph, "ContextVar", step->label);
        rg_sink_text(sink, "]");
        break;
    case RG_GENERATOR_LOCAL:
        write_lookup(sink, graph, step, ".gi_frame.f_locals");
        break;
    case RG_COROUTINE_LOCAL:
        write_lookup(sink, graph, step, ".cr_frame.f_locals");
        break;
    case RG_ASYNC_LOCAL:
        write_lookup(sink, graph, step, ".ag_frame.f_locals");
        break;
    case RG_FRAME_LOCAL:
        write_lookup(sink, graph, step, ".f_locals");
        break;
    case RG_INSTANCE:
        rg_sink_text(sink, ".__class__");
        break;
    case RG_KEY:
        write_bracketed(sink, graph, "key", nothing);
        break;
    case RG_SET_MEMBER:
        write_bracketed(sink, graph, "member", nothing);
        break;
    default:
        write_bracketed(sink, graph, "inside", step->owner);
        break;
    }
}

/* A variable that no object stands behind. */
static void write_variable(struct rg_sink *sink, const struct rg_graph *graph,
                           const struct rg_path *path,
                           const struct rg_step *step)
{
    switch ((enum rg_kind)step->kind) {
    case RG_GLOBAL:
    case RG_MODULE_VARIABLE:
        write_word(sink, graph, graph->roots[path->root].name);
        if (step->key_type == RG_KEY_NONE) {
            rg_sink_text(sink, ".");
            write_word(sink, graph, step->label);
        } else {
            rg_sink_text(sink, ".__dict__");
            write_item(sink, graph, step);
        }
        break;
    case RG_LOCAL:
        write_word(sink, graph, step->label);
        break;
    case RG_TEMPORARY:
        rg_sink_text(sink, "<value in use>");
        break;
    case RG_RUNNING:
        rg_sink_text(sink, "<running function>");
        break;
    default:
        rg_sink_text(sink, "<");
        write_word(sink, graph,
                   step->label.size != 0 ? step->label : step->owner);
        rg_sink_text(sink, ">");
        break;
    }
}

/* Steps from the `from`-th on, up to the `to`-th. */
static void write_path_steps(struct rg_sink *sink, const struct rg_graph *graph,
                             const struct rg_path *path, uint32_t from,
                             uint32_t to)
{
    const struct rg_step *steps = graph->steps + path->first_step;
    for (uint32_t i = from; i < to && i < path->step_count; i++) {
        if (i == 0 && path->root != RG_NONE) {
            write_variable(sink, graph, path, &steps[i]);
            continue;
        }
        if (i == 0) {
            rg_sink_text(sink, "<");
            write_word(sink, graph, steps[i].owner);
            rg_sink_text(sink, ">");
        }
        write_typed_step(sink, graph, &steps[i]);
    }
    if (to >= path->step_count && path->step_count > 0 &&
        steps[path->step_count - 1].flags & RG_STEP_CLEAR)
        rg_sink_text(sink, ".cache_clear()");
}

void rg_expression(struct rg_sink *sink, const struct rg_graph *graph,
                   const struct rg_path *path)
{
    if (!rg__expression_undo(sink, graph, path))
        rg_expression_start(sink, graph, path, path->step_count);
}

void rg_expression_start(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_path *path, uint32_t count)
{
    write_path_steps(sink, graph, path, 0, count);
}

void rg_expression_short(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_path *path)
{
    if (rg__expression_undo(sink, graph, path))
        return;
    if (path->step_count <= FIRST_STEPS + LAST_STEPS + 1) {
        write_path_steps(sink, graph, path, 0, path->step_count);
        return;
    }
    write_path_steps(sink, graph, path, 0, FIRST_STEPS);
    rg_sink_text(sink, " \xe2\x80\xa6 ");
    rg_label_count(sink, path->step_count - FIRST_STEPS - LAST_STEPS);
    rg_sink_text(sink, " more steps \xe2\x80\xa6 ");
    write_path_steps(sink, graph, path, path->step_count - LAST_STEPS,
                     path->step_count);
}

/* The last two components of a path, as everywhere else. */
static void write_short_path(struct rg_sink *sink, const struct rg_graph *graph,
                             struct rg_text file)
{
    const char *data = rg_graph_bytes(graph, file);
    size_t start = file.size;
    for (int slashes = 0; start > 0; start--)
        if (data[start - 1] == '/' && ++slashes == 2)
            break;
    rg_label_safe(sink, data + start, file.size - start, FILE_WIDTH,
                  RG_ELIDE_FRONT);
}

/* The last task on the way whose name is known: it is the innermost. */
static bool write_task(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_path *path)
{
    static const char task[] = "Task";
    for (uint32_t i = path->step_count; i-- > 0;) {
        const struct rg_step *step = &graph->steps[path->first_step + i];
        if (step->object == RG_NONE || step->type.size != sizeof task - 1 ||
            memcmp(rg_graph_bytes(graph, step->type), task, sizeof task - 1) !=
                0 ||
            graph->objects[step->object].detail.size == 0)
            continue;
        rg_sink_text(sink, ", task ");
        write_word(sink, graph, graph->objects[step->object].detail);
        return true;
    }
    return false;
}

static void write_root_place(struct rg_sink *sink, const struct rg_graph *graph,
                             const struct rg_root *root)
{
    if (root->kind == RG_ROOT_FRAME) {
        rg_sink_text(sink, " in ");
        write_word(sink, graph, root->name);
        rg_sink_text(sink, "(), ");
        write_short_path(sink, graph, root->file);
        if (root->line != 0)
            rg_sink_format(sink, ":%" PRIu32, root->line);
    }
    if (root->kind == RG_ROOT_FRAME || root->kind == RG_ROOT_THREAD) {
        rg_sink_text(sink, ", thread ");
        write_word(sink, graph, root->thread);
    }
}

void rg_expression_place(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_path *path)
{
    uint8_t kind = graph->steps[path->first_step].kind;
    bool suspended = false;
    if (path->root != RG_NONE)
        write_root_place(sink, graph, &graph->roots[path->root]);
    else if (kind == RG_COROUTINE_LOCAL || kind == RG_ASYNC_LOCAL)
        suspended = true;
    if (suspended)
        rg_sink_text(sink, ", suspended");
    suspended |= write_task(sink, graph, path);
    if (!suspended || path->awaiting.size == 0)
        return;
    rg_sink_text(sink, ", awaiting ");
    rg_label_safe(sink, rg_graph_bytes(graph, path->awaiting),
                  path->awaiting.size, AWAITING_WIDTH, RG_ELIDE_MIDDLE);
}

/* Brief */

/* What no one can type goes between angle brackets, as Python writes <locals>
 * in a qualified name. */
static void write_brief_step(struct rg_sink *sink, const struct rg_graph *graph,
                             const struct rg_step *step)
{
    const struct rg_reference reference = {.kind = step->kind,
                                           .key_type = step->key_type,
                                           .owner = step->owner,
                                           .label = step->label,
                                           .number = step->number};
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
           kind == RG_GENERATOR_LOCAL;
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
