/* The process that talks to meters: its socket, its limits, its end. */
#define _GNU_SOURCE /* accept4 */
#include "daemon/duty.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/counters.h"
#include "daemon/drivers/goldcard.h"
#include "daemon/listener/admission.h"
#include "daemon/listener/crowd.h"
#include "daemon/listener/enroll.h"
#include "daemon/listener/exchange.h"
#include "daemon/listener/fault.h"
#include "daemon/listener/images.h"
#include "daemon/listener/ingest.h"
#include "daemon/listener/lines.h"
#include "daemon/listener/results.h"
#include "daemon/listener/secrets.h"
#include "daemon/listener/session.h"
#include "daemon/listener/slow.h"
#include "daemon/listener/templates.h"
#include "daemon/loop.h"
#include "lib/base/log.h"
#include "lib/base/tls.h"

#define DESCRIPTORS_KEPT 64 /* for the database, the log, files */
#define ACCEPT_BURST     256
#define STATISTICS_MS    60000
#define ACCEPT_PAUSE_MS  1000 /* when the kernel has nothing to give */

static struct {
    const struct settings *set;
    struct watch accepting, accepting_tls, lifeline;
    struct ssl_ctx_st *tls; /* NULL: no second door */
    size_t connections_max;
    int64_t stop_by_ms; /* 0: not stopping */
    bool out_of_files;  /* or of memory, until the next second */
    uint64_t accepted, refused;
} me;

/* ---- how many connections ---- */

static size_t descriptors(void)
{
    struct rlimit l;

    if (getrlimit(RLIMIT_NOFILE, &l) != 0)
        fatal("getrlimit");
    l.rlim_cur = l.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &l) != 0)
        log_warn("raising the limit of files");
    if (getrlimit(RLIMIT_NOFILE, &l) != 0)
        fatal("getrlimit");
    return l.rlim_cur == RLIM_INFINITY ? 1u << 20 : (size_t)l.rlim_cur;
}

static void limits_set(const struct settings *s)
{
    size_t files = descriptors();

    if (files <= 2 * (size_t)DESCRIPTORS_KEPT)
        fatal("the limit of files, %zu, is too low", files);
    me.connections_max = files - DESCRIPTORS_KEPT;
    if (s->connections_max > 0 &&
        (size_t)s->connections_max < me.connections_max)
        me.connections_max = (size_t)s->connections_max;
    log_info("connections_max=%zu files=%zu", me.connections_max, files);
    crowd_init(me.connections_max, (size_t)s->connections_per_address);
}

/* ---- accepting ---- */

static void peer_of(const struct sockaddr_storage *ss, struct in6_addr *out)
{
    memset(out, 0, sizeof(*out));
    if (ss->ss_family == AF_INET6) {
        memcpy(out, &((const struct sockaddr_in6 *)ss)->sin6_addr,
               sizeof(*out));
        return;
    }
    out->s6_addr[10] = out->s6_addr[11] = 0xFF;
    memcpy(&out->s6_addr[12], &((const struct sockaddr_in *)ss)->sin_addr, 4);
}

/* Readings that the database has not seen yet. */
static size_t waiting(void)
{
    return ingest_waiting() + enroll_waiting() + lines_waiting();
}

/* tcp(7): of a listening socket tcpi_unacked is its queue. */
static size_t queue_of(int door)
{
    struct tcp_info info;
    socklen_t len = sizeof(info);

    if (getsockopt(door, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
        return 0;
    return info.tcpi_unacked;
}

static void turn_away(int fd, const struct in6_addr *peer)
{
    char text[46];

    me.refused++;
    counters_connection(true);
    fault_note("too_many_connections", peer_text(peer, text), "",
               (struct bytes){ NULL, 0 });
    close(fd);
}

static watch_fn on_connection;

/* Who stands before a shut door stays in the kernel's queue; when that is full
 * TCP tells the meter to try again. */
static void doors_watch(void)
{
    if (me.stop_by_ms != 0 || me.out_of_files || !admission_room(waiting())) {
        watch_stop(&me.accepting);
        watch_stop(&me.accepting_tls);
        return;
    }
    watch_start(&me.accepting, FD_LISTEN, true, false, on_connection);
    if (me.tls != NULL)
        watch_start(&me.accepting_tls, FD_TLS, true, false, on_connection);
}

/* One connection; false when there is none. */
static bool accept_one(int door, struct ssl_ctx_st *tls)
{
    struct sockaddr_storage ss = { 0 };
    socklen_t len = sizeof(ss);
    struct in6_addr peer;
    int fd = accept4(door, (struct sockaddr *)&ss, &len,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0) {
        if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR) {
            log_warn("accept");
            me.out_of_files = true;
            doors_watch();
        }
        return errno == ECONNABORTED;
    }
    me.accepted++;
    counters_connection(false);
    peer_of(&ss, &peer);
    if ((sessions_open() >= me.connections_max && !sessions_make_place()) ||
        !crowd_enter(&peer))
        turn_away(fd, &peer);
    else
        session_open(fd, &peer, tls);
    return true;
}

static void on_connection(struct watch *w, bool readable, bool writable)
{
    bool is_tls = w == &me.accepting_tls;

    (void)readable;
    (void)writable;
    for (int i = 0; i < ACCEPT_BURST && admission_room(waiting()); i++) {
        if (!accept_one(is_tls ? FD_TLS : FD_LISTEN, is_tls ? me.tls : NULL))
            return;
    }
}

/* Out of descriptors or memory: a pause is better than a busy loop. */
static void each_second(void)
{
    size_t at_door = queue_of(FD_LISTEN);

    if (me.tls != NULL)
        at_door += queue_of(FD_TLS);
    admission_second(ingest_counted().readings, waiting());
    counters_waiting(waiting(), at_door);
    me.out_of_files = false;
}

/* ---- the end ---- */

static void stop(void)
{
    if (me.stop_by_ms != 0)
        return;
    log_info("stopping sessions=%zu", sessions_open());
    me.stop_by_ms = loop_now_ms() + me.set->grace_ms;
    /* Who waits in the queue was let in by the kernel: the next process with
     * this socket takes them, and if there is none they are taken now. */
    while (accept_one(FD_LISTEN, NULL))
        continue;
    while (me.tls != NULL && accept_one(FD_TLS, me.tls))
        continue;
    doors_watch();
    sessions_finish();
}

static void on_lifeline(struct watch *w, bool readable, bool writable)
{
    (void)readable;
    (void)writable;
    watch_stop(w);
    log_warnx("the parent is gone");
    stop();
}

static bool nothing_left(void)
{
    return sessions_open() == 0 && ingest_waiting() == 0 &&
           enroll_waiting() == 0 && lines_waiting() == 0 &&
           results_waiting() == 0 && exchange_waiting() == 0;
}

static void before_sleep(void)
{
    ingest_pump();
    slow_pump();
    exchange_pump();
    sessions_sweep();
    counters_open(sessions_open());
    doors_watch();
    if (me.stop_by_ms != 0 &&
        (nothing_left() || loop_now_ms() >= me.stop_by_ms))
        loop_stop();
}

/* ---- what it tells ---- */

static void statistics(void)
{
    static struct ingest_counts before;
    struct ingest_counts now = ingest_counted();

    if (now.readings == before.readings && sessions_open() == 0)
        return;
    log_info("sessions open=%zu accepted=%" PRIu64 " turned_away=%" PRIu64
             " readings=%" PRIu64 " batches=%" PRIu64 " waiting=%zu",
             sessions_open(), me.accepted, me.refused,
             now.readings - before.readings, now.batches - before.batches,
             ingest_waiting());
    before = now;
    me.accepted = me.refused = 0;
}

void listener_main(const struct settings *s)
{
    static const struct ingest_events events = {
        .stored = session_stored,
        .unknown = enroll,
        .refused = session_refused,
        .distrusted = session_turn_away,
    };
    const struct tls_files files = { s->tls_certificate, s->tls_key,
                                     s->tls_client_ca };
    enum err e;

    me.set = s;
    sessions_init(s, crowd_leave);
    limits_set(s);
    if ((e = secrets_init(s->key_file, session_key_found)) != ERR_OK) {
        log_err(e, "key_file");
        exit(1);
    }
    if ((e = goldcard_crc_use(s->goldcard_crc)) != ERR_OK) {
        log_err(e, "goldcard_crc");
        exit(1);
    }
    if (s->tls_port != 0 && (e = tls_server(&files, &me.tls)) != ERR_OK) {
        log_err(e, "tls");
        exit(1);
    }
    privileges_drop(s, true);
    ingest_init(s->listener_db, (size_t)s->batch_max, (size_t)s->queue_max,
                &events);
    admission_init(s->admit_wait_ms, (size_t)s->queue_max);
    slow_init(s->listener_db);
    templates_init(sessions_templates_loaded);
    results_init(session_result_stored);
    images_init(sessions_images_loaded);
    enroll_init(ingest_offer_again, session_refused);
    lines_init((size_t)s->queue_max, ingest_offer_again, session_turn_away);
    fault_init();
    exchange_init(s->listener_db, (size_t)s->log_memory_mb << 20);
    loop_on_signal(SIGTERM, stop);
    loop_on_signal(SIGINT, stop);
    loop_every(STATISTICS_MS, statistics);
    loop_every(ACCEPT_PAUSE_MS, each_second);
    loop_before_sleep(before_sleep);
    watch_start(&me.lifeline, FD_LIFELINE, true, false, on_lifeline);
    doors_watch();
    duty_ready();
    loop_run();
    if (sessions_open() > 0)
        log_info("sessions cut off=%zu", sessions_open());
}
