/* The words of a document in the language of whoever asks for it. */
#include "cgi-bin/web/words.h"

struct document_words words_named(struct req *r, const char *const *names)
{
    struct document_words w = { .names = names };
    const char **words;

    while (w.names[w.n] != NULL)
        w.n++;
    words = arena_alloc(r->arena, w.n * sizeof(*words));
    for (size_t i = 0; i < w.n; i++)
        words[i] = word(r, w.names[i]);
    w.words = words;
    return w;
}
