/* load.c - a library brought into another process, without a file
 *
 * It goes into a memory file of the process, from where its own loader takes
 * it: other users, other mount namespaces and a package that is not installed
 * there make no difference.  Behind it in the same file stand the code of
 * the stub, the control block, and a stack for the calls that are made here. */
#define _GNU_SOURCE /* MFD_CLOEXEC: Linux */
#include "attach/load.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "attach/errand.h"
#include "base/alloc.h"

enum {
    PAGE = 1 << 16,
    CALL_STACK = 1 << 18,
    MOST_TEXT = 512,
    PATIENCE = 500000000 /* nanoseconds that the stub waits to be put back */
};

/* Pages of 64 KiB are the largest that these processors have. */
static uint64_t whole_pages(uint64_t size)
{
    return (size + PAGE - 1) / PAGE * PAGE;
}

/* One loading. */
struct loading {
    const struct rg__target *target;
    struct rg__tracee *tracee;
    const struct rg__entries *entries;
    const struct rg__payload *payload;
    int file;         /* there; -1: none */
    uint64_t mapping; /* of the whole file; 0: none */
    uint64_t stub, control, errand, stack, size;
    uint64_t library_size; /* in whole pages */
    bool is_back;          /* the thread has gone back by itself */
    struct rg_error *error;
};

enum rg_status rg__find_entries(const struct rg__target *target,
                                struct rg__entries *entries,
                                struct rg_error *error)
{
    struct {
        const char *name;
        uint64_t *place;
    } wanted[] = {
        {"dlopen", &entries->dlopen},   {"dlsym", &entries->dlsym},
        {"dlerror", &entries->dlerror}, {"dlclose", &entries->dlclose},
        {"munmap", &entries->munmap},   {"sigemptyset", &entries->sigemptyset}};
    if (rg__has_musl(target))
        return rg_error_set(error, RG_EIO,
                            "its C library is musl, and that of this command "
                            "is glibc: run a referrers that is installed for "
                            "its Python, where it runs");
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        *wanted[i].place = rg__c_function(target, wanted[i].name);
        if (*wanted[i].place == 0)
            return rg_error_set(error, RG_EIO,
                                "no library can be loaded into it: it was "
                                "linked without the dynamic loader (no %s)",
                                wanted[i].name);
    }
    entries->kernel = rg__kernel_entry(target);
    entries->restorer = rg__restorer(target);
    if (entries->kernel == 0 || entries->restorer == 0)
        return rg_error_set(error, RG_EIO,
                            "its C library is neither glibc nor musl");
    return RG_OK;
}

static enum rg_status lost(struct loading *loading)
{
    return rg_error_set(loading->error, RG_EIO,
                        "it ended, or a signal came, while the library was "
                        "loaded");
}

/* The kernel's answer; an error is said. */
static long enter_kernel(struct loading *loading, const char *what, long number,
                         const uint64_t arguments[6])
{
    long result = rg__tracee_syscall(loading->tracee, loading->entries->kernel,
                                     number, arguments);
    if (result == -ESRCH)
        lost(loading);
    else if (result < 0 && result > -4096)
        rg_error_set(loading->error, RG_EIO,
                     "it may not call %s (error %ld): a filter of system calls "
                     "or a limit",
                     what, -result);
    return result;
}

static bool is_error(long result)
{
    return result < 0 && result > -4096;
}

/* The name is written below the way back. */
static enum rg_status make_file(struct loading *loading)
{
    static const char name[16] = "referrers";
    uint64_t at = (loading->tracee->way_back - sizeof name) & ~15ull;
    if (!rg__poke(loading->target, at, name, sizeof name))
        return rg_error_set(loading->error, RG_EIO,
                            "its memory cannot be written (error %d)", errno);
    long file = enter_kernel(loading, "memfd_create", SYS_memfd_create,
                             (uint64_t[6]){at, MFD_CLOEXEC});
    if (is_error(file))
        return RG_EIO;
    loading->file = (int)file;
    if (is_error(enter_kernel(loading, "ftruncate", SYS_ftruncate,
                              (uint64_t[6]){(uint64_t)file, loading->size})))
        return RG_EIO;
    long mapping =
        enter_kernel(loading, "mmap", SYS_mmap,
                     (uint64_t[6]){0, loading->size, PROT_READ | PROT_WRITE,
                                   MAP_SHARED, (uint64_t)file, 0});
    if (is_error(mapping))
        return RG_EIO;
    loading->mapping = (uint64_t)mapping;
    loading->stub = loading->mapping + loading->library_size;
    loading->control = loading->stub + PAGE;
    loading->stack = loading->mapping + loading->size;
    loading->errand = loading->stack - CALL_STACK - PAGE;
    return RG_OK;
}

static enum rg_status fill_file(struct loading *loading)
{
    const struct rg__payload *payload = loading->payload;
    const struct rg__target *target = loading->target;
    const struct rg__entries *entries = loading->entries;
    struct rg_control control = {
        .dlclose = entries->dlclose,
        .munmap = entries->munmap,
        .base = loading->mapping,
        .size = loading->size,
        .thread_start =
            loading->stub + (uint64_t)(rg__stub_thread - rg__stub_begin),
        .answer = {-1, -1},
        .heap = {-1, -1},
        .file = loading->file,
        .flags = payload->flags,
        .niceness = payload->niceness,
        .request_size = payload->request_size};
    memset(control.away, 0xff, sizeof control.away);
    if (rg__poke(target, loading->mapping, payload->library,
                 payload->library_size) &&
        rg__poke(target, loading->stub, rg__stub_begin,
                 (size_t)(rg__stub_end - rg__stub_begin)) &&
        rg__poke(target, loading->control, &control, sizeof control) &&
        rg__poke(target, loading->control + sizeof control, payload->request,
                 payload->request_size))
        return RG_OK;
    return rg_error_set(loading->error, RG_EIO,
                        "its memory cannot be written (error %d)", errno);
}

/* The code of the stub is no longer written. */
static enum rg_status close_code(struct loading *loading)
{
    long code = enter_kernel(
        loading, "mmap", SYS_mmap,
        (uint64_t[6]){loading->stub, PAGE, PROT_READ | PROT_EXEC,
                      MAP_SHARED | MAP_FIXED, (uint64_t)loading->file,
                      loading->library_size});
    return is_error(code) ? RG_EIO : RG_OK;
}

/* What the loader says: a line that names the library, and what it lacks. */
static enum rg_status explain_refusal(const struct loading *loading,
                                      const char *text)
{
    const char *symbol = strstr(text, "undefined symbol: ");
    if (symbol != NULL && strstr(symbol, "Py") != NULL)
        return rg_error_set(loading->error, RG_EIO,
                            "its Python does not show CPython's functions to "
                            "libraries (%s)",
                            symbol);
    if (strstr(text, "cannot open shared object file") != NULL)
        return rg_error_set(loading->error, RG_EIO,
                            "it cannot read its own /proc: mount that where "
                            "it runs");
    return rg_error_set(loading->error, RG_EIO,
                        "its loader refuses the library: %s", text);
}

/* The loader takes a path that it knows for the library that it has loaded by
 * it, whatever is there now.  So each is another one. */
static int make_path(char path[MOST_TEXT], int file)
{
    uint64_t number = 0;
    int size = snprintf(path, MOST_TEXT, "/proc/self");
    if (getrandom(&number, sizeof number, 0) < 0)
        number = (uint64_t)getpid() << 32 | (uint64_t)time(NULL);
    for (int i = 0; i < 64; i++)
        size += snprintf(path + size, MOST_TEXT - (size_t)size, "%s",
                         number >> i & 1 ? "/." : "//");
    return size +
           snprintf(path + size, MOST_TEXT - (size_t)size, "/fd/%d", file) + 1;
}

/* The errand, and behind it the texts that it names. */
static bool write_errand(const struct loading *loading)
{
    static struct {
        struct rg__errand errand;
        char path[MOST_TEXT], name[sizeof RG_CONTROL_ENTRY];
    } sent;
    const struct rg__entries *entries = loading->entries;
    const uint64_t at = loading->errand;
    sent.errand = (struct rg__errand){
        .dlopen = entries->dlopen,
        .dlsym = entries->dlsym,
        .dlerror = entries->dlerror,
        .dlclose = entries->dlclose,
        .sigemptyset = entries->sigemptyset,
        .path = at + offsetof(__typeof__(sent), path),
        .name = at + offsetof(__typeof__(sent), name),
        .control = loading->control,
        .way_back = loading->tracee->way_back,
        .patience = at + offsetof(struct rg__errand, seconds),
        .seconds = {0, PATIENCE},
        .away = loading->control + offsetof(struct rg_control, away),
        .restorer = entries->restorer};
    make_path(sent.path, loading->file);
    memcpy(sent.name, RG_CONTROL_ENTRY, sizeof RG_CONTROL_ENTRY);
    return rg__poke(loading->target, at, &sent, sizeof sent);
}

static bool is_errand_done(void *context)
{
    const struct loading *loading = context;
    uint32_t is_done = 0;
    return rg__peek(loading->target,
                    loading->errand + offsetof(struct rg__errand, is_done),
                    &is_done, sizeof is_done) &&
           is_done != 0;
}

/* Has the library loaded, and make its thread. */
static enum rg_status open_library(struct loading *loading)
{
    struct rg__errand errand;
    if (!write_errand(loading) ||
        !rg__tracee_send(loading->tracee, loading->stub, PAGE, loading->stack,
                         loading->errand, is_errand_done, loading,
                         &loading->is_back) ||
        !rg__peek(loading->target, loading->errand, &errand, sizeof errand))
        return lost(loading);
    if (errand.handle == 0) {
        errand.said[sizeof errand.said - 1] = '\0';
        return explain_refusal(loading, errand.said);
    }
    if (errand.entry == 0)
        return rg_error_set(loading->error, RG_EIO,
                            "the library is of another version");
    if ((int)errand.failure != 0)
        return rg_error_set(loading->error, RG_EIO,
                            "it may not have more threads or files (error %d)",
                            (int)errand.failure);
    return RG_OK;
}

static void close_there(struct loading *loading, int descriptor)
{
    if (descriptor >= 0)
        rg__tracee_syscall(loading->tracee, loading->entries->kernel, SYS_close,
                           (uint64_t[6]){(uint64_t)descriptor});
}

/* A pipe of the process, which may have put anything into its place: nothing
 * else is opened. */
static int open_pipe_of(const struct rg__target *target, int descriptor)
{
    char path[64];
    struct stat status;
    if (descriptor < 0)
        return -1;
    snprintf(path, sizeof path, "fd/%d", descriptor);
    int place = openat(target->directory, path, O_PATH | O_CLOEXEC);
    if (place < 0)
        return -1;
    snprintf(path, sizeof path, "/proc/self/fd/%d", place);
    int pipe = fstat(place, &status) == 0 && S_ISFIFO(status.st_mode)
                   ? open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
                   : -1;
    close(place);
    return pipe;
}

/* The library's thread has waited for this: it closes its own ends of what was
 * taken, so that it notices when ours are closed, and when it is done takes the
 * block away.  When this does not come, it ends by itself. */
static enum rg_status let_go(struct loading *loading)
{
    const uint32_t waiting = RG_CONTROL_WAITING;
    return rg__poke(loading->target,
                    loading->control + offsetof(struct rg_control, state),
                    &waiting, sizeof waiting)
               ? RG_OK
               : lost(loading);
}

static enum rg_status take_pipes(struct loading *loading,
                                 struct rg__loaded *loaded)
{
    struct rg_control control;
    if (!rg__peek(loading->target, loading->control, &control, sizeof control))
        return lost(loading);
    loaded->control = loading->control;
    loaded->answer = open_pipe_of(loading->target, control.answer[0]);
    loaded->heap = open_pipe_of(loading->target, control.heap[0]);
    if (loaded->answer >= 0)
        return RG_OK;
    return rg_error_set(loading->error, RG_EIO,
                        "its pipe cannot be opened (error %d)", errno);
}

/* Said before the thread is put back, as nobody may be there to say it after: it
 * is out of the mapping within a fraction of the time that the library's thread
 * waits from now on. */
static enum rg_status mark_away(struct loading *loading)
{
    const struct rg_control blank = {.state = RG_CONTROL_LAID};
    return rg__poke(loading->target,
                    loading->control + offsetof(struct rg_control, away),
                    blank.away, sizeof blank.away)
               ? RG_OK
               : lost(loading);
}

/* Takes back what was done.  A thread that has gone back by itself is borrowed
 * once more. */
static void undo(struct loading *loading)
{
    struct rg__tracee *tracee = loading->tracee;
    if (loading->is_back &&
        !rg__tracee_borrow(tracee, loading->target, loading->entries->restorer))
        return;
    if (loading->mapping != 0)
        rg__tracee_syscall(tracee, loading->entries->kernel, SYS_munmap,
                           (uint64_t[6]){loading->mapping, loading->size});
    close_there(loading, loading->file);
}

enum rg_status rg__load(const struct rg__target *target,
                        struct rg__tracee *tracee,
                        const struct rg__entries *entries,
                        const struct rg__payload *payload,
                        struct rg__loaded *loaded, struct rg_error *error)
{
    struct loading loading = {.target = target,
                              .tracee = tracee,
                              .entries = entries,
                              .payload = payload,
                              .file = -1,
                              .library_size =
                                  whole_pages(payload->library_size),
                              .error = error};
    loading.size =
        loading.library_size + PAGE +
        whole_pages(sizeof(struct rg_control) + payload->request_size) + PAGE +
        CALL_STACK;
    if (!rg__tracee_borrow(tracee, target, entries->restorer))
        return rg_error_set(error, RG_EIO,
                            "the stack of its thread %d has no room (error %d)",
                            (int)tracee->thread, errno);
    enum rg_status status = make_file(&loading);
    if (status == RG_OK)
        status = fill_file(&loading);
    if (status == RG_OK)
        status = close_code(&loading);
    if (status == RG_OK)
        status = open_library(&loading);
    if (status != RG_OK)
        undo(&loading);
    else
        status = mark_away(&loading);
    rg__tracee_release(tracee);
    if (status == RG_OK)
        status = take_pipes(&loading, loaded);
    if (status == RG_OK)
        status = let_go(&loading);
    return status;
}
