/* /tmp/lazur-worker-PID, and those of the dead. */
#define _GNU_SOURCE /* nftw */
#include "daemon/worker/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/log.h"

#define PARENT "/tmp"
#define PREFIX "lazur-worker-"
#define DEEP   8 /* descriptors that a walk may use */

static char folder[64];

static int remove_one(const char *path, const struct stat *st, int kind,
                      struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static void remove_all(const char *path)
{
    if (nftw(path, remove_one, DEEP, FTW_DEPTH | FTW_PHYS) != 0)
        log_debug("%s stays", path); /* somebody else's */
}

static void sweep(void)
{
    char path[320];
    struct dirent *entry;
    DIR *d = opendir(PARENT);

    if (d == NULL)
        return;
    /* One process, one thread. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    while ((entry = readdir(d)) != NULL) { /* cppcheck-suppress readdirCalled */
        long pid;

        if (strncmp(entry->d_name, PREFIX, sizeof(PREFIX) - 1) != 0)
            continue;
        pid = strtol(entry->d_name + sizeof(PREFIX) - 1, NULL, 10);
        if (pid <= 0 ||
            (pid != getpid() && (kill((pid_t)pid, 0) == 0 || errno != ESRCH)))
            continue;
        snprintf(path, sizeof(path), "%s/%s", PARENT, entry->d_name);
        remove_all(path);
    }
    closedir(d);
}

void scratch_open(void)
{
    sweep();
    snprintf(folder, sizeof(folder), "%s/%s%ld", PARENT, PREFIX,
             (long)getpid());
    if (mkdir(folder, 0700) != 0)
        fatal("mkdir %s", folder);
}

const char *scratch_folder(void)
{
    return folder;
}

void scratch_close(void)
{
    remove_all(folder);
}
