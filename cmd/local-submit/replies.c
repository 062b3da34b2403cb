/* replies - every reply of local-submit with its codes; see replies.h. */
#include "cmd/local-submit/replies.h"

static const struct reply_text replies[] = {
	[REPLY_FINE] = {354, ""},
	[REPLY_TAKEN] = {250, ""},
	[REPLY_CROWD] = {421, "4.3.2 too many letters at once, try again"},
	[REPLY_LOCAL_ERROR] = {451,
	    "4.3.0 trouble on this side, try again later"},
	[REPLY_TIMEOUT] = {451, "4.4.2 you took too long"},
	[REPLY_DISK_FULL] = {452, "4.3.1 no room for mail now"},
	[REPLY_BAD_REQUEST] = {501, "5.5.2 this is no request"},
	[REPLY_BAD_DSN] = {501, "5.5.4 bad value of notify, ret or envid"},
	[REPLY_NO_RCPTS] = {501, "5.5.4 no recipients"},
	[REPLY_BAD_RCPT] = {501, "5.1.3 malformed recipient address:"},
	[REPLY_BAD_SENDER] = {501, "5.1.7 malformed sender address:"},
	[REPLY_NOT_YOURS] = {553, "5.7.1 you may not send as"},
	[REPLY_OURS] = {553, "5.7.1 the suite's own users send no mail"},
	[REPLY_MANY_RCPTS] = {552, "5.5.3 too many recipients, the limit is"},
	[REPLY_TOO_BIG] = {552,
	    "5.3.4 the message is too big, the limit in bytes is"},
	[REPLY_LONG_HEADER] = {552,
	    "5.3.4 the header is too long, the limit in bytes is"},
	[REPLY_LOOP] = {554,
	    "5.4.6 the message is looping: too many Received lines"},
};

const struct reply_text *
reply_text(enum reply reply)
{
	return &replies[reply];
}
