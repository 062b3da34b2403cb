/* compile_share - domains of the kind share, until all of them is written. */
#ifndef CONTROL_COMPILE_SHARE_H
#define CONTROL_COMPILE_SHARE_H

#include "control/name_map.h"
#include "control/share.h"

/* Staff of a domain of the kind share, present or former. */
struct person {
	struct str account, name; /* the first of its names */
	struct str successor;     /* of a former one; empty: the manager */
	struct strs keys;         /* all its names, folded */
	size_t line;              /* in accounts */
	bool is_former;
};
struct share {
	struct str domain;
	size_t line;              /* in domains */
	struct share_row row;     /* without shared and staff, until the end */
	struct str outside;       /* by which the outside knows the staff */
	struct person *staff;
	size_t len, cap;
};
struct share_list {
	struct share *v;
	size_t len, cap;
	struct name_map by_domain; /* -> index */
};

#endif
