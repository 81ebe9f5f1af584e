/*
 * What is done every second: committed lines of «Протокол работы» are linked
 * into their chain (audit_seal()), jobs for meters are handed out, prices of
 * tariffs begin.
 */
#ifndef LAZUR_DAEMON_WORKER_EACH_SECOND_H
#define LAZUR_DAEMON_WORKER_EACH_SECOND_H

/* After privileges_drop; conninfo lives as long as the process. */
void each_second_open(const char *conninfo);
void each_second_close(void);

/*
 * Once a second at most, however often it is called; long work calls it too,
 * so that the log does not wait for a report. A failure is logged and tried
 * again later.
 */
void each_second_turn(void);

#endif
