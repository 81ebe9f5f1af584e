/*
 * libcurl's multi interface. The notifier is a process of its own and could
 * afford to wait, but a mail server that hangs must not hold back an SMS about
 * gas, and one letter after another would be as slow as the farthest server.
 */
#include "daemon/notifier/carrier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/base/urlform.h"

#define CONNECT_MS 10000
#define BODY_MAX   65536
#define WORDS_MAX  301

struct trip {
    CURL *easy;
    struct curl_slist *to;
    char *letter;
    size_t len, at;
    struct buf body;
    enum mail_step step;
    bool leaving; /* QUIT was said: what follows is no answer to us */
    char words[WORDS_MAX];
    char curl_words[CURL_ERROR_SIZE];
    carried_fn *done;
    void *ctx;
    struct trip *next;
};

static struct {
    CURLM *multi;
    struct curl_blob ca;
    int64_t timeout_ms;
    struct trip *trips;
    size_t busy;
} me;

/* Without certificates nobody is trusted: plain connections work still. */
static enum err certificates_read(const char *path)
{
    FILE *in = fopen(path, "r");
    struct buf pem = { 0 };
    char piece[4096];
    size_t n;

    if (in == NULL)
        return err_raise(ERR_IO, "ca_file %s cannot be read", path);
    while ((n = fread(piece, 1, sizeof(piece), in)) > 0)
        buf_add(&pem, piece, n);
    fclose(in);
    if (pem.len == 0)
        return err_raise(ERR_IO, "ca_file %s is empty", path);
    me.ca.data = pem.at; /* kept for the life of the process */
    me.ca.len = pem.len;
    me.ca.flags = CURL_BLOB_NOCOPY;
    return ERR_OK;
}

enum err carrier_init(const char *ca_file, int64_t timeout_ms)
{
    me.timeout_ms = timeout_ms;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        (me.multi = curl_multi_init()) == NULL)
        return err_raise(ERR_IO, "libcurl does not start");
    if (certificates_read(ca_file) != ERR_OK)
        log_err(ERR_IO, "no server can prove who it is");
    return ERR_OK;
}

/* One line of a stranger's: controls are spaces, and what is no UTF-8 goes. */
static void words_keep(struct trip *t, const char *line, size_t len)
{
    if (len >= sizeof(t->words))
        len = sizeof(t->words) - 1;
    while (len > 0 && (unsigned char)line[len - 1] <= 0x20)
        len--;
    for (size_t i = 0; i < len; i++)
        t->words[i] = (char)((unsigned char)line[i] < 0x20 ? ' ' : line[i]);
    t->words[len] = '\0';
    if (!text_is_clean(t->words, len)) {
        for (size_t i = 0; i < len; i++) {
            if ((unsigned char)t->words[i] >= 0x80)
                t->words[i] = '?';
        }
    }
}

/* What we said last tells what a refusal is about. Nothing is logged here:
 * the password passes by. */
static int overhear(CURL *easy, curl_infotype type, char *data, size_t len,
                    void *ctx)
{
    struct trip *t = ctx;

    (void)easy;
    if (type == CURLINFO_HEADER_IN && t->letter != NULL) {
        if (!t->leaving)
            words_keep(t, data, len);
    } else if (type == CURLINFO_HEADER_OUT && t->letter != NULL) {
        if (len >= 5 && memcmp(data, "MAIL ", 5) == 0)
            t->step = STEP_SENDER;
        else if (len >= 5 && memcmp(data, "RCPT ", 5) == 0)
            t->step = STEP_RECIPIENT;
        else if (len >= 4 && memcmp(data, "DATA", 4) == 0)
            t->step = STEP_LETTER;
        else if (len >= 4 && memcmp(data, "QUIT", 4) == 0)
            t->leaving = true;
    }
    return 0;
}

static size_t letter_give(char *to, size_t size, size_t n, void *ctx)
{
    struct trip *t = ctx;
    size_t left = t->len - t->at;

    n *= size;
    if (n > left)
        n = left;
    memcpy(to, t->letter + t->at, n);
    t->at += n;
    return n;
}

static size_t body_take(char *bytes, size_t size, size_t n, void *ctx)
{
    struct trip *t = ctx;

    n *= size;
    if (t->body.len + n > BODY_MAX)
        return 0; /* curl ends it: that is no answer of the service */
    buf_add(&t->body, bytes, n);
    return n;
}

/* curl's own variadic calls want long and pointers; all in one place. */
static void trip_options(struct trip *t)
{
    CURL *c = t->easy;

    curl_easy_setopt(c, CURLOPT_PRIVATE, t);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)me.timeout_ms);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->curl_words);
    curl_easy_setopt(c, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    if (me.ca.len > 0)
        curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &me.ca);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, body_take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(c, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, overhear);
    curl_easy_setopt(c, CURLOPT_DEBUGDATA, t);
}

static struct trip *trip_new(carried_fn *done, void *ctx)
{
    struct trip *t = calloc(1, sizeof(*t));

    if (t == NULL || (t->easy = curl_easy_init()) == NULL)
        fatal("out of memory");
    t->done = done;
    t->ctx = ctx;
    t->next = me.trips;
    me.trips = t;
    me.busy++;
    trip_options(t);
    return t;
}

static void trip_begin(struct trip *t)
{
    if (curl_multi_add_handle(me.multi, t->easy) != CURLM_OK)
        fatal("libcurl takes no more");
}

static void trip_free(struct trip *t)
{
    struct trip **at = &me.trips;

    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
    me.busy--;
    curl_multi_remove_handle(me.multi, t->easy);
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->to);
    free(t->letter);
    buf_free(&t->body);
    free(t);
}

/* A bare IPv6 address stands in brackets. */
static void mail_url(const struct mail_server *s, char *out, size_t size)
{
    bool bare6 = strchr(s->host, ':') != NULL;

    snprintf(out, size, "%s://%s%s%s:%d/",
             s->security == MAIL_TLS ? "smtps" : "smtp", bare6 ? "[" : "",
             s->host, bare6 ? "]" : "", (int)s->port);
}

void carrier_mail(const struct mail_server *server, const char *from,
                  const char *to, const char *letter, size_t len,
                  carried_fn *done, void *ctx)
{
    struct trip *t = trip_new(done, ctx);
    char text[600];

    t->letter = malloc(len + 1);
    if (t->letter == NULL)
        fatal("out of memory");
    memcpy(t->letter, letter, len);
    t->len = len;
    mail_url(server, text, sizeof(text));
    curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(t->easy, CURLOPT_URL, text);
    /* Never "try": whoever strips STARTTLS would get the password. */
    curl_easy_setopt(t->easy, CURLOPT_USE_SSL,
                     server->security == MAIL_PLAIN ? (long)CURLUSESSL_NONE
                                                    : (long)CURLUSESSL_ALL);
    if (server->login[0] != '\0') {
        curl_easy_setopt(t->easy, CURLOPT_USERNAME, server->login);
        curl_easy_setopt(t->easy, CURLOPT_PASSWORD, server->password);
    }
    snprintf(text, sizeof(text), "<%s>", from);
    curl_easy_setopt(t->easy, CURLOPT_MAIL_FROM, text);
    snprintf(text, sizeof(text), "<%s>", to);
    t->to = curl_slist_append(NULL, text);
    curl_easy_setopt(t->easy, CURLOPT_MAIL_RCPT, t->to);
    curl_easy_setopt(t->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, letter_give);
    curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
    trip_begin(t);
}

void carrier_post(const char *url, const char *form, carried_fn *done,
                  void *ctx)
{
    struct trip *t = trip_new(done, ctx);

    curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(t->easy, CURLOPT_URL, url);
    curl_easy_setopt(t->easy, CURLOPT_COPYPOSTFIELDS, form);
    /* On a connection of an earlier request curl repeats by itself what was
     * not answered: an SMS would come twice. */
    curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(t->easy, CURLOPT_FORBID_REUSE, 1L);
    trip_begin(t);
}

size_t carrier_busy(void)
{
    return me.busy;
}

static enum carried meaning(const struct trip *t, CURLcode rc)
{
    switch (rc) {
    case CURLE_OK:
        return CARRIED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return UNREACHABLE;
    case CURLE_OPERATION_TIMEDOUT:
        return TIMED_OUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_USE_SSL_FAILED:
        return NOT_SECURE;
    case CURLE_LOGIN_DENIED:
        return NO_LOGIN;
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
        return BROKEN_OFF;
    default:
        /* A refusal in words, or the end of the connection. */
        return t->letter != NULL && t->words[0] >= '4' ? ANSWERED_NO
                                                       : BROKEN_OFF;
    }
}

const char *carried_word(enum carried how)
{
    switch (how) {
    case UNREACHABLE:
        return "unreachable";
    case TIMED_OUT:
        return "timeout";
    case NOT_SECURE:
        return "tls";
    case NO_LOGIN:
        return "login";
    case CARRIED:
    case ANSWERED_NO:
    case BROKEN_OFF:
        break;
    }
    return "broken_off";
}

static void trip_over(struct trip *t, CURLcode rc)
{
    struct carried_result r = { .step = t->step };

    r.how = meaning(t, rc);
    /* curl's code is that of the last answer, which is to QUIT. */
    if (t->letter != NULL)
        r.code = strtol(t->words, NULL, 10);
    else
        curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &r.code);
    if (r.how != CARRIED && r.how != ANSWERED_NO && r.how != NO_LOGIN)
        words_keep(
            t, t->curl_words[0] ? t->curl_words : curl_easy_strerror(rc),
            strlen(t->curl_words[0] ? t->curl_words : curl_easy_strerror(rc)));
    r.words = t->words;
    r.body = t->body.at != NULL ? t->body.at : "";
    t->done(t->ctx, &r);
    trip_free(t);
}

void carrier_run(int64_t ms)
{
    int running, left;
    CURLMsg *m;

    if (curl_multi_poll(me.multi, NULL, 0, (int)ms, NULL) != CURLM_OK ||
        curl_multi_perform(me.multi, &running) != CURLM_OK)
        fatal("libcurl");
    while ((m = curl_multi_info_read(me.multi, &left)) != NULL) {
        struct trip *t;
        char *private;

        if (m->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &private);
        t = (struct trip *)(void *)private;
        trip_over(t, m->data.result);
    }
}
