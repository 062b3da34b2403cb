/* fuzz_smtp_command - any bytes as a command line: all slices lie inside. */
#include "lib/mail/smtp_command.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_inside(struct slice part, struct slice line)
{
	if (part.len && (part.s < line.s || part.s + part.len >
	    line.s + line.len))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice line = slice_make((const char *)data, size);
	struct smtp_command command;

	for (int has_smtputf8 = 0; has_smtputf8 < 2; has_smtputf8++) {
		(void)smtp_command_parse(line, has_smtputf8, &command);
		check_inside(command.argument, line);
		check_inside(command.address, line);
		check_inside(command.ret, line);
		check_inside(command.envid, line);
		check_inside(command.notify, line);
		check_inside(command.orcpt, line);
	}
	return 0;
}
