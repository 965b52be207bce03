/* write-c: a case as a stand-alone source. The file appears whole or not at all. */
#include <stdio.h>
#include <string.h>

#include "scenario/write_c.h"
#include "tool.h"

enum tool_status command_write_c(char **words) {
    static const char usage[] = "write-c: expected --name NAME, --target NAME, --compiler COMMAND, --output FILE, --origin WORDS and one case file";
    struct scenario_c_header header = {NULL, NULL, NULL, NULL};
    const char *output = NULL, *file = NULL;
    const struct {
        const char *option, **value;
    } options[] = {{"--name", &header.name}, {"--target", &header.target}, {"--compiler", &header.compiler}, {"--origin", &header.origin}, {"--output", &output}};
    for (; *words; words++) {
        const char **value = NULL;
        for (size_t index = 0; index < sizeof options / sizeof *options; index++)
            if (!strcmp(*words, options[index].option))
                value = options[index].value;
        if (!value && !file && **words != '-')
            file = *words;
        else if (value && words[1])
            *value = *++words;
        else
            return tool_wrong_request("%s", usage);
    }
    if (!header.name || !header.target || !header.compiler || !output || !file)
        return tool_wrong_request("%s", usage);
    if (!header.origin)
        header.origin = file;
    struct tool_file text;
    enum tool_status status = tool_read(file, &text);
    if (status != TOOL_FINE)
        return status;
    struct scenario_program program;
    struct scenario_error error;
    if (!scenario_parse(text.bytes, text.length, &program, &error)) {
        tool_file_free(&text);
        return tool_wrong_text(file, 0, &error);
    }
    tool_file_free(&text);
    char unfinished[4096];
    snprintf(unfinished, sizeof unfinished, "%s.unfinished", output);
    FILE *out = fopen(unfinished, "w");
    bool written = out && scenario_write_c(&program, &header, out);
    if (out && fclose(out))
        written = false;
    scenario_program_free(&program);
    if (!written || rename(unfinished, output)) {
        remove(unfinished);
        return tool_trouble("%s: cannot be written: is the folder there, the disk full?", output);
    }
    return TOOL_FINE;
}
