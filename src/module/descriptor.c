#include "module/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

enum { FIRST_FREE = 3 }; /* descriptors below are the standard ones */

int rg__descriptor_raise(int *descriptor)
{
    if (*descriptor >= FIRST_FREE)
        return 0;
    int raised = fcntl(*descriptor, F_DUPFD_CLOEXEC, FIRST_FREE);
    if (raised < 0)
        return -1;
    close(*descriptor);
    *descriptor = raised;
    return 0;
}

void rg__descriptor_close(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}
