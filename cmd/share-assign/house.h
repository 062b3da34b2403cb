/* house - all offices of the house: which is looked through when. */
#ifndef SHARE_ASSIGN_HOUSE_H
#define SHARE_ASSIGN_HOUSE_H

#include "cmd/share-assign/office.h"

/* Returns the exit status, when told to end. */
int house_serve(struct tools *tools);

/* Reads the settings anew.  0, or -1: the tables lack one. */
int tools_settings(struct tools *tools);

#endif
