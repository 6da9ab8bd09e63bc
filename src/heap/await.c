/* await.c - what a suspended coroutine waits in
 *
 * A coroutine awaits another, that one the next; in the last one of the program
 * stands the line that a person looks for.  What asyncio does beneath it is of
 * no help, and differs by version. */
#include <string.h>

#include "base/buffer.h"
#include "base/format.h"
#include "heap/snapshot.h"
#include "heap/testimony.h"
#include "heap/word.h"

/* Coroutines that are named; of a longer chain the last one is, too. */
enum { NAMED = 5, MOST = 10000 };

struct chain {
    struct rg_buffer words;
    struct rg__frame last;
    size_t count;
};

/* The part of what was appended since `start` that follows the last `mark`. */
static void keep_behind(struct rg_buffer *words, size_t start, const char *mark)
{
    size_t size = strlen(mark);
    for (size_t at = words->size; at >= start + size; at--)
        if (memcmp(words->data + at - size, mark, size) == 0) {
            memmove(words->data + start, words->data + at, words->size - at);
            words->size -= at - start;
            return;
        }
}

static enum rg_status put_coroutine_name(struct rg_buffer *words,
                                         PyObject *coroutine)
{
    PyObject *name = rg__generator_qualname(coroutine);
    size_t start = words->size;
    enum rg_status status = name != NULL && PyUnicode_Check(name)
                                ? rg__word_str(name, words)
                                : rg_buffer_put(words, "coroutine");
    if (status == RG_OK)
        keep_behind(words, start, "<locals>.");
    return status;
}

static bool is_of_asyncio(const struct rg__snapshot *snapshot,
                          const struct rg__frame *frame)
{
    static const char package[] = "asyncio";
    const struct rg__namespace *module =
        rg__find_namespace(snapshot, frame->globals);
    if (module == NULL)
        return false;
    Py_ssize_t size = sizeof package - 1;
    Py_ssize_t length = PyUnicode_GET_LENGTH(module->name);
    for (Py_ssize_t i = 0; i < size; i++)
        if (length <= i ||
            PyUnicode_READ_CHAR(module->name, i) != (Py_UCS4)package[i])
            return false;
    return length == size || PyUnicode_READ_CHAR(module->name, size) == '.';
}

/* Names one coroutine, or counts it. */
static enum rg_status add_coroutine(struct chain *chain, PyObject *coroutine)
{
    enum rg_status status = RG_OK;
    if (++chain->count > NAMED)
        return RG_OK;
    if (chain->count > 1)
        status = rg_buffer_put(&chain->words, " > ");
    return status == RG_OK ? put_coroutine_name(&chain->words, coroutine)
                           : status;
}

static enum rg_status follow_awaits(const struct rg__snapshot *snapshot,
                                    PyObject *coroutine, struct chain *chain)
{
    struct rg__frame frame;
    PyObject *awaited, *last = NULL;
    enum rg_status status = RG_OK;
    while (status == RG_OK && coroutine != NULL && chain->count < MOST &&
           PyCoro_CheckExact(coroutine) &&
           rg__frame_of_generator(coroutine, &frame, &awaited)) {
        if (chain->count > 0 && is_of_asyncio(snapshot, &frame))
            break;
        status = add_coroutine(chain, coroutine);
        chain->last = frame;
        last = coroutine;
        coroutine = awaited;
    }
    if (status == RG_OK && chain->count > NAMED)
        status = rg_buffer_put(&chain->words, chain->count > NAMED + 1
                                                  ? " > \xe2\x80\xa6 > "
                                                  : " > ");
    if (status == RG_OK && chain->count > NAMED)
        status = put_coroutine_name(&chain->words, last);
    return status;
}

/* ` at app.py:40`: the last part of the file's name is enough beside the names,
 * and is never more than may be said of a file. */
static enum rg_status put_line(struct chain *chain)
{
    PyObject *file = chain->last.code->co_filename;
    char digits[16];
    if (chain->last.line == 0 || !PyUnicode_Check(file))
        return RG_OK;
    enum rg_status status = rg_buffer_put(&chain->words, " at ");
    size_t start = chain->words.size;
    if (status == RG_OK)
        status = rg__word_str(file, &chain->words);
    if (status == RG_OK)
        keep_behind(&chain->words, start, "/");
    rg_format(digits, sizeof digits, ":%d", chain->last.line);
    return status == RG_OK ? rg_buffer_put(&chain->words, digits) : status;
}

enum rg_status rg__awaiting(void *context, const struct rg_node *node,
                            struct rg_graph *graph, struct rg_text *text)
{
    const struct rg__testimony *testimony = context;
    struct chain chain = {0};
    PyObject *coroutine = (PyObject *)node->address;
    if (!rg__fits(testimony->snapshot, RG_MISFIT_FRAMES) || coroutine == NULL ||
        !PyCoro_CheckExact(coroutine))
        return RG_OK;
    enum rg_status status =
        follow_awaits(testimony->snapshot, coroutine, &chain);
    if (status == RG_OK && chain.count > 0)
        status = put_line(&chain);
    if (status == RG_OK)
        status = rg_graph_text(graph, chain.words.data, chain.words.size, text);
    rg_buffer_free(&chain.words);
    return status;
}
