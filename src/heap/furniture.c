/* furniture.c - what runs the program or its tests, and holds on to it
 *
 * pytest, unittest, a shell or a debugger keep what they have shown or run: in
 * frames, reports, caches, histories.  That is true, and almost never what
 * somebody asks for.  So each of them is one root with a name of its own, and
 * comes after all others; and so do the variables in which a prompt keeps the
 * last result and the last exception. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "heap/read.h"
#include "heap/snapshot.h"
#include "heap/word.h"

#define WORD(text) {.data = (char[]){text}, .size = sizeof text - 1}

static const struct rg_buffer words[RG__FURNITURE_COUNT] = {
    [RG__NO_FURNITURE] = {0},
    [RG__PYTEST] = WORD("pytest"),
    [RG__PYTEST_ASYNCIO] = WORD("pytest-asyncio"),
    [RG__UNITTEST] = WORD("unittest"),
    [RG__IPYTHON] = WORD("IPython"),
    [RG__JUPYTER] = WORD("Jupyter"),
    [RG__PDB] = WORD("the debugger"),
    [RG__REPL] = WORD("the REPL")};

/* The longest name that fits decides; what is a program's own tool though it
 * stands in such a package is none. */
static const struct {
    const char *package;
    enum rg__furniture furniture;
} packages[] = {{"unittest.mock", RG__NO_FURNITURE},
                {"_pytest", RG__PYTEST},
                {"pytest", RG__PYTEST},
                {"pluggy", RG__PYTEST},
                {"pytest_asyncio", RG__PYTEST_ASYNCIO},
                {"unittest", RG__UNITTEST},
                {"IPython", RG__IPYTHON},
                {"ipykernel", RG__JUPYTER},
                {"jupyter_client", RG__JUPYTER},
                {"pdb", RG__PDB},
                {"bdb", RG__PDB},
                {"debugpy", RG__PDB},
                {"pydevd", RG__PDB},
                {"_pydevd_bundle", RG__PDB},
                {"code", RG__REPL},
                {"_pyrepl", RG__REPL}};

/* Whether a module is the package, or one in it. */
static bool is_in_package(PyObject *name, const char *package)
{
    Py_ssize_t size = (Py_ssize_t)strlen(package);
    if (PyUnicode_GET_LENGTH(name) < size)
        return false;
    for (Py_ssize_t i = 0; i < size; i++)
        if (PyUnicode_READ_CHAR(name, i) != (Py_UCS4)package[i])
            return false;
    return PyUnicode_GET_LENGTH(name) == size ||
           PyUnicode_READ_CHAR(name, size) == '.';
}

enum rg__furniture rg__furniture_of_module(PyObject *name)
{
    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
        if (is_in_package(name, packages[i].package))
            return packages[i].furniture;
    return RG__NO_FURNITURE;
}

/* Variables of a prompt */

static bool is_one_of(PyObject *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rg__word_is(name, list[i]))
            return true;
    return false;
}

/* `_5`, `_i5`: IPython's names for what was put in and what came out. */
static bool is_numbered(PyObject *name)
{
    if (!PyUnicode_CheckExact(name) || !PyUnicode_IS_COMPACT_ASCII(name))
        return false;
    const char *text = PyUnicode_DATA(name);
    if (*text++ != '_')
        return false;
    text += *text == 'i';
    size_t digits = 0;
    while (text[digits] >= '0' && text[digits] <= '9')
        digits++;
    return digits > 0 && text[digits] == '\0';
}

static bool is_kept_name(PyObject *module, PyObject *name, bool has_shell)
{
    static const char *const last[] = {"last_exc", "last_value", "last_type",
                                       "last_traceback"};
    static const char *const shell[] = {"In", "Out", "_oh", "_ih", "_dh", "_",
                                        "__", "___", "_i",  "_ii", "_iii"};
    if (rg__word_is(module, "sys"))
        return is_one_of(name, last, sizeof last / sizeof *last);
    if (rg__word_is(module, "builtins"))
        return rg__word_is(name, "_");
    return has_shell && rg__word_is(module, "__main__") &&
           (is_one_of(name, shell, sizeof shell / sizeof *shell) ||
            is_numbered(name));
}

static int by_place(const void *left, const void *right)
{
    const struct rg__kept_variable *a = left, *b = right;
    if (a->dict != b->dict)
        return (uintptr_t)a->dict < (uintptr_t)b->dict ? -1 : 1;
    return ((uintptr_t)a->value > (uintptr_t)b->value) -
           ((uintptr_t)a->value < (uintptr_t)b->value);
}

static struct rg__kept_variable *find_kept(const struct rg__snapshot *snapshot,
                                           const PyObject *dict,
                                           const PyObject *value)
{
    const struct rg__kept_variable key = {.dict = dict, .value = value};
    return snapshot->furniture.kept_count == 0
               ? NULL
               : bsearch(&key, snapshot->furniture.kept,
                         snapshot->furniture.kept_count, sizeof key, by_place);
}

bool rg__is_kept_variable(const struct rg__snapshot *snapshot,
                          const PyObject *dict, const PyObject *value)
{
    const struct rg__kept_variable *found = find_kept(snapshot, dict, value);
    return found != NULL && !found->is_named;
}

static enum rg_status add(struct rg__snapshot *snapshot, const PyObject *dict,
                          const PyObject *value)
{
    void *variables = snapshot->furniture.kept;
    if (rg_grow(&variables, &snapshot->furniture.kept_capacity,
                snapshot->furniture.kept_count + 1,
                sizeof *snapshot->furniture.kept) < 0)
        return RG_ENOMEM;
    snapshot->furniture.kept = variables;
    snapshot->furniture.kept[snapshot->furniture.kept_count++] =
        (struct rg__kept_variable){.dict = dict, .value = value};
    return RG_OK;
}

/* What the program names as well is its own. */
static void leave_out_named(struct rg__snapshot *snapshot,
                            const struct rg__namespace *namespace,
                            bool has_shell)
{
    PyObject *name, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(namespace->dict, &position, &name, &value)) {
        struct rg__kept_variable *found =
            is_kept_name(namespace->name, name, has_shell)
                ? NULL
                : find_kept(snapshot, namespace->dict, value);
        for (size_t i = 0; found != NULL && i < snapshot->furniture.kept_count;
             i++)
            if (by_place(&snapshot->furniture.kept[i], found) == 0)
                snapshot->furniture.kept[i].is_named = true;
    }
}

static bool is_prompts(const struct rg__namespace *namespace)
{
    return rg__word_is(namespace->name, "sys") ||
           rg__word_is(namespace->name, "builtins") ||
           rg__word_is(namespace->name, "__main__");
}

enum rg_status rg__list_furniture(struct rg__snapshot *snapshot)
{
    bool has_shell = false;
    enum rg_status status = RG_OK;
    for (size_t i = 0; i < RG__FURNITURE_COUNT; i++)
        snapshot->furniture.roots[i] = RG_NONE;
    for (size_t i = 0; i < snapshot->namespaces.count; i++)
        has_shell |= snapshot->namespaces.items[i].furniture == RG__IPYTHON;
    for (size_t i = 0; i < snapshot->namespaces.count; i++) {
        const struct rg__namespace *namespace = &snapshot->namespaces.items[i];
        PyObject *name, *value;
        Py_ssize_t position = 0;
        if (!is_prompts(namespace))
            continue;
        while (status == RG_OK &&
               PyDict_Next(namespace->dict, &position, &name, &value))
            if (is_kept_name(namespace->name, name, has_shell))
                status = add(snapshot, namespace->dict, value);
    }
    if (status != RG_OK || snapshot->furniture.kept_count == 0)
        return status;
    rg_sort_in_place(snapshot->furniture.kept, snapshot->furniture.kept_count,
                     sizeof *snapshot->furniture.kept, by_place);
    for (size_t i = 0; i < snapshot->namespaces.count; i++)
        if (is_prompts(&snapshot->namespaces.items[i]))
            leave_out_named(snapshot, &snapshot->namespaces.items[i],
                            has_shell);
    return RG_OK;
}

/* Telling */

enum rg_status rg__furnish(struct rg__reader *reader, unsigned furniture,
                           struct rg__told *told)
{
    static const struct rg_buffer nothing;
    struct rg_root root = {.kind = RG_ROOT_INTERPRETER};
    struct rg_graph *graph = reader->snapshot->graph;
    uint32_t *index = &reader->snapshot->furniture.roots[furniture];
    enum rg_status status = RG_OK;
    if (*index == RG_NONE)
        status = rg_graph_text(graph, words[furniture].data,
                               words[furniture].size, &root.name);
    if (status == RG_OK && *index == RG_NONE)
        status = rg_graph_add_root(graph, &root, index);
    told->kind = RG_INTERPRETER;
    told->key_type = RG_KEY_NONE;
    told->index = 0;
    told->is_root = true;
    told->root = *index;
    told->owner_text = &nothing;
    told->label_text = &words[furniture];
    return status;
}
