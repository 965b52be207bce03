/* A mapped file that was cut short underneath. */
#ifndef EXCHAIN_INJECT_CUT_SHORT_H
#define EXCHAIN_INJECT_CUT_SHORT_H

/* A page of a mapped file behind the file's end: reading it is an input that fails. The file is temporary and goes with the process.
 * Windows itself cuts no file that is mapped; on Wine the host does. Elsewhere the page stays readable: differences.def says so.
 * Any stack: the work is done on a thread of its own. A machine where no file can be made ends the process (3), with a line on standard error. */
void *cut_short_map(void);

#endif
