#include <string.h>

#include "base/error.h"
#include "unit.h"

static void set_fills_the_record_and_returns_the_status(void **state)
{
    (void)state;
    struct rg_error error = {RG_OK, ""};
    assert_int_equal(rg_error_set(&error, RG_EIO, "%s: %d", "disk", 7), RG_EIO);
    assert_int_equal(error.status, RG_EIO);
    assert_string_equal(error.text, "disk: 7");
}

static void a_later_failure_replaces_an_earlier_one(void **state)
{
    (void)state;
    struct rg_error error;
    rg_error_set(&error, RG_EIO, "a first and longer text");
    rg_error_set(&error, RG_EINVAL, "second");
    assert_int_equal(error.status, RG_EINVAL);
    assert_string_equal(error.text, "second");
}

static void no_record_is_allowed(void **state)
{
    (void)state;
    assert_int_equal(rg_error_set(NULL, RG_ELIMIT, "%d", 1), RG_ELIMIT);
    assert_int_equal(rg_error_no_memory(NULL), RG_ENOMEM);
}

/* One byte past the record, and one that just fits. */
static void a_long_text_is_cut(void **state)
{
    (void)state;
    char text[RG_ERROR_TEXT_SIZE + 1];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct {
        struct rg_error error;
        char after[8];
    } record;
    memset(&record, '#', sizeof record);

    rg_error_set(&record.error, RG_EIO, "%s", text);
    assert_int_equal(strlen(record.error.text), RG_ERROR_TEXT_SIZE - 1);
    assert_memory_equal(record.after, "########", 8);

    text[RG_ERROR_TEXT_SIZE - 1] = '\0';
    rg_error_set(&record.error, RG_EIO, "%s", text);
    assert_string_equal(record.error.text, text);
}

static void no_memory_says_so(void **state)
{
    (void)state;
    struct rg_error error = {RG_OK, ""};
    assert_int_equal(rg_error_no_memory(&error), RG_ENOMEM);
    assert_int_equal(error.status, RG_ENOMEM);
    assert_string_equal(error.text, "not enough memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_fills_the_record_and_returns_the_status),
        cmocka_unit_test(a_later_failure_replaces_an_earlier_one),
        cmocka_unit_test(no_record_is_allowed),
        cmocka_unit_test(a_long_text_is_cut),
        cmocka_unit_test(no_memory_says_so),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
