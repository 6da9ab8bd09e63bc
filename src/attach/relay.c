#define _GNU_SOURCE /* POLLRDHUP and the like: Linux */
#include "attach/relay.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "attach/tracee.h"
#include "base/clock.h"

enum { PIECE_SIZE = 1 << 16, NAP_MS = 100, LAST_NAPS = 2000 };

static bool write_whole(int descriptor, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t done = write(descriptor, data, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        data += done;
        size -= (size_t)done;
    }
    return true;
}

/* Copies what is there.  1: more may come; 0: no more; -1: not written. */
static int copy_heap(int from, int to)
{
    static char piece[PIECE_SIZE];
    for (;;) {
        ssize_t size = read(from, piece, sizeof piece);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return size < 0 && errno == EAGAIN;
        if (!write_whole(to, piece, (size_t)size))
            return -1;
    }
}

/* Appends what is there, no more than an answer can have. */
static bool receive_text(int from, struct rg_buffer *text)
{
    const size_t most = sizeof(struct rg_control_head) + RG_CONTROL_MOST_TEXT;
    for (;;) {
        char piece[4096];
        ssize_t size = read(from, piece, sizeof piece);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return size < 0 && errno == EAGAIN;
        if (text->size + (size_t)size > most ||
            rg_buffer_append(text, piece, (size_t)size) < 0)
            return false;
    }
}

/* Whether the answer is whole; *head is then what stands before its words. */
static bool is_whole(const struct rg_buffer *text, struct rg_control_head *head)
{
    if (text->size < sizeof *head)
        return false;
    memcpy(head, text->data, sizeof *head);
    return text->size - sizeof *head >= head->size;
}

bool rg__is_asker_gone(const struct rg__relay *relay)
{
    struct pollfd polled = {.fd = relay->asker};
    return poll(&polled, 1, 0) > 0 && (polled.revents & (POLLERR | POLLNVAL));
}

static bool is_target_alive(const struct rg__target *target)
{
    char text[1024];
    const char *end;
    return rg__target_read(target, "stat", text, sizeof text) &&
           (end = strrchr(text, ')')) != NULL && end[1] == ' ' &&
           end[2] != 'Z' && end[2] != 'X';
}

/* Marks the request as abandoned, while the library's thread stands still: then
 * it has either begun, or never will. */
static bool abandon(const struct rg__relay *relay)
{
    static struct rg__tracee tracee;
    struct rg_control control;
    uint64_t at = relay->loaded->control;
    uint32_t mark = RG_CONTROL_ABANDONED;
    if (!rg__peek(relay->target, at, &control, sizeof control) ||
        control.state != RG_CONTROL_WAITING || control.thread <= 0)
        return false;
    pid_t thread = rg__thread_called(relay->target, control.thread);
    if (thread == 0 || !rg__tracee_stop(&tracee, thread))
        return false;
    bool is_done =
        rg__peek(relay->target, at, &control, sizeof control) &&
        control.state == RG_CONTROL_WAITING &&
        rg__poke(relay->target, at + offsetof(struct rg_control, state), &mark,
                 sizeof mark);
    rg__tracee_release(&tracee);
    return is_done;
}

/* The thread unloads its library after it has answered. */
static void wait_for_thread(const struct rg__target *target, int32_t number)
{
    const struct timespec nap = {0, 1000000};
    for (int i = 0; i < LAST_NAPS && number > 0; i++) {
        if (rg__thread_called(target, number) == 0)
            return;
        nanosleep(&nap, NULL);
    }
}

/* The rest of the heap: its writer has ended by now. */
static enum rg__end finish(const struct rg__relay *relay,
                           const struct rg_control_head *head,
                           struct rg_buffer *text, int32_t thread)
{
    if (relay->loaded->heap >= 0 && relay->heap >= 0 &&
        copy_heap(relay->loaded->heap, relay->heap) < 0)
        return RG__UNWRITTEN;
    memmove(text->data, text->data + sizeof *head, head->size);
    text->size = head->size;
    wait_for_thread(relay->target, thread);
    return head->answer == RG_CONTROL_DONE ? RG__DONE : RG__REFUSED;
}

enum rg__end rg__relay(const struct rg__relay *relay, struct rg_buffer *text)
{
    const struct rg__loaded *loaded = relay->loaded;
    double deadline = rg_now() + relay->patience;
    struct rg_control_head head;
    struct rg_control control = {.thread = 0};
    bool has_more = loaded->heap >= 0 && relay->heap >= 0;
    bool listens = true;
    while (listens) {
        struct pollfd polls[] = {
            {.fd = loaded->answer, .events = POLLIN},
            {.fd = has_more ? loaded->heap : -1, .events = POLLIN},
            {.fd = relay->asker}};
        poll(polls, 3, NAP_MS);
        if (control.thread == 0)
            rg__peek(relay->target, loaded->control, &control, sizeof control);
        int copied = has_more ? copy_heap(loaded->heap, relay->heap) : 0;
        if (copied < 0)
            return RG__UNWRITTEN;
        has_more = copied > 0;
        listens = receive_text(loaded->answer, text);
        if (is_whole(text, &head))
            return finish(relay, &head, text, control.thread);
        if (rg__is_asker_gone(relay))
            return RG__UNHEARD;
        if (!is_target_alive(relay->target))
            return RG__ENDED;
        if (rg_now() > deadline && abandon(relay))
            return RG__ABANDONED;
    }
    return RG__ENDED;
}
