/* What a child gives up before it hears the first foreign byte. */
#include "daemon/duty.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <seccomp.h>

#include "lib/base/log.h"

static void become(const char *user, const char *group)
{
    const struct passwd *p = getpwnam(user);
    const struct group *g = group[0] != '\0' ? getgrnam(group) : NULL;
    gid_t gid;

    if (p == NULL)
        fatal("no user is called %s", user);
    if (group[0] != '\0' && g == NULL)
        fatal("no group is called %s", group);
    gid = g != NULL ? g->gr_gid : p->pw_gid;
    if (setgroups(1, &gid) != 0 || setgid(gid) != 0 || setuid(p->pw_uid) != 0)
        fatal("becoming %s", user);
    if (setuid(0) == 0)
        fatal("root can be had back");
}

/* The lookup of names happens before the folder is closed. */
static void leave_root(const struct settings *s)
{
    if (geteuid() != 0)
        return;
    if (s->chroot[0] != '\0' && s->user[0] == '\0')
        fatal("chroot without a user keeps nobody in");
    if (s->user[0] == '\0') {
        log_warnx("running as root: set user");
        return;
    }
    /* glibc loads what it needs for names at the first call. */
    (void)getpwnam(s->user);
    (void)getgrnam(s->group);
    if (s->chroot[0] != '\0' && (chroot(s->chroot) != 0 || chdir("/") != 0))
        fatal("chroot %s", s->chroot);
    become(s->user, s->group);
}

static void forbid(bool accepts)
{
    scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);
    const int never[] = { SCMP_SYS(execve), SCMP_SYS(execveat),
                          SCMP_SYS(listen) };
    const int quiet[] = { SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(bind) };
    bool good = c != NULL;

    for (size_t i = 0; good && i < sizeof(never) / sizeof(never[0]); i++)
        good = seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), never[i], 0) == 0;
    for (size_t i = 0; good && !accepts && i < sizeof(quiet) / sizeof(quiet[0]);
         i++)
        good = seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), quiet[i], 0) == 0;
    if (!good || seccomp_load(c) != 0)
        fatal("seccomp");
    seccomp_release(c);
}

void privileges_drop(const struct settings *s, bool accepts)
{
    leave_root(s);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        fatal("no new privileges");
    forbid(accepts);
}
