#include "failing_malloc.h"
#include "search/index.h"
#include "search/table.h"
#include "heaps.h"
#include "unit.h"

static void what_was_put_in_comes_out(void **state)
{
    (void)state;
    struct rg_table table;
    uintptr_t referents[] = {ADDRESS(0x7f0000000010), ADDRESS(0x555500000020)};
    const uintptr_t object = ADDRESS(0x7f0000000040),
                    odd = ADDRESS(0x7f0000000050) + RG_HALF_GRANULE;
    assert_int_equal(rg_table_init(&table), RG_OK);
    assert_int_equal(rg_table_begin(&table, object, 0), RG_OK);
    assert_int_equal(rg_table_refer(&table, referents, 2), RG_OK);
    assert_int_equal(rg_table_begin(&table, odd, RG_TABLE_UNTRACKED), RG_OK);
    assert_int_equal(rg_table_begin_root(&table, 17), RG_OK);
    assert_int_equal(rg_table_refer(&table, referents, 1), RG_OK);
    assert_int_equal(rg_table_end(&table), RG_OK);
    assert_int_equal(table.count, 3);
    assert_int_equal(table.first[1] - table.first[0], 2);
    assert_int_equal(table.first[2] - table.first[1], 0);
    assert_int_equal(table.first[3] - table.first[2], 1);
    assert_int_equal(rg_table_address(&table, 0), object);
    assert_int_equal(rg_table_address(&table, 1), odd);
    assert_int_equal(table.flags[1], RG_TABLE_UNTRACKED | RG_TABLE_ODD);
    assert_int_equal(table.object[2], 17);
    assert_int_equal(rg_regions_address(table.regions, table.referents[1]),
                     referents[1]);
    rg_table_free(&table);
}

static void an_empty_table_is_a_table(void **state)
{
    (void)state;
    struct rg_table table;
    struct rg__index index;
    const uint32_t *referrers;
    assert_int_equal(rg_table_init(&table), RG_OK);
    assert_int_equal(rg_table_end(&table), RG_OK);
    assert_int_equal(table.count, 0);
    assert_int_equal(rg__index_init(&index, &table, NULL), RG_OK);
    assert_int_equal(rg__index_referrers(&index, 0, &referrers), 0);
    rg__index_free(&index);
    rg_table_free(&table);
}

static void failing_memory_is_an_answer(void **state)
{
    (void)state;
    struct heap heap;
    uint32_t seed = 7;
    heap_random(&heap, &seed, HEAP_MAX, 200);
    for (size_t n = 1;; n++) {
        struct rg_table table = {0};
        struct rg__index index = {0};
        failing_malloc_at(n);
        enum rg_status status = heap_table(&heap, false, &table);
        if (status == RG_OK)
            status = rg__index_init(&index, &table, NULL);
        failing_malloc_off();
        rg__index_free(&index);
        rg_table_free(&table);
        if (!failing_malloc_reached())
            break;
        assert_int_equal(status, RG_ENOMEM);
    }
}

/* The index against the matrix it was made from. */
static void the_index_knows_every_referrer(void **state)
{
    (void)state;
    uint32_t seed = 20261123;
    for (int round = 0; round < 300; round++) {
        struct heap heap;
        struct rg_table table;
        struct rg__index index;
        heap_random(&heap, &seed, 1 + heap_below(&seed, HEAP_MAX - 1),
                    heap_below(&seed, 300));
        assert_int_equal(heap_table(&heap, round % 2, &table), RG_OK);
        assert_int_equal(rg__index_init(&index, &table, NULL), RG_OK);
        for (unsigned j = 0; j < heap.count; j++) {
            const uint32_t *referrers = NULL;
            rg_code code;
            if (heap.is_root[j] ||
                !rg_regions_find(table.regions, heap_address(j), &code))
                continue;
            size_t count = rg__index_referrers(&index, code, &referrers);
            size_t k = 0;
            for (unsigned at = 0; at < heap.count; at++) {
                unsigned i = heap_at(&heap, round % 2, at);
                for (unsigned m = 0; m < heap.refers[i][j]; m++)
                    assert_int_equal(referrers[k++], at);
            }
            assert_int_equal(k, count);
        }
        rg__index_free(&index);
        rg_table_free(&table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_in_comes_out),
        cmocka_unit_test(an_empty_table_is_a_table),
        cmocka_unit_test(failing_memory_is_an_answer),
        cmocka_unit_test(the_index_knows_every_referrer),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
