#include "attach/machine.h"

#if defined(__x86_64__)

#include <errno.h>

/* The last jump leaves the mapping that it removes: munmap returns to whoever
 * called the thread's first function. */
__asm__(".section .rodata\n"
        ".globl rg__stub_begin, rg__stub_thread, rg__stub_end\n"
        ".hidden rg__stub_begin, rg__stub_thread, rg__stub_end\n"
        "rg__stub_begin:\n"
        "    call *%rax\n"
        "    int3\n"
        "    .balign 16\n"
        "rg__stub_thread:\n"
        "    push %rbx\n"
        "    mov %rdi, %rbx\n"
        "    call *0(%rbx)\n"
        "    mov 8(%rbx), %rdi\n"
        "    call *16(%rbx)\n"
        "    mov 24(%rbx), %rax\n"
        "    mov 32(%rbx), %rdi\n"
        "    mov 40(%rbx), %rsi\n"
        "    pop %rbx\n"
        "    jmp *%rax\n"
        "rg__stub_end:\n"
        ".text\n");

enum { CALL_SIZE = 2, TRAP_SIZE = 1, RED_ZONE = 128 };

const unsigned char rg__syscall_code[] = {0x0f, 0x05};

uint64_t rg__get_pc(const rg__registers *registers)
{
    return registers->rip;
}

uint64_t rg__get_stack(const rg__registers *registers)
{
    return registers->rsp - RED_ZONE;
}

uint64_t rg__get_result(const rg__registers *registers)
{
    return registers->rax;
}

void rg__set_syscall(rg__registers *registers, uint64_t pc, long number,
                     const uint64_t arguments[6])
{
    registers->rip = pc;
    registers->rax = (uint64_t)number;
    registers->orig_rax = (uint64_t)-1;
    registers->rdi = arguments[0];
    registers->rsi = arguments[1];
    registers->rdx = arguments[2];
    registers->r10 = arguments[3];
    registers->r8 = arguments[4];
    registers->r9 = arguments[5];
}

void rg__set_call(rg__registers *registers, uint64_t stub, uint64_t stack,
                  uint64_t function, const uint64_t arguments[3])
{
    registers->rip = stub;
    registers->rsp = stack & ~(uint64_t)15;
    registers->rbp = 0;
    registers->rax = function;
    registers->orig_rax = (uint64_t)-1;
    registers->rdi = arguments[0];
    registers->rsi = arguments[1];
    registers->rdx = arguments[2];
    registers->eflags &= ~(uint64_t)0x400; /* strings go upwards in C */
}

bool rg__is_after_call(const rg__registers *registers, uint64_t stub)
{
    return registers->rip == stub + CALL_SIZE + TRAP_SIZE;
}

/* What the kernel keeps for itself: errno.h lacks them. */
enum {
    ERESTARTSYS = 512,
    ERESTARTNOINTR = 513,
    ERESTARTNOHAND = 514,
    ERESTART_RESTARTBLOCK = 516
};

bool rg__was_in_syscall(const rg__registers *registers, long number,
                        const unsigned char *code)
{
    (void)code; /* the registers say it */
    long result = (long)registers->rax;
    return (long)registers->orig_rax == number &&
           (result == -EINTR || result == -ERESTARTSYS ||
            result == -ERESTARTNOINTR || result == -ERESTARTNOHAND ||
            result == -ERESTART_RESTARTBLOCK);
}

void rg__wait_again(rg__registers *registers, bool has_end)
{
    if ((long)registers->rax == -EINTR && !has_end)
        registers->rax = (uint64_t)-ERESTARTNOINTR;
}

#endif
