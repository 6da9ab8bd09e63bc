/* The table of records: what must be true of every row, whatever is added. */
#include <string.h>

#include "graph/intake.h"
#include "unit.h"
#include "view/view_records.h"

static const struct {
    const struct rg_record *rows;
    int count;
} tables[] = {{rg_graph_records, RG_RECORD_COUNT},
              {rg_view_records, RG_VIEW_RECORD_COUNT}};

static void each_row(void (*test)(const struct rg_record *row))
{
    for (size_t i = 0; i < RG_COUNT_OF(tables); i++)
        for (int k = 0; k < tables[i].count; k++)
            test(&tables[i].rows[k]);
}

/* Whoever adds a field has said what redaction does with it. */
static void is_thought_of(const struct rg_record *row)
{
    for (size_t i = 0; i < row->field_count; i++)
        if (row->fields[i].redaction == RG_REDACT_UNKNOWN)
            fail_msg("%s: say what redaction does with %s", row->word,
                     rg_field_words(&row->fields[i]));
}

static void has_what_its_type_needs(const struct rg_record *row)
{
    assert_true(row->field_count > 0 && row->size <= sizeof(union rg_any));
    for (size_t i = 0; i < row->field_count; i++) {
        const struct rg_field *field = &row->fields[i];
        enum rg_field_type type = field->type;
        size_t size = field->size;
        assert_true(field->offset + size <= row->size);
        assert_int_equal(field->of != NULL,
                         type == RG_FIELD_INDEX || type == RG_FIELD_LINK);
        assert_int_equal(field->word != NULL, type == RG_FIELD_WORD);
        assert_int_equal(field->flags != NULL, type == RG_FIELD_FLAGS);
        assert_true(field->name != NULL || type == RG_FIELD_FLAGS);
        assert_true(type == RG_FIELD_TEXT ? size == sizeof(struct rg_text)
                    : type == RG_FIELD_SWITCH || type == RG_FIELD_WORD
                        ? size == 1
                    : field->of != NULL
                        ? size == 4
                        : size == 1 || size == 2 || size == 4 || size == 8);
    }
}

static void has_its_names_once(const struct rg_record *row)
{
    for (size_t i = 0; i < row->field_count; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(rg_field_words(&row->fields[i]),
                                    rg_field_words(&row->fields[k]));
}

static void every_field_is_thought_of_by_redaction(void **state)
{
    (void)state;
    each_row(is_thought_of);
}

static void every_row_is_whole(void **state)
{
    (void)state;
    each_row(has_what_its_type_needs);
    each_row(has_its_names_once);
}

/* The largest value of each size, one more, and none. */
static void values_stay_inside_their_fields(void **state)
{
    (void)state;
    static const struct {
        enum rg_field_type type;
        size_t size;
        uint64_t most;
        bool may_be_none;
    } cases[] = {
        {RG_FIELD_NUMBER, 1, UINT8_MAX, false},
        {RG_FIELD_NUMBER, 2, UINT16_MAX, false},
        {RG_FIELD_NUMBER, 4, UINT32_MAX, false},
        {RG_FIELD_NUMBER, 8, UINT64_MAX, false},
        {RG_FIELD_SIGNED, 4, INT32_MAX, true},
        {RG_FIELD_SIGNED, 8, INT64_MAX, true},
        {RG_FIELD_INDEX, 4, RG_NONE - 1, false},
        {RG_FIELD_LINK, 4, RG_NONE - 1, true},
        {RG_FIELD_SWITCH, 1, 1, false},
    };
    for (size_t i = 0; i < RG_COUNT_OF(cases); i++) {
        const struct rg_field field = {
            .type = cases[i].type, .offset = 8, .size = cases[i].size};
        union rg_any record = {.numbers = {0, 0, 7}};
        uint64_t value = cases[i].most, read;
        assert_true(rg_field_put(&field, &record, &value));
        assert_true(rg_field_number(&field, &record, &read));
        assert_int_equal(read, value);
        if (value++ != UINT64_MAX)
            assert_false(rg_field_put(&field, &record, &value));
        assert_int_equal(rg_field_put(&field, &record, NULL),
                         cases[i].may_be_none);
        assert_int_equal(!rg_field_number(&field, &record, &read),
                         cases[i].may_be_none);
        assert_int_equal(record.numbers[0], 0);
        assert_int_equal(record.numbers[2], 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_is_thought_of_by_redaction),
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(values_stay_inside_their_fields),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
