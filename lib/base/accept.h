/* accept - a connection that could not be accepted. */
#ifndef BASE_ACCEPT_H
#define BASE_ACCEPT_H

/* After accept failed with this errno: where descriptors or memory have run
 * out, an alarm, and a rest until some may be free again.  Errors of the one
 * connection (RFC 1122's, and a client that is gone again) mean nothing for
 * the next. */
void accept_failed(int error);

#endif
