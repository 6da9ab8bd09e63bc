/* place_words.c - places and objects as text
 *
 * A place reads like a Python expression, with `[*]` where many items are meant
 * and `*` behind what leads from like to like; an object's own path is one that can
 * be typed wherever Python has a way to say it.  Bytes of the program that
 * are not safe to show are the caller's concern. */
#include <string.h>

#include "graph/kind.h"
#include "survey/growing.h"

/* Shown of a longer path: its last ones. */
enum { MOST_STEPS = 64 };

static int put_chars(struct rg_buffer *out, const char *words)
{
    return rg_buffer_append(out, words, strlen(words));
}

static int put_survey_text(struct rg_buffer *out, const struct rg_texts *texts,
                           uint32_t text)
{
    return rg_buffer_append(out, rg_texts_data(texts, text),
                            rg_texts_size(texts, text));
}

/* As a str literal of Python. */
static int put_str_literal(struct rg_buffer *out, const char *data, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    int failed = put_chars(out, "'");
    for (size_t i = 0; failed == 0 && i < size; i++) {
        unsigned char byte = (unsigned char)data[i];
        if (byte == '\'' || byte == '\\') {
            const char escaped[] = {'\\', data[i]};
            failed = rg_buffer_append(out, escaped, sizeof escaped);
        } else if (byte < 0x20 || byte == 0x7f) {
            const char escaped[] = {'\\', 'x', digits[byte >> 4],
                                    digits[byte & 15]};
            failed = rg_buffer_append(out, escaped, sizeof escaped);
        } else {
            failed = rg_buffer_append(out, &data[i], 1);
        }
    }
    return failed == 0 ? put_chars(out, "'") : failed;
}

/* One step, of a place (`how` NULL) or of an object. */
struct step {
    uint32_t kind;
    const char *label;
    size_t size;
    const struct rg_dump_how *how;
    uint32_t position;
};

static int put_label(struct rg_buffer *out, const struct step *step)
{
    return rg_buffer_append(out, step->label, step->size);
}

/* `.<word label>`, or `.<word>`. */
static int put_in_angles(struct rg_buffer *out, const struct step *step,
                         const char *word)
{
    int failed = put_chars(out, ".<") < 0 || put_chars(out, word) < 0;
    if (failed == 0 && step->size > 0)
        failed = (word[0] != '\0' && put_chars(out, " ") < 0) ||
                 put_label(out, step) < 0;
    return failed != 0 ? -1 : put_chars(out, ">");
}

/* What stands in brackets: the label with them, the key without. */
static int put_key(struct rg_buffer *out, const struct step *step)
{
    const char *label = step->label;
    size_t size = step->size;
    bool is_str = step->how == NULL || step->how->key_type == RG_KEY_STR;
    bool is_object = step->how != NULL && step->how->key_type == RG_KEY_OBJECT;
    if (size >= 2 && label[0] == '[') {
        label++;
        size -= 2;
    }
    if (put_chars(out, is_object ? "[<key " : "[") < 0)
        return -1;
    if (is_str ? put_str_literal(out, label, size)
               : rg_buffer_append(out, label, size))
        return -1;
    return put_chars(out, is_object ? ">]" : "]");
}

static int put_position(struct rg_buffer *out, uint32_t number)
{
    char digits[12];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return rg_buffer_append(out, digits + at, sizeof digits - at);
}

static int put_item_step(struct rg_buffer *out, const struct step *step)
{
    if (step->how != NULL && step->how->kind == RG_INDEX)
        return put_chars(out, "[") < 0 || put_position(out, step->position) < 0
                   ? -1
                   : put_chars(out, "]");
    if (step->how == NULL && step->size == 0)
        return put_chars(out, "[*]");
    return put_key(out, step);
}

static int put_step(struct rg_buffer *out, const struct step *step)
{
    switch (step->kind) {
    case RG_ITEM:
    case RG_INDEX:
        return put_item_step(out, step);
    case RG_ATTRIBUTE:
    case RG_CLASS_ATTRIBUTE:
    case RG_MEMBER:
    case RG_THREAD_LOCAL:
    case RG_GLOBAL:
    case RG_MODULE_VARIABLE:
        if (memchr(step->label, ' ', step->size) != NULL)
            return put_in_angles(out, step, "");
        return put_chars(out, ".") < 0 ? -1 : put_label(out, step);
    case RG_CLOSURE:
        return put_in_angles(out, step, "closure");
    case RG_DEFAULT:
        return put_in_angles(out, step, "default");
    case RG_GENERATOR_LOCAL:
    case RG_COROUTINE_LOCAL:
    case RG_ASYNC_LOCAL:
    case RG_FRAME_LOCAL:
        return put_in_angles(out, step, "local");
    case RG_CONTEXT_VARIABLE:
        return put_in_angles(out, step, "context variable");
    case RG_THREAD_STATE:
    case RG_INTERPRETER:
        return put_in_angles(out, step, "");
    case RG_INSTANCE:
        return put_chars(out, ".__class__");
    case RG_KEY:
        return put_chars(out, ".<key>");
    case RG_SET_MEMBER:
        return put_chars(out, ".<member>");
    case RG_TEMPORARY:
        return put_chars(out, ".<value in use>");
    case RG_RUNNING:
        return put_chars(out, ".<running function>");
    default:
        return put_chars(out, ".<inside>");
    }
}

/* Roots */

static int put_root(struct rg_buffer *out, uint32_t kind, const char *label,
                    size_t size)
{
    switch (kind) {
    case RG_PLACE_MODULE:
        return rg_buffer_append(out, label, size);
    case RG_PLACE_TABLE:
        return put_chars(out, "<interpreter>");
    case RG_PLACE_THREAD:
        return put_chars(out, "<thread>");
    case RG_PLACE_FRAME:
        return rg_buffer_append(out, label, size) < 0 ? -1
                                                      : put_chars(out, "()");
    default:
        return put_chars(out, "<C code>");
    }
}

/* A variable of a running function is told by its name, and the function
 * behind it. */
static bool begins_in_frame(const struct rg_survey *survey, uint32_t place)
{
    while (survey->places[place].parent != RG_NONE)
        place = survey->places[place].parent;
    return survey->places[place].kind == RG_PLACE_FRAME;
}

static int put_place_step(struct rg_buffer *out, const struct rg_survey *survey,
                          uint32_t place, bool first_in_frame)
{
    const struct rg__place *at = &survey->places[place];
    const struct step step = {.kind = at->kind,
                              .label = rg_texts_data(&survey->texts, at->label),
                              .size = rg_texts_size(&survey->texts, at->label)};
    if (at->kind >= RG_KIND_COUNT)
        return put_root(out, at->kind, step.label, step.size);
    int failed = first_in_frame && at->kind == RG_LOCAL ? put_label(out, &step)
                                                        : put_step(out, &step);
    return failed == 0 && at->period > 0 ? put_chars(out, "*") : failed;
}

static int put_frame(struct rg_buffer *out, const struct rg_survey *survey,
                     uint32_t root)
{
    return put_chars(out, " in ") < 0 ||
                   put_survey_text(out, &survey->texts,
                                   survey->places[root].label) < 0
               ? -1
               : put_chars(out, "()");
}

enum rg_status rg__put_path(const struct rg_survey *survey, uint32_t place,
                            uint32_t above, struct rg_buffer *out)
{
    /* From the last step up to the first, and the first ones first: the depth is
     * counted, and the way walked again for each; paths are short, and what is
     * long was merged. */
    size_t depth = 0, skipped;
    uint32_t root = place;
    for (uint32_t at = place; at != RG_NONE && at != above;
         at = survey->places[at].parent) {
        root = at;
        depth++;
    }
    bool in_frame = survey->places[root].parent == RG_NONE && depth > 1 &&
                    begins_in_frame(survey, place);
    skipped = in_frame ? 1 : 0;
    if (depth > MOST_STEPS) {
        skipped = depth - MOST_STEPS;
        if (put_chars(out, "\xe2\x80\xa6") < 0)
            return RG_ENOMEM;
    }
    for (; skipped < depth; skipped++) {
        uint32_t at = place;
        for (size_t i = skipped + 1; i < depth; i++)
            at = survey->places[at].parent;
        if (put_place_step(out, survey, at, in_frame && skipped == 1) < 0)
            return RG_ENOMEM;
    }
    if (in_frame && put_frame(out, survey, root) < 0)
        return RG_ENOMEM;
    return RG_OK;
}

enum rg_status rg_survey_path(const struct rg_survey *survey, uint32_t place,
                              uint32_t above, struct rg_buffer *out)
{
    return rg__put_path(survey, place, above, out);
}

/* Objects */

static struct step step_to(const struct rg__look *look, uint32_t via)
{
    const struct rg_dump *dump = look->dump;
    const struct rg_dump_how *how = rg_dump_how_of(dump, via);
    bool is_position = how->kind == RG_INDEX && how->mode == RG_DUMP_TOLD &&
                       how->flags & RG_DUMP_REAL;
    struct step step = {.kind = how->kind,
                        .how = how,
                        .label = "",
                        .position = is_position ? dump->label[via] : 0};
    if (!is_position && !(how->flags & RG_DUMP_BARE)) {
        step.label = rg_texts_data(&dump->texts, dump->label[via]);
        step.size = rg_texts_size(&dump->texts, dump->label[via]);
    }
    return step;
}

static uint32_t root_node_of(const struct rg__look *look, uint32_t node,
                             size_t *depth)
{
    *depth = 1;
    for (uint32_t above; (above = rg__owner_of(look, node)) != RG_NONE;
         node = above)
        ++*depth;
    return node;
}

/* What C code holds is told by who that is, as far as it shows. */
static int put_object_root(struct rg_buffer *out,
                           const struct rg_survey *survey,
                           const struct rg__look *look, uint32_t node)
{
    const struct rg__place *place = &survey->places[look->place[node]];
    const struct rg_dump *dump = look->dump;
    for (size_t i = 0; place->kind == RG_PLACE_NATIVE && i < dump->native_count;
         i++)
        if (dump->natives[i].node == node)
            return put_chars(out, "<C code of ") < 0 ||
                           put_survey_text(out, &dump->texts,
                                           dump->natives[i].holder) < 0
                       ? -1
                       : put_chars(out, ">");
    return put_root(out, place->kind,
                    rg_texts_data(&survey->texts, place->label),
                    rg_texts_size(&survey->texts, place->label));
}

/* The way to an object, but for the frame that it begins in: *frame, a place. */
static int put_object_path(const struct rg_survey *survey, size_t look,
                           uint32_t node, struct rg_buffer *out,
                           uint32_t *frame)
{
    const struct rg__look *at = &survey->looks[look];
    uint32_t chain[MOST_STEPS];
    size_t depth, count = 0;
    uint32_t root = root_node_of(at, node, &depth);
    const struct rg__place *place = &survey->places[at->place[root]];
    bool in_frame = place->kind == RG_PLACE_FRAME && depth > 1;
    *frame = in_frame ? at->place[root] : RG_NONE;
    for (uint32_t n = node; n != root && count < MOST_STEPS;
         n = rg__owner_of(at, n))
        chain[count++] = n;
    if (!in_frame && put_object_root(out, survey, at, root) < 0)
        return -1;
    if (depth - 1 > count && put_chars(out, "\xe2\x80\xa6") < 0)
        return -1;
    for (size_t i = count; i-- > 0;) {
        struct step step = step_to(at, at->via[chain[i]]);
        bool is_first = i + 1 == count && depth - 1 == count;
        if (in_frame && is_first && step.kind == RG_LOCAL
                ? put_label(out, &step) < 0
                : put_step(out, &step) < 0)
            return -1;
    }
    return 0;
}

enum rg_status rg_growth_path(const struct rg_survey *survey,
                              const struct rg_growth_row *row,
                              struct rg_buffer *out)
{
    size_t look = survey->look_count - 1;
    uint32_t frame = RG_NONE;
    bool has_child = row->sign == RG_GROWTH_CHILDREN;
    /* A variable of a running function has the function behind it. */
    bool is_variable =
        has_child && survey->places[row->place].kind == RG_PLACE_FRAME;
    if (row->common == RG_NONE || is_variable)
        return rg__put_path(survey, has_child ? row->child : row->place,
                            RG_NONE, out);
    if (put_object_path(survey, look, row->common, out, &frame) < 0)
        return RG_ENOMEM;
    uint32_t above = survey->looks[look].place[row->common];
    enum rg_status status = above == row->place
                                ? RG_OK
                                : rg__put_path(survey, row->place, above, out);
    if (status == RG_OK && has_child)
        status = rg__put_path(survey, row->child, row->place, out);
    if (status == RG_OK && frame != RG_NONE &&
        put_frame(out, survey, frame) < 0)
        status = RG_ENOMEM;
    return status;
}

enum rg_status rg_growth_newest(const struct rg_survey *survey,
                                const struct rg_growth_row *row,
                                struct rg_buffer *out)
{
    size_t look = survey->look_count - 1;
    uint32_t frame = RG_NONE;
    bool is_item = row->newest_via != RG_NONE;
    if (row->newest == RG_NONE)
        return RG_OK;
    if (put_object_path(survey, look, is_item ? row->newest_owner : row->newest,
                        out, &frame) < 0)
        return RG_ENOMEM;
    if (is_item) {
        struct step step = step_to(&survey->looks[look], row->newest_via);
        if (put_step(out, &step) < 0)
            return RG_ENOMEM;
    }
    return frame != RG_NONE && put_frame(out, survey, frame) < 0 ? RG_ENOMEM
                                                                 : RG_OK;
}
