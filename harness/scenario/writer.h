/* Writes text into a buffer of a fixed size as snprintf does: counts everything, stores what fits, always ends in NUL. No heap. Portable C. */
#ifndef EXCHAIN_SCENARIO_WRITER_H
#define EXCHAIN_SCENARIO_WRITER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct writer {
    char *buffer;
    size_t size;
    size_t length; /* of the whole text, as if the buffer had no end */
};

/* A buffer of size 0 may be NULL: then the text is only measured. */
struct writer writer_begin(char *buffer, size_t size);
void writer_bytes(struct writer *writer, const char *bytes, size_t length);
void writer_text(struct writer *writer, const char *text);
void writer_decimal(struct writer *writer, uint64_t value);
/* Eight digits, lower case: how traces spell an NTSTATUS. */
void writer_status(struct writer *writer, uint32_t value);
/* 0x and eight digits, upper case: how people spell a code. */
void writer_code(struct writer *writer, uint32_t value);
void writer_format(struct writer *writer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void writer_format_list(struct writer *writer, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));
/* Blanks up to `column` (from 0); one blank where the text is there already or past it. */
void writer_column(struct writer *writer, size_t column);

#endif
