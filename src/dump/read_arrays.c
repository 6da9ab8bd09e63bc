/* read_arrays.c - nodes, edges and strings: nearly all of the file
 *
 * Numbers are read a row at a time, without a function for each. */
#include "dump/file_format.h"
#include "dump/ids.h"
#include "dump/read_parts.h"
#include "graph/graph.h"

enum { MOST_FIELDS = RG__NODE_FIELDS, POLL_ROWS = 1 << 8 };

static inline const char *pass_blanks(const char *at, const char *end)
{
    while (at < end && *at <= ' ' &&
           (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    return at;
}

/* A number of 32 bits from *at on; false when there is none. */
static inline bool parse_number(const char **at, const char *end,
                                uint32_t *value)
{
    const char *p = pass_blanks(*at, end);
    uint64_t sum = 0;
    unsigned digit;
    const char *start = p;
    while (p < end && (digit = (unsigned char)*p - (unsigned)'0') < 10) {
        sum = sum * 10 + digit;
        p++;
    }
    *at = p;
    *value = (uint32_t)sum;
    return p > start && p - start <= 10 && sum <= UINT32_MAX;
}

static inline bool comma(const char **at, const char *end)
{
    const char *p = pass_blanks(*at, end);
    *at = p;
    if (p == end || *p != ',')
        return false;
    *at = p + 1;
    return true;
}

/* One row of `count` numbers behind the comma that parts it from the last. */
static bool read_number_row(struct rg__file *file, bool is_first, uint32_t *row,
                            unsigned count, const char *where)
{
    struct rg__scan *scan = &file->scan;
    const char *at = scan->at;
    bool good = is_first || comma(&at, scan->end);
    for (unsigned i = 0; good && i < count; i++)
        good = (i == 0 || comma(&at, scan->end)) &&
               parse_number(&at, scan->end, &row[i]);
    scan->at = at;
    if (!good)
        rg__scan_fail(scan, RG_EFORMAT, where);
    return good;
}

static void poll_rows(struct rg__scan *scan, size_t i)
{
    if (i % POLL_ROWS == 0 && scan->status == RG_OK)
        scan->status = rg_poll(scan->poll, POLL_ROWS);
}

/* Rows that the rest of the file could not hold are not made room for: each
 * number takes two bytes at least. */
static void expect_room(struct rg__scan *scan, size_t rows, unsigned fields,
                        const char *where)
{
    if (rows <= (size_t)(scan->end - scan->at) / (2 * fields))
        return;
    scan->at = scan->end;
    rg__scan_fail(scan, RG_EFORMAT, where);
}

/* What an id leaves out of the address; `moved` and `big` are applied later. */
static void add_read_node(struct rg__file *file, const uint32_t *row)
{
    uint32_t space = row[RG__NODE_SPACE];
    if (space >= file->spaces.count ||
        row[RG__NODE_ABOUT] >= file->dump->about_count) {
        rg__scan_fail(&file->scan, RG_EFORMAT, "a node");
        return;
    }
    const struct rg_dump_node node = {
        .address = rg__address_at((uint32_t)file->spaces.numbers[space],
                                  row[RG__NODE_ID] / 2),
        .bytes = row[RG__NODE_SIZE],
        .references = row[RG__NODE_REFERENCES],
        .about = row[RG__NODE_ABOUT],
        .items = row[RG__NODE_ITEMS],
        .value = row[RG__NODE_VALUE]};
    rg__scan_fail(&file->scan, rg_dump_begin(file->dump, &node), "nodes");
}

void rg__read_nodes(struct rg__file *file)
{
    struct rg__scan *scan = &file->scan;
    struct rg_dump *dump = file->dump;
    unsigned fields = rg__node_stride(dump);
    uint32_t row[MOST_FIELDS] = {0};
    uint64_t references = 0;
    rg__scan_expect(scan, '[', "nodes");
    expect_room(scan, file->node_count, fields, "nodes");
    for (size_t i = 0; scan->status == RG_OK && i < file->node_count; i++) {
        if (!read_number_row(file, i == 0, row, fields, "nodes"))
            return;
        add_read_node(file, row);
        if (scan->status != RG_OK)
            return;
        /* The references come later; where they begin is known now. */
        dump->first[i] = (uint32_t)references;
        references += row[RG__NODE_EDGES];
        if (references > file->reference_count)
            rg__scan_fail(scan, RG_EFORMAT, "edge_count of a node");
        poll_rows(scan, i);
    }
    if (references != file->reference_count)
        rg__scan_fail(scan, RG_EFORMAT, "edge_count");
    rg__scan_expect(scan, ']', "nodes");
}

void rg__read_edges(struct rg__file *file)
{
    struct rg__scan *scan = &file->scan;
    struct rg_dump *dump = file->dump;
    unsigned stride = rg__node_stride(dump);
    uint32_t row[RG__EDGE_FIELDS];
    rg__scan_expect(scan, '[', "edges");
    expect_room(scan, file->reference_count, RG__EDGE_FIELDS, "edges");
    for (size_t i = 0; scan->status == RG_OK && i < file->reference_count;
         i++) {
        if (!read_number_row(file, i == 0, row, RG__EDGE_FIELDS, "edges"))
            return;
        uint32_t to = row[RG__EDGE_TO] / stride;
        if (to * stride != row[RG__EDGE_TO] || to >= dump->node_count ||
            row[RG__EDGE_HOW] >= dump->how_count)
            rg__scan_fail(scan, RG_EFORMAT, "an edge");
        else
            rg__scan_fail(
                scan,
                rg_dump_refer(dump, to, row[RG__EDGE_HOW], row[RG__EDGE_NAME]),
                "edges");
        poll_rows(scan, i);
    }
    rg__scan_expect(scan, ']', "edges");
    if (scan->status == RG_OK)
        rg__scan_fail(scan, rg_dump_end(dump), "edges");
}

void rg__read_strings(struct rg__file *file)
{
    struct rg__scan *scan = &file->scan;
    bool first = true;
    rg__scan_expect(scan, '[', "strings");
    while (rg__scan_next(scan, &first, ']', "strings")) {
        file->name.size = 0;
        rg__scan_string(scan, &file->name, "strings");
        if (scan->status == RG_OK)
            rg__scan_fail(scan,
                          rg_texts_append(&file->dump->texts, file->name.data,
                                          file->name.size),
                          "strings");
        poll_rows(scan, file->dump->texts.count);
    }
}
