/* The ledger of a target: its references, counted by what they are. */
#include "render/why_parts.h"

#include "render/label.h"

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
    [RG_GREENLET_LOCAL] = {"greenlet local", "greenlet locals"},
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

static void write_entry(struct rg_sink *sink, const struct rg_entry *entry,
                        uint64_t count, bool is_first)
{
    const struct words *words =
        entry->flags & RG_ENTRY_LEFT_OUT ? &left_out : &kind_words[entry->kind];
    rg_sink_text(sink, is_first ? " = " : " + ");
    rg__explain_counted(sink, count, words->one, words->many);
    if (entry->flags & RG_ENTRY_CALLER)
        rg_sink_text(sink, " of the caller");
    if (entry->flags & RG_ENTRY_PROBABLE)
        rg_sink_text(sink, " (probably)");
}

/* The entries of one target, in their order; those that read alike are added
 * up where the first of them stands. */
static uint64_t write_entries(struct rg_sink *sink,
                              const struct rg_graph *graph, uint32_t target)
{
    uint64_t counts[RG_KIND_COUNT][RG_ENTRY_FLAGS + 1] = {{0}}, total = 0;
    size_t first = rg__explain_first_of(graph, target, false), end;
    for (end = first;
         end < graph->entry_count && graph->entries[end].target == target;
         end++) {
        const struct rg_entry *entry = &graph->entries[end];
        counts[rg_kind_reads_as((enum rg_kind)entry->kind)][entry->flags] +=
            entry->count;
    }
    for (size_t i = first; i < end; i++) {
        const struct rg_entry *entry = &graph->entries[i];
        uint64_t *count =
            &counts[rg_kind_reads_as((enum rg_kind)entry->kind)][entry->flags];
        if (*count == 0)
            continue; /* told with one before */
        write_entry(sink, entry, *count, total == 0);
        total += *count;
        *count = 0;
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
