/*
 * Meters, as many as a listener can bear: connect, send a push, wait for the
 * confirmation, hang up. It costs the same for both listeners: a push of the
 * gas profile for ours, a record of the same length for the bare one.
 *
 *   load_client bare|dlms PORT name=value ...
 *     inflight=512    sessions at once (closed loop), or at most (open loop)
 *     rate=0          sessions begun a second; 0 is a closed loop
 *     seconds=3       how long; or
 *     count=0         how many sessions
 *     meters=1000     meters 0 ... n-1: serials BENCH00000000 ...
 *     from=0          where the walk over them begins
 *     first_id=1      id of meter 0, for the bare listener
 *     obey=0          1: a command follows the confirmation, and is done; 2: it
 *                     is heard, and never answered
 *     idle=0          hold so many connections instead, in processes that may
 *     part=0          each sending the first so many bytes of its push
 *
 * Prints one line of JSON. idle prints it when all are connected, and holds
 * them until its input ends.
 */
#define _GNU_SOURCE /* memmem, epoll_pwait2 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/bytes.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/dlms/apdu.h"
#include "lib/dlms/frame.h"
#include "tests/load/bare.h"
#include "tests/load/obey.h"

#define SERIAL_LEN   13
#define STRIDE       7919u /* a prime: every meter once in so many sessions */
#define SOURCES      32    /* 127.0.0.2 ...: each has 28,000 ports */
#define SAMPLES_MAX  4000000
#define INFLIGHT_MAX 16384

static struct {
    bool dlms;
    int port;
    int inflight, rate, seconds, count, meters, from, first_id, idle, part;
    int obey;
} opt = { .inflight = 512, .seconds = 3, .meters = 1000, .first_id = 1 };

static const struct option_name {
    const char *name;
    int *target;
} option_names[] = {
    { "inflight", &opt.inflight }, { "rate", &opt.rate },
    { "seconds", &opt.seconds },   { "count", &opt.count },
    { "meters", &opt.meters },     { "from", &opt.from },
    { "first_id", &opt.first_id }, { "idle", &opt.idle },
    { "part", &opt.part },         { "obey", &opt.obey },
};

/* ---- what a meter says ---- */

static struct {
    uint8_t at[BARE_MAX];
    size_t len;
    uint8_t *serial, *clock, *volume; /* what changes, inside at */
} push;

static struct dlms_datetime datetime_of(int64_t unix_s)
{
    struct dlms_datetime t;

    dlms_datetime_of_moment((struct moment){ unix_s * 1000000 }, -180, &t);
    return t;
}

/* The gas profile of docs/protocol.md. */
static struct bytes push_body(struct arena *a)
{
    struct dlms_datetime now = datetime_of(clock_now_us() / 1000000);
    struct dlms_out o;

    dlms_out_init(&o, a);
    dlms_notification_put(&o, DLMS_INVOKE_CONFIRMED | 1, NULL);
    dlms_put_structure(&o, 17);
    dlms_put_obis(&o, (struct obis){ { 0, 0, 25, 9, 0, 255 } });
    dlms_put_octets(&o, "BENCH00000000", SERIAL_LEN);
    dlms_put_octets(&o, "СГ-Лазурь G4-К", strlen("СГ-Лазурь G4-К"));
    dlms_put_octets(&o, "2.14", 4);
    dlms_put_datetime(&o, &now);
    dlms_put_double_long_unsigned(&o, 0xAABBCCDD);
    dlms_put_long(&o, 187);
    dlms_put_double_long_unsigned(&o, 103421);
    dlms_put_long_unsigned(&o, 3582);
    dlms_put_long_unsigned(&o, 871);
    dlms_put_enum(&o, 1);
    dlms_put_double_long_unsigned(&o, 0);
    dlms_put_double_long_unsigned(&o, 8123);
    dlms_put_double_long_unsigned(&o, 0);
    dlms_put_unsigned(&o, 64);
    dlms_put_visible(&o, "25001-MT");
    dlms_put_enum(&o, 0);
    return dlms_out_bytes(&o);
}

static void push_build_dlms(struct arena *a)
{
    struct dlms_out o;

    dlms_out_init(&o, a);
    if (dlms_wrapper_put(&o, 1, 1, push_body(a)) != ERR_OK || o.len > BARE_MAX)
        fatal("push: %s", err_reason());
    memcpy(push.at, o.at, o.len);
    push.len = o.len;
    push.serial = memmem(push.at, push.len, "BENCH00000000", SERIAL_LEN);
    push.clock =
        push.serial + SERIAL_LEN + 2 + strlen("СГ-Лазурь G4-К") + 6 + 2;
    push.volume = memmem(push.at, push.len, "\xAA\xBB\xCC\xDD", 4);
}

static void push_build_bare(void)
{
    memset(push.at, 0, sizeof push.at);
    be16_put(push.at + BARE_LEN, (uint16_t)push.len);
    be32_put(push.at + BARE_WORKING, 8123);
    be32_put(push.at + BARE_TEMPERATURE, 291850);
    be32_put(push.at + BARE_PRESSURE, 103421);
    be16_put(push.at + BARE_BATTERY_MV, 3582);
    be16_put(push.at + BARE_BATTERY, 871);
    be16_put(push.at + BARE_SIGNAL, 64);
    be16_put(push.at + BARE_VALVE, 1);
    memcpy(push.at + BARE_OPERATOR, "25001-MT", BARE_OPERATOR_LEN);
}

static void push_build(void)
{
    struct arena *a = arena_new();

    push_build_dlms(a);
    if (!opt.dlms)
        push_build_bare();
    arena_free(a);
}

/* The push of the k-th session. */
static void push_for(int64_t k)
{
    static int64_t second;
    int64_t now = clock_now_us() / 1000000;
    uint32_t meter = (uint32_t)((uint64_t)k * STRIDE % (unsigned)opt.meters);

    if (!opt.dlms) {
        be64_put(push.at + BARE_METER, (uint64_t)opt.first_id + meter);
        be64_put(push.at + BARE_AT, (uint64_t)(now - BARE_EPOCH_S) * 1000000);
        be64_put(push.at + BARE_VOLUME, (uint64_t)k);
        return;
    }
    if (now != second) {
        struct dlms_datetime t = datetime_of(now);

        dlms_datetime_write(push.clock, &t);
        second = now;
    }
    for (int i = SERIAL_LEN - 1; i >= 5; i--, meter /= 10)
        push.serial[i] = (uint8_t)('0' + meter % 10);
    be32_put(push.volume, (uint32_t)k);
}

/* ---- sessions ---- */

static struct session {
    int64_t k, due_us, sent_us;
    int fd, got, next_free;
    bool sent, free;
    uint8_t heard[256]; /* obey: what came and is not whole yet */
} sessions[INFLIGHT_MAX];

static int free_first = -1, in_flight, poll_fd;
static int64_t begun, confirmed, failed;
static uint32_t *took_us,
    *late_us; /* from the last byte; from the due moment */
static int64_t start_us;

static void session_end(struct session *s, bool well)
{
    int64_t now = clock_monotonic_us();

    close(s->fd);
    s->fd = -1;
    if (well) {
        if (confirmed < SAMPLES_MAX) {
            took_us[confirmed] = (uint32_t)(now - s->sent_us);
            late_us[confirmed] = (uint32_t)(now - s->due_us);
        }
        confirmed++;
    } else if (++failed == 1) {
        log_warn("first failed session=%lld sent=%d got=%d", (long long)s->k,
                 s->sent, s->got);
    }
    s->next_free = free_first;
    free_first = (int)(s - sessions);
    in_flight--;
}

static void session_send(struct session *s)
{
    ssize_t n;

    push_for(s->k);
    n = send(s->fd, push.at, push.len, MSG_NOSIGNAL);
    if (n == (ssize_t)push.len) {
        s->sent = true;
        s->sent_us = clock_monotonic_us();
    } else if (!(n < 0 && (errno == EAGAIN || errno == ENOTCONN))) {
        session_end(s, false);
    }
}

static int dial(int64_t k)
{
    struct sockaddr_in from = { .sin_family = AF_INET };
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)opt.port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)(k % SOURCES));
    if (fd < 0 ||
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) ||
        bind(fd, (struct sockaddr *)&from, sizeof from) ||
        (connect(fd, (struct sockaddr *)&to, sizeof to) &&
         errno != EINPROGRESS))
        fatal("connection %lld", (long long)k);
    return fd;
}

static void session_begin(int64_t due_us)
{
    struct session *s = &sessions[free_first];
    struct epoll_event ev = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET };

    free_first = s->next_free;
    *s = (struct session){ .k = opt.from + begun++, .due_us = due_us };
    s->fd = dial(s->k);
    in_flight++;
    /* On loopback a connection is nearly always there at once. */
    session_send(s);
    if (s->fd < 0)
        return;
    if (!s->sent)
        ev.events |= EPOLLOUT;
    ev.data.ptr = s;
    if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, s->fd, &ev))
        fatal("epoll_ctl");
}

/* All whole frames in s->heard: the confirmation, then the command. */
static bool session_obey(struct session *s)
{
    while (s->got >= OBEY_HEAD &&
           s->got >= OBEY_HEAD + (int)be16_get(s->heard + 6)) {
        int whole = OBEY_HEAD + be16_get(s->heard + 6);
        uint8_t out[OBEY_MAX];
        size_t len = 0;

        if (s->heard[OBEY_HEAD] != 0x10)
            s->free |= obey(s->heard, opt.obey == 2, out, &len) == OBEY_IS_FREE;
        if (len > 0 && send(s->fd, out, len, MSG_NOSIGNAL) != (ssize_t)len)
            return false;
        s->got -= whole;
        memmove(s->heard, s->heard + whole, (size_t)s->got);
    }
    return true;
}

/* A session with a command is over when the listener hangs up on a meter that
 * it has released. */
static void session_ready_obeying(struct session *s)
{
    ssize_t n;

    do {
        n = recv(s->fd, s->heard + s->got, sizeof(s->heard) - (size_t)s->got,
                 0);
        if (n > 0) {
            s->got += (int)n;
            if (!session_obey(s))
                n = 0;
        }
    } while (n > 0);
    if (n == 0 || errno != EAGAIN)
        session_end(s, s->free);
}

static void session_ready(struct session *s, unsigned events)
{
    uint8_t answer[64];
    ssize_t n;

    if (!s->sent && (events & EPOLLOUT))
        session_send(s);
    if (!(events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP)) || !s->sent)
        return;
    if (opt.obey != 0) {
        session_ready_obeying(s);
        return;
    }
    n = recv(s->fd, answer, sizeof answer, 0);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n > 0)
        s->got += (int)n;
    if (s->got >= BARE_ANSWER_LEN)
        session_end(s, true);
    else if (n <= 0)
        session_end(s, false);
}

/* ---- loops ---- */

static bool may_begin(int64_t now_us)
{
    if (opt.count ? begun >= opt.count
                  : now_us - start_us >= opt.seconds * 1000000LL)
        return false;
    return free_first >= 0 && in_flight < opt.inflight;
}

/* Microseconds until the next session is due; -1: when one ends. */
static int64_t begin_due(void)
{
    int64_t now = clock_monotonic_us();

    while (may_begin(now)) {
        int64_t due = now;

        if (opt.rate > 0) {
            due = start_us + begun * 1000000 / opt.rate;
            if (due > now)
                return due - now;
        }
        session_begin(due);
        now = clock_monotonic_us();
    }
    return -1;
}

static void run(void)
{
    struct epoll_event ev[512];
    int64_t end_us = 0;

    start_us = clock_monotonic_us();
    for (;;) {
        int64_t wait_us = begin_due();
        struct timespec ts = { wait_us / 1000000, wait_us % 1000000 * 1000 };
        int n;

        if (wait_us < 0) {
            if (in_flight == 0)
                break;
            ts = (struct timespec){ 1, 0 };
        }
        n = epoll_pwait2(poll_fd, ev, 512, &ts, NULL);
        for (int i = 0; i < n; i++)
            session_ready(ev[i].data.ptr, ev[i].events);
        /* What is silent for 10 s after the last has begun is lost. */
        if (n > 0 || wait_us >= 0 || end_us == 0)
            end_us = clock_monotonic_us();
        else if (clock_monotonic_us() - end_us > 10000000)
            break;
    }
    failed += in_flight;
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static double at_ms(uint32_t *v, int64_t n, double share)
{
    return n == 0 ? 0 : v[(int64_t)((double)(n - 1) * share)] / 1000.0;
}

static double cpu_s(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void report(double seconds)
{
    int64_t n = confirmed < SAMPLES_MAX ? confirmed : SAMPLES_MAX;

    qsort(took_us, (size_t)n, sizeof *took_us, by_size);
    qsort(late_us, (size_t)n, sizeof *late_us, by_size);
    printf("{\"begun\":%lld,\"confirmed\":%lld,\"failed\":%lld,"
           "\"seconds\":%.3f,\"per_s\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
           "\"max_ms\":%.3f,\"due_p99_ms\":%.3f,\"cpu_us\":%.2f,"
           "\"push_bytes\":%zu}\n",
           (long long)begun, (long long)confirmed, (long long)failed, seconds,
           (double)confirmed / seconds, at_ms(took_us, n, 0.5),
           at_ms(took_us, n, 0.99), at_ms(took_us, n, 1),
           at_ms(late_us, n, 0.99),
           confirmed ? cpu_s() * 1e6 / (double)confirmed : 0, push.len);
}

static void drive(void)
{
    for (int i = INFLIGHT_MAX - 1; i >= 0; i--) {
        sessions[i].next_free = free_first;
        free_first = i;
    }
    took_us = malloc(SAMPLES_MAX * sizeof *took_us);
    late_us = malloc(SAMPLES_MAX * sizeof *late_us);
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (took_us == NULL || late_us == NULL || poll_fd < 0)
        fatal("start");
    run();
    report((double)(clock_monotonic_us() - start_us) / 1e6);
}

/* ---- connections that only stand there ---- */

static void hold(int n, int64_t from, int ready)
{
    char c;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    for (int i = 0; i < n; i++) {
        int fd = dial(from + i);

        if (opt.part > 0) {
            push_for(opt.from + from + i);
            for (int tries = 0; tries < 1000; tries++) {
                if (send(fd, push.at, (size_t)opt.part, MSG_NOSIGNAL) ==
                    opt.part)
                    break;
                usleep(1000);
            }
        }
        if (i % 500 == 499)
            usleep(20000);
    }
    if (write(ready, "+", 1) != 1 || read(0, &c, 1) < 0)
        log_warn("hold");
}

static void hold_all(void)
{
    struct rlimit files;
    int pipe_fds[2], each, left = opt.idle;

    getrlimit(RLIMIT_NOFILE, &files);
    each = (int)files.rlim_cur - 64;
    if (pipe(pipe_fds))
        fatal("pipe");
    for (; left > 0; left -= each) {
        char c;
        int n = left < each ? left : each;

        if (fork() == 0) {
            hold(n, opt.idle - left, pipe_fds[1]);
            _exit(0);
        }
        if (read(pipe_fds[0], &c, 1) != 1)
            fatal("a holder ended");
    }
    printf("{\"held\":%d}\n", opt.idle);
    fflush(stdout);
    while (wait(NULL) > 0)
        ;
}

static void options(int argc, char **argv)
{
    opt.dlms = strcmp(argv[1], "dlms") == 0;
    opt.port = number_of(argv[2]);
    for (int i = 3; i < argc; i++) {
        bool known = false;

        for (size_t j = 0; j < sizeof option_names / sizeof option_names[0];
             j++) {
            size_t len = strlen(option_names[j].name);

            if (strncmp(argv[i], option_names[j].name, len) == 0 &&
                argv[i][len] == '=') {
                *option_names[j].target = number_of(argv[i] + len + 1);
                known = true;
            }
        }
        if (!known)
            fatal("unknown option %s", argv[i]);
    }
    if (opt.inflight > INFLIGHT_MAX)
        fatal("at most %d in flight", INFLIGHT_MAX);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: load_client bare|dlms PORT name=value ...\n");
        return 2;
    }
    log_init("load_client", false);
    options(argc, argv);
    push_build();
    if (opt.idle > 0)
        hold_all();
    else
        drive();
    return failed ? 1 : 0;
}
