/* clock.h - the time, for deadlines */
#ifndef RG_BASE_CLOCK_H
#define RG_BASE_CLOCK_H

/* Seconds on a clock that only goes forward, the same in every process. */
double rg_now(void);

/* The deadline (0: none) of a phase that has what those before it left: when
 * that is nothing, it still has the moment that makes an answer worth
 * having. */
double rg_deadline_with_grace(double deadline);

#endif
