#define _GNU_SOURCE          /* process_vm_writev: Linux */
#define _FILE_OFFSET_BITS 64 /* an off_t is an address of any process */
#include "attach/target.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/alloc.h"

enum { LINE_SIZE = 4096 + 256, STATUS_SIZE = 4096, MOST_THREADS = 4096 };

bool rg__target_open(struct rg__target *target, pid_t pid, int directory)
{
    *target =
        (struct rg__target){.pid = pid, .directory = directory, .memory = -1};
    target->memory = openat(directory, "mem", O_RDONLY | O_CLOEXEC);
    return target->memory >= 0;
}

void rg__target_close(struct rg__target *target)
{
    if (target->memory >= 0)
        close(target->memory);
    rg_free(target->mappings);
    *target = (struct rg__target){.memory = -1};
}

bool rg__target_read(const struct rg__target *target, const char *name,
                     char *text, size_t size)
{
    int file = openat(target->directory, name, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    size_t used = 0;
    ssize_t got = 1;
    while (got > 0 && used < size - 1) {
        got = read(file, text + used, size - 1 - used);
        used += got > 0 ? (size_t)got : 0;
    }
    int reason = errno;
    close(file);
    errno = reason;
    text[used] = '\0';
    return got >= 0;
}

/* One line of maps: "start-end perms offset device inode path". */
static bool parse_mapping(char *line, struct rg__mapping *mapping)
{
    char permissions[8];
    int path = 0;
    *mapping = (struct rg__mapping){0};
    unsigned long long start, end, offset;
    if (sscanf(line, "%llx-%llx %7s %llx %*s %*s %n", &start, &end, permissions,
               &offset, &path) < 4)
        return false;
    mapping->start = start;
    mapping->end = end;
    mapping->offset = offset;
    mapping->is_code = permissions[2] == 'x';
    mapping->is_file = path > 0 && line[path] == '/';
    const char *name = path > 0 ? line + path : "";
    const char *slash = strrchr(name, '/');
    snprintf(mapping->name, sizeof mapping->name, "%.*s",
             (int)sizeof mapping->name - 1, slash == NULL ? name : slash + 1);
    mapping->name[strcspn(mapping->name, "\n")] = '\0';
    return true;
}

bool rg__target_map(struct rg__target *target)
{
    int file = openat(target->directory, "maps", O_RDONLY | O_CLOEXEC);
    FILE *lines = file < 0 ? NULL : fdopen(file, "r");
    char line[LINE_SIZE];
    size_t capacity = 0;
    if (lines == NULL) {
        if (file >= 0)
            close(file);
        return false;
    }
    void *mappings = target->mappings;
    rg_free(mappings);
    mappings = NULL;
    target->mapping_count = 0;
    while (target->mapping_count < RG__MOST_MAPPINGS &&
           fgets(line, sizeof line, lines) != NULL) {
        if (rg_grow(&mappings, &capacity, target->mapping_count + 1,
                    sizeof *target->mappings) < 0) {
            errno = ENOMEM;
            break;
        }
        target->mappings = mappings;
        if (parse_mapping(line, &target->mappings[target->mapping_count]))
            target->mapping_count++;
    }
    target->mappings = mappings;
    fclose(lines);
    return target->mapping_count > 0;
}

const struct rg__mapping *rg__mapping_at(const struct rg__target *target,
                                         uint64_t address)
{
    for (size_t i = 0; i < target->mapping_count; i++) {
        const struct rg__mapping *mapping = &target->mappings[i];
        if (mapping->start <= address && address < mapping->end)
            return mapping;
    }
    return NULL;
}

bool rg__peek(const struct rg__target *target, uint64_t address, void *data,
              size_t size)
{
    char *to = data;
    while (size > 0) {
        ssize_t got = pread(target->memory, to, size, (off_t)address);
        if (got <= 0)
            return false;
        to += got;
        address += (uint64_t)got;
        size -= (size_t)got;
    }
    return true;
}

/* Unlike the file, this writes only where the process itself may write. */
bool rg__poke(const struct rg__target *target, uint64_t address,
              const void *data, size_t size)
{
    struct iovec from = {(void *)data, size};
    struct iovec to = {(void *)(uintptr_t)address, size};
    while (to.iov_len > 0) {
        ssize_t done = process_vm_writev(target->pid, &from, 1, &to, 1, 0);
        if (done <= 0)
            return false;
        from.iov_base = (char *)from.iov_base + done;
        to.iov_base = (char *)to.iov_base + done;
        from.iov_len = to.iov_len = to.iov_len - (size_t)done;
    }
    return true;
}

size_t rg__target_threads(const struct rg__target *target, pid_t *threads,
                          size_t most)
{
    size_t count = 0;
    int file =
        openat(target->directory, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = file < 0 ? NULL : fdopendir(file);
    struct dirent *entry;
    if (directory == NULL) {
        if (file >= 0)
            close(file);
        return 0;
    }
    while (count < most && (entry = readdir(directory)) != NULL) {
        pid_t thread = (pid_t)strtol(entry->d_name, NULL, 10);
        if (thread > 0)
            threads[count++] = thread;
    }
    closedir(directory);
    return count;
}

/* The innermost of its numbers; its only one where the kernel tells no
 * others. */
static pid_t number_inside(const struct rg__target *target, pid_t thread)
{
    char path[64], text[STATUS_SIZE];
    snprintf(path, sizeof path, "task/%d/status", (int)thread);
    const char *line = rg__target_read(target, path, text, sizeof text)
                           ? strstr(text, "\nNSpid:")
                           : NULL;
    long number = thread;
    if (line == NULL)
        return thread;
    for (const char *at = line + strlen("\nNSpid:"); *at == '\t';) {
        char *end;
        number = strtol(at, &end, 10);
        at = end;
    }
    return (pid_t)number;
}

pid_t rg__thread_called(const struct rg__target *target, pid_t number)
{
    static pid_t threads[MOST_THREADS];
    size_t count = rg__target_threads(target, threads, MOST_THREADS);
    for (size_t i = 0; i < count; i++)
        if (number_inside(target, threads[i]) == number)
            return threads[i];
    return 0;
}
