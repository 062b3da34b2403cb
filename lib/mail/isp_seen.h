/*
 * isp_seen - what providers have said lately, so that a letter need not go
 * there to hear it again: which addresses they do not have, and how large a
 * letter they take.
 *
 * In state/isp, which queue-manager writes and whoever takes letters reads:
 * "unknown.ADDRESS" is empty, "size.ISP-ADDRESS" holds a number.  Both count
 * for a while; then one letter finds out again.
 */
#ifndef MAIL_ISP_SEEN_H
#define MAIL_ISP_SEEN_H

#include "lib/base/str.h"

enum {
	ISP_SEEN_UNKNOWN_S = 3600,
	ISP_SEEN_SIZE_S = 24 * 3600
};

/* For addresses that are normalized.  What cannot be a file's name is neither
 * remembered nor found. */
bool isp_seen_is_unknown(struct slice address);

/* Bytes on the wire; 0: nothing is known.  lane: "isp ISP-ADDRESS". */
uint64_t isp_seen_size(struct slice lane);

/* To remember.  0, or -1 with errno. */
int isp_seen_unknown(struct slice address);
int isp_seen_set_size(struct slice lane, uint64_t bytes);

/* The provider has it after all. */
void isp_seen_known(struct slice address);

/* Removes what does not count any more. */
void isp_seen_prune(void);

#endif
