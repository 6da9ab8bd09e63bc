/* machine.h - what differs from processor to processor
 *
 * Private to attach. */
#ifndef RG_ATTACH_MACHINE_H
#define RG_ATTACH_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/user.h>

#if defined(__x86_64__)
typedef struct user_regs_struct rg__registers;
#elif defined(__aarch64__)
typedef struct user_regs_struct rg__registers;
#else
#error "attaching is written for x86_64 and aarch64"
#endif

/* Code for the mapping of a control block, which may lie at any address.  At
 * rg__stub_begin: runs an errand (errand.h), waits for a while, and goes back to
 * where its thread was by itself when nobody has put it there.  At
 * rg__stub_thread: where a thread begins, its argument the block; it runs it,
 * unloads the library, removes the mapping and ends. */
extern const char rg__stub_begin[], rg__stub_thread[], rg__stub_end[];

/* The instruction that enters the kernel. */
extern const unsigned char rg__syscall_code[];
enum {
#if defined(__x86_64__)
    RG__SYSCALL_CODE_SIZE = 2
#else
    RG__SYSCALL_CODE_SIZE = 4
#endif
};

uint64_t rg__get_pc(const rg__registers *registers);
uint64_t rg__get_stack(const rg__registers *registers);
uint64_t rg__get_result(const rg__registers *registers);

/* Makes registers ready for a system call with a way back on the stack, or for
 * an errand of the stub.  The kernel will not restart a call that was
 * interrupted before. */
void rg__set_syscall(rg__registers *registers, uint64_t pc, uint64_t way_back,
                     uint64_t restorer, long number,
                     const uint64_t arguments[6]);
void rg__set_errand(rg__registers *registers, uint64_t stub, uint64_t stack,
                    uint64_t errand);

/* The way back: what the kernel puts on the stack of a thread for a signal, and
 * takes from there when its handler returns, with all registers and the blocked
 * signals.  Who returns through it goes on as if nothing had been; only a wait
 * with an end that was interrupted then fails with EINTR, or begins anew, as
 * with a signal.  The address has to be RG__WAY_OFFSET behind a multiple of
 * RG__WAY_ALIGNMENT.  rg__make_way gives its size, 0 when it does not fit. */
enum {
    RG__WAY_ALIGNMENT = 64,
#if defined(__x86_64__)
    RG__WAY_OFFSET = 56 /* the stack of a function that was called */
#else
    RG__WAY_OFFSET = 0
#endif
};
size_t rg__make_way(unsigned char *frame, size_t size, uint64_t at,
                    uint64_t restorer, const rg__registers *registers,
                    uint64_t signals, const unsigned char *floats,
                    size_t floats_size);

/* The code that a signal handler returns to. */
extern const unsigned char rg__restorer_code[];
extern const size_t rg__restorer_code_size;

/* Whether a thread that was stopped was inside this system call, and will go
 * on with it; `code` is as much as two such instructions, half of it before
 * where the thread stands. */
bool rg__was_in_syscall(const rg__registers *registers, long number,
                        const unsigned char *code);

/* A wait without end that the stop has ended with EINTR begins again: not every
 * program expects that.  One with an end is left to the program, which alone
 * knows when it began. */
void rg__wait_again(rg__registers *registers, bool has_end);

#endif
