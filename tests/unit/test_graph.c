#include <math.h>
#include <stdio.h>
#include <string.h>

#include "failing_malloc.h"
#include "graph/graph.h"
#include "unit.h"

static struct rg_text word(struct rg_graph *graph, const char *text)
{
    struct rg_text result;
    assert_int_equal(rg_graph_text(graph, text, strlen(text), &result), RG_OK);
    return result;
}

static void assert_word(const struct rg_graph *graph, struct rg_text text,
                        const char *expected)
{
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(rg_graph_bytes(graph, text), expected, text.size);
}

static void equal_words_are_stored_once(void **state)
{
    (void)state;
    struct rg_graph *graph = rg_graph_new();
    struct rg_text first = word(graph, "payload"),
                   again = word(graph, "payload");
    assert_int_equal(first.offset, again.offset);
    assert_int_equal(graph->text_size, strlen("payload"));
    word(graph, "payloa");
    word(graph, "payload2");
    assert_int_equal(graph->text_size, strlen("payloadpayloapayload2"));
    assert_word(graph, first, "payload");
    rg_graph_free(graph);
}

static void the_empty_word_takes_no_room(void **state)
{
    (void)state;
    struct rg_graph *graph = rg_graph_new();
    struct rg_text text = {7, 7};
    assert_int_equal(rg_graph_text(graph, NULL, 0, &text), RG_OK);
    assert_int_equal(text.offset, 0);
    assert_int_equal(text.size, 0);
    assert_non_null(rg_graph_bytes(graph, text));
    rg_graph_free(graph);
}

static void words_hold_any_bytes(void **state)
{
    (void)state;
    struct rg_graph *graph = rg_graph_new();
    struct rg_text one, other;
    assert_int_equal(rg_graph_text(graph, "a\0b", 3, &one), RG_OK);
    assert_int_equal(rg_graph_text(graph, "a\0c", 3, &other), RG_OK);
    assert_int_not_equal(one.offset, other.offset);
    assert_memory_equal(rg_graph_bytes(graph, one), "a\0b", 3);
    rg_graph_free(graph);
}

static void a_word_may_come_from_the_graph_itself(void **state)
{
    (void)state;
    struct rg_graph *graph = rg_graph_new();
    struct rg_text text = word(graph, "abcdefghijklmnop");
    for (uint32_t size = 1; size < 16; size++) {
        struct rg_text part;
        const char *bytes = rg_graph_bytes(graph, text) + 16 - size;
        assert_int_equal(rg_graph_text(graph, bytes, size, &part), RG_OK);
        assert_memory_equal(rg_graph_bytes(graph, part),
                            &"abcdefghijklmnop"[16 - size], size);
    }
    rg_graph_free(graph);
}

static void many_words_stay_apart(void **state)
{
    (void)state;
    enum { WORDS = 50000 };
    struct rg_graph *graph = rg_graph_new();
    static struct rg_text texts[WORDS];
    char name[32];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < WORDS; i++) {
            snprintf(name, sizeof name, "word %d", i);
            struct rg_text text = word(graph, name);
            if (round == 1)
                assert_int_equal(text.offset, texts[i].offset);
            texts[i] = text;
        }
    for (int i = 0; i < WORDS; i++) {
        snprintf(name, sizeof name, "word %d", i);
        assert_word(graph, texts[i], name);
    }
    assert_int_equal(graph->word_index.count, WORDS);
    rg_graph_free(graph);
}

static void add_object(struct rg_graph *graph, uint64_t id)
{
    struct rg_object object = {.id = id, .type = word(graph, "T"), .items = -1};
    assert_int_equal(rg_graph_add_object(graph, &object, NULL), RG_OK);
}

static void refer(struct rg_graph *graph, uint32_t referent, uint32_t referrer,
                  uint64_t number)
{
    struct rg_reference reference = {.referent = referent,
                                     .referrer = referrer,
                                     .root = RG_NONE,
                                     .kind = RG_INDEX,
                                     .owner = word(graph, "list"),
                                     .number = number};
    assert_int_equal(rg_graph_add_reference(graph, &reference), RG_OK);
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

static void leave_out(struct rg_graph *graph, uint32_t referent, uint32_t after,
                      uint64_t count)
{
    struct rg_rest rest = {.referent = referent,
                           .after = after,
                           .kind = RG_INDEX,
                           .owner = word(graph, "list"),
                           .count = count};
    assert_int_equal(rg_graph_add_rest(graph, &rest), RG_OK);
}

/* Three objects: 0 (target) <- 1, 2; 1 <- f.x; 2 <- 1, 1, f.x; with rests. */
static struct rg_graph *sample(void)
{
    struct rg_graph *graph = rg_graph_new();
    struct rg_root root = {.kind = RG_ROOT_FRAME, .name = word(graph, "f")};
    uint32_t index = 7;
    assert_int_equal(rg_graph_add_root(graph, &root, &index), RG_OK);
    assert_int_equal(index, 0);
    for (uint64_t id = 16; id <= 48; id += 16)
        add_object(graph, id);
    refer(graph, 2, 1, 5);
    refer(graph, 0, 1, 9);
    refer(graph, 2, 1, 4);
    add_variable(graph, 1);
    refer(graph, 0, 2, 1);
    add_variable(graph, 2);
    leave_out(graph, 2, 1, 100);
    leave_out(graph, 0, 1, 200);
    leave_out(graph, 2, 0, 300);
    leave_out(graph, 2, 1, 400);
    assert_int_equal(rg_graph_add_target(graph, 0), RG_OK);
    return graph;
}

static void sealing_groups_by_referent_and_keeps_the_order(void **state)
{
    (void)state;
    static const uint32_t referents[] = {0, 0, 1, 2, 2, 2};
    static const uint64_t numbers[] = {9, 1, 0, 5, 4, 0};
    struct rg_graph *graph = sample();
    assert_int_equal(rg_graph_seal(graph, NULL), RG_OK);
    assert_true(graph->sealed);
    assert_null(graph->words);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(graph->references[i].referent, referents[i]);
        assert_int_equal(graph->references[i].number, numbers[i]);
    }
    assert_int_equal(graph->objects[1].first_reference, 2);
    assert_int_equal(graph->objects[1].reference_count, 1);
    assert_int_equal(graph->objects[2].first_reference, 3);
    assert_int_equal(graph->objects[2].reference_count, 3);
    rg_graph_free(graph);
}

static void rests_stand_in_the_order_they_are_shown(void **state)
{
    (void)state;
    static const uint64_t counts[] = {200, 300, 100, 400};
    struct rg_graph *graph = sample();
    assert_int_equal(rg_graph_seal(graph, NULL), RG_OK);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(graph->rests[i].count, counts[i]);
    assert_int_equal(graph->objects[1].rest_count, 0);
    assert_int_equal(graph->objects[2].first_rest, 1);
    assert_int_equal(graph->objects[2].rest_count, 3);
    assert_int_equal(rg_graph_check(graph, NULL), RG_OK);
    rg_graph_free(graph);
}

static void an_empty_graph_can_be_sealed(void **state)
{
    (void)state;
    struct rg_graph *graph = rg_graph_new();
    assert_int_equal(graph->max_depth, -1);
    assert_int_equal(rg_graph_seal(graph, NULL), RG_OK);
    assert_int_equal(rg_graph_check(graph, NULL), RG_OK);
    rg_graph_free(graph);
    rg_graph_free(NULL);
}

/* Seals the sample after `change` and expects the words. */
static void assert_unsealable(void (*change)(struct rg_graph *),
                              const char *words)
{
    struct rg_error error = {0};
    struct rg_graph *graph = sample();
    change(graph);
    assert_int_equal(rg_graph_seal(graph, &error), RG_EFORMAT);
    assert_string_equal(error.text, words);
    assert_false(graph->sealed);
    rg_graph_free(graph);
}

static void bad_referent(struct rg_graph *graph)
{
    graph->references[1].referent = 3;
}

static void bad_referrer(struct rg_graph *graph)
{
    graph->references[4].referrer = 77;
}

static void bad_root(struct rg_graph *graph)
{
    graph->references[3].root = 1;
}

static void bad_rest(struct rg_graph *graph)
{
    graph->rests[2].referent = RG_NONE;
}

static void bad_after(struct rg_graph *graph)
{
    graph->rests[1].after = 2;
}

static void sealing_says_which_index_is_wrong(void **state)
{
    (void)state;
    assert_unsealable(bad_referent,
                      "references[1]: no object 3 for its referent");
    assert_unsealable(bad_referrer,
                      "references[4]: no object 77 for its referrer");
    assert_unsealable(bad_root, "references[3]: no root 1");
    assert_unsealable(bad_rest,
                      "rests[2]: no object 4294967295 for its referent");
    assert_unsealable(bad_after, "rests[1]: object 0 has no reference 2");
}

static void nothing_is_added_to_a_sealed_graph(void **state)
{
    (void)state;
    struct rg_graph *graph = sample();
    struct rg_text text;
    struct rg_object object = {0};
    struct rg_reference reference = {0};
    struct rg_rest rest = {0};
    struct rg_root root = {0};
    assert_int_equal(rg_graph_seal(graph, NULL), RG_OK);
    assert_int_equal(rg_graph_text(graph, "x", 1, &text), RG_EINTERNAL);
    assert_int_equal(rg_graph_add_object(graph, &object, NULL), RG_EINTERNAL);
    assert_int_equal(rg_graph_add_reference(graph, &reference), RG_EINTERNAL);
    assert_int_equal(rg_graph_add_rest(graph, &rest), RG_EINTERNAL);
    assert_int_equal(rg_graph_add_root(graph, &root, NULL), RG_EINTERNAL);
    assert_int_equal(rg_graph_add_target(graph, 1), RG_EINTERNAL);
    assert_int_equal(rg_graph_seal(graph, NULL), RG_EINTERNAL);
    assert_int_equal(rg_graph_check(graph, NULL), RG_OK);
    rg_graph_free(graph);
}

static void a_target_must_be_an_object(void **state)
{
    (void)state;
    struct rg_graph *graph = sample();
    assert_int_equal(rg_graph_add_target(graph, 3), RG_EINVAL);
    assert_int_equal(graph->target_count, 1);
    rg_graph_free(graph);
}

/* One broken rule each: `break_rule` spoils a sealed sample. */
static void assert_broken(void (*break_rule)(struct rg_graph *),
                          const char *words)
{
    struct rg_error error = {0};
    struct rg_graph *graph = sample();
    assert_int_equal(rg_graph_seal(graph, NULL), RG_OK);
    break_rule(graph);
    assert_int_equal(rg_graph_check(graph, &error), RG_EINTERNAL);
    assert_int_equal(error.status, RG_EINTERNAL);
    assert_string_equal(error.text, words);
    rg_graph_free(graph);
}

#define BREAK(name, change) \
    static void name(struct rg_graph *graph) \
    { \
        change; \
    }

BREAK(not_sealed, graph->sealed = false)
BREAK(odd_depth, graph->max_depth = -2)
BREAK(odd_timeout, graph->timeout = NAN)
BREAK(endless_timeout, graph->timeout = INFINITY)
BREAK(timed_out_without, graph->timed_out = true)
BREAK(odd_unseen, graph->unseen[RG_UNSEEN_FROZEN] = -2)
BREAK(unknown_root, graph->roots[0].kind = RG_ROOT_KIND_COUNT)
BREAK(root_word, graph->roots[0].file.size = 1000)
BREAK(object_word, graph->objects[1].detail.offset = 1000)
BREAK(value_word, graph->objects[1].value.size = 1000)
BREAK(unknown_flag, graph->objects[1].flags = 1 << 30)
BREAK(few_items, graph->objects[1].items = -2)
BREAK(depth_cut, graph->objects[1].flags = RG_OBJECT_DEPTH_LIMIT)
BREAK(deep_target, graph->objects[0].depth = 1)
BREAK(reference_gap, graph->objects[1].first_reference = 3)
BREAK(reference_excess, graph->objects[2].reference_count = 4)
BREAK(reference_lost, graph->objects[2].reference_count = 2)
BREAK(rest_gap, graph->objects[2].first_rest = 0)
BREAK(rest_excess, graph->objects[2].rest_count = 4)
BREAK(wrong_place, graph->references[0].referent = 1)
BREAK(unknown_kind, graph->references[0].kind = RG_KIND_COUNT)
BREAK(unknown_key, graph->references[0].key_type = RG_KEY_TYPE_COUNT)
BREAK(rootless, graph->references[2].root = RG_NONE)
BREAK(variable_object, graph->references[2].referrer = 0)
BREAK(rooted, graph->references[0].root = 0)
BREAK(no_referrer, graph->references[0].referrer = RG_NONE)
BREAK(label_word, graph->references[0].label.size = 1 << 20)
BREAK(rest_place, graph->rests[0].referent = 2)
BREAK(rest_after, graph->rests[0].after = 2)
BREAK(rest_order, graph->rests[1].after = 2)
BREAK(rest_kind, graph->rests[0].kind = RG_KIND_COUNT)
BREAK(rest_key, graph->rests[0].key_type = RG_KEY_TYPE_COUNT)
BREAK(rest_none, graph->rests[0].count = 0)
BREAK(rest_word, graph->rests[0].last.offset = UINT32_MAX)
BREAK(odd_target, graph->targets[0] = 3)
BREAK(unflagged, graph->objects[0].flags = 0)
BREAK(swapped, graph->targets[0] = 1)

static void the_checker_sees_every_broken_rule(void **state)
{
    (void)state;
    static const struct {
        void (*break_rule)(struct rg_graph *);
        const char *words;
    } rules[] = {
        {not_sealed, "graph: is sealed"},
        {odd_depth, "limits[0].max_depth: is less than none"},
        {odd_timeout,
         "limits[0]: the timeout must be a number of seconds, 0 or more"},
        {endless_timeout,
         "limits[0]: the timeout must be a number of seconds, 0 or more"},
        {timed_out_without,
         "limits[0]: only a walk with a timeout can have timed out"},
        {odd_unseen, "unseen[1].count: is less than none"},
        {unknown_root, "roots[0].kind: is no known word"},
        {root_word, "roots[0].file: lies outside the text"},
        {object_word, "objects[1].detail: lies outside the text"},
        {value_word, "values[1].text: lies outside the text"},
        {unknown_flag, "objects[1].flags: has a flag that is not known"},
        {few_items, "objects[1].items: is less than none"},
        {depth_cut,
         "objects[1]: the depth limit cut here, but none was in force"},
        {deep_target, "objects[0]: a target is no step away from itself"},
        {reference_gap,
         "objects[1]: its references follow those of the object before"},
        {reference_excess,
         "objects[2]: its references follow those of the object before"},
        {reference_lost,
         "graph: every reference and rest belongs to an object"},
        {rest_gap, "objects[2]: its rests follow those of the object before"},
        {rest_excess,
         "objects[2]: its rests follow those of the object before"},
        {wrong_place, "references[0]: it stands with its referent"},
        {unknown_kind, "references[0].kind: is no known word"},
        {unknown_key, "references[0].key_type: is no known word"},
        {rootless, "references[2]: a variable needs a root only"},
        {variable_object, "references[2]: a variable needs a root only"},
        {rooted, "references[0]: this kind needs a referrer only"},
        {no_referrer, "references[0]: this kind needs a referrer only"},
        {label_word, "references[0].label: lies outside the text"},
        {rest_place, "rests[0]: it stands with its referent"},
        {rest_after, "rests[0]: it stands behind a reference that is shown"},
        {rest_order, "rests[2]: it stands behind the rest before"},
        {rest_kind, "rests[0].kind: is no known word"},
        {rest_key, "rests[0].key_type: is no known word"},
        {rest_none, "rests[0].count: must not be 0"},
        {rest_word, "rests[0].last: lies outside the text"},
        {odd_target, "targets[0].object: names a record that is not there"},
        {unflagged, "graph: every target is listed once"},
        {swapped, "graph: every target is listed once"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        assert_broken(rules[i].break_rule, rules[i].words);
}

static void a_target_listed_twice_is_seen(void **state)
{
    (void)state;
    struct rg_graph *graph = sample();
    assert_int_equal(rg_graph_add_target(graph, 0), RG_OK);
    assert_int_equal(rg_graph_seal(graph, NULL), RG_OK);
    assert_int_equal(rg_graph_check(graph, NULL), RG_EINTERNAL);
    graph->objects[1].flags |= RG_OBJECT_TARGET;
    assert_int_equal(rg_graph_check(graph, NULL), RG_EINTERNAL);
    graph->targets[1] = 1;
    assert_int_equal(rg_graph_check(graph, NULL), RG_OK);
    rg_graph_free(graph);
}

/* The steps of a small graph; the first failure ends it. */
static enum rg_status build(struct rg_graph **built)
{
    struct rg_object object = {.id = 16, .items = -1};
    struct rg_root root = {.kind = RG_ROOT_MODULE};
    struct rg_reference reference = {.referrer = RG_NONE, .kind = RG_GLOBAL};
    struct rg_rest rest = {.kind = RG_GLOBAL, .count = 1};
    struct rg_graph *graph = *built = rg_graph_new();
    if (graph == NULL)
        return RG_ENOMEM;
    enum rg_status status = rg_graph_text(graph, "app", 3, &root.name);
    if (status == RG_OK)
        status = rg_graph_add_root(graph, &root, NULL);
    if (status == RG_OK)
        status = rg_graph_add_object(graph, &object, NULL);
    for (int i = 0; i < 20 && status == RG_OK; i++)
        status = rg_graph_add_reference(graph, &reference);
    if (status == RG_OK)
        status = rg_graph_add_rest(graph, &rest);
    if (status == RG_OK)
        status = rg_graph_add_target(graph, 0);
    return status == RG_OK ? rg_graph_seal(graph, NULL) : status;
}

static void every_failed_allocation_is_an_answer(void **state)
{
    (void)state;
    size_t n = 1;
    for (;; n++) {
        struct rg_graph *graph;
        failing_malloc_at(n);
        enum rg_status status = build(&graph);
        failing_malloc_off();
        if (!failing_malloc_reached())
            assert_int_equal(rg_graph_check(graph, NULL), RG_OK);
        else
            assert_int_equal(status, RG_ENOMEM);
        rg_graph_free(graph);
        if (!failing_malloc_reached())
            break;
    }
    assert_in_range(n, 10, 30);
}

static void a_failed_word_can_be_tried_again(void **state)
{
    (void)state;
    struct rg_graph *graph = rg_graph_new();
    struct rg_text text;
    for (size_t n = 1; n <= 2; n++) {
        failing_malloc_at(n);
        assert_int_equal(rg_graph_text(graph, "word", 4, &text), RG_ENOMEM);
        failing_malloc_off();
    }
    assert_word(graph, word(graph, "word"), "word");
    rg_graph_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_words_are_stored_once),
        cmocka_unit_test(the_empty_word_takes_no_room),
        cmocka_unit_test(words_hold_any_bytes),
        cmocka_unit_test(a_word_may_come_from_the_graph_itself),
        cmocka_unit_test(many_words_stay_apart),
        cmocka_unit_test(sealing_groups_by_referent_and_keeps_the_order),
        cmocka_unit_test(rests_stand_in_the_order_they_are_shown),
        cmocka_unit_test(an_empty_graph_can_be_sealed),
        cmocka_unit_test(sealing_says_which_index_is_wrong),
        cmocka_unit_test(nothing_is_added_to_a_sealed_graph),
        cmocka_unit_test(a_target_must_be_an_object),
        cmocka_unit_test(the_checker_sees_every_broken_rule),
        cmocka_unit_test(a_target_listed_twice_is_seen),
        cmocka_unit_test(every_failed_allocation_is_an_answer),
        cmocka_unit_test(a_failed_word_can_be_tried_again),
    };
    return cmocka_run_group_tests_name("graph", tests, NULL, NULL);
}
