#include "render/fit.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "render/words.h"

/* Pixels, as Graphviz measures the fonts of look.c. */
enum {
    PAGE_WIDTH = 830,
    READABLE_DOWN = 1000, /* shrunk to 75 % small text has 9 pixels; that is */
    READABLE_ACROSS = 1080, /* 1107, less what each estimate may be off */
    READABLE_HEIGHT = 2000, /* of what stands one above the other, three
                               screens: nobody finds the target there */
    NODE_PADDING = 24,
    ROW_HEIGHT = 15,
    ROW_PADDING = 12,
    NODE_LETTERS = 4, /* the least that a box is wide */
    STACK_PADDING = 10,
    LABEL_PADDING = 12,
    NODE_GAP = 29,     /* nodesep, beside each node and each arrow */
    HALF_RANK_GAP = 17 /* ranksep, between a box and a label */
};

/* Pieces of work (poll.h): the words of a box or an arrow are written and
 * measured. */
enum { PIECES_PER_BOX = 32 };

/* Of a letter, in tenths. */
enum { NODE_LETTER = 63, LABEL_LETTER = 73 };

/* What layout adds to a perfect packing: percent, and, where boxes stand side by
 * side, room for every arrow that is more than a tree has.  All were fitted over
 * 859 graphs of live objects of fifteen libraries, drawn both ways by Graphviz
 * 2.42: the direction is the narrower one, to 5 %, in 830 of them; the width is
 * right to 14 %. */
enum {
    DOWN_PERCENT = 86,
    DOWN_ARROW = 135,  /* shared by the levels, of which there are */
    FEWEST_LEVELS = 5, /* so many at least */
    DOWN_MARGIN = 250,
    ACROSS_PERCENT = 114
};

/* Each level of boxes and each level of labels between two of them is a rank:
 * a box at height h is on rank 2 h.  An arrow passes all ranks between its
 * ends, with its label half way. */
struct fitting {
    const struct rg_view *view;
    uint32_t *height;  /* per node: the longest way to where arrows end */
    int64_t *along;    /* per rank: what stands side by side on it, */
    int64_t *passing;  /* how many arrows more pass it than the one before, */
    uint32_t *widest;  /* and the widest thing on it */
    int64_t *stacked;  /* the same of heights */
    uint32_t *waiting; /* per node: arrows whose head has no height yet */
    uint32_t *queue;
    uint32_t *outer;  /* per node: the frame that called it, or RG_NONE */
    uint32_t *frames; /* of one thread */
    uint32_t *width;  /* per node, */
    uint32_t *size;   /* its height, */
    uint32_t *label;  /* and per edge how wide its label is */
    struct rg_rows rows;
    struct rg_buffer words;
};

static enum rg_status allocate_fitting(struct fitting *fitting)
{
    size_t nodes = fitting->view->node_count, ranks = 2 * nodes + 1;
    fitting->height = rg_alloc_zeroed(nodes, sizeof *fitting->height);
    fitting->along = rg_alloc_zeroed(ranks, sizeof *fitting->along);
    fitting->passing = rg_alloc_zeroed(ranks, sizeof *fitting->passing);
    fitting->widest = rg_alloc_zeroed(ranks, sizeof *fitting->widest);
    fitting->stacked = rg_alloc_zeroed(ranks, sizeof *fitting->stacked);
    fitting->waiting = rg_alloc_zeroed(nodes, sizeof *fitting->waiting);
    fitting->queue = rg_alloc(nodes, sizeof *fitting->queue);
    fitting->outer = rg_alloc(nodes, sizeof *fitting->outer);
    fitting->frames = rg_alloc(nodes, sizeof *fitting->frames);
    fitting->width = rg_alloc(nodes, sizeof *fitting->width);
    fitting->size = rg_alloc(nodes, sizeof *fitting->size);
    fitting->label =
        rg_alloc(fitting->view->edge_count, sizeof *fitting->label);
    return fitting->height != NULL && fitting->along != NULL &&
                   fitting->passing != NULL && fitting->widest != NULL &&
                   fitting->stacked != NULL && fitting->waiting != NULL &&
                   fitting->queue != NULL && fitting->outer != NULL &&
                   fitting->frames != NULL && fitting->width != NULL &&
                   fitting->size != NULL && fitting->label != NULL
               ? RG_OK
               : RG_ENOMEM;
}

static void free_fitting(struct fitting *fitting)
{
    rg_free(fitting->height);
    rg_free(fitting->along);
    rg_free(fitting->passing);
    rg_free(fitting->widest);
    rg_free(fitting->stacked);
    rg_free(fitting->waiting);
    rg_free(fitting->queue);
    rg_free(fitting->outer);
    rg_free(fitting->frames);
    rg_free(fitting->width);
    rg_free(fitting->size);
    rg_free(fitting->label);
    rg_buffer_free(&fitting->rows.text);
    rg_buffer_free(&fitting->words);
}

/* Edges stand in the order of their referents: where those of `node` start. */
static size_t first_edge(const struct rg_view *view, uint32_t node)
{
    size_t low = 0, high = view->edge_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (view->edges[middle].referent < node)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void raise_above(struct fitting *fitting, uint32_t node, uint32_t below,
                        size_t *tail)
{
    if (fitting->height[node] <= fitting->height[below])
        fitting->height[node] = fitting->height[below] + 1;
    if (--fitting->waiting[node] == 0)
        fitting->queue[(*tail)++] = node;
}

/* Without the edges that close cycles every node gets its turn: once all it
 * refers to have their height, and the frame that it called. */
static void measure_heights(struct fitting *fitting)
{
    const struct rg_view *view = fitting->view;
    size_t head = 0, tail = 0;
    for (size_t i = 0; i < view->edge_count; i++)
        if ((view->edges[i].flags & RG_VIEW_CYCLE) == 0)
            fitting->waiting[view->edges[i].referrer]++;
    for (uint32_t i = 0; i < view->node_count; i++)
        if (fitting->outer[i] != RG_NONE)
            fitting->waiting[fitting->outer[i]]++;
    for (uint32_t i = 0; i < view->node_count; i++)
        if (fitting->waiting[i] == 0)
            fitting->queue[tail++] = i;
    while (head < tail) {
        uint32_t node = fitting->queue[head++];
        for (size_t i = first_edge(view, node);
             i < view->edge_count && view->edges[i].referent == node; i++)
            if ((view->edges[i].flags & RG_VIEW_CYCLE) == 0)
                raise_above(fitting, view->edges[i].referrer, node, &tail);
        if (fitting->outer[node] != RG_NONE)
            raise_above(fitting, fitting->outer[node], node, &tail);
    }
}

/* The frames of a thread stand one below the other: each on a rank of its own,
 * or all on one. */
static void measure_threads(struct fitting *fitting, bool is_across)
{
    const struct rg_view *view = fitting->view;
    if (view->node_count != 0)
        memset(fitting->outer, 0xff, view->node_count * sizeof(uint32_t));
    for (uint32_t c = 0; c < view->cluster_count && !is_across; c++) {
        size_t count = view->clusters[c].kind == RG_VIEW_THREAD
                           ? rg_view_cluster_nodes(view, c, fitting->frames)
                           : 0;
        for (size_t i = 1; i < count; i++)
            fitting->outer[fitting->frames[i]] = fitting->frames[i - 1];
    }
    measure_heights(fitting);
    for (uint32_t c = 0; c < view->cluster_count && is_across; c++) {
        size_t count = view->clusters[c].kind == RG_VIEW_THREAD
                           ? rg_view_cluster_nodes(view, c, fitting->frames)
                           : 0;
        uint32_t highest = 0;
        for (size_t i = 0; i < count; i++)
            if (fitting->height[fitting->frames[i]] > highest)
                highest = fitting->height[fitting->frames[i]];
        for (size_t i = 0; i < count; i++)
            fitting->height[fitting->frames[i]] = highest;
    }
}

static uint32_t count_letters(const char *text, size_t size)
{
    uint32_t letters = 0;
    for (size_t i = 0; i < size; i++)
        letters += ((unsigned char)text[i] & 0xc0) != 0x80;
    return letters;
}

static void place_level(struct fitting *fitting, size_t rank, uint32_t width)
{
    fitting->along[rank] += width;
    if (fitting->widest[rank] < width)
        fitting->widest[rank] = width;
}

static enum rg_status measure_box(struct fitting *fitting, size_t i)
{
    const struct rg_view_node *node = &fitting->view->nodes[i];
    struct rg_rows *rows = &fitting->rows;
    uint32_t letters = NODE_LETTERS;
    enum rg_status status =
        rg_words_node(fitting->view, node,
                      node->cluster != RG_NONE ? RG_WORDS_NO_THREAD : 0, rows);
    for (size_t k = 0; k < rows->count && status == RG_OK; k++) {
        uint32_t next = count_letters(rows->text.data + rows->row[k].start,
                                      rows->row[k].size);
        letters = next > letters ? next : letters;
    }
    fitting->width[i] = letters * NODE_LETTER / 10 + NODE_PADDING +
                        (node->kind == RG_VIEW_STACK ? STACK_PADDING : 0);
    fitting->size[i] = (uint32_t)rows->count * ROW_HEIGHT + ROW_PADDING;
    return status;
}

static enum rg_status measure_arrow(struct fitting *fitting, size_t i)
{
    fitting->words.size = 0;
    struct rg_sink sink = rg_sink_to_buffer(&fitting->words);
    rg_words_edge(&sink, fitting->view, &fitting->view->edges[i]);
    uint32_t letters = count_letters(fitting->words.data, fitting->words.size);
    fitting->label[i] =
        letters == 0 ? 0 : letters * LABEL_LETTER / 10 + LABEL_PADDING;
    return sink.status;
}

static enum rg_status measure_words(struct fitting *fitting,
                                    struct rg_poll *poll)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; i < fitting->view->node_count && status == RG_OK; i++) {
        status = measure_box(fitting, i);
        if (status == RG_OK)
            status = rg_poll(poll, PIECES_PER_BOX);
    }
    for (size_t i = 0; i < fitting->view->edge_count && status == RG_OK; i++) {
        status = measure_arrow(fitting, i);
        if (status == RG_OK)
            status = rg_poll(poll, PIECES_PER_BOX);
    }
    return status;
}

static void place_node(struct fitting *fitting, size_t i)
{
    size_t rank = 2 * (size_t)fitting->height[i];
    place_level(fitting, rank, fitting->width[i]);
    fitting->along[rank] += NODE_GAP;
    fitting->stacked[rank] += fitting->size[i] + NODE_GAP;
}

static void place_edge(struct fitting *fitting, size_t i)
{
    const struct rg_view_edge *edge = &fitting->view->edges[i];
    size_t low = 2 * (size_t)fitting->height[edge->referent];
    size_t high = 2 * (size_t)fitting->height[edge->referrer];
    if (low > high) {
        size_t swapped = low;
        low = high;
        high = swapped;
    }
    if (low == high)
        return; /* from a node to itself */
    fitting->passing[low + 1]++;
    fitting->passing[high]--;
    if (fitting->label[i] != 0)
        place_level(fitting, (low + high) / 2, fitting->label[i]);
}

static void clear_ranks(struct fitting *fitting)
{
    size_t nodes = fitting->view->node_count, ranks = 2 * nodes + 1;
    memset(fitting->along, 0, ranks * sizeof *fitting->along);
    memset(fitting->passing, 0, ranks * sizeof *fitting->passing);
    memset(fitting->widest, 0, ranks * sizeof *fitting->widest);
    memset(fitting->stacked, 0, ranks * sizeof *fitting->stacked);
    if (nodes != 0) {
        memset(fitting->height, 0, nodes * sizeof *fitting->height);
        memset(fitting->waiting, 0, nodes * sizeof *fitting->waiting);
    }
}

/* What stands beside each other at most, and all ranks one after the other. */
struct extent {
    uint64_t wide, length, high, levels;
};

static struct extent place_all(struct fitting *fitting, bool is_across)
{
    int64_t passing = 0, wide = 0, length = 0, high = 0;
    size_t last = 0;
    clear_ranks(fitting);
    measure_threads(fitting, is_across);
    for (size_t i = 0; i < fitting->view->node_count; i++)
        place_node(fitting, i);
    for (size_t i = 0; i < fitting->view->edge_count; i++)
        place_edge(fitting, i);
    for (size_t i = 0; i < fitting->view->node_count; i++)
        if (fitting->height[i] > last)
            last = fitting->height[i];
    for (size_t rank = 0; rank <= 2 * last; rank++) {
        passing += fitting->passing[rank];
        int64_t width = fitting->along[rank] + passing * NODE_GAP;
        int64_t stack = fitting->stacked[rank] + passing * NODE_GAP;
        wide = width > wide ? width : wide;
        high = stack > high ? stack : high;
        length += fitting->widest[rank] + HALF_RANK_GAP;
    }
    return (struct extent){(uint64_t)wide, (uint64_t)length, (uint64_t)high,
                           last + 1};
}

static uint64_t estimate_down(const struct rg_view *view, struct extent extent)
{
    uint64_t more = view->edge_count + 1 > view->node_count
                        ? view->edge_count + 1 - view->node_count
                        : 0;
    uint64_t levels =
        extent.levels > FEWEST_LEVELS ? extent.levels : FEWEST_LEVELS;
    return extent.wide * DOWN_PERCENT / 100 + more * DOWN_ARROW / levels +
           DOWN_MARGIN;
}

enum rg_status rg_fit(struct rg_view *view, enum rg_direction direction,
                      struct rg_poll *poll, struct rg_error *error)
{
    struct fitting fitting = {.view = view};
    enum rg_status status = allocate_fitting(&fitting);
    if (status == RG_OK)
        status = measure_words(&fitting, poll);
    if (status == RG_OK) {
        uint64_t down = estimate_down(view, place_all(&fitting, false));
        struct extent sideways = place_all(&fitting, true);
        uint64_t across = sideways.length * ACROSS_PERCENT / 100;
        view->left_to_right = direction == RG_AUTOMATIC
                                  ? down > PAGE_WIDTH && down > across
                                  : direction == RG_LEFT_TO_RIGHT;
        view->is_wide = view->left_to_right ? across > READABLE_ACROSS
                                            : down > READABLE_DOWN;
        view->is_tall = view->left_to_right && sideways.high > READABLE_HEIGHT;
    }
    free_fitting(&fitting);
    return status == RG_ENOMEM ? rg_error_no_memory(error) : status;
}

static struct rg_view *fitted(const struct rg_graph *graph,
                              const struct rg_fit_options *options,
                              bool paths_only, size_t most_roots,
                              struct rg_error *error)
{
    const struct rg_view_options view_options = {.max_objects =
                                                     options->max_objects,
                                                 .paths_only = paths_only,
                                                 .most_roots = most_roots,
                                                 .poll = options->poll};
    struct rg_view *view = rg_view_new(graph, &view_options, error);
    if (view == NULL ||
        rg_fit(view, options->direction, options->poll, error) == RG_OK)
        return view;
    rg_view_free(view);
    return NULL;
}

/* All of it; where that cannot be read the paths; where these cannot, fewer and
 * fewer of them. */
struct rg_view *rg_fit_view(const struct rg_graph *graph,
                            const struct rg_fit_options *options,
                            struct rg_error *error)
{
    static const size_t most_roots[] = {0, 4, 2};
    bool is_automatic =
        options->paths == RG_PATHS_AUTOMATIC && options->max_objects == 0;
    struct rg_view *view =
        fitted(graph, options, options->paths == RG_PATHS_ONLY, 0, error);
    for (size_t i = 0;
         is_automatic && view != NULL && (view->is_wide || view->is_tall) &&
         i < sizeof most_roots / sizeof most_roots[0];
         i++) {
        struct rg_view *paths =
            fitted(graph, options, true, most_roots[i], error);
        if (paths != NULL && !paths->counts.paths_only) {
            rg_view_free(paths);
            return view;
        }
        rg_view_free(view);
        view = paths;
    }
    return view;
}
