/* The consumption chart: its screens and what its files share. */
#ifndef LAZUR_CGI_BIN_OPERATOR_CHART_H
#define LAZUR_CGI_BIN_OPERATOR_CHART_H

#include "cgi-bin/web/web.h"
#include "lib/model/chart.h"
#include "lib/model/meter.h"

enum err chart_page(struct req *r); /* GET /meters/{id}/chart?mode&span&end */
enum err chart_json(struct req *r); /* GET /meters/{id}/chart.json?the same */
enum err chart_csv(struct req *r);  /* GET /meters/{id}/chart.csv?the same */

/* What is asked, and its answer. */
struct chart_view {
    struct req *r;
    struct meter_card card;
    struct chart_ask ask;
    struct chart chart;
};

/* Midnight of a date of the window by the wall clock, in ms. */
int64_t chart_wall_ms(const char *date);

/* ---- chart_svg.c ---- */

/* The picture for a browser without scripts: fills Chart.Svg. */
void chart_svg_show(const struct chart_view *v);

#endif
