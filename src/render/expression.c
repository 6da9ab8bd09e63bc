#include "render/expression.h"

#include <inttypes.h>
#include <string.h>

#include "render/label.h"
#include "render/literal.h"
#include "render/quote.h"

/* Keys are cut only far beyond what anybody types. */
enum {
    KEY_WIDTH = 256,
    FILE_WIDTH = 60,
    AWAITING_WIDTH = 120,
    THREAD_WIDTH = 80
};

/* Shown of a path that is longer than both together. */
enum { FIRST_STEPS = 24, LAST_STEPS = 8 };

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

/* Whether Python code can write the step's name, and not only a person. */
static bool is_name(const struct rg_graph *graph, const struct rg_step *step)
{
    return rg__is_identifier(rg_graph_bytes(graph, step->label),
                             step->label.size);
}

/* A key that is text in the graph, as it stands. */
static void write_key(struct rg_sink *sink, const struct rg_graph *graph,
                      const struct rg_step *step)
{
    bool is_whole = rg__is_literal(graph, step);
    if (!is_whole)
        rg_sink_text(sink, "<");
    if (step->key_type == RG_KEY_STR)
        write_literal(sink, graph, step->label);
    else
        rg_label_text(sink, graph, step->label, KEY_WIDTH);
    if (!is_whole)
        rg_sink_text(sink, ">");
}

static void write_item(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_step *step)
{
    if (step->key_type == RG_KEY_INNER) {
        write_bracketed(sink, graph, "item", step->label);
        return;
    }
    rg_sink_text(sink, "[");
    if (step->key_type == RG_KEY_OBJECT)
        write_bracketed(sink, graph, "key", step->label);
    else
        write_key(sink, graph, step);
    rg_sink_text(sink, "]");
}

static void write_index(struct rg_sink *sink, const struct rg_step *step)
{
    bool is_typed = step->key_type == RG_KEY_NONE;
    rg_sink_format(sink, is_typed ? "[%" PRIu64 "]" : "<item %" PRIu64 ">",
                   step->number);
}

static void write_default(struct rg_sink *sink, const struct rg_graph *graph,
                          const struct rg_step *step)
{
    if (step->number == 0)
        write_lookup(sink, graph, step, ".__kwdefaults__");
    else
        rg_sink_format(sink, ".__defaults__[%" PRIu64 "]", step->number - 1);
}

/* The cell itself is meant where that is what was asked about. */
static void write_closure(struct rg_sink *sink, const struct rg_step *step)
{
    rg_sink_format(sink, ".__closure__[%" PRIu64 "]", step->number);
    if (step->key_type == RG_KEY_NONE)
        rg_sink_text(sink, ".cell_contents");
}

static void write_frame_variable(struct rg_sink *sink,
                                 const struct rg_graph *graph,
                                 const struct rg_step *step,
                                 const char *variables)
{
    if (step->key_type == RG_KEY_FIELD)
        write_bracketed(sink, graph, "cell", step->label);
    else
        write_lookup(sink, graph, step, variables);
}

/* Whether the step has to be written as `vars(what is before it)['label']`. */
static bool takes_vars(const struct rg_graph *graph, const struct rg_step *step)
{
    bool is_attribute =
        step->kind == RG_ATTRIBUTE || step->kind == RG_CLASS_ATTRIBUTE;
    if (!is_attribute || step->key_type == RG_KEY_FIELD)
        return false;
    return step->key_type != RG_KEY_NONE || !is_name(graph, step);
}

static void write_vars(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_step *step)
{
    if (step->key_type == RG_KEY_NONE || step->key_type == RG_KEY_VARS)
        write_lookup(sink, graph, step, "");
    else
        write_item(sink, graph, step);
}

static void write_attribute(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg_step *step)
{
    if (step->key_type == RG_KEY_NONE) {
        rg_sink_text(sink, ".");
        write_word(sink, graph, rg_step_name(step));
    } else {
        write_bracketed(sink, graph, "field", step->label);
    }
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
        write_index(sink, step);
        break;
    case RG_CLOSURE:
        write_closure(sink, step);
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
        write_frame_variable(sink, graph, step, ".gi_frame.f_locals");
        break;
    case RG_COROUTINE_LOCAL:
        write_frame_variable(sink, graph, step, ".cr_frame.f_locals");
        break;
    case RG_ASYNC_LOCAL:
        write_frame_variable(sink, graph, step, ".ag_frame.f_locals");
        break;
    case RG_GREENLET_LOCAL:
        rg_sink_text(sink, ".gr_frame");
        for (uint64_t i = 0; i < step->number; i++)
            rg_sink_text(sink, ".f_back");
        /* fall through */
    case RG_FRAME_LOCAL:
        write_frame_variable(sink, graph, step, ".f_locals");
        break;
    case RG_INSTANCE:
        rg_sink_text(sink, step->key_type == RG_KEY_INNER
                               ? ".__dict__.__class__"
                               : ".__class__");
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

/* `app.CACHE`; a module that Python code cannot name so by its entry. */
static void write_module(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_root *root, const struct rg_step *step)
{
    if (step->key_type != RG_KEY_FIELD &&
        rg__is_dotted_name(rg_graph_bytes(graph, root->name),
                           root->name.size)) {
        write_word(sink, graph, root->name);
        return;
    }
    rg_sink_text(sink, "sys.modules[");
    write_literal(sink, graph, root->name);
    rg_sink_text(sink, "]");
}

static void write_module_variable(struct rg_sink *sink,
                                  const struct rg_graph *graph,
                                  const struct rg_root *root,
                                  const struct rg_step *step)
{
    bool is_asked =
        step->key_type == RG_KEY_NONE || step->key_type == RG_KEY_FIELD;
    bool is_text = is_asked || step->key_type == RG_KEY_VARS;
    write_module(sink, graph, root, step);
    if (is_asked && is_name(graph, step)) {
        rg_sink_text(sink, ".");
        write_word(sink, graph, step->label);
    } else if (is_text) {
        write_lookup(sink, graph, step, ".__dict__");
    } else {
        rg_sink_text(sink, ".__dict__");
        write_item(sink, graph, step);
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
        write_module_variable(sink, graph, &graph->roots[path->root], step);
        break;
    case RG_LOCAL:
        if (step->key_type == RG_KEY_NONE && is_name(graph, step))
            write_word(sink, graph, step->label);
        else
            write_frame_variable(sink, graph, step, "locals()");
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

/* Where a step goes around what is before it. */
enum around { AROUND_NOTHING, AROUND_VARS, AROUND_TYPE };

/* A class attribute that is to be dropped is deleted by its name. */
static enum around around_of(const struct rg_graph *graph,
                             const struct rg_path *path, uint32_t i)
{
    const struct rg_step *step = &graph->steps[path->first_step + i];
    bool is_dropped = path->kind == RG_PATH_CUT && i + 1 == path->step_count &&
                      !(step->flags & RG_STEP_CLEAR);
    if (i == 0 && path->root != RG_NONE)
        return AROUND_NOTHING;
    if (step->kind == RG_INSTANCE && step->key_type == RG_KEY_VARS)
        return AROUND_TYPE;
    if (is_dropped && step->kind == RG_CLASS_ATTRIBUTE && is_name(graph, step))
        return AROUND_NOTHING;
    return takes_vars(graph, step) ? AROUND_VARS : AROUND_NOTHING;
}

/* `closes`: what has to go around what is before a step was opened. */
static void write_step(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_path *path, uint32_t i, bool closes)
{
    const struct rg_step *step = &graph->steps[path->first_step + i];
    struct rg_step plain = *step;
    switch (around_of(graph, path, i)) {
    case AROUND_VARS:
        rg_sink_text(sink, closes ? ")" : ".__dict__");
        write_vars(sink, graph, step);
        break;
    case AROUND_TYPE:
        rg_sink_text(sink, closes ? ")" : ".__class__");
        break;
    default:
        if (takes_vars(graph, step))
            plain.key_type = RG_KEY_NONE;
        write_typed_step(sink, graph, &plain);
        break;
    }
}

/* Steps from the `from`-th on, up to the `to`-th. */
static void write_path_steps(struct rg_sink *sink, const struct rg_graph *graph,
                             const struct rg_path *path, uint32_t from,
                             uint32_t to)
{
    static const char *const words[] = {[AROUND_NOTHING] = "",
                                        [AROUND_VARS] = "vars(",
                                        [AROUND_TYPE] = "type("};
    const struct rg_step *steps = graph->steps + path->first_step;
    bool is_whole = from == 0 && to <= path->step_count;
    to = to < path->step_count ? to : path->step_count;
    for (uint32_t i = to; is_whole && i-- > 0;)
        rg_sink_text(sink, words[around_of(graph, path, i)]);
    for (uint32_t i = from; i < to; i++) {
        if (i == 0 && path->root != RG_NONE) {
            write_variable(sink, graph, path, &steps[i]);
            continue;
        }
        if (i == 0) {
            rg_sink_text(sink, "<");
            write_word(sink, graph, steps[i].owner);
            rg_sink_text(sink, ">");
        }
        write_step(sink, graph, path, i, is_whole);
    }
    if (to == path->step_count && path->step_count > 0 &&
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

/* Whose attribute of a thread-local it is, when it is another thread's. */
static void write_thread(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_path *path)
{
    for (uint32_t i = 0; i < path->step_count; i++) {
        const struct rg_step *step = &graph->steps[path->first_step + i];
        struct rg_text thread = rg_step_thread(step);
        if (thread.size != 0)
            rg_label_text(sink, graph, thread, THREAD_WIDTH);
    }
}

void rg_expression_place(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_path *path)
{
    uint8_t kind = graph->steps[path->first_step].kind;
    bool suspended = false;
    write_thread(sink, graph, path);
    if (path->root != RG_NONE)
        write_root_place(sink, graph, &graph->roots[path->root]);
    else if (kind == RG_COROUTINE_LOCAL || kind == RG_ASYNC_LOCAL ||
             kind == RG_GREENLET_LOCAL)
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
