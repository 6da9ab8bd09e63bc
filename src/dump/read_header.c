#include <string.h>

#include "base/alloc.h"
#include "dump/file_format.h"
#include "dump/read_parts.h"
#include "dump/write.h"
#include "graph/graph.h"
#include "search/search.h"
#include "search/witness.h"

static const char *const node_fields[RG__NODE_FIELDS] = {
    "type",       "name",          "id",           "self_size",
    "edge_count", "trace_node_id", "detachedness", "about",
    "references", "space",         "items",        "value"};
static const char *const edge_fields[RG__EDGE_FIELDS] = {
    "type", "name_or_index", "to_node", "how"};

/* How many of `words` stand in the list that comes next; 0 when it has
 * anything else. */
static size_t read_words(struct rg__file *file, const char *const *words,
                         size_t count, const char *where)
{
    struct rg__scan *scan = &file->scan;
    bool first = true;
    size_t at = 0, all = 0;
    rg__scan_expect(scan, '[', where);
    while (rg__scan_next(scan, &first, ']', where)) {
        file->name.size = 0;
        rg__scan_string(scan, &file->name, where);
        at += at < count && rg__scan_is_name(&file->name, words[at]);
        all++;
    }
    return at == all ? at : 0;
}

static void read_meta(struct rg__file *file)
{
    struct rg__scan *scan = &file->scan;
    bool first = true;
    size_t nodes = 0, edges = 0;
    rg__scan_expect(scan, '{', "meta");
    while (rg__scan_next(scan, &first, '}', "meta")) {
        rg__scan_name(scan, &file->name, "meta");
        if (rg__scan_is_name(&file->name, "node_fields"))
            nodes =
                read_words(file, node_fields, RG__NODE_FIELDS, "node_fields");
        else if (rg__scan_is_name(&file->name, "edge_fields"))
            edges =
                read_words(file, edge_fields, RG__EDGE_FIELDS, "edge_fields");
        else
            rg__scan_skip(scan, "meta");
    }
    file->dump->has_values = nodes == RG__NODE_FIELDS;
    file->has_fields = nodes >= RG__NODE_FIELDS - 1 && edges == RG__EDGE_FIELDS;
}

/* Lists of numbers */

static void read_number_list(struct rg__file *file, struct rg__list *list,
                             const char *where)
{
    struct rg__scan *scan = &file->scan;
    bool first = true;
    rg__scan_expect(scan, '[', where);
    while (rg__scan_next(scan, &first, ']', where)) {
        void *numbers = list->numbers;
        if (rg_grow(&numbers, &list->capacity, list->count + 1,
                    sizeof *list->numbers) < 0) {
            rg__scan_fail(scan, RG_ENOMEM, where);
            return;
        }
        list->numbers = numbers;
        list->numbers[list->count++] = rg__scan_number(scan, UINT64_MAX, where);
    }
}

/* Records: so many numbers each, the last of which ends one.  A number is
 * within bounds that do not depend on what comes later; read_check.c has the
 * rest. */
struct record {
    struct rg__file *file;
    const char *name;
    bool first;
};

static struct record begin_record(struct rg__file *file, const char *name)
{
    rg__scan_expect(&file->scan, '[', name);
    return (struct record){.file = file, .name = name, .first = true};
}

static bool more(struct record *record)
{
    return rg__scan_next(&record->file->scan, &record->first, ']',
                         record->name);
}

/* The first number of a record, and those behind a comma. */
static uint32_t first_number(struct record *record, uint64_t most)
{
    return (uint32_t)rg__scan_number(&record->file->scan, most, record->name);
}

static uint32_t next_of(struct record *record, uint64_t most)
{
    rg__scan_expect(&record->file->scan, ',', record->name);
    return first_number(record, most);
}

static uint64_t next_long(struct record *record)
{
    rg__scan_expect(&record->file->scan, ',', record->name);
    return rg__scan_number(&record->file->scan, UINT64_MAX, record->name);
}

static uint32_t next_place_number(struct record *record)
{
    rg__scan_expect(&record->file->scan, ',', record->name);
    return (uint32_t)rg__scan_place(&record->file->scan, RG_NONE - 1,
                                    record->name);
}

static void keep_record(struct record *record, enum rg_status status)
{
    rg__scan_fail(&record->file->scan, status, record->name);
}

static void read_root_records(struct rg__file *file)
{
    struct record record = begin_record(file, "roots");
    while (more(&record)) {
        struct rg_dump_root root = {
            .kind = first_number(&record, RG_ROOT_KIND_COUNT - 1)};
        root.name = next_of(&record, RG_NONE - 1);
        root.thread = next_of(&record, RG_NONE - 1);
        root.file = next_of(&record, RG_NONE - 1);
        root.line = next_of(&record, RG_NONE - 1);
        keep_record(&record, rg_dump_add_root(file->dump, &root));
    }
}

static void read_abouts(struct rg__file *file)
{
    struct record record = begin_record(file, "abouts");
    while (more(&record)) {
        struct rg_dump_about about = {.type =
                                          first_number(&record, RG_NONE - 1)};
        about.qualname = next_of(&record, RG_NONE - 1);
        about.module = next_of(&record, RG_NONE - 1);
        about.detail = next_of(&record, RG_NONE - 1);
        about.name = next_of(&record, RG_NONE - 1);
        about.awaiting = next_of(&record, RG_NONE - 1);
        about.role = next_of(&record, RG_NONE - 1);
        if ((about.role & ((1U << RG_ROLE_BITS) - 1)) > RG__ROLES)
            keep_record(&record, RG_EFORMAT);
        about.flags = next_of(&record, RG_DUMP_ABOUT_FLAGS);
        about.shape = next_of(&record, RG_DUMP_SHAPE_COUNT - 1);
        uint32_t generation = next_place_number(&record);
        about.generation = generation == RG_NONE ? -1 : (int32_t)generation;
        if (about.generation > 3)
            keep_record(&record, RG_EFORMAT);
        keep_record(&record, rg_dump_append_about(file->dump, &about));
    }
}

static void read_hows(struct rg__file *file)
{
    struct record record = begin_record(file, "hows");
    while (more(&record)) {
        struct rg_dump_how how = {
            .mode = first_number(&record, RG_DUMP_MODE_COUNT - 1)};
        how.flags = next_of(&record, RG_DUMP_HOW_FLAGS);
        how.kind = next_of(&record, RG_KIND_COUNT - 1);
        how.key_type = next_of(&record, RG_KEY_TYPE_COUNT - 1);
        how.link = next_of(&record, RG_LINK_OWN);
        how.grip = next_of(&record, RG_GRIP_TOLD_TWICE);
        how.owner = next_of(&record, RG_NONE - 1);
        how.root = next_place_number(&record);
        how.number = next_long(&record);
        keep_record(&record, rg_dump_append_how(file->dump, &how));
    }
}

static void read_stacks(struct rg__file *file)
{
    struct record record = begin_record(file, "stacks");
    while (more(&record)) {
        struct rg_dump_stack stack = {.node =
                                          first_number(&record, RG_NONE - 1)};
        stack.of_caller = next_of(&record, RG_NONE - 1);
        stack.of_others = next_of(&record, RG_NONE - 1);
        keep_record(&record, rg_dump_add_stack(file->dump, &stack));
    }
}

static void read_natives(struct rg__file *file)
{
    struct record record = begin_record(file, "natives");
    while (more(&record)) {
        struct rg_dump_native native = {.node =
                                            first_number(&record, RG_NONE - 1)};
        native.holder = next_of(&record, RG_NONE - 1);
        native.offset = next_long(&record);
        keep_record(&record, rg_dump_add_native(file->dump, &native));
    }
}

static void read_bounds(struct rg__file *file)
{
    struct record record = begin_record(file, "bounds");
    while (more(&record)) {
        struct rg_dump_bound bound = {.node =
                                          first_number(&record, RG_NONE - 1)};
        bound.most = next_long(&record);
        keep_record(&record, rg_dump_add_bound(file->dump, &bound));
    }
}

static void read_unseen(struct rg__file *file)
{
    struct record record = begin_record(file, "unseen");
    size_t i = 0;
    while (more(&record)) {
        uint64_t count = rg__scan_place(&file->scan, INT64_MAX, record.name);
        if (i < RG_UNSEEN_COUNT)
            file->dump->unseen[i] = count == UINT64_MAX ? -1 : (int64_t)count;
        i++;
    }
    if (i != RG_UNSEEN_COUNT)
        keep_record(&record, RG_EFORMAT);
}

static void read_caller(struct rg__file *file)
{
    struct record record = begin_record(file, "caller");
    if (more(&record))
        file->dump->caller =
            (uint32_t)rg__scan_place(&file->scan, RG_NONE - 1, record.name);
    file->dump->caller_locals = next_place_number(&record);
    rg__scan_expect(&file->scan, ']', record.name);
}

static void read_version(struct rg__file *file)
{
    struct rg__scan *scan = &file->scan;
    uint64_t version = rg__scan_number(scan, UINT32_MAX, "version");
    if (scan->status != RG_OK || version == RG_DUMP_VERSION)
        return;
    scan->status = rg_error_set(
        scan->error, RG_EFORMAT,
        "only version %d of the format is known here, and this heap has "
        "version %u: use a newer referrers",
        RG_DUMP_VERSION, (unsigned)version);
}

static void read_flags(struct rg__file *file)
{
    uint64_t flags = rg__scan_number(
        &file->scan, RG__FLAG_VALUES | RG__FLAG_REDACTED, "flags");
    file->dump->is_redacted = flags & RG__FLAG_REDACTED;
}

static void read_facts(struct rg__file *file)
{
    file->dump->facts =
        (uint32_t)rg__scan_number(&file->scan, RG_VERDICT_FLAGS, "facts");
}

static void read_python(struct rg__file *file)
{
    file->dump->python =
        (uint32_t)rg__scan_number(&file->scan, RG_NONE - 1, "python");
}

static void read_spaces(struct rg__file *file)
{
    read_number_list(file, &file->spaces, "spaces");
}

static void read_moved(struct rg__file *file)
{
    read_number_list(file, &file->moved, "moved");
}

static void read_big(struct rg__file *file)
{
    read_number_list(file, &file->big, "big");
}

static void read_asides(struct rg__file *file)
{
    read_number_list(file, &file->asides, "asides");
}

static void read_ours(struct rg__file *file)
{
    static const struct {
        const char *name;
        void (*read)(struct rg__file *file);
    } members[] = {{"version", read_version}, {"flags", read_flags},
                   {"facts", read_facts},     {"python", read_python},
                   {"unseen", read_unseen},   {"caller", read_caller},
                   {"stacks", read_stacks},   {"natives", read_natives},
                   {"spaces", read_spaces},   {"moved", read_moved},
                   {"big", read_big},         {"roots", read_root_records},
                   {"abouts", read_abouts},   {"hows", read_hows},
                   {"bounds", read_bounds},   {"asides", read_asides}};
    struct rg__scan *scan = &file->scan;
    bool first = true;
    file->has_ours = true;
    rg__scan_expect(scan, '{', "referrers");
    while (rg__scan_next(scan, &first, '}', "referrers")) {
        size_t i = 0, count = sizeof members / sizeof *members;
        rg__scan_name(scan, &file->name, "referrers");
        while (i < count && !rg__scan_is_name(&file->name, members[i].name))
            i++;
        if (i < count)
            members[i].read(file);
        else
            rg__scan_skip(scan, "referrers");
    }
}

void rg__read_header(struct rg__file *file)
{
    struct rg__scan *scan = &file->scan;
    bool first = true;
    rg__scan_expect(scan, '{', "snapshot");
    while (rg__scan_next(scan, &first, '}', "snapshot")) {
        rg__scan_name(scan, &file->name, "snapshot");
        if (rg__scan_is_name(&file->name, "node_count"))
            file->node_count = rg__scan_number(scan, RG_NONE - 1, "node_count");
        else if (rg__scan_is_name(&file->name, "edge_count"))
            file->reference_count =
                rg__scan_number(scan, RG_NONE - 1, "edge_count");
        else if (rg__scan_is_name(&file->name, "meta"))
            read_meta(file);
        else if (rg__scan_is_name(&file->name, "referrers"))
            read_ours(file);
        else
            rg__scan_skip(scan, "snapshot");
    }
}
