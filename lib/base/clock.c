/* clock - wall and monotonic time; see clock.h. */
#include "lib/base/clock.h"

#include <time.h>

uint64_t
clock_wall_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t
clock_wall_s(void)
{
	return clock_wall_us() / 1000000;
}

uint64_t
clock_mono_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t
clock_doubled(uint64_t ms, unsigned times, uint64_t most_ms)
{
	while (times-- && ms < most_ms)
		ms *= 2;
	return ms < most_ms ? ms : most_ms;
}

uint64_t
clock_about(uint64_t ms)
{
	return ms - ms / 10 + clock_wall_us() * 2654435761u % (ms / 5 + 1);
}
