/* read_check.c - what is true of every dump
 *
 * Whoever works with a dump relies on it: places are in range, roots are where
 * roots may be, and no reference leads to what is no object. */
#include "dump/file_format.h"
#include "dump/ids.h"
#include "dump/read_parts.h"
#include "graph/graph.h"
#include "search/search.h"

static void expect(struct rg__file *file, bool condition, const char *what)
{
    if (!condition)
        rg__scan_fail(&file->scan, RG_EFORMAT, what);
}

static void poll_check(struct rg__file *file)
{
    if (file->scan.status == RG_OK)
        file->scan.status = rg_poll(file->scan.poll, 1);
}

static bool is_text(const struct rg__file *file, uint32_t text)
{
    return text < file->dump->texts.count;
}

static bool is_node(const struct rg__file *file, uint64_t node)
{
    return node < file->dump->node_count;
}

static bool is_synthetic(const struct rg_dump *dump, uint32_t node)
{
    return rg_dump_about_of(dump, node)->shape == RG_DUMP_SYNTHETIC;
}

static void check_abouts(struct rg__file *file)
{
    const struct rg_dump *dump = file->dump;
    for (size_t i = 0; i < dump->about_count; i++) {
        const struct rg_dump_about *about = &dump->abouts[i];
        expect(file,
               is_text(file, about->type) && is_text(file, about->qualname) &&
                   is_text(file, about->module) &&
                   is_text(file, about->detail) && is_text(file, about->name) &&
                   is_text(file, about->awaiting),
               "abouts");
        if (about->flags & RG_DUMP_ROOT)
            expect(file,
                   about->shape == RG_DUMP_SYNTHETIC &&
                       about->role & RG_ROLE_STOP,
                   "abouts");
    }
}

static void check_hows(struct rg__file *file)
{
    const struct rg_dump *dump = file->dump;
    for (size_t i = 0; i < dump->how_count; i++) {
        const struct rg_dump_how *how = &dump->hows[i];
        bool is_named = how->mode == RG_DUMP_TOLD ||
                        how->mode == RG_DUMP_FOLDED ||
                        how->mode == RG_DUMP_INNER;
        bool is_variable =
            is_named && rg_kind_words((enum rg_kind)how->kind)->is_variable;
        expect(file,
               is_text(file, how->owner) &&
                   is_variable == (how->root != RG_NONE) &&
                   (!is_variable || how->root < dump->root_count) &&
                   !(how->mode == RG_DUMP_BELOW && how->flags & RG_DUMP_REAL),
               "hows");
    }
}

static void check_few(struct rg__file *file)
{
    const struct rg_dump *dump = file->dump;
    for (size_t i = 0; i < dump->root_count; i++)
        expect(file,
               is_text(file, dump->roots[i].name) &&
                   is_text(file, dump->roots[i].thread) &&
                   is_text(file, dump->roots[i].file),
               "roots");
    for (size_t i = 0; i < dump->stack_count; i++)
        expect(file, is_node(file, dump->stacks[i].node), "stacks");
    for (size_t i = 0; i < dump->native_count; i++)
        expect(file,
               is_node(file, dump->natives[i].node) &&
                   is_text(file, dump->natives[i].holder),
               "natives");
    for (size_t i = 0; i < dump->bound_count; i++)
        expect(file,
               is_node(file, dump->bounds[i].node) &&
                   (i == 0 || dump->bounds[i - 1].node < dump->bounds[i].node),
               "bounds");
    expect(file, dump->caller == RG_NONE || is_node(file, dump->caller),
           "caller");
    expect(file,
           dump->caller_locals == RG_NONE || is_node(file, dump->caller_locals),
           "caller");
    expect(file, is_text(file, dump->python), "python");
}

/* What V8's fields had no room for. */
static void apply_moved(struct rg__file *file)
{
    const struct rg__list *moved = &file->moved, *big = &file->big;
    struct rg_dump *dump = file->dump;
    expect(file, moved->count % 2 == 0, "moved");
    for (size_t i = 0; i + 1 < moved->count; i += 2) {
        uint64_t node = moved->numbers[i], place = moved->numbers[i + 1];
        expect(file, is_node(file, node) && place <= INT32_MAX, "moved");
        if (file->scan.status == RG_OK)
            dump->address[node] =
                rg__address_moved(dump->address[node], (uint32_t)place);
    }
    expect(file, big->count % 2 == 0, "big");
    for (size_t i = 0; i + 1 < big->count; i += 2) {
        expect(file, is_node(file, big->numbers[i]), "big");
        if (file->scan.status == RG_OK)
            dump->bytes[big->numbers[i]] = big->numbers[i + 1];
    }
    for (size_t i = 0; i < file->spaces.count; i++)
        expect(file, file->spaces.numbers[i] < RG__SPACE_COUNT, "spaces");
}

static void apply_asides(struct rg__file *file)
{
    const struct rg__list *asides = &file->asides;
    struct rg_dump *dump = file->dump;
    expect(file, asides->count % 3 == 0, "asides");
    for (size_t i = 0; i + 2 < asides->count; i += 3) {
        const uint64_t *numbers = &asides->numbers[i];
        expect(file,
               numbers[0] < dump->stack_count &&
                   numbers[1] <= dump->stacks[numbers[0]].of_others &&
                   is_node(file, numbers[2]),
               "asides");
        if (file->scan.status != RG_OK)
            return;
        dump->stacks[numbers[0]].aside = (uint32_t)numbers[1];
        dump->stacks[numbers[0]].greenlet = (uint32_t)numbers[2];
    }
}

static void check_nodes(struct rg__file *file)
{
    const struct rg_dump *dump = file->dump;
    size_t count = dump->node_count;
    expect(file, count > RG_DUMP_GROUP_COUNT && is_synthetic(dump, 0), "nodes");
    for (size_t i = 0; file->scan.status == RG_OK && i < RG_DUMP_GROUP_COUNT;
         i++)
        expect(file, is_synthetic(dump, (uint32_t)(count - 1 - i)), "nodes");
    for (size_t i = 0; dump->has_values && i < count; i++)
        expect(file, is_text(file, dump->value[i]), "nodes");
}

/* `[label]`, where it should be that. */
static bool is_label(const struct rg__file *file, const struct rg_dump_how *how,
                     uint32_t label)
{
    const struct rg_texts *texts = &file->dump->texts;
    if (rg__is_position(how))
        return true;
    if (!is_text(file, label))
        return false;
    size_t size = rg_texts_size(texts, label);
    const char *data = rg_texts_data(texts, label);
    return !(how->flags & RG_DUMP_BRACKETS) ||
           (size >= 2 && data[0] == '[' && data[size - 1] == ']');
}

static void check_edges(struct rg__file *file)
{
    const struct rg_dump *dump = file->dump;
    for (uint32_t n = 0; file->scan.status == RG_OK && n < dump->node_count;
         n++)
        for (size_t i = dump->first[n]; i < dump->first[n + 1]; i++) {
            const struct rg_dump_how *how = rg_dump_how_of(dump, i);
            bool below = how->mode == RG_DUMP_BELOW;
            expect(file,
                   is_label(file, how, dump->label[i]) &&
                       (below ? is_synthetic(dump, n)
                              : !is_synthetic(dump, dump->to[i])),
                   "an edge");
            poll_check(file);
        }
}

void rg__read_check(struct rg__file *file)
{
    file->scan.is_read = true;
    check_abouts(file);
    check_hows(file);
    check_few(file);
    check_nodes(file);
    if (file->scan.status == RG_OK)
        apply_moved(file);
    if (file->scan.status == RG_OK)
        apply_asides(file);
    if (file->scan.status == RG_OK)
        check_edges(file);
}
