#include "render/explain.h"

#include <inttypes.h>
#include <string.h>

#include "render/expression.h"
#include "render/label.h"

enum { CUT_LINES = 6, NAMED_GROUPS = 8 };

struct words {
    const char *one, *many;
};

/* What the ledger calls references of a kind. */
static const struct words kind_words[RG_KIND_COUNT] = {
    [RG_ATTRIBUTE] = {"attribute", "attributes"},
    [RG_ITEM] = {"item", "items"},
    [RG_INDEX] = {"item", "items"},
    [RG_KEY] = {"key", "keys"},
    [RG_SET_MEMBER] = {"set member", "set members"},
    [RG_CLASS_ATTRIBUTE] = {"class attribute", "class attributes"},
    [RG_CLOSURE] = {"closure", "closures"},
    [RG_DEFAULT] = {"default argument", "default arguments"},
    [RG_MEMBER] = {"field", "fields"},
    [RG_CONTEXT_VARIABLE] = {"context variable", "context variables"},
    [RG_THREAD_LOCAL] = {"thread-local attribute", "thread-local attributes"},
    [RG_GENERATOR_LOCAL] = {"generator local", "generator locals"},
    [RG_COROUTINE_LOCAL] = {"coroutine local", "coroutine locals"},
    [RG_ASYNC_LOCAL] = {"async generator local", "async generator locals"},
    [RG_FRAME_LOCAL] = {"local of a kept frame", "locals of kept frames"},
    [RG_INSTANCE] = {"instance", "instances"},
    [RG_WEAK] = {"weak reference", "weak references"},
    [RG_UNNAMED] = {"field inside C objects", "fields inside C objects"},
    [RG_LOCAL] = {"local", "locals"},
    [RG_TEMPORARY] = {"value in use", "values in use"},
    [RG_RUNNING] = {"running function", "running functions"},
    [RG_GLOBAL] = {"module variable", "module variables"},
    [RG_MODULE_VARIABLE] = {"module variable", "module variables"},
    [RG_THREAD_STATE] = {"reference of a thread", "references of threads"},
    [RG_INTERPRETER] = {"reference of the interpreter",
                        "references of the interpreter"},
};

static const struct words left_out = {"in plumbing or excluded objects",
                                      "in plumbing or excluded objects"};

/* Items and module variables come in two kinds that read alike. */
static uint8_t reads_as(uint8_t kind)
{
    switch (kind) {
    case RG_INDEX: return RG_ITEM;
    case RG_GLOBAL: return RG_MODULE_VARIABLE;
    default: return kind;
    }
}

/* The first of the entries, or paths, of a target: both stand in the order of
 * the targets, of which there may be very many. */
static size_t first_of(const struct rg_graph *graph, uint32_t target,
                       bool of_paths)
{
    size_t low = 0, high = of_paths ? graph->path_count : graph->entry_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t there = of_paths ? graph->paths[middle].target
                                  : graph->entries[middle].target;
        if (there < target)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The next path of a kind; start with *at zero. */
static const struct rg_path *find_path(const struct rg_graph *graph,
                                       uint32_t target, enum rg_path_kind kind,
                                       size_t *at)
{
    if (*at == 0)
        *at = first_of(graph, target, true);
    for (; *at < graph->path_count && graph->paths[*at].target == target;
         ++*at)
        if (graph->paths[*at].kind == kind)
            return &graph->paths[(*at)++];
    return NULL;
}

static const struct rg_path *main_path(const struct rg_graph *graph,
                                       uint32_t target)
{
    size_t at = 0;
    return find_path(graph, target, RG_PATH_EMPHASISED, &at);
}

static void write_counted(struct rg_sink *sink, uint64_t count,
                          const char *one, const char *many)
{
    rg_label_count(sink, count);
    rg_sink_text(sink, " ");
    rg_sink_text(sink, count == 1 ? one : many);
}

static void write_path(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_path *path)
{
    rg_expression_short(sink, graph, path);
    rg_expression_place(sink, graph, path);
}

static void write_type(struct rg_sink *sink, const struct rg_graph *graph,
                       uint32_t target)
{
    rg_label_text(sink, graph, graph->objects[graph->targets[target]].type,
                  RG_LABEL_NAME_WIDTH);
}

/* The verdict */

static void write_named_roots(struct rg_sink *sink,
                              const struct rg_graph *graph, uint32_t target,
                              uint64_t count)
{
    const struct rg_path *path;
    uint64_t named = 0;
    size_t at = 0;
    while ((path = find_path(graph, target, RG_PATH_ROOT, &at)) != NULL) {
        rg_sink_text(sink, named == 0 ? ": " : ", ");
        write_path(sink, graph, path);
        named++;
    }
    if (named == 0 || named >= count)
        return;
    rg_sink_text(sink, " and ");
    rg_label_count(sink, count - named);
    rg_sink_text(sink, " more");
}

static void write_alive(struct rg_sink *sink, const struct rg_graph *graph,
                        uint32_t target)
{
    const struct rg_verdict *verdict = &graph->verdicts[target];
    rg_sink_text(sink, "alive");
    if (verdict->root_count == 0) {
        if (verdict->flags & RG_VERDICT_ON_STACK)
            rg_sink_text(sink, ": probably a value that a running function "
                               "is using");
        return;
    }
    rg_sink_text(sink, " through ");
    write_counted(sink, verdict->root_count, "root", "roots");
    write_named_roots(sink, graph, target, verdict->root_count);
}

static void write_unexplained(struct rg_sink *sink,
                              const struct rg_verdict *verdict)
{
    if (verdict->counted == 1) {
        rg_sink_text(sink, "its only reference");
        return;
    }
    rg_label_count(sink, verdict->unexplained);
    rg_sink_text(sink, " of its ");
    write_counted(sink, verdict->counted, "reference", "references");
}

static void write_native(struct rg_sink *sink, const struct rg_graph *graph,
                         uint32_t target)
{
    const struct rg_verdict *verdict = &graph->verdicts[target];
    rg_sink_text(sink, "held by native code: nothing visible explains ");
    if (verdict->unexplained == 0) {
        rg_sink_text(sink, "references to an object that leads to it");
        return;
    }
    write_unexplained(sink, verdict);
}

/* Who will free it, or why not. */
static void write_fate(struct rg_sink *sink, const struct rg_verdict *verdict)
{
    if (verdict->flags & RG_VERDICT_FROZEN)
        rg_sink_text(sink, "no collection frees it: gc.freeze() was called");
    else if (verdict->flags & RG_VERDICT_NATIVE_INSIDE)
        rg_sink_text(sink, "no collection frees it: native code refers into "
                           "the cycle");
    else if (verdict->flags & RG_VERDICT_SAVE_ALL)
        rg_sink_text(sink, "collections keep it in gc.garbage: "
                           "gc.DEBUG_SAVEALL is set");
    else if (verdict->flags & RG_VERDICT_NOT_AUTOMATIC)
        rg_sink_text(sink, "gc.disable() was called: only gc.collect() "
                           "frees it");
    else if (verdict->generation >= 0 && verdict->generation < 2)
        rg_sink_format(sink, "the next collection of generation %d frees it",
                       (int)verdict->generation);
    else
        rg_sink_text(sink, "the next full collection frees it");
}

static void write_cycle(struct rg_sink *sink, const struct rg_verdict *verdict)
{
    rg_sink_text(sink, "an unreachable cycle of ");
    write_counted(sink, verdict->cycle_objects, "object", "objects");
    rg_sink_text(sink, " holds it");
}

static void write_garbage(struct rg_sink *sink, const struct rg_graph *graph,
                          uint32_t target)
{
    rg_sink_text(sink, "garbage: only ");
    write_cycle(sink, &graph->verdicts[target]);
    rg_sink_text(sink, "; ");
    write_fate(sink, &graph->verdicts[target]);
}

static void write_only_you(struct rg_sink *sink, const struct rg_graph *graph,
                           uint32_t target)
{
    const struct rg_path *path = main_path(graph, target);
    rg_sink_text(sink, "held only by you: ");
    if (path == NULL)
        rg_sink_text(sink, "nothing but this call refers to it");
    else
        write_path(sink, graph, path);
}

static void write_unknown(struct rg_sink *sink, const struct rg_graph *graph,
                          uint32_t target)
{
    rg_sink_text(sink, "held by what was not looked at: ");
    rg_sink_text(sink,
                 graph->verdicts[target].flags & RG_VERDICT_TIMED_OUT
                     ? "the time ran out before the search was complete"
                     : "excluded objects lead to it (exclude_object_ids, or a "
                       "debugger's own)");
}

void rg_explain_verdict(struct rg_sink *sink, const struct rg_graph *graph,
                        uint32_t target)
{
    static void (*const write[])(struct rg_sink *, const struct rg_graph *,
                                 uint32_t) = {
        [RG_VERDICT_ALIVE] = write_alive,
        [RG_VERDICT_NATIVE] = write_native,
        [RG_VERDICT_GARBAGE] = write_garbage,
        [RG_VERDICT_ONLY_YOU] = write_only_you,
        [RG_VERDICT_UNKNOWN] = write_unknown,
    };
    if (target < graph->verdict_count)
        write[graph->verdicts[target].kind](sink, graph, target);
}

/* The ledger */

static void write_entry(struct rg_sink *sink, const struct rg_entry *entry,
                        uint64_t count, bool is_first)
{
    const struct words *words = entry->flags & RG_ENTRY_LEFT_OUT
                                    ? &left_out
                                    : &kind_words[entry->kind];
    rg_sink_text(sink, is_first ? " = " : " + ");
    write_counted(sink, count, words->one, words->many);
    if (entry->flags & RG_ENTRY_CALLER)
        rg_sink_text(sink, " of the caller");
    if (entry->flags & RG_ENTRY_PROBABLE)
        rg_sink_text(sink, " (probably)");
}

static bool are_alike(const struct rg_entry *a, const struct rg_entry *b)
{
    return a->flags == b->flags && reads_as(a->kind) == reads_as(b->kind);
}

/* The entries of one target; those that read alike are added up. */
static uint64_t write_entries(struct rg_sink *sink,
                              const struct rg_graph *graph, uint32_t target)
{
    uint64_t total = 0;
    size_t first = first_of(graph, target, false), end;
    for (end = first;
         end < graph->entry_count && graph->entries[end].target == target;)
        end++;
    for (size_t i = first; i < end; i++) {
        const struct rg_entry *entry = &graph->entries[i];
        bool is_known = false;
        uint64_t count = 0;
        for (size_t k = first; k < i; k++)
            is_known |= are_alike(&graph->entries[k], entry);
        for (size_t k = i; k < end; k++)
            if (are_alike(&graph->entries[k], entry))
                count += graph->entries[k].count;
        if (is_known)
            continue;
        write_entry(sink, entry, count, total == 0);
        total += count;
    }
    return total;
}

void rg_explain_ledger(struct rg_sink *sink, const struct rg_graph *graph,
                       uint32_t target)
{
    if (target >= graph->verdict_count)
        return;
    const struct rg_verdict *verdict = &graph->verdicts[target];
    bool is_counted =
        !(verdict->flags & (RG_VERDICT_IMMORTAL | RG_VERDICT_DEFERRED));
    if (verdict->flags & RG_VERDICT_IMMORTAL)
        rg_sink_text(sink, "not counted: it is immortal; found");
    else if (verdict->flags & RG_VERDICT_DEFERRED)
        rg_sink_text(sink, "not counted here: its count is deferred; found");
    else {
        rg_sink_text(sink, "counted ");
        rg_label_count(sink, verdict->counted);
    }
    uint64_t total = write_entries(sink, graph, target);
    if (is_counted && verdict->unexplained > 0) {
        rg_sink_text(sink, total == 0 ? " = " : " + ");
        rg_label_count(sink, verdict->unexplained);
        rg_sink_text(sink, " unexplained");
    }
    if (verdict->flags & RG_VERDICT_OVERCOUNTED)
        rg_sink_text(sink, ": more than were counted, so some hold no count");
}

/* The text */

static void begin_line(struct rg_sink *sink, const char *word)
{
    rg_sink_format(sink, "\n  %-9s", word);
}

/* What is true besides. */
static void write_clauses(struct rg_sink *sink, const struct rg_graph *graph,
                          uint32_t target)
{
    const struct rg_verdict *verdict = &graph->verdicts[target];
    uint32_t flags = verdict->flags;
    if (verdict->kind == RG_VERDICT_GARBAGE) {
        begin_line(sink, "then");
        write_fate(sink, verdict);
    }
    if (verdict->kind == RG_VERDICT_ALIVE && flags & RG_VERDICT_UNEXPLAINED) {
        begin_line(sink, "also");
        rg_sink_text(sink, "nothing visible explains ");
        write_unexplained(sink, verdict);
    }
    if (verdict->kind == RG_VERDICT_NATIVE && flags & RG_VERDICT_CYCLE) {
        begin_line(sink, "also");
        write_cycle(sink, verdict);
        rg_sink_text(sink, "; ");
        write_fate(sink, verdict);
    }
    if (verdict->kind != RG_VERDICT_ONLY_YOU && flags & RG_VERDICT_YOU) {
        begin_line(sink, "also");
        rg_sink_text(sink, "variables of the caller name it");
    }
    if (flags & RG_VERDICT_TIMED_OUT) {
        begin_line(sink, "but");
        rg_sink_text(sink, "the time ran out before the search was complete");
    }
}

static void write_natives(struct rg_sink *sink, const struct rg_graph *graph,
                          uint32_t target)
{
    for (size_t i = 0; i < graph->native_count; i++) {
        const struct rg_native *native = &graph->natives[i];
        if (native->object != graph->targets[target] ||
            native->holder.size == 0)
            continue;
        begin_line(sink, "holder");
        rg_sink_text(sink, "probably ");
        rg_label_text(sink, graph, native->holder, RG_LABEL_NAME_WIDTH);
        rg_sink_format(sink, " at offset %" PRIu64 ": its address stands in "
                             "that object's memory", native->offset);
    }
}

/* One reference to drop; what a frame holds goes when the frame ends. */
static void write_drop(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_path *path)
{
    write_path(sink, graph, path);
    uint8_t kind = graph->steps[path->first_step + path->step_count - 1].kind;
    if (kind == RG_TEMPORARY || kind == RG_RUNNING)
        rg_sink_text(sink, " (it goes when the function ends)");
}

static void write_cut(struct rg_sink *sink, const struct rg_graph *graph)
{
    const struct rg_path *path;
    uint32_t flags = graph->verdicts[0].flags;
    size_t at = 0, count = 0, more = 0;
    while ((path = find_path(graph, 0, RG_PATH_CUT, &at)) != NULL) {
        if (count == CUT_LINES) {
            more++;
            continue;
        }
        begin_line(sink, count == 0 ? "drop" : "and");
        write_drop(sink, graph, path);
        count++;
    }
    if (more > 0) {
        begin_line(sink, "and");
        write_counted(sink, more, "more reference", "more references");
    }
    if (flags & RG_VERDICT_CUT_TOO_LARGE) {
        begin_line(sink, "drop");
        rg_sink_text(sink, "more references than would make a list");
    }
    if (flags & RG_VERDICT_CUT_IMPOSSIBLE) {
        begin_line(sink, "drop");
        rg_sink_text(sink, "nothing: something that cannot be dropped holds it");
    }
}

static void write_retained(struct rg_sink *sink, const struct rg_graph *graph,
                           uint32_t target)
{
    for (size_t i = 0; i < graph->retained_count; i++) {
        const struct rg_retained *retained = &graph->retained[i];
        if (retained->object != graph->targets[target])
            continue;
        begin_line(sink, "frees");
        write_counted(sink, retained->bytes, "byte", "bytes");
        rg_sink_text(sink, " in ");
        write_counted(sink, retained->objects, "object", "objects");
    }
}

static void write_further(struct rg_sink *sink, const struct rg_graph *graph,
                          uint32_t target)
{
    const struct rg_path *path;
    size_t at = 0;
    while ((path = find_path(graph, target, RG_PATH_FURTHER, &at)) != NULL) {
        begin_line(sink, "also via");
        write_path(sink, graph, path);
    }
}

/* The line that says it all: the verdict, and the path that shows it. */
static void write_headline(struct rg_sink *sink, const struct rg_graph *graph,
                           uint32_t target)
{
    const struct rg_verdict *verdict = &graph->verdicts[target];
    const struct rg_path *path = main_path(graph, target);
    write_type(sink, graph, target);
    rg_sink_text(sink, " is ");
    if (verdict->kind == RG_VERDICT_GARBAGE) {
        rg_sink_text(sink, "garbage: only ");
        write_cycle(sink, verdict);
    } else if (verdict->kind != RG_VERDICT_ALIVE || path == NULL) {
        rg_explain_verdict(sink, graph, target);
    }
    if (verdict->kind != RG_VERDICT_ALIVE || path == NULL) {
        if (path != NULL && verdict->kind != RG_VERDICT_ONLY_YOU) {
            rg_sink_text(sink, ": ");
            write_path(sink, graph, path);
        }
        return;
    }
    rg_sink_text(sink, "alive: ");
    write_path(sink, graph, path);
    rg_sink_text(sink, " leads to it");
}

static void write_roots_line(struct rg_sink *sink, const struct rg_graph *graph,
                             uint32_t target)
{
    const struct rg_verdict *verdict = &graph->verdicts[target];
    if (verdict->kind != RG_VERDICT_ALIVE || verdict->root_count == 0)
        return;
    begin_line(sink, "through");
    write_counted(sink, verdict->root_count, "root", "roots");
    write_named_roots(sink, graph, target, verdict->root_count);
}

static void write_one(struct rg_sink *sink, const struct rg_graph *graph)
{
    write_headline(sink, graph, 0);
    write_clauses(sink, graph, 0);
    write_roots_line(sink, graph, 0);
    write_further(sink, graph, 0);
    write_cut(sink, graph);
    write_retained(sink, graph, 0);
    begin_line(sink, "refcount");
    rg_explain_ledger(sink, graph, 0);
    write_natives(sink, graph, 0);
    const struct rg_path *path = main_path(graph, 0);
    if (path != NULL) {
        begin_line(sink, "leak id");
        rg_explain_fingerprint(sink, graph, path);
    }
    if (!(graph->verdicts[0].flags & RG_VERDICT_EXPLAINED))
        rg_sink_text(sink, "\n  (further paths and what to drop: ask with "
                           "explain=True)");
}

/* Many targets */

static void write_how_many(struct rg_sink *sink, const struct rg_graph *graph)
{
    uint64_t counts[RG_VERDICT_KIND_COUNT] = {0};
    static const char *const words[RG_VERDICT_KIND_COUNT] = {
        [RG_VERDICT_ALIVE] = "alive",
        [RG_VERDICT_NATIVE] = "held by native code",
        [RG_VERDICT_GARBAGE] = "garbage",
        [RG_VERDICT_ONLY_YOU] = "held only by you",
        [RG_VERDICT_UNKNOWN] = "held by what was not looked at"};
    for (size_t i = 0; i < graph->verdict_count; i++)
        counts[graph->verdicts[i].kind]++;
    write_counted(sink, graph->target_count, "object: ", "objects: ");
    bool is_first = true;
    for (int kind = 0; kind < RG_VERDICT_KIND_COUNT; kind++) {
        if (counts[kind] == 0)
            continue;
        if (!is_first)
            rg_sink_text(sink, ", ");
        is_first = false;
        rg_label_count(sink, counts[kind]);
        rg_sink_text(sink, " ");
        rg_sink_text(sink, words[kind]);
    }
}

/* How many of the targets are of the type of this one. */
static uint64_t count_type(const struct rg_graph *graph, uint32_t target)
{
    struct rg_text type = graph->objects[graph->targets[target]].type;
    uint64_t count = 0;
    for (size_t i = 0; i < graph->target_count; i++) {
        struct rg_text other = graph->objects[graph->targets[i]].type;
        count += other.size == type.size &&
                 (type.size == 0 || other.offset == type.offset);
    }
    return count;
}

/* `2,009 of 2,011 Session go through app.REGISTRY.sessions`. */
static void write_group(struct rg_sink *sink, const struct rg_graph *graph,
                        const struct rg_path *path)
{
    uint64_t all = count_type(graph, path->target);
    rg_label_count(sink, path->target_count);
    rg_sink_text(sink, " of ");
    rg_label_count(sink, all > path->target_count ? all : path->target_count);
    rg_sink_text(sink, " ");
    write_type(sink, graph, path->target);
    rg_sink_text(sink, path->target_count == 1 ? " goes through "
                                               : " go through ");
    bool has_shared = path->shared_count > 0;
    rg_expression_start(sink, graph, path, has_shared ? path->shared_count
                                                      : path->step_count);
    rg_expression_place(sink, graph, path);
    if (!has_shared)
        rg_sink_text(sink, " and the like");
    rg_sink_text(sink, " (leak id ");
    rg_explain_fingerprint(sink, graph, path);
    rg_sink_text(sink, ")");
}

/* The largest group not written yet; RG_NONE when there is none. */
static size_t next_group(const struct rg_graph *graph, uint32_t below,
                         size_t after)
{
    size_t best = SIZE_MAX;
    uint32_t most = 0;
    for (size_t i = 0; i < graph->path_count; i++) {
        const struct rg_path *path = &graph->paths[i];
        if (path->kind != RG_PATH_EMPHASISED || path->target_count > below ||
            (path->target_count == below && i <= after && after != SIZE_MAX) ||
            path->target_count <= most)
            continue;
        best = i;
        most = path->target_count;
    }
    return best;
}

static void write_many(struct rg_sink *sink, const struct rg_graph *graph)
{
    uint32_t below = UINT32_MAX;
    size_t after = SIZE_MAX, written = 0, groups = 0;
    write_how_many(sink, graph);
    for (size_t i = 0; i < graph->path_count; i++)
        groups += graph->paths[i].kind == RG_PATH_EMPHASISED;
    while (written < NAMED_GROUPS) {
        size_t i = next_group(graph, below, after);
        if (i == SIZE_MAX)
            break;
        rg_sink_text(sink, "\n  ");
        write_group(sink, graph, &graph->paths[i]);
        below = graph->paths[i].target_count;
        after = i;
        written++;
    }
    if (groups > written) {
        rg_sink_text(sink, "\n  and ");
        write_counted(sink, groups - written, "other way", "other ways");
    }
    write_cut(sink, graph);
}

void rg_explain_text(struct rg_sink *sink, const struct rg_graph *graph)
{
    if (graph->verdict_count == 0)
        rg_sink_text(sink, graph->target_count == 0
                               ? "nothing was asked about"
                               : "this graph was made without answers");
    else if (graph->verdict_count == 1)
        write_one(sink, graph);
    else
        write_many(sink, graph);
}

/* The fingerprint */

/* FNV-1a (Fowler, Noll, Vo): the same on every machine and for ever. */
static uint64_t hash_bytes(uint64_t hash, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)data[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t hash_text(uint64_t hash, const struct rg_graph *graph,
                          struct rg_text text)
{
    hash = hash_bytes(hash, rg_graph_bytes(graph, text), text.size);
    return hash_bytes(hash, "|", 1);
}

/* Keys, positions and members say where in the data, not where in the code. */
static bool label_varies(uint8_t kind)
{
    return kind == RG_ITEM || kind == RG_INDEX || kind == RG_KEY ||
           kind == RG_SET_MEMBER;
}

void rg_explain_fingerprint(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg_path *path)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (uint32_t i = 0; i < path->step_count; i++) {
        const struct rg_step *step = &graph->steps[path->first_step + i];
        const char *token = rg_kind_words(reads_as(step->kind))->token;
        hash = hash_bytes(hash, token, strlen(token));
        hash = hash_text(hash, graph, step->owner);
        if (!label_varies(step->kind))
            hash = hash_text(hash, graph, step->label);
        hash = hash_text(hash, graph, step->type);
    }
    rg_sink_format(sink, "%016" PRIx64, hash);
}
