/* Any bytes as the file of a heap: refused in one line, or a heap of which
 * everything can be asked, and that is written and read again as it was. */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz_dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dump/question.h"
#include "dump/find.h"
#include "dump/read_file.h"
#include "dump/write.h"

#define PROMISE(holds) \
    do { \
        if (!(holds)) { \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, \
                    #holds); \
            abort(); \
        } \
    } while (0)

enum { MOST_ASKED = 12 };

static void check_round_trip(const struct rg_dump *dump)
{
    int number, file = memfd_create("dump", MFD_CLOEXEC);
    PROMISE(rg_dump_write(dump, file, NULL, &number) == RG_OK);
    off_t size = lseek(file, 0, SEEK_END);
    void *data = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, file, 0);
    PROMISE(data != MAP_FAILED);
    struct rg_dump *again = rg_dump_read(data, (size_t)size, NULL, NULL);
    PROMISE(again != NULL);
    PROMISE(again->node_count == dump->node_count);
    PROMISE(again->reference_count == dump->reference_count);
    for (size_t n = 0; n < dump->node_count; n++) {
        PROMISE(again->address[n] == dump->address[n]);
        PROMISE(again->bytes[n] == dump->bytes[n]);
    }
    PROMISE(memcmp(again->to, dump->to,
                   dump->reference_count * sizeof *dump->to) == 0 ||
            dump->reference_count == 0);
    rg_dump_free(again);
    munmap(data, (size_t)size);
    close(file);
}

static void ask(struct rg_dump_heap *heap, uint32_t node)
{
    struct rg_error error = {0};
    const uint64_t excluded = rg_dump_of(heap)->address[0];
    const struct rg_dump_query query = {.targets = &node,
                                        .target_count = 1,
                                        .all_modules = node % 2 == 0,
                                        .excluded = &excluded,
                                        .excluded_count = node % 3 == 0,
                                        .max_depth = node % 5 == 0 ? 3 : -1,
                                        .max_untracked = -1,
                                        .group_limit = 4,
                                        .object_limit = 20,
                                        .values = true,
                                        .weak = true,
                                        .explain = true,
                                        .sizes = true};
    struct rg_graph *graph = rg_dump_graph(heap, &query, &error);
    PROMISE(graph != NULL || error.text[0] != '\0');
    rg_graph_free(graph);
}

static void look_up(const struct rg_dump *dump, uint32_t node)
{
    rg_dump_position(dump, node, 0);
    rg_dump_item(dump, node, RG_KEY_STR, "k", 1);
    rg_dump_attribute(dump, node, "cache", 5);
    rg_dump_class_attribute(dump, node, "cache", 5);
    rg_dump_class(dump, node);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rg_error error = {0};
    struct rg_dump *dump = rg_dump_read((const char *)data, size, NULL, &error);
    if (dump == NULL) {
        PROMISE(error.text[0] != '\0' && strchr(error.text, '\n') == NULL);
        return 0;
    }
    check_round_trip(dump);
    struct rg_dump_heap *heap = rg_dump_open(dump, NULL);
    PROMISE(heap != NULL);
    uint32_t asked = 0;
    rg_dump_module(dump, "app", 3);
    for (uint32_t n = 0; n < dump->node_count && asked < MOST_ASKED; n++) {
        if (rg_dump_about_of(dump, n)->shape == RG_DUMP_SYNTHETIC)
            continue;
        asked++;
        look_up(dump, n);
        ask(heap, n);
    }
    rg_dump_close(heap);
    return 0;
}
