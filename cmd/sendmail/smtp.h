/* smtp - SMTP on standard input and output (sendmail -bs). */
#ifndef SENDMAIL_SMTP_H
#define SENDMAIL_SMTP_H

/* Converses until QUIT or the end.  The exit status. */
int smtp_serve(void);

#endif
