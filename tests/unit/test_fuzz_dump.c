/* Replays the corpus of the fuzzer of heap files. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "../fuzz/fuzz_dump.h"
#include "golden.h"
#include "unit.h"

/* A directory that has lost its files must not pass. */
enum { PATH_SIZE = 4096, FEWEST_INPUTS = 8 };

static void the_corpus_breaks_nothing(void **state)
{
    (void)state;
    static const char directory[] = "tests/fuzz/dump";
    const char *top = getenv("srcdir");
    char path[PATH_SIZE];
    size_t count = 0;
    snprintf(path, sizeof path, "%s/%s", top == NULL ? "." : top, directory);
    DIR *entries = opendir(path);
    if (entries == NULL)
        fail_msg("cannot open %s (is srcdir set?)", path);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        size_t size;
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        char *data = golden_read(path, &size);
        assert_int_equal(LLVMFuzzerTestOneInput((uint8_t *)data, size), 0);
        free(data);
        count++;
    }
    closedir(entries);
    assert_true(count >= FEWEST_INPUTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corpus_breaks_nothing),
    };
    return cmocka_run_group_tests_name("fuzz_dump", tests, NULL, NULL);
}
