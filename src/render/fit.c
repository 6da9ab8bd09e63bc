#include "render/fit.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "render/words.h"

/* Pixels, as Graphviz measures the fonts of look.c. */
enum {
    PAGE_WIDTH = 830,
    READABLE_WIDTH = 1150,  /* shrunk to less than 65 % text is too small; that
                               is 1277, less what the estimate may be off */
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

/* What layout adds to a perfect packing, in percent.  Both were fitted over
 * 632 graphs of live objects, drawn both ways by Graphviz 2.42: the direction
 * is the narrower one, to 5 %, in 622 of them; 2 are too wide and do not say
 * so, 14 say so and are not. */
enum { DOWN_PERCENT = 120, ACROSS_PERCENT = 105 };

/* Each level of boxes and each level of labels between two of them is a rank:
 * a box at height h is on rank 2 h.  An arrow passes all ranks between its
 * ends, with its label half way. */
struct fitting {
    const struct rg_view *view;
    uint32_t *height;  /* per node: the longest way to where arrows end */
    int64_t *along;    /* per rank: what stands side by side on it, */
    int64_t *passing;  /* how many arrows more pass it than the one before, */
    uint32_t *widest;  /* and the widest thing on it */
    int64_t *stacked;  /* the same drawn from left to right: heights */
    uint32_t *waiting; /* per node: arrows whose head has no height yet */
    uint32_t *queue;
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
    return fitting->height != NULL && fitting->along != NULL &&
                   fitting->passing != NULL && fitting->widest != NULL &&
                   fitting->stacked != NULL && fitting->waiting != NULL &&
                   fitting->queue != NULL
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

/* Without the edges that close cycles every node gets its turn: once all it
 * refers to have their height. */
static void measure_heights(struct fitting *fitting)
{
    const struct rg_view *view = fitting->view;
    size_t head = 0, tail = 0;
    for (size_t i = 0; i < view->edge_count; i++)
        if ((view->edges[i].flags & RG_VIEW_CYCLE) == 0)
            fitting->waiting[view->edges[i].referrer]++;
    for (uint32_t i = 0; i < view->node_count; i++)
        if (fitting->waiting[i] == 0)
            fitting->queue[tail++] = i;
    while (head < tail) {
        uint32_t node = fitting->queue[head++];
        for (size_t i = first_edge(view, node);
             i < view->edge_count && view->edges[i].referent == node; i++) {
            uint32_t referrer = view->edges[i].referrer;
            if (view->edges[i].flags & RG_VIEW_CYCLE)
                continue;
            if (fitting->height[referrer] <= fitting->height[node])
                fitting->height[referrer] = fitting->height[node] + 1;
            if (--fitting->waiting[referrer] == 0)
                fitting->queue[tail++] = referrer;
        }
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

static enum rg_status place_node(struct fitting *fitting, size_t i)
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
    size_t rank = 2 * (size_t)fitting->height[i];
    place_level(fitting, rank,
                letters * NODE_LETTER / 10 + NODE_PADDING +
                    (node->kind == RG_VIEW_STACK ? STACK_PADDING : 0));
    fitting->along[rank] += NODE_GAP;
    fitting->stacked[rank] +=
        (int64_t)rows->count * ROW_HEIGHT + ROW_PADDING + NODE_GAP;
    return status;
}

static enum rg_status place_edge(struct fitting *fitting,
                                 const struct rg_view_edge *edge)
{
    size_t low = 2 * (size_t)fitting->height[edge->referent];
    size_t high = 2 * (size_t)fitting->height[edge->referrer];
    if (low > high) {
        size_t swapped = low;
        low = high;
        high = swapped;
    }
    if (low == high)
        return RG_OK; /* from a node to itself */
    fitting->passing[low + 1]++;
    fitting->passing[high]--;
    fitting->words.size = 0;
    struct rg_sink sink = rg_sink_to_buffer(&fitting->words);
    rg_words_edge(&sink, fitting->view, edge);
    uint32_t letters = count_letters(fitting->words.data, fitting->words.size);
    if (letters != 0)
        place_level(fitting, (low + high) / 2,
                    letters * LABEL_LETTER / 10 + LABEL_PADDING);
    return sink.status;
}

/* Both widths of the whole picture, and the height of the one that is drawn
 * from left to right. */
static void add_up_widths(const struct fitting *fitting, uint64_t *down,
                          uint64_t *across, uint64_t *height)
{
    int64_t passing = 0, widest = 0, length = 0, highest = 0;
    size_t last = 0;
    for (size_t i = 0; i < fitting->view->node_count; i++)
        if (fitting->height[i] > last)
            last = fitting->height[i];
    for (size_t rank = 0; rank <= 2 * last; rank++) {
        passing += fitting->passing[rank];
        int64_t width = fitting->along[rank] + passing * NODE_GAP;
        int64_t stack = fitting->stacked[rank] + passing * NODE_GAP;
        widest = width > widest ? width : widest;
        highest = stack > highest ? stack : highest;
        length += fitting->widest[rank] + HALF_RANK_GAP;
    }
    *down = (uint64_t)widest * DOWN_PERCENT / 100;
    *across = (uint64_t)length * ACROSS_PERCENT / 100;
    *height = (uint64_t)highest;
}

enum rg_status rg_fit(struct rg_view *view, enum rg_direction direction,
                      struct rg_poll *poll, struct rg_error *error)
{
    struct fitting fitting = {.view = view};
    uint64_t down = 0, across = 0, height = 0;
    enum rg_status status = allocate_fitting(&fitting);
    if (status == RG_OK)
        measure_heights(&fitting);
    for (size_t i = 0; i < view->node_count && status == RG_OK; i++) {
        status = place_node(&fitting, i);
        if (status == RG_OK)
            status = rg_poll(poll, PIECES_PER_BOX);
    }
    for (size_t i = 0; i < view->edge_count && status == RG_OK; i++) {
        status = place_edge(&fitting, &view->edges[i]);
        if (status == RG_OK)
            status = rg_poll(poll, PIECES_PER_BOX);
    }
    if (status == RG_OK) {
        add_up_widths(&fitting, &down, &across, &height);
        view->left_to_right = direction == RG_AUTOMATIC
                                  ? down > PAGE_WIDTH && down > across
                                  : direction == RG_LEFT_TO_RIGHT;
        view->is_wide = (view->left_to_right ? across : down) > READABLE_WIDTH;
        view->is_tall = view->left_to_right && height > READABLE_HEIGHT;
    }
    free_fitting(&fitting);
    return status == RG_ENOMEM ? rg_error_no_memory(error) : status;
}

static struct rg_view *fitted(const struct rg_graph *graph,
                              const struct rg_fit_options *options,
                              bool paths_only, struct rg_error *error)
{
    const struct rg_view_options view_options = {.max_objects =
                                                     options->max_objects,
                                                 .paths_only = paths_only,
                                                 .poll = options->poll};
    struct rg_view *view = rg_view_new(graph, &view_options, error);
    if (view == NULL ||
        rg_fit(view, options->direction, options->poll, error) == RG_OK)
        return view;
    rg_view_free(view);
    return NULL;
}

struct rg_view *rg_fit_view(const struct rg_graph *graph,
                            const struct rg_fit_options *options,
                            struct rg_error *error)
{
    bool is_automatic =
        options->paths == RG_PATHS_AUTOMATIC && options->max_objects == 0;
    struct rg_view *view =
        fitted(graph, options, options->paths == RG_PATHS_ONLY, error);
    if (view == NULL || !is_automatic || !(view->is_wide || view->is_tall))
        return view;
    struct rg_view *paths = fitted(graph, options, true, error);
    if (paths != NULL && !paths->counts.paths_only) {
        rg_view_free(paths);
        return view;
    }
    rg_view_free(view);
    return paths;
}
