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
 * rg__stub_call: calls the function in the register for it, and stops.  At
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

/* Makes registers ready for a system call, or a call of a function by the
 * stub.  The kernel will not restart a call that was interrupted before. */
void rg__set_syscall(rg__registers *registers, uint64_t pc, long number,
                     const uint64_t arguments[6]);
void rg__set_call(rg__registers *registers, uint64_t stub, uint64_t stack,
                  uint64_t function, const uint64_t arguments[3]);

/* Where the stub's call has come to its end. */
bool rg__is_after_call(const rg__registers *registers, uint64_t stub);

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
