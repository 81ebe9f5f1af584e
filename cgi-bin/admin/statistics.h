/* «Статистика», and the same figures for Prometheus. */
#ifndef LAZUR_CGI_BIN_ADMIN_STATISTICS_H
#define LAZUR_CGI_BIN_ADMIN_STATISTICS_H

#include "cgi-bin/web/web.h"
#include "lib/model/statistics.h"

enum err
statistics_page(struct req *r); /* GET /admin/statistics?span&end&host */
enum err
statistics_json(struct req *r);  /* GET /admin/statistics.json?the same */
enum err metrics(struct req *r); /* GET /metrics */

/* What is asked, and its answer. */
struct statistics_view {
    struct req *r;
    struct statistics_hosts hosts;
    struct statistics_ask ask;
    struct statistics_chart chart;
    size_t span;   /* of the buttons */
    int64_t now_s; /* the newest end */
};

/* Thousandths as text of so many decimals: (726, 2) is "0.73". */
char *thousandths_text(struct arena *a, int64_t n, int decimals);

/* ---- statistics_svg.c ---- */

/* The pictures for a browser without scripts: Stats.Load, Stats.Cons. */
void statistics_svg_show(const struct statistics_view *v);

/* ---- statistics_figures.c ---- */

/* What stands below the charts: Stats.Now, .Processes, .Tables, .Clients. */
enum err statistics_figures_show(const struct statistics_view *v) MUST_CHECK;

#endif
