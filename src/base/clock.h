/* clock.h - the time, for deadlines */
#ifndef RG_BASE_CLOCK_H
#define RG_BASE_CLOCK_H

/* Seconds on a clock that only goes forward, the same in every process. */
double rg_now(void);

#endif
