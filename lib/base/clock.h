/* clock - wall clock for the disk, monotonic clock for deadlines. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Microseconds since 1970, UTC. */
uint64_t clock_wall_us(void);

/* Seconds since 1970. */
uint64_t clock_wall_s(void);

/* Milliseconds since some fixed point; never goes back. */
uint64_t clock_mono_ms(void);

/* A pause (more than 0) that was doubled so often, but never beyond most. */
uint64_t clock_doubled(uint64_t ms, unsigned times, uint64_t most_ms);

/* So long, but for a tenth more or less: what began together is not to stay
 * so. */
uint64_t clock_about(uint64_t ms);

#endif
