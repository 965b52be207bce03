/* The annotations of a case file: what its author says that happens, against what the model says. Portable C.
 *
 *     # A panic in a callback wipes the C frames between.
 *     recover {                #= recovered 7 T
 *         call {
 *             seh pass {
 *                 back {
 *                     panic 7  #= panic 7 C1 F1 T
 *                 }
 *             }
 *         }                    #= depth 1
 *     }
 *     #= outcome ok
 *
 * A comment that begins with #= holds items, separated by semicolons. They belong to the operations whose words stand on the same line; on a line
 * without such a word, to the operation that the line's last } closes. An item holds when one event of one of these operations has all
 * its words, in their order, among the words of its line of text; behind a | stands the whole chain, nothing left out. `outcome WORDS` states how the whole ends, once a file, on any line.
 * A case file begins with a comment that says why it exists. */
#ifndef EXCHAIN_TOOL_EXPECTATIONS_H
#define EXCHAIN_TOOL_EXPECTATIONS_H

#include "model/model.h"

/* Gets each mistake, in the order of the lines; one line of text. */
typedef void expectations_report(void *context, unsigned line, const char *mistake);

struct expectations_result {
    unsigned mistakes;
    unsigned held; /* items that were compared with the model and agree */
};

/* Of a prediction that the model could not make, nothing is compared: then only the annotations' form is looked at. */
struct expectations_result expectations_check(const struct scenario_program *program, const struct model_prediction *prediction,
                                              expectations_report *report, void *context);

#endif
