/* greenlets.c - what the frames of a suspended greenlet hold
 *
 * Found without importing greenlet.  The first members of its structs are the
 * same from greenlet 3.1.1 to 3.5 (greenlet.h: PyGreenlet; TGreenlet.hpp:
 * Greenlet), and are believed only where the struct says that it belongs to the
 * object.  When it is suspended, greenlet has linked the frames so that whoever
 * looks at gr_frame can go from one to the next. */
#include "heap/greenlets.h"

#include "base/alloc.h"
#include "base/format.h"
#include "heap/read.h"
#include "heap/word.h"

/* Of the C stack: which part of it is the greenlet's. */
struct stack {
    char *start; /* NULL: it has not begun, or is over */
    char *stop;
    char *copy;
    intptr_t saved;
    void *previous;
};

struct state {
    void *functions; /* C++ puts them first */
    PyObject *self;  /* the greenlet */
    _PyErr_StackItem *handling;
    _PyErr_StackItem handled;
    PyObject *arguments, *keywords;
    struct stack stack;
    PyObject *context;
    PyObject *frame; /* NULL: it runs, or has no frame */
};

struct greenlet {
    PyObject_HEAD PyObject *weak_references;
    PyObject *dict;
    const struct state *state;
};

enum { GREENLET_WORDS = sizeof(struct greenlet) / sizeof(void *) - RG__C_MORE };

const struct rg__c_type rg__greenlet_layouts[] = {{"greenlet.greenlet",
                                                   NULL,
                                                   "greenlet._greenlet",
                                                   10,
                                                   99,
                                                   GREENLET_WORDS,
                                                   RG__C_GREENLET,
                                                   {{0, NULL}}}};

const size_t rg__greenlet_layout_count =
    sizeof rg__greenlet_layouts / sizeof *rg__greenlet_layouts;

bool rg__has_greenlets(const struct rg__snapshot *snapshot)
{
    PyObject *modules = snapshot->query->facts->modules;
    return modules != NULL &&
           rg__dict_find(modules, "greenlet._greenlet") != NULL;
}

/* The state of a greenlet that has begun and is not over; NULL for all else. */
static const struct state *active_state(struct rg__snapshot *snapshot,
                                        PyObject *object)
{
    if (!snapshot->greenlets.are_there ||
        !rg__fits(snapshot, RG_MISFIT_FRAMES) ||
        !rg__c_is(&snapshot->c_types, object, RG__C_GREENLET))
        return NULL;
    const struct state *state = ((struct greenlet *)object)->state;
    return state != NULL && state->self == object &&
                   state->stack.start != NULL && state->stack.saved >= 0 &&
                   state->stack.start < state->stack.stop
               ? state
               : NULL;
}

/* The one that a thread began with: its part of the stack has no end. */
static bool is_first(const struct state *state)
{
    return (intptr_t)state->stack.stop == -1;
}

static bool is_suspended(const struct state *state)
{
    return state->frame != NULL && PyFrame_Check(state->frame);
}

bool rg__greenlet_frame(struct rg__snapshot *snapshot, PyObject *object,
                        struct rg__frame *frame)
{
    const struct state *state = active_state(snapshot, object);
    if (state == NULL || is_first(state) || !is_suspended(state))
        return false;
    rg__frame_of_suspended(state->frame, frame);
    rg__leave_namespaces(snapshot, frame);
    return true;
}

/* Threads */

/* The thread that a suspended greenlet began with belongs to: where it handles
 * exceptions tells.  Where it does not, the oldest thread stands for it. */
static PyThreadState *thread_of_first(const struct state *state)
{
    PyThreadState *thread =
        PyInterpreterState_ThreadHead(PyInterpreterState_Get());
    PyThreadState *oldest = thread;
    for (; thread != NULL; thread = PyThreadState_Next(thread)) {
        if (state->handling == &thread->exc_state)
            return thread;
        oldest = thread;
    }
    return oldest;
}

static enum rg_status remember_running(struct rg__snapshot *snapshot,
                                       PyObject *greenlet,
                                       PyThreadState *thread)
{
    void *running = snapshot->greenlets.running;
    if (rg_grow(&running, &snapshot->greenlets.running_capacity,
                snapshot->greenlets.running_count + 1,
                sizeof *snapshot->greenlets.running) < 0)
        return RG_ENOMEM;
    snapshot->greenlets.running = running;
    snapshot->greenlets.running[snapshot->greenlets.running_count++] =
        (struct rg__thread_greenlet){.object = greenlet, .thread = thread};
    return RG_OK;
}

/* The first greenlet of the thread that a greenlet runs in, among what the
 * traverse of the greenlet visits. */
struct first {
    struct rg__snapshot *snapshot;
    const struct state *state;
};

static int find_first(PyObject *referent, void *context)
{
    struct first *first = context;
    const struct state *state = active_state(first->snapshot, referent);
    if (state != NULL && is_first(state) && is_suspended(state))
        first->state = state;
    return first->state != NULL;
}

enum rg_status rg__thread_greenlets(const struct rg__snapshot *snapshot,
                                    const PyThreadState *thread,
                                    rg__object_fn visit, void *context)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < snapshot->greenlets.running_count;
         i++)
        if (snapshot->greenlets.running[i].thread == thread)
            status = visit(context, snapshot->greenlets.running[i].object);
    return status;
}

static enum rg_status meet_first(struct rg__snapshot *snapshot,
                                 const struct state *state)
{
    PyThreadState *thread = thread_of_first(state);
    struct rg__frame frame;
    rg__frame_of_suspended(state->frame, &frame);
    return rg__list_frames(snapshot, thread, &frame);
}

static enum rg_status meet_running(struct rg__snapshot *snapshot,
                                   PyObject *greenlet)
{
    struct first first = {.snapshot = snapshot};
    rg__traverse(greenlet, find_first, &first);
    return first.state == NULL ? RG_OK
                               : remember_running(snapshot, greenlet,
                                                  thread_of_first(first.state));
}

/* Frames */

static int is_referent(PyObject *referent, void *context)
{
    return referent == context;
}

/* Since 3.15 the traverse says what the frames hold, but for those that a
 * generator has. */
static bool tells_frames(PyObject *greenlet, struct rg__frame frame)
{
    bool more = true;
    while (more && rg__frame_is_of_generator(&frame))
        more = rg__frame_back(&frame);
    return more && rg__traverse(greenlet, is_referent, frame.code) != 0;
}

static enum rg_status remember_suspended(struct rg__snapshot *snapshot,
                                         PyObject *greenlet)
{
    void *suspended = snapshot->greenlets.suspended;
    if (rg_grow(&suspended, &snapshot->greenlets.suspended_capacity,
                snapshot->greenlets.suspended_count + 1,
                sizeof *snapshot->greenlets.suspended) < 0)
        return RG_ENOMEM;
    snapshot->greenlets.suspended = suspended;
    snapshot->greenlets.suspended[snapshot->greenlets.suspended_count++] =
        greenlet;
    return RG_OK;
}

static enum rg_status meet_suspended(struct rg__snapshot *snapshot,
                                     PyObject *greenlet,
                                     struct rg__frame *frame,
                                     rg__object_fn visit, void *context)
{
    enum rg_status status = remember_suspended(snapshot, greenlet);
    bool are_told = tells_frames(greenlet, *frame), more = true;
    for (; status == RG_OK && more; more = rg__frame_back(frame)) {
        rg__leave_namespaces(snapshot, frame);
        if (!are_told || rg__frame_is_of_generator(frame))
            status = rg__frame_walk(
                frame, rg__find_namespace(snapshot, frame->locals) != NULL,
                visit, context);
    }
    return status;
}

enum rg_status rg__meet_greenlet(struct rg__snapshot *snapshot,
                                 PyObject *greenlet, rg__object_fn visit,
                                 void *context)
{
    const struct state *state = active_state(snapshot, greenlet);
    struct rg__frame frame;
    if (state == NULL)
        return RG_OK;
    if (rg__greenlet_frame(snapshot, greenlet, &frame))
        return meet_suspended(snapshot, greenlet, &frame, visit, context);
    if (!is_first(state))
        return meet_running(snapshot, greenlet);
    return is_suspended(state) ? meet_first(snapshot, state) : RG_OK;
}

/* Telling */

/* How Python code gets at the frame; one that is far out nobody writes. */
static void path_of_frame(char path[RG__FRAME_PATH], size_t out)
{
    static const char back[] = ".f_back";
    size_t size = (size_t)rg_format(path, RG__FRAME_PATH, "gr_frame");
    if (size + out * (sizeof back - 1) >= RG__FRAME_PATH) {
        rg_format(path, RG__FRAME_PATH, "<frame %zu>", out);
        return;
    }
    for (size_t i = 0; i < out; i++)
        size +=
            (size_t)rg_format(path + size, RG__FRAME_PATH - size, "%s", back);
}

/* A position: how many frames out, which is how often f_back leads there. */
static enum rg_status tell_frame(struct rg__reader *reader,
                                 const struct rg__frame *frame, size_t out)
{
    struct rg__told pattern = {.kind = RG_GREENLET_LOCAL, .index = out};
    enum rg_status status = rg__tell_slots(reader, frame, &pattern);
    for (int i = 0; status == RG_OK && i < frame->stack_count; i++)
        status = rg__tell(reader,
                          &(struct rg__told){.value = rg__frame_stack(frame, i),
                                             .kind = RG_MEMBER,
                                             .key_type = RG_KEY_FIELD,
                                             .word = "value in use"});
    char path[RG__FRAME_PATH];
    path_of_frame(path, out);
    return status == RG_OK ? rg__read_frame_parts(reader, frame, path) : status;
}

enum rg_status rg__read_greenlet(struct rg__reader *reader)
{
    struct rg__frame frame;
    enum rg_status status = RG_OK;
    bool more = rg__greenlet_frame(reader->snapshot, reader->object, &frame);
    for (size_t out = 0; status == RG_OK && more; out++) {
        rg__leave_namespaces(reader->snapshot, &frame);
        status = tell_frame(reader, &frame, out);
        more = rg__frame_back(&frame);
    }
    return status;
}
