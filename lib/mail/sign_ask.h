/* sign_ask - have tls-key sign a handshake; see sign.h. */
#ifndef MAIL_SIGN_ASK_H
#define MAIL_SIGN_ASK_H

#include "lib/base/tls.h"

/* A tls_signer's function: asks on run/key/s, and waits 5 seconds at most.
 * context is not used. */
int sign_ask(void *context, const char *key, enum tls_sign_kind kind,
    struct slice bytes, struct str *signature);

#endif
