/* replay.c - the names of a dump, told as the readers told them */
#include "dump/answering.h"
#include "dump/file_format.h"
#include "graph/graph.h"

enum rg_status rg__graph_text(struct rg__answering *answering, uint32_t text,
                              struct rg_text *result)
{
    const struct rg_texts *texts = &answering->dump->texts;
    return rg_graph_text(answering->graph, rg_texts_data(texts, text),
                         rg_texts_size(texts, text), result);
}

/* Where the reading of one referrer stands. */
struct replay {
    struct rg__answering *answering;
    struct rg_reading *reading;
    uint32_t node;
    bool was_told;       /* the plumbing folded last is a target, */
    bool inner_was_told; /* and what was inside it */
};

static uintptr_t address_of(uint32_t node)
{
    return (uintptr_t)node << RG__NODE_SHIFT;
}

static bool is_target(const struct rg__answering *answering, uint32_t node)
{
    return rg_closure_node(&answering->closure, &answering->heap->table,
                           address_of(node)) < answering->target_count;
}

/* The root in the graph, made when it is met. */
static enum rg_status root_in_graph(struct rg__answering *answering,
                                    uint32_t number, uint32_t *root)
{
    const struct rg_dump_root *record = &answering->dump->roots[number];
    struct rg_root made = {.kind = (uint8_t)record->kind,
                           .line = record->line,
                           .inner = record->kind == RG_ROOT_FRAME ? number : 0};
    enum rg_status status = RG_OK;
    if (answering->roots[number] == RG_NONE) {
        status = rg__graph_text(answering, record->thread, &made.thread);
        if (status == RG_OK)
            status = rg__graph_text(answering, record->name, &made.name);
        if (status == RG_OK)
            status = rg__graph_text(answering, record->file, &made.file);
        if (status == RG_OK)
            status = rg_graph_add_root(answering->graph, &made,
                                       &answering->roots[number]);
    }
    *root = answering->roots[number];
    return status;
}

/* Labels */

static struct rg_word text_word(const struct rg__answering *answering,
                                uint32_t text)
{
    const struct rg_texts *texts = &answering->dump->texts;
    return (struct rg_word){.data = rg_texts_data(texts, text),
                            .size = rg_texts_size(texts, text)};
}

/* Characters; lone surrogates count like others. */
static uint64_t length_of(struct rg_word word)
{
    uint64_t count = 0;
    for (size_t i = 0; i < word.size; i++)
        count += ((unsigned char)word.data[i] & 0xc0) != 0x80;
    return count;
}

static uint64_t number_in(struct rg_word word)
{
    uint64_t number = 0;
    for (size_t i = 0; i < word.size && word.data[i] >= '0' &&
                       word.data[i] <= '9' && number < UINT32_MAX;
         i++)
        number = number * 10 + (uint64_t)(word.data[i] - '0');
    return number;
}

static void read_label(const struct rg__answering *answering,
                       const struct rg_dump_how *how, uint32_t label,
                       struct rg_named *named)
{
    named->number = how->number;
    if (rg__is_position(how)) {
        named->number = label;
        return;
    }
    if (how->flags & RG_DUMP_BARE)
        return;
    named->label = text_word(answering, label);
    if (how->flags & RG_DUMP_BRACKETS) {
        named->label.data++;
        named->label.size -= 2;
    }
    if (how->flags & RG_DUMP_MEASURED)
        named->number = length_of(named->label);
    if (how->kind == RG_INDEX) {
        named->number = number_in(named->label);
        named->label = (struct rg_word){0};
    }
}

/* References */

static enum rg_status tell_reference(struct replay *replay, size_t reference)
{
    struct rg__answering *answering = replay->answering;
    const struct rg_dump *dump = answering->dump;
    const struct rg_dump_how *how = rg_dump_how_of(dump, reference);
    struct rg_named named = {.referent = address_of(dump->to[reference]),
                             .through_plumbing = how->flags & RG_DUMP_THROUGH,
                             .kind = (enum rg_kind)how->kind,
                             .root = RG_NONE,
                             .key_type = (enum rg_key_type)how->key_type,
                             .owner = text_word(answering, how->owner)};
    enum rg_status status = RG_OK;
    if (!rg_reading_wants(replay->reading, named.referent))
        return RG_OK;
    read_label(answering, how, dump->label[reference], &named);
    if (how->root != RG_NONE)
        status = root_in_graph(answering, how->root, &named.root);
    return status == RG_OK ? rg_reading_named(replay->reading, &named) : status;
}

static void tell_folded(struct replay *replay, size_t reference)
{
    rg_reading_folded(replay->reading,
                      address_of(replay->answering->dump->to[reference]));
}

/* What a module holds that module_prefixes leaves out is not told. */
static bool is_left_out(const struct replay *replay,
                        const struct rg_dump_how *how)
{
    const struct rg__answering *answering = replay->answering;
    return how->root != RG_NONE && !answering->is_shown[how->root];
}

static bool is_replaced(const struct replay *replay,
                        const struct rg_dump_how *how)
{
    return how->flags & RG_DUMP_INSTEAD &&
           (replay->was_told || replay->inner_was_told);
}

static enum rg_status replay_one(struct replay *replay, size_t reference)
{
    const struct rg_dump *dump = replay->answering->dump;
    const struct rg_dump_how *how = rg_dump_how_of(dump, reference);
    bool is_told;
    switch (how->mode) {
    case RG_DUMP_TOLD:
        if (is_replaced(replay, how))
            return RG_OK;
        if (!is_left_out(replay, how))
            return tell_reference(replay, reference);
        tell_folded(replay, reference);
        return RG_OK;
    case RG_DUMP_FOLDED:
        replay->was_told = is_target(replay->answering, dump->to[reference]);
        replay->inner_was_told = false;
        if (replay->was_told)
            return tell_reference(replay, reference);
        tell_folded(replay, reference);
        return RG_OK;
    case RG_DUMP_SILENT:
        tell_folded(replay, reference);
        return RG_OK;
    case RG_DUMP_INNER:
        is_told = is_target(replay->answering, dump->to[reference]) &&
                  !(how->flags & RG_DUMP_INSTEAD && replay->was_told);
        if (how->flags & RG_DUMP_INSTEAD)
            replay->inner_was_told = is_told;
        return is_told ? tell_reference(replay, reference) : RG_OK;
    default:
        return RG_OK;
    }
}

/* The keys of a module's namespace are told with its variables. */
static bool hides_keys(const struct rg__answering *answering, uint32_t node)
{
    const struct rg_dump *dump = answering->dump;
    if (answering->query->all_modules ||
        !(rg_dump_about_of(dump, node)->flags & RG_DUMP_NAMESPACE))
        return false;
    for (size_t i = dump->first[node]; i < dump->first[node + 1]; i++) {
        uint32_t root = rg_dump_how_of(dump, i)->root;
        if (root != RG_NONE)
            return !answering->is_shown[root];
    }
    return false;
}

static enum rg_status read(void *context, const struct rg_node *referrer,
                           struct rg_reading *reading)
{
    struct rg__answering *answering = context;
    const struct rg_dump *dump = answering->dump;
    struct replay replay = {.answering = answering,
                            .reading = reading,
                            .node = rg__node_of(referrer)};
    bool no_keys = hides_keys(answering, replay.node);
    enum rg_status status = RG_OK;
    for (size_t i = dump->first[replay.node];
         status == RG_OK && i < dump->first[replay.node + 1]; i++)
        if (!no_keys || rg_dump_how_of(dump, i)->kind != RG_KEY)
            status = replay_one(&replay, i);
    return status;
}

/* Words about an object */

static enum rg_status describe_node(void *context, const struct rg_node *node,
                                    struct rg_graph *graph,
                                    struct rg_object *object)
{
    struct rg__answering *answering = context;
    const struct rg_dump *dump = answering->dump;
    uint32_t n = rg__node_of(node);
    const struct rg_dump_about *about = rg_dump_about_of(dump, n);
    (void)graph;
    if (node->address == 0)
        return RG_OK; /* a root: its own record describes it */
    object->id = dump->address[n];
    object->items = (int64_t)dump->items[n] - 1;
    if (about->flags & RG_DUMP_CLASS)
        object->flags |= RG_OBJECT_CLASS;
    if (node->role & RG_ROLE_SUSPENDED)
        object->flags |= RG_OBJECT_SUSPENDED;
    enum rg_status status =
        rg__graph_text(answering, about->type, &object->type);
    if (status == RG_OK)
        status = rg__graph_text(answering, about->qualname, &object->qualname);
    if (status == RG_OK)
        status = rg__graph_text(answering, about->module, &object->module);
    if (status == RG_OK)
        status = rg__graph_text(answering, about->detail, &object->detail);
    if (status == RG_OK && about->flags & RG_DUMP_WHO)
        status = rg__graph_text(answering, about->name, &object->who);
    if (status == RG_OK && answering->query->values && dump->has_values)
        status = rg__graph_text(answering, dump->value[n], &object->value);
    return status;
}

/* Weak references */

static enum rg_status visit_weak(struct rg__answering *answering,
                                 size_t reference, uint32_t from,
                                 rg_weak_fn visit, void *context)
{
    const struct rg_dump *dump = answering->dump;
    const struct rg_texts *texts = &dump->texts;
    char word[64];
    uint32_t owner = rg_dump_how_of(dump, reference)->owner;
    bool has_container =
        reference + 1 < dump->first[from + 1] &&
        rg_dump_how_of(dump, reference + 1)->mode == RG_DUMP_WEAK_OWNER;
    uint32_t referrer = has_container ? dump->to[reference + 1] : from;
    const struct rg_node node = {.address = address_of(referrer)};
    struct rg_finder finder;
    rg__finder(answering, &finder);
    if (finder.role(answering, &node) & RG_ROLE_HIDDEN)
        return RG_OK;
    size_t size = rg_texts_size(texts, owner);
    if (has_container || owner == rg_dump_about_of(dump, from)->type ||
        size >= sizeof word)
        return visit(context, address_of(referrer), NULL);
    for (size_t i = 0; i < size; i++)
        word[i] = rg_texts_data(texts, owner)[i];
    word[size] = '\0';
    return visit(context, address_of(referrer), word);
}

static enum rg_status weak(void *context, const struct rg_node *node,
                           rg_weak_fn visit, void *visit_context)
{
    struct rg__answering *answering = context;
    struct rg_dump_heap *heap = answering->heap;
    uint32_t n = rg__node_of(node);
    if (node->address == 0)
        return RG_OK;
    enum rg_status status = rg__list_weak(heap);
    for (uint32_t i = status == RG_OK ? heap->weak_first[n] : 0;
         status == RG_OK && i < heap->weak_first[n + 1]; i++)
        status = visit_weak(answering, heap->weak[i],
                            rg__dump_owner(answering->dump, heap->weak[i]),
                            visit, visit_context);
    return status;
}

void rg__namer(struct rg__answering *answering, struct rg_namer *namer)
{
    *namer = (struct rg_namer){.context = answering,
                               .read = read,
                               .describe = describe_node,
                               .poll = rg__answering_poll,
                               .weak = answering->query->weak ? weak : NULL};
}
