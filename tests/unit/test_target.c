/* A process looked at from outside: this one, of which the truth is known. */
#define _GNU_SOURCE /* gettid: Linux */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attach/target.h"
#include "unit.h"

static void open_ourselves(struct rg__target *target)
{
    int directory = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_true(directory >= 0);
    assert_true(rg__target_open(target, getpid(), directory));
    assert_true(rg__target_map(target));
}

static void close_ourselves(struct rg__target *target)
{
    close(target->directory);
    rg__target_close(target);
}

static uint64_t address_of(const char *name)
{
    return (uint64_t)(uintptr_t)dlsym(RTLD_DEFAULT, name);
}

static void functions_are_where_the_loader_finds_them(void **state)
{
    (void)state;
    static const char *const names[] = {"dlopen",  "dlsym",  "dlerror",
                                        "dlclose", "munmap", "syscall"};
    struct rg__target target;
    open_ourselves(&target);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint64_t found = rg__c_function(&target, names[i]);
        const struct rg__mapping *mapping = rg__mapping_at(&target, found);
        assert_non_null(mapping);
        assert_true(mapping->is_code && mapping->is_file);
        /* A sanitizer may have put its own in front. */
        const struct rg__mapping *ours =
            rg__mapping_at(&target, address_of(names[i]));
        if (ours != NULL && strcmp(ours->name, mapping->name) == 0)
            assert_int_equal(found, address_of(names[i]));
    }
    assert_int_equal(rg__c_function(&target, "no_such_function"), 0);
    assert_int_equal(rg__c_function(&target, ""), 0);
    assert_false(rg__has_musl(&target));
    close_ourselves(&target);
}

static void the_kernel_is_entered_in_the_c_library(void **state)
{
    (void)state;
    struct rg__target target;
    open_ourselves(&target);
    uint64_t entry = rg__kernel_entry(&target);
    uint64_t function = rg__c_function(&target, "syscall");
    assert_true(function <= entry && entry < function + 64);
    close_ourselves(&target);
}

/* Memory that is there, that may only be read, and that is not there. */
static void memory_is_read_and_written(void **state)
{
    (void)state;
    struct rg__target target;
    const size_t size = (size_t)sysconf(_SC_PAGESIZE);
    char text[6] = "", *page = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + size, size);
    open_ourselves(&target);
    uint64_t at = (uint64_t)(uintptr_t)page;
    assert_true(rg__poke(&target, at, "hello", 6));
    assert_string_equal(page, "hello");
    assert_true(rg__peek(&target, at, text, 6));
    assert_string_equal(text, "hello");
    assert_false(rg__peek(&target, at + size - 3, text, 6));
    mprotect(page, size, PROT_READ);
    assert_false(rg__poke(&target, at, "again", 6));
    assert_string_equal(page, "hello");
    munmap(page, size);
    assert_false(rg__peek(&target, at, text, 6));
    assert_false(rg__peek(&target, UINT64_MAX - 2, text, 6));
    close_ourselves(&target);
}

struct other {
    int ends[2];
    pid_t thread;
};

static void *wait_to_end(void *context)
{
    struct other *other = context;
    char byte;
    __atomic_store_n(&other->thread, (pid_t)syscall(SYS_gettid),
                     __ATOMIC_RELEASE);
    while (read(other->ends[0], &byte, 1) < 0)
        continue;
    return NULL;
}

static void threads_are_found_by_number(void **state)
{
    (void)state;
    struct rg__target target;
    struct other other = {.thread = 0};
    pthread_t thread;
    pid_t found[16];
    assert_int_equal(pipe(other.ends), 0);
    assert_int_equal(pthread_create(&thread, NULL, wait_to_end, &other), 0);
    while (__atomic_load_n(&other.thread, __ATOMIC_ACQUIRE) == 0)
        usleep(1000);
    open_ourselves(&target);
    assert_int_equal(rg__target_threads(&target, found, 16), 2);
    assert_int_equal(rg__target_threads(&target, found, 1), 1);
    assert_int_equal(found[0], getpid());
    assert_int_equal(rg__thread_called(&target, other.thread), other.thread);
    assert_int_equal(rg__thread_called(&target, 1 << 30), 0);
    assert_int_equal(rg__thread_called(&target, 0), 0);
    assert_int_equal(write(other.ends[1], "x", 1), 1);
    pthread_join(thread, NULL);
    close(other.ends[0]);
    close(other.ends[1]);
    close_ourselves(&target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_where_the_loader_finds_them),
        cmocka_unit_test(the_kernel_is_entered_in_the_c_library),
        cmocka_unit_test(memory_is_read_and_written),
        cmocka_unit_test(threads_are_found_by_number),
    };
    return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
