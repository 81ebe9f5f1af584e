/*
 * Commands by IEC 62056-6-2, class 70, disconnect control: method 1
 * remote_disconnect, method 2 remote_reconnect, attribute 3 control_state.
 */
#include "daemon/drivers/dlms_inner.h"

#include <string.h>

enum { METHOD_DISCONNECT = 1, METHOD_RECONNECT = 2, CONTROL_STATE = 3 };
enum { VALVE_CLOSED = 0, VALVE_OPEN = 1, VALVE_READY = 2, VALVE_FAULTY = 3 };

static const struct dlms_target disconnect_control = {
    .class_id = 70,
    .name = { { 0, 0, 96, 3, 10, 255 } },
};

static enum err wrap(struct dlms_command *c, struct arena *a,
                     const struct dlms_out *apdu, struct bytes *out)
{
    struct dlms_out framed;
    enum err e;

    *out = (struct bytes){ NULL, 0 };
    if (apdu->len == 0)
        return ERR_OK;
    dlms_out_init(&framed, a);
    e = dlms_request_put(&framed, &c->far, c->client_sap, c->far.source.lower,
                         dlms_out_bytes(apdu));
    if (e == ERR_OK)
        *out = dlms_out_bytes(&framed);
    return e;
}

enum err dlms_command_start(void *state, struct arena *a,
                            const uint8_t line[LINE_MAX_LEN],
                            const struct secret *keys, enum command_kind kind,
                            struct bytes *out)
{
    struct dlms_command *c = state;
    struct bytes password = { NULL, 0 };
    struct dlms_line far;
    struct dlms_out apdu;
    enum err e;

    memcpy(&far, line, sizeof(far));
    if (far.framing != DLMS_FRAMING_WRAPPER)
        return err_raise(ERR_INVALID, "commands need the wrapper");
    c->far.framing = far.framing;
    c->far.source = far.source;
    c->far.destination = far.destination;
    c->kind = kind;
    c->client_sap = DLMS_CLIENT_PUBLIC;
    if (keys != NULL && keys->lls_len > 0) {
        password = (struct bytes){ keys->lls, keys->lls_len };
        c->client_sap = DLMS_CLIENT_READER;
    }
    c->parameter = (struct dlms_value){ .type = DLMS_INTEGER, .i = 0 };
    c->steps[0] = (struct dlms_step){ DLMS_SERVICE_ACTION, disconnect_control,
                                      &c->parameter };
    c->steps[0].target.index =
        kind == COMMAND_VALVE_CLOSE ? METHOD_DISCONNECT : METHOD_RECONNECT;
    c->steps[1] =
        (struct dlms_step){ DLMS_SERVICE_GET, disconnect_control, NULL };
    c->steps[1].target.index = CONTROL_STATE;
    dlms_out_init(&apdu, a);
    e = dlms_client_start(&c->client, c->steps, DLMS_COMMAND_STEPS, password,
                          &apdu);
    return e != ERR_OK ? e : wrap(c, a, &apdu, out);
}

/* What the valve shows after the method; -1 when it could not be read. */
static enum command_end judge(const struct dlms_command *c, int valve,
                              const char **why)
{
    if (c->result != DLMS_SUCCESS) {
        *why = dlms_result_name(c->result);
        return COMMAND_REFUSED;
    }
    if (valve == VALVE_FAULTY) {
        *why = "the valve is faulty";
        return COMMAND_REFUSED;
    }
    if (c->kind == COMMAND_VALVE_CLOSE)
        return valve == VALVE_CLOSED ? COMMAND_EXECUTED : COMMAND_SEEN;
    if (valve == VALVE_OPEN)
        return COMMAND_EXECUTED;
    return valve == VALVE_READY ? COMMAND_DELIVERED : COMMAND_SEEN;
}

static void answered(struct dlms_command *c, const struct dlms_reply *reply,
                     struct command_step *step)
{
    int64_t state;

    if (reply->step == 0) {
        c->result = reply->result;
        return;
    }
    if (reply->result == DLMS_SUCCESS && reply->has_value &&
        dlms_value_integer(&reply->value, &state) && state >= 0 &&
        state <= VALVE_FAULTY)
        step->valve = (int)state;
    step->end = judge(c, step->valve, &step->why);
}

enum err dlms_command_answer(void *state, struct arena *a,
                             struct bytes telegram, struct command_step *step)
{
    struct dlms_command *c = state;
    struct dlms_frame head;
    struct dlms_reply reply;
    struct dlms_out apdu;
    struct bytes in;
    const char *fault;
    enum err e;

    *step = (struct command_step){ .end = COMMAND_GOES_ON, .valve = -1 };
    dlms_out_init(&apdu, a);
    if ((e = dlms_unpack(a, telegram, &head, &in, &fault)) != ERR_OK ||
        (e = dlms_client_eat(&c->client, a, in, &reply, &apdu)) != ERR_OK)
        return e;
    switch (reply.event) {
    case DLMS_EVENT_ASSOCIATED:
    case DLMS_EVENT_PUSH:
        break;
    case DLMS_EVENT_REFUSED:
        step->end = COMMAND_REFUSED;
        step->why = dlms_diagnostic_name(reply.diagnostic);
        break;
    case DLMS_EVENT_ANSWERED:
        answered(c, &reply, step);
        break;
    case DLMS_EVENT_RELEASED:
        step->end = COMMAND_RELEASED;
        break;
    }
    return wrap(c, a, &apdu, &step->out);
}
