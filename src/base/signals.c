#define _GNU_SOURCE /* signals of Linux */
#include "base/signals.h"

#include <signal.h>
#include <stddef.h>

#include "base/format.h"

static const struct {
    int number;
    const char *name;
} signals[] = {
    {SIGABRT, "SIGABRT"},     {SIGALRM, "SIGALRM"},   {SIGBUS, "SIGBUS"},
    {SIGCHLD, "SIGCHLD"},     {SIGCONT, "SIGCONT"},   {SIGFPE, "SIGFPE"},
    {SIGHUP, "SIGHUP"},       {SIGILL, "SIGILL"},     {SIGINT, "SIGINT"},
    {SIGIO, "SIGIO"},         {SIGKILL, "SIGKILL"},   {SIGPIPE, "SIGPIPE"},
    {SIGPROF, "SIGPROF"},     {SIGPWR, "SIGPWR"},     {SIGQUIT, "SIGQUIT"},
    {SIGSEGV, "SIGSEGV"},     {SIGSTOP, "SIGSTOP"},   {SIGSYS, "SIGSYS"},
    {SIGTERM, "SIGTERM"},     {SIGTRAP, "SIGTRAP"},   {SIGTSTP, "SIGTSTP"},
    {SIGTTIN, "SIGTTIN"},     {SIGTTOU, "SIGTTOU"},   {SIGURG, "SIGURG"},
    {SIGUSR1, "SIGUSR1"},     {SIGUSR2, "SIGUSR2"},   {SIGXCPU, "SIGXCPU"},
    {SIGVTALRM, "SIGVTALRM"}, {SIGWINCH, "SIGWINCH"}, {SIGXFSZ, "SIGXFSZ"},
};

void rg_signal_name(int number, char name[RG_SIGNAL_NAME_SIZE])
{
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (signals[i].number == number) {
            rg_format(name, RG_SIGNAL_NAME_SIZE, "%s", signals[i].name);
            return;
        }
    if (number >= SIGRTMIN && number <= SIGRTMAX)
        rg_format(name, RG_SIGNAL_NAME_SIZE, "SIGRTMIN+%d", number - SIGRTMIN);
    else
        rg_format(name, RG_SIGNAL_NAME_SIZE, "signal %d", number);
}
