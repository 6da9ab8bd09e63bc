#define _DEFAULT_SOURCE /* setitimer is gone from newer POSIX */

#include "draw/limits.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "draw/exit.h"

enum { MAX_DESCRIPTOR = 256 };

static void time_is_over(int signal_number)
{
    static const char message[] = "referrers-draw: the time limit is over\n";
    (void)signal_number;
    ssize_t ignored = write(2, message, sizeof message - 1);
    (void)ignored;
    _exit(RG__EXIT_TIMEOUT);
}

static int set_limit(int resource, rlim_t value)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0)
        return -1;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < value)
        value = limit.rlim_max;
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < value)
        return 0;
    limit.rlim_cur = value;
    return setrlimit(resource, &limit);
}

static int set_timer(double seconds)
{
    struct itimerval timer = {0};
    timer.it_value.tv_sec = (time_t)seconds;
    timer.it_value.tv_usec =
        (suseconds_t)((seconds - floor(seconds)) * 1000000);
    return setitimer(ITIMER_REAL, &timer, NULL);
}

static int set_times(const struct rg__limits *limits)
{
    struct sigaction action = {.sa_handler = time_is_over};
    double cpu = limits->cpu_limit > 0 ? limits->cpu_limit : limits->timeout;
    sigset_t signals;
    /* Whoever started us may have blocked or ignored them. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGALRM);
    sigaddset(&signals, SIGXCPU);
    if (sigaction(SIGALRM, &action, NULL) != 0 ||
        sigaction(SIGXCPU, &action, NULL) != 0 ||
        sigprocmask(SIG_UNBLOCK, &signals, NULL) != 0)
        return -1;
    if (cpu > 0 && set_limit(RLIMIT_CPU, (rlim_t)ceil(cpu)) != 0)
        return -1;
    return limits->timeout > 0 ? set_timer(limits->timeout) : 0;
}

enum rg_status rg__limits_apply(const struct rg__limits *limits,
                                struct rg_error *error)
{
    unsetenv("GVBINDIR");
    unsetenv("GV_FILE_PATH");
    /* The date in a PDF is local time: still_clock.c stops the clock, this its
     * zone. */
    setenv("TZ", "UTC0", 1);
    for (int descriptor = 3; descriptor < MAX_DESCRIPTOR; descriptor++)
        close(descriptor);
    int failed = chdir("/") != 0 || set_limit(RLIMIT_CORE, 0) != 0 ||
                 set_times(limits) != 0;
    if (limits->memory != 0)
        failed =
            failed || set_limit(RLIMIT_AS, (rlim_t)limits->memory << 20) != 0;
    if (failed)
        return rg_error_set(error, RG_EIO, "cannot set limits: %s",
                            strerror(errno));
    return RG_OK;
}
