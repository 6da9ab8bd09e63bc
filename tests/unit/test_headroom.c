/* What the limits of a container leave, from files like the kernel's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "module/headroom.h"
#include "unit.h"

static char root[] = "/tmp/referrers-headroom-XXXXXX";

static int make_root(void **state)
{
    (void)state;
    return mkdtemp(root) == NULL;
}

static void empty(void)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf '%s'/*", root);
    assert_int_equal(system(command), 0);
}

static int remove_root(void **state)
{
    (void)state;
    empty();
    return remove(root);
}

static void put(const char *path, const char *text)
{
    char file[500], command[600];
    snprintf(file, sizeof file, "%s/%s", root, path);
    snprintf(command, sizeof command, "mkdir -p \"$(dirname '%s')\"", file);
    assert_int_equal(system(command), 0);
    FILE *stream = fopen(file, "w");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

/* -1: no limit. */
static long long room(void)
{
    uint64_t bytes;
    return rg__headroom(root, &bytes) ? (long long)bytes : -1;
}

static void nothing_to_read_is_no_limit(void **state)
{
    (void)state;
    empty();
    assert_int_equal(room(), -1);
    put("proc/self/cgroup", "");
    assert_int_equal(room(), -1);
    put("proc/self/cgroup", "0::/a/b\n");
    assert_int_equal(room(), -1);
}

static void the_limit_of_its_own_cgroup(void **state)
{
    (void)state;
    empty();
    put("proc/self/cgroup", "0::/user/one\n");
    put("sys/fs/cgroup/user/one/memory.max", "1000000\n");
    put("sys/fs/cgroup/user/one/memory.current", "300000\n");
    assert_int_equal(room(), 700000);
    put("sys/fs/cgroup/user/one/memory.stat",
        "anon 1\nactive_file 7\ninactive_file 100000\nslab 3\n");
    assert_int_equal(room(), 800000);
    put("sys/fs/cgroup/user/one/memory.max", "max\n");
    assert_int_equal(room(), -1);
    put("sys/fs/cgroup/user/one/memory.max", "100000\n");
    assert_int_equal(room(), 0);
}

static void those_above_count_too(void **state)
{
    (void)state;
    empty();
    put("proc/self/cgroup", "0::/user/one\n");
    put("sys/fs/cgroup/user/one/memory.max", "1000000\n");
    put("sys/fs/cgroup/user/one/memory.current", "300000\n");
    put("sys/fs/cgroup/user/memory.max", "2000000\n");
    put("sys/fs/cgroup/user/memory.current", "1900000\n");
    assert_int_equal(room(), 100000);
    put("sys/fs/cgroup/memory.max", "5000\n");
    put("sys/fs/cgroup/memory.current", "4999\n");
    assert_int_equal(room(), 1);
}

/* The path is the host's, and what the container sees is the root. */
static void in_a_container(void **state)
{
    (void)state;
    empty();
    put("proc/self/cgroup", "5:cpu:/x\n4:memory:/docker/0123\n0::/\n");
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", "1000000\n");
    put("sys/fs/cgroup/memory/memory.usage_in_bytes", "300000\n");
    put("sys/fs/cgroup/memory/memory.stat",
        "inactive_file 5\ntotal_inactive_file 100\n");
    assert_int_equal(room(), 700100);
    put("sys/fs/cgroup/memory.max", "60\n");
    put("sys/fs/cgroup/memory.current", "10\n");
    assert_int_equal(room(), 50);
}

static void a_process_knows_its_size(void **state)
{
    (void)state;
    enum { SIZE = 64 << 20 };
    uint64_t before = rg__resident();
    char *block = malloc(SIZE);
    assert_non_null(block);
    memset(block, 1, SIZE);
    uint64_t after = rg__resident();
    assert_true(after != UINT64_MAX);
    assert_true(after >= before + SIZE / 2);
    assert_int_equal(block[SIZE - 1], 1);
    free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_read_is_no_limit),
        cmocka_unit_test(the_limit_of_its_own_cgroup),
        cmocka_unit_test(those_above_count_too),
        cmocka_unit_test(in_a_container),
        cmocka_unit_test(a_process_knows_its_size),
    };
    return cmocka_run_group_tests_name("headroom", tests, make_root,
                                       remove_root);
}
