#include "draw/html.h"

#include <string.h>

#include "draw/escape.h"
#include "render/label.h"

#define TABLE \
    "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"1\">"
#define NO_BREAK_SPACE "&#160;"

enum {
    TITLE_WIDTH = 90,
    ANSWER_WIDTH = 60,
    BOLD_ROOM = 10 /* one space for so many letters */
};

/* Text in one font.  `points` 0: the 11 points of the box. */
static void write_run(struct rg_sink *sink, const char *text, size_t size,
                      enum rg_style style, int points, enum rg__tint colour,
                      bool dark)
{
    rg_sink_text(sink, "<FONT");
    if (style == RG_STYLE_MONO)
        rg_sink_text(sink, " FACE=\"Courier\"");
    rg_sink_format(sink, " COLOR=\"%s\"", rg__palette_hex(dark, colour));
    if (points != 0)
        rg_sink_format(sink, " POINT-SIZE=\"%d\"", points);
    rg_sink_text(sink, style == RG_STYLE_STRONG ? "><B>" : ">");
    rg__escape_html(sink, text, size);
    rg_sink_text(sink, style == RG_STYLE_STRONG ? "</B></FONT>" : "</FONT>");
}

/* Room behind bold text, which 2.42 measures as if it were regular. */
static void write_bold_room(struct rg_sink *sink, size_t size)
{
    rg_sink_text(sink, "<FONT POINT-SIZE=\"10\">");
    for (size_t i = 0; i <= size / BOLD_ROOM; i++)
        rg_sink_text(sink, NO_BREAK_SPACE);
    rg_sink_text(sink, "</FONT>");
}

static void write_bar_part(struct rg_sink *sink, unsigned points,
                           enum rg__tint tint, bool dark)
{
    if (points > 0)
        rg_sink_format(sink,
                       "<TD BGCOLOR=\"%s\" FIXEDSIZE=\"TRUE\" WIDTH=\"%u\""
                       " HEIGHT=\"4\"></TD>",
                       rg__palette_hex(dark, tint), points);
}

/* A row that is a bar.  Tables in cells stand in the middle, those of a fixed
 * size with no room between their parts: all tracks are as long, so that they can
 * be compared. */
static void write_bar(struct rg_sink *sink, const struct rg__bar *bar,
                      bool dark)
{
    rg_sink_format(sink,
                   "<TR><TD><TABLE BORDER=\"0\" CELLBORDER=\"0\""
                   " CELLSPACING=\"0\" CELLPADDING=\"0\" FIXEDSIZE=\"TRUE\""
                   " WIDTH=\"%u\" HEIGHT=\"4\"><TR>",
                   bar->whole);
    write_bar_part(sink, bar->points, bar->tint, dark);
    write_bar_part(sink, bar->whole - bar->points, bar->track, dark);
    rg_sink_text(sink, "</TR></TABLE></TD></TR>");
}

void rg__html_rows(struct rg_sink *sink, const struct rg_rows *rows,
                   enum rg__tint strong, enum rg__tint other, bool dark)
{
    rg__html_rows_with_bar(sink, rows, NULL, strong, other, dark);
}

void rg__html_rows_with_bar(struct rg_sink *sink, const struct rg_rows *rows,
                            const struct rg__bar *bar, enum rg__tint strong,
                            enum rg__tint other, bool dark)
{
    /* One point above the first row evens out the descent below the last. */
    rg_sink_text(sink,
                 TABLE "<TR><TD HEIGHT=\"1\" CELLPADDING=\"0\"></TD></TR>");
    if (bar != NULL)
        write_bar(sink, bar, dark);
    for (size_t i = 0; i < rows->count; i++) {
        enum rg_style style = rows->row[i].style;
        bool is_strong = style == RG_STYLE_STRONG;
        rg_sink_text(sink, "<TR><TD ALIGN=\"LEFT\">");
        write_run(sink, rows->text.data + rows->row[i].start, rows->row[i].size,
                  style, is_strong ? 0 : 9, is_strong ? strong : other, dark);
        if (is_strong)
            write_bold_room(sink, rows->row[i].size);
        rg_sink_text(sink, "</TD></TR>");
    }
    rg_sink_text(sink, "</TABLE>");
}

/* Cards are a grid of five by five cells: strips of three points, the content
 * in the middle one.  Cells that span others would spread the strips
 * unevenly.  One letter per side that has a line; NULL for the content. */
/* clang-format off */
static const char *const cards[5][5] = {
    {"LT", "T", "TR", "", ""},
    {"L", "", "R", "TR", ""},
    {"LB", "B", NULL, "R", "TR"},
    {"", "LB", "B", "RB", "R"},
    {"", "", "LB", "B", "RB"},
};
/* clang-format on */

static void write_card_cell(struct rg_sink *sink, int row, int column,
                            const char *sides)
{
    rg_sink_text(sink, "<TD");
    if (column != 2)
        rg_sink_text(sink, " WIDTH=\"3\"");
    if (row != 2)
        rg_sink_text(sink, " HEIGHT=\"3\"");
    if (sides[0] != '\0')
        rg_sink_format(sink, " BORDER=\"1\" SIDES=\"%s\"", sides);
    rg_sink_text(sink, "></TD>");
}

void rg__html_stack(struct rg_sink *sink, const struct rg_rows *rows,
                    enum rg__tint line, bool dark)
{
    rg_sink_format(sink,
                   "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\""
                   " CELLPADDING=\"0\" COLOR=\"%s\">",
                   rg__palette_hex(dark, line));
    for (int row = 0; row < 5; row++) {
        rg_sink_text(sink, "<TR>");
        for (int column = 0; column < 5; column++) {
            if (cards[row][column] != NULL) {
                write_card_cell(sink, row, column, cards[row][column]);
                continue;
            }
            /* Padding keeps wide text off the lines of the card. */
            rg_sink_text(sink, "<TD BORDER=\"1\" SIDES=\"RB\""
                               " CELLPADDING=\"3\">");
            rg__html_rows(sink, rows, RG__TEXT, RG__MUTED, dark);
            rg_sink_text(sink, "</TD>");
        }
        rg_sink_text(sink, "</TR>");
    }
    rg_sink_text(sink, "</TABLE>");
}

/* A run of its own: browsers drop a plain space at an end, some renderers
 * also one that shares a run with text. */
static void write_padding(struct rg_sink *sink)
{
    rg_sink_text(sink, "<FONT POINT-SIZE=\"10\">" NO_BREAK_SPACE "</FONT>");
}

void rg__html_edge(struct rg_sink *sink, const char *text, size_t size,
                   enum rg__tint colour, bool bold, bool dark)
{
    write_padding(sink);
    write_run(sink, text, size, bold ? RG_STYLE_STRONG : RG_STYLE_MUTED, 0,
              colour, dark);
    write_padding(sink);
}

/* Begins a line of the header. */
static void begin_html_line(struct rg_sink *sink)
{
    rg_sink_text(sink, "<TR><TD ALIGN=\"LEFT\">");
}

static void end_html_line(struct rg_sink *sink)
{
    rg_sink_text(sink, "</TD></TR>");
}

static void write_gap(struct rg_sink *sink)
{
    rg_sink_text(sink, "<FONT POINT-SIZE=\"12\">" NO_BREAK_SPACE "</FONT>");
}

/* First line: what it is, and the counts. */
static void write_first_line(struct rg_sink *sink, const struct rg_view *view,
                             bool addresses, bool dark)
{
    struct rg_buffer text = {0};
    struct rg_sink words = rg_sink_to_buffer(&text);
    begin_html_line(sink);
    rg_words_targets(&words, view);
    write_run(sink, text.data, text.size, RG_STYLE_STRONG, 12, RG__TEXT, dark);
    text.size = 0;
    rg_words_counts(&words, view, addresses);
    if (text.size != 0) {
        write_gap(sink);
        write_run(sink, text.data, text.size, RG_STYLE_MUTED, 9, RG__MUTED,
                  dark);
    }
    end_html_line(sink);
    if (words.status != RG_OK)
        sink->status = words.status;
    rg_buffer_free(&text);
}

/* Second line: the emphasised path, and where it starts. */
static void write_second_line(struct rg_sink *sink, const struct rg_view *view,
                              bool dark)
{
    struct rg_buffer text = {0};
    struct rg_sink words = rg_sink_to_buffer(&text);
    begin_html_line(sink);
    rg_words_path(&words, view);
    if (text.size != 0) {
        write_run(sink, text.data, text.size, RG_STYLE_MONO, 9, RG__ACCENT,
                  dark);
        text.size = 0;
        rg_words_place(&words, view);
        if (text.size != 0)
            write_gap(sink);
    } else {
        rg_sink_text(&words, "No path from a root was found.");
    }
    if (text.size != 0)
        write_run(sink, text.data, text.size, RG_STYLE_MUTED, 9, RG__MUTED,
                  dark);
    end_html_line(sink);
    if (words.status != RG_OK)
        sink->status = words.status;
    rg_buffer_free(&text);
}

static void write_muted_line(struct rg_sink *sink, const char *text,
                             size_t size, bool dark)
{
    if (size == 0)
        return;
    begin_html_line(sink);
    write_run(sink, text, size, RG_STYLE_MUTED, 9, RG__MUTED, dark);
    end_html_line(sink);
}

/* A long verdict goes on in a second line, behind its semicolon. */
static void write_verdict_lines(struct rg_sink *sink,
                                const struct rg_buffer *text, bool dark)
{
    const char *end =
        text->size <= ANSWER_WIDTH ? NULL : memchr(text->data, ';', text->size);
    size_t first = end == NULL ? text->size : (size_t)(end - text->data) + 1;
    write_muted_line(sink, text->data, first, dark);
    if (first + 1 < text->size)
        write_muted_line(sink, text->data + first + 1, text->size - first - 1,
                         dark);
}

/* Third line: why it is alive, and what its references add up to; on two lines
 * when one would make the picture wider than it is. */
static void write_third_line(struct rg_sink *sink, const struct rg_view *view,
                             bool dark)
{
    struct rg_buffer text = {0}, ledger = {0};
    struct rg_sink words = rg_sink_to_buffer(&text);
    struct rg_sink sums = rg_sink_to_buffer(&ledger);
    rg_words_verdict(&words, view);
    rg_words_ledger(&sums, view);
    if (text.size + ledger.size <= ANSWER_WIDTH && ledger.size != 0) {
        rg_sink_text(&words, " \xc2\xb7 ");
        rg_sink_write(&words, ledger.data, ledger.size);
        ledger.size = 0;
    }
    write_verdict_lines(sink, &text, dark);
    write_muted_line(sink, ledger.data, ledger.size, dark);
    if (words.status != RG_OK || sums.status != RG_OK)
        sink->status = words.status != RG_OK ? words.status : sums.status;
    rg_buffer_free(&text);
    rg_buffer_free(&ledger);
}

static void write_html_title(struct rg_sink *sink, const char *title, bool dark)
{
    struct rg_buffer safe = {0};
    struct rg_sink to_safe = rg_sink_to_buffer(&safe);
    rg_label_safe(&to_safe, title, strlen(title), TITLE_WIDTH, RG_ELIDE_MIDDLE);
    begin_html_line(sink);
    write_run(sink, safe.data, safe.size, RG_STYLE_STRONG, 12, RG__TEXT, dark);
    end_html_line(sink);
    if (to_safe.status != RG_OK)
        sink->status = to_safe.status;
    rg_buffer_free(&safe);
}

void rg__html_header(struct rg_sink *sink, const struct rg_view *view,
                     const char *title, bool addresses, bool dark)
{
    rg_sink_text(sink, TABLE);
    if (title != NULL)
        write_html_title(sink, title, dark);
    write_first_line(sink, view, addresses, dark);
    if (view->graph->target_count != 0)
        write_second_line(sink, view, dark);
    write_third_line(sink, view, dark);
    rg_sink_text(sink, "<TR><TD HEIGHT=\"6\"></TD></TR></TABLE>");
}

void rg__html_head(struct rg_sink *sink, const struct rg_buffer *title,
                   const struct rg_rows *rows, bool dark)
{
    rg_sink_text(sink, TABLE);
    begin_html_line(sink);
    write_run(sink, title->data, title->size, RG_STYLE_STRONG, 12, RG__TEXT,
              dark);
    end_html_line(sink);
    for (size_t i = 0; i < rows->count; i++) {
        enum rg_style style = rows->row[i].style;
        begin_html_line(sink);
        write_run(sink, rows->text.data + rows->row[i].start, rows->row[i].size,
                  style, 9, style == RG_STYLE_MONO ? RG__ACCENT : RG__MUTED,
                  dark);
        end_html_line(sink);
    }
    rg_sink_text(sink, "<TR><TD HEIGHT=\"6\"></TD></TR></TABLE>");
}
