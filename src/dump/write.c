#include "dump/write.h"

#include "base/alloc.h"
#include "dump/file_format.h"
#include "dump/ids.h"
#include "dump/out.h"
#include "dump/write_header.h"

static const unsigned char node_types[RG_DUMP_SHAPE_COUNT] = {
    [RG_DUMP_SYNTHETIC] = RG__V8_SYNTHETIC,
    [RG_DUMP_OBJECT] = RG__V8_OBJECT,
    [RG_DUMP_STRING] = RG__V8_STRING};

unsigned rg__edge_type(const struct rg_dump_how *how)
{
    switch (how->mode) {
    case RG_DUMP_INNER:
    case RG_DUMP_WEAK:
    case RG_DUMP_WEAK_OWNER:
        return RG__V8_WEAK;
    case RG_DUMP_BELOW:
        return RG__V8_PROPERTY;
    case RG_DUMP_TOLD:
        break;
    default:
        return how->flags & RG_DUMP_REAL ? RG__V8_INTERNAL : RG__V8_SHORTCUT;
    }
    if (!(how->flags & RG_DUMP_REAL))
        return RG__V8_SHORTCUT;
    return rg__is_position(how) ? RG__V8_ELEMENT : RG__V8_PROPERTY;
}

/* A number and what stands behind it. */
static void put_number_and(struct rg__out *out, uint64_t number, char behind)
{
    rg__out_number(out, number);
    rg__out_byte(out, behind);
}

static void write_node(const struct rg_dump *dump, const struct rg__ids *ids,
                       uint32_t n, struct rg__out *out)
{
    const struct rg_dump_about *about = rg_dump_about_of(dump, n);
    uint32_t value = dump->has_values ? dump->value[n] : 0;
    bool shows_text = about->shape == RG_DUMP_STRING && value != 0;
    uint64_t bytes = dump->bytes[n];
    put_number_and(out, node_types[about->shape], ',');
    put_number_and(out, shows_text ? value : about->name, ',');
    put_number_and(out, rg__id_of(ids, n), ',');
    put_number_and(out, bytes > UINT32_MAX ? UINT32_MAX : bytes, ',');
    put_number_and(out, dump->first[n + 1] - dump->first[n], ',');
    rg__out_bytes(out, "0,0,", 4);
    put_number_and(out, dump->about[n], ',');
    put_number_and(out, dump->references[n], ',');
    put_number_and(out, rg__space_of(ids, n), ',');
    rg__out_number(out, dump->items[n]);
    if (dump->has_values) {
        rg__out_byte(out, ',');
        rg__out_number(out, value);
    }
}

static void write_dump_nodes(const struct rg_dump *dump,
                             const struct rg__ids *ids, struct rg__out *out)
{
    rg__out_text(out, "\"nodes\":[");
    for (uint32_t n = 0; out->status == RG_OK && n < dump->node_count; n++) {
        if (n > 0)
            rg__out_bytes(out, "\n,", 2);
        write_node(dump, ids, n, out);
    }
    rg__out_text(out, "],\n");
}

static void write_edges(const struct rg_dump *dump, struct rg__out *out)
{
    uint64_t stride = rg__node_stride(dump);
    rg__out_text(out, "\"edges\":[");
    for (size_t i = 0; out->status == RG_OK && i < dump->reference_count; i++) {
        if (i > 0)
            rg__out_bytes(out, "\n,", 2);
        put_number_and(out, rg__edge_type(rg_dump_how_of(dump, i)), ',');
        put_number_and(out, dump->label[i], ',');
        put_number_and(out, dump->to[i] * stride, ',');
        rg__out_number(out, dump->how[i]);
    }
    rg__out_text(out, "],\n");
}

static void write_strings(const struct rg_texts *texts, struct rg__out *out)
{
    rg__out_text(out, "\"trace_function_infos\":[],\n\"trace_tree\":[],\n"
                      "\"samples\":[],\n\"locations\":[],\n\"strings\":[");
    for (uint32_t i = 0; out->status == RG_OK && i < texts->count; i++) {
        if (i > 0)
            rg__out_bytes(out, ",\n", 2);
        rg__out_string(out, rg_texts_data(texts, i), rg_texts_size(texts, i));
    }
    rg__out_text(out, "]}\n");
}

enum rg_status rg_dump_write(const struct rg_dump *dump, int descriptor,
                             struct rg_poll *poll, int *number)
{
    struct rg__ids ids;
    struct rg__out *out = rg_alloc(1, sizeof *out);
    *number = 0;
    if (out == NULL)
        return RG_ENOMEM;
    out->descriptor = descriptor;
    out->poll = poll;
    out->status = RG_OK;
    out->number = 0;
    out->used = out->written = 0;
    enum rg_status status = rg__ids_init(&ids, dump, poll);
    if (dump->node_count >= UINT32_MAX / rg__node_stride(dump))
        status = RG_ELIMIT;
    if (status == RG_OK) {
        rg__out_bytes(out, "{", 1);
        rg__write_header(dump, &ids, out);
        write_dump_nodes(dump, &ids, out);
        write_edges(dump, out);
        write_strings(&dump->texts, out);
        rg__out_flush(out);
        status = out->status;
        *number = out->number;
    }
    rg__ids_free(&ids);
    rg_free(out);
    return status;
}
