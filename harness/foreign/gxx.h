/* g++'s run-time library, as the library's C sees it. */
#ifndef EXCHAIN_FOREIGN_GXX_H
#define EXCHAIN_FOREIGN_GXX_H

#ifdef __cplusplus
extern "C" {
#endif

/* Calls `hook` before std::terminate aborts. */
void foreign_gxx_terminates_by(void (*hook)(void));
/* The unwinder knows the functions of these tables (an image's .eh_frame) from now on. */
void foreign_gxx_tables(const void *tables);
/* libgcc's search for the tables of the function at pc. Its first call sorts all that it knows, half a million instructions. */
const void *_Unwind_Find_FDE(void *pc, void *bases);

#ifdef __cplusplus
}
#endif

#endif
