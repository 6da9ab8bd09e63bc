/* An extension with a gate: an object whose tp_traverse waits, in every process
 * but the one that made it, while the gate is closed.  So a forked child stands
 * still in the middle of its look until a test has done what it came for.
 * Compiled by test_fork.py. */
#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Shared with the children. */
static struct shared {
    volatile int is_closed, arrived;
    volatile long owner;
} *shared;

typedef struct {
    PyObject_HEAD
} Gate;

static int gate_traverse(PyObject *self, visitproc visit, void *arg)
{
    (void)self;
    (void)visit;
    (void)arg;
    long pid = syscall(SYS_getpid);
    if (pid == shared->owner)
        return 0;
    while (shared->is_closed) {
        const struct timespec pause = {.tv_nsec = 1000000};
        shared->arrived = (int)pid;
        syscall(SYS_nanosleep, &pause, NULL);
    }
    return 0;
}

static PyTypeObject gate_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "waiting.Gate",
    .tp_basicsize = sizeof(Gate),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = gate_traverse,
    .tp_new = PyType_GenericNew,
};

static PyObject *set_closed(PyObject *self, PyObject *is_closed)
{
    (void)self;
    shared->owner = syscall(SYS_getpid);
    shared->arrived = 0;
    shared->is_closed = PyObject_IsTrue(is_closed);
    Py_RETURN_NONE;
}

static PyObject *arrived(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return PyLong_FromLong(shared->arrived);
}

/* Threads that are inside malloc all the time, without the GIL. */
static volatile int is_churning;

static void *churn(void *unused)
{
    unsigned size = 1;
    while (is_churning) {
        size = size * 1103515245 + 12345;
        void *volatile block = malloc(size % 5000 + 1);
        free(block);
    }
    return unused;
}

static pthread_t threads[16];

static PyObject *start_churning(PyObject *self, PyObject *count)
{
    (void)self;
    is_churning = (int)PyLong_AsLong(count);
    for (int i = 0; i < is_churning; i++)
        pthread_create(&threads[i], NULL, churn, NULL);
    Py_RETURN_NONE;
}

static PyObject *stop_churning(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    int count = is_churning;
    is_churning = 0;
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    Py_RETURN_NONE;
}

static pid_t count_handler;
static volatile int at_fork_calls;

static void at_fork(void)
{
    at_fork_calls++;
}

static PyObject *count_forks(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    if (count_handler++ == 0)
        pthread_atfork(at_fork, at_fork, at_fork);
    return PyLong_FromLong(at_fork_calls);
}

/* From now on clone and clone3 are answered with this errno. */
static PyObject *forbid_clone(PyObject *self, PyObject *reason)
{
    (void)self;
    unsigned answer = SECCOMP_RET_ERRNO | (unsigned)PyLong_AsLong(reason);
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 435, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, answer),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"set_closed", set_closed, METH_O, NULL},
    {"arrived", arrived, METH_NOARGS, NULL},
    {"start_churning", start_churning, METH_O, NULL},
    {"stop_churning", stop_churning, METH_NOARGS, NULL},
    {"count_forks", count_forks, METH_NOARGS, NULL},
    {"forbid_clone", forbid_clone, METH_O, NULL},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                                        .m_name = "waiting", .m_size = -1,
                                        .m_methods = methods};

PyMODINIT_FUNC PyInit_waiting(void);

PyMODINIT_FUNC PyInit_waiting(void)
{
    PyObject *module = PyModule_Create(&definition);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (module == NULL || shared == MAP_FAILED || PyType_Ready(&gate_type) < 0)
        return NULL;
#ifdef Py_GIL_DISABLED
    PyUnstable_Module_SetGIL(module, Py_MOD_GIL_NOT_USED);
#endif
    Py_INCREF(&gate_type);
    if (PyModule_AddObject(module, "Gate", (PyObject *)&gate_type) < 0)
        return NULL;
    return module;
}
