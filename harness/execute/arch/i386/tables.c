/* i386: where the unwind tables of this image begin. g++'s unwinder walks by them; GCC writes them for C as well.
 *
 * The linker gives their beginning no name. GCC's start-up code (crtbegin.o) knows it, and registers it with libgcc's unwinder where one is linked, through a weak
 * reference. In an image of C alone there is none; here is one, which remembers. */
#include "machine.h"

static const void *tables;

void __register_frame_info(const void *begin, void *object);
void *__deregister_frame_info(const void *begin);

void __register_frame_info(const void *begin, void *object) {
    (void)object;
    tables = begin;
}

void *__deregister_frame_info(const void *begin) {
    (void)begin;
    return 0;
}

const void *machine_unwind_tables(void) { return tables; }
