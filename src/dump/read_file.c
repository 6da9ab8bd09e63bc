#include "dump/read_file.h"

#include "base/alloc.h"
#include "dump/read_parts.h"

/* The parts in the order in which DevTools wants them, too; what stands
 * between them is of no concern. */
static const struct {
    const char *name;
    void (*read)(struct rg__file *file);
} parts[] = {{"snapshot", rg__read_header},
             {"nodes", rg__read_nodes},
             {"edges", rg__read_edges},
             {"strings", rg__read_strings}};

enum { PARTS = sizeof parts / sizeof *parts };

/* V8's own files look like ours but for what we need. */
static void refuse_foreign(struct rg__file *file)
{
    struct rg__scan *scan = &file->scan;
    if (file->has_ours && !file->has_fields)
        rg__scan_fail(scan, RG_EFORMAT, "meta");
    if (!file->has_ours && scan->status == RG_OK)
        scan->status = rg_error_set(
            scan->error, RG_EFORMAT,
            "this is a heap snapshot of JavaScript: only those that referrers "
            "wrote can be read");
}

static void read_parts(struct rg__file *file)
{
    struct rg__scan *scan = &file->scan;
    bool first = true;
    size_t done = 0;
    rg__scan_expect(scan, '{', "the beginning");
    while (rg__scan_next(scan, &first, '}', "the file")) {
        rg__scan_name(scan, &file->name, "the file");
        size_t part = 0;
        while (part < PARTS && !rg__scan_is_name(&file->name, parts[part].name))
            part++;
        if (part == PARTS) {
            rg__scan_skip(scan, "the file");
        } else if (part != done++) {
            rg__scan_fail(scan, RG_EFORMAT, "the order of its parts");
        } else {
            parts[part].read(file);
            if (part == 0)
                refuse_foreign(file);
        }
    }
    if (done != PARTS)
        rg__scan_fail(scan, RG_EFORMAT, "the number of its parts");
    rg__scan_end(scan, "what follows it");
}

struct rg_dump *rg_dump_read(const char *data, size_t size,
                             struct rg_poll *poll, struct rg_error *error)
{
    struct rg__file file = {
        .scan = {.at = data, .end = data + size, .poll = poll, .error = error}};
    file.dump = rg_dump_new();
    if (file.dump == NULL)
        rg__scan_fail(&file.scan, RG_ENOMEM, "");
    else
        read_parts(&file);
    if (file.scan.status == RG_OK)
        rg__read_check(&file);
    rg_free(file.spaces.numbers);
    rg_free(file.moved.numbers);
    rg_free(file.big.numbers);
    rg_free(file.asides.numbers);
    rg_buffer_free(&file.name);
    if (file.scan.status == RG_OK)
        return file.dump;
    rg_dump_free(file.dump);
    return NULL;
}
