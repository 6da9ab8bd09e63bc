#include <stdlib.h>

#include "base/alloc.h"
#include "failing_malloc.h"
#include "search/address.h"
#include "graph/graph.h"
#include "heaps.h"
#include "unit.h"

/* Addresses as they occur: two heaps, libraries, the edges of user space. */
static const uintptr_t samples[] = {0x10,
                                    0x20,
                                    ADDRESS(0x555555554000),
                                    ADDRESS(0x555555554010),
                                    ADDRESS(0x7f0001000000),
                                    ADDRESS(0x7f00010ffff0),
                                    ADDRESS(0x7f0001100000),
                                    ADDRESS(0x7fffffffeff0),
                                    ADDRESS(0xfffffffffff0),
                                    ADDRESS(0x7f5500000018)};

enum { SAMPLES = sizeof samples / sizeof *samples };

/* 65,536 granules. */
static const uintptr_t REGION = (uintptr_t)RG_GRANULE << 16;

static void codes_lead_back_to_their_granules(void **state)
{
    (void)state;
    rg_code codes[SAMPLES], found;
    struct rg_regions *regions = rg_regions_new();
    assert_int_equal(rg_regions_encode(regions, samples, SAMPLES, codes),
                     RG_OK);
    for (size_t i = 0; i < SAMPLES; i++) {
        assert_int_equal(rg_regions_address(regions, codes[i]),
                         samples[i] & ~(uintptr_t)(RG_GRANULE - 1));
        assert_true(rg_regions_find(regions, samples[i], &found));
        assert_int_equal(found, codes[i]);
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(codes[i], codes[j]);
    }
    rg_regions_free(regions);
}

static void unmet_regions_are_not_found(void **state)
{
    (void)state;
    rg_code code;
    uintptr_t one = ADDRESS(0x7f0001000000);
    struct rg_regions *regions = rg_regions_new();
    assert_false(rg_regions_find(regions, one, &code));
    assert_int_equal(rg_regions_encode(regions, &one, 1, &code), RG_OK);
    assert_true(rg_regions_find(regions, one + REGION - 1, &code));
    assert_false(rg_regions_find(regions, one + REGION, &code));
    assert_false(rg_regions_find(regions, UINTPTR_MAX, &code));
    assert_int_equal(rg_regions_count(regions), 1);
    rg_regions_free(regions);
}

/* A pointer of 4 bytes has no such address. */
#if UINTPTR_MAX > UINT32_MAX
static void addresses_no_process_has_are_refused(void **state)
{
    (void)state;
    rg_code code;
    uintptr_t high = ADDRESS(0x1000000000000);
    struct rg_regions *regions = rg_regions_new();
    assert_int_equal(rg_regions_encode(regions, &high, 1, &code), RG_ELIMIT);
    rg_regions_free(regions);
}

/* 64 GiB populated, spread over 16 TiB: all fit; one region more does not. */
static void sixty_five_thousand_regions_fit(void **state)
{
    (void)state;
    rg_code code;
    struct rg_regions *regions = rg_regions_new();
    for (uintptr_t i = 0; i < 65536; i++) {
        uintptr_t address = (i << 28) + 0x40;
        assert_int_equal(rg_regions_encode(regions, &address, 1, &code), RG_OK);
        assert_int_equal(rg_regions_address(regions, code), address);
    }
    uintptr_t more = (uintptr_t)65536 << 28;
    assert_int_equal(rg_regions_encode(regions, &more, 1, &code), RG_ELIMIT);
    rg_regions_free(regions);
}
#endif

static void a_set_holds_what_was_added(void **state)
{
    (void)state;
    rg_code codes[SAMPLES];
    struct rg_code_set set = {0};
    struct rg_regions *regions = rg_regions_new();
    rg_regions_encode(regions, samples, SAMPLES, codes);
    assert_int_equal(rg_code_set_cover(&set, regions), 0);
    for (size_t i = 0; i < SAMPLES; i += 2)
        RG_CODE_SET_ADD(&set, codes[i]);
    for (size_t i = 0; i < SAMPLES; i++)
        assert_int_equal(RG_CODE_SET_HAS(&set, codes[i]), i % 2 == 0);
    rg_code_set_free(&set);
    rg_regions_free(regions);
}

/* Regions that come up later are covered later, and are empty then. */
static void a_set_grows_with_the_regions(void **state)
{
    (void)state;
    struct rg_code_set set = {0};
    struct rg_regions *regions = rg_regions_new();
    rg_code code;
    for (uintptr_t i = 0; i < 300; i++) {
        uintptr_t address = ADDRESS(0x7f0001000040) + i * REGION;
        assert_int_equal(rg_regions_encode(regions, &address, 1, &code), RG_OK);
        assert_int_equal(rg_code_set_cover(&set, regions), 0);
        assert_false(RG_CODE_SET_HAS(&set, code));
        RG_CODE_SET_ADD(&set, code);
    }
    size_t members = 0;
    for (size_t i = 0; i < set.code_count; i++)
        members += RG_CODE_SET_HAS(&set, i);
    assert_int_equal(members, 300);
    rg_code_set_free(&set);
    rg_regions_free(regions);
}

static void a_map_gives_back_what_was_added(void **state)
{
    (void)state;
    struct rg_code_map map = {0};
    assert_int_equal(rg_code_map_get(&map, 5), RG_NONE);
    for (uint32_t i = 0; i < 10000; i++)
        assert_int_equal(rg_code_map_add(&map, i * 4, i), 0);
    for (uint32_t i = 0; i < 40000; i++)
        assert_int_equal(rg_code_map_get(&map, i),
                         i % 4 == 0 ? i / 4 : RG_NONE);
    rg_code_map_free(&map);
    assert_int_equal(rg_code_map_get(&map, 4), RG_NONE);
}

static void a_map_without_memory_keeps_what_it_held(void **state)
{
    (void)state;
    struct rg_code_map map = {0};
    uint32_t added = 0;
    for (size_t n = 1; added < 1000; n++) {
        failing_malloc_at(n % 3 + 1);
        for (int i = 0; i < 100; i++)
            if (rg_code_map_add(&map, added * 7, added) == 0)
                added++;
        failing_malloc_off();
        for (uint32_t i = 0; i < added; i++)
            assert_int_equal(rg_code_map_get(&map, i * 7), i);
    }
    rg_code_map_free(&map);
}

static void regions_without_memory_say_so(void **state)
{
    (void)state;
    rg_code codes[SAMPLES];
    for (size_t n = 1;; n++) {
        failing_malloc_at(n);
        struct rg_regions *regions = rg_regions_new();
        enum rg_status status =
            regions == NULL
                ? RG_ENOMEM
                : rg_regions_encode(regions, samples, SAMPLES, codes);
        failing_malloc_off();
        rg_regions_free(regions);
        if (!failing_malloc_reached())
            break;
        assert_int_equal(status, RG_ENOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_lead_back_to_their_granules),
        cmocka_unit_test(unmet_regions_are_not_found),
#if UINTPTR_MAX > UINT32_MAX
        cmocka_unit_test(addresses_no_process_has_are_refused),
        cmocka_unit_test(sixty_five_thousand_regions_fit),
#endif
        cmocka_unit_test(a_set_holds_what_was_added),
        cmocka_unit_test(a_set_grows_with_the_regions),
        cmocka_unit_test(a_map_gives_back_what_was_added),
        cmocka_unit_test(a_map_without_memory_keeps_what_it_held),
        cmocka_unit_test(regions_without_memory_say_so),
    };
    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
