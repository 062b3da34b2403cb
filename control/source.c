/* source - the text files of control/; see source.h. */
#include "control/source.h"

#include "lib/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum source_result
source_read(const char *file, size_t limit, struct str *text,
    struct str *fault)
{
	struct str path = {0};
	struct stat st;
	int result;

	str_addf(&path, "control/%s", file);
	result = stat(str_c(&path), &st);
	/* a pipe or a device would keep us waiting */
	if (result == 0 && !S_ISREG(st.st_mode)) {
		str_puts(fault, "this is no regular file, "
		    "remove it or write one");
		result = 1;
	} else if (result == 0) {
		result = read_file(AT_FDCWD, str_c(&path), text, limit);
	}
	str_free(&path);
	if (result == 0)
		return SOURCE_READ;
	if (result < 0 && errno == ENOENT)
		return SOURCE_MISSING;
	if (result < 0 && errno == EFBIG)
		str_addf(fault, "the file is larger than %zu bytes, "
		    "shorten it", limit);
	else if (result < 0)
		str_addf(fault, "the file cannot be read (%s), mend that",
		    strerror(errno));
	return SOURCE_FAULTY;
}
