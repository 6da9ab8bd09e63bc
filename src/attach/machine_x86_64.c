#define _GNU_SOURCE /* names of registers: Linux */
#include "attach/machine.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <ucontext.h>

/* rbx is the errand.  It waits in pselect, which the kernel begins anew after
 * whatever interrupts it; and when it goes back by itself nothing here is used
 * any more from the moment that `away` is 0: sigemptyset returns to the restorer
 * of the C library, on the thread's own stack.
 *
 * The last jump of a thread leaves the mapping that it removes: munmap returns
 * to whoever called the thread's first function. */
__asm__(".section .rodata\n"
        ".globl rg__stub_begin, rg__stub_thread, rg__stub_end\n"
        ".hidden rg__stub_begin, rg__stub_thread, rg__stub_end\n"
        "rg__stub_begin:\n"
        "    mov 40(%rbx), %rdi\n"
        "    mov $2, %esi\n" /* RTLD_NOW */
        "    call *0(%rbx)\n"
        "    mov %rax, 96(%rbx)\n"
        "    test %rax, %rax\n"
        "    jz 2f\n"
        "    mov 56(%rbx), %rcx\n"
        "    mov %rax, 8(%rcx)\n"
        "    mov %rax, %rdi\n"
        "    mov 48(%rbx), %rsi\n"
        "    call *8(%rbx)\n"
        "    mov %rax, 104(%rbx)\n"
        "    test %rax, %rax\n"
        "    jz 1f\n"
        "    mov 56(%rbx), %rdi\n"
        "    call *%rax\n"
        "    mov %eax, 112(%rbx)\n"
        "    test %eax, %eax\n"
        "    jz 4f\n"
        "1:  mov 96(%rbx), %rdi\n"
        "    call *24(%rbx)\n"
        "    jmp 4f\n"
        "2:  call *16(%rbx)\n"
        "    test %rax, %rax\n"
        "    jz 4f\n"
        "    mov $512, %ecx\n"
        "    lea 136(%rbx), %rdx\n"
        "3:  movb (%rax), %sil\n"
        "    movb %sil, (%rdx)\n"
        "    inc %rax\n"
        "    inc %rdx\n"
        "    test %sil, %sil\n"
        "    jz 4f\n"
        "    dec %ecx\n"
        "    jnz 3b\n"
        "4:  movl $1, 116(%rbx)\n"
        "    mov $270, %eax\n" /* pselect6 */
        "    xor %edi, %edi\n"
        "    xor %esi, %esi\n"
        "    xor %edx, %edx\n"
        "    xor %r10d, %r10d\n"
        "    mov 72(%rbx), %r8\n"
        "    xor %r9d, %r9d\n"
        "    syscall\n"
        "    mov 64(%rbx), %rsp\n"
        "    mov 120(%rbx), %rdi\n"
        "    jmp *32(%rbx)\n"
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

enum { RED_ZONE = 128 };

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

/* The C library returns after it, to the restorer. */
void rg__set_syscall(rg__registers *registers, uint64_t pc, uint64_t way_back,
                     uint64_t restorer, long number,
                     const uint64_t arguments[6])
{
    (void)restorer; /* it is on the stack */
    registers->rip = pc;
    registers->rsp = way_back;
    registers->rax = (uint64_t)number;
    registers->orig_rax = (uint64_t)-1;
    registers->rdi = arguments[0];
    registers->rsi = arguments[1];
    registers->rdx = arguments[2];
    registers->r10 = arguments[3];
    registers->r8 = arguments[4];
    registers->r9 = arguments[5];
}

void rg__set_errand(rg__registers *registers, uint64_t stub, uint64_t stack,
                    uint64_t errand)
{
    registers->rip = stub;
    registers->rsp = stack & ~(uint64_t)15;
    registers->rbp = 0;
    registers->rbx = errand;
    registers->orig_rax = (uint64_t)-1;
    registers->eflags &= ~(uint64_t)0x400; /* strings go upwards in C */
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

/* movq $15, %rax; syscall */
const unsigned char rg__restorer_code[] = {0x48, 0xc7, 0xc0, 0x0f, 0x00,
                                           0x00, 0x00, 0x0f, 0x05};
const size_t rg__restorer_code_size = sizeof rg__restorer_code;

/* What begins anew is the instruction before; the kernel has forgotten when a
 * wait with an end has begun. */
static void begin_anew(greg_t *general, const rg__registers *registers)
{
    long result = (long)registers->rax;
    if ((long)registers->orig_rax < 0)
        return;
    if (result == -ERESTART_RESTARTBLOCK) {
        general[REG_RAX] = -EINTR;
    } else if (result == -ERESTARTSYS || result == -ERESTARTNOINTR ||
               result == -ERESTARTNOHAND) {
        general[REG_RAX] = (greg_t)registers->orig_rax;
        general[REG_RIP] -= RG__SYSCALL_CODE_SIZE;
    }
}

static void put_general(greg_t *general, const rg__registers *registers)
{
    const struct {
        int number;
        uint64_t value;
    } all[] = {{REG_R8, registers->r8},   {REG_R9, registers->r9},
               {REG_R10, registers->r10}, {REG_R11, registers->r11},
               {REG_R12, registers->r12}, {REG_R13, registers->r13},
               {REG_R14, registers->r14}, {REG_R15, registers->r15},
               {REG_RDI, registers->rdi}, {REG_RSI, registers->rsi},
               {REG_RBP, registers->rbp}, {REG_RBX, registers->rbx},
               {REG_RDX, registers->rdx}, {REG_RAX, registers->rax},
               {REG_RCX, registers->rcx}, {REG_RSP, registers->rsp},
               {REG_RIP, registers->rip}, {REG_EFL, registers->eflags}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        general[all[i].number] = (greg_t)all[i].value;
    general[REG_CSGSFS] =
        (greg_t)(registers->cs & 0xffff) | (greg_t)registers->ss << 48;
    begin_anew(general, registers);
}

/* As the kernel wants them: asm/ucontext.h and asm/sigcontext.h, which do not
 * go together with the C library's headers. */
enum {
    FLAGS = 1 | 2 | 4, /* all registers are there, and so is ss, as it was */
    NO_STACK = 0x4000, /* of sigaltstack: refused, so that the thread's stays */
    MAGIC_AT = 464,
    LEAST_FLOATS = 576,
    MAGIC_1 = 0x46505853,
    MAGIC_2 = 0x46505845
};

struct way {
    uint64_t restorer;
    struct {
        uint64_t flags, link;
        stack_t stack;
        mcontext_t machine;
        uint64_t signals;
    } context;
};

struct magic {
    uint32_t first, whole_size;
    uint64_t features;
    uint32_t size;
};

/* As much of what ptrace gives as a signal's frame may have: no matrices, where
 * the thread uses none, since most threads have no room for them. */
static size_t trim_floats(const unsigned char *floats, size_t size,
                          uint64_t *features)
{
    enum { USED_AT = 512, FIRST = 2, MATRICES = 18, COUNT = 63 };
    uint64_t used;
    size_t needed = LEAST_FLOATS;
    memcpy(features, floats + MAGIC_AT, sizeof *features);
    memcpy(&used, floats + USED_AT, sizeof used);
    if ((used >> MATRICES & 1) == 0)
        *features &= ~((uint64_t)1 << MATRICES);
    for (unsigned i = FIRST; i < COUNT; i++) {
        unsigned extent, place, flags, unused;
        if ((*features >> i & 1) != 0 &&
            __get_cpuid_count(0xd, i, &extent, &place, &flags, &unused) &&
            (size_t)place + extent > needed)
            needed = (size_t)place + extent;
    }
    return needed < size ? needed : size;
}

size_t rg__make_way(unsigned char *frame, size_t size, uint64_t at,
                    uint64_t restorer, const rg__registers *registers,
                    uint64_t signals, const unsigned char *floats,
                    size_t floats_size)
{
    const size_t floats_at = RG__WAY_ALIGNMENT - RG__WAY_OFFSET +
                             (sizeof(struct way) + RG__WAY_OFFSET - 1) /
                                 RG__WAY_ALIGNMENT * RG__WAY_ALIGNMENT;
    const uint32_t magic_2 = MAGIC_2;
    struct magic magic = {.first = MAGIC_1};
    struct way way = {.restorer = restorer,
                      .context = {.flags = FLAGS,
                                  .stack = {.ss_flags = NO_STACK},
                                  .signals = signals}};
    if (floats_size < LEAST_FLOATS)
        return 0;
    magic.size = (uint32_t)trim_floats(floats, floats_size, &magic.features);
    magic.whole_size = magic.size + (uint32_t)sizeof magic_2;
    if (floats_at + magic.whole_size > size)
        return 0;
    put_general(way.context.machine.gregs, registers);
    uint64_t floats_there = at + floats_at;
    memcpy(&way.context.machine.fpregs, &floats_there, sizeof floats_there);
    memcpy(frame, &way, sizeof way);
    memcpy(frame + floats_at, floats, magic.size);
    memcpy(frame + floats_at + MAGIC_AT, &magic, sizeof magic);
    memcpy(frame + floats_at + magic.size, &magic_2, sizeof magic_2);
    return floats_at + magic.whole_size;
}

#endif
