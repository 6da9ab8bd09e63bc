#include "dump/find.h"

#include <string.h>

#include "base/alloc.h"
#include "dump/file_format.h"
#include "graph/graph.h"

/* Adds those that the collector knows, or those that it does not. */
static void gather(const struct rg_dump *dump, const bool *wanted,
                   bool untracked, size_t most, uint32_t *nodes, size_t *count)
{
    for (uint32_t n = (uint32_t)dump->node_count; n-- > 0;) {
        bool is_untracked =
            rg_dump_about_of(dump, n)->flags & RG_DUMP_UNTRACKED;
        if (!rg_dump_is_object(dump, n) || !wanted[dump->about[n]] ||
            is_untracked != untracked)
            continue;
        if (*count < most)
            nodes[*count] = n;
        ++*count;
    }
}

enum rg_status rg_dump_instances(const struct rg_dump *dump, const bool *wanted,
                                 size_t most, uint32_t **nodes,
                                 size_t *node_count, size_t *count)
{
    if (most > dump->node_count)
        most = dump->node_count;
    *nodes = rg_alloc(most, sizeof **nodes);
    *count = 0;
    if (*nodes == NULL)
        return RG_ENOMEM;
    gather(dump, wanted, false, most, *nodes, count);
    gather(dump, wanted, true, most, *nodes, count);
    *node_count = *count < most ? *count : most;
    return RG_OK;
}

uint32_t rg_dump_at(const struct rg_dump *dump, uint64_t address)
{
    for (uint32_t n = 0; n < dump->node_count; n++)
        if (dump->address[n] == address && rg_dump_is_object(dump, n))
            return n;
    return RG_NONE;
}

/* References */

static bool is_text_equal(const struct rg_dump *dump, uint32_t text,
                          const char *data, size_t size)
{
    return rg_texts_size(&dump->texts, text) == size &&
           (size == 0 ||
            memcmp(rg_texts_data(&dump->texts, text), data, size) == 0);
}

uint32_t rg_dump_module(const struct rg_dump *dump, const char *name,
                        size_t size)
{
    uint32_t group = rg_dump_group_node(dump, RG_DUMP_MODULES);
    for (size_t i = dump->first[group]; i < dump->first[group + 1]; i++)
        if (rg_dump_how_of(dump, i)->mode == RG_DUMP_BELOW &&
            is_text_equal(dump, dump->label[i], name, size) &&
            rg_dump_is_object(dump, dump->to[i]))
            return dump->to[i];
    return RG_NONE;
}

uint32_t rg_dump_position(const struct rg_dump *dump, uint32_t node,
                          uint32_t position)
{
    for (size_t i = dump->first[node]; i < dump->first[node + 1]; i++)
        if (rg__is_position(rg_dump_how_of(dump, i)) &&
            dump->label[i] == position)
            return dump->to[i];
    return RG_NONE;
}

uint32_t rg_dump_item(const struct rg_dump *dump, uint32_t node,
                      enum rg_key_type type, const char *key, size_t size)
{
    for (size_t i = dump->first[node]; i < dump->first[node + 1]; i++) {
        const struct rg_dump_how *how = rg_dump_how_of(dump, i);
        if (how->mode != RG_DUMP_TOLD || how->kind != RG_ITEM ||
            how->key_type != type || !(how->flags & RG_DUMP_BRACKETS) ||
            rg_texts_size(&dump->texts, dump->label[i]) != size + 2)
            continue;
        const char *label = rg_texts_data(&dump->texts, dump->label[i]);
        if (size == 0 || memcmp(label + 1, key, size) == 0)
            return dump->to[i];
    }
    return RG_NONE;
}

static bool is_attribute(const struct rg_dump_how *how)
{
    switch ((enum rg_kind)how->kind) {
    case RG_ATTRIBUTE:
    case RG_CLASS_ATTRIBUTE:
    case RG_MEMBER:
    case RG_THREAD_LOCAL:
    case RG_GLOBAL:
    case RG_MODULE_VARIABLE:
        return (how->mode == RG_DUMP_TOLD || how->mode == RG_DUMP_FOLDED) &&
               !(how->flags & (RG_DUMP_BARE | RG_DUMP_BRACKETS)) &&
               (how->key_type == RG_KEY_NONE || how->key_type >= RG_KEY_VARS);
    default:
        return false;
    }
}

static uint32_t find_attribute(const struct rg_dump *dump, uint32_t node,
                               const char *name, size_t size, bool of_class)
{
    for (size_t i = dump->first[node]; i < dump->first[node + 1]; i++) {
        const struct rg_dump_how *how = rg_dump_how_of(dump, i);
        if (is_attribute(how) &&
            is_text_equal(dump, dump->label[i], name, size) &&
            (!of_class || how->kind == RG_CLASS_ATTRIBUTE))
            return dump->to[i];
    }
    return RG_NONE;
}

uint32_t rg_dump_attribute(const struct rg_dump *dump, uint32_t node,
                           const char *name, size_t size)
{
    return find_attribute(dump, node, name, size, false);
}

uint32_t rg_dump_class_attribute(const struct rg_dump *dump, uint32_t node,
                                 const char *name, size_t size)
{
    return find_attribute(dump, node, name, size, true);
}

/* Classes */

/* Whether this is about a class of that name; its own name begins with the word
 * `class`. */
static bool is_class_named(const struct rg_dump *dump,
                           const struct rg_dump_about *class,
                           const struct rg_dump_about *object)
{
    static const char word[] = "class ";
    const struct rg_texts *texts = &dump->texts;
    size_t front = sizeof word - 1;
    size_t module = rg_texts_size(texts, object->module);
    size_t size = rg_texts_size(texts, object->qualname);
    size_t dot = module > 0 ? module + 1 : 0;
    const char *name = rg_texts_data(texts, class->name);
    return class->flags & RG_DUMP_CLASS && size > 0 &&
           rg_texts_size(texts, class->name) == front + dot + size &&
           memcmp(name, word, front) == 0 &&
           (module == 0 ||
            (memcmp(name + front, rg_texts_data(texts, object->module),
                    module) == 0 &&
             name[front + module] == '.')) &&
           memcmp(name + front + dot, rg_texts_data(texts, object->qualname),
                  size) == 0;
}

/* Objects of static types hold no reference to their class: it goes by its
 * name, where only one has that. */
static uint32_t named_class(const struct rg_dump *dump, uint32_t node)
{
    const struct rg_dump_about *object = rg_dump_about_of(dump, node);
    uint32_t found = RG_NONE;
    for (uint32_t i = 0; i < dump->about_count; i++) {
        if (!is_class_named(dump, &dump->abouts[i], object))
            continue;
        for (uint32_t n = 0; n < dump->node_count; n++) {
            if (dump->about[n] != i)
                continue;
            if (found != RG_NONE)
                return RG_NONE;
            found = n;
        }
    }
    return found;
}

uint32_t rg_dump_class(const struct rg_dump *dump, uint32_t node)
{
    for (size_t i = dump->first[node]; i < dump->first[node + 1]; i++)
        if (rg_dump_how_of(dump, i)->mode == RG_DUMP_TOLD &&
            rg_dump_how_of(dump, i)->kind == RG_INSTANCE)
            return dump->to[i];
    return named_class(dump, node);
}
