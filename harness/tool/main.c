/* exchain-scenario: the language, the model and the judge as a command for the host. The driver asks it; people may, too. */
#include "tool.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#endif

static const struct command {
    const char *name, *arguments, *purpose;
    enum tool_status (*run)(char **words);
} commands[] = {
    {"print", "[FILE...]", "the canonical form of each text, one line each (no file, or -: standard input)", command_print},
    {"model", "--list FILE", "what must happen: one JSON object for each text; FILE has one text a line", command_model},
    {"judge", "--list FILE --journal FILE [--hang] [--no-trace-when-pass]",
     "what happened against what must: one JSON object for each run of the journal, one more for the journal itself;\n"
     "      --hang: a watchdog ended the process", command_judge},
    {"expect", "CASEFILE...", "the annotations (#=) of case files against the model", command_expect},
    {"differences", "[--list FILE]", "the known differences of platforms: one JSON object for each, with the numbers of the texts it is about", command_differences},
    {"write-c", "--name NAME --target NAME --compiler COMMAND --output FILE [--origin WORDS] CASEFILE", "a case as a stand-alone C source", command_write_c},
    {"space", "--profile PROFILE --max-ops N", "how many texts there are, and of which operations they are made: one JSON object", command_space},
    {"texts", "--profile PROFILE --max-ops N [NUMBER...]", "the texts with these numbers, one line each", command_texts},
    {"edits", "--list FILE", "for each text those next to it, in which something is missing or one operation is another: one JSON object each", command_edits},
};
enum { COMMANDS_COUNT = sizeof commands / sizeof commands[0] };

static enum tool_status complain(enum tool_status status, const char *format, va_list arguments) {
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    return status;
}

enum tool_status tool_wrong_request(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    enum tool_status status = complain(TOOL_WRONG_REQUEST, format, arguments);
    va_end(arguments);
    return status;
}

enum tool_status tool_trouble(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    enum tool_status status = complain(TOOL_TROUBLE, format, arguments);
    va_end(arguments);
    return status;
}

enum tool_status tool_wrong_text(const char *file, unsigned lines_before, const struct scenario_error *error) {
    if (error->line == 0)
        return tool_trouble("%s%s%s", file != NULL ? file : "", file != NULL ? ": " : "", error->message);
    return tool_wrong_request("%s%s%u:%u: %s", file != NULL ? file : "", file != NULL ? ":" : "", lines_before + error->line, error->column,
                              error->message);
}

static void help(FILE *stream) {
    fprintf(stream, "usage: exchain-scenario COMMAND ...\n\n");
    for (int i = 0; i < COMMANDS_COUNT; i++)
        fprintf(stream, "  %s %s\n      %s\n", commands[i].name, commands[i].arguments, commands[i].purpose);
    fprintf(stream, "\nExit status: 0 fine; 1 something is not as expected; 2 the request is wrong; 3 the machine's trouble.\n");
}

/* What is said is the same everywhere, byte for byte. */
static void say_bytes(void) {
#ifdef _WIN32
    _setmode(_fileno(stdin), _O_BINARY);
    _setmode(_fileno(stdout), _O_BINARY);
#endif
}

int main(int count, char **words) {
    say_bytes();
    if (count < 2) {
        help(stderr);
        return TOOL_WRONG_REQUEST;
    }
    if (strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0) {
        help(stdout);
        return TOOL_FINE;
    }
    const struct command *command = commands;
    while (command < commands + COMMANDS_COUNT && strcmp(command->name, words[1]) != 0)
        command++;
    if (command == commands + COMMANDS_COUNT)
        return tool_wrong_request("unknown command `%s`, see exchain-scenario --help", words[1]);
    enum tool_status status = command->run(words + 2);
    if (fflush(stdout) != 0 || ferror(stdout))
        return tool_trouble("standard output: the answer could not be written whole");
    return status;
}
