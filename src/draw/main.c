/* The drawing program: a referrer graph, or a chart, as lines on standard input, a picture
 * on standard output, messages on standard error.
 *
 *     _draw -T dot|svg|png|pdf [options] <graph.lines >picture
 *
 * It ends with status 0 only when the whole picture was written; otherwise
 * the last line on standard error says why not. */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/error.h"
#include "draw/chart_dot.h"
#include "draw/dot.h"
#include "draw/exit.h"
#include "draw/layout.h"
#include "draw/limits.h"
#include "draw/svg.h"
#include "line/line_view.h"
#include "view/view.h"
#include "render/fit.h"

#define NAME "referrers-draw: "

/* A day: beyond that a timer is no limit. */
#define MAX_TIMEOUT 86400.0

enum { READ_SIZE = 65536, MAX_ID = 64 };

/* MiB of address space.  AddressSanitizer reserves terabytes of it. */
#ifdef __SANITIZE_ADDRESS__
enum { DEFAULT_MEMORY = 0 };
#else
enum { DEFAULT_MEMORY = 4096 };
#endif

enum { FORMAT_DOT, FORMAT_SVG, FORMAT_PNG, FORMAT_PDF, FORMAT_COUNT };

static const char *const formats[FORMAT_COUNT] = {"dot", "svg", "png", "pdf"};

static const char *const themes[] = {"light", "dark", "auto", "page", NULL};
static const enum rg__svg_mode modes[] = {RG__MODE_NONE, RG__MODE_NONE,
                                          RG__MODE_SYSTEM, RG__MODE_PAGE};
static const char *const backgrounds[] = {"opaque", "transparent", NULL};

struct arguments {
    int format;
    bool status_line;
    enum rg__svg_mode mode;
    struct rg__limits limits;
    struct rg_view_options view;
    struct rg__dot_options dot;
    enum rg_direction direction;
};

static const char usage[] =
    "usage: _draw -T dot|svg|png|pdf [options] <graph.lines >picture\n"
    "  -T, --format FORMAT      what to write (dot)\n"
    "      --timeout SECONDS    wall-clock time allowed (none)\n"
    "      --cpu-limit SECONDS  processor time allowed (as --timeout)\n"
    "      --memory-limit MIB   address space allowed (4096; 0: no limit)\n"
    "      --max-objects N      objects drawn at most (40), where the graph comes\n"
    "                           without its view\n"
    "      --title TEXT         title of the picture\n"
    "      --addresses          show where objects are\n"
    "      --rankdir TB|LR|auto direction (auto)\n"
    "      --theme light|dark|auto|page\n"
    "                           colours (auto: SVG follows the system; page: and\n"
    "                           the switch of the page that it is a part of;\n"
    "                           others are light)\n"
    "      --background opaque|transparent\n"
    "                           what is behind it (opaque)\n"
    "      --id-prefix NAME     how ids in SVG begin (a hash of the content)\n"
    "      --status-line        end the messages with one line that says how\n"
    "                           it went\n"
    "      --version            versions of this program and of Graphviz\n"
    "      --help               this text\n";

enum {
    OPTION_TIMEOUT = 256,
    OPTION_CPU_LIMIT,
    OPTION_MEMORY_LIMIT,
    OPTION_MAX_OBJECTS,
    OPTION_TITLE,
    OPTION_ADDRESSES,
    OPTION_RANKDIR,
    OPTION_THEME,
    OPTION_BACKGROUND,
    OPTION_ID_PREFIX,
    OPTION_STATUS_LINE,
    OPTION_VERSION,
    OPTION_HELP
};

static const struct option options[] = {
    {"format", required_argument, NULL, 'T'},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"cpu-limit", required_argument, NULL, OPTION_CPU_LIMIT},
    {"memory-limit", required_argument, NULL, OPTION_MEMORY_LIMIT},
    {"max-objects", required_argument, NULL, OPTION_MAX_OBJECTS},
    {"title", required_argument, NULL, OPTION_TITLE},
    {"addresses", no_argument, NULL, OPTION_ADDRESSES},
    {"rankdir", required_argument, NULL, OPTION_RANKDIR},
    {"theme", required_argument, NULL, OPTION_THEME},
    {"background", required_argument, NULL, OPTION_BACKGROUND},
    {"id-prefix", required_argument, NULL, OPTION_ID_PREFIX},
    {"status-line", no_argument, NULL, OPTION_STATUS_LINE},
    {"version", no_argument, NULL, OPTION_VERSION},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0}};

/* Ends the program on a wrong command line. */
static _Noreturn void fail_usage(const char *option, const char *value)
{
    fprintf(stderr, NAME "%s: wrong value: %s\n", option, value);
    exit(RG__EXIT_USAGE);
}

static double parse_limit(const char *option, const char *value)
{
    char *end;
    double seconds = strtod(value, &end);
    if (end == value || *end != '\0' || !isfinite(seconds) || seconds < 0)
        fail_usage(option, value);
    return seconds < MAX_TIMEOUT ? seconds : MAX_TIMEOUT;
}

static unsigned long parse_count(const char *option, const char *value,
                                 unsigned long most)
{
    char *end;
    errno = 0;
    unsigned long count = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0)
        fail_usage(option, value);
    return count < most ? count : most;
}

static int parse_format(const char *value)
{
    for (int i = 0; i < FORMAT_COUNT; i++)
        if (strcmp(value, formats[i]) == 0)
            return i;
    fail_usage("-T", value);
}

/* The place of a word in a list that ends with NULL. */
static int parse_word(const char *option, const char *value,
                      const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(value, words[i]) == 0)
            return i;
    fail_usage(option, value);
}

/* What is an id in XML, CSS and a URL without any escape. */
static const char *parse_id(const char *option, const char *value)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t size = strlen(value);
    char all[sizeof letters + 16];
    snprintf(all, sizeof all, "%s0123456789_-", letters);
    if (size == 0 || size > MAX_ID || strchr(letters, value[0]) == NULL ||
        strspn(value, all) != size)
        fail_usage(option, value);
    return value;
}

static enum rg_direction parse_direction(const char *value)
{
    if (strcmp(value, "auto") == 0)
        return RG_AUTOMATIC;
    if (strcmp(value, "TB") == 0)
        return RG_TOP_TO_BOTTOM;
    if (strcmp(value, "LR") == 0)
        return RG_LEFT_TO_RIGHT;
    fail_usage("--rankdir", value);
}

static _Noreturn void print_version(void)
{
    rg__layout_version(stdout);
    exit(fflush(stdout) == 0 ? RG__EXIT_DRAWN : RG__EXIT_FAILED);
}

static _Noreturn void print_help(void)
{
    fputs(usage, stdout);
    exit(fflush(stdout) == 0 ? RG__EXIT_DRAWN : RG__EXIT_FAILED);
}

static void parse_option(struct arguments *arguments, int option)
{
    switch (option) {
    case 'T':
        arguments->format = parse_format(optarg);
        break;
    case OPTION_TIMEOUT:
        arguments->limits.timeout = parse_limit("--timeout", optarg);
        break;
    case OPTION_CPU_LIMIT:
        arguments->limits.cpu_limit = parse_limit("--cpu-limit", optarg);
        break;
    case OPTION_MEMORY_LIMIT:
        arguments->limits.memory =
            parse_count("--memory-limit", optarg, 1UL << 30);
        break;
    case OPTION_MAX_OBJECTS:
        arguments->view.max_objects =
            parse_count("--max-objects", optarg, 1000000);
        if (arguments->view.max_objects == 0)
            fail_usage("--max-objects", optarg);
        break;
    case OPTION_TITLE:
        arguments->dot.title = optarg;
        break;
    case OPTION_ADDRESSES:
        arguments->dot.addresses = true;
        break;
    case OPTION_RANKDIR:
        arguments->direction = parse_direction(optarg);
        break;
    case OPTION_THEME:
        arguments->dot.dark = parse_word("--theme", optarg, themes) == 1;
        arguments->mode = modes[parse_word("--theme", optarg, themes)];
        break;
    case OPTION_BACKGROUND:
        arguments->dot.transparent =
            parse_word("--background", optarg, backgrounds) == 1;
        break;
    case OPTION_ID_PREFIX:
        arguments->dot.id_prefix = parse_id("--id-prefix", optarg);
        break;
    case OPTION_STATUS_LINE:
        arguments->status_line = true;
        break;
    case OPTION_VERSION:
        print_version();
    case OPTION_HELP:
        print_help();
    default: /* getopt has said what is wrong */
        exit(RG__EXIT_USAGE);
    }
}

static void parse_arguments(struct arguments *arguments, int argc, char **argv)
{
    /* getopt begins its messages with this. */
    static char name[] = "referrers-draw";
    argv[0] = name;
    for (;;) {
        int option = getopt_long(argc, argv, "T:", options, NULL);
        if (option == -1)
            break;
        parse_option(arguments, option);
    }
    if (optind < argc)
        fail_usage("argument", argv[optind]);
}

static enum rg_status read_input(struct rg_buffer *input,
                                 struct rg_error *error)
{
    static char piece[READ_SIZE];
    for (;;) {
        ssize_t size = read(0, piece, sizeof piece);
        if (size == 0)
            return RG_OK;
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return rg_error_set(error, RG_EIO, "cannot read the graph: %s",
                                strerror(errno));
        if (rg_buffer_append(input, piece, (size_t)size) < 0)
            return rg_error_no_memory(error);
    }
}

static enum rg_status write_output(const struct rg_buffer *output,
                                   struct rg_error *error)
{
    size_t written = fwrite(output->data, 1, output->size, stdout);
    if (written != output->size || fflush(stdout) != 0 || ferror(stdout))
        return rg_error_set(error, RG_EIO, "cannot write the picture: %s",
                            strerror(errno));
    return RG_OK;
}

/* Renders what has been laid out as DOT, and finishes it. */
static enum rg_status render(const struct arguments *arguments,
                             struct rg__svg_of of, Agraph_t *graph,
                             const struct rg__layout_again *again,
                             struct rg_buffer *output,
                             struct rg_buffer *messages, struct rg_error *error)
{
    struct rg_buffer raw = {0};
    struct rg__svg_options svg = {.id = agget(graph, (char *)"id"),
                                  .title = arguments->dot.title,
                                  .mode = arguments->mode,
                                  .addresses = arguments->dot.addresses};
    if (arguments->format != FORMAT_SVG)
        return rg__layout_render(graph, again, formats[arguments->format],
                                 output, messages, error);
    enum rg_status status =
        rg__layout_render(graph, again, "svg", &raw, messages, error);
    if (status == RG_OK)
        status = rg__svg_finish(&raw, of, &svg, output, error);
    rg_buffer_free(&raw);
    return status;
}

struct viewed {
    const struct rg_view *view;
    const struct rg__dot_options *dot;
};

static Agraph_t *view_again(void *context)
{
    const struct viewed *viewed = context;
    return rg__dot_new(viewed->view, viewed->dot, NULL);
}

static enum rg_status draw_view(const struct arguments *arguments,
                                const struct rg_view *view,
                                struct rg_buffer *output,
                                struct rg_buffer *messages,
                                struct rg_error *error)
{
    struct rg__dot_options dot = arguments->dot;
    dot.tooltips = arguments->format == FORMAT_DOT;
    struct viewed viewed = {view, &dot};
    const struct rg__layout_again again = {view_again, &viewed};
    Agraph_t *graph = rg__dot_new(view, &dot, error);
    if (graph == NULL)
        return RG_ENOMEM;
    enum rg_status status =
        arguments->format == FORMAT_DOT
            ? rg__dot_write(graph, output, error)
            : render(arguments, (struct rg__svg_of){.view = view}, graph,
                     &again, output, messages, error);
    /* The graph goes with the process: see rg__layout_render. */
    return status;
}

static enum rg_status draw_chart(const struct arguments *arguments,
                                 const struct rg_buffer *input,
                                 struct rg_buffer *output,
                                 struct rg_buffer *messages,
                                 struct rg_error *error)
{
    struct rg_chart chart;
    struct rg__dot_options dot = arguments->dot;
    enum rg_status status =
        rg_chart_read(input->data, input->size, &chart, error);
    if (status != RG_OK)
        return status;
    if (arguments->direction != RG_AUTOMATIC)
        chart.across = arguments->direction == RG_LEFT_TO_RIGHT;
    dot.tooltips = arguments->format == FORMAT_DOT;
    Agraph_t *graph = rg__chart_dot_new(&chart, &dot, error);
    if (graph == NULL)
        status = RG_ENOMEM;
    else if (arguments->format == FORMAT_DOT)
        status = rg__dot_write(graph, output, error);
    else
        status = render(arguments, (struct rg__svg_of){.chart = &chart}, graph,
                        NULL, output, messages, error);
    rg_chart_free(&chart);
    return status;
}

static enum rg_status draw(const struct arguments *arguments,
                           struct rg_buffer *output, struct rg_buffer *messages,
                           struct rg_error *error)
{
    struct rg_buffer input = {0};
    enum rg_status status = read_input(&input, error);
    if (status != RG_OK)
        return status;
    if (rg_chart_is(input.data, input.size)) {
        status = draw_chart(arguments, &input, output, messages, error);
        rg_buffer_free(&input);
        return status;
    }
    struct rg_view *view;
    struct rg_graph *graph =
        rg_line_read_view(input.data, input.size, &view, error);
    rg_buffer_free(&input);
    if (graph == NULL)
        return RG_EFORMAT;
    if (view == NULL)
        view = rg_view_new(graph, &arguments->view, error);
#ifdef RG_DEBUG
    if (view != NULL && rg_view_check(view, error) != RG_OK)
        return RG_EINTERNAL;
#endif
    status = view == NULL ? RG_ENOMEM
                          : rg_fit(view, arguments->direction, NULL, error);
    if (status == RG_OK)
        status = draw_view(arguments, view, output, messages, error);
    rg_view_free(view);
    rg_graph_free(graph);
    return status;
}

/* Without fonts Graphviz 14 measures such characters as spaces, which is what
 * layout expects of it, and says so every time. */
static bool is_expected(const char *line, size_t size)
{
    static const char words[] = "no value for width of non-ASCII character";
    for (size_t i = 0; i + sizeof words - 1 <= size; i++)
        if (memcmp(line + i, words, sizeof words - 1) == 0)
            return true;
    return false;
}

/* What Graphviz had to say: one line each, marked as warnings; what it says
 * again and again is said once. */
static void print_messages(const struct rg_buffer *messages)
{
    const char *previous = NULL;
    size_t previous_size = 0, start = 0;
    for (size_t i = 0; i <= messages->size; i++) {
        if (i < messages->size && messages->data[i] != '\n')
            continue;
        const char *line = messages->data + start;
        size_t size = i - start;
        bool is_new = previous == NULL || size != previous_size ||
                      memcmp(line, previous, size) != 0;
        start = i + 1;
        if (size == 0 || !is_new || is_expected(line, size))
            continue;
        fprintf(stderr, NAME "warning: %.*s\n", (int)size, line);
        previous = line;
        previous_size = size;
    }
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.limits = {.memory = DEFAULT_MEMORY}};
    struct rg_buffer output = {0}, messages = {0};
    struct rg_error error = {0};
    parse_arguments(&arguments, argc, argv);
    enum rg_status status = rg__limits_apply(&arguments.limits, &error);
    if (status == RG_OK)
        status = draw(&arguments, &output, &messages, &error);
    print_messages(&messages);
    if (status == RG_OK)
        status = write_output(&output, &error);
    if (status != RG_OK)
        fprintf(stderr, NAME "%s\n", error.text);
    else if (arguments.status_line)
        fprintf(stderr, NAME "done %zu\n", output.size);
    /* _exit: Graphviz's own clean-up could still crash. */
    fflush(stderr);
    _exit(status == RG_OK ? RG__EXIT_DRAWN : RG__EXIT_FAILED);
}
