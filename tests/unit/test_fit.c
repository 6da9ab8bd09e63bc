/* The direction of a picture, and whether it is too wide or too tall. */
#include <stdio.h>

#include "failing_malloc.h"
#include "render/fit.h"
#include "scenes.h"
#include "unit.h"
#include "views.h"

static struct rg_view *fitted(struct maker *maker, enum rg_direction direction)
{
    struct rg_error error = {0};
    struct rg_view *view = view_of(maker, 0);
    assert_int_equal(rg_fit(view, direction, NULL, &error), RG_OK);
    return view;
}

/* `count` objects of as many types refer to a target. */
static struct maker make_fan(int count, const char *label)
{
    static const char *const types[] = {
        "Alpha", "Beta", "Gamma",    "Delta",   "Epsilon",
        "Zeta",  "Eta",  "AlphaTwo", "BetaTwo", "GammaTwo"};
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Config");
    for (int i = 0; i < count; i++)
        refer(&maker, target, add_object(&maker, types[i], 0), RG_ATTRIBUTE,
              label);
    return maker;
}

static void what_fits_the_page_is_drawn_top_to_bottom(void **state)
{
    (void)state;
    struct maker maker = make_fan(5, "x");
    struct rg_view *view = fitted(&maker, RG_AUTOMATIC);
    assert_false(view->left_to_right);
    assert_false(view->is_wide);
    drop(&maker, view);
}

static void what_does_not_is_drawn_in_the_narrower_direction(void **state)
{
    (void)state;
    struct maker maker = make_fan(10, "configuration");
    struct rg_view *view = fitted(&maker, RG_AUTOMATIC);
    assert_true(view->left_to_right);
    assert_false(view->is_wide);
    drop(&maker, view);
}

/* Long words make a picture wide, not only many boxes. */
static void words_count_and_not_boxes_alone(void **state)
{
    (void)state;
    const char *const word = "the_name_of_an_attribute_that_is_long";
    struct maker maker = make_fan(5, word);
    struct rg_view *view = fitted(&maker, RG_AUTOMATIC);
    assert_true(view->left_to_right);
    drop(&maker, view);
}

static void a_chosen_direction_is_kept_and_says_that_it_is_wide(void **state)
{
    (void)state;
    struct maker maker = make_fan(10, "configuration");
    struct rg_view *view = fitted(&maker, RG_TOP_TO_BOTTOM);
    assert_false(view->left_to_right);
    assert_true(view->is_wide);
    drop(&maker, view);
    maker = make_chain(6, RG_ROOT_MODULE);
    view = fitted(&maker, RG_LEFT_TO_RIGHT);
    assert_true(view->left_to_right);
    drop(&maker, view);
}

/* Too many boxes beside each other are drawn one above the other; then they may
 * be too many for that as well. */
static void a_column_of_boxes_may_be_tall(void **state)
{
    static const int counts[] = {12, 38};
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct maker maker = make();
        uint32_t target = add_target(&maker, "Config");
        for (int k = 0; k < counts[i]; k++) {
            char type[32];
            snprintf(type, sizeof type, "Configuration%d", k);
            refer(&maker, target, add_object(&maker, type, 0), RG_ATTRIBUTE,
                  "configuration");
        }
        struct rg_view *view = fitted(&maker, RG_AUTOMATIC);
        assert_true(view->left_to_right);
        assert_int_equal(view->is_tall, i == 1);
        drop(&maker, view);
    }
}

/* Heights are the longest ways, and cycles have none: a ring with a way round
 * every node of it ends, and is measured. */
static void cycles_end(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Node");
    for (uint32_t i = 1; i < 30; i++) {
        add_object(&maker, "Node", 0);
        refer(&maker, i - 1, i, RG_ATTRIBUTE, "next");
        refer(&maker, i, i - 1, RG_ATTRIBUTE, "prev");
        refer(&maker, target, i, RG_ATTRIBUTE, "head");
    }
    refer(&maker, target, target, RG_ATTRIBUTE, "self");
    struct rg_view *view = fitted(&maker, RG_LEFT_TO_RIGHT);
    assert_true(view->is_wide);
    drop(&maker, view);
}

static void no_target_fits(void **state)
{
    (void)state;
    struct maker maker = make();
    struct rg_view *view = fitted(&maker, RG_AUTOMATIC);
    assert_false(view->left_to_right);
    assert_false(view->is_wide);
    drop(&maker, view);
}

static void a_failed_allocation_is_reported(void **state)
{
    (void)state;
    struct rg_graph *graph = scene_graph("threads");
    struct rg_view *view = scene_view(graph);
    size_t failures = 0;
    for (size_t n = 1;; n++) {
        struct rg_error error = {0};
        failing_malloc_at(n);
        enum rg_status status = rg_fit(view, RG_AUTOMATIC, NULL, &error);
        failing_malloc_off();
        if (!failing_malloc_reached()) {
            assert_int_equal(status, RG_OK);
            break;
        }
        failures++;
        assert_int_equal(status, RG_ENOMEM);
        assert_int_equal(error.status, RG_ENOMEM);
    }
    assert_true(failures >= 6);
    rg_view_free(view);
    rg_graph_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_the_page_is_drawn_top_to_bottom),
        cmocka_unit_test(what_does_not_is_drawn_in_the_narrower_direction),
        cmocka_unit_test(words_count_and_not_boxes_alone),
        cmocka_unit_test(a_chosen_direction_is_kept_and_says_that_it_is_wide),
        cmocka_unit_test(a_column_of_boxes_may_be_tall),
        cmocka_unit_test(cycles_end),
        cmocka_unit_test(no_target_fits),
        cmocka_unit_test(a_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("fit", tests, NULL, NULL);
}
