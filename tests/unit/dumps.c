#define _GNU_SOURCE /* memfd_create */
#include "dumps.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dump/write.h"
#include "graph/graph.h"
#include "search/search.h"
#include "search/witness.h"
#include "unit.h"

/* Builds as long as nothing fails. */
struct maker {
    struct rg_dump *dump;
    enum rg_status status;
};

static uint32_t text(struct maker *maker, const char *words)
{
    uint32_t number = 0;
    if (maker->status == RG_OK)
        maker->status =
            rg_texts_add(&maker->dump->texts, words, strlen(words), &number);
    return number;
}

static void begin(struct maker *maker, uint64_t address, const char *type,
                  const char *name, struct rg_dump_about about,
                  uint64_t references)
{
    struct rg_dump_node node = {
        .address = address, .bytes = 64, .references = (uint32_t)references};
    about.type = about.qualname = text(maker, type);
    about.name = text(maker, name);
    about.generation = -1;
    if (maker->status == RG_OK)
        maker->status = rg_dump_about(maker->dump, &about, &node.about);
    if (maker->status == RG_OK)
        maker->status = rg_dump_begin(maker->dump, &node);
}

static void refer(struct maker *maker, uint32_t to, const char *owner,
                  const char *label, struct rg_dump_how how)
{
    uint32_t number, words = text(maker, label);
    how.owner = text(maker, owner);
    if (maker->status == RG_OK)
        maker->status = rg_dump_how(maker->dump, &how, &number);
    if (maker->status == RG_OK)
        maker->status = rg_dump_refer(maker->dump, to, number, words);
}

static void below(struct maker *maker, uint32_t to, const char *label)
{
    refer(maker, to, "", label,
          (struct rg_dump_how){
              .mode = RG_DUMP_BELOW, .kind = RG_UNNAMED, .root = RG_NONE});
}

static const struct rg_dump_about synthetic = {.shape = RG_DUMP_SYNTHETIC};
static const struct rg_dump_about plain = {.shape = RG_DUMP_OBJECT};

/* A reference that the object has. */
static struct rg_dump_how real(enum rg_kind kind, enum rg_grip grip)
{
    return (struct rg_dump_how){.mode = RG_DUMP_TOLD,
                                .kind = kind,
                                .grip = grip,
                                .flags = RG_DUMP_REAL,
                                .root = RG_NONE};
}

static void make_module(struct maker *maker)
{
    struct rg_dump_how variable = real(RG_MODULE_VARIABLE, RG_GRIP_VARIABLE);
    variable.root = 0;
    begin(maker, 0x7f0000000040, "dict", "module app",
          (struct rg_dump_about){.shape = RG_DUMP_OBJECT,
                                 .flags = RG_DUMP_NAMESPACE,
                                 .role = RG_ROLE_STOP},
          1);
    refer(maker, DUMPS_CACHE, "app", "cache", variable);
}

static void make_objects(struct maker *maker)
{
    struct rg_dump_how item = real(RG_ITEM, RG_GRIP_ITEM);
    struct rg_dump_how through = {.mode = RG_DUMP_TOLD,
                                  .kind = RG_ATTRIBUTE,
                                  .flags = RG_DUMP_THROUGH,
                                  .root = RG_NONE};
    struct rg_dump_how folded = real(RG_MEMBER, RG_GRIP_PLUMBING);
    struct rg_dump_how instance = real(RG_INSTANCE, RG_GRIP_FIXED);
    struct rg_dump_how key = real(RG_KEY, RG_GRIP_ITEM);
    item.key_type = RG_KEY_STR;
    item.flags |= RG_DUMP_BRACKETS | RG_DUMP_MEASURED;
    folded.mode = RG_DUMP_FOLDED;
    key.flags |= RG_DUMP_BARE;
    instance.flags |= RG_DUMP_BARE;
    instance.link = RG_LINK_INSTANCE;
    begin(maker, 0x7f0000000080, "dict", "dict", plain, 1);
    refer(maker, DUMPS_SESSION, "dict", "[k]", item);
    refer(maker, DUMPS_KEY, "dict", "(key)", key);
    begin(maker, 0x7f00000000c0, "Session", "app.Session", plain, 1);
    refer(maker, DUMPS_PAYLOAD, "Session", "payload", through);
    refer(maker, DUMPS_DICT, "Session", "__dict__", folded);
    refer(maker, DUMPS_CLASS, "Session", "(instance)", instance);
    begin(
        maker, 0x7f0000000100, "dict", "dict",
        (struct rg_dump_about){.shape = RG_DUMP_OBJECT, .role = RG_ROLE_FOLDS},
        1);
    item.flags &= ~(uint32_t)RG_DUMP_MEASURED;
    refer(maker, DUMPS_PAYLOAD, "dict", "[payload]", item);
    begin(maker, 0x7f0000000148, "list", "list", plain, 1);
    begin(maker, 0x600000000040, "type", "class app.Session",
          (struct rg_dump_about){.shape = RG_DUMP_OBJECT,
                                 .flags = RG_DUMP_CLASS,
                                 .role = RG_ROLE_CLASS},
          2);
}

static void make_rest(struct maker *maker)
{
    struct rg_dump_how local = real(RG_LOCAL, RG_GRIP_FRAME);
    local.root = 1;
    begin(maker, 0x7f0000000180, "ReferenceType", "weakref.ReferenceType",
          plain, 1);
    refer(maker, DUMPS_SESSION, "weakref", "(weak reference)",
          (struct rg_dump_how){.mode = RG_DUMP_WEAK,
                               .kind = RG_WEAK,
                               .flags = RG_DUMP_BARE,
                               .root = RG_NONE});
    begin(maker, 0x500000000010, "", "frame f",
          (struct rg_dump_about){.shape = RG_DUMP_SYNTHETIC,
                                 .flags = RG_DUMP_ROOT,
                                 .role = RG_ROLE_STOP | RG_ROLE_FRAME},
          0);
    refer(maker, DUMPS_CLASS, "f", "K", local);
    refer(maker, DUMPS_WEAK, "f", "w", local);
    begin(maker, 0x7f00000001c0, "str", "str", plain, 1);
}

static void make_groups(struct maker *maker)
{
    begin(maker, 0x20, "", "(modules)", synthetic, 0);
    below(maker, DUMPS_NAMESPACE, "app");
    begin(maker, 0x30, "", "(threads)", synthetic, 0);
    below(maker, DUMPS_FRAME, "frame");
    begin(maker, 0x40, "", "(interpreter)", synthetic, 0);
    begin(maker, 0x50, "", "(C code)", synthetic, 0);
    begin(maker, 0x60, "", "(unreachable)", synthetic, 0);
}

enum rg_status dumps_make(struct rg_dump **dump)
{
    struct maker maker = {.dump = rg_dump_new()};
    if (maker.dump == NULL)
        maker.status = RG_ENOMEM;
    struct rg_dump_root module = {.kind = RG_ROOT_MODULE,
                                  .name = text(&maker, "app")};
    struct rg_dump_root frame = {.kind = RG_ROOT_FRAME,
                                 .line = 40,
                                 .name = text(&maker, "f"),
                                 .thread = text(&maker, "MainThread"),
                                 .file = text(&maker, "/app.py")};
    if (maker.status == RG_OK)
        maker.status = rg_dump_add_root(maker.dump, &module);
    if (maker.status == RG_OK)
        maker.status = rg_dump_add_root(maker.dump, &frame);
    begin(&maker, 0x10, "", "", synthetic, 0);
    for (uint32_t i = 0; i < RG_DUMP_GROUP_COUNT; i++)
        below(&maker, DUMPS_GROUPS + i, "group");
    make_module(&maker);
    make_objects(&maker);
    make_rest(&maker);
    make_groups(&maker);
    if (maker.status == RG_OK)
        maker.status = rg_dump_end(maker.dump);
    if (maker.status == RG_OK)
        maker.status = rg_dump_add_native(
            maker.dump, &(struct rg_dump_native){
                            .node = DUMPS_CLASS, .holder = 1, .offset = 24});
    if (maker.status == RG_OK)
        maker.status = rg_dump_add_stack(
            maker.dump,
            &(struct rg_dump_stack){.node = DUMPS_CLASS, .of_others = 1});
    if (maker.status != RG_OK) {
        rg_dump_free(maker.dump);
        maker.dump = NULL;
    }
    *dump = maker.dump;
    return maker.status;
}

struct rg_buffer dumps_written(const struct rg_dump *dump)
{
    struct rg_buffer bytes = {0};
    char piece[4096];
    int number, file = memfd_create("dump", MFD_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(rg_dump_write(dump, file, NULL, &number), RG_OK);
    assert_int_equal(lseek(file, 0, SEEK_SET), 0);
    for (ssize_t size; (size = read(file, piece, sizeof piece)) > 0;)
        assert_int_equal(rg_buffer_append(&bytes, piece, (size_t)size), 0);
    close(file);
    return bytes;
}
