/* fuzz_job - any packet as a job or a result: what decodes keeps to the
 * limits, and encoded again it is the same bytes and fits into a packet. */
#include "lib/base/local_socket.h"
#include "lib/mail/job.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct record_field *fields, void *object, struct slice packet)
{
	struct str again = {0};
	struct slice rest = packet, back;

	if (record_decode(&rest, fields, object) < 0)
		return;
	record_encode(&again, fields, object);
	/* leading zeros in numbers may go */
	back = str_slice(&again);
	if (again.len > packet.len - rest.len + 1 ||
	    record_decode(&back, fields, object) < 0 || back.len)
		abort();
	record_free(fields, object);
	str_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice packet = {(const char *)data, size};
	struct job job = {0};
	struct job_result result = {0};
	struct job_hello hello = {0};

	if (size > PACKET_MAX)
		return 0;
	check(job_fields, &job, packet);
	check(job_result_fields, &result, packet);
	check(job_hello_fields, &hello, packet);
	return 0;
}
