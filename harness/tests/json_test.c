/* JSON as the driver reads it. */
#include "test.h"

#include <string.h>

#include "tool/json.h"

static void values_nest_and_commas_separate(void **state) {
    (void)state;
    char text[256] = "";
    FILE *stream = tmpfile();
    assert_non_null(stream);
    struct json json = {.stream = stream};
    json_object_begin(&json, NULL);
    json_number(&json, "most", UINT64_MAX);
    json_array_begin(&json, "list");
    json_text(&json, NULL, "a");
    json_null(&json, NULL);
    json_object_begin(&json, NULL);
    json_object_end(&json);
    json_array_end(&json);
    json_bool(&json, "yes", true);
    json_text(&json, "none", NULL);
    json_object_end(&json);
    json_line_end(&json);
    json_array_begin(&json, NULL);
    json_bool(&json, NULL, false);
    json_array_end(&json);
    json_line_end(&json);
    rewind(stream);
    size_t length = fread(text, 1, sizeof text - 1, stream);
    fclose(stream);
    text[length] = '\0';
    assert_string_equal(text, "{\"most\": 18446744073709551615, \"list\": [\"a\", null, {}], \"yes\": true, \"none\": null}\n[false]\n");
}

static void any_byte_may_stand_in_a_text(void **state) {
    (void)state;
    char text[256] = "";
    FILE *stream = tmpfile();
    assert_non_null(stream);
    struct json json = {.stream = stream};
    json_text(&json, NULL, "\"\\/\n\t\r\x01\x7f\x80\xff~ {");
    rewind(stream);
    size_t length = fread(text, 1, sizeof text - 1, stream);
    fclose(stream);
    text[length] = '\0';
    assert_string_equal(text, "\"\\\"\\\\/\\n\\t\\u000d\\u0001\\u007f\\u0080\\u00ff~ {\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_nest_and_commas_separate),
        cmocka_unit_test(any_byte_may_stand_in_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
