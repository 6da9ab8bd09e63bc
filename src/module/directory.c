#define PY_SSIZE_T_CLEAN
#include "module/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

const char rg__open_in_root_doc[] =
    "open_in_root($module, root, path, /)\n"
    "--\n"
    "\n"
    "A descriptor, for lookups only, of the directory `path` as a process sees\n"
    "it whose root directory is the descriptor `root`: no link and no \"..\"\n"
    "leads out of that, and none of /proc's own links is followed.  OSError\n"
    "with ENOSYS or EPERM when this machine has no openat2.";

const char rg__open_inside_doc[] =
    "open_inside($module, parent, name, /)\n"
    "--\n"
    "\n"
    "A descriptor, for reading, of the directory `name` that is itself in the\n"
    "directory `parent`: neither a link nor something mounted there.  OSError\n"
    "as open_in_root.";

/* As in <linux/openat2.h>, which a machine to build on need not have. */
struct how {
    uint64_t flags, mode, resolve;
};

enum {
    NO_XDEV = 0x01,       /* no mount is entered, not even a bind mount */
    NO_MAGICLINKS = 0x02, /* the links of /proc that lead anywhere */
    NO_SYMLINKS = 0x04,
    BENEATH = 0x08, /* nothing that leads out is an error ... */
    IN_ROOT = 0x10  /* ... or is taken as below the root */
};

static long call(int directory, const char *path, struct how how)
{
#ifdef SYS_openat2
    return syscall(SYS_openat2, directory, path, &how, sizeof how);
#else
    (void)directory, (void)path, (void)how;
    errno = ENOSYS;
    return -1;
#endif
}

/* The kernel asks for another try (EAGAIN) when something was renamed while
 * it followed "..": a few are enough for chance, and none for malice. */
static PyObject *open_directory(PyObject *args, struct how how)
{
    enum { TRIES = 32 };
    int directory, number = 0;
    PyObject *path;
    long descriptor = -1;
    if (!PyArg_ParseTuple(args, "iO&", &directory, PyUnicode_FSConverter,
                          &path))
        return NULL;
    how.flags |= O_DIRECTORY | O_CLOEXEC;
    Py_BEGIN_ALLOW_THREADS for (int i = 0; i < TRIES && descriptor < 0; i++)
    {
        descriptor = call(directory, PyBytes_AS_STRING(path), how);
        number = errno;
        if (number != EAGAIN && number != EINTR)
            break;
    }
    Py_END_ALLOW_THREADS Py_DECREF(path);
    if (descriptor >= 0)
        return PyLong_FromLong(descriptor);
    errno = number;
    return PyErr_SetFromErrno(PyExc_OSError);
}

PyObject *rg__open_in_root(PyObject *module, PyObject *args)
{
    (void)module;
    return open_directory(
        args,
        (struct how){.flags = O_PATH, .resolve = IN_ROOT | NO_MAGICLINKS});
}

PyObject *rg__open_inside(PyObject *module, PyObject *args)
{
    (void)module;
    return open_directory(args,
                          (struct how){.flags = O_RDONLY | O_NOFOLLOW,
                                       .resolve = BENEATH | NO_MAGICLINKS |
                                                  NO_SYMLINKS | NO_XDEV});
}
