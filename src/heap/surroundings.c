/* surroundings.c - the shell or the debugger that the program runs in
 *
 * Somebody at a prompt asks about the program, not about the prompt: frames of
 * shells and debuggers are left out like our own.  A shell's objects (IPython's
 * display hook, its last result) do keep things alive, so they are shown; what
 * refers to them is the shell's own affair.  A debugger's object holds every
 * variable of the frame it has stopped in: it is left out.  A test runner's
 * session and what hangs from it is where chains end: every module that it
 * loaded leads there. */
#include <string.h>

#include "heap/snapshot.h"
#include "heap/word.h"

struct package {
    const char *name;
    enum rg__surrounding kind;
};

static const struct package packages[] = {{"IPython", RG__SHELL},
                                          {"ipykernel", RG__SHELL},
                                          {"pdb", RG__DEBUGGER},
                                          {"bdb", RG__DEBUGGER},
                                          {"debugpy", RG__DEBUGGER},
                                          {"pydevd", RG__DEBUGGER},
                                          {"_pydevd_bundle", RG__DEBUGGER},
                                          {"_pydevd_frame_eval", RG__DEBUGGER}};

/* And what derives from these. */
static const struct {
    const char *module, *name;
} runners[] = {{"_pytest.assertion.rewrite", "AssertionRewritingHook"},
               {"_pytest.config", "Config"},
               {"_pytest.config", "PytestPluginManager"},
               {"_pytest.fixtures", "FixtureManager"},
               {"_pytest.fixtures", "FixtureRequest"},
               {"_pytest.nodes", "Node"},
               {"pluggy._hooks", "HookCaller"},
               {"pluggy._hooks", "HookRelay"}};

/* Whether a module's name is this package's, or that of a module in it. */
static bool is_inside_package(const char *name, size_t size,
                              const char *package)
{
    size_t length = strlen(package);
    return size >= length && memcmp(name, package, length) == 0 &&
           (size == length || name[length] == '.');
}

static enum rg__surrounding kind_of_name(const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
        if (is_inside_package(name, size, packages[i].name))
            return packages[i].kind;
    return RG__PROGRAM;
}

enum rg__surrounding rg__surrounding_of_module(PyObject *name)
{
    char text[64];
    Py_ssize_t size = PyUnicode_GET_LENGTH(name);
    for (Py_ssize_t i = 0; i < size && i < (Py_ssize_t)sizeof text; i++) {
        Py_UCS4 character = PyUnicode_READ_CHAR(name, i);
        text[i] = character < 0x80 ? (char)character : '?';
    }
    return kind_of_name(text, size < (Py_ssize_t)sizeof text ? (size_t)size
                                                             : sizeof text);
}

/* The class that a dict has under the first part of a dotted name; *name is
 * moved behind that. */
static PyTypeObject *class_in(PyObject *dict, const char **name)
{
    char part[64];
    const char *dot = strchr(*name, '.');
    size_t size = dot == NULL ? strlen(*name) : (size_t)(dot - *name);
    if (size >= sizeof part)
        return NULL;
    memcpy(part, *name, size);
    part[size] = '\0';
    *name += size + (dot != NULL);
    PyObject *found = rg__dict_find(dict, part);
    return found != NULL && PyType_Check(found) ? (PyTypeObject *)found : NULL;
}

/* Whether a type is what the module shows under the type's name.  Any class
 * may say of itself that it is a module's. */
static bool is_class_of_module(PyObject *modules, PyTypeObject *type,
                               const char *module_name, const char *qualname)
{
    PyObject *module =
        modules == NULL ? NULL : rg__dict_find(modules, module_name);
    PyObject *dict = module == NULL || !PyModule_Check(module)
                         ? NULL
                         : PyModule_GetDict(module);
    PyTypeObject *found = NULL;
    while (dict != NULL && *qualname != '\0') {
        found = class_in(dict, &qualname);
        dict = found == NULL ? NULL : rg__type_dict(found);
    }
    return dict != NULL && found == type;
}

/* What a class itself is.  What cannot be written down is the program's: it is
 * then shown, which is more, and still true. */
static enum rg__surrounding kind_of_class(PyObject *modules, PyTypeObject *type,
                                          struct rg_buffer *word)
{
    word->size = 0;
    if (rg__word_type_module(type, word) != RG_OK || word->size == 0)
        return RG__PROGRAM;
    enum rg__surrounding kind = kind_of_name(word->data, word->size);
    size_t start = word->size + 1;
    if (kind == RG__PROGRAM || rg_buffer_append(word, "", 1) < 0 ||
        rg__word_type_qualname(type, word) != RG_OK ||
        rg_buffer_append(word, "", 1) < 0 ||
        !is_class_of_module(modules, type, word->data, word->data + start))
        return RG__PROGRAM;
    return kind;
}

static bool is_runner_type(PyObject *modules, PyTypeObject *type)
{
    for (size_t i = 0; i < sizeof runners / sizeof *runners; i++) {
        const char *name = runners[i].name;
        if (type->tp_flags & Py_TPFLAGS_HEAPTYPE &&
            rg__word_is(((PyHeapTypeObject *)type)->ht_name, name) &&
            is_class_of_module(modules, type, runners[i].module, name))
            return true;
    }
    return false;
}

/* By the module of the type; a subclass of a debugger is one. */
static enum rg__surrounding kind_of_type(PyObject *modules, PyTypeObject *type)
{
    enum rg__surrounding kind = RG__PROGRAM;
    struct rg_buffer word = {0};
    for (PyTypeObject *base = type; base != NULL; base = base->tp_base) {
        enum rg__surrounding found = kind_of_class(modules, base, &word);
        if (base == type || found == RG__DEBUGGER)
            kind = found;
        if (kind == RG__PROGRAM && is_runner_type(modules, base))
            kind = RG__RUNNER;
        if (kind != RG__PROGRAM)
            break;
    }
    rg_buffer_free(&word);
    return kind;
}

enum rg__surrounding rg__surrounding_of(struct rg__snapshot *snapshot,
                                        PyObject *object)
{
    struct rg__surroundings *known = &snapshot->surroundings;
    if (!known->are_there)
        return RG__PROGRAM;
    for (size_t i = 0; i < known->dict_count; i++)
        if (known->dicts[i] == object)
            return RG__DEBUGGER;
    PyTypeObject *type = Py_TYPE(object);
    size_t slot = ((uintptr_t)type >> 4) % RG__SURROUNDING_SLOTS;
    if (known->types[slot] != type) {
        known->types[slot] = type;
        known->kinds[slot] =
            (unsigned char)kind_of_type(snapshot->query->facts->modules, type);
    }
    return (enum rg__surrounding)known->kinds[slot];
}

static enum rg__surrounding kind_of_frame(const struct rg__snapshot *snapshot,
                                          const struct rg__frame *frame)
{
    const struct rg__namespace *globals =
        rg__find_namespace(snapshot, frame->globals);
    return globals == NULL ? RG__PROGRAM
                           : rg__surrounding_of_module(globals->name);
}

/* The attributes of a debugger are its own affair too. */
static void note_debuggers(struct rg__snapshot *snapshot,
                           const struct rg__frame *frame)
{
    struct rg__surroundings *known = &snapshot->surroundings;
    for (int i = 0; i < frame->slot_count; i++) {
        PyObject *name;
        enum rg__slot_kind kind;
        PyObject *value = rg__frame_slot(frame, i, &name, &kind);
        if (value == NULL || known->dict_count == RG__DEBUGGER_DICTS ||
            rg__surrounding_of(snapshot, value) != RG__DEBUGGER)
            continue;
        const PyObject *dict = rg__fits(snapshot, RG_MISFIT_ATTRIBUTES)
                                   ? rg__instance_dict(value)
                                   : NULL;
        if (dict != NULL &&
            rg__surrounding_of(snapshot, (PyObject *)dict) != RG__DEBUGGER)
            known->dicts[known->dict_count++] = dict;
    }
}

bool rg__is_surrounding_frame(struct rg__snapshot *snapshot,
                              const struct rg__frame *frame)
{
    if (!snapshot->surroundings.are_there)
        return false;
    enum rg__surrounding kind = kind_of_frame(snapshot, frame);
    if (kind == RG__DEBUGGER)
        note_debuggers(snapshot, frame);
    if (kind != RG__PROGRAM)
        return true;
    struct rg__frame caller = *frame;
    return frame->locals != NULL &&
           rg__find_namespace(snapshot, frame->locals) == NULL &&
           rg__frame_back(&caller) &&
           kind_of_frame(snapshot, &caller) == RG__DEBUGGER;
}
