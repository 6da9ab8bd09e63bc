#define _DEFAULT_SOURCE /* strsep */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "failing_malloc.h"
#include "golden.h"
#include "line/line.h"
#include "render/text.h"
#include "unit.h"

static struct rg_graph *read_case(const char *name)
{
    struct rg_error error = {0};
    size_t size;
    char *data = golden_read_case(name, ".lines", &size);
    struct rg_graph *graph = rg_line_read(data, size, NULL, &error);
    free(data);
    if (graph == NULL)
        fail_msg("%s.lines: %s", name, error.text);
    return graph;
}

/* A tree of at most so many lines as a string. */
static struct rg_buffer short_tree_of(const struct rg_graph *graph,
                                      size_t max_lines)
{
    struct rg_buffer tree = {0};
    struct rg_sink sink = rg_sink_to_buffer(&tree);
    assert_int_equal(rg_text_tree(graph, max_lines, &sink), RG_OK);
    assert_int_equal(sink.status, RG_OK);
    rg_sink_write(&sink, "", 1);
    assert_int_equal(sink.status, RG_OK);
    return tree;
}

/* The whole tree as a string. */
static struct rg_buffer tree_of(const struct rg_graph *graph)
{
    return short_tree_of(graph, RG_TEXT_ALL_LINES);
}

/* A golden file ends its last line; the tree does not. */
static void assert_golden(const char *name)
{
    size_t size;
    struct rg_graph *graph = read_case(name);
    struct rg_buffer tree = tree_of(graph);
    char *expected = golden_read_case(name, ".txt", &size);
    if (size != 0)
        assert_int_equal(expected[--size], '\n');
    expected[size] = '\0';
    if (strcmp(tree.data, expected) != 0)
        fail_msg("%s.txt: expected\n%s\nbut the tree is\n%s", name, expected,
                 tree.data);
    assert_int_equal(tree.size, size + 1);
    free(expected);
    rg_buffer_free(&tree);
    rg_graph_free(graph);
}

static void trees_are_as_written_by_hand(void **state)
{
    (void)state;
    static const char *const names[] = {
        "circular",    "depth_limit",    "depth_zero",     "hostile",
        "limits",      "merged",         "names",          "no_targets",
        "seed_basic",  "seed_dataclass", "seed_untracked", "shown_above",
        "shown_below", "timeout",        "timeout_only",   "two_targets",
        "unseen"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_golden(names[i]);
}

static struct rg_text word(struct rg_graph *graph, const char *text)
{
    struct rg_text result;
    assert_int_equal(rg_graph_text(graph, text, strlen(text), &result), RG_OK);
    return result;
}

/* Objects 0 .. count - 1 with ids from 1; object 0 is the target. */
static struct rg_graph *new_objects(uint32_t count)
{
    struct rg_graph *graph = rg_graph_new();
    assert_non_null(graph);
    struct rg_object object = {.type = word(graph, "Node"), .items = -1};
    struct rg_root root = {.kind = RG_ROOT_FRAME, .name = word(graph, "f")};
    for (uint32_t i = 0; i < count; i++) {
        object.id = i + 1;
        object.depth = i == 0 ? 0 : 1;
        assert_int_equal(rg_graph_add_object(graph, &object, NULL), RG_OK);
    }
    assert_int_equal(rg_graph_add_root(graph, &root, NULL), RG_OK);
    assert_int_equal(rg_graph_add_target(graph, 0), RG_OK);
    return graph;
}

static void refer_from(struct rg_graph *graph, uint32_t referent,
                       uint32_t referrer, const char *owner, uint64_t number)
{
    struct rg_reference reference = {.referent = referent,
                                     .referrer = referrer,
                                     .root = RG_NONE,
                                     .kind = RG_INDEX,
                                     .owner = word(graph, owner),
                                     .number = number};
    assert_int_equal(rg_graph_add_reference(graph, &reference), RG_OK);
}

static void refer(struct rg_graph *graph, uint32_t referent, uint32_t referrer,
                  uint64_t number)
{
    refer_from(graph, referent, referrer, "list", number);
}

static void add_variable(struct rg_graph *graph, uint32_t referent)
{
    struct rg_reference reference = {.referent = referent,
                                     .referrer = RG_NONE,
                                     .root = 0,
                                     .kind = RG_LOCAL,
                                     .owner = word(graph, "f"),
                                     .label = word(graph, "x")};
    assert_int_equal(rg_graph_add_reference(graph, &reference), RG_OK);
}

static void seal(struct rg_graph *graph)
{
    struct rg_error error = {0};
    assert_int_equal(rg_graph_seal(graph, NULL), RG_OK);
    if (rg_graph_check(graph, &error) != RG_OK)
        fail_msg("%s", error.text);
}

/* 0 <- 1 <- 2 ..., and with `variables` each is also f.x. */
static struct rg_graph *new_chain(uint32_t levels, int variables)
{
    struct rg_graph *graph = new_objects(levels + 1);
    for (uint32_t i = 0; i <= levels; i++) {
        if (i < levels)
            refer(graph, i, i + 1, 0);
        if (variables)
            add_variable(graph, i);
    }
    seal(graph);
    return graph;
}

static void expect(struct rg_buffer *text, const char *piece)
{
    assert_int_equal(rg_buffer_append(text, piece, strlen(piece)), 0);
}

/* A line of the chain below: numbered past level 20, where the indent stays. */
static void expect_line(struct rg_buffer *text, uint32_t level,
                        const char *connector, const char *name, uint32_t id)
{
    char piece[64];
    expect(text, "\n");
    snprintf(piece, sizeof piece, "[%u] ", (unsigned)level);
    expect(text, level > 20 ? piece : "");
    expect(text, "    ");
    for (uint32_t i = 1; i < level && i < 20; i++)
        expect(text, "│   ");
    snprintf(piece, sizeof piece, "%s%s (id=%u)", connector, name,
             (unsigned)id);
    expect(text, piece);
}

static void past_20_levels_the_number_leads(void **state)
{
    (void)state;
    enum { LEVELS = 23 };
    struct rg_graph *graph = new_chain(LEVELS, 1);
    struct rg_buffer expected = {0}, tree = tree_of(graph);
    expect(&expected, "╙── Node instance (id=1)");
    for (uint32_t level = 1; level <= LEVELS; level++)
        expect_line(&expected, level, "├─╼ ", "list[0]", level + 1);
    for (uint32_t level = LEVELS + 1; level >= 1; level--)
        expect_line(&expected, level, "└─╼ ", "f.x (local)", level);
    assert_int_equal(rg_buffer_append(&expected, "", 1), 0);
    assert_string_equal(tree.data, expected.data);
    rg_buffer_free(&expected);
    rg_buffer_free(&tree);
    rg_graph_free(graph);
}

static size_t count_lines(const struct rg_buffer *tree)
{
    size_t count = 1;
    for (size_t i = 0; i < tree->size; i++)
        count += tree->data[i] == '\n';
    return count;
}

static void a_hundred_thousand_levels_print(void **state)
{
    (void)state;
    enum { LEVELS = 100000, LINE_SIZE = 130 };
    struct rg_graph *graph = new_chain(LEVELS, 0);
    struct rg_buffer tree = tree_of(graph);
    assert_int_equal(count_lines(&tree), LEVELS + 1);
    assert_true(tree.size < (size_t)LEVELS * LINE_SIZE);
    const char *last = strrchr(tree.data, '\n') + 1;
    assert_memory_equal(last, "[100000]     ", 13);
    assert_non_null(strstr(last, "└─╼ list[0] (id=100001)"));
    rg_buffer_free(&tree);
    rg_graph_free(graph);
}

static void a_hundred_thousand_referrers_print(void **state)
{
    (void)state;
    enum { REFERRERS = 100000 };
    struct rg_graph *graph = new_objects(REFERRERS + 1);
    for (uint32_t i = 1; i <= REFERRERS; i++)
        refer(graph, 0, i, i);
    seal(graph);
    struct rg_buffer tree = tree_of(graph);
    assert_int_equal(count_lines(&tree), REFERRERS + 1);
    assert_string_equal(strrchr(tree.data, '\n'),
                        "\n    └─╼ list[100000] (id=100001)");
    rg_buffer_free(&tree);
    rg_graph_free(graph);
}

/* Many equal lines, far apart: a comparison of all with all would not end. */
static void equal_lines_merge_wherever_they_stand(void **state)
{
    (void)state;
    enum { DIFFERENT = 50000, ROUNDS = 4 };
    struct rg_graph *graph = new_objects(2);
    for (int round = 0; round < ROUNDS; round++)
        for (uint32_t i = 0; i < DIFFERENT; i++)
            refer(graph, 0, 1, i);
    seal(graph);
    struct rg_buffer tree = tree_of(graph);
    assert_int_equal(count_lines(&tree), DIFFERENT + 1);
    assert_string_equal(strrchr(tree.data, '\n'),
                        "\n    └─╼ list[49999] (id=2) (shown above)");
    rg_buffer_free(&tree);
    rg_graph_free(graph);
}

/* 0 <- 1, 2, 3 and each of 1..3 <- 1..3: the ties of a clique. */
static void ties_go_to_the_first_line(void **state)
{
    (void)state;
    static const char expected[] = "╙── Node instance (id=1)\n"
                                   "    ├─╼ list[1] (id=2)\n"
                                   "    │   ├─╼ list[1] (id=2) (circular ref)\n"
                                   "    │   ├─╼ list[2] (id=3) (shown below)\n"
                                   "    │   └─╼ list[3] (id=4) (shown below)\n"
                                   "    ├─╼ list[2] (id=3)\n"
                                   "    │   ├─╼ list[1] (id=2) (shown above)\n"
                                   "    │   ├─╼ list[2] (id=3) (circular ref)\n"
                                   "    │   └─╼ list[3] (id=4) (shown below)\n"
                                   "    └─╼ list[3] (id=4)\n"
                                   "        ├─╼ list[1] (id=2) (shown above)\n"
                                   "        ├─╼ list[2] (id=3) (shown above)\n"
                                   "        └─╼ list[3] (id=4) (circular ref)";
    struct rg_graph *graph = new_objects(4);
    for (uint32_t referent = 0; referent < 4; referent++)
        for (uint32_t referrer = 1; referrer < 4; referrer++)
            refer(graph, referent, referrer, referrer);
    seal(graph);
    struct rg_buffer tree = tree_of(graph);
    assert_string_equal(tree.data, expected);
    rg_buffer_free(&tree);
    rg_graph_free(graph);
}

/* What is left out of a tree. */

static void alike_siblings_are_three_and_a_count(void **state)
{
    (void)state;
    struct rg_graph *graph = new_objects(100001);
    for (uint32_t i = 1; i <= 100000; i++)
        refer(graph, 0, i, i);
    seal(graph);
    struct rg_buffer tree = short_tree_of(graph, RG_TEXT_LINES);
    assert_string_equal(tree.data, "╙── Node instance (id=1)\n"
                                   "    ├─╼ list[1] (id=2)\n"
                                   "    ├─╼ list[2] (id=3)\n"
                                   "    ├─╼ list[3] (id=4)\n"
                                   "    └─╼ … 99,997 more list[…]");
    rg_buffer_free(&tree);
    rg_graph_free(graph);
}

/* 0 <- 1..9; 1..5 are alike (each <- 10 <- f.x), 6..9 have nothing above. */
static void alike_is_what_has_the_same_lines_beneath(void **state)
{
    (void)state;
    struct rg_graph *graph = new_objects(11);
    for (uint32_t i = 1; i <= 9; i++)
        refer(graph, 0, i, i);
    for (uint32_t i = 1; i <= 5; i++)
        refer(graph, i, 10, i);
    add_variable(graph, 10);
    seal(graph);
    struct rg_buffer tree = short_tree_of(graph, RG_TEXT_LINES);
    assert_string_equal(tree.data, "╙── Node instance (id=1)\n"
                                   "    ├─╼ list[1] (id=2)\n"
                                   "    │   └─╼ list[1] (id=11)\n"
                                   "    │       └─╼ f.x (local) (id=11)\n"
                                   "    ├─╼ list[2] (id=3)\n"
                                   "    │   └─╼ list[2] (id=11) (shown above)\n"
                                   "    ├─╼ list[3] (id=4)\n"
                                   "    │   └─╼ list[3] (id=11) (shown above)\n"
                                   "    ├─╼ list[4] (id=5)\n"
                                   "    │   └─╼ list[4] (id=11) (shown above)\n"
                                   "    ├─╼ … 1 more list[…]\n"
                                   "    ├─╼ list[6] (id=7)\n"
                                   "    ├─╼ list[7] (id=8)\n"
                                   "    ├─╼ list[8] (id=9)\n"
                                   "    └─╼ … 1 more list[…]");
    rg_buffer_free(&tree);
    rg_graph_free(graph);
}

/* 0 <- f.x, and 0 <- 1..5, which nothing but 0 refers to: whatever holds them
 * holds 0 first.  6 has a variable of its own. */
static void what_only_leads_back_is_counted(void **state)
{
    (void)state;
    struct rg_graph *graph = new_objects(7);
    for (uint32_t i = 1; i <= 6; i++)
        refer(graph, 0, i, i);
    for (uint32_t i = 1; i <= 5; i++)
        refer(graph, i, 0, i);
    add_variable(graph, 0);
    add_variable(graph, 6);
    seal(graph);
    static const char expected[] = "╙── Node instance (id=1)\n"
                                   "    ├─╼ list[6] (id=7)\n"
                                   "    │   └─╼ f.x (local) (id=7)\n"
                                   "    ├─╼ list[1] (id=2)\n"
                                   "    │   └─╼ list[1] (id=1) (circular ref)\n"
                                   "    ├─╼ list[2] (id=3)\n"
                                   "    │   └─╼ list[2] (id=1) (circular ref)\n"
                                   "    ├─╼ list[3] (id=4)\n"
                                   "    │   └─╼ list[3] (id=1) (circular ref)\n"
                                   "    ├─╼ f.x (local) (id=1)\n"
                                   "    └─╼ … 2 more referrers lead back here";
    struct rg_buffer tree = tree_of(graph);
    assert_string_equal(tree.data, expected);
    rg_buffer_free(&tree);
    rg_graph_free(graph);
}

static void a_long_way_is_its_ends(void **state)
{
    (void)state;
    struct rg_graph *graph = new_objects(1001);
    for (uint32_t i = 0; i < 1000; i++)
        refer(graph, i, i + 1, 0);
    add_variable(graph, 1000);
    seal(graph);
    struct rg_buffer tree = short_tree_of(graph, RG_TEXT_LINES);
    assert_int_equal(count_lines(&tree), 1 + 50 + 1 + 50);
    const char *steps = strstr(tree.data, "… 901 more steps\n");
    assert_non_null(steps);
    assert_null(strstr(tree.data, "list[0] (id=52)\n"));
    assert_true(strstr(tree.data, "list[0] (id=51)\n") < steps);
    assert_true(strstr(tree.data, "list[0] (id=953)\n") > steps);
    assert_memory_equal(strrchr(tree.data, '\n'), "\n[1001]     ", 12);
    assert_non_null(strstr(tree.data, "└─╼ f.x (local) (id=1001)"));
    rg_buffer_free(&tree);
    rg_graph_free(graph);
}

/* Sums up what the counts of a tree stand for: with the lines it has, as many
 * as there would be with room for all. */
static size_t lines_told(const struct rg_buffer *tree)
{
    static const char *const words[] = {" more referrer", " more line",
                                        " more target", " more step"};
    size_t lines = count_lines(tree);
    char *copy = strdup(tree->data), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        const char *at = strstr(line, "… ");
        for (size_t i = 0; at != NULL && i < 4; i++) {
            const char *word = strstr(at, words[i]), *comma = strstr(at, ", ");
            if (word == NULL || strstr(at, "back here") != NULL)
                continue;
            at = comma == NULL ? at + strlen("… ") : comma + 2;
            lines += strtoul(at, NULL, 10) - 1;
            break;
        }
    }
    free(copy);
    return lines;
}

/* Graphs by chance: nothing is lost, the limit holds, a root is shown. */
static void what_is_left_out_is_counted(void **state)
{
    (void)state;
    unsigned seed = 7;
    for (int round = 0; round < 300; round++) {
        uint32_t count = 5 + round % 60;
        struct rg_graph *graph = new_objects(count);
        for (uint32_t i = 1; i < count; i++) {
            seed = seed * 1103515245 + 12345;
            char owner[16]; /* one of its own, so that none are alike */
            snprintf(owner, sizeof owner, "T%u", (unsigned)i);
            refer_from(graph, (seed >> 16) % i, i, owner, 0);
        }
        add_variable(graph, count - 1);
        seal(graph);
        struct rg_buffer all = short_tree_of(graph, 100000);
        size_t limits[] = {10, 15, 30};
        for (size_t k = 0; k < 3; k++) {
            struct rg_buffer tree = short_tree_of(graph, limits[k]);
            assert_true(count_lines(&tree) <= limits[k]);
            assert_int_equal(lines_told(&tree), count_lines(&all));
            assert_non_null(strstr(tree.data, "f.x (local)"));
            rg_buffer_free(&tree);
        }
        rg_buffer_free(&all);
        rg_graph_free(graph);
    }
}

static void every_failed_allocation_is_an_answer(void **state)
{
    (void)state;
    struct rg_graph *graph = read_case("limits");
    size_t n = 1;
    for (;; n++) {
        struct rg_buffer tree = {0};
        struct rg_sink sink = rg_sink_to_buffer(&tree);
        failing_malloc_at(n);
        enum rg_status status = rg_text_tree(graph, RG_TEXT_LINES, &sink);
        failing_malloc_off();
        rg_buffer_free(&tree);
        assert_int_equal(status, failing_malloc_reached() ? RG_ENOMEM : RG_OK);
        if (!failing_malloc_reached())
            break;
    }
    assert_in_range(n, 15, 100);
    rg_graph_free(graph);
}

static enum rg_status refuse(void *context, const char *data, size_t size)
{
    (void)data;
    (void)size;
    --*(int *)context;
    return *(int *)context < 0 ? RG_EIO : RG_OK;
}

static void a_sink_that_fails_ends_the_tree(void **state)
{
    (void)state;
    int allowed = 5;
    struct rg_graph *graph = read_case("names");
    struct rg_sink sink = {.write = refuse, .context = &allowed};
    assert_int_equal(rg_text_tree(graph, RG_TEXT_LINES, &sink), RG_EIO);
    assert_int_equal(allowed, -1);
    rg_graph_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_are_as_written_by_hand),
        cmocka_unit_test(past_20_levels_the_number_leads),
        cmocka_unit_test(a_hundred_thousand_levels_print),
        cmocka_unit_test(a_hundred_thousand_referrers_print),
        cmocka_unit_test(equal_lines_merge_wherever_they_stand),
        cmocka_unit_test(ties_go_to_the_first_line),
        cmocka_unit_test(alike_siblings_are_three_and_a_count),
        cmocka_unit_test(alike_is_what_has_the_same_lines_beneath),
        cmocka_unit_test(what_only_leads_back_is_counted),
        cmocka_unit_test(a_long_way_is_its_ends),
        cmocka_unit_test(what_is_left_out_is_counted),
        cmocka_unit_test(every_failed_allocation_is_an_answer),
        cmocka_unit_test(a_sink_that_fails_ends_the_tree),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
