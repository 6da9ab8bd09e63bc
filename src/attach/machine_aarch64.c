#include "attach/machine.h"

#if defined(__aarch64__)

#include <string.h>

/* x19 is the errand.  It waits in pselect, which the kernel begins anew after
 * whatever interrupts it; and when it goes back by itself nothing here is used
 * any more from the moment that `away` is 0: sigemptyset returns to the kernel's
 * own restorer, on the thread's own stack.
 *
 * The last branch of a thread leaves the mapping that it removes: munmap returns
 * to whoever called the thread's first function.  (hint 34 is `bti c`, and a
 * jump through x16 may land on one.) */
__asm__(".section .rodata\n"
        ".globl rg__stub_begin, rg__stub_thread, rg__stub_end\n"
        ".hidden rg__stub_begin, rg__stub_thread, rg__stub_end\n"
        ".balign 16\n"
        "rg__stub_begin:\n"
        "    ldr x0, [x19, #40]\n"
        "    mov w1, #2\n" /* RTLD_NOW */
        "    ldr x16, [x19, #0]\n"
        "    blr x16\n"
        "    str x0, [x19, #96]\n"
        "    cbz x0, 2f\n"
        "    ldr x2, [x19, #56]\n"
        "    str x0, [x2, #8]\n"
        "    ldr x1, [x19, #48]\n"
        "    ldr x16, [x19, #8]\n"
        "    blr x16\n"
        "    str x0, [x19, #104]\n"
        "    cbz x0, 1f\n"
        "    mov x16, x0\n"
        "    ldr x0, [x19, #56]\n"
        "    blr x16\n"
        "    str w0, [x19, #112]\n"
        "    cbz w0, 4f\n"
        "1:  ldr x0, [x19, #96]\n"
        "    ldr x16, [x19, #24]\n"
        "    blr x16\n"
        "    b 4f\n"
        "2:  ldr x16, [x19, #16]\n"
        "    blr x16\n"
        "    cbz x0, 4f\n"
        "    mov w1, #512\n"
        "    add x2, x19, #136\n"
        "3:  ldrb w3, [x0], #1\n"
        "    strb w3, [x2], #1\n"
        "    cbz w3, 4f\n"
        "    subs w1, w1, #1\n"
        "    b.ne 3b\n"
        "4:  mov w1, #1\n"
        "    add x2, x19, #116\n"
        "    stlr w1, [x2]\n"
        "    mov x8, #72\n" /* pselect6 */
        "    mov x0, #0\n"
        "    mov x1, #0\n"
        "    mov x2, #0\n"
        "    mov x3, #0\n"
        "    ldr x4, [x19, #72]\n"
        "    mov x5, #0\n"
        "    svc #0\n"
        "    ldr x1, [x19, #64]\n"
        "    ldr x0, [x19, #120]\n"
        "    ldr x16, [x19, #32]\n"
        "    mov sp, x1\n"
        "    ldr x30, [x19, #128]\n"
        "    br x16\n"
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

enum { NUMBER = 8, ERRAND = 19, LINK = 30 };

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

/* The C library returns after it, to the restorer. */
void rg__set_syscall(rg__registers *registers, uint64_t pc, uint64_t way_back,
                     uint64_t restorer, long number,
                     const uint64_t arguments[6])
{
    registers->pc = pc;
    registers->sp = way_back;
    registers->regs[LINK] = restorer;
    registers->regs[NUMBER] = (uint64_t)number;
    for (int i = 0; i < 6; i++)
        registers->regs[i] = arguments[i];
}

void rg__set_errand(rg__registers *registers, uint64_t stub, uint64_t stack,
                    uint64_t errand)
{
    registers->pc = stub;
    registers->sp = stack & ~(uint64_t)15;
    registers->regs[29] = 0;
    registers->regs[ERRAND] = errand;
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

/* mov x8, #139; svc #0: in the vdso */
const unsigned char rg__restorer_code[] = {0x68, 0x11, 0x80, 0xd2,
                                           0x01, 0x00, 0x00, 0xd4};
const size_t rg__restorer_code_size = sizeof rg__restorer_code;

/* As the kernel wants them (asm/sigcontext.h). */
enum {
    NO_STACK = 0x4000, /* of sigaltstack: refused, so that the thread's stays */
    FLOATS_MAGIC = 0x46508001,
    VECTORS_SIZE = 512,
    FLOATS_RECORD = 16 + VECTORS_SIZE
};

struct way {
    unsigned char info[128];
    struct {
        uint64_t flags, link;
        struct {
            uint64_t at;
            int32_t flags, unused;
            uint64_t size;
        } stack;
        uint64_t signals;
        unsigned char more_signals[120];
        uint64_t unused;
        uint64_t fault_address, regs[31], sp, pc, pstate;
        uint64_t unused_too;
    } context;
};

struct floats_record {
    uint32_t magic, size, status, control;
    unsigned char vectors[VECTORS_SIZE];
    uint32_t end_magic, end_size, unused[2];
};

_Static_assert(offsetof(struct way, context.fault_address) == 128 + 176 &&
                   sizeof(struct way) == 128 + 176 + 288 &&
                   offsetof(struct floats_record, end_magic) == FLOATS_RECORD,
               "these are the kernel's");

/* ptrace gives the vectors first. */
static struct floats_record make_floats(const unsigned char *floats)
{
    struct floats_record record = {.magic = FLOATS_MAGIC,
                                   .size = FLOATS_RECORD};
    memcpy(record.vectors, floats, VECTORS_SIZE);
    memcpy(&record.status, floats + VECTORS_SIZE, sizeof record.status);
    memcpy(&record.control, floats + VECTORS_SIZE + sizeof record.status,
           sizeof record.control);
    return record;
}

size_t rg__make_way(unsigned char *frame, size_t size, uint64_t at,
                    uint64_t restorer, const rg__registers *registers,
                    uint64_t signals, const unsigned char *floats,
                    size_t floats_size)
{
    struct way way = {.context = {.stack = {.flags = NO_STACK},
                                  .signals = signals,
                                  .sp = registers->sp,
                                  .pc = registers->pc,
                                  .pstate = registers->pstate}};
    (void)at;
    (void)restorer; /* it is in a register */
    if (sizeof way + sizeof(struct floats_record) > size ||
        floats_size < VECTORS_SIZE + 8)
        return 0;
    memcpy(way.context.regs, registers->regs, sizeof way.context.regs);
    const struct floats_record record = make_floats(floats);
    memcpy(frame, &way, sizeof way);
    memcpy(frame + sizeof way, &record, sizeof record);
    return sizeof way + sizeof record;
}

#endif
