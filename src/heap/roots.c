/* roots.c - running frames, thread states, the interpreter's tables: where
 * chains end */
#include "base/alloc.h"
#include "heap/greenlets.h"
#include "heap/snapshot.h"
#include "heap/word.h"

/* Frames of this package are not shown, nor those of a module that was run as
 * a script out of it (`python -m referrers.dot`). */
static bool is_our_namespace(const struct rg__snapshot *snapshot,
                             PyObject *globals)
{
    const struct rg__namespace *found = rg__find_namespace(snapshot, globals);
    if (found != NULL && found->is_ours)
        return true;
    PyObject *package = globals == NULL || !PyDict_Check(globals)
                            ? NULL
                            : rg__dict_find(globals, "__package__");
    return package != NULL && rg__word_is(package, "referrers");
}

static enum rg_status list_root(struct rg__snapshot *snapshot,
                                const struct rg__root *root)
{
    void *roots = snapshot->roots.items;
    if (rg_grow(&roots, &snapshot->roots.capacity, snapshot->roots.count + 1,
                sizeof *snapshot->roots.items) < 0)
        return RG_ENOMEM;
    snapshot->roots.items = roots;
    snapshot->roots.items[snapshot->roots.count] = *root;
    snapshot->roots.items[snapshot->roots.count++].is_main_thread =
        root->thread != NULL && root->thread == rg__oldest_thread();
    return RG_OK;
}

/* Our frames are no roots, but they hold references while they look. */
static enum rg_status add_our_frame(struct rg__snapshot *snapshot,
                                    const struct rg__frame *frame)
{
    void *frames = snapshot->asking.our_frames;
    if (rg_grow(&frames, &snapshot->asking.our_frame_capacity,
                snapshot->asking.our_frame_count + 1,
                sizeof *snapshot->asking.our_frames) < 0)
        return RG_ENOMEM;
    snapshot->asking.our_frames = frames;
    snapshot->asking.our_frames[snapshot->asking.our_frame_count++] = *frame;
    return RG_OK;
}

/* The innermost frame of the thread that asks and not one of ours. */
static void note_caller(struct rg__snapshot *snapshot,
                        const PyThreadState *thread,
                        const struct rg__root *root)
{
    if (snapshot->asking.has_caller || snapshot->query->nobody_asks ||
        thread != PyThreadState_Get())
        return;
    snapshot->asking.has_caller = true;
    snapshot->asking.entry_frame = snapshot->asking.our_frame_count - 1;
    snapshot->asking.caller = root->frame;
    if (!root->is_namespace_frame)
        snapshot->asking.caller.locals = NULL;
}

void rg__leave_namespaces(const struct rg__snapshot *snapshot,
                          struct rg__frame *frame)
{
    if (rg__find_namespace(snapshot, frame->own_globals) != NULL)
        frame->own_globals = NULL;
    if (rg__find_namespace(snapshot, frame->own_builtins) != NULL)
        frame->own_builtins = NULL;
}

static enum rg_status add_frame(struct rg__snapshot *snapshot,
                                PyThreadState *thread, uint32_t number,
                                const struct rg__frame *frame)
{
    struct rg__namespace *globals =
        rg__find_namespace(snapshot, frame->globals);
    if (globals != NULL)
        globals->is_running = true;
    if (is_our_namespace(snapshot, frame->globals) ||
        rg__is_surrounding_frame(snapshot, frame))
        return add_our_frame(snapshot, frame);
    struct rg__root root = {.kind = RG__ROOT_FRAME,
                            .frame = *frame,
                            .thread = thread,
                            .root = RG_NONE};
    root.is_namespace_frame =
        rg__find_namespace(snapshot, frame->locals) != NULL;
    rg__leave_namespaces(snapshot, &root.frame);
    root.thread_number = number;
    bool has_caller = snapshot->asking.has_caller;
    note_caller(snapshot, thread, &root);
    if (globals != NULL && snapshot->asking.has_caller == has_caller)
        root.furniture = globals->furniture;
    return list_root(snapshot, &root);
}

/* A frame that an exception has kept asks as if it had stopped. */
static enum rg_status add_asker(struct rg__snapshot *snapshot)
{
    struct rg__root root = {
        .kind = RG__ROOT_FRAME, .root = RG_NONE, .thread = PyThreadState_Get()};
    if (snapshot->query->asker == NULL ||
        !rg__fits(snapshot, RG_MISFIT_FRAMES) ||
        !rg__frame_of_object(snapshot->query->asker, &root.frame))
        return RG_OK;
    root.is_namespace_frame =
        rg__find_namespace(snapshot, root.frame.locals) != NULL;
    rg__leave_namespaces(snapshot, &root.frame);
    root.frame.object = NULL;
    snapshot->asking.asker = snapshot->query->asker;
    note_caller(snapshot, root.thread, &root);
    snapshot->asking.entry_frame = SIZE_MAX;
    return list_root(snapshot, &root);
}

static enum rg_status list_frames(struct rg__snapshot *snapshot,
                                  PyThreadState *thread, uint32_t number,
                                  struct rg__frame *frame)
{
    enum rg_status status = RG_OK;
    for (bool more = true; status == RG_OK && more;
         more = rg__frame_back(frame))
        status = add_frame(snapshot, thread, number, frame);
    return status;
}

enum rg_status rg__list_frames(struct rg__snapshot *snapshot,
                               PyThreadState *thread, struct rg__frame *frame)
{
    uint32_t number = 1;
    const PyThreadState *other =
        PyInterpreterState_ThreadHead(PyInterpreterState_Get());
    for (; other != NULL && other != thread;
         other = PyThreadState_Next((PyThreadState *)other))
        number++;
    return list_frames(snapshot, thread, number, frame);
}

enum rg_status rg__list_roots(struct rg__snapshot *snapshot)
{
    PyInterpreterState *interpreter = PyInterpreterState_Get();
    PyThreadState *thread = PyInterpreterState_ThreadHead(interpreter);
    enum rg_status status = add_asker(snapshot);
    uint32_t number = 0;
    for (; status == RG_OK && thread != NULL;
         thread = PyThreadState_Next(thread)) {
        number++;
        struct rg__frame frame;
        if (rg__fits(snapshot, RG_MISFIT_FRAMES) &&
            rg__frame_of_thread(thread, &frame))
            status = list_frames(snapshot, thread, number, &frame);
        struct rg__root state = {.kind = RG__ROOT_THREAD,
                                 .thread = thread,
                                 .thread_number = number,
                                 .root = RG_NONE};
        if (status == RG_OK)
            status = list_root(snapshot, &state);
    }
    if (status == RG_OK && snapshot->tables.kept_count > 0)
        status = list_root(snapshot, &(struct rg__root){.kind = RG__ROOT_TABLES,
                                                        .root = RG_NONE});
    return status;
}

enum rg_status rg__frame_walk(const struct rg__frame *frame,
                              bool is_namespace_frame, rg__object_fn visit,
                              void *context)
{
    PyObject *const own[] = {
        frame->function,     (PyObject *)frame->code,
        frame->object,       frame->own_globals,
        frame->own_builtins, is_namespace_frame ? NULL : frame->locals};
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < sizeof own / sizeof *own; i++)
        if (own[i] != NULL)
            status = visit(context, own[i]);
    for (int i = 0; status == RG_OK && i < frame->slot_count; i++) {
        PyObject *name;
        enum rg__slot_kind kind;
        PyObject *value = rg__frame_slot(frame, i, &name, &kind);
        if (value != NULL)
            status = visit(context, value);
    }
    for (int i = 0; status == RG_OK && i < frame->stack_count; i++) {
        PyObject *value = rg__frame_stack(frame, i);
        if (value != NULL)
            status = visit(context, value);
    }
    return status;
}

static enum rg_status walk_thread(const struct rg__snapshot *snapshot,
                                  const PyThreadState *thread,
                                  rg__object_fn visit, void *context)
{
    PyObject *const own[] = {thread->c_profileobj,
                             thread->c_traceobj,
                             thread->async_gen_firstiter,
                             thread->async_gen_finalizer,
                             thread->context,
                             thread->async_exc};
    enum rg_status status = rg__handled_walk(thread, visit, context);
    for (size_t i = 0; status == RG_OK && i < sizeof own / sizeof *own; i++)
        if (own[i] != NULL)
            status = visit(context, own[i]);
    PyObject *part;
    const char *word;
    for (int i = 0; status == RG_OK && rg__thread_part(thread, i, &part, &word);
         i++)
        if (part != NULL)
            status = visit(context, part);
    return status == RG_OK
               ? rg__thread_greenlets(snapshot, thread, visit, context)
               : status;
}

static enum rg_status walk_kept(const struct rg__snapshot *snapshot,
                                rg__object_fn visit, void *context)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < snapshot->tables.kept_count; i++)
        status = visit(context, snapshot->tables.kept[i].object);
    return status;
}

enum rg_status rg__root_walk(const struct rg__snapshot *snapshot,
                             const struct rg__root *root, rg__object_fn visit,
                             void *context)
{
    switch (root->kind) {
    case RG__ROOT_FRAME:
        return rg__frame_walk(&root->frame, root->is_namespace_frame, visit,
                              context);
    case RG__ROOT_THREAD:
        return walk_thread(snapshot, root->thread, visit, context);
    case RG__ROOT_TABLES:
        break;
    }
    return walk_kept(snapshot, visit, context);
}
