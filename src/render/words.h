/* words.h - what a picture says: rows of boxes, labels of arrows, the header
 *
 * All text is safe (render/label.h) but not escaped for any format. */
#ifndef RG_RENDER_WORDS_H
#define RG_RENDER_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/sink.h"
#include "view/view.h"

enum rg_style {
    RG_STYLE_STRONG, /* what it is: bold, 11 points */
    RG_STYLE_MUTED,  /* where it belongs: 9 points */
    RG_STYLE_MONO    /* what a program text would say: 9 points, mono */
};

enum { RG_MAX_ROWS = 6 };

/* Start with all members zero; free the text. */
struct rg_rows {
    struct rg_buffer text;
    struct {
        enum rg_style style;
        size_t start, size; /* in text */
    } row[RG_MAX_ROWS];
    size_t count;
};

enum {
    RG_WORDS_ADDRESS = 1 << 0,  /* objects show where they are */
    RG_WORDS_NO_THREAD = 1 << 1 /* something else shows a frame's thread */
};

/* Replaces *rows by those of a node; `flags` are RG_WORDS_*. */
enum rg_status rg_words_node(const struct rg_view *view,
                             const struct rg_view_node *node, unsigned flags,
                             struct rg_rows *rows);

/* The label of an arrow: ".payload", "[3] … [119]"; nothing for the edge of
 * what is not drawn. */
void rg_words_edge(struct rg_sink *sink, const struct rg_view *view,
                   const struct rg_view_edge *edge);

/* What a box or an arrow says when it is pointed at: more than fits on it, in
 * one line.  `flags` are RG_WORDS_*. */
void rg_words_node_tooltip(struct rg_sink *sink, const struct rg_view *view,
                           const struct rg_view_node *node, unsigned flags);
void rg_words_edge_tooltip(struct rg_sink *sink, const struct rg_view *view,
                           const struct rg_view_edge *edge);

/* What stands over a box around nodes: "thread Worker-3". */
void rg_words_cluster(struct rg_sink *sink, const struct rg_view *view,
                      const struct rg_view_cluster *cluster);

/* "1 item", "1,024 items". */
void rg_words_count(struct rg_sink *sink, uint64_t count, const char *one,
                    const char *many);

/* Header: what the targets are, how many references lead to them, and the
 * emphasised path as a Python expression with the place where it starts. */
void rg_words_targets(struct rg_sink *sink, const struct rg_view *view);
void rg_words_counts(struct rg_sink *sink, const struct rg_view *view,
                     bool addresses);
void rg_words_path(struct rg_sink *sink, const struct rg_view *view);
void rg_words_place(struct rg_sink *sink, const struct rg_view *view);

/* Why the targets are alive, and the ledger of the only one; nothing when the
 * graph does not know. */
void rg_words_verdict(struct rg_sink *sink, const struct rg_view *view);
void rg_words_ledger(struct rg_sink *sink, const struct rg_view *view);

/* "What refers to this Session?" */
void rg_words_title(struct rg_sink *sink, const struct rg_view *view);

/* The header in sentences, for those who cannot see the picture. */
void rg_words_description(struct rg_sink *sink, const struct rg_view *view);

#endif
