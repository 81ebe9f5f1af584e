/* Names of what a meter refuses with: ACSE diagnostics (IEC 62056-5-3, 9.4.2),
 * exception-response and confirmed-service-error (9.5). */
#include "lib/dlms/apdu.h"

#include <stddef.h>

#define COUNT(t) (sizeof(t) / sizeof((t)[0]))

static const char *const diagnostics[] = {
    "null",
    "no-reason-given",
    "application-context-name-not-supported",
    "calling-AP-title-not-recognized",
    "calling-AP-invocation-identifier-not-recognized",
    "calling-AE-qualifier-not-recognized",
    "calling-AE-invocation-identifier-not-recognized",
    "called-AP-title-not-recognized",
    "called-AP-invocation-identifier-not-recognized",
    "called-AE-qualifier-not-recognized",
    "called-AE-invocation-identifier-not-recognized",
    "authentication-mechanism-name-not-recognised",
    "authentication-mechanism-name-required",
    "authentication-failure",
    "authentication-required",
};
static const char *const provider_diagnostics[] = {
    "null",
    "no-reason-given",
    "no-common-acse-version",
};
static const char *const mechanisms[] = {
    "none",        "LLS",       "HLS of the manufacturer",
    "HLS MD5",     "HLS SHA-1", "HLS GMAC",
    "HLS SHA-256", "HLS ECDSA",
};
static const char *const state_errors[] = {
    "unknown",
    "service-not-allowed",
    "service-unknown",
};
static const char *const service_errors[] = {
    "unknown",
    "operation-not-possible",
    "service-not-supported",
    "other-reason",
    "pdu-too-long",
    "deciphering-error",
    "invocation-counter-error",
};

/* ServiceError: a choice of kinds, each with values of its own. */
struct kind {
    const char *name;
    const char *values[8];
};
/* clang-format off */
static const struct kind kinds[] = {
    { "application-reference", { "other", "time-elapsed",
      "application-unreachable", "application-reference-invalid",
      "application-context-unsupported", "provider-communication-error",
      "deciphering-error" } },
    { "hardware-resource", { "other", "memory-unavailable",
      "processor-resource-unavailable", "mass-storage-unavailable",
      "other-resource-unavailable" } },
    { "vde-state-error", { "other", "no-dlms-context", "loading-data-set",
      "status-nochange", "status-inoperable" } },
    { "service", { "other", "pdu-size", "service-unsupported" } },
    { "definition", { "other", "object-undefined", "object-class-inconsistent",
      "object-attribute-inconsistent" } },
    { "access", { "other", "scope-of-access-violated",
      "object-access-violated", "hardware-fault", "object-unavailable" } },
    { "initiate", { "other", "dlms-version-too-low",
      "incompatible-conformance", "pdu-size-too-short",
      "refused-by-the-VDE-Handler" } },
    { "load-data-set", { "other", "primitive-out-of-sequence",
      "not-loadable", "dataset-size-too-large", "not-awaited-segment",
      "interpretation-failure", "storage-failure", "data-set-not-ready" } },
    { "change-scope", { "other" } },
    { "task", { "other", "no-remote-control", "ti-stopped", "ti-running",
      "ti-unusable" } },
    { "other", { "other" } },
};
/* clang-format on */

static const char *pick(const char *const *names, size_t n, uint8_t code)
{
    return code < n && names[code] != NULL ? names[code] : "unknown";
}

const char *dlms_diagnostic_name(uint8_t diagnostic)
{
    return pick(diagnostics, COUNT(diagnostics), diagnostic);
}

const char *dlms_provider_diagnostic_name(uint8_t diagnostic)
{
    return pick(provider_diagnostics, COUNT(provider_diagnostics), diagnostic);
}

const char *dlms_mechanism_name(uint8_t mechanism)
{
    return pick(mechanisms, COUNT(mechanisms), mechanism);
}

const char *dlms_state_error_name(uint8_t error)
{
    return pick(state_errors, COUNT(state_errors), error);
}

const char *dlms_service_error_name(uint8_t error)
{
    return pick(service_errors, COUNT(service_errors), error);
}

char *dlms_service_error_text(struct arena *a,
                              const struct dlms_service_error *e)
{
    const struct kind *k;

    if (e->kind >= COUNT(kinds))
        return arena_printf(a, "service error %u of kind %u", e->value,
                            e->kind);
    k = &kinds[e->kind];
    return arena_printf(a, "%s: %s", k->name,
                        pick(k->values, COUNT(k->values), e->value));
}
