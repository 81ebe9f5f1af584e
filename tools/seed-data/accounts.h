/* What belongs to the accounts of the city, and passwords of its meters. */
#ifndef LAZUR_TOOLS_SEED_DATA_ACCOUNTS_H
#define LAZUR_TOOLS_SEED_DATA_ACCOUNTS_H

/* SQL, after readings and states: a history behind each balance. */
void accounts_write(void);

/* "022220007104 radio=40718253": for lazur-secret load. */
void passwords_list(void);

#endif
