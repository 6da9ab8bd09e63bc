/* size.c - bytes, without asking any __sizeof__
 *
 * What CPython's own containers, strings and numbers take is worked out from
 * their structs, as sys.getsizeof does; anything else takes what its type
 * says. */
#include "heap/read.h"
#include "heap/witness.h"

enum {
    SET_ENTRY = 16,
    DEQUE_BLOCK = 64,           /* items */
    DIGIT_BITS = 30,
    DIGIT = 4
};

static uint64_t size_of_str(PyObject *str)
{
    if (!PyUnicode_IS_COMPACT(str))
        return sizeof(PyUnicodeObject) +
               (uint64_t)(PyUnicode_GET_LENGTH(str) + 1) * 4;
    uint64_t header = PyUnicode_IS_COMPACT_ASCII(str)
                          ? sizeof(PyASCIIObject)
                          : sizeof(PyCompactUnicodeObject);
    return header + (uint64_t)(PyUnicode_GET_LENGTH(str) + 1) *
                        (uint64_t)PyUnicode_KIND(str);
}

/* bool has a struct with a digit in it; subclasses have theirs before what they
 * add. */
static uint64_t size_of_int(PyObject *number)
{
    const PyTypeObject *type =
        PyBool_Check(number) ? &PyLong_Type : Py_TYPE(number);
    uint64_t digits = (rg__int_bits(number) + DIGIT_BITS - 1) / DIGIT_BITS;
    if (digits < (uint64_t)rg__least_digits)
        digits = (uint64_t)rg__least_digits;
    return (uint64_t)type->tp_basicsize + digits * DIGIT;
}

static bool is_generator(PyObject *object)
{
    return PyGen_CheckExact(object) || PyCoro_CheckExact(object) ||
           PyAsyncGen_CheckExact(object);
}

static uint64_t size_of_room(const PyByteArrayObject *array)
{
    return array->ob_alloc == 0 ? 0
                                : (uint64_t)array->ob_alloc +
                                      (uint64_t)rg__bytearray_header;
}

/* What an object has allocated beside itself. */
static uint64_t size_beside(struct rg__c_types *types, PyObject *object)
{
    if (PyDict_Check(object))
        return rg__dict_beside(object);
    if (PyList_Check(object))
        return (uint64_t)((PyListObject *)object)->allocated *
               sizeof(PyObject *);
    if (PyAnySet_Check(object) &&
        ((PySetObject *)object)->table != ((PySetObject *)object)->smalltable)
        return (uint64_t)(((PySetObject *)object)->mask + 1) * SET_ENTRY;
    if (PyByteArray_Check(object))
        return size_of_room((PyByteArrayObject *)object);
    if (rg__c_is(types, object, RG__C_DEQUE))
        return ((uint64_t)Py_SIZE(object) / DEQUE_BLOCK + 1) *
               (DEQUE_BLOCK + 2) * sizeof(PyObject *);
    return (uint64_t)rg__inline_count(object) * sizeof(PyObject *);
}

/* The object's own block. */
static uint64_t size_of_block(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    uint64_t size = (uint64_t)type->tp_basicsize;
    if (PyUnicode_Check(object) && rg__str_is_ready(object))
        return size_of_str(object) +
               (PyUnicode_CheckExact(object)
                    ? 0
                    : size - sizeof(PyUnicodeObject));
    if (PyLong_Check(object))
        return size_of_int(object);
    if (PyFrame_Check(object) || is_generator(object))
        return size + rg__frame_places(object) * (uint64_t)type->tp_itemsize;
    if (type->tp_itemsize > 0) {
        Py_ssize_t items = ((PyVarObject *)object)->ob_size;
        size += (uint64_t)(items < 0 ? -items : items) *
                (uint64_t)type->tp_itemsize;
    }
    return size;
}

uint64_t rg__size(struct rg__c_types *types, PyObject *object)
{
    return size_of_block(object) + size_beside(types, object) +
           rg__header_size(object);
}

/* Our own references are to targets only; where a stack is hidden, what we
 * were called with stands on it. */
static uint64_t counted(struct rg__testimony *testimony, PyObject *object)
{
    const struct rg__snapshot *snapshot = testimony->snapshot;
    uint32_t node = rg_closure_node(&snapshot->closure, &snapshot->table,
                                    (uintptr_t)object);
    uint64_t count = rg__refcount(object), ours;
    if (node >= snapshot->target_node_count)
        return count;
    ours = rg__our_references(testimony, object) +
           rg__on_stacks(testimony, &snapshot->closure.nodes[node]).of_caller;
    return count - (ours < count ? ours : count);
}

/* What refers to nothing is in no table; what has one reference, the one of
 * this object, goes with it. */
struct weighing {
    struct rg__testimony *testimony;
    struct rg_weight weight;
};

static int add_leaf(PyObject *referent, void *context)
{
    struct weighing *weighing = context;
    struct rg__c_types *types = &weighing->testimony->snapshot->c_types;
    if (rg__listing(referent, types) != RG__LEAF ||
        counted(weighing->testimony, referent) != 1)
        return 0;
    weighing->weight.bytes += rg__size(types, referent);
    weighing->weight.objects++;
    return 0;
}

struct rg_weight rg__weigh(void *context, uintptr_t address, uint32_t found)
{
    struct rg__testimony *testimony = context;
    struct rg__snapshot *snapshot = testimony->snapshot;
    PyObject *object = (PyObject *)address;
    struct weighing weighing = {
        .testimony = testimony,
        .weight = {.bytes = rg__size(&snapshot->c_types, object),
                   .objects = 1}};
    if (PyObject_IS_GC(object) && Py_TYPE(object)->tp_traverse != NULL)
        rg__traverse(object, add_leaf, &weighing);
    weighing.weight.is_ours = rg__is_left_out(snapshot, object);
    weighing.weight.is_root =
        rg__is_immortal(object) ||
        rg__find_namespace(snapshot, object) != NULL ||
        counted(testimony, object) > found;
    return weighing.weight;
}
