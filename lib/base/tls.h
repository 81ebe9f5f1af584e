/*
 * TLS 1.2 and 1.3 over a socket that does not block; the only door to
 * OpenSSL's ssl.h. Ciphers and curves are those of the system's openssl.cnf.
 * A connection is OpenSSL's own SSL (struct ssl_st), so that an idle one costs
 * no more than that; its buffers are given back while nothing is read.
 */
#ifndef LAZUR_LIB_BASE_TLS_H
#define LAZUR_LIB_BASE_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/bytes.h"
#include "lib/base/err.h"

struct ssl_ctx_st; /* one end's certificates */
struct ssl_st;     /* one connection */

/* Paths of PEM files; "" is none. */
struct tls_files {
    const char *certificate; /* ours, with the chain behind it */
    const char *key;
    const char *peer_ca; /* who the other end must be known to */
};

/*
 * A server without peer_ca asks for no certificate, a client without it
 * believes any. ERR_INVALID says which file is wrong. Freed by tls_end_free.
 */
enum err tls_server(const struct tls_files *f,
                    struct ssl_ctx_st **out) MUST_CHECK;
enum err tls_client(const struct tls_files *f,
                    struct ssl_ctx_st **out) MUST_CHECK;
void tls_end_free(struct ssl_ctx_st *end); /* NULL is fine */

/* fd stays the caller's. NULL: no memory. */
struct ssl_st *tls_new(struct ssl_ctx_st *end, int fd);
void tls_free(struct ssl_st *t); /* NULL is fine */

enum tls_shake { TLS_SHAKEN, TLS_WANTS_READ, TLS_WANTS_WRITE, TLS_BROKEN };

/* Goes on with the handshake; tls_reason() says why it is broken. */
enum tls_shake tls_shake(struct ssl_st *t);
const char *tls_reason(void);

/* As recv(2) and send(2): -1 with EAGAIN when it would wait, whole or not at
 * all when sending. Either may go on with the handshake. */
ssize_t tls_recv(struct ssl_st *t, void *at, size_t size);
ssize_t tls_send(struct ssl_st *t, struct bytes b);

/* Bytes are here that poll(2) does not know of. */
bool tls_pending(const struct ssl_st *t);

/* Our side has said all; the socket stays open. */
void tls_goodbye(struct ssl_st *t);

#endif
