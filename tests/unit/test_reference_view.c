#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sink.h"
#include "failing_malloc.h"
#include "golden.h"
#include "line/line.h"
#include "render/reference_view.h"
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

/* Nodes as "NAME|ID|TYPE|target|cycle", then edges as "REFERENT>REFERRER". */
static struct rg_buffer words_of(const struct rg_reference_view *view)
{
    struct rg_buffer words = {0};
    struct rg_sink sink = rg_sink_to_buffer(&words);
    for (size_t i = 0; i < view->node_count; i++) {
        const struct rg_reference_node *node = &view->nodes[i];
        rg_sink_write(&sink, node->name, node->name_size);
        rg_sink_format(&sink, "|%" PRIu64 "|%s%s%s\n", node->id, node->type,
                       node->is_target ? "|target" : "",
                       node->is_cycle ? "|cycle" : "");
    }
    for (size_t i = 0; i < view->edge_count; i++)
        rg_sink_format(&sink, "%u>%u\n", (unsigned)view->edges[i].referent,
                       (unsigned)view->edges[i].referrer);
    rg_sink_write(&sink, "", 1);
    assert_int_equal(sink.status, RG_OK);
    return words;
}

/* The view must live without its graph. */
static void assert_view(const char *name, const char *expected)
{
    struct rg_graph *graph = read_case(name);
    struct rg_reference_view *view = rg_reference_view_new(graph, NULL, NULL);
    assert_non_null(view);
    rg_graph_free(graph);
    struct rg_buffer words = words_of(view);
    assert_string_equal(words.data, expected);
    rg_buffer_free(&words);
    rg_reference_view_free(view);
}

static void every_line_is_a_node(void **state)
{
    (void)state;
    assert_view("seed_basic", "list instance|4346564736|object|target\n"
                              "dict[a]|4347073728|object\n"
                              "my_function.d (local)|4347073728|local\n"
                              "my_function.a (local)|4346564736|local\n"
                              "0>1\n1>2\n0>3\n");
}

static void a_graph_without_targets_is_empty(void **state)
{
    (void)state;
    assert_view("no_targets", "");
}

static void limits_have_no_node(void **state)
{
    (void)state;
    assert_view("depth_zero", "T instance|16|object|target\n");
    assert_view("timeout", "A instance|16|object|target\n"
                           "list[0]|48|object\n"
                           "B instance|32|object|target\n"
                           "0>1\n");
    assert_view("depth_limit", "T instance|16|object|target\n"
                               "list[0]|32|object\n"
                               "dict[k]|48|object\n"
                               "f.t (local)|16|local\n"
                               "0>1\n0>2\n0>3\n");
}

static void equal_nodes_merge(void **state)
{
    (void)state;
    assert_view("merged", "T instance|16|object|target\n"
                          "set (member)|32|object\n"
                          "fact.s (local)|32|local\n"
                          "dict[1]|48|object\n"
                          "fact.x (local)|16|local\n"
                          "fact.y (local)|16|local\n"
                          "0>1\n1>2\n0>3\n0>4\n0>5\n");
}

/* "f.x (local)" is there twice, with different ids: two nodes. */
static void ids_tell_nodes_apart(void **state)
{
    (void)state;
    struct rg_graph *graph = read_case("names");
    struct rg_reference_view *view = rg_reference_view_new(graph, NULL, NULL);
    assert_non_null(view);
    assert_int_equal(view->node_count, graph->reference_count + 1);
    assert_int_equal(view->edge_count, graph->reference_count);
    rg_reference_view_free(view);
    rg_graph_free(graph);
}

static void cycles_lead_back(void **state)
{
    (void)state;
    assert_view("circular", "Node instance|16|object|target\n"
                            "Node.next (instance attribute)|32|object\n"
                            "Node.next (instance attribute)|16|object|cycle\n"
                            "list[7]|48|object\n"
                            "list[0]|48|object|cycle\n"
                            "Node.links (instance attribute)|32|object|cycle\n"
                            "0>1\n1>2\n2>0\n1>3\n3>4\n4>3\n3>5\n5>1\n");
}

static void what_is_shown_elsewhere_leads_there(void **state)
{
    (void)state;
    assert_view("shown_above", "T instance|16|object|target\n"
                               "A.t (instance attribute)|32|object\n"
                               "dict[a]|64|object\n"
                               "app.registry (global)|64|global\n"
                               "Leaf (object)|80|object\n"
                               "B.t (instance attribute)|48|object\n"
                               "dict[b]|64|object\n"
                               "0>1\n1>2\n2>3\n1>4\n0>5\n5>6\n6>2\n5>4\n");
    assert_view("shown_below", "T instance|16|object|target\n"
                               "A.t (instance attribute)|32|object\n"
                               "list[0]|64|object\n"
                               "B.rows (instance attribute)|48|object\n"
                               "B.t (instance attribute)|48|object\n"
                               "handle.a (local)|32|local\n"
                               "handle.b (local)|48|local\n"
                               "0>1\n1>2\n2>3\n3>4\n1>5\n0>4\n4>6\n");
    assert_view("two_targets", "A instance|16|object|target\n"
                               "B.a (instance attribute)|32|object\n"
                               "B instance|32|object|target\n"
                               "list[0]|48|object\n"
                               "app.items (global)|48|global\n"
                               "list[1]|48|object\n"
                               "app.b (global)|32|global\n"
                               "0>1\n1>2\n0>3\n3>4\n2>5\n5>3\n2>6\n");
}

/* Every object of a ring of cliques refers to every other: many equal nodes
 * and edges, none of which may be there twice. */
static void no_node_and_no_edge_is_there_twice(void **state)
{
    (void)state;
    enum { OBJECTS = 40 };
    struct rg_graph *graph = rg_graph_new();
    struct rg_object object = {.items = -1};
    struct rg_reference reference = {.root = RG_NONE, .kind = RG_SET_MEMBER};
    for (uint32_t i = 0; i < OBJECTS; i++) {
        object.id = i;
        assert_int_equal(rg_graph_add_object(graph, &object, NULL), RG_OK);
    }
    for (uint32_t i = 0; i < 2 * OBJECTS * OBJECTS; i++) {
        reference.referent = i / OBJECTS % OBJECTS;
        reference.referrer = i % OBJECTS;
        reference.kind = i % 3 == 0 ? RG_KEY : RG_SET_MEMBER;
        assert_int_equal(rg_graph_add_reference(graph, &reference), RG_OK);
    }
    assert_int_equal(rg_graph_add_target(graph, 0), RG_OK);
    assert_int_equal(rg_graph_seal(graph, NULL), RG_OK);
    struct rg_reference_view *view = rg_reference_view_new(graph, NULL, NULL);
    assert_non_null(view);
    /* The target, and a key and a member per object. */
    assert_int_equal(view->node_count, 1 + 2 * OBJECTS);
    static unsigned char seen[1 + 2 * OBJECTS][1 + 2 * OBJECTS];
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < view->edge_count; i++) {
        struct rg_reference_edge edge = view->edges[i];
        assert_in_range(edge.referent, 0, view->node_count - 1);
        assert_in_range(edge.referrer, 0, view->node_count - 1);
        assert_int_equal(seen[edge.referent][edge.referrer]++, 0);
    }
    rg_reference_view_free(view);
    rg_graph_free(graph);
}

static void every_failed_allocation_is_an_answer(void **state)
{
    (void)state;
    struct rg_graph *graph = read_case("names");
    size_t n = 1;
    for (;; n++) {
        struct rg_error error = {0};
        failing_malloc_at(n);
        struct rg_reference_view *view =
            rg_reference_view_new(graph, NULL, &error);
        failing_malloc_off();
        rg_reference_view_free(view);
        if (!failing_malloc_reached())
            break;
        assert_null(view);
        assert_int_equal(error.status, RG_ENOMEM);
        assert_string_equal(error.text, "not enough memory");
    }
    assert_in_range(n, 15, 100);
    rg_graph_free(graph);
    rg_reference_view_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_a_node),
        cmocka_unit_test(a_graph_without_targets_is_empty),
        cmocka_unit_test(limits_have_no_node),
        cmocka_unit_test(equal_nodes_merge),
        cmocka_unit_test(ids_tell_nodes_apart),
        cmocka_unit_test(cycles_lead_back),
        cmocka_unit_test(what_is_shown_elsewhere_leads_there),
        cmocka_unit_test(no_node_and_no_edge_is_there_twice),
        cmocka_unit_test(every_failed_allocation_is_an_answer),
    };
    return cmocka_run_group_tests_name("reference_view", tests, NULL, NULL);
}
