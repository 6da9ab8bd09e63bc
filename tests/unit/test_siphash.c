#include "base/siphash.h"

#include <string.h>

#include "unit.h"

/* What CPython 3.11 says with PYTHONHASHSEED=0, which stands for this key. */
static const struct rg_siphash_key zero;

static void it_is_siphash_1_3(void **state)
{
    (void)state;
    unsigned char counting[64];
    for (size_t i = 0; i < sizeof counting; i++)
        counting[i] = (unsigned char)i;
    const struct {
        const void *data;
        size_t size;
        uint64_t hash;
    } cases[] = {
        {"a", 1, UINT64_C(0x407448d2b89b1813)},
        {"1234567", 7, UINT64_C(0xa33d651594fdae81)},
        {"12345678", 8, UINT64_C(0x3489982430560a87)},
        {"123456789", 9, UINT64_C(0x0fbc0f0007965fcf)},
        {counting, sizeof counting, UINT64_C(0x75e05fd5bbc870c6)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(rg_siphash(&zero, cases[i].data, cases[i].size) ==
                    cases[i].hash);
}

static void another_key_is_another_hash(void **state)
{
    (void)state;
    const struct rg_siphash_key one = rg_siphash_key_new();
    const struct rg_siphash_key other = rg_siphash_key_new();
    assert_memory_not_equal(&one, &other, sizeof one);
    assert_true(rg_siphash(&one, "a", 1) != rg_siphash(&other, "a", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_siphash_1_3),
        cmocka_unit_test(another_key_is_another_hash),
    };
    return cmocka_run_group_tests_name("siphash", tests, NULL, NULL);
}
