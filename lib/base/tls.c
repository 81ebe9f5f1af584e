/* OpenSSL 3 as lib/base/tls.h wants it. */
#include "lib/base/tls.h"

#include <errno.h>
#include <stdint.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

const char *tls_reason(void)
{
    unsigned long code = ERR_peek_last_error();
    const char *text = ERR_reason_error_string(code);

    if (code == 0)
        return "hung up";
    return text != NULL ? text : "an error without a name";
}

static enum err wrong(const char *path)
{
    return err_raise(ERR_INVALID, "%s: %s", path, tls_reason());
}

static enum err files_use(SSL_CTX *c, const struct tls_files *f, int verify)
{
    ERR_clear_error();
    if (f->certificate[0] != '\0' &&
        SSL_CTX_use_certificate_chain_file(c, f->certificate) != 1)
        return wrong(f->certificate);
    if (f->key[0] != '\0' &&
        SSL_CTX_use_PrivateKey_file(c, f->key, SSL_FILETYPE_PEM) != 1)
        return wrong(f->key);
    if (f->peer_ca[0] == '\0')
        return ERR_OK;
    if (SSL_CTX_load_verify_locations(c, f->peer_ca, NULL) != 1)
        return wrong(f->peer_ca);
    SSL_CTX_set_verify(c, verify, NULL);
    return ERR_OK;
}

/* A meter calls once a day or less: sessions are not kept for a next time. */
static enum err end_new(const SSL_METHOD *m, const struct tls_files *f,
                        int verify, SSL_CTX **out)
{
    SSL_CTX *c = SSL_CTX_new(m);
    enum err e;

    if (c == NULL)
        return err_raise(ERR_IO, "TLS: %s", tls_reason());
    SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
    SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                               SSL_OP_NO_COMPRESSION |
                               SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(c, 0);
    if ((e = files_use(c, f, verify)) != ERR_OK) {
        SSL_CTX_free(c);
        return e;
    }
    *out = c;
    return ERR_OK;
}

enum err tls_server(const struct tls_files *f, struct ssl_ctx_st **out)
{
    STACK_OF(X509_NAME) * names;
    enum err e;

    if (f->certificate[0] == '\0' || f->key[0] == '\0')
        return err_raise(ERR_INVALID, "TLS needs a certificate and its key");
    e = end_new(TLS_server_method(), f,
                SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, out);
    if (e != ERR_OK || f->peer_ca[0] == '\0')
        return e;
    names = SSL_load_client_CA_file(f->peer_ca);
    if (names == NULL) {
        SSL_CTX_free(*out);
        return wrong(f->peer_ca);
    }
    SSL_CTX_set_client_CA_list(*out, names);
    return ERR_OK;
}

enum err tls_client(const struct tls_files *f, struct ssl_ctx_st **out)
{
    return end_new(TLS_client_method(), f, SSL_VERIFY_PEER, out);
}

void tls_end_free(struct ssl_ctx_st *end)
{
    SSL_CTX_free(end);
}

struct ssl_st *tls_new(struct ssl_ctx_st *end, int fd)
{
    SSL *t = SSL_new(end);

    if (t == NULL || SSL_set_fd(t, fd) != 1) {
        SSL_free(t);
        return NULL;
    }
    if (SSL_is_server(t))
        SSL_set_accept_state(t);
    else
        SSL_set_connect_state(t);
    return t;
}

void tls_free(struct ssl_st *t)
{
    SSL_free(t);
}

enum tls_shake tls_shake(struct ssl_st *t)
{
    int n;

    ERR_clear_error();
    n = SSL_do_handshake(t);
    if (n == 1)
        return TLS_SHAKEN;
    switch (SSL_get_error(t, n)) {
    case SSL_ERROR_WANT_READ:
        return TLS_WANTS_READ;
    case SSL_ERROR_WANT_WRITE:
        return TLS_WANTS_WRITE;
    default:
        return TLS_BROKEN;
    }
}

/* -1 and errno as a socket would have it; 0 for an end in order. */
static ssize_t short_of(SSL *t, int n)
{
    switch (SSL_get_error(t, n)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        errno = EAGAIN;
        return -1;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    default:
        errno = EPROTO;
        return -1;
    }
}

ssize_t tls_recv(struct ssl_st *t, void *at, size_t size)
{
    int n;

    ERR_clear_error();
    n = SSL_read(t, at, size < INT32_MAX ? (int)size : INT32_MAX);
    return n > 0 ? n : short_of(t, n);
}

ssize_t tls_send(struct ssl_st *t, struct bytes b)
{
    int n;

    ERR_clear_error();
    n = SSL_write(t, b.at, b.len < INT32_MAX ? (int)b.len : INT32_MAX);
    return n > 0 ? n : short_of(t, n);
}

bool tls_pending(const struct ssl_st *t)
{
    return SSL_pending(t) > 0;
}

void tls_goodbye(struct ssl_st *t)
{
    ERR_clear_error();
    if (SSL_is_init_finished(t))
        (void)SSL_shutdown(t);
}
