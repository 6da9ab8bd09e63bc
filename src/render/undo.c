/* undo.c - what to call where nothing can be deleted
 *
 * The interpreter's own tables and a thread's hooks have no name to drop; each
 * has a function that lets go what it holds. */
#include <inttypes.h>
#include <string.h>

#include "render/expression.h"
#include "render/label.h"

static bool text_is(const struct rg_graph *graph, struct rg_text text,
                    const char *word)
{
    return text.size == strlen(word) &&
           memcmp(rg_graph_bytes(graph, text), word, text.size) == 0;
}

static bool starts_with_word(const struct rg_graph *graph, struct rg_text text,
                             const char *word)
{
    return text.size >= strlen(word) &&
           memcmp(rg_graph_bytes(graph, text), word, strlen(word)) == 0;
}

/* `<function on_exit>`: it has no other name. */
static void write_callable(struct rg_sink *sink, const struct rg_graph *graph,
                           const struct rg_step *step)
{
    struct rg_text detail = step->object == RG_NONE
                                ? (struct rg_text){0}
                                : graph->objects[step->object].detail;
    rg_sink_text(sink, "(<");
    rg_label_text(sink, graph, step->type, RG_LABEL_NAME_WIDTH);
    if (detail.size > 0) {
        rg_sink_text(sink, " ");
        rg_label_text(sink, graph, detail, RG_LABEL_NAME_WIDTH);
    }
    rg_sink_text(sink, ">)");
}

/* `SIGTERM handler`. */
static bool write_signal(struct rg_sink *sink, const struct rg_graph *graph,
                         struct rg_text label)
{
    static const char suffix[] = " handler";
    size_t size = sizeof suffix - 1;
    const char *data = rg_graph_bytes(graph, label);
    if (!starts_with_word(graph, label, "SIG") || label.size <= size ||
        memcmp(data + label.size - size, suffix, size) != 0)
        return false;
    rg_sink_text(sink, "signal.signal(signal.");
    rg_label_safe(sink, data, label.size - size, RG_LABEL_NAME_WIDTH,
                  RG_ELIDE_MIDDLE);
    rg_sink_text(sink, ", signal.SIG_DFL)");
    return true;
}

/* Each event of a tool has a callback of its own; freeing the tool's number lets
 * go of none of them before 3.14. */
static void write_monitoring(struct rg_sink *sink, const struct rg_step *step)
{
    rg_sink_format(sink,
                   "sys.monitoring.register_callback(%" PRIu64
                   ", <each event>, None)",
                   step->number);
}

static bool write_table(struct rg_sink *sink, const struct rg_graph *graph,
                        const struct rg_step *step)
{
    static const struct {
        const char *label, *call;
        bool takes_callable;
    } calls[] = {
        {"atexit callback", "atexit.unregister", true},
        {"codec search function", "codecs.unregister", true},
        {"zoneinfo.ZoneInfo cache", "zoneinfo.ZoneInfo.clear_cache()", false},
        {"faulthandler file", "faulthandler.disable()", false},
        {"faulthandler timer file",
         "faulthandler.cancel_dump_traceback_later()", false}};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (!text_is(graph, step->label, calls[i].label))
            continue;
        rg_sink_text(sink, calls[i].call);
        if (calls[i].takes_callable)
            write_callable(sink, graph, step);
        return true;
    }
    if (text_is(graph, step->label, "sys.monitoring callback")) {
        write_monitoring(sink, step);
        return true;
    }
    return write_signal(sink, graph, step->label);
}

bool rg__expression_undo(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_path *path)
{
    const struct rg_step *step = &graph->steps[path->first_step];
    if (path->kind != RG_PATH_CUT || path->step_count != 1 ||
        path->root == RG_NONE)
        return false;
    if (step->kind == RG_INTERPRETER)
        return write_table(sink, graph, step);
    if (step->kind != RG_THREAD_STATE)
        return false;
    if (text_is(graph, step->label, "trace function"))
        rg_sink_text(sink, "sys.settrace(None)");
    else if (text_is(graph, step->label, "profile function"))
        rg_sink_text(sink, "sys.setprofile(None)");
    else
        return false;
    return true;
}
