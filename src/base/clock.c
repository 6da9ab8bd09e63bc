#include "base/clock.h"

#include <time.h>

double rg_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double rg_deadline_with_grace(double deadline)
{
    enum { GRACE_MILLISECONDS = 50 };
    double least = rg_now() + GRACE_MILLISECONDS * 1e-3;
    return deadline == 0 || deadline >= least ? deadline : least;
}
