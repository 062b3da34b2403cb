/* needs - what queue-manager may still do once it is open; see confine.h. */
#include "cmd/queue-manager/manager.h"

static const struct confine_path paths[] = {
    {"queue", DIR_READ | DIR_ADD | DIR_CHANGE},
    {"control/cdb/routing", DIR_READ},
    {"state/passport", DIR_READ},
    {"state/isp", DIR_CHANGE},
    {0}};

const struct confine manager_needs = {
    .promises = MAY_OPEN | MAY_CREATE | MAY_RENAME | MAY_LINK | MAY_FORK |
	MAY_ACCEPT | MAY_PASS | MAY_WATCH,
    .paths = paths};
