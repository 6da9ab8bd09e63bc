/* Doubles as text and back, and numbers in writing compared.  (What Python's
 * repr() says is compared in tests/python/test_names.py.) */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "unit.h"

static void as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *text;
    } known[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {1.0 / 3, "0.3333333333333333"},
        {100.0, "100.0"},
        {1e15, "1000000000000000.0"},
        {1e16, "1e+16"},
        {123456789012345678.0, "1.2345678901234568e+17"},
        {0.0001, "0.0001"},
        {0.00001, "1e-05"},
        {1.5e-7, "1.5e-07"},
        {1e22, "1e+22"},
        {1e23, "1e+23"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {9007199254740993.0, "9007199254740992.0"},
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
        {NAN, "nan"},
        {-NAN, "nan"},
    };
    char text[RG_DECIMAL_SIZE];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        rg_decimal_write(known[i].number, text);
        assert_string_equal(text, known[i].text);
    }
}

static uint64_t next(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return *x;
}

/* It reads back as itself, and one digit less would not. */
static void the_shortest_that_reads_back(void **state)
{
    (void)state;
    uint64_t x = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = next(&x);
        double number;
        char text[RG_DECIMAL_SIZE], shorter[64];
        memcpy(&number, &bits, sizeof number);
        if (!isfinite(number))
            continue;
        rg_decimal_write(number, text);
        assert_true(strtod(text, NULL) == number);
        int digits = 0;
        for (const char *c = text; *c != '\0' && *c != 'e'; c++)
            digits += *c >= '0' && *c <= '9';
        if (digits < 2 || strchr(text, 'e') == NULL)
            continue;
        snprintf(shorter, sizeof shorter, "%.*e", digits - 2, number);
        assert_true(strtod(shorter, NULL) != number);
    }
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

/* In this order; those in one row are equal. */
static void compared_exactly(void **state)
{
    (void)state;
    static const char *const rows[][4] = {
        {"-inf"},
        {"-1e+300"},
        {"-18446744073709551616"},
        {"-10", "-10.0", "-1e1"},
        {"-2", "-2.000"},
        {"-1.5"},
        {"-0.001", "-1e-03"},
        {"0", "-0", "0.0", "0e5"},
        {"5e-324"},
        {"0.00001", "1e-05"},
        {"0.5", ".5"},
        {"2", "02", "2.0", "2e0"},
        {"10", "1e1", "1E+1"},
        {"10.000000000000000000000001"},
        {"9007199254740992"},
        {"9007199254740993"},
        {"18446744073709551615"},
        {"18446744073709551616"},
        {"1e+20", "100000000000000000000"},
        {"1e+300"},
        {"inf"},
        {"nan"},
    };
    size_t count = sizeof rows / sizeof *rows;
    for (size_t i = 0; i < count * 4; i++)
        for (size_t j = 0; j < count * 4; j++) {
            const char *left = rows[i / 4][i % 4], *right = rows[j / 4][j % 4];
            if (left == NULL || right == NULL)
                continue;
            int order =
                rg_decimal_compare(left, strlen(left), right, strlen(right));
            assert_int_equal(sign(order), i / 4 == j / 4  ? 0
                                          : i / 4 < j / 4 ? -1
                                                          : 1);
        }
}

static void what_is_no_number_is_zero(void **state)
{
    (void)state;
    static const char *const words[] = {
        "", "-", "x", ".", "e9", "int of 70 bits", "True", "1e", "1e+"};
    for (size_t i = 0; i + 2 < sizeof words / sizeof *words; i++)
        assert_int_equal(rg_decimal_compare(words[i], strlen(words[i]), "0", 1),
                         0);
    for (size_t i = 7; i < 9; i++)
        assert_int_equal(rg_decimal_compare(words[i], strlen(words[i]), "1", 1),
                         0);
    assert_int_equal(rg_decimal_compare("12", 1, "1", 1), 0);
}

static void numbers_in_texts_are_numbers(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",         "0",      "00",       "2",       "10",        "user",
        "user-002", "user-2", "user-2-b", "user-2a", "user-10-a", "user-a"};
    size_t count = sizeof rows / sizeof *rows;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            assert_int_equal(
                sign(rg_decimal_compare_texts(rows[i], strlen(rows[i]), rows[j],
                                              strlen(rows[j]))),
                (i > j) - (i < j));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_people_write_them),
        cmocka_unit_test(the_shortest_that_reads_back),
        cmocka_unit_test(compared_exactly),
        cmocka_unit_test(what_is_no_number_is_zero),
        cmocka_unit_test(numbers_in_texts_are_numbers),
    };
    return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
