/* Every mistake a text can have: where it is said to be, and in which words. And the limits, at their edge and one past it. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "programs.h"

static void expect_mistake_in(const char *text, size_t length, const char *mistake) {
    struct scenario_program program;
    struct scenario_error error;
    if (parse_exactly(text, length, &program, &error))
        fail_msg("`%.60s` was taken, expected `%s`", text, mistake);
    assert_int_equal(program.count, 0);
    assert_null(program.nodes);
    assert_null(program.text);
    char said[256];
    snprintf(said, sizeof said, "%u:%u: %s", error.line, error.column, error.message);
    assert_string_equal(said, mistake);
}

static void expect_mistake(const char *text, const char *mistake) {
    expect_mistake_in(text, strlen(text), mistake);
}

static void a_text_without_operations_is_a_mistake(void **state) {
    (void)state;
    expect_mistake("", "1:1: the text has no operation, expected at least one");
    expect_mistake(" \t\r\n # nothing\n", "3:1: the text has no operation, expected at least one");
}

static void unknown_operations_are_named_with_what_was_meant(void **state) {
    (void)state;
    expect_mistake("call { bak { } }", "1:8: unknown operation `bak`, did you mean `back`?");
    expect_mistake("Call { }", "1:1: unknown operation `Call`, did you mean `call`?");
    expect_mistake("yeild", "1:1: unknown operation `yeild`, did you mean `yield`?");
    expect_mistake("panic_on_fault { }", "1:1: unknown operation `panic_on_fault`, did you mean `panic-on-fault`?");
}

static void unknown_operations_are_answered_with_those_that_may_stand_there(void **state) {
    (void)state;
    expect_mistake("pass", "1:1: unknown operation `pass`, expected one of call, recover, defer, panic, goexit, panic-on-fault, lock, go, yield, "
                           "wait, sync, traceback, check, fault, ...");
    expect_mistake("call { pass }", "1:8: unknown operation `pass`, expected one of fault, clobber, repeat, back, via, args, seh, try, cxx, gxx, "
                                    "raise, throw, gthrow, setjmp, longjmp, thread, dll");
    expect_mistake("supercalifragilisticexpialidocious",
                   "1:1: unknown operation `supercalifragilisticexpi...`, expected one of call, recover, defer, panic, goexit, panic-on-fault, "
                   "lock, go, yield, wait, sync, ...");
}

static void operations_of_the_other_side_are_refused(void **state) {
    (void)state;
    expect_mistake("back { }", "1:1: `back` stands in foreign code, this block is managed; managed operations are call, recover, defer, panic, "
                               "goexit, panic-on-fault, lock, go, yield, wait, ...");
    expect_mistake("call {\n  recover { } }", "2:3: `recover` stands in managed code, this block is foreign; foreign operations are fault, "
                                              "clobber, repeat, back, via, args, seh, try, cxx, gxx, raise, throw, ...");
    expect_mistake("repeat 2 { raise 1 }", "1:12: `raise` stands in foreign code, this block is managed; managed operations are call, recover, "
                                           "defer, panic, goexit, panic-on-fault, lock, go, yield, wait, ...");
}

static void braces_must_pair(void **state) {
    (void)state;
    expect_mistake("}", "1:1: `}` closes nothing, expected an operation or the end of the text");
    expect_mistake("call { } }", "1:10: `}` closes nothing, expected an operation or the end of the text");
    expect_mistake("call { seh pass {", "1:18: the block opened at 1:17 is not closed, expected `}`");
    expect_mistake("recover { call {\n}\n", "3:1: the block opened at 1:9 is not closed, expected `}`");
    expect_mistake("{ }", "1:1: `{` opens no operation's block, expected an operation or the end of the text");
    expect_mistake("recover { panic { } }", "1:17: `{` opens no operation's block, expected an operation or `}`");
}

static void blocks_must_follow_their_operations(void **state) {
    (void)state;
    expect_mistake("call", "1:5: found the end of the text, expected `{` after `call`");
    expect_mistake("call panic", "1:6: found `panic`, expected `{` after `call`");
    expect_mistake("call { seh pass }", "1:17: found `}`, expected `{` after `seh`");
    expect_mistake("call 7 { }", "1:6: found `7`, expected `{` after `call`");
    expect_mistake("recover \"a!b\" { }", "1:9: found a string, expected `{` after `recover`");
    expect_mistake("defer { }", "1:10: found the end of the text, expected `{` and a second block of `defer`");
    expect_mistake("recover { defer { check } }", "1:27: found `}`, expected `{` and a second block of `defer`");
}

static void numbers_must_be_numbers(void **state) {
    (void)state;
    expect_mistake("check 5", "1:7: `5` follows nothing that takes a number, expected an operation or the end of the text");
    expect_mistake("recover { panic 1 2 }", "1:19: `2` follows nothing that takes a number, expected an operation or `}`");
    expect_mistake("panic -1", "1:7: `-1` is no number, expected decimal digits, or 0x and hexadecimal digits");
    expect_mistake("panic 0x", "1:7: `0x` is no number, expected decimal digits, or 0x and hexadecimal digits");
    expect_mistake("panic 0X1", "1:7: `0X1` is no number, expected decimal digits, or 0x and hexadecimal digits");
    expect_mistake("panic 12ab", "1:7: `12ab` is no number, expected decimal digits, or 0x and hexadecimal digits");
    expect_mistake("panic 99999999999g", "1:7: `99999999999g` is no number, expected decimal digits, or 0x and hexadecimal digits");
    expect_mistake("repeat { }", "1:8: found `{`, expected a number after `repeat`");
    expect_mistake("sync two", "1:6: found `two`, expected a number after `sync`");
    expect_mistake("call { raise }", "1:14: found `}`, expected a number after `raise`");
    expect_mistake("call { args cdecl { } }", "1:19: found `{`, expected a number after `args`");
}

static void numbers_keep_to_their_range(void **state) {
    (void)state;
    expect_mistake("panic 4294967296", "1:7: `4294967296` is out of range, expected 0 to 4294967295 after `panic`");
    expect_mistake("panic 0x100000000", "1:7: `0x100000000` is out of range, expected 0 to 4294967295 after `panic`");
    expect_mistake("panic 18446744073709551616", "1:7: `18446744073709551616` is out of range, expected 0 to 4294967295 after `panic`");
    expect_mistake("repeat 0 { }", "1:8: `0` is out of range, expected 1 to 4294967295 after `repeat`");
    expect_mistake("repeat 0x0 { }", "1:8: `0x0` is out of range, expected 1 to 4294967295 after `repeat`");
    expect_mistake("call { args cdecl 10 { } }", "1:19: `10` is out of range, expected 0 to 9 after `args`");
}

static void kinds_must_be_known(void **state) {
    (void)state;
    expect_mistake("call { seh pas { } }", "1:12: unknown kind `pas` after `seh`, did you mean `pass`?");
    expect_mistake("call { seh oops { } }", "1:12: unknown kind `oops` after `seh`, expected a kind: pass, catch, resume, finally, refault, leak");
    expect_mistake("call { try { } }", "1:12: found `{` after `try`, expected a kind: pass, catch, resume, finally, refault, leak");
    expect_mistake("call { cxx 7 { } }", "1:12: found `7` after `cxx`, expected a kind: pass, catch, resume, finally, refault, leak");
    expect_mistake("call { seh refault nil-raed { } }", "1:20: unknown kind `nil-raed` after `refault`, did you mean `nil-read`?");
    expect_mistake("call { seh refault pass { } }", "1:20: unknown kind `pass` after `refault`, expected a kind: nil-read, nil-write, nil-exec, wild-read, wild-write, "
                                                    "noexec, div0, idiv-overflow, into, bound, ud2, ...");
    expect_mistake("call { seh pass div0 { } }", "1:17: found `div0`, expected `{` after `seh`");
    expect_mistake("call { seh refault div0 div0 { } }", "1:25: found `div0`, expected `{` after `seh`");
    expect_mistake("fault", "1:6: found the end of the text after `fault`, expected a kind: nil-read, nil-write, nil-exec, wild-read, wild-write, "
                            "noexec, div0, idiv-overflow, into, bound, ...");
    expect_mistake("fault nil-raed", "1:7: unknown kind `nil-raed` after `fault`, did you mean `nil-read`?");
    expect_mistake("call { via nobody { } }", "1:12: unknown carrier `nobody` after `via`, expected a carrier: enumwindows, enumtimeformats, qsort, "
                                              "bsearch, wndproc, apc, timer, threadpool, fiber, ...");
    expect_mistake("call { via { } }", "1:12: found `{` after `via`, expected a carrier: enumwindows, enumtimeformats, qsort, bsearch, wndproc, "
                                       "apc, timer, threadpool, fiber, createthread");
    expect_mistake("call { args fastcall 1 { } }", "1:13: unknown calling convention `fastcall` after `args`, expected a calling convention: "
                                                   "cdecl, stdcall");
    expect_mistake("call { raise 1 noncontinuabel }", "1:16: unknown word `noncontinuabel` after `raise`, did you mean `noncontinuable`?");
}

static void strings_stand_after_dll_only(void **state) {
    (void)state;
    expect_mistake("\"a!b\"", "1:1: a string stands only after `dll`, expected an operation or the end of the text");
    expect_mistake("recover { panic \"7\" }", "1:17: a string stands only after `dll`, expected an operation or `}`");
    expect_mistake("call { dll { } }", "1:12: found `{`, expected a string \"FILE!SYMBOL\" after `dll`");
    expect_mistake("call { dll a!b { } }", "1:12: found `a`, expected a string \"FILE!SYMBOL\" after `dll`");
}

static void strings_name_one_symbol_of_one_file(void **state) {
    (void)state;
    static const char *const wrong[] = {"", "abc", "a!", "!b", "!", "a!b!c", "a!!b"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char text[64], mistake[160];
        snprintf(text, sizeof text, "call { dll \"%s\" { } }", wrong[i]);
        snprintf(mistake, sizeof mistake, "1:12: the string `%s` is no symbol of a file, expected \"FILE!SYMBOL\" with one `!`", wrong[i]);
        expect_mistake(text, mistake);
    }
}

static void strings_end_on_their_line(void **state) {
    (void)state;
    expect_mistake("call { dll \"a!b { } }", "1:12: the string is not closed, expected `\"` before the end of the line");
    expect_mistake("call { dll \"a!b\n\" { } }", "1:12: the string is not closed, expected `\"` before the end of the line");
    expect_mistake("call { dll \"", "1:12: the string is not closed, expected `\"` before the end of the line");
    expect_mistake("call { dll \"a\tb!c\" { } }", "1:14: the byte 0x09 is a control character, expected ASCII text");
}

static void bytes_that_mean_nothing_are_refused(void **state) {
    (void)state;
    expect_mistake("check;", "1:6: `;` has no meaning here, expected words, numbers, `{`, `}` or a # comment");
    expect_mistake("check \xc3\xa9", "1:7: the byte 0xc3 is not ASCII, expected ASCII text");
    expect_mistake("check # caf\xc3\xa9", "1:12: the byte 0xc3 is not ASCII, expected ASCII text");
    expect_mistake("check\n# \x01", "2:3: the byte 0x01 is a control character, expected ASCII text");
    expect_mistake("check \v", "1:7: the byte 0x0b is a control character, expected ASCII text");
    expect_mistake("check \x7f", "1:7: the byte 0x7f is a control character, expected ASCII text");
    expect_mistake_in("check\0", 6, "1:6: the byte 0x00 is a control character, expected ASCII text");
    expect_mistake_in("# \0", 3, "1:3: the byte 0x00 is a control character, expected ASCII text");
    expect_mistake_in("call { dll \"a\0!b\" { } }", 23, "1:14: the byte 0x00 is a control character, expected ASCII text");
}

/* `count` times `piece`, to be freed. */
static char *repeated(const char *piece, size_t count, const char *after) {
    size_t length = strlen(piece);
    char *text = malloc(count * length + strlen(after) + 1);
    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * length, piece, length);
    strcpy(text + count * length, after);
    return text;
}

/* The text with `most` pieces is taken, with one more it is refused. */
static void expect_limit(const char *before, const char *piece, size_t most, const char *after, const char *mistake) {
    for (size_t more = 0; more <= 1; more++) {
        char *end = repeated(piece, most + more, after);
        char *text = repeated(before, 1, end);
        if (more > 0) {
            expect_mistake(text, mistake);
        } else {
            struct scenario_program program = parse_right(text);
            scenario_program_free(&program);
        }
        free(text);
        free(end);
    }
}

static void a_text_has_4096_operations_at_most(void **state) {
    (void)state;
    expect_limit("", "check ", 4096, "", "1:24577: one operation too many, expected at most 4096 in a text");
    char *text = repeated("check ", 4096, "");
    struct scenario_program program = parse_right(text);
    assert_int_equal(program.count, 4097);
    assert_int_equal(program.nodes[4095].next, 4096);
    scenario_program_free(&program);
    free(text);
}

static void blocks_nest_64_deep_at_most(void **state) {
    (void)state;
    char *closing = repeated("}", 64, "");
    expect_limit("", "recover{", 64, closing, "1:520: one nested block too many, expected at most 64 inside each other");
    free(closing);
    char *beside = repeated("recover { } ", 65, "");
    struct scenario_program program = parse_right(beside);
    assert_int_equal(program.count, 66);
    scenario_program_free(&program);
    free(beside);
}

static void a_text_has_a_mebibyte_at_most(void **state) {
    (void)state;
    expect_limit("check", "#", 1048576 - 5, "", "1:1: the text is too long, expected at most 1048576 bytes");
}

static void numbers_and_strings_have_a_greatest_length(void **state) {
    (void)state;
    expect_limit("panic ", "0", 64, "", "1:7: `000000000000000000000000...` is too long, expected at most 64 digits");
    expect_limit("call { dll \"", "a", 1022, "!b\" { } }", "1:12: the string is too long, expected at most 1024 characters");
}

static void lines_and_columns_count_far(void **state) {
    (void)state;
    char *text = repeated("\n", 100000, "check chek");
    expect_mistake(text, "100001:7: unknown operation `chek`, did you mean `check`?");
    free(text);
    text = repeated(" ", 100000, "check");
    struct scenario_program program = parse_right(text);
    assert_int_equal(program.nodes[1].column, 100001);
    scenario_program_free(&program);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_without_operations_is_a_mistake),
        cmocka_unit_test(unknown_operations_are_named_with_what_was_meant),
        cmocka_unit_test(unknown_operations_are_answered_with_those_that_may_stand_there),
        cmocka_unit_test(operations_of_the_other_side_are_refused),
        cmocka_unit_test(braces_must_pair),
        cmocka_unit_test(blocks_must_follow_their_operations),
        cmocka_unit_test(numbers_must_be_numbers),
        cmocka_unit_test(numbers_keep_to_their_range),
        cmocka_unit_test(kinds_must_be_known),
        cmocka_unit_test(strings_stand_after_dll_only),
        cmocka_unit_test(strings_name_one_symbol_of_one_file),
        cmocka_unit_test(strings_end_on_their_line),
        cmocka_unit_test(bytes_that_mean_nothing_are_refused),
        cmocka_unit_test(a_text_has_4096_operations_at_most),
        cmocka_unit_test(blocks_nest_64_deep_at_most),
        cmocka_unit_test(a_text_has_a_mebibyte_at_most),
        cmocka_unit_test(numbers_and_strings_have_a_greatest_length),
        cmocka_unit_test(lines_and_columns_count_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
