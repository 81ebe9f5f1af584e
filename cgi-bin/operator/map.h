/* Maps: where a meter is, and where all of them are. */
#ifndef LAZUR_CGI_BIN_OPERATOR_MAP_H
#define LAZUR_CGI_BIN_OPERATOR_MAP_H

#include "cgi-bin/web/web.h"

enum err map_page(struct req *r); /* GET /map */
enum err
map_squares(struct req *r); /* GET /map/squares.json?level&x0&x1&y0&y1 */
enum err map_square(struct req *r); /* GET /map/square.json?level&x&y */

enum err meter_map(struct req *r);      /* GET /meters/{id}/map */
enum err meter_map_save(struct req *r); /* POST /meters/{id}/map */

/* Names for static/js/map.js: where tiles come from, if from anywhere. */
void map_tiles_show(struct req *r);

#endif
