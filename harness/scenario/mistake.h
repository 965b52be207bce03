/* The words of a mistake: what was found, what may stand there. Keeps to the room that struct scenario_error has. Portable C. */
#ifndef EXCHAIN_SCENARIO_MISTAKE_H
#define EXCHAIN_SCENARIO_MISTAKE_H

#include "facts.h"
#include "lex.h"
#include "writer.h"

/* Says where the mistake is; what is written into the answer becomes the message. */
struct writer mistake_at(struct scenario_error *error, unsigned line, unsigned column);

/* What was found, as messages name it: `word`, a long one cut; "a string"; "the end of the text". */
struct mistake_found { char text[32]; };
struct mistake_found mistake_found(const struct token *token);
struct mistake_found mistake_quote(const char *bytes, size_t length);

/* Adds one more word of a list, with a comma before all but the first; once the room is used up, `...` for all further ones. */
void mistake_list_word(struct writer *message, unsigned *listed, const char *word);
/* All words, or of the operations those that may stand on `side`. */
void mistake_list_words(struct writer *message, struct scenario_words words);
void mistake_list_operations(struct writer *message, enum scenario_side side);
/* The word that somebody who typed `word` meant, NULL where none is near. */
const char *mistake_nearest(struct scenario_words words, const char *word, size_t length);

#endif
