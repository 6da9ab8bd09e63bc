/* read_code.c - functions, generators and frames: what code holds on to */
#include "base/format.h"
#include "heap/read.h"
#include "heap/word.h"

/* Functions */

static enum rg_status read_closure(struct rg__reader *reader,
                                   const PyFunctionObject *function)
{
    PyObject *closure = function->func_closure;
    if (closure == NULL || !PyTuple_CheckExact(closure))
        return RG_OK;
    enum rg_status status = rg__fold(reader, closure, "__closure__");
    for (Py_ssize_t i = 0; status == RG_OK && i < PyTuple_GET_SIZE(closure);
         i++) {
        PyObject *cell = PyTuple_GET_ITEM(closure, i);
        if (cell == NULL || !PyCell_Check(cell))
            continue;
        struct rg__told told = {
            .value = PyCell_GET(cell),
            .kind = RG_CLOSURE,
            .index = (size_t)i,
            .through_plumbing = true,
            .owner = function->func_qualname,
            .name = rg__code_free_name((PyCodeObject *)function->func_code, i)};
        status = rg__tell(reader, &told);
        if (status == RG_OK)
            status = rg__fold_inner(reader, cell, &told);
    }
    return status;
}

static enum rg_status read_defaults(struct rg__reader *reader,
                                    const PyFunctionObject *function)
{
    PyObject *defaults = function->func_defaults;
    if (defaults == NULL || !PyTuple_CheckExact(defaults))
        return RG_OK;
    PyCodeObject *code = (PyCodeObject *)function->func_code;
    Py_ssize_t count = PyTuple_GET_SIZE(defaults);
    enum rg_status status = rg__fold(reader, defaults, "__defaults__");
    for (Py_ssize_t i = 0; status == RG_OK && i < count; i++)
        status = rg__tell(
            reader,
            &(struct rg__told){.value = PyTuple_GET_ITEM(defaults, i),
                               .kind = RG_DEFAULT,
                               .through_plumbing = true,
                               .index = (size_t)i + 1,
                               .owner = function->func_name,
                               .name = rg__code_parameter_name(
                                   code, code->co_argcount - count + i)});
    return status;
}

static enum rg_status read_keyword_defaults(struct rg__reader *reader,
                                            const PyFunctionObject *function)
{
    PyObject *defaults = function->func_kwdefaults, *key, *value;
    if (defaults == NULL || !PyDict_CheckExact(defaults))
        return RG_OK;
    Py_ssize_t position = 0;
    enum rg_status status = rg__fold(reader, defaults, "__kwdefaults__");
    while (status == RG_OK && PyDict_Next(defaults, &position, &key, &value))
        status =
            rg__tell(reader, &(struct rg__told){.value = value,
                                                .kind = RG_DEFAULT,
                                                .through_plumbing = true,
                                                .owner = function->func_name,
                                                .name = key});
    return status;
}

/* A function and its globals: the module that owns them says more, so this
 * reference is told only of a dict that is no module's namespace. */
static enum rg_status read_globals(struct rg__reader *reader, PyObject *globals,
                                   const char *word)
{
    if (globals != NULL &&
        rg__find_namespace(reader->snapshot, globals) != NULL)
        return rg__fold(reader, globals, word);
    return rg__tell(
        reader,
        &(struct rg__told){.value = globals, .kind = RG_MEMBER, .word = word});
}

/* Since 3.10 CPython keeps them as a tuple until somebody asks, who gets a dict
 * made of it. */
static enum rg_key_type reach_annotations(const PyFunctionObject *function)
{
    PyObject *annotations = function->func_annotations;
    return annotations != NULL && PyTuple_CheckExact(annotations) ? RG_KEY_FIELD
                                                                  : RG_KEY_NONE;
}

enum rg_status rg__read_function(struct rg__reader *reader)
{
    const PyFunctionObject *function = (PyFunctionObject *)reader->object;
    const struct rg__told members[] = {
        {.value = function->func_code, .word = "__code__"},
        {.value = function->func_builtins, .word = "__builtins__"},
        {.value = function->func_name, .word = "__name__"},
        {.value = function->func_qualname, .word = "__qualname__"},
        {.value = function->func_doc, .word = "__doc__"},
        {.value = function->func_module, .word = "__module__"},
        {.value = function->func_annotations,
         .word = "__annotations__",
         .key_type = reach_annotations(function)},
        {.value = rg__function_annotate(reader->object),
         .word = "__annotate__"},
        {.value = rg__function_type_params(reader->object),
         .word = "__type_params__"}};
    enum rg_status status = read_closure(reader, function);
    if (status == RG_OK)
        status = read_defaults(reader, function);
    if (status == RG_OK)
        status = read_keyword_defaults(reader, function);
    if (status == RG_OK)
        status = read_globals(reader, function->func_globals, "__globals__");
    return status == RG_OK ? rg__tell_members(reader, members,
                                              sizeof members / sizeof *members)
                           : status;
}

/* Frames, running or not */

enum rg_status rg__tell_slots(struct rg__reader *reader,
                              const struct rg__frame *frame,
                              const struct rg__told *pattern)
{
    enum rg_status status = RG_OK;
    for (int i = 0; status == RG_OK && i < frame->slot_count; i++) {
        struct rg__told told = *pattern;
        enum rg__slot_kind kind;
        told.owner = frame->code->co_name;
        told.value = rg__frame_slot(frame, i, &told.name, &kind);
        if (told.value == NULL)
            continue;
        if (kind == RG__SLOT_CELL && PyCell_Check(told.value)) {
            told.key_type = RG_KEY_FIELD; /* the cell itself */
            if (!rg__is_target(reader->snapshot, told.value)) {
                status = rg__folded(reader, &told);
                told.value = PyCell_GET(told.value);
                told.through_plumbing = told.stands_in = true;
                told.key_type = RG_KEY_NONE;
            }
        }
        if (status == RG_OK)
            status = rg__tell(reader, &told);
    }
    return status;
}

/* The words by which Python code gets at a part of a generator, a coroutine or
 * an asynchronous generator; of a frame object it is the last. */
struct parts_words {
    const char *generator, *coroutine, *asynchronous, *frame;
};

#define OF_ALL(word) {"gi_" word, "cr_" word, "ag_" word, "f_" word}
#define OF_FRAME(word) \
    {"gi_frame." word, "cr_frame." word, "ag_frame." word, word}

static const struct parts_words code_words = OF_ALL("code"),
                                frame_words = OF_ALL("frame"),
                                locals_words = OF_FRAME("f_locals"),
                                globals_words = OF_FRAME("f_globals"),
                                builtins_words = OF_FRAME("f_builtins");

static const char *word_of(PyObject *object, const struct parts_words *words)
{
    if (PyFrame_Check(object))
        return words->frame;
    if (PyCoro_CheckExact(object))
        return words->coroutine;
    return PyAsyncGen_CheckExact(object) ? words->asynchronous
                                         : words->generator;
}

static enum rg_status read_generator_parts(struct rg__reader *reader)
{
    struct rg__generator parts;
    rg__generator_parts(reader->object, &parts);
    const struct rg__told members[] = {
        {.value = parts.code, .word = word_of(reader->object, &code_words)},
        {.value = parts.name, .word = "__name__"},
        {.value = parts.qualname, .word = "__qualname__"},
        {.value = parts.handled,
         .word = "exception being handled",
         .key_type = RG_KEY_FIELD}};
    return rg__tell_members(reader, members, sizeof members / sizeof *members);
}

static const char *awaited_word(PyObject *generator)
{
    if (PyCoro_CheckExact(generator))
        return "cr_await";
    return PyAsyncGen_CheckExact(generator) ? "ag_await" : "gi_yieldfrom";
}

static enum rg_kind generator_kind(PyObject *generator)
{
    if (PyCoro_CheckExact(generator))
        return RG_COROUTINE_LOCAL;
    return PyAsyncGen_CheckExact(generator) ? RG_ASYNC_LOCAL
                                            : RG_GENERATOR_LOCAL;
}

/* The word for a part of a frame that Python code gets at by `path`. */
static const char *word_behind(const char *path, PyObject *object,
                               const struct parts_words *words, char *buffer,
                               size_t size)
{
    if (path == NULL)
        return word_of(object, words);
    if (words == &frame_words)
        return path;
    rg_format(buffer, size, "%s.%s", path, words->frame);
    return buffer;
}

enum rg_status rg__read_frame_parts(struct rg__reader *reader,
                                    const struct rg__frame *frame,
                                    const char *path)
{
    const struct parts_words *const words[] = {&code_words, &locals_words,
                                               &frame_words, &globals_words,
                                               &builtins_words};
    enum { WORDS = sizeof words / sizeof *words };
    char buffers[WORDS][RG__FRAME_PATH + 16];
    const char *word[WORDS];
    for (size_t i = 0; i < WORDS; i++)
        word[i] = word_behind(path, reader->object, words[i], buffers[i],
                              sizeof buffers[i]);
    const struct rg__told members[] = {
        {.value = frame->function,
         .word = "function",
         .key_type = RG_KEY_FIELD},
        {.value = (PyObject *)frame->code, .word = word[0]},
        {.value = frame->locals, .word = word[1]},
        {.value = frame->object == reader->object ? NULL : frame->object,
         .word = word[2]}};
    enum rg_status status = read_globals(reader, frame->own_globals, word[3]);
    if (status == RG_OK)
        status = read_globals(reader, frame->own_builtins, word[4]);
    return status == RG_OK ? rg__tell_members(reader, members,
                                              sizeof members / sizeof *members)
                           : status;
}

/* What is in use where it stands still, but for what it awaits, which has a
 * name of its own. */
static enum rg_status tell_stack(struct rg__reader *reader,
                                 const struct rg__frame *frame,
                                 const PyObject *awaited)
{
    enum rg_status status = RG_OK;
    for (int i = 0; status == RG_OK && i < frame->stack_count; i++) {
        PyObject *value = rg__frame_stack(frame, i);
        if (value != NULL && value != awaited)
            status =
                rg__tell(reader, &(struct rg__told){.value = value,
                                                    .kind = RG_MEMBER,
                                                    .word = "value in use",
                                                    .key_type = RG_KEY_FIELD});
    }
    return status;
}

static int pass_over(PyObject *referent, void *context)
{
    return rg__pass_over(context, referent) == RG_OK ? 0 : -1;
}

/* What the object's traverse says is told elsewhere, and not told again. */
static enum rg_status pass_over_all(struct rg__reader *reader)
{
    return rg__traverse(reader->object, pass_over, reader) == 0 ? RG_OK
                                                                : RG_ENOMEM;
}

enum rg_status rg__read_generator(struct rg__reader *reader)
{
    struct rg__frame frame;
    PyObject *object = reader->object, *awaited;
    /* The frame of one that runs is a thread's, which tells its variables. */
    if (rg__generator_is_running(object))
        return pass_over_all(reader);
    enum rg_status status = read_generator_parts(reader);
    if (status != RG_OK || !rg__frame_of_generator(object, &frame, &awaited))
        return status;
    status = rg__tell_slots(reader, &frame,
                            &(struct rg__told){.kind = generator_kind(object)});
    if (status == RG_OK)
        status = rg__read_frame_parts(reader, &frame, NULL);
    if (status == RG_OK)
        status = tell_stack(reader, &frame, awaited);
    if (status == RG_OK)
        status =
            rg__tell(reader, &(struct rg__told){.value = awaited,
                                                .kind = RG_MEMBER,
                                                .word = awaited_word(object)});
    return status;
}

static enum rg_status tell_trace(struct rg__reader *reader)
{
    return rg__tell(reader, &(struct rg__told){
                                .value = rg__frame_object_trace(reader->object),
                                .kind = RG_MEMBER,
                                .word = "f_trace"});
}

/* The variables of a frame that runs are its thread's, those of a suspended
 * generator the generator's; its trace function is its own. */
enum rg_status rg__read_frame_object(struct rg__reader *reader)
{
    struct rg__frame frame;
    if (reader->object == reader->snapshot->asking.asker)
        return pass_over_all(reader);
    if (!rg__frame_of_object(reader->object, &frame))
        return tell_trace(reader);
    enum rg_status status = rg__tell_slots(
        reader, &frame, &(struct rg__told){.kind = RG_FRAME_LOCAL});
    if (status == RG_OK)
        status = rg__read_frame_parts(reader, &frame, NULL);
    if (status == RG_OK)
        status = tell_stack(reader, &frame, NULL);
    if (status == RG_OK)
        status = rg__tell(
            reader,
            &(struct rg__told){.value = rg__frame_object_back(reader->object),
                               .kind = RG_MEMBER,
                               .word = "f_back"});
    return status == RG_OK ? tell_trace(reader) : status;
}
