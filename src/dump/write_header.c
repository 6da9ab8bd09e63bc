#include "dump/write_header.h"

#include "dump/file_format.h"
#include "dump/write.h"
#include "graph/graph.h"

/* What DevTools wants to be told, in its own words, and our fields. */
static void write_meta(const struct rg_dump *dump, struct rg__out *out)
{
    rg__out_text(
        out,
        "\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\","
        "\"self_size\",\"edge_count\",\"trace_node_id\",\"detachedness\","
        "\"about\",\"references\",\"space\",\"items\"");
    rg__out_text(out, dump->has_values ? ",\"value\"],\n" : "],\n");
    rg__out_text(
        out,
        "\"node_types\":[[\"hidden\",\"array\",\"string\",\"object\",\"code\","
        "\"closure\",\"regexp\",\"number\",\"native\",\"synthetic\","
        "\"concatenated string\",\"sliced string\",\"symbol\",\"bigint\","
        "\"object shape\"],\"string\",\"number\",\"number\",\"number\","
        "\"number\",\"number\",\"number\",\"number\",\"number\",\"number\"");
    rg__out_text(out, dump->has_values ? ",\"string\"],\n" : "],\n");
    rg__out_text(
        out,
        "\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\",\"how\"],\n"
        "\"edge_types\":[[\"context\",\"element\",\"property\",\"internal\","
        "\"hidden\",\"shortcut\",\"weak\"],\"string_or_number\",\"node\","
        "\"number\"],\n"
        "\"trace_function_info_fields\":[\"function_id\",\"name\","
        "\"script_name\",\"script_id\",\"line\",\"column\"],\n"
        "\"trace_node_fields\":[\"id\",\"function_info_index\",\"count\","
        "\"size\",\"children\"],\n"
        "\"sample_fields\":[\"timestamp_us\",\"last_assigned_id\"],\n"
        "\"location_fields\":[\"object_index\",\"script_id\",\"line\","
        "\"column\"]},\n");
}

/* Numbers of a list, with what goes between them. */
struct list {
    struct rg__out *out;
    size_t count;
};

static void part_from_last(struct list *list)
{
    if (list->count++ > 0)
        rg__out_byte(list->out, ',');
}

static void add_number(struct list *list, uint64_t number)
{
    part_from_last(list);
    rg__out_number(list->out, number);
}

/* A place, or -1 for none. */
static void add_place(struct list *list, uint32_t place)
{
    part_from_last(list);
    rg__out_signed(list->out, place == RG_NONE ? -1 : (int64_t)place);
}

static struct list begin_list(struct rg__out *out, const char *name)
{
    rg__out_text(out, ",\n\"");
    rg__out_text(out, name);
    rg__out_text(out, "\":[");
    return (struct list){.out = out};
}

static void end(const struct list *list)
{
    rg__out_byte(list->out, ']');
}

static void write_ids(const struct rg__ids *ids, struct rg__out *out)
{
    struct list list = begin_list(out, "spaces");
    for (size_t i = 0; i < ids->space_count; i++)
        add_number(&list, ids->spaces[i]);
    end(&list);
    list = begin_list(out, "moved");
    for (size_t i = 0; i < ids->moved_count; i++) {
        add_number(&list, ids->moved[i].node);
        add_number(&list, ids->moved[i].place);
    }
    end(&list);
    list = begin_list(out, "big");
    for (uint32_t n = 0; n < ids->dump->node_count; n++)
        if (ids->dump->bytes[n] > UINT32_MAX) {
            add_number(&list, n);
            add_number(&list, ids->dump->bytes[n]);
        }
    end(&list);
}

static void write_few(const struct rg_dump *dump, struct rg__out *out)
{
    struct list list = begin_list(out, "unseen");
    for (size_t i = 0; i < RG_UNSEEN_COUNT; i++) {
        part_from_last(&list);
        rg__out_signed(out, dump->unseen[i]);
    }
    end(&list);
    list = begin_list(out, "caller");
    add_place(&list, dump->caller);
    add_place(&list, dump->caller_locals);
    end(&list);
    list = begin_list(out, "stacks");
    for (size_t i = 0; i < dump->stack_count; i++) {
        add_number(&list, dump->stacks[i].node);
        add_number(&list, dump->stacks[i].of_caller);
        add_number(&list, dump->stacks[i].of_others);
    }
    end(&list);
    list = begin_list(out, "asides");
    for (size_t i = 0; i < dump->stack_count; i++)
        if (dump->stacks[i].aside > 0) {
            add_number(&list, i);
            add_number(&list, dump->stacks[i].aside);
            add_number(&list, dump->stacks[i].greenlet);
        }
    end(&list);
    list = begin_list(out, "natives");
    for (size_t i = 0; i < dump->native_count; i++) {
        add_number(&list, dump->natives[i].node);
        add_number(&list, dump->natives[i].holder);
        add_number(&list, dump->natives[i].offset);
    }
    end(&list);
    list = begin_list(out, "bounds");
    for (size_t i = 0; i < dump->bound_count; i++) {
        add_number(&list, dump->bounds[i].node);
        add_number(&list, dump->bounds[i].most);
    }
    end(&list);
}

static void write_roots(const struct rg_dump *dump, struct rg__out *out)
{
    struct list list = begin_list(out, "roots");
    for (size_t i = 0; i < dump->root_count; i++) {
        const struct rg_dump_root *root = &dump->roots[i];
        add_number(&list, root->kind);
        add_number(&list, root->name);
        add_number(&list, root->thread);
        add_number(&list, root->file);
        add_number(&list, root->line);
    }
    end(&list);
}

static void write_abouts(const struct rg_dump *dump, struct rg__out *out)
{
    struct list list = begin_list(out, "abouts");
    for (size_t i = 0; i < dump->about_count; i++) {
        const struct rg_dump_about *about = &dump->abouts[i];
        add_number(&list, about->type);
        add_number(&list, about->qualname);
        add_number(&list, about->module);
        add_number(&list, about->detail);
        add_number(&list, about->name);
        add_number(&list, about->awaiting);
        add_number(&list, about->role);
        add_number(&list, about->flags);
        add_number(&list, about->shape);
        part_from_last(&list);
        rg__out_signed(out, about->generation);
    }
    end(&list);
}

static void write_hows(const struct rg_dump *dump, struct rg__out *out)
{
    struct list list = begin_list(out, "hows");
    for (size_t i = 0; i < dump->how_count; i++) {
        const struct rg_dump_how *how = &dump->hows[i];
        add_number(&list, how->mode);
        add_number(&list, how->flags);
        add_number(&list, how->kind);
        add_number(&list, how->key_type);
        add_number(&list, how->link);
        add_number(&list, how->grip);
        add_number(&list, how->owner);
        add_place(&list, how->root);
        add_number(&list, how->number);
    }
    end(&list);
}

static void write_member(struct rg__out *out, const char *name, uint64_t number)
{
    rg__out_text(out, ",\"");
    rg__out_text(out, name);
    rg__out_text(out, "\":");
    rg__out_number(out, number);
}

void rg__write_header(const struct rg_dump *dump, const struct rg__ids *ids,
                      struct rg__out *out)
{
    write_meta(dump, out);
    rg__out_text(out, "\"node_count\":");
    rg__out_number(out, dump->node_count);
    write_member(out, "edge_count", dump->reference_count);
    write_member(out, "trace_function_count", 0);
    rg__out_text(out, ",\n\"referrers\":{\"version\":");
    rg__out_number(out, RG_DUMP_VERSION);
    write_member(out, "flags",
                 (dump->has_values ? RG__FLAG_VALUES : 0) |
                     (dump->is_redacted ? RG__FLAG_REDACTED : 0));
    write_member(out, "facts", dump->facts);
    write_member(out, "python", dump->python);
    write_few(dump, out);
    write_ids(ids, out);
    write_roots(dump, out);
    write_abouts(dump, out);
    write_hows(dump, out);
    rg__out_text(out, "}},\n");
}
