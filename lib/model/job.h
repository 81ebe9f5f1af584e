/*
 * Long work: documents that operators ask for and the worker makes. What is
 * asked, how far it is and what has come out are all in the database.
 */
#ifndef LAZUR_LIB_MODEL_JOB_H
#define LAZUR_LIB_MODEL_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/consumption.h"
#include "lib/model/list.h"

enum document_kind {
    DOCUMENT_RECEIPTS,
    DOCUMENT_DAILY,
    DOCUMENT_BALANCE,
};

/* "receipts", "daily", "balance". */
const char *document_kind_code(enum document_kind kind);

enum balance_mode {
    BALANCE_USE, /* «Использовать» the balance meter of the group */
    BALANCE_MANUAL, /* «Ввод суммарного объема газа вручную» */
    BALANCE_NONE, /* «Не использовать» */
};

/* "use", "manual", "none"; BALANCE_NONE for any other word. */
const char *balance_mode_code(enum balance_mode mode);
enum balance_mode balance_mode_of_code(const char *code);

/* What is asked for; a kind needs only some of it. */
struct document_order {
    enum document_kind kind;
    struct whose whose;
    struct days days;
    const char *format;  /* "pdf", "csv", "xlsx", "dbf" */
    const char *charset; /* "cp866", "cp1251" */
    enum balance_mode mode;
    int64_t volume_dm3; /* typed by hand */
    bool detailed;
};

/* The words of a document by name, in the language of its reader. */
struct document_words {
    const char *const *names, *const *words;
    size_t n;
};

/* {"a","b"}: an array of texts as PostgreSQL reads it. */
char *param_texts(struct arena *a, const char *const *texts, size_t n);

/* ---- the operator's side ---- */

/*
 * job_ask - *id of a new job, or of the same that is on its way already.
 *
 * ERR_CONFLICT when ten of his jobs wait; ERR_FORBIDDEN for a role without
 * documents.
 */
enum err job_ask(struct db *db, struct arena *a,
                 const struct document_order *order,
                 const struct document_words *words, const char *title,
                 const char *address, int64_t *id) MUST_CHECK;

struct job {
    int64_t id;
    const char *kind, *title;
    const char *state; /* queued, running, done, failed, cancelled */
    int64_t done, total;
    struct moment created_at, finished_at;
    struct figure left_s; /* unknown: cannot be said yet */
    const char *file_name;
    int64_t size;
    const char *note, *error;
    bool seen;
};

struct job_list {
    const struct job *rows;
    size_t n;
};

/* Those of the operator who asks, the newest first. */
enum err job_list(struct db *db, struct arena *a,
                  struct job_list *out) MUST_CHECK;

/* How many are on their way, and results that he has not looked at. */
enum err job_bell(struct db *db, struct arena *a, int64_t *active,
                  int64_t *ready) MUST_CHECK;
enum err job_seen(struct db *db, struct arena *a) MUST_CHECK;

/* ERR_NOT_FOUND when it is none of his; nothing happens to one that is over. */
enum err job_cancel(struct db *db, struct arena *a, int64_t id,
                    const char *address) MUST_CHECK;
/* ERR_CONFLICT while it is on its way, ERR_NOT_FOUND as above. */
enum err job_delete(struct db *db, struct arena *a, int64_t id,
                    const char *address) MUST_CHECK;

struct job_file {
    const char *name, *media_type;
    int64_t size, chunks;
};

/* ERR_NOT_FOUND when it is none of his, or has no file. */
enum err job_file(struct db *db, struct arena *a, int64_t id,
                  struct job_file *out) MUST_CHECK;

/* One piece of it; a holds at least two of them until it is reset. */
enum err job_chunk_read(struct db *db, struct arena *a, int64_t id, int64_t no,
                        const unsigned char **bytes, size_t *len) MUST_CHECK;

/* ---- the worker's side ---- */

/* Bytes of a piece; only the last one is shorter. */
#define JOB_CHUNK 262144

/* An import instead of a document (lib/model/import.h). */
struct import_order {
    int64_t upload_id; /* 0: it is a document */
    bool trial; /* «Пробный импорт без изменения данных в системе» */
    bool drops; /* «Удалять абонентов без счётчиков» */
};

struct job_claim {
    int64_t id;      /* 0: nothing waits */
    bool given_up;   /* claimed too often, and failed by that */
    const char *key; /* the claim */
    const char *title;
    int64_t lease_ms;
    struct document_order order;
    struct import_order import;
    bool is_order; /* commands for very many meters (lib/model/fleet.h) */
};

/* Takes the next job, or one whose worker is gone. */
enum err job_claim(struct db *db, struct arena *a, int64_t lease_ms,
                   struct job_claim *out) MUST_CHECK;

enum err job_words(struct db *db, struct arena *a, int64_t id,
                   struct document_words *out) MUST_CHECK;

/*
 * In a transaction: see what the operator saw and still may. ERR_FORBIDDEN
 * when he may have no documents any more.
 */
enum err job_enter(struct db *db, struct arena *a, int64_t id) MUST_CHECK;

/*
 * Each is ERR_CONFLICT when the claim does not hold any more: the job was
 * cancelled, or another worker has it; nothing is written then.
 */
enum err job_progress(struct db *db, struct arena *a, const struct job_claim *c,
                      int64_t done, int64_t total) MUST_CHECK;
enum err job_finish(struct db *db, struct arena *a, const struct job_claim *c,
                    const struct job_file *file, const char *note) MUST_CHECK;
/* why: "rights", "empty", "broken" */
enum err job_fail(struct db *db, struct arena *a, const struct job_claim *c,
                  const char *why, const char *note) MUST_CHECK;
/* The worker stops: whoever comes next begins it anew. */
enum err job_release(struct db *db, struct arena *a,
                     const struct job_claim *c) MUST_CHECK;

/* What was written of a job that was cancelled or has failed. */
enum err job_chunks_drop(struct db *db, struct arena *a, int64_t id) MUST_CHECK;

#endif
