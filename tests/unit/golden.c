#include "golden.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

enum { PATH_SIZE = 4096, FIRST_SIZE = 4096 };

static char *read_all(FILE *file, size_t *size)
{
    size_t capacity = FIRST_SIZE;
    char *data = malloc(capacity);
    *size = 0;
    while (data != NULL) {
        *size += fread(data + *size, 1, capacity - *size, file);
        if (*size < capacity) {
            data[*size] = '\0';
            return data;
        }
        capacity *= 2;
        char *grown = realloc(data, capacity);
        if (grown == NULL)
            free(data);
        data = grown;
    }
    return NULL;
}

char *golden_read(const char *path, size_t *size)
{
    const char *top = getenv("srcdir");
    char full[PATH_SIZE];
    int length =
        snprintf(full, sizeof full, "%s/%s", top == NULL ? "." : top, path);
    assert_in_range(length, 1, sizeof full - 1);
    FILE *file = fopen(full, "rb");
    if (file == NULL)
        fail_msg("cannot open %s (is srcdir set?)", full);
    char *data = read_all(file, size);
    int broken = ferror(file);
    fclose(file);
    assert_non_null(data);
    assert_false(broken);
    return data;
}

char *golden_read_case(const char *name, const char *suffix, size_t *size)
{
    char path[PATH_SIZE];
    int length = snprintf(path, sizeof path, "tests/golden/%s%s", name, suffix);
    assert_in_range(length, 1, sizeof path - 1);
    return golden_read(path, size);
}
