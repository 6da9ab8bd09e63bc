/* frame_depth.c - how deep the stack of a running frame is (3.10)
 *
 * The depth before the instruction in work follows from the effects of all
 * instructions on the way there, as the compiler worked it out. */
#include <Python.h>
#include <opcode.h>

#include "base/alloc.h"
#include "heap/cpython/version.h"

#if RG__FRAMES == RG__FRAMES_ARE_OBJECTS

enum { UNKNOWN_DEPTH = -1 };

struct depths {
    const _Py_CODEUNIT *code;
    int count;       /* of instructions */
    int16_t *before; /* by instruction */
    int *open;       /* instructions to be looked at */
    int open_count;
};

static void set_depth(struct depths *depths, int instruction, int depth)
{
    if (instruction < 0 || instruction >= depths->count || depth < 0 ||
        depth > INT16_MAX || depths->before[instruction] != UNKNOWN_DEPTH)
        return;
    depths->before[instruction] = (int16_t)depth;
    depths->open[depths->open_count++] = instruction;
}

static bool never_falls_through(int opcode)
{
    return opcode == JUMP_FORWARD || opcode == JUMP_ABSOLUTE ||
           opcode == RETURN_VALUE || opcode == RAISE_VARARGS ||
           opcode == RERAISE;
}

/* Where an instruction may jump to, or -1. */
static int jump_target(int opcode, int argument, int instruction)
{
    switch (opcode) {
    case JUMP_FORWARD:
    case FOR_ITER:
    case SETUP_FINALLY:
    case SETUP_WITH:
    case SETUP_ASYNC_WITH:
        return instruction + 1 + argument;
    case JUMP_ABSOLUTE:
    case JUMP_IF_FALSE_OR_POP:
    case JUMP_IF_TRUE_OR_POP:
    case JUMP_IF_NOT_EXC_MATCH:
    case POP_JUMP_IF_FALSE:
    case POP_JUMP_IF_TRUE:
        return argument;
    default:
        return -1;
    }
}

/* An argument of more than a byte is built up by the prefixes before it. */
static int argument_of(const struct depths *depths, int instruction)
{
    int argument = _Py_OPARG(depths->code[instruction]);
    for (int shift = 8, i = instruction - 1;
         i >= 0 && shift < 32 && _Py_OPCODE(depths->code[i]) == EXTENDED_ARG;
         i--, shift += 8)
        argument |= (int)((unsigned)_Py_OPARG(depths->code[i]) << shift);
    return argument;
}

static void pass_instruction(struct depths *depths, int instruction)
{
    int opcode = _Py_OPCODE(depths->code[instruction]);
    int argument = argument_of(depths, instruction);
    int depth = depths->before[instruction];
    int operand = opcode >= HAVE_ARGUMENT ? argument : 0;
    if (opcode == EXTENDED_ARG) {
        set_depth(depths, instruction + 1, depth);
        return;
    }
    int target = jump_target(opcode, argument, instruction);
    if (target >= 0)
        set_depth(depths, target,
                  depth +
                      PyCompile_OpcodeStackEffectWithJump(opcode, operand, 1));
    if (!never_falls_through(opcode))
        set_depth(depths, instruction + 1,
                  depth +
                      PyCompile_OpcodeStackEffectWithJump(opcode, operand, 0));
}

int rg__stack_depth(const PyCodeObject *code, int instruction)
{
    struct depths depths = {
        .code = (const _Py_CODEUNIT *)PyBytes_AS_STRING(code->co_code),
        .count = (int)(PyBytes_GET_SIZE(code->co_code) /
                       (Py_ssize_t)sizeof(_Py_CODEUNIT))};
    int depth = UNKNOWN_DEPTH;
    depths.before = rg_alloc((size_t)depths.count, sizeof *depths.before);
    depths.open = rg_alloc((size_t)depths.count, sizeof *depths.open);
    if (depths.before != NULL && depths.open != NULL) {
        for (int i = 0; i < depths.count; i++)
            depths.before[i] = UNKNOWN_DEPTH;
        set_depth(&depths, 0,
                  code->co_flags &
                          (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)
                      ? 1
                      : 0);
        while (depths.open_count > 0)
            pass_instruction(&depths, depths.open[--depths.open_count]);
        if (instruction >= 0 && instruction < depths.count)
            depth = depths.before[instruction];
    }
    rg_free(depths.before);
    rg_free(depths.open);
    return depth;
}

#endif
