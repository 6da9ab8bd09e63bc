/* Names: what a person would type or say for a reference. */
#include "render/label.h"

#include <inttypes.h>
#include <string.h>

#include "base/format.h"
#include "render/quote.h"

#define ELLIPSIS "\xe2\x80\xa6"

/* The words of a name, wherever they come from. */
struct words {
    enum rg_kind kind;
    enum rg_key_type key_type;
    struct rg_text owner;
    const char *label; /* NULL: an ellipsis stands for it */
    size_t label_size;
    uint64_t number;
};

static void write_label(struct rg_sink *sink, const struct words *words,
                        size_t width)
{
    if (words->label == NULL)
        rg_sink_text(sink, ELLIPSIS);
    else
        rg_label_safe(sink, words->label, words->label_size, width,
                      RG_ELIDE_MIDDLE);
}

/* `<Key object>` takes its brackets and word out of the width. */
static void write_key_object(struct rg_sink *sink, const struct words *words,
                             size_t width)
{
    size_t around = strlen("< object>");
    rg_sink_text(sink, "<");
    write_label(sink, words, width > around ? width - around : 1);
    rg_sink_text(sink, " object>");
}

/* `<class Plugin>` */
static void write_named_key(struct rg_sink *sink, const struct words *words,
                            size_t width)
{
    rg_sink_text(sink, "<");
    write_label(sink, words, width > 2 ? width - 2 : 1);
    rg_sink_text(sink, ">");
}

static void write_key_words(struct rg_sink *sink, const struct words *words)
{
    if (words->label == NULL)
        rg_sink_text(sink, ELLIPSIS);
    else if (words->kind == RG_INDEX)
        rg_sink_format(sink, "%" PRIu64, words->number);
    else if (words->key_type == RG_KEY_OBJECT)
        write_key_object(sink, words, RG_LABEL_TREE_WIDTH);
    else if (words->key_type == RG_KEY_NAMED)
        write_named_key(sink, words, RG_LABEL_TREE_WIDTH);
    else
        write_label(sink, words, RG_LABEL_TREE_WIDTH);
}

/* How the name of a kind is put together, before its suffix. */
enum shape { DOTTED, BRACKETED, OWNER_ONLY, LABEL_ONLY, COLON };

static enum shape shape_of(enum rg_kind kind)
{
    switch (kind) {
    case RG_ITEM:
    case RG_INDEX:
        return BRACKETED;
    case RG_KEY:
    case RG_SET_MEMBER:
    case RG_INSTANCE:
    case RG_WEAK:
    case RG_UNNAMED:
    case RG_TEMPORARY:
    case RG_RUNNING:
        return OWNER_ONLY;
    case RG_CONTEXT_VARIABLE:
    case RG_INTERPRETER:
        return LABEL_ONLY;
    case RG_THREAD_STATE:
        return COLON;
    default:
        return DOTTED;
    }
}

static void write_owner(struct rg_sink *sink, const struct rg_graph *graph,
                        const struct words *words)
{
    rg_label_text(sink, graph, words->owner, RG_LABEL_NAME_WIDTH);
}

/* Owner and label with `between` them; a missing one takes it along. */
static void write_joined(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct words *words, const char *between)
{
    bool has_label = words->label == NULL || words->label_size != 0;
    write_owner(sink, graph, words);
    if (words->owner.size != 0 && has_label)
        rg_sink_text(sink, between);
    write_label(sink, words, RG_LABEL_NAME_WIDTH);
}

static void write_name(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct words *words)
{
    switch (shape_of(words->kind)) {
    case DOTTED:
        write_joined(sink, graph, words, ".");
        break;
    case COLON:
        write_joined(sink, graph, words, ": ");
        break;
    case BRACKETED:
        write_owner(sink, graph, words);
        rg_sink_text(sink, "[");
        write_key_words(sink, words);
        rg_sink_text(sink, "]");
        break;
    case OWNER_ONLY:
        write_owner(sink, graph, words);
        break;
    case LABEL_ONLY:
        write_label(sink, words, RG_LABEL_NAME_WIDTH);
        break;
    }
    const char *suffix = rg_kind_words(words->kind)->suffix;
    if (suffix[0] != '\0')
        rg_sink_text(sink, " ");
    rg_sink_text(sink, suffix);
}

static struct words reference_words(const struct rg_graph *graph,
                                    const struct rg_reference *reference)
{
    return (struct words){
        .kind = reference->kind,
        .key_type = reference->key_type,
        .owner = reference->owner,
        .label = rg_graph_bytes(graph, reference->label),
        .label_size = reference->label.size,
        .number = reference->number,
    };
}

void rg_label_name(struct rg_sink *sink, const struct rg_graph *graph,
                   const struct rg_reference *reference)
{
    struct words words = reference_words(graph, reference);
    write_name(sink, graph, &words);
}

void rg_label_many(struct rg_sink *sink, const struct rg_graph *graph,
                   const struct rg_reference *reference)
{
    struct words words = reference_words(graph, reference);
    words.label = NULL;
    write_name(sink, graph, &words);
}

void rg_label_rest(struct rg_sink *sink, const struct rg_graph *graph,
                   const struct rg_rest *rest)
{
    struct words words = {
        .kind = rest->kind,
        .key_type = rest->key_type,
        .owner = rest->owner,
    };
    if (shape_of(words.kind) != BRACKETED &&
        rg_text_is_same(rest->first, rest->last)) {
        words.label = rg_graph_bytes(graph, rest->first);
        words.label_size = rest->first.size;
    }
    rg_sink_text(sink, ELLIPSIS " ");
    rg_label_count(sink, rest->count);
    rg_sink_text(sink, " more ");
    write_name(sink, graph, &words);
}

void rg_label_unseen(struct rg_sink *sink, const struct rg_graph *graph,
                     enum rg_unseen unseen)
{
    static const char *const many[] = {
        [RG_UNSEEN_COLLECTING] = "objects under collection",
        [RG_UNSEEN_FROZEN] = "frozen objects",
    };
    static const char *const one[] = {
        [RG_UNSEEN_COLLECTING] = "object under collection",
        [RG_UNSEEN_FROZEN] = "frozen object",
    };
    int64_t count = graph->unseen[unseen];
    if (count > 0) {
        rg_label_count(sink, (uint64_t)count);
        rg_sink_text(sink, " ");
    }
    rg_sink_text(sink, count == 1 ? one[unseen] : many[unseen]);
    rg_sink_text(sink, " may be missing");
}

void rg_label_object_limit(struct rg_sink *sink, const struct rg_graph *graph)
{
    rg_sink_text(sink, "limit of ");
    rg_label_count(sink, graph->left_out.limit);
    rg_sink_text(sink, graph->left_out.limit == 1 ? " object reached"
                                                  : " objects reached");
}

void rg_label_left_out(struct rg_sink *sink, const struct rg_graph *graph)
{
    rg_label_count(sink, graph->left_out.objects);
    rg_sink_text(sink, graph->left_out.objects == 1
                           ? " more object refers to these"
                           : " more objects refer to these");
}

void rg_label_count(struct rg_sink *sink, uint64_t count)
{
    char digits[sizeof "18446744073709551615"];
    int size = rg_format(digits, sizeof digits, "%" PRIu64, count);
    for (int i = 0; i < size; i++) {
        if (i != 0 && (size - i) % 3 == 0)
            rg_sink_text(sink, ",");
        rg_sink_write(sink, digits + i, 1);
    }
}

/* `word label`, or `plain` when no one knows the label. */
static void write_slot(struct rg_sink *sink, const struct words *words,
                       const char *word, const char *plain)
{
    rg_sink_text(sink, words->label_size != 0 ? word : plain);
    write_label(sink, words, RG_LABEL_NAME_WIDTH);
}

static void write_item_step(struct rg_sink *sink, const struct words *words,
                            size_t width)
{
    rg_sink_text(sink, "[");
    if (words->key_type == RG_KEY_STR)
        rg__label_quoted(sink, words->label, words->label_size, width);
    else if (words->key_type == RG_KEY_OBJECT)
        write_key_object(sink, words, width);
    else if (words->key_type == RG_KEY_NAMED)
        write_named_key(sink, words, width);
    else
        write_label(sink, words, width);
    rg_sink_text(sink, "]");
}

static void write_plain_step(struct rg_sink *sink, const struct words *words,
                             size_t width)
{
    switch (words->kind) {
    case RG_ATTRIBUTE:
    case RG_CLASS_ATTRIBUTE:
    case RG_MEMBER:
    case RG_THREAD_LOCAL:
        rg_sink_text(sink, ".");
        write_label(sink, words, RG_LABEL_NAME_WIDTH);
        break;
    case RG_ITEM:
        write_item_step(sink, words, width);
        break;
    case RG_INDEX:
        rg_sink_format(sink, "[%" PRIu64 "]", words->number);
        break;
    case RG_KEY:
        rg_sink_text(sink, "key");
        break;
    case RG_SET_MEMBER:
        rg_sink_text(sink, "member");
        break;
    case RG_CLOSURE:
        write_slot(sink, words, "closure ", "closure");
        break;
    case RG_DEFAULT:
        write_slot(sink, words, "default ", "default arg");
        break;
    case RG_CONTEXT_VARIABLE:
        write_slot(sink, words, "context ", "context");
        break;
    case RG_GENERATOR_LOCAL:
    case RG_COROUTINE_LOCAL:
    case RG_ASYNC_LOCAL:
    case RG_GREENLET_LOCAL:
    case RG_FRAME_LOCAL:
    case RG_LOCAL:
        write_slot(sink, words, "local ", "local");
        break;
    case RG_INSTANCE:
        rg_sink_text(sink, ".__class__");
        break;
    case RG_WEAK:
        rg_sink_text(sink, "weak");
        break;
    case RG_TEMPORARY:
        rg_sink_text(sink, "temporary");
        break;
    case RG_RUNNING:
        rg_sink_text(sink, "running");
        break;
    case RG_GLOBAL:
    case RG_MODULE_VARIABLE:
    case RG_THREAD_STATE:
    case RG_INTERPRETER:
        write_label(sink, words, RG_LABEL_NAME_WIDTH);
        break;
    case RG_UNNAMED:
    case RG_KIND_COUNT:
        rg_sink_text(sink, "via C");
        break;
    }
}

void rg_label_step(struct rg_sink *sink, const struct rg_graph *graph,
                   const struct rg_reference *reference, size_t width)
{
    struct words words = reference_words(graph, reference);
    write_plain_step(sink, &words, width);
}

void rg_label_many_steps(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_reference *reference)
{
    struct words words = reference_words(graph, reference);
    words.label = NULL;
    if (shape_of(words.kind) == BRACKETED)
        rg_sink_text(sink, "[" ELLIPSIS "]");
    else
        write_plain_step(sink, &words, RG_LABEL_TREE_WIDTH);
}
