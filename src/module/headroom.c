#include "module/headroom.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/format.h"

enum { FILE_SIZE = 8192, PATH_SIZE = 4096 };

/* What a version of cgroups calls its files. */
struct version {
    const char *mount;
    const char *limit, *usage;
    const char *cache; /* a line of memory.stat */
};

static const struct version version_2 = {"/sys/fs/cgroup", "memory.max",
                                         "memory.current", "inactive_file "};
static const struct version version_1 = {
    "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
    "total_inactive_file "};

/* The whole of a small file, as text; false when it cannot be read. */
static bool read_small_file(const char *path, char text[FILE_SIZE])
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    size_t used = 0;
    ssize_t size = 1;
    if (file < 0)
        return false;
    while (size > 0 && used < FILE_SIZE - 1) {
        size = read(file, text + used, FILE_SIZE - 1 - used);
        used += size > 0 ? (size_t)size : 0;
    }
    close(file);
    text[used] = '\0';
    return size >= 0;
}

/* The number that the text begins with; false for "max" and the like. */
static bool read_bytes(const char *text, uint64_t *number)
{
    *number = 0;
    if (*text < '0' || *text > '9')
        return false;
    for (; *text >= '0' && *text <= '9'; text++)
        *number = *number > UINT64_MAX / 10 - 1
                      ? UINT64_MAX
                      : *number * 10 + (uint64_t)(*text - '0');
    return true;
}

static bool read_file_number(const char *directory, const char *name,
                             uint64_t *number)
{
    char path[PATH_SIZE], text[FILE_SIZE];
    int size = rg_format(path, sizeof path, "%s/%s", directory, name);
    return size > 0 && size < PATH_SIZE && read_small_file(path, text) &&
           read_bytes(text, number);
}

/* The line of `text` that begins with `word`, behind that; NULL: none. */
static const char *line_of(const char *text, const char *word)
{
    size_t size = strlen(word);
    while (text != NULL && strncmp(text, word, size) != 0) {
        text = strchr(text, '\n');
        text = text == NULL ? NULL : text + 1;
    }
    return text == NULL ? NULL : text + size;
}

/* What one cgroup leaves, if it has a limit. */
static bool left_in(const struct version *version, const char *directory,
                    uint64_t *left)
{
    char path[PATH_SIZE], text[FILE_SIZE];
    uint64_t limit, used, cache = 0;
    if (!read_file_number(directory, version->limit, &limit) ||
        !read_file_number(directory, version->usage, &used))
        return false;
    int size = rg_format(path, sizeof path, "%s/memory.stat", directory);
    if (size > 0 && size < PATH_SIZE && read_small_file(path, text)) {
        const char *line = line_of(text, version->cache);
        if (line != NULL)
            read_bytes(line, &cache);
    }
    used = used > cache ? used - cache : 0;
    *left = limit > used ? limit - used : 0;
    return true;
}

/* The least that a cgroup and those above it leave.  In a container its path
 * may be one that only the host knows: then those above count, up to the one
 * that the container has for its root. */
static bool least_left(const char *root, const struct version *version,
                       const char *path, uint64_t *bytes)
{
    char directory[PATH_SIZE];
    bool has_limit = false;
    size_t size = strcspn(path, "\n");
    int start =
        rg_format(directory, sizeof directory, "%s%s", root, version->mount);
    int end = rg_format(directory, sizeof directory, "%s%s%.*s", root,
                        version->mount, (int)size, path);
    if (end < 0 || end >= PATH_SIZE)
        return false;
    for (; end >= start; end--) {
        uint64_t left;
        if (directory[end] != '\0' && directory[end] != '/')
            continue;
        directory[end] = '\0';
        if (end > start && directory[end - 1] == '/')
            continue; /* the path is "/", or has one at its end */
        if (left_in(version, directory, &left) &&
            (!has_limit || left < *bytes)) {
            *bytes = left;
            has_limit = true;
        }
    }
    return has_limit;
}

/* The path behind "N:memory:" of the old version, N being any number. */
static const char *path_of_version_1(const char *text)
{
    static const char word[] = ":memory:";
    const char *found = strstr(text, word);
    return found == NULL ? NULL : found + strlen(word);
}

bool rg__headroom(const char *root, uint64_t *bytes)
{
    char file[PATH_SIZE], text[FILE_SIZE];
    uint64_t other;
    bool has_limit = false;
    int size = rg_format(file, sizeof file, "%s/proc/self/cgroup", root);
    if (size < 0 || size >= PATH_SIZE || !read_small_file(file, text))
        return false;
    const char *path = line_of(text, "0::");
    if (path != NULL)
        has_limit = least_left(root, &version_2, path, bytes);
    path = path_of_version_1(text);
    if (path != NULL && least_left(root, &version_1, path, &other)) {
        *bytes = has_limit && *bytes < other ? *bytes : other;
        has_limit = true;
    }
    return has_limit;
}

uint64_t rg__resident(void)
{
    char text[FILE_SIZE];
    uint64_t pages, shared;
    if (!read_small_file("/proc/self/statm", text))
        return UINT64_MAX;
    const char *second = strchr(text, ' ');
    const char *third = second == NULL ? NULL : strchr(second + 1, ' ');
    if (third == NULL || !read_bytes(second + 1, &pages) ||
        !read_bytes(third + 1, &shared) || pages < shared)
        return UINT64_MAX;
    return (pages - shared) * (uint64_t)sysconf(_SC_PAGESIZE);
}
