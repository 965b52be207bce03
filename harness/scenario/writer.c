#include "writer.h"

#include <stdio.h>
#include <string.h>

struct writer writer_begin(char *buffer, size_t size) {
    if (size > 0)
        buffer[0] = '\0';
    return (struct writer){buffer, size, 0};
}

void writer_bytes(struct writer *writer, const char *bytes, size_t length) {
    if (writer->length + 1 < writer->size) {
        size_t room = writer->size - 1 - writer->length;
        size_t stored = length < room ? length : room;
        memcpy(writer->buffer + writer->length, bytes, stored);
        writer->buffer[writer->length + stored] = '\0';
    }
    writer->length += length;
}

void writer_text(struct writer *writer, const char *text) {
    writer_bytes(writer, text, strlen(text));
}

void writer_decimal(struct writer *writer, uint64_t value) {
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    writer_bytes(writer, digits + first, sizeof digits - first);
}

static void hexadecimal(struct writer *writer, uint32_t value, const char *alphabet) {
    char digits[8];
    for (int i = 8; i-- > 0; value >>= 4)
        digits[i] = alphabet[value & 15];
    writer_bytes(writer, digits, sizeof digits);
}

void writer_status(struct writer *writer, uint32_t value) {
    hexadecimal(writer, value, "0123456789abcdef");
}

void writer_code(struct writer *writer, uint32_t value) {
    writer_text(writer, "0x");
    hexadecimal(writer, value, "0123456789ABCDEF");
}

void writer_format_list(struct writer *writer, const char *format, va_list arguments) {
    char *place = NULL;
    size_t room = 0;
    if (writer->length < writer->size) {
        place = writer->buffer + writer->length;
        room = writer->size - writer->length;
    }
    int length = vsnprintf(place, room, format, arguments);
    if (length > 0)
        writer->length += (size_t)length;
}

void writer_format(struct writer *writer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    writer_format_list(writer, format, arguments);
    va_end(arguments);
}

void writer_column(struct writer *writer, size_t column) {
    do
        writer_bytes(writer, " ", 1);
    while (writer->length < column);
}
