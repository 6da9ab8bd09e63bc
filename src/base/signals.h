/* signals.h - what signals are called */
#ifndef RG_BASE_SIGNALS_H
#define RG_BASE_SIGNALS_H

enum { RG_SIGNAL_NAME_SIZE = 32 };

/* "SIGTERM", "SIGRTMIN+3"; "signal 99" for one that has no name. */
void rg_signal_name(int number, char name[RG_SIGNAL_NAME_SIZE]);

#endif
