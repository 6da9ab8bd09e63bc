/* A heap as a file, and back: nothing is lost, and nothing is believed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump/question.h"
#include "dump/find.h"
#include "dump/read_file.h"
#include "dump/redact.h"
#include "dump/write.h"
#include "dumps.h"
#include "failing_malloc.h"
#include "unit.h"

static struct rg_dump *made(void)
{
    struct rg_dump *dump;
    assert_int_equal(dumps_make(&dump), RG_OK);
    return dump;
}

static struct rg_dump *read_back(const struct rg_buffer *bytes)
{
    struct rg_error error = {0};
    struct rg_dump *dump = rg_dump_read(bytes->data, bytes->size, NULL, &error);
    if (dump == NULL)
        fail_msg("%s", error.text);
    return dump;
}

static void assert_same_text(const struct rg_dump *a, uint32_t one,
                             const struct rg_dump *b, uint32_t other)
{
    assert_int_equal(rg_texts_size(&a->texts, one),
                     rg_texts_size(&b->texts, other));
    assert_memory_equal(rg_texts_data(&a->texts, one),
                        rg_texts_data(&b->texts, other),
                        rg_texts_size(&a->texts, one));
}

static void assert_same(const struct rg_dump *a, const struct rg_dump *b)
{
    assert_int_equal(a->node_count, b->node_count);
    assert_int_equal(a->reference_count, b->reference_count);
    for (uint32_t n = 0; n < a->node_count; n++) {
        assert_int_equal(a->address[n], b->address[n]);
        assert_int_equal(a->bytes[n], b->bytes[n]);
        assert_int_equal(a->references[n], b->references[n]);
        assert_int_equal(a->items[n], b->items[n]);
        assert_int_equal(a->first[n + 1], b->first[n + 1]);
        assert_memory_equal(rg_dump_about_of(a, n), rg_dump_about_of(b, n),
                            sizeof(struct rg_dump_about));
    }
    for (size_t i = 0; i < a->reference_count; i++) {
        assert_int_equal(a->to[i], b->to[i]);
        assert_memory_equal(rg_dump_how_of(a, i), rg_dump_how_of(b, i),
                            sizeof(struct rg_dump_how));
        assert_same_text(a, a->label[i], b, b->label[i]);
    }
    assert_int_equal(a->root_count, b->root_count);
    assert_memory_equal(a->roots, b->roots, a->root_count * sizeof *a->roots);
    assert_int_equal(a->caller, b->caller);
    assert_int_equal(a->native_count, b->native_count);
    assert_int_equal(a->stack_count, b->stack_count);
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    struct rg_dump *dump = made();
    struct rg_buffer bytes = dumps_written(dump);
    struct rg_dump *again = read_back(&bytes);
    assert_same(dump, again);
    rg_dump_free(dump);
    rg_dump_free(again);
    rg_buffer_free(&bytes);
}

/* Two objects at one place of different windows: the lower address keeps the id,
 * a third gets another place, and all are read back. */
static void addresses_survive(void **state)
{
    (void)state;
    struct rg_dump *dump = made();
    const uint64_t window = (uint64_t)1 << 35;
    dump->address[DUMPS_CACHE] = 3 * window + 0x1230;
    dump->address[DUMPS_SESSION] = 5 * window + 0x1230;
    dump->address[DUMPS_DICT] = 9 * window + 0x1230;
    dump->address[DUMPS_PAYLOAD] = 9 * window + 0x124c;
    dump->bytes[DUMPS_PAYLOAD] = (uint64_t)5 << 32;
    struct rg_buffer bytes = dumps_written(dump);
    struct rg_dump *again = read_back(&bytes);
    assert_same(dump, again);
    /* 0x123 * 2 + 1, 0x123 * 2 and the next even one; 0x124 is nobody's. */
    assert_non_null(strstr(bytes.data, ",583,64,"));
    assert_non_null(strstr(bytes.data, ",582,64,"));
    assert_non_null(strstr(bytes.data, ",584,64,"));
    assert_non_null(strstr(bytes.data, ",585,4294967295,"));
    rg_dump_free(dump);
    rg_dump_free(again);
    rg_buffer_free(&bytes);
}

static void any_bytes_are_strings_of_json(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *read;
    } texts[] = {{"plain", "plain"},
                 {"\"\\\n\x01", "\"\\\n\x01"},
                 {"\xc3\xbc"
                  "ber \xf0\x9f\x90\x8d",
                  "\xc3\xbc"
                  "ber \xf0\x9f\x90\x8d"},
                 {"\xed\xa0\x80", "\xed\xa0\x80"}, /* a lone surrogate */
                 {"\xff\xc3", "\xef\xbf\xbd\xef\xbf\xbd"},
                 {"\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd"}};
    struct rg_dump *dump = made();
    uint32_t numbers[sizeof texts / sizeof *texts];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(rg_texts_add(&dump->texts, texts[i].bytes,
                                      strlen(texts[i].bytes), &numbers[i]),
                         RG_OK);
    struct rg_buffer bytes = dumps_written(dump);
    struct rg_dump *again = read_back(&bytes);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(rg_texts_size(&again->texts, numbers[i]),
                         strlen(texts[i].read));
        assert_memory_equal(rg_texts_data(&again->texts, numbers[i]),
                            texts[i].read, strlen(texts[i].read));
    }
    rg_dump_free(dump);
    rg_dump_free(again);
    rg_buffer_free(&bytes);
}

/* Every shorter file says that it is not whole, or is no heap; none is read. */
static void a_part_is_refused(void **state)
{
    (void)state;
    struct rg_dump *dump = made();
    struct rg_buffer bytes = dumps_written(dump);
    while (bytes.size > 0 && bytes.data[bytes.size - 1] == '\n')
        bytes.size--;
    for (size_t size = 0; size < bytes.size; size++) {
        struct rg_error error = {0};
        assert_null(rg_dump_read(bytes.data, size, NULL, &error));
        assert_int_equal(error.status, RG_EFORMAT);
        assert_non_null(strstr(error.text, size == 0 ? "heap" : "heap"));
        assert_null(strchr(error.text, '\n'));
    }
    rg_dump_free(dump);
    rg_buffer_free(&bytes);
}

static struct rg_graph *graph_of(struct rg_dump_heap *heap, uint32_t node,
                                 struct rg_error *error)
{
    const struct rg_dump_query query = {.targets = &node,
                                        .target_count = 1,
                                        .all_modules = true,
                                        .max_depth = -1,
                                        .max_untracked = -1,
                                        .group_limit = -1,
                                        .object_limit = -1,
                                        .weak = true,
                                        .explain = true,
                                        .sizes = true};
    return rg_dump_graph(heap, &query, error);
}

/* Any digit changed to any other: a heap, of which everything can be asked, or
 * one line that says what is wrong. */
static void a_changed_number_does_no_harm(void **state)
{
    (void)state;
    struct rg_dump *dump = made();
    struct rg_buffer bytes = dumps_written(dump);
    size_t read = 0, refused = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        char old = bytes.data[i];
        if (old < '0' || old > '9')
            continue;
        for (char digit = '0'; digit <= '9'; digit += 3) {
            struct rg_error error = {0};
            bytes.data[i] = digit;
            struct rg_dump *other =
                rg_dump_read(bytes.data, bytes.size, NULL, &error);
            if (other == NULL) {
                assert_int_equal(error.status, RG_EFORMAT);
                refused++;
                continue;
            }
            struct rg_dump_heap *heap = rg_dump_open(other, NULL);
            assert_non_null(heap);
            for (uint32_t n = DUMPS_NAMESPACE; n <= DUMPS_WEAK; n++)
                rg_graph_free(graph_of(heap, n, &error));
            rg_dump_close(heap);
            read++;
        }
        bytes.data[i] = old;
    }
    assert_true(read > 100 && refused > 100);
    rg_dump_free(dump);
    rg_buffer_free(&bytes);
}

static void assert_refused(const char *text, const char *words)
{
    struct rg_error error = {0};
    assert_null(rg_dump_read(text, strlen(text), NULL, &error));
    assert_int_equal(error.status, RG_EFORMAT);
    if (strstr(error.text, words) == NULL)
        fail_msg("%s: does not say %s", error.text, words);
}

static void what_is_no_heap_is_refused(void **state)
{
    (void)state;
    assert_refused("", "too early");
    assert_refused("[]", "not a heap that referrers wrote");
    assert_refused("{\"nodes\":[]}", "not a heap that referrers wrote");
    assert_refused("{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\"]},"
                   "\"node_count\":1,\"edge_count\":0},\"nodes\":[0]}",
                   "JavaScript");
    assert_refused("{\"snapshot\":{\"referrers\":{\"version\":2}}}",
                   "a newer referrers");
    assert_refused("{\"snapshot\":{\"node_count\":99999999999}}", "node_count");
    /* Nested as deep as it likes. */
    static char deep[1 << 20] = "{\"x\":";
    memset(deep + 5, '[', sizeof deep - 6);
    assert_refused(deep, "too early");
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    struct rg_dump *dump = made();
    struct rg_buffer bytes = dumps_written(dump);
    rg_dump_free(dump);
    for (size_t n = 1;; n++) {
        struct rg_error error = {0};
        failing_malloc_at(n);
        struct rg_dump *again =
            rg_dump_read(bytes.data, bytes.size, NULL, &error);
        struct rg_dump_heap *heap =
            again == NULL ? NULL : rg_dump_open(again, NULL);
        struct rg_graph *graph =
            heap == NULL ? NULL : graph_of(heap, DUMPS_PAYLOAD, &error);
        failing_malloc_off();
        bool reached = failing_malloc_reached();
        if (again == NULL)
            assert_int_equal(error.status, RG_ENOMEM);
        assert_true(reached || graph != NULL);
        rg_graph_free(graph);
        rg_dump_close(heap);
        if (!reached)
            break;
    }
    for (size_t n = 1;; n++) {
        failing_malloc_at(n);
        enum rg_status status = dumps_make(&dump);
        failing_malloc_off();
        if (!failing_malloc_reached())
            break;
        assert_int_equal(status, RG_ENOMEM);
    }
    rg_dump_free(dump);
    rg_buffer_free(&bytes);
}

static void a_full_disk_is_said(void **state)
{
    (void)state;
    struct rg_dump *dump = made();
    int number, full = open("/dev/full", O_WRONLY);
    if (full < 0)
        skip();
    assert_int_equal(rg_dump_write(dump, full, NULL, &number), RG_EIO);
    assert_int_equal(number, ENOSPC);
    close(full);
    rg_dump_free(dump);
}

static const struct rg_reference *only_reference(const struct rg_graph *graph,
                                                 uint32_t object)
{
    assert_int_equal(graph->objects[object].reference_count, 1);
    return &graph->references[graph->objects[object].first_reference];
}

static void assert_text(const struct rg_graph *graph, struct rg_text text,
                        const char *words)
{
    assert_int_equal(text.size, strlen(words));
    assert_memory_equal(rg_graph_bytes(graph, text), words, text.size);
}

/* payload <- Session.payload <- dict[k] <- app.cache: plumbing is folded. */
static void names_are_told_again(void **state)
{
    (void)state;
    struct rg_error error = {0};
    struct rg_dump_heap *heap = rg_dump_open(made(), NULL);
    struct rg_graph *graph = graph_of(heap, DUMPS_PAYLOAD, &error);
    assert_non_null(graph);
    const struct rg_reference *reference =
        only_reference(graph, graph->targets[0]);
    assert_int_equal(reference->kind, RG_ATTRIBUTE);
    assert_text(graph, reference->owner, "Session");
    assert_text(graph, reference->label, "payload");
    uint32_t session = reference->referrer;
    assert_int_equal(graph->objects[session].reference_count, 2);
    reference = &graph->references[graph->objects[session].first_reference];
    assert_int_equal(reference->kind, RG_ITEM);
    assert_text(graph, reference->label, "k");
    assert_int_equal(reference->number, 1);
    assert_int_equal(reference[1].kind, RG_WEAK);
    reference = only_reference(graph, reference->referrer);
    assert_int_equal(reference->kind, RG_MODULE_VARIABLE);
    assert_text(graph, graph->roots[reference->root].name, "app");
    rg_graph_free(graph);
    /* The plumbing itself, when it is asked about. */
    graph = graph_of(heap, DUMPS_DICT, &error);
    assert_non_null(graph);
    reference = only_reference(graph, graph->targets[0]);
    assert_int_equal(reference->kind, RG_MEMBER);
    assert_text(graph, reference->label, "__dict__");
    rg_graph_free(graph);
    rg_dump_close(heap);
}

static void objects_are_found(void **state)
{
    (void)state;
    struct rg_dump *dump = made();
    assert_int_equal(rg_dump_module(dump, "app", 3), DUMPS_NAMESPACE);
    assert_int_equal(rg_dump_module(dump, "ap", 2), RG_NONE);
    assert_int_equal(rg_dump_attribute(dump, DUMPS_NAMESPACE, "cache", 5),
                     DUMPS_CACHE);
    assert_int_equal(rg_dump_item(dump, DUMPS_CACHE, RG_KEY_STR, "k", 1),
                     DUMPS_SESSION);
    assert_int_equal(rg_dump_item(dump, DUMPS_CACHE, RG_KEY_NUMBER, "k", 1),
                     RG_NONE);
    assert_int_equal(rg_dump_attribute(dump, DUMPS_SESSION, "payload", 7),
                     DUMPS_PAYLOAD);
    assert_int_equal(rg_dump_attribute(dump, DUMPS_SESSION, "__dict__", 8),
                     DUMPS_DICT);
    assert_int_equal(rg_dump_class(dump, DUMPS_SESSION), DUMPS_CLASS);
    assert_int_equal(rg_dump_at(dump, 0x7f0000000148), DUMPS_PAYLOAD);
    assert_int_equal(rg_dump_at(dump, 0x20), RG_NONE);
    rg_dump_free(dump);
}

/* One by one, and from the index that many questions make. */
static void addresses_lead_to_objects(void **state)
{
    (void)state;
    struct rg_dump_heap *heap = rg_dump_open(made(), NULL);
    const struct rg_dump *dump = rg_dump_of(heap);
    for (int round = 0; round < 20; round++)
        for (uint32_t n = 0; n < dump->node_count; n++) {
            bool is_object =
                rg_dump_about_of(dump, n)->shape != RG_DUMP_SYNTHETIC;
            assert_int_equal(rg_dump_heap_at(heap, dump->address[n]),
                             is_object ? n : RG_NONE);
            assert_int_equal(rg_dump_heap_at(heap, dump->address[n] + 8),
                             rg_dump_at(dump, dump->address[n] + 8));
        }
    rg_dump_close(heap);
}

static void texts_stand_once(void **state)
{
    (void)state;
    struct rg_texts texts = {0};
    char word[16];
    uint32_t number, again;
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 5000; i++) {
            int size = snprintf(word, sizeof word, "w%u", (unsigned)i);
            assert_int_equal(rg_texts_add(&texts, word, (size_t)size, &number),
                             RG_OK);
            assert_int_equal(number, i + 1);
        }
    assert_int_equal(rg_texts_add(&texts, "", 0, &again), RG_OK);
    assert_int_equal(again, 0);
    assert_int_equal(texts.count, 5001);
    rg_texts_free(&texts);
}

static void assert_redacted(const char *text, const char *words)
{
    struct rg_buffer buffer = {0};
    assert_int_equal(rg_buffer_append(&buffer, text, strlen(text)), 0);
    assert_int_equal(rg_dump_redact_value(&buffer), RG_OK);
    assert_int_equal(rg_buffer_append(&buffer, "", 1), 0);
    assert_string_equal(buffer.data, words);
    rg_buffer_free(&buffer);
}

static void values_are_told_by_type(void **state)
{
    (void)state;
    assert_redacted("'secret'", "<str, 6 characters>");
    assert_redacted("name='x'", "name=<str, 1 character>");
    assert_redacted("b'ab'", "<bytes, 2 bytes>");
    assert_redacted("-123", "<int, 3 digits>");
    assert_redacted("1.5", "<float>");
    assert_redacted("nan", "<float>");
    assert_redacted("True", "<bool>");
    assert_redacted("None", "<None>");
    assert_redacted("(1, 'a')", "<tuple>");
    assert_redacted("'a\xe2\x80\xa6z'", "<str>");
    assert_redacted("worker-3", "<str, 8 characters>");
    assert_redacted("'a=b'", "<str, 3 characters>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(addresses_survive),
        cmocka_unit_test(any_bytes_are_strings_of_json),
        cmocka_unit_test(a_part_is_refused),
        cmocka_unit_test(a_changed_number_does_no_harm),
        cmocka_unit_test(what_is_no_heap_is_refused),
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(a_full_disk_is_said),
        cmocka_unit_test(names_are_told_again),
        cmocka_unit_test(objects_are_found),
        cmocka_unit_test(addresses_lead_to_objects),
        cmocka_unit_test(texts_stand_once),
        cmocka_unit_test(values_are_told_by_type),
    };
    return cmocka_run_group_tests_name("dump", tests, NULL, NULL);
}
