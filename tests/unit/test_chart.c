/* Charts as lines: what was written is read back, and anything else refused. */
#include <string.h>

#include "failing_malloc.h"
#include "render/chart.h"
#include "unit.h"

static const char good[] = "referrers-chart\t1\tacross\n"
                           "title\tWhere the memory is\n"
                           "head\tmuted\t3 objects\n"
                           "box\t-\troot\t1\t1000\t\tapp: module\n"
                           "row\tmuted\tmodule\n"
                           "row\tstrong\tapp\n"
                           "box\t0\tpoint\t1\t250\t.sessions\t\n"
                           "row\tmono\tapp.sessions\n"
                           "box\t1\tnew\t0\t0\t\t\n"
                           "row\tstrong\t+2 a round\n"
                           "end\t3\n";

static enum rg_status read_text(const char *text, struct rg_chart *chart,
                                struct rg_error *error)
{
    return rg_chart_read(text, strlen(text), chart, error);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct rg_chart chart;
    struct rg_buffer again = {0};
    struct rg_sink sink = rg_sink_to_buffer(&again);
    assert_true(rg_chart_is(good, sizeof good - 1));
    assert_int_equal(read_text(good, &chart, NULL), RG_OK);
    assert_int_equal(chart.box_count, 3);
    assert_true(chart.across);
    assert_int_equal(chart.boxes[1].above, 0);
    assert_int_equal(chart.boxes[1].look, RG_CHART_POINT);
    assert_int_equal(chart.boxes[0].rows.count, 2);
    rg_chart_write(&chart, &sink);
    assert_int_equal(sink.status, RG_OK);
    assert_int_equal(again.size, sizeof good - 1);
    assert_memory_equal(again.data, good, again.size);
    rg_buffer_free(&again);
    rg_chart_free(&chart);
}

static void expect_wrong(const char *text, const char *words)
{
    struct rg_chart chart;
    struct rg_error error = {0};
    assert_int_equal(read_text(text, &chart, &error), RG_EFORMAT);
    if (strstr(error.text, words) == NULL)
        fail_msg("%s: %s, not %s", text, error.text, words);
    rg_chart_free(&chart);
}

#define FIRST "referrers-chart\t1\tdown\n"

static void anything_else_is_refused(void **state)
{
    (void)state;
    expect_wrong("", "line 0: the chart is cut off here");
    expect_wrong("referrers-chart\t2\tdown\n", "line 1: is no chart");
    expect_wrong("referrers-chart\t1\tup\n", "is no chart");
    expect_wrong(FIRST, "cut off");
    expect_wrong(FIRST "end\t0", "line 2: the chart is cut off here");
    expect_wrong(FIRST "end\t1\n", "counts other boxes");
    expect_wrong(FIRST "end\t0\nend\t0\n", "stands behind the end");
    expect_wrong(FIRST "cake\t0\n", "of no known kind");
    expect_wrong(FIRST "row\tmuted\tx\n", "of no known kind");
    expect_wrong(FIRST "box\t0\troot\t0\t0\t\t\n", "is below no box");
    expect_wrong(FIRST "box\t-\troot\t0\t1001\t\t\n", "is no box");
    expect_wrong(FIRST "box\t-\troot\t0\t99999999999999999999\t\t\n",
                 "is no box");
    expect_wrong(FIRST "box\t-\ttree\t0\t1\t\t\n", "is no box");
    expect_wrong(FIRST "box\t-\troot\t0\t1\t\t\t\n", "too many fields");
    expect_wrong(FIRST "box\t-\troot\t0\t1\n", "a wrong number of fields");
    expect_wrong(FIRST "box\t-\troot\t0\t1\t\t\nrow\tloud\tx\n",
                 "an unknown style");
    expect_wrong(FIRST "head\tmuted\t1\nhead\tmuted\t2\nhead\tmuted\t3\n"
                       "head\tmuted\t4\nhead\tmuted\t5\nhead\tmuted\t6\n"
                       "head\tmuted\t7\n",
                 "one row too many");
}

static void words_are_made_safe(void **state)
{
    (void)state;
    struct rg_chart chart;
    assert_int_equal(read_text(FIRST "title\ta\x01\xff"
                                     "b\nend\t0\n",
                               &chart, NULL),
                     RG_OK);
    assert_int_equal(chart.title.size, 10);
    assert_memory_equal(chart.title.data, "a\\x01\\xffb", 10);
    rg_chart_free(&chart);
}

static void no_memory_is_an_answer(void **state)
{
    (void)state;
    for (size_t n = 1;; n++) {
        struct rg_chart chart;
        failing_malloc_at(n);
        enum rg_status status = read_text(good, &chart, NULL);
        failing_malloc_off();
        rg_chart_free(&chart);
        if (!failing_malloc_reached())
            break;
        assert_int_equal(status, RG_ENOMEM);
    }
}

/* Every beginning of it, and every byte of it changed. */
static void damage_is_no_crash(void **state)
{
    (void)state;
    char copy[sizeof good];
    for (size_t i = 0; i < sizeof good - 1; i++) {
        struct rg_chart chart;
        assert_int_equal(rg_chart_read(good, i, &chart, NULL), RG_EFORMAT);
        rg_chart_free(&chart);
        for (int k = 1; k < 256; k += 17) {
            memcpy(copy, good, sizeof good);
            copy[i] = (char)(copy[i] + k);
            (void)rg_chart_read(copy, sizeof good - 1, &chart, NULL);
            rg_chart_free(&chart);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(words_are_made_safe),
        cmocka_unit_test(no_memory_is_an_answer),
        cmocka_unit_test(damage_is_no_crash),
    };
    return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
