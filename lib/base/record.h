/*
 * record - structs on the wire and in the CDB: declared, not coded.
 *
 * A record is a netstring of tagged, NUL-ended fields: "20:i4Qf2x\0sa@b\0,".
 * One encoder and one decoder serve every socket and every CDB value.  The
 * decoder believes nothing: fields come in declared order, within their
 * limits, none missing, none left over.
 */
#ifndef BASE_RECORD_H
#define BASE_RECORD_H

#include "lib/base/str.h"

enum record_kind {
	REC_STR,  /* struct str: exactly one field, may be empty */
	REC_OPT,  /* struct str: no field when it is empty, else one */
	REC_STRS, /* struct strs: any number of fields, in a row */
	REC_U64   /* uint64_t: exactly one field, decimal */
};

/* One row per member; the table ends with {0}.  max: for REC_STR, REC_OPT and
 * REC_STRS the longest string, in bytes; for REC_U64 the largest number.
 * max_count: for REC_STRS, the most strings. */
struct record_field {
	char tag;
	enum record_kind kind;
	size_t offset;
	uint64_t max;
	size_t max_count;
};

#define RECORD_STR(type, tag, member, max) \
	{tag, REC_STR, offsetof(struct type, member), max, 1}
#define RECORD_OPT(type, tag, member, max) \
	{tag, REC_OPT, offsetof(struct type, member), max, 1}
#define RECORD_STRS(type, tag, member, max, count) \
	{tag, REC_STRS, offsetof(struct type, member), max, count}
#define RECORD_U64(type, tag, member, max) \
	{tag, REC_U64, offsetof(struct type, member), max, 1}

/* Appends one record.  A string that holds a NUL is cut there. */
void record_encode(struct str *to, const struct record_field *fields,
    const void *object);

/* Takes the first record off *from and fills *object, whose members must be
 * valid (zeroed or from an earlier decode; they are replaced).
 * 0, or -1: not a record of this form; *object is then emptied. */
int record_decode(struct slice *from, const struct record_field *fields,
    void *object);

/* Frees and zeroes all members. */
void record_free(const struct record_field *fields, void *object);

#endif
