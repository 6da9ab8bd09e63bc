#include "heap/testimony.h"

#include "base/alloc.h"
#include "heap/greenlets.h"
#include "heap/read.h"

static const struct rg__root *root_of(const struct rg__snapshot *snapshot,
                                      const struct rg_node *node)
{
    return &snapshot->roots.items[snapshot->table.object[node->object]];
}

/* The caller */

bool rg__is_caller(const struct rg__snapshot *snapshot,
                   const struct rg_node *node)
{
    if (!snapshot->asking.has_caller)
        return false;
    if (node->address == 0)
        return root_of(snapshot, node)->kind == RG__ROOT_FRAME &&
               root_of(snapshot, node)->frame.record ==
                   snapshot->asking.caller.record;
    return snapshot->asking.caller.locals != NULL &&
           (PyObject *)node->address == snapshot->asking.caller.locals;
}

static bool is_of_caller(void *context, const struct rg_node *node)
{
    const struct rg__testimony *testimony = context;
    return rg__is_caller(testimony->snapshot, node);
}

/* Counts */

/* How many variables and stack values of a frame are this object. */
static uint32_t times_in_frame(const struct rg__frame *frame,
                               const PyObject *object)
{
    uint32_t times = 0;
    for (int i = 0; i < frame->slot_count; i++) {
        PyObject *name;
        enum rg__slot_kind kind;
        if (rg__frame_slot(frame, i, &name, &kind) == object &&
            !rg__frame_slot_is_borrowed(frame, i))
            times++;
    }
    for (int i = 0; i < frame->stack_count; i++)
        if (rg__frame_stack(frame, i) == object &&
            !rg__frame_slot_is_borrowed(frame, frame->slot_count + i))
            times++;
    return times;
}

/* Our own frames are in no table; while they look, they hold the targets. */
static uint32_t times_in_our_frames(const struct rg__snapshot *snapshot,
                                    const PyObject *object)
{
    uint32_t times = 0;
    for (size_t i = 0; i < snapshot->asking.our_frame_count; i++)
        times += times_in_frame(&snapshot->asking.our_frames[i], object);
    return times;
}

uint64_t rg__our_references(const struct rg__testimony *testimony,
                            PyObject *object)
{
    const struct rg__snapshot *snapshot = testimony->snapshot;
    uint64_t ours = times_in_our_frames(snapshot, object);
    uint32_t index = rg_closure_node(&snapshot->closure, &snapshot->table,
                                     (uintptr_t)object);
    if (index < snapshot->target_node_count)
        ours += testimony->in_list[index];
    return ours + rg__times_in_facts(snapshot->query->facts, object) +
           rg__times_in_ours(snapshot, object);
}

static enum rg_count_state count(void *context, const struct rg_node *node,
                                 uint64_t *count)
{
    const struct rg__testimony *testimony = context;
    PyObject *object = (PyObject *)node->address;
    uint64_t ours = rg__our_references(testimony, object);
    *count = rg__refcount(object);
    if (rg__is_immortal(object))
        return RG_COUNT_IMMORTAL;
    if (rg__is_deferred(object))
        return RG_COUNT_DEFERRED; /* the interpreter counts some elsewhere */
    if (object == testimony->snapshot->query->given &&
        !rg__is_target(testimony->snapshot, object))
        return RG_COUNT_DEFERRED; /* the call has it in many places */
    *count -= ours < *count ? ours : *count;
    return RG_COUNTED;
}

/* References that are told and not counted */

/* A generator that runs is told by the frame that runs it; only its names and
 * its code are its own. */
static bool is_running_generator(PyObject *object)
{
    return (PyGen_CheckExact(object) || PyCoro_CheckExact(object) ||
            PyAsyncGen_CheckExact(object)) &&
           rg__generator_is_running(object);
}

static bool is_part_of_generator(PyObject *generator, const PyObject *object)
{
    struct rg__generator parts;
    rg__generator_parts(generator, &parts);
    return object == parts.code || object == parts.name ||
           object == parts.qualname || object == parts.handled;
}

/* The frame that asks is told like one of a thread's. */
static bool is_in_caller_slots(const struct rg__snapshot *snapshot,
                               const PyObject *object)
{
    return times_in_frame(&snapshot->asking.caller, object) > 0;
}

bool rg__is_told_by_thread(const struct rg__snapshot *snapshot,
                           PyObject *generator, PyObject *object)
{
    if (generator == NULL)
        return false;
    if (generator == snapshot->asking.asker)
        return is_in_caller_slots(snapshot, object);
    return rg__fits(snapshot, RG_MISFIT_FRAMES) &&
           is_running_generator(generator) &&
           !is_part_of_generator(generator, object);
}

uint32_t rg__times_shared_with_dict(const struct rg__snapshot *snapshot,
                                    PyObject *object, const PyObject *value)
{
    uint32_t times = 0;
    if (!rg__fits(snapshot, RG_MISFIT_ATTRIBUTES))
        return 0;
    Py_ssize_t inline_count = rg__inline_count(object);
    if (inline_count == 0 || rg__instance_dict(object) == NULL)
        return 0;
    for (Py_ssize_t i = 0; i < inline_count; i++) {
        PyObject *name, *found;
        if (rg__inline_item(object, i, &name, &found) && found == value)
            times++;
    }
    return times;
}

static uint32_t times_borrowed(const struct rg__frame *frame,
                               const PyObject *object)
{
    uint32_t times = 0;
    for (int i = 0; i < frame->slot_count + frame->stack_count; i++) {
        PyObject *name, *value;
        enum rg__slot_kind kind;
        if (!rg__frame_slot_is_borrowed(frame, i))
            continue;
        value = i < frame->slot_count
                    ? rg__frame_slot(frame, i, &name, &kind)
                    : rg__frame_stack(frame, i - frame->slot_count);
        times += value == object;
    }
    return times;
}

static uint32_t times_borrowed_by_root(const struct rg__root *root,
                                       const PyObject *object)
{
    return root->kind == RG__ROOT_FRAME ? times_borrowed(&root->frame, object)
                                        : 0;
}

static uint32_t times_borrowed_by_greenlet(struct rg__snapshot *snapshot,
                                           PyObject *greenlet,
                                           const PyObject *object)
{
    struct rg__frame frame;
    uint32_t times = 0;
    bool more = rg__greenlet_frame(snapshot, greenlet, &frame);
    for (; more; more = rg__frame_back(&frame))
        times += times_borrowed(&frame, object);
    return times;
}

static uint32_t uncounted(void *context, const struct rg_node *referrer,
                          const struct rg_node *referent)
{
    const struct rg__testimony *testimony = context;
    struct rg__snapshot *snapshot = testimony->snapshot;
    PyObject *object = (PyObject *)referrer->address;
    PyObject *value = (PyObject *)referent->address;
    if (object == NULL)
        return times_borrowed_by_root(root_of(snapshot, referrer), value);
    if (object != NULL && rg__is_left_out(snapshot, object))
        return UINT32_MAX;
    if (rg__is_told_by_thread(snapshot, object, value))
        return UINT32_MAX;
    return rg__times_shared_with_dict(snapshot, object, value) +
           times_borrowed_by_greenlet(snapshot, object, value);
}

/* Stacks */

static uint32_t times_on_stack(const struct rg__frame *frame,
                               const PyObject *object, bool only_exact)
{
    PyObject *const *values;
    bool is_exact;
    int count = rg__frame_hidden_stack(frame, &values, &is_exact);
    uint32_t times = 0;
    for (int i = 0; (is_exact || !only_exact) && i < count; i++)
        times += values[i] == object;
    return times;
}

/* Whether C code called us with the object: it holds it somewhere on the C
 * stack when our caller's own stack does not. */
static bool was_called_from_c(const struct rg__snapshot *snapshot,
                              const PyObject *object)
{
    return snapshot->asking.has_caller &&
           snapshot->asking.entry_frame < snapshot->asking.our_frame_count &&
           rg__frame_is_called_from_c(
               &snapshot->asking.our_frames[snapshot->asking.entry_frame]) &&
           times_in_frame(
               &snapshot->asking.our_frames[snapshot->asking.entry_frame],
               object) > 0;
}

/* Those of suspended greenlets. */
static void add_aside(struct rg__snapshot *snapshot, PyObject *object,
                      struct rg_on_stacks *on_stacks)
{
    PyObject *holder = rg__set_aside_by(snapshot, object);
    on_stacks->aside = holder != NULL;
    for (size_t i = 0; i < snapshot->greenlets.suspended_count; i++) {
        struct rg__frame frame;
        bool more = rg__greenlet_frame(
            snapshot, snapshot->greenlets.suspended[i], &frame);
        for (; more; more = rg__frame_back(&frame)) {
            uint32_t times = times_on_stack(&frame, object, false);
            on_stacks->aside += times;
            if (times > 0)
                holder = snapshot->greenlets.suspended[i];
        }
    }
    on_stacks->greenlet = (uintptr_t)holder;
    on_stacks->of_others += on_stacks->aside;
}

/* How often the C code that runs a class body, or what `exec` is given, has
 * the object: it holds the namespaces, and the function that it made of the
 * code, until that is over. */
static uint32_t times_to_run(const struct rg__frame *frame,
                             const PyObject *object)
{
    if (frame->code->co_flags & CO_OPTIMIZED ||
        !rg__frame_is_called_from_c(frame))
        return 0;
    return (uint32_t)(object == frame->locals) + (object == frame->globals) +
           (object == frame->function);
}

/* The frame that asks, or NULL. */
static const struct rg__frame *
frame_of_caller(const struct rg__snapshot *snapshot)
{
    if (!snapshot->asking.has_caller)
        return NULL;
    for (size_t i = 0; i < snapshot->roots.count; i++) {
        const struct rg__root *root = &snapshot->roots.items[i];
        if (root->kind == RG__ROOT_FRAME &&
            root->frame.record == snapshot->asking.caller.record)
            return &root->frame;
    }
    return NULL;
}

/* Ours count with the caller's: what we were called with.  In our own frames
 * left-overs are known to be none of it. */
struct rg_on_stacks rg__on_stacks(void *context, const struct rg_node *node)
{
    const struct rg__testimony *testimony = context;
    struct rg__snapshot *snapshot = testimony->snapshot;
    const PyObject *object = (PyObject *)node->address;
    const struct rg__frame *caller = frame_of_caller(snapshot);
    /* What others have on their stacks to run the caller with is the
     * caller's. */
    bool runs_caller = caller != NULL && times_to_run(caller, object) > 0;
    struct rg_on_stacks on_stacks = {0};
    for (size_t i = 0; i < snapshot->asking.our_frame_count; i++)
        on_stacks.of_caller +=
            times_on_stack(&snapshot->asking.our_frames[i], object, true);
    for (size_t i = 0; i < snapshot->roots.count; i++) {
        const struct rg__frame *frame = &snapshot->roots.items[i].frame;
        if (snapshot->roots.items[i].kind != RG__ROOT_FRAME)
            continue;
        uint32_t times =
            times_on_stack(frame, object, false) + times_to_run(frame, object);
        if (runs_caller || frame == caller)
            on_stacks.of_caller += times;
        else
            on_stacks.of_others += times;
    }
    if (on_stacks.of_caller == 0 && was_called_from_c(snapshot, object))
        on_stacks.of_caller = 1;
    rg__add_calls(snapshot, node, caller, &on_stacks);
    add_aside(snapshot, (PyObject *)node->address, &on_stacks);
    return on_stacks;
}

bool rg__is_instance(void *context, const struct rg_node *object,
                     const struct rg_node *of)
{
    PyObject *class = (PyObject *)of->address;
    (void)context;
    return class != NULL && PyType_Check(class) && object->address != 0 &&
           PyType_IsSubtype(Py_TYPE((PyObject *)object->address),
                            (PyTypeObject *)class);
}

static int generation(void *context, const struct rg_node *node)
{
    (void)context;
    PyObject *object = (PyObject *)node->address;
    return PyObject_IS_GC(object) && PyObject_GC_IsTracked(object)
               ? rg__gc_generation(object)
               : -1;
}

/* Putting it together */

static uint32_t facts(const struct rg__snapshot *snapshot)
{
    uint32_t flags = 0;
    if (rg__gc_saves_all())
        flags |= RG_VERDICT_SAVE_ALL;
    if (!PyGC_IsEnabled())
        flags |= RG_VERDICT_NOT_AUTOMATIC;
    if (snapshot->graph->timed_out)
        flags |= RG_VERDICT_TIMED_OUT;
    if (snapshot->asking.hides_given && snapshot->asking.names_given)
        flags |= RG_VERDICT_IN_GIVEN;
    return flags;
}

/* What a list that is left out holds. */
static void count_items(struct rg__testimony *testimony, PyObject *const *items,
                        size_t count)
{
    const struct rg__snapshot *snapshot = testimony->snapshot;
    for (size_t i = 0; i < count; i++) {
        uint32_t node = rg_closure_node(&snapshot->closure, &snapshot->table,
                                        (uintptr_t)items[i]);
        if (node < snapshot->target_node_count)
            testimony->in_list[node]++;
    }
}

enum rg_status rg__testimony_init(struct rg__testimony *testimony,
                                  struct rg__snapshot *snapshot,
                                  struct rg_witness *witness)
{
    const struct rg_query *query = snapshot->query;
    *testimony = (struct rg__testimony){.snapshot = snapshot};
    testimony->in_list = rg_alloc_zeroed(snapshot->target_node_count,
                                         sizeof *testimony->in_list);
    if (testimony->in_list == NULL)
        return RG_ENOMEM;
    if (query->hidden != NULL)
        count_items(testimony, query->targets, query->target_count);
    if (snapshot->asking.hides_given)
        count_items(testimony, ((PyListObject *)query->given)->ob_item,
                    (size_t)PyList_GET_SIZE(query->given));
    *witness = (struct rg_witness){.context = testimony,
                                   .grip = rg__grip_of,
                                   .is_caller = is_of_caller,
                                   .count = count,
                                   .uncounted = uncounted,
                                   .on_stacks = rg__on_stacks,
                                   .generation = generation,
                                   .suspect = rg__suspect,
                                   .awaiting = rg__awaiting,
                                   .weigh = rg__weigh,
                                   .is_watched = rg__is_watched,
                                   .is_instance = rg__is_instance,
                                   .sizes = query->sizes,
                                   .facts = facts(snapshot),
                                   .explain = query->explain};
    return RG_OK;
}

void rg__testimony_free(struct rg__testimony *testimony)
{
    rg_free(testimony->in_list);
    *testimony = (struct rg__testimony){0};
}
