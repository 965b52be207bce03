/* A runtime that tells which of its basic blocks were reached. A DLL that does so exports one function more. */
#ifndef EXCHAIN_COVERED_H
#define EXCHAIN_COVERED_H

#include <stdint.h>

struct adapter_cover {
    uint8_t *marks; /* a byte for each of the image: 1 where a block says that it was reached, which is behind a call that the compiler put there */
    uint32_t size;  /* bytes; blocks further on are not told of */
    uint32_t news;  /* marks that were made, since somebody last set it to 0 */
};
#define ADAPTER_COVER_EXPORT "exchain_adapter_cover"
/* From now on: there. The marks stay what they are. */
void exchain_adapter_cover(struct adapter_cover *cover);

#endif
