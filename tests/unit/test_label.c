#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buffer.h"
#include "render/label.h"
#include "unit.h"

#define DOTS "\xe2\x80\xa6"

enum { WIDE = 1000 };

static void assert_safe_bytes(const char *data, size_t size, size_t width,
                              enum rg_elide elide, const char *expected)
{
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    rg_label_safe(&sink, data, size, width, elide);
    rg_sink_write(&sink, "", 1);
    assert_int_equal(sink.status, RG_OK);
    assert_string_equal(buffer.data, expected);
    rg_buffer_free(&buffer);
}

static void assert_safe(const char *text, size_t width, const char *expected)
{
    assert_safe_bytes(text, strlen(text), width, RG_ELIDE_MIDDLE, expected);
}

static void assert_front(const char *text, size_t width, const char *expected)
{
    assert_safe_bytes(text, strlen(text), width, RG_ELIDE_FRONT, expected);
}

static void plain_text_stays_as_it_is(void **state)
{
    (void)state;
    assert_safe("", WIDE, "");
    assert_safe("user-7", WIDE, "user-7");
    assert_safe("a \\ b \" ' <c> & {d} |", WIDE, "a \\ b \" ' <c> & {d} |");
    assert_safe("cl\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80", WIDE,
                "cl\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80");
}

static void controls_are_written_out(void **state)
{
    (void)state;
    assert_safe("a\nb\tc\rd", WIDE, "a\\nb\\tc\\rd");
    assert_safe_bytes("\0\x1b[0m\x7f", 6, WIDE, RG_ELIDE_MIDDLE,
                      "\\x00\\x1b[0m\\x7f");
    assert_safe("\xc2\x80\xc2\x85\xc2\x9f\xc2\xa0", WIDE,
                "\\x80\\x85\\x9f\xc2\xa0");
}

static void what_hides_or_reorders_is_written_out(void **state)
{
    (void)state;
    assert_safe("\xe2\x80\x8b\xe2\x80\x8f", WIDE, "\\u200b\\u200f");
    assert_safe("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xae", WIDE,
                "\\u2028\\u2029\\u202e");
    assert_safe("\xe2\x81\xa0\xe2\x81\xa9\xef\xbb\xbf", WIDE,
                "\\u2060\\u2069\\ufeff");
    assert_safe("\xd8\x9c\xc2\xad\xef\xb8\x8f", WIDE, "\\u061c\\xad\\ufe0f");
    assert_safe("\xf3\xa0\x81\x81", WIDE, "\\U000e0041");
    assert_safe("\xef\xb7\x90\xef\xbf\xbe\xef\xbf\xbf\xf0\x9f\xbf\xbe", WIDE,
                "\\ufdd0\\ufffe\\uffff\\U0001fffe");
    /* The neighbours of what is hidden. */
    assert_safe("\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf\xef\xbf\xbd",
                WIDE,
                "\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf\xef\xbf\xbd");
}

static void lone_surrogates_are_written_out(void **state)
{
    (void)state;
    assert_safe("\xed\xb3\xbf|\xed\xa0\x80", WIDE, "\\udcff|\\ud800");
    assert_safe("\xed\xa0\xbd\xed\xb8\x80", WIDE, "\\ud83d\\ude00");
}

static void bad_bytes_are_written_out_one_by_one(void **state)
{
    (void)state;
    assert_safe("\xff\xfe", WIDE, "\\xff\\xfe");
    assert_safe("\x80|\xbf", WIDE, "\\x80|\\xbf");
    assert_safe("\xc3(", WIDE, "\\xc3(");
    assert_safe("\xe2\x82", WIDE, "\\xe2\\x82");
    assert_safe("\xc0\x80\xe0\x80\x80\xf0\x80\x80\x80", WIDE,
                "\\xc0\\x80\\xe0\\x80\\x80\\xf0\\x80\\x80\\x80");
    assert_safe("\xf4\x90\x80\x80\xf5", WIDE, "\\xf4\\x90\\x80\\x80\\xf5");
}

static void long_text_loses_its_middle(void **state)
{
    (void)state;
    assert_safe("abcdefghij", 10, "abcdefghij");
    assert_safe("abcdefghijk", 10, "abcde" DOTS "hijk");
    assert_safe("abcdefghijk", 9, "abcd" DOTS "hijk");
    assert_safe("abc", 2, "a" DOTS);
    assert_safe("abc", 1, DOTS);
    assert_safe("abc", 0, "");
    assert_safe("", 0, "");
}

static void long_text_loses_its_front(void **state)
{
    (void)state;
    assert_front("app.models", 10, "app.models");
    assert_front("the.app.models", 11, DOTS "app.models");
    assert_front("abc", 1, DOTS);
}

static void an_escape_is_one_character(void **state)
{
    (void)state;
    assert_safe("\n\n\n\n", 4, "\\n\\n\\n\\n");
    assert_safe("\n\n\n\n\n", 4, "\\n\\n" DOTS "\\n");
    assert_safe("a\xff\xff\xff\xff"
                "b",
                5, "a\\xff" DOTS "\\xffb");
    assert_safe("\xf0\x9f\x98\x80\xf0\x9f\x98\x81\xf0\x9f\x98\x82", 2,
                "\xf0\x9f\x98\x80" DOTS);
    assert_front("\xf0\x9f\x98\x80\xf0\x9f\x98\x81\xf0\x9f\x98\x82", 2,
                 DOTS "\xf0\x9f\x98\x82");
}

/* What the heap cut already has one ellipsis, and keeps one. */
static void one_ellipsis_is_enough(void **state)
{
    (void)state;
    assert_safe("abcdef" DOTS "uvwxyz", 13, "abcdef" DOTS "uvwxyz");
    assert_safe("abcdef" DOTS "uvwxyz", 7, "abc" DOTS "xyz");
    assert_safe("ab" DOTS "opqrstuvwxyz", 9, "ab" DOTS "uvwxyz");
    assert_safe("abcdefghijkl" DOTS "yz", 9, "abcdef" DOTS "yz");
    assert_safe("ab" DOTS "lmnop" DOTS "yz", 9, "ab" DOTS "yz");
    assert_safe(DOTS "abcdef" DOTS, 4, DOTS);
    assert_front("abcdefghijkl" DOTS "yz", 9, DOTS "yz");
}

/* The units seen from the end must be those seen from the front: cutting at
 * any width gives a head and a tail of the uncut text. */
static void both_ends_agree_on_the_characters(void **state)
{
    (void)state;
    enum { SIZE = 24, ROUNDS = 20000 };
    static const unsigned char bytes[] = {'a',  0x80, 0xa6, 0xbf, 0xc2,
                                          0xc3, 0xe0, 0xe2, 0xed, 0xef,
                                          0xf0, 0xf4, 0xff};
    unsigned seed = 1;
    for (int round = 0; round < ROUNDS; round++) {
        char data[SIZE];
        for (int i = 0; i < SIZE; i++) {
            seed = seed * 1103515245 + 12345;
            data[i] = (char)bytes[(seed >> 16) % sizeof bytes];
        }
        struct rg_buffer whole = {0}, cut = {0};
        struct rg_sink to_whole = rg_sink_to_buffer(&whole);
        struct rg_sink to_cut = rg_sink_to_buffer(&cut);
        rg_label_safe(&to_whole, data, SIZE, WIDE, RG_ELIDE_MIDDLE);
        rg_label_safe(&to_cut, data, SIZE, 5, RG_ELIDE_FRONT);
        assert_int_equal(to_whole.status, RG_OK);
        assert_int_equal(to_cut.status, RG_OK);
        size_t tail = cut.size - strlen(DOTS);
        assert_memory_equal(cut.data, DOTS, strlen(DOTS));
        assert_memory_equal(cut.data + strlen(DOTS),
                            whole.data + whole.size - tail, tail);
        rg_buffer_free(&whole);
        rg_buffer_free(&cut);
    }
}

/* Of ten megabytes only the ends are looked at: the middle of this text
 * cannot be read at all. */
static void huge_text_costs_its_ends_only(void **state)
{
    (void)state;
    enum { HUGE_SIZE = 10 << 20 };
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    int zero = open("/dev/zero", O_RDWR);
    assert_true(zero >= 0);
    char *data =
        mmap(NULL, HUGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);
    assert_true(data != MAP_FAILED);
    memset(data, 'a', page);
    memset(data + HUGE_SIZE - page, 'z', page);
    assert_int_equal(mprotect(data + page, HUGE_SIZE - 2 * page, PROT_NONE), 0);
    assert_safe_bytes(data, HUGE_SIZE, 10, RG_ELIDE_MIDDLE,
                      "aaaaa" DOTS "zzzz");
    assert_safe_bytes(data, HUGE_SIZE, 10, RG_ELIDE_FRONT, DOTS "zzzzzzzzz");
    assert_int_equal(munmap(data, HUGE_SIZE), 0);
    close(zero);
}

static struct rg_text word(struct rg_graph *graph, const char *text)
{
    struct rg_text result;
    assert_int_equal(rg_graph_text(graph, text, strlen(text), &result), RG_OK);
    return result;
}

struct sample {
    enum rg_kind kind;
    enum rg_key_type key_type;
    const char *owner, *label;
    uint64_t number;
    const char *expected;
};

typedef void write_function(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg_reference *reference);

static void assert_samples(const struct sample *samples, size_t count,
                           write_function *write)
{
    for (size_t i = 0; i < count; i++) {
        struct rg_graph *graph = rg_graph_new();
        struct rg_buffer buffer = {0};
        struct rg_sink sink = rg_sink_to_buffer(&buffer);
        struct rg_reference reference = {
            .kind = samples[i].kind,
            .key_type = samples[i].key_type,
            .owner = word(graph, samples[i].owner),
            .label = word(graph, samples[i].label),
            .number = samples[i].number,
        };
        write(&sink, graph, &reference);
        rg_sink_write(&sink, "", 1);
        assert_int_equal(sink.status, RG_OK);
        assert_string_equal(buffer.data, samples[i].expected);
        rg_buffer_free(&buffer);
        rg_graph_free(graph);
    }
}

#define ASSERT_SAMPLES(samples, write) \
    assert_samples(samples, sizeof samples / sizeof samples[0], write)

/* The names of all kinds are in tests/golden/names.txt; here the rest. */
static void names_cope_with_missing_words(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {RG_MEMBER, RG_KEY_NONE, "partial", "", 0, "partial (member)"},
        {RG_ATTRIBUTE, RG_KEY_NONE, "", "x", 0, "x (instance attribute)"},
        {RG_THREAD_STATE, RG_KEY_NONE, "", "x", 0, "x"},
        {RG_INDEX, RG_KEY_NONE, "list", "", UINT64_MAX,
         "list[18446744073709551615]"},
        {RG_ITEM, RG_KEY_NONE, "dict", "", 0, "dict[]"},
        {RG_ITEM, RG_KEY_OBJECT, "dict",
         "K12345678901234567890123456789012345678901234567890123456789", 0,
         "dict[<K123456789012345678901234" DOTS
         "5678901234567890123456789 object>]"},
    };
    ASSERT_SAMPLES(samples, rg_label_name);
}

static void step_of_20(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_reference *reference)
{
    rg_label_step(sink, graph, reference, 20);
}

static void steps_read_as_python(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {RG_ATTRIBUTE, RG_KEY_NONE, "Session", "payload", 0, ".payload"},
        {RG_ITEM, RG_KEY_STR, "dict", "user-7", 6, "['user-7']"},
        {RG_ITEM, RG_KEY_STR, "dict", "it's", 4, "[\"it's\"]"},
        {RG_ITEM, RG_KEY_STR, "dict", "\"it's\"", 6, "['\"it\\'s\"']"},
        {RG_ITEM, RG_KEY_STR, "dict", "a\\b\n", 4, "['a\\\\b\\n']"},
        {RG_ITEM, RG_KEY_STR, "dict", "\"", 1, "['\"']"},
        {RG_ITEM, RG_KEY_STR, "dict", "", 0, "['']"},
        {RG_ITEM, RG_KEY_STR, "dict", "abcdefghijklmnopqrstuvwxyz", 26,
         "['abcdefghij" DOTS "rstuvwxyz']"},
        {RG_ITEM, RG_KEY_BYTES, "dict", "b'k'", 1, "[b'k']"},
        {RG_ITEM, RG_KEY_NUMBER, "dict", "-1.5", 0, "[-1.5]"},
        {RG_ITEM, RG_KEY_CONSTANT, "dict", "None", 0, "[None]"},
        {RG_ITEM, RG_KEY_TUPLE, "dict", "(1, 'a')", 2, "[(1, 'a')]"},
        {RG_ITEM, RG_KEY_OBJECT, "dict", "Key", 0, "[<Key object>]"},
        {RG_INDEX, RG_KEY_NONE, "list", "", 3, "[3]"},
        {RG_KEY, RG_KEY_NONE, "dict", "", 0, "key"},
        {RG_SET_MEMBER, RG_KEY_NONE, "set", "", 0, "member"},
        {RG_CLASS_ATTRIBUTE, RG_KEY_NONE, "Config", "cache", 0, ".cache"},
        {RG_CLOSURE, RG_KEY_NONE, "f", "data", 0, "closure data"},
        {RG_CLOSURE, RG_KEY_NONE, "f", "", 0, "closure"},
        {RG_DEFAULT, RG_KEY_NONE, "f", "a", 0, "default a"},
        {RG_DEFAULT, RG_KEY_NONE, "f", "", 0, "default arg"},
        {RG_MEMBER, RG_KEY_NONE, "partial", "args", 0, ".args"},
        {RG_CONTEXT_VARIABLE, RG_KEY_NONE, "", "rid", 0, "context rid"},
        {RG_THREAD_LOCAL, RG_KEY_NONE, "local", "conn", 0, ".conn"},
        {RG_GENERATOR_LOCAL, RG_KEY_NONE, "poll", "buf", 0, "local buf"},
        {RG_COROUTINE_LOCAL, RG_KEY_NONE, "poll", "buf", 0, "local buf"},
        {RG_ASYNC_LOCAL, RG_KEY_NONE, "poll", "buf", 0, "local buf"},
        {RG_FRAME_LOCAL, RG_KEY_NONE, "f", "x", 0, "local x"},
        {RG_INSTANCE, RG_KEY_NONE, "K", "", 0, ".__class__"},
        {RG_WEAK, RG_KEY_NONE, "weakref", "", 0, "weak"},
        {RG_UNNAMED, RG_KEY_NONE, "Type", "", 0, "via C"},
        {RG_LOCAL, RG_KEY_NONE, "f", "rows", 0, "local rows"},
        {RG_TEMPORARY, RG_KEY_NONE, "f", "", 0, "temporary"},
        {RG_RUNNING, RG_KEY_NONE, "f", "", 0, "running"},
        {RG_GLOBAL, RG_KEY_NONE, "app", "CACHE", 0, "CACHE"},
        {RG_MODULE_VARIABLE, RG_KEY_NONE, "app", "CACHE", 0, "CACHE"},
        {RG_THREAD_STATE, RG_KEY_NONE, "MainThread", "x", 0, "x"},
        {RG_INTERPRETER, RG_KEY_NONE, "", "atexit callback", 0,
         "atexit callback"},
    };
    ASSERT_SAMPLES(samples, step_of_20);
}

static void assert_count(uint64_t count, const char *expected)
{
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    rg_label_count(&sink, count);
    rg_sink_write(&sink, "", 1);
    assert_int_equal(sink.status, RG_OK);
    assert_string_equal(buffer.data, expected);
    rg_buffer_free(&buffer);
}

static void thousands_have_a_comma(void **state)
{
    (void)state;
    assert_count(0, "0");
    assert_count(999, "999");
    assert_count(1000, "1,000");
    assert_count(12345, "12,345");
    assert_count(UINT64_MAX, "18,446,744,073,709,551,615");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_stays_as_it_is),
        cmocka_unit_test(controls_are_written_out),
        cmocka_unit_test(what_hides_or_reorders_is_written_out),
        cmocka_unit_test(lone_surrogates_are_written_out),
        cmocka_unit_test(bad_bytes_are_written_out_one_by_one),
        cmocka_unit_test(long_text_loses_its_middle),
        cmocka_unit_test(long_text_loses_its_front),
        cmocka_unit_test(an_escape_is_one_character),
        cmocka_unit_test(one_ellipsis_is_enough),
        cmocka_unit_test(both_ends_agree_on_the_characters),
        cmocka_unit_test(huge_text_costs_its_ends_only),
        cmocka_unit_test(names_cope_with_missing_words),
        cmocka_unit_test(steps_read_as_python),
        cmocka_unit_test(thousands_have_a_comma),
    };
    return cmocka_run_group_tests_name("label", tests, NULL, NULL);
}
