/* Everything that is not plain travels as base64: it survives any relay. */
#include "daemon/notifier/mime.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>

/* RFC 2047, 2: a line with an encoded word has at most 76 characters. 39
 * octets make 52 of base64, =?UTF-8?B??= are 12 more, and "Subject: " is 9. */
#define WORD_OCTETS 39
/* RFC 2045, 6.8: lines of at most 76 characters. */
#define LINE_OCTETS 57

static void put_base64(struct buf *to, const char *bytes, size_t n)
{
    unsigned char out[4 * ((LINE_OCTETS + 2) / 3) + 1];

    EVP_EncodeBlock(out, (const unsigned char *)bytes, (int)n);
    buf_puts(to, (const char *)out);
}

static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < 0x20 || *text > 0x7e)
            return false;
    }
    return true;
}

/* As much of text as fits, cut between characters. */
static size_t word_len(const char *text)
{
    size_t n = strnlen(text, WORD_OCTETS);

    while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    return n > 0 ? n : strnlen(text, WORD_OCTETS);
}

static void put_encoded(struct buf *to, const char *text)
{
    char word[WORD_OCTETS];

    while (*text != '\0') {
        size_t n = word_len(text);

        for (size_t i = 0; i < n; i++) {
            unsigned char c = (unsigned char)text[i];

            word[i] = (char)(c < 0x20 || c == 0x7f ? ' ' : c);
        }
        buf_puts(to, "=?UTF-8?B?");
        put_base64(to, word, n);
        buf_puts(to, "?=");
        text += n;
        if (*text != '\0')
            buf_puts(to, "\r\n ");
    }
}

/* A long line, or one that looks like an encoded word, is encoded too. */
void mime_put_words(struct buf *to, const char *text)
{
    if (is_plain(text) && strlen(text) <= 60 && strstr(text, "=?") == NULL)
        buf_puts(to, text);
    else
        put_encoded(to, text);
}

/* RFC 5322, 3.4: a display name is a phrase; quoted or encoded. */
static void put_name(struct buf *to, const char *name)
{
    if (!is_plain(name) || strlen(name) > 60 || strstr(name, "=?") != NULL) {
        put_encoded(to, name);
        return;
    }
    buf_putc(to, '"');
    for (; *name != '\0'; name++) {
        if (*name == '"' || *name == '\\')
            buf_putc(to, '\\');
        buf_putc(to, *name);
    }
    buf_putc(to, '"');
}

/* Addresses are checked long before; here nothing can end their line. */
static void put_address(struct buf *to, const char *address)
{
    buf_putc(to, '<');
    for (; *address != '\0'; address++) {
        if (*address > 0x20 && *address < 0x7f && *address != '<' &&
            *address != '>')
            buf_putc(to, *address);
    }
    buf_putc(to, '>');
}

static void put_date(struct buf *to, int64_t at_s)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed",
                                        "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr",
                                          "May", "Jun", "Jul", "Aug",
                                          "Sep", "Oct", "Nov", "Dec" };
    time_t t = (time_t)at_s;
    struct tm tm;
    char text[64];

    gmtime_r(&t, &tm);
    snprintf(text, sizeof(text), "%s, %d %s %d %02d:%02d:%02d +0000",
             days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
             tm.tm_hour, tm.tm_min, tm.tm_sec);
    buf_puts(to, text);
}

static void put_headings(struct buf *to, const struct letter *l)
{
    buf_puts(to, "Date: ");
    put_date(to, l->created_s);
    buf_puts(to, "\r\nFrom: ");
    if (l->from_name[0] != '\0') {
        put_name(to, l->from_name);
        buf_putc(to, ' ');
    }
    put_address(to, l->from_address);
    buf_puts(to, "\r\nTo: ");
    put_address(to, l->to);
    buf_puts(to, "\r\nSubject: ");
    mime_put_words(to, l->subject);
    buf_puts(to, "\r\nMessage-ID: ");
    put_address(to, l->message_id);
    /* RFC 3834: no out-of-office answers, please. */
    buf_puts(to, "\r\nAuto-Submitted: auto-generated\r\nContent-Language: ");
    buf_puts(to, l->language);
    buf_puts(to, "\r\nMIME-Version: 1.0\r\n");
}

/* Lines end with CR LF before they are encoded (RFC 2046, 4.1.1). */
static void put_part(struct buf *to, const char *type, const char *text)
{
    struct buf lines = { 0 };

    buf_puts(to, "Content-Type: ");
    buf_puts(to, type);
    buf_puts(to,
             "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            buf_putc(&lines, '\r');
        buf_putc(&lines, *text);
    }
    for (size_t i = 0; i < lines.len; i += LINE_OCTETS) {
        size_t left = lines.len - i;

        put_base64(to, lines.at + i, left < LINE_OCTETS ? left : LINE_OCTETS);
        buf_puts(to, "\r\n");
    }
    buf_free(&lines);
}

/* No line of base64 begins with a hyphen, so that any boundary is one. */
#define BOUNDARY "lazur-alternative"

void mime_put(struct buf *to, const struct letter *l)
{
    put_headings(to, l);
    if (l->html[0] == '\0') {
        put_part(to, "text/plain", l->text);
        return;
    }
    buf_puts(to, "Content-Type: multipart/alternative; boundary=\"" BOUNDARY
                 "\"\r\n\r\n--" BOUNDARY "\r\n");
    put_part(to, "text/plain", l->text);
    buf_puts(to, "--" BOUNDARY "\r\n");
    put_part(to, "text/html", l->html);
    buf_puts(to, "--" BOUNDARY "--\r\n");
}
