/*
 * How a letter looks. What every reader of mail understands stands in the
 * elements themselves; the sheet turns it dark where the reader is, and is
 * passed over by those that know no sheets. No pictures, no outer fonts.
 */
#ifndef LAZUR_LIB_LETTER_STYLE_H
#define LAZUR_LIB_LETTER_STYLE_H

#define DARK_SHEET                                                             \
    "<meta name=\"color-scheme\" content=\"light dark\">\n<style>\n"           \
    ":root{color-scheme:light dark}\n"                                         \
    "@media (prefers-color-scheme:dark){\n"                                    \
    ".page{background:#0d1520!important}\n"                                    \
    ".text{color:#e8eef6!important}\n"                                         \
    ".card{background:#141e2b!important}\n"                                    \
    ".name{color:#5eb3ff!important}\n"                                         \
    ".small{color:#b3c1d2!important}\n}\n</style>\n"

#define PAGE_OPEN                                                              \
    "<body class=\"page\" style=\"margin:0;padding:0;background:#eef3f7\">\n"  \
    "<div class=\"text\" style=\"max-width:600px;margin:0 auto;padding:24px "  \
    "12px;font-family:Arial,Helvetica,sans-serif;font-size:17px;"              \
    "line-height:1.5;color:#1b2a35;overflow-wrap:anywhere;"                    \
    "word-break:break-word\">\n"                                               \
    "<p class=\"name\" style=\"margin:0;padding:0 20px 12px;font-size:20px;"   \
    "font-weight:bold;color:#0b5cad\">Lazur</p>\n"                             \
    "<div class=\"card\" style=\"background:#ffffff;border-radius:8px;"        \
    "padding:24px 20px 8px\">\n"

#define SMALL_OPEN                                                             \
    "</div>\n<div class=\"small\" style=\"padding:16px 20px;font-size:15px;"   \
    "line-height:1.5;color:#50616d\">\n"

#define CODE_OPEN                                                              \
    "<p style=\"margin:0 0 16px;font-size:24px;line-height:1.3;"               \
    "font-weight:bold;letter-spacing:1px\">"

#define BUTTON_OPEN                                                            \
    "<p style=\"margin:0 0 16px\"><a style=\"display:inline-block;padding:"    \
    "14px 20px;border-radius:6px;background:#0b5cad;color:#ffffff;"            \
    "text-decoration:none;font-weight:bold\" href=\""

#define ADDRESS_OPEN                                                           \
    "</a></p>\n<p class=\"small\" style=\"margin:0 0 16px;font-size:14px;"     \
    "color:#50616d;word-break:break-all\">"

#endif
