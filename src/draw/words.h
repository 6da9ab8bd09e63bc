/* words.h - what a picture says: rows of boxes, labels of arrows, the header
 *
 * All text is safe (render/label.h) but not escaped for any format. */
#ifndef RG_DRAW_WORDS_H
#define RG_DRAW_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/sink.h"
#include "graph/view.h"

enum rg__style {
    RG__STYLE_STRONG,       /* what it is: bold, 11 points */
    RG__STYLE_MUTED,        /* where it belongs: 9 points */
    RG__STYLE_MONO          /* what a program text would say: 9 points, mono */
};

enum { RG__MAX_ROWS = 6 };

/* Start with all members zero; free the text. */
struct rg__rows {
    struct rg_buffer text;
    struct {
        enum rg__style style;
        size_t start, size;     /* in text */
    } row[RG__MAX_ROWS];
    size_t count;
};

enum {
    RG__WORDS_ADDRESS = 1 << 0,     /* objects show where they are */
    RG__WORDS_NO_THREAD = 1 << 1    /* something else shows a frame's thread */
};

/* Replaces *rows by those of a node; `flags` are RG__WORDS_*. */
enum rg_status rg__words_node(const struct rg_view *view,
                              const struct rg_view_node *node, unsigned flags,
                              struct rg__rows *rows);

/* The label of an arrow: ".payload", "[3] … [119]"; nothing for the edge of
 * what is not drawn. */
void rg__words_edge(struct rg_sink *sink, const struct rg_view *view,
                    const struct rg_view_edge *edge);

/* "1 item", "1,024 items". */
void rg__words_count(struct rg_sink *sink, uint64_t count, const char *one,
                     const char *many);

/* Header: what the targets are, how many references lead to them, and the
 * emphasised path as a Python expression with the place where it starts. */
void rg__words_targets(struct rg_sink *sink, const struct rg_view *view);
void rg__words_counts(struct rg_sink *sink, const struct rg_view *view,
                      bool addresses);
void rg__words_path(struct rg_sink *sink, const struct rg_view *view);
void rg__words_place(struct rg_sink *sink, const struct rg_view *view);

/* "What refers to this Session?" */
void rg__words_title(struct rg_sink *sink, const struct rg_view *view);

/* The header in sentences, for those who cannot see the picture. */
void rg__words_description(struct rg_sink *sink, const struct rg_view *view);

#endif
