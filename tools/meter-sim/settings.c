/* The table of settings, which is also the help text. */
#include "tools/meter-sim/settings.h"

#include <string.h>

#include "lib/base/conf.h"

#define AT(field)    offsetof(struct settings, field)
#define PERMILLE(at) CONF_NUMBER, AT(fault[at]), "0", 0, 1000

/* clang-format off */
static const struct conf_setting table[] = {
    { "mode", CONF_TEXT, AT(mode), "fleet", 0, 0, "fleet: meters live and call; bench: sessions as fast as they go; idle: connections held open" },
    { "address", CONF_TEXT, AT(address), "127.0.0.1", 0, 0, "IPv4 address of the listener" },
    { "port", CONF_NUMBER, AT(port), "4059", 1, 65535, "its port" },
    { "source", CONF_TEXT, AT(source), "", 0, 0, "first address to call from; empty lets the kernel choose" },
    { "sources", CONF_NUMBER, AT(sources), "1", 1, 250, "how many addresses to call from, counting up from source" },
    { "tls", CONF_SWITCH, AT(tls), "off", 0, 0, "call over TLS" },
    { "tls_ca", CONF_TEXT, AT(tls_ca), "", 0, 0, "PEM file the listener's certificate is checked by; empty believes any" },
    { "tls_certificate", CONF_TEXT, AT(tls_certificate), "", 0, 0, "PEM file with the meters' certificate" },
    { "tls_key", CONF_TEXT, AT(tls_key), "", 0, 0, "PEM file with its key" },

    { "meters", CONF_NUMBER, AT(meters), "100", 0, 20000000, "meters to make up when there is no list of serials" },
    { "first_serial", CONF_TEXT, AT(first_serial), "700000000001", 0, 0, "number of the first of them; the others count up" },
    { "model", CONF_TEXT, AT(model), "", 0, 0, "model of those, or name:percent;name:percent ...; empty is a mix" },
    { "serials", CONF_TEXT, AT(serials), "", 0, 0, "file with a line for each meter: serial;model;lls password;volume;valve;working hours;tamper hours;battery mV;charge per mille; all but the serial may be left out, and what counts is taken from the first start alone" },
    { "lls_password", CONF_TEXT, AT(lls_password), "", 0, 0, "password of meters whose line gives none; empty is no authentication" },
    { "keys", CONF_TEXT, AT(keys), "", 0, 0, "file of lines \"SERIAL name=value ...\", as lazur-secret load takes: meters with keys cipher" },
    { "state_file", CONF_TEXT, AT(state_file), "", 0, 0, "where the meters live on between starts; empty forgets them" },
    { "truth_file", CONF_TEXT, AT(truth_file), "", 0, 0, "append-only record of what was sent, confirmed and executed" },
    { "control", CONF_TEXT, AT(control), "", 0, 0, "UNIX socket that takes orders; send it help" },

    { "scenario", CONF_TEXT, AT(scenario), "", 0, 0, "file that says what befalls whom and when" },
    { "deeds_file", CONF_TEXT, AT(deeds_file), "", 0, 0, "append-only record of what the scenario did, a JSON object each line" },

    { "rate", CONF_NUMBER, AT(rate), "0", 0, 1000000, "sessions a second over all meters; 0 lets period decide" },
    { "period", CONF_DURATION_MS, AT(period_ms), "5min", 1, 0, "how often each meter calls when there is no rate" },
    { "concurrency", CONF_NUMBER, AT(concurrency), "1000", 1, 1000000, "sessions at once, at most; idle: connections to hold" },
    { "once", CONF_SWITCH, AT(once), "off", 0, 0, "each meter calls once, then the program ends" },
    { "tries", CONF_NUMBER, AT(tries), "10", 1, 250, "how often a meter tries with once" },
    { "seconds", CONF_NUMBER, AT(seconds), "0", 0, 100000000, "end after so many seconds; 0 never" },
    { "seed", CONF_NUMBER, AT(seed), "0", 0, 0, "of chance; 0 takes the clock" },
    { "speed", CONF_NUMBER, AT(speed), "1", 0, 1000000, "how many times faster than life meters consume" },

    { "confirm_timeout", CONF_DURATION_MS, AT(confirm_ms), "30s", 1, 0, "how long a meter waits for the confirmation" },
    { "linger", CONF_DURATION_MS, AT(linger_ms), "3s", 1, 0, "how long it then waits to be commanded or hung up on" },
    { "hang_up", CONF_SWITCH, AT(hang_up), "off", 0, 0, "a meter closes the connection as soon as it is confirmed" },
    { "retry", CONF_DURATION_MS, AT(retry_ms), "5s", 1, 0, "first pause before an unconfirmed telegram goes again; doubles each time" },
    { "retry_max", CONF_DURATION_MS, AT(retry_max_ms), "10min", 1, 0, "longest such pause" },

    { "press", CONF_DURATION_MS, AT(press_ms), "0ms", 0, 0, "mean time until somebody presses the button of a meter that is ready; 0 nobody does" },
    { "presses_per_hour", CONF_NUMBER, AT(presses_per_hour), "0", 0, 3600000, "buttons pressed for no reason, over all meters" },
    { "leak_check", CONF_DURATION_MS, AT(leak_check_ms), "60s", 1, 0, "how long some models watch the flow after opening" },
    { "leak", CONF_NUMBER, AT(leak_permille), "0", 0, 1000, "per mille of openings that find a leak and close again" },

    { "fault_drop_early", PERMILLE(FAULT_DROP_EARLY), "per mille of sessions: hangs up inside its telegram" },
    { "fault_drop_unheard", PERMILLE(FAULT_DROP_UNHEARD), "per mille: hangs up before it hears the confirmation" },
    { "fault_drop_late", PERMILLE(FAULT_DROP_LATE), "per mille: hangs up while it is being commanded" },
    { "fault_duplicate", PERMILLE(FAULT_DUPLICATE), "per mille: sends its telegram twice" },
    { "fault_repeat", PERMILLE(FAULT_REPEAT), "per mille: sends a confirmed telegram again in the next session" },
    { "fault_slow", PERMILLE(FAULT_SLOW), "per mille: sends a few bytes at a time" },
    { "fault_garbage", PERMILLE(FAULT_GARBAGE), "per mille: sends bytes that mean nothing" },
    { "fault_cut", PERMILLE(FAULT_CUT), "per mille: the line breaks after up to 600 bytes" },
    { "fault_slow_reader", PERMILLE(FAULT_SLOW_READER), "per mille: hears a few bytes at a time" },
    { "fault_wrong_key", PERMILLE(FAULT_WRONG_KEY), "per mille: has another key or password than it should" },
    { "fault_clock", PERMILLE(FAULT_CLOCK), "per mille: clock in the year 2000, or years ahead" },
    { "fault_tamper", PERMILLE(FAULT_TAMPER), "per mille: tampered with" },
    { "fault_battery", PERMILLE(FAULT_BATTERY), "per mille: battery low" },
    { "fault_reverse", PERMILLE(FAULT_REVERSE), "per mille: gas flows backwards" },
    { "fault_cover", PERMILLE(FAULT_COVER), "per mille: cover open" },
    { "fault_serial", CONF_TEXT, AT(fault_serial), "", 0, 0, "only this meter has faults" },
    { "drop_bytes", CONF_NUMBER, AT(drop_bytes), "0", 0, 16384, "where drop_early hangs up; 0 anywhere" },
    { "quiet", CONF_SWITCH, AT(quiet), "off", 0, 0, "no progress line" },
};

static const char *const fault_names[FAULTS] = {
    "none", "drop_early", "drop_unheard", "drop_late", "duplicate", "repeat",
    "slow", "garbage", "cut", "slow_reader", "wrong_key", "clock", "tamper", "battery", "reverse", "cover",
};
/* clang-format on */

#define ROWS (sizeof table / sizeof *table)

enum err settings_load(struct settings *s, const char *path,
                       char *const *overrides, size_t n)
{
    enum err e;

    *s = (struct settings){ 0 };
    if ((e = conf_load(table, ROWS, s, path, overrides, n)) != ERR_OK)
        return e;
    if (strcmp(s->mode, "fleet") != 0 && strcmp(s->mode, "bench") != 0 &&
        strcmp(s->mode, "idle") != 0)
        return err_raise(ERR_INVALID, "mode=%s is none of fleet, bench, idle",
                         s->mode);
    return ERR_OK;
}

void settings_help(void)
{
    conf_print(table, ROWS, stdout);
}

enum fault fault_named(const char *name)
{
    for (int i = 1; i < FAULTS; i++)
        if (strcmp(fault_names[i], name) == 0)
            return (enum fault)i;
    return FAULT_NONE;
}
