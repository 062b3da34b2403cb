/* dns_ask - between dns.c, which asks, and dns_lookup.c, which knows what. */
#ifndef BASE_DNS_ASK_H
#define BASE_DNS_ASK_H

#include "lib/base/dns.h"
#include "lib/base/dns_answer.h"

/* A question.  message is the caller's to free. */
struct dns_question {
	const char *name;
	enum dns_type type;
	bool is_done;
	bool had_edns;
	int status;         /* of c-ares */
	struct str message; /* when ARES_SUCCESS */
};

/* Asks all at once, within ms; none is under way when it returns. */
void dns_ask(struct dns *dns, struct dns_question *questions, size_t count,
    uint64_t ms);

/* Takes the answer apart; its records point into the question's message. */
enum dns_result dns_read(struct dns *dns, const struct dns_question *question,
    struct dns_answer *answer);

/* Says that an answer is of no use.  Always DNS_LATER. */
enum dns_result dns_useless(struct dns *dns,
    const struct dns_question *question);

#endif
