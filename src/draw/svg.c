#include "draw/svg.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "draw/palette.h"
#include "render/label.h"
#include "render/words.h"
#include "render/xml.h"

enum { TITLE_WIDTH = 200 };

/* Text in angle brackets never comes from the inspected program: Graphviz
 * writes its own as entities.  So tags can be found by their first letters. */
struct finisher {
    const char *at, *end; /* what is still to read */
    const struct rg_buffer *raw;
    const struct rg_view *view; /* or */
    const struct rg_chart *chart;
    const struct rg__svg_options *options;
    struct rg_sink sink;
    bool has_head;    /* title, description and style are written */
    bool is_in_graph; /* the group of the whole picture was begun, */
    bool has_body;    /* and one of a node, edge or cluster */
    size_t edge;      /* number of the edge last begun; from 1 */
};

static bool starts_with_here(const struct finisher *f, const char *prefix)
{
    size_t size = strlen(prefix);
    return (size_t)(f->end - f->at) >= size && memcmp(f->at, prefix, size) == 0;
}

/* The first place behind `needle`, or the end. */
static const char *behind(const char *at, const char *end, const char *needle)
{
    size_t size = strlen(needle);
    for (; (size_t)(end - at) >= size; at++)
        if (memcmp(at, needle, size) == 0)
            return at + size;
    return end;
}

/* Drops everything up to and with `needle`, and the end of the line. */
static void skip(struct finisher *f, const char *needle)
{
    f->at = behind(f->at, f->end, needle);
    if (f->at < f->end && *f->at == '\n')
        f->at++;
}

static bool has_text(const struct rg_buffer *text, const char *needle)
{
    const char *end = text->data + text->size;
    size_t size = strlen(needle);
    return behind(text->data, end, needle) != end ||
           (text->size >= size && memcmp(end - size, needle, size) == 0);
}

/* Dark mode is a swap of colours by the value of the attribute: that reaches
 * text and arrowheads, which have no class of their own.  Only for those on
 * screen; paper stays light.  The canvas is opaque, so that a page whose mode
 * differs from the picture's still shows it. */
static void write_system_mode(struct finisher *f)
{
    rg_sink_text(&f->sink, "@media screen and (prefers-color-scheme:dark){");
    for (size_t i = 0; i < RG__ROLE_COUNT; i++) {
        const struct rg__colour *colour = &rg__palette[i];
        if (!has_text(f->raw, colour->light))
            continue;
        rg_sink_format(&f->sink,
                       ".refgraph [fill=\"%s\"]{fill:%s}"
                       ".refgraph [stroke=\"%s\"]{stroke:%s}",
                       colour->light, colour->dark, colour->light,
                       colour->dark);
    }
    rg_sink_text(&f->sink, "}");
}

/* What pages write on <html> or <body> when their reader has chosen: Sphinx
 * themes the first, Bootstrap the second, others a class; notebooks of
 * JupyterLab and nbconvert whether it is light, marimo and VS Code a class. */
#define PAGE_IS(word, is_light, space) \
    "[data-theme=\"" word "\"]" space ",[data-bs-theme=\"" word "\"]" space \
    ",[data-jp-theme-light=\"" is_light "\"]" space ",body." word space \
    ",.vscode-" word space ",html." word space

static void write_dark_colours(struct finisher *f, bool has_ground)
{
    rg_sink_text(&f->sink, "{");
    for (size_t i = 0; i < RG__ROLE_COUNT; i++)
        if (has_text(f->raw, rg__palette[i].light))
            rg_sink_format(&f->sink, "--rg%zu:%s;", i,
                           i == RG__CANVAS && has_ground ? "transparent"
                                                         : rg__palette[i].dark);
    rg_sink_text(&f->sink, "}}");
}

/* Here there are two reasons to be dark, so the colours of dark mode are
 * variables, which each of them sets.  By the id of this picture and not by
 * class: a page may hold another one whose colours stay as they are.  A page that
 * says which it is has a ground of its own, and shows it. */
static void write_page_mode(struct finisher *f)
{
    const char *id = f->options->id;
    for (size_t i = 0; i < RG__ROLE_COUNT; i++) {
        const char *light = rg__palette[i].light;
        if (!has_text(f->raw, light))
            continue;
        rg_sink_format(&f->sink,
                       "#%s [fill=\"%s\"]{fill:var(--rg%zu,%s)}"
                       "#%s [stroke=\"%s\"]{stroke:var(--rg%zu,%s)}",
                       id, light, i, light, id, light, i, light);
    }
    rg_sink_format(&f->sink,
                   "@media screen and (prefers-color-scheme:dark){"
                   "#%s:not(" PAGE_IS("light", "true", " *") ")",
                   id);
    write_dark_colours(f, false);
    rg_sink_format(&f->sink,
                   "@media screen{:is(" PAGE_IS("dark", "false", "") ") #%s",
                   id);
    write_dark_colours(f, true);
    if (has_text(f->raw, rg__palette[RG__CANVAS].light))
        rg_sink_format(&f->sink,
                       "@media screen{:is(" PAGE_IS(
                           "light", "true", "") ") #%s{--rg%d:transparent}}",
                       id, RG__CANVAS);
}

/* The families have the widths that the layout was made for. */
static void write_style(struct finisher *f)
{
    rg_sink_text(
        &f->sink,
        "<style>.refgraph{max-width:100%;height:auto}"
        ".refgraph text,.refgraph tspan{font-family:Arial,Helvetica,"
        "\"Liberation Sans\",sans-serif}"
        ".refgraph text[font-family^=\"Courier\"],"
        ".refgraph tspan[font-family^=\"Courier\"]{font-family:"
        "ui-monospace,SFMono-Regular,Menlo,Consolas,\"DejaVu Sans Mono\","
        "\"Liberation Mono\",monospace}");
    if (f->options->mode == RG__MODE_SYSTEM)
        write_system_mode(f);
    else if (f->options->mode == RG__MODE_PAGE)
        write_page_mode(f);
    rg_sink_text(&f->sink, "</style>\n");
}

static void write_escaped(struct finisher *f, struct rg_buffer *words,
                          enum rg_status status)
{
    rg_xml_text(&f->sink, words->data, words->size);
    if (status != RG_OK && f->sink.status == RG_OK)
        f->sink.status = status;
    rg_buffer_free(words);
}

static void write_svg_title(struct finisher *f)
{
    struct rg_buffer words = {0};
    struct rg_sink sink = rg_sink_to_buffer(&words);
    const char *title = f->options->title;
    rg_sink_format(&f->sink, "<title id=\"%s-title\">", f->options->id);
    if (title == NULL && f->chart != NULL)
        rg_sink_write(&sink, f->chart->title.data, f->chart->title.size);
    else if (title == NULL)
        rg_words_title(&sink, f->view);
    else
        rg_label_safe(&sink, title, strlen(title), TITLE_WIDTH,
                      RG_ELIDE_MIDDLE);
    write_escaped(f, &words, sink.status);
    rg_sink_text(&f->sink, "</title>\n");
}

/* The lines of the header as sentences. */
static void describe_chart(struct rg_sink *sink, const struct rg_chart *chart)
{
    for (size_t i = 0; i < chart->head.count; i++) {
        rg_sink_write(sink, chart->head.text.data + chart->head.row[i].start,
                      chart->head.row[i].size);
        rg_sink_text(sink, i + 1 < chart->head.count ? ". " : ".");
    }
}

static void write_description(struct finisher *f)
{
    struct rg_buffer words = {0};
    struct rg_sink sink = rg_sink_to_buffer(&words);
    rg_sink_format(&f->sink, "<desc id=\"%s-desc\">", f->options->id);
    if (f->chart != NULL)
        describe_chart(&sink, f->chart);
    else
        rg_words_description(&sink, f->view);
    write_escaped(f, &words, sink.status);
    rg_sink_text(&f->sink, "</desc>\n");
}

/* Copies the tag <svg ...>, with more attributes, and what follows it. */
static void finish_svg_tag(struct finisher *f)
{
    const char *end = behind(f->at, f->end, ">");
    rg_sink_write(&f->sink, f->at, (size_t)(end - f->at) - 1);
    rg_sink_format(&f->sink,
                   " class=\"refgraph\" role=\"img\""
                   " aria-labelledby=\"%s-title %s-desc\">\n",
                   f->options->id, f->options->id);
    write_svg_title(f);
    write_description(f);
    write_style(f);
    f->at = end;
    f->has_head = true;
    if (f->at < f->end && *f->at == '\n')
        f->at++;
}

/* Reads "n12"; false, and nothing read, when it is something else. */
static bool read_node(const char **at, const char *end, size_t *node)
{
    const char *p = *at;
    size_t number = 0;
    if (p == end || *p++ != 'n')
        return false;
    const char *digits = p;
    while (p < end && *p >= '0' && *p <= '9' && p - digits < 9)
        number = number * 10 + (size_t)(*p++ - '0');
    if (p == digits)
        return false;
    *node = number;
    *at = p;
    return true;
}

/* The edge last begun, if it is written from one node to the other; or NULL.
 * Its number is needed because two edges may go the same way. */
static const struct rg_view_edge *find_edge(const struct finisher *f,
                                            size_t tail, size_t head)
{
    if (f->edge == 0 || f->edge > f->view->edge_count)
        return NULL;
    const struct rg_view_edge *edge = &f->view->edges[f->edge - 1];
    bool is_reversed = (edge->flags & RG_VIEW_CYCLE) != 0;
    bool is_same = (is_reversed ? edge->referent : edge->referrer) == tail &&
                   (is_reversed ? edge->referrer : edge->referent) == head;
    return is_same ? edge : NULL;
}

/* Reads the number from the tag <g id="r0123abcd_edge7" ...>. */
static void note_edge(struct finisher *f)
{
    static const char word[] = "_edge";
    const char *end = behind(f->at, f->end, ">");
    /* The last one: the prefix may be of any letters. */
    const char *digit = behind(f->at, end, word);
    for (const char *next = digit; next < end; next = behind(next, end, word))
        digit = next;
    f->edge = 0;
    for (; digit < end && *digit >= '0' && *digit <= '9'; digit++)
        f->edge = f->edge * 10 + (size_t)(*digit - '0');
}

/* The words for a node, or for an arrow: `head` is SIZE_MAX or where it goes. */
static void write_tip(const struct finisher *f, struct rg_sink *sink,
                      size_t tail, size_t head)
{
    bool is_node = head == SIZE_MAX;
    if (f->chart != NULL) {
        if (is_node && tail < f->chart->box_count)
            rg_sink_write(sink, f->chart->boxes[tail].tip.data,
                          f->chart->boxes[tail].tip.size);
        return;
    }
    if (tail >= f->view->node_count)
        return;
    const struct rg_view_edge *edge = is_node ? NULL : find_edge(f, tail, head);
    if (is_node)
        rg_words_node_tooltip(sink, f->view, &f->view->nodes[tail],
                              f->options->addresses ? RG_WORDS_ADDRESS : 0);
    if (edge != NULL)
        rg_words_edge_tooltip(sink, f->view, edge);
}

/* Titles of nodes and edges are names like n12 and n3->n1.  Browsers show
 * them as tooltips, so words take their place; others are dropped. */
static void finish_title(struct finisher *f)
{
    const char *at = f->at + strlen("<title>");
    size_t tail, head;
    struct rg_buffer words = {0};
    struct rg_sink sink = rg_sink_to_buffer(&words);
    if (read_node(&at, f->end, &tail)) {
        const char *arrow = "&#45;&gt;";
        if ((size_t)(f->end - at) > strlen(arrow) &&
            memcmp(at, arrow, strlen(arrow)) == 0)
            at += strlen(arrow);
        if (!read_node(&at, f->end, &head))
            head = SIZE_MAX;
        write_tip(f, &sink, tail, head);
    }
    if (words.size != 0)
        rg_sink_text(&f->sink, "<title>");
    bool has_words = words.size != 0;
    write_escaped(f, &words, sink.status);
    if (has_words)
        rg_sink_text(&f->sink, "</title>\n");
    skip(f, "</title>");
}

/* Whether the text element at `f->at` shows nothing: the padding of labels,
 * which did its work in the layout. */
static bool is_blank_text(const struct finisher *f)
{
    static const char *const blanks[] = {"&#160;", "\xc2\xa0", " "};
    const char *at = behind(f->at, f->end, ">");
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0];) {
        size_t size = strlen(blanks[i]);
        bool is_blank =
            (size_t)(f->end - at) >= size && memcmp(at, blanks[i], size) == 0;
        at += is_blank ? size : 0;
        i = is_blank ? 0 : i + 1;
    }
    return at < f->end && *at == '<';
}

/* The attribute of the tag at `at` with its value, as ` y="-12"`; *size is 0
 * where it has none. */
static const char *attribute(const char *at, const char *end, const char *name,
                             size_t *size)
{
    const char *close = behind(at, end, ">");
    const char *value = behind(at, close, name);
    *size = 0;
    if (value == close)
        return NULL;
    const char *start = value - strlen(name);
    *size = (size_t)(behind(value, close, "\"") - start);
    return start;
}

/* Whether two text elements stand on one line. */
static bool are_on_one_line(const struct finisher *f, const char *left,
                            const char *right)
{
    size_t x, y;
    const char *a = attribute(left, f->end, " y=\"", &x);
    const char *b = attribute(right, f->end, " y=\"", &y);
    return x != 0 && x == y && memcmp(a, b, x) == 0;
}

/* Writes the text element at `f->at` as a part of the one that was begun, so
 * that it stands where that ends, whatever font the reader has. */
static void join_text(struct finisher *f)
{
    static const char *const kept[] = {" font-family=\"", " font-size=\"",
                                       " fill=\""};
    rg_sink_text(&f->sink, "<tspan dx=\"5\" font-weight=\"normal\"");
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        size_t size;
        const char *found = attribute(f->at, f->end, kept[i], &size);
        if (found != NULL)
            rg_sink_write(&f->sink, found, size);
    }
    const char *words = behind(f->at, f->end, ">") - 1;
    const char *close = behind(words, f->end, "<") - 1;
    rg_sink_write(&f->sink, words, (size_t)(close - words));
    rg_sink_text(&f->sink, "</tspan>");
    skip(f, "</text>");
}

/* A line of the header is one text element.  Its parts were placed by the width
 * that the layout took the first for, in a font that a reader need not have. */
static void finish_header_line(struct finisher *f)
{
    const char *first = f->at;
    const char *close = behind(f->at, f->end, "</text>") - strlen("</text>");
    rg_sink_write(&f->sink, f->at, (size_t)(close - f->at));
    skip(f, "</text>");
    while (starts_with_here(f, "<text") && are_on_one_line(f, first, f->at)) {
        if (is_blank_text(f))
            skip(f, "</text>");
        else
            join_text(f);
    }
    rg_sink_text(&f->sink, "</text>\n");
}

/* Copies up to the next tag; SVG 1.1 does not know the colour that 2.42
 * writes for none. */
static void copy_tag(struct finisher *f)
{
    static const char transparent[] = "=\"transparent\"";
    const char *end = f->at + 1;
    while (end < f->end && *end != '<')
        end++;
    while (f->at < end) {
        const char *next = behind(f->at, end, transparent);
        size_t size = (size_t)(next - f->at);
        size_t word = strlen(transparent);
        if (size >= word && memcmp(next - word, transparent, word) == 0) {
            rg_sink_write(&f->sink, f->at, size - word);
            rg_sink_text(&f->sink, "=\"none\"");
        } else {
            rg_sink_write(&f->sink, f->at, size);
        }
        f->at = next;
    }
}

enum rg_status rg__svg_finish(const struct rg_buffer *raw, struct rg__svg_of of,
                              const struct rg__svg_options *options,
                              struct rg_buffer *output, struct rg_error *error)
{
    struct finisher f = {.at = raw->data,
                         .end = raw->data + raw->size,
                         .raw = raw,
                         .view = of.view,
                         .chart = of.chart,
                         .options = options,
                         .sink = rg_sink_to_buffer(output)};
    while (f.at < f.end) {
        if (starts_with_here(&f, "<?"))
            skip(&f, "?>");
        else if (starts_with_here(&f, "<!--"))
            skip(&f, "-->");
        else if (starts_with_here(&f, "<!"))
            skip(&f, ">");
        else if (!f.has_head && starts_with_here(&f, "<svg"))
            finish_svg_tag(&f);
        else if (starts_with_here(&f, "<title>"))
            finish_title(&f);
        else if (starts_with_here(&f, "<text") && is_blank_text(&f))
            skip(&f, "</text>");
        else if (starts_with_here(&f, "<text") && !f.has_body)
            finish_header_line(&f);
        else {
            if (starts_with_here(&f, "<g id=")) {
                f.has_body = f.is_in_graph;
                f.is_in_graph = true;
                note_edge(&f);
            }
            copy_tag(&f);
        }
    }
    if (f.sink.status != RG_OK)
        return rg_error_no_memory(error);
    if (!f.has_head)
        return rg_error_set(error, RG_EIO, "Graphviz wrote no SVG");
    return RG_OK;
}
