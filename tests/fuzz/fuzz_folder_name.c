/* fuzz_folder_name - any name, any folder: one stays within one part, and
 * comes back as it was. */
#include "lib/mail/folder_name.h"
#include "lib/mail/maildir_folder.h"

#include "lib/base/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_name(struct slice name)
{
	struct str part = {0}, back = {0};

	if (folder_name_add(&part, name)) {
		if (memchr(part.s, '.', part.len) ||
		    memchr(part.s, '/', part.len) ||
		    part.len > FOLDER_PART_MAX ||
		    !folder_name_decode(&back, str_slice(&part)) ||
		    back.len > name.len)
			abort();
	} else if (part.len) {
		abort();
	}
	str_clear(&back);
	if (folder_name_decode(&back, name) && !utf8_valid(str_slice(&back)))
		abort();
	str_free(&part);
	str_free(&back);
}

static void
try_subscriptions(struct slice file)
{
	struct strs folders = {0};
	struct str once = {0}, twice = {0};

	strs_add(&folders, slice_of("Assign.Anna"));
	strs_add(&folders, slice_of("Assigned"));
	if (subscriptions_add(file, &folders, &once) &&
	    (once.len < file.len ||
	    (file.len && memcmp(once.s, file.s, file.len) != 0) ||
	    subscriptions_add(str_slice(&once), &folders, &twice)))
		abort();
	strs_free(&folders);
	str_free(&once);
	str_free(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);

	try_name(text);
	try_subscriptions(text);
	return 0;
}
