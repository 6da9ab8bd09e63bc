/* Counts how much work lies between two questions whether to go on.
 *
 * The compiler calls __sanitizer_cov_trace_pc at the start of every basic block
 * (-fsanitize-coverage=trace-pc); a block in rg_drill_ask (base/drill.h), which
 * every question passes, begins a new stretch.  Each thread has its own. */
#include <stddef.h>
#include <stdint.h>

void __sanitizer_cov_trace_pc(void);
void stretch_question_at(uintptr_t address, size_t size, size_t most);
size_t stretch_take(void);
void stretch_is_long(void);

static uintptr_t question;
static size_t question_size, limit;
static _Thread_local size_t blocks, longest;

void __sanitizer_cov_trace_pc(void)
{
    uintptr_t at = (uintptr_t)__builtin_return_address(0);
    if (++blocks == limit)
        stretch_is_long();
    if (at - question >= question_size)
        return;
    longest = blocks > longest ? blocks : longest;
    blocks = 0;
}

/* A place for a breakpoint: who is it that does not ask? */
__attribute__((noinline)) void stretch_is_long(void)
{
    __asm__ volatile("");
}

/* Where the code of rg_drill_ask is, and how long a stretch may be. */
void stretch_question_at(uintptr_t address, size_t size, size_t most)
{
    limit = most;
    question = address;
    question_size = size;
}

/* The longest stretch of this thread since the last call, the one that is not
 * over included. */
size_t stretch_take(void)
{
    size_t taken = blocks > longest ? blocks : longest;
    blocks = longest = 0;
    return taken;
}
