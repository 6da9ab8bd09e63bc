#include "attach/machine.h"

#if defined(__aarch64__)

#include <errno.h>
#include <string.h>

/* The last branch leaves the mapping that it removes: munmap returns to whoever
 * called the thread's first function.  (hint 34 is `bti c`, and a jump through
 * x16 may land on one.) */
__asm__(".section .rodata\n"
        ".globl rg__stub_begin, rg__stub_thread, rg__stub_end\n"
        ".hidden rg__stub_begin, rg__stub_thread, rg__stub_end\n"
        ".balign 16\n"
        "rg__stub_begin:\n"
        "    blr x16\n"
        "    brk #0\n"
        "    .balign 16\n"
        "rg__stub_thread:\n"
        "    hint #34\n"
        "    stp x29, x30, [sp, #-32]!\n"
        "    str x19, [sp, #16]\n"
        "    mov x29, sp\n"
        "    mov x19, x0\n"
        "    ldr x16, [x19, #0]\n"
        "    blr x16\n"
        "    ldr x0, [x19, #8]\n"
        "    ldr x16, [x19, #16]\n"
        "    blr x16\n"
        "    ldr x16, [x19, #24]\n"
        "    ldr x0, [x19, #32]\n"
        "    ldr x1, [x19, #40]\n"
        "    ldr x19, [sp, #16]\n"
        "    ldp x29, x30, [sp], #32\n"
        "    br x16\n"
        "rg__stub_end:\n"
        ".text\n");

enum { CALL_SIZE = 4, CALLED = 16, NUMBER = 8 };

const unsigned char rg__syscall_code[] = {0x01, 0x00, 0x00, 0xd4};

uint64_t rg__get_pc(const rg__registers *registers)
{
    return registers->pc;
}

uint64_t rg__get_stack(const rg__registers *registers)
{
    return registers->sp;
}

uint64_t rg__get_result(const rg__registers *registers)
{
    return registers->regs[0];
}

void rg__set_syscall(rg__registers *registers, uint64_t pc, long number,
                     const uint64_t arguments[6])
{
    registers->pc = pc;
    registers->regs[NUMBER] = (uint64_t)number;
    for (int i = 0; i < 6; i++)
        registers->regs[i] = arguments[i];
}

void rg__set_call(rg__registers *registers, uint64_t stub, uint64_t stack,
                  uint64_t function, const uint64_t arguments[3])
{
    registers->pc = stub;
    registers->sp = stack & ~(uint64_t)15;
    registers->regs[29] = 0;
    registers->regs[CALLED] = function;
    for (int i = 0; i < 3; i++)
        registers->regs[i] = arguments[i];
}

/* The instruction that traps has not been passed. */
bool rg__is_after_call(const rg__registers *registers, uint64_t stub)
{
    return registers->pc == stub + CALL_SIZE;
}

/* The kernel has wound back what it is going to restart, before the stop shows
 * the registers: they look as if the call had not begun.  One that has ended
 * has its number still there; then the instruction is right before. */
bool rg__was_in_syscall(const rg__registers *registers, long number,
                        const unsigned char *code)
{
    return (long)registers->regs[NUMBER] == number &&
           (memcmp(code, rg__syscall_code, RG__SYSCALL_CODE_SIZE) == 0 ||
            memcmp(code + RG__SYSCALL_CODE_SIZE, rg__syscall_code,
                   RG__SYSCALL_CODE_SIZE) == 0);
}

void rg__wait_again(rg__registers *registers, bool has_end)
{
    (void)registers;
    (void)has_end;
}

#endif
