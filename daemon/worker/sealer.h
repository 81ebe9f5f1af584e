/* Links the lines of «Протокол работы» that were committed (audit_seal()). */
#ifndef LAZUR_DAEMON_WORKER_SEALER_H
#define LAZUR_DAEMON_WORKER_SEALER_H

/* After privileges_drop; conninfo lives as long as the process. */
void sealer_open(const char *conninfo);
void sealer_close(void);

/*
 * Once a second at most, however often it is called; long work calls it too,
 * so that the log does not wait for a report. A failure is logged and tried
 * again later.
 */
void sealer_turn(void);

#endif
