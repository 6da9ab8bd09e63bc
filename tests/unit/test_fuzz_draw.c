/* Replays the corpus of the line fuzzer, and every scene. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../fuzz/fuzz_draw.h"
#include "golden.h"
#include "unit.h"

/* A directory that has lost its files must not pass. */
enum {
    PATH_SIZE = 4096,
    FEWEST_INPUTS = 40,
    FEWEST_GRAPHS = 16,
    FEWEST_SCENES = 13
};

static int ends_with(const char *name, const char *suffix)
{
    size_t size = strlen(name), end = strlen(suffix);
    return size >= end && strcmp(name + size - end, suffix) == 0;
}

/* Runs every file with this suffix in a directory below the top of the source
 * tree; says how many there were. */
static size_t replay(const char *directory, const char *suffix)
{
    const char *top = getenv("srcdir");
    char path[PATH_SIZE];
    size_t count = 0;
    int length = snprintf(path, sizeof path, "%s/%s", top == NULL ? "." : top,
                          directory);
    assert_in_range(length, 1, sizeof path - 1);
    DIR *entries = opendir(path);
    if (entries == NULL)
        fail_msg("cannot open %s (is srcdir set?)", path);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (entry->d_name[0] == '.' || !ends_with(entry->d_name, suffix))
            continue;
        size_t size;
        length = snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        assert_in_range(length, 1, sizeof path - 1);
        char *data = golden_read(path, &size);
        assert_int_equal(LLVMFuzzerTestOneInput((uint8_t *)data, size), 0);
        free(data);
        count++;
    }
    closedir(entries);
    return count;
}

static void the_corpus_breaks_nothing(void **state)
{
    (void)state;
    assert_true(replay("tests/fuzz/line", "") >= FEWEST_INPUTS);
}

static void the_golden_graphs_break_nothing(void **state)
{
    (void)state;
    assert_true(replay("tests/golden", ".lines") >= FEWEST_GRAPHS);
}

static void the_scenes_break_nothing(void **state)
{
    (void)state;
    assert_true(replay("tests/golden/picture", ".lines") >= FEWEST_SCENES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corpus_breaks_nothing),
        cmocka_unit_test(the_golden_graphs_break_nothing),
        cmocka_unit_test(the_scenes_break_nothing),
    };
    return cmocka_run_group_tests_name("fuzz_draw", tests, NULL, NULL);
}
