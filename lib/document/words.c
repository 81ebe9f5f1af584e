/* The words of documents: the site looks them up, a job keeps them. */
#include "lib/document/inner.h"

#include <string.h>

const char *const document_word_names[] = {
    "Doc.Daily",
    "Doc.DailyOne",
    "Doc.Balance",
    "Doc.Receipts",
    "Doc.Receipt",
    "Doc.Period",
    "Doc.Group",
    "Doc.AllMeters",
    "Doc.Meter",
    "Doc.Account",
    "Doc.Serial",
    "Doc.Day",
    "Doc.Volume",
    "Doc.Delta",
    "Doc.Temperature",
    "Doc.Pressure",
    "Doc.State",
    "Doc.Subscriber",
    "Doc.Address",
    "Doc.Page",
    "Doc.Meters",
    "Doc.NoArchive",
    "Doc.Begin",
    "Doc.End",
    "Doc.Used",
    "Doc.Mark",
    "Doc.MarkBegin",
    "Doc.MarkEnd",
    "Doc.MarkBoth",
    "Doc.MarkNone",
    "Doc.GroupTotal",
    "Doc.BalanceMeter",
    "Doc.BalanceManual",
    "Doc.Imbalance",
    "Doc.ImbalancePercent",
    "Doc.Interpolated",
    "Doc.NoData",
    "Doc.Unseen",
    "Doc.Formula",
    "Doc.Edges",
    "Doc.What",
    "Doc.Cubic",
    "Doc.Skipped",
    "Doc.SkippedOther",
    "Doc.Subscribers",
    "State.tamper",
    "State.button",
    "State.cover",
    "State.overflow",
    "State.leak",
    "State.battery",
    "State.radio",
    "State.reverse",
    "State.channel",
    "State.thermo",
    "State.module",
    "State.gas",
    "State.sim",
    "State.smallleak",
    "State.noise",
    "State.closedflow",
    "BankField.payee",
    "BankField.inn",
    "BankField.kpp",
    "BankField.account",
    "BankField.bank_name",
    "BankField.bic",
    "BankField.corr_account",
    "BankFault.missing",
    "BankFault.digits",
    "BankFault.length",
    "BankFault.shape",
    "BankFault.key",
    NULL,
};

const char *document_word(const struct document_words *words, const char *name)
{
    for (size_t i = 0; i < words->n; i++) {
        if (strcmp(words->names[i], name) == 0)
            return words->words[i];
    }
    return name;
}

const char *w(const struct document *d, const char *name)
{
    return document_word(d->words, name);
}
