/* The rows of a view.  Redaction is done with a graph before it is viewed, and
 * a view has no words of its own: all is kept. */
#include "view/view_records.h"

#define ROWS(rows) .fields = (rows), .field_count = RG_COUNT_OF(rows)

#define TO_GRAPH(kind) .of = &rg_graph_records[RG_RECORD_##kind]
#define TO_VIEW(kind) .of = &rg_view_records[RG_RECORD_##kind]

/* Where struct rg_view keeps an array, and how large a record of it is. */
#define ARRAY(record, array, one) \
    .size = sizeof(struct record), .items = offsetof(struct rg_view, array), \
    .count = offsetof(struct rg_view, one##_count), \
    .capacity = offsetof(struct rg_view, one##_capacity), .is_of_view = true

/* A member of a stack, told apart from its node: object or root. */
struct member {
    uint32_t node, object, root;
};

struct way {
    uint32_t reference;
};

_Static_assert(sizeof(struct rg_view_node) <= sizeof(union rg_any) &&
                   sizeof(struct rg_view_edge) <= sizeof(union rg_any) &&
                   sizeof(struct rg_view_counts) <= sizeof(union rg_any),
               "a copy of any record has room for it");

static size_t one_view(const void *whole)
{
    (void)whole;
    return 1;
}

static bool get_counts(const void *whole, size_t at, void *record)
{
    (void)at;
    *(struct rg_view_counts *)record = ((const struct rg_view *)whole)->counts;
    return true;
}

static enum rg_status add_counts(void *whole, const void *record,
                                 const char **words)
{
    (void)words;
    ((struct rg_view *)whole)->counts = *(const struct rg_view_counts *)record;
    return RG_OK;
}

static const char *refuse_counts(const void *whole, const void *record)
{
    const struct rg_view_counts *counts = record;
    (void)whole;
    if (counts->shown > counts->references ||
        counts->collapsed != counts->references - counts->shown)
        return "what is shown and what is collapsed must add up";
    return counts->objects_drawn > counts->objects
               ? "no more objects can be drawn than there are"
               : NULL;
}

static const struct rg_field counts_fields[] = {
    {RG_FIELD("references", NUMBER, KEEP, rg_view_counts, references),
     .about = "to the targets"},
    {RG_FIELD("shown", NUMBER, KEEP, rg_view_counts, shown)},
    {RG_FIELD("collapsed", NUMBER, KEEP, rg_view_counts, collapsed)},
    {RG_FIELD("weak", NUMBER, KEEP, rg_view_counts, weak),
     .about = "counted apart"},
    {RG_FIELD("unseen", NUMBER, KEEP, rg_view_counts, unseen),
     .about = "from C code, counted apart"},
    {RG_FIELD("objects_drawn", NUMBER, KEEP, rg_view_counts, objects_drawn)},
    {RG_FIELD("roots_drawn", NUMBER, KEEP, rg_view_counts, roots_drawn)},
    {RG_FIELD("objects", NUMBER, KEEP, rg_view_counts, objects),
     .only_in_lines = true},
    {RG_FIELD("paths_only", SWITCH, KEEP, rg_view_counts, paths_only),
     .may_lack = true, .about = "nothing but ways from roots is drawn"},
};

static const char *cluster_token(unsigned kind)
{
    static const char *const tokens[] = {[RG_VIEW_THREAD] = "thread",
                                         [RG_VIEW_GARBAGE] = "garbage"};
    return kind < RG_COUNT_OF(tokens) ? tokens[kind] : NULL;
}

static const char *refuse_cluster(const void *whole, const void *record)
{
    const struct rg_view_cluster *cluster = record;
    (void)whole;
    return cluster->kind == RG_VIEW_THREAD && cluster->root == RG_NONE
               ? "a thread is known by a frame"
               : NULL;
}

static const struct rg_field cluster_fields[] = {
    {RG_FIELD("kind", WORD, KEEP, rg_view_cluster, kind),
     .word = cluster_token},
    {RG_FIELD("root", LINK, KEEP, rg_view_cluster, root), TO_GRAPH(ROOT),
     .only_in_lines = true},
};

static const char *node_token(unsigned kind)
{
    static const char *const tokens[] = {
        [RG_VIEW_OBJECT] = "object", [RG_VIEW_ROOT] = "root",
        [RG_VIEW_STACK] = "stack",   [RG_VIEW_STEPS] = "steps",
        [RG_VIEW_MORE] = "more",     [RG_VIEW_NATIVE] = "native"};
    return kind < RG_COUNT_OF(tokens) ? tokens[kind] : NULL;
}

static const struct rg_flag node_flags[] = {
    {RG_VIEW_TARGET, "target", NULL},
    {RG_VIEW_ON_PATH, "on_path", NULL},
    {RG_VIEW_DEPTH_LIMIT, "depth_limit", NULL},
    {RG_VIEW_CYCLE, "leads_back", NULL},
    {RG_VIEW_REFERENCES, "counts_references", NULL},
    {0, NULL, NULL}};

/* The members of a stack come in lines of their own, behind all nodes. */
static enum rg_status add_view_node(void *whole, const void *record,
                                    const char **words)
{
    struct rg_view_node node = *(const struct rg_view_node *)record;
    (void)words;
    node.member_count = 0;
    return rg_record_append(&rg_view_records[RG_RECORD_NODE], whole, &node);
}

static const struct rg_field node_fields[] = {
    {RG_FIELD("kind", WORD, KEEP, rg_view_node, kind), .word = node_token},
    {RG_FIELD(NULL, FLAGS, KEEP, rg_view_node, flags), .flags = node_flags},
    {RG_FIELD("object", LINK, KEEP, rg_view_node, object), TO_GRAPH(OBJECT)},
    {RG_FIELD("root", LINK, KEEP, rg_view_node, root), TO_GRAPH(ROOT)},
    {RG_FIELD("level", NUMBER, KEEP, rg_view_node, level),
     .about = "fewest arrows to a target"},
    {RG_FIELD("native", NUMBER, KEEP, rg_view_node, native),
     .only_in_lines = true},
    {RG_FIELD("cluster", LINK, KEEP, rg_view_node, cluster), TO_VIEW(CLUSTER)},
    {RG_FIELD("count", NUMBER, KEEP, rg_view_node, count),
     .about = "of a stack, steps, more, native: of how many"},
    {RG_FIELD("unfollowed", NUMBER, KEEP, rg_view_node, unfollowed),
     .about = "of a stack: members whose own referrers were not looked for"},
    {RG_FIELD("references", NUMBER, KEEP, rg_view_node, references),
     .only_in_lines = true},
};

static size_t count_members(const void *whole)
{
    return ((const struct rg_view *)whole)->node_count * RG_VIEW_MEMBERS;
}

static bool get_member(const void *whole, size_t at, void *record)
{
    const struct rg_view *view = whole;
    const struct rg_view_node *node = &view->nodes[at / RG_VIEW_MEMBERS];
    size_t k = at % RG_VIEW_MEMBERS;
    bool is_root = node->object == RG_NONE;
    *(struct member *)record =
        (struct member){.node = (uint32_t)(at / RG_VIEW_MEMBERS),
                        .object = is_root ? RG_NONE : node->member[k],
                        .root = is_root ? node->member[k] : RG_NONE};
    return k < node->member_count;
}

static const char *refuse_member(const void *whole, const void *record)
{
    const struct rg_view *view = whole;
    const struct member *member = record;
    const struct rg_view_node *node = &view->nodes[member->node];
    if (node->kind != RG_VIEW_STACK)
        return "only a stack has members";
    return (member->object == RG_NONE) != (node->object == RG_NONE) ||
                   (member->root == RG_NONE) == (node->object == RG_NONE)
               ? "a stack is of objects or of roots"
               : NULL;
}

static enum rg_status add_member(void *whole, const void *record,
                                 const char **words)
{
    const struct member *member = record;
    struct rg_view_node *node = &((struct rg_view *)whole)->nodes[member->node];
    if (node->member_count == RG_VIEW_MEMBERS) {
        *words = "is one member too many";
        return RG_EFORMAT;
    }
    node->member[node->member_count++] =
        member->object == RG_NONE ? member->root : member->object;
    return RG_OK;
}

static const struct rg_field member_fields[] = {
    {RG_FIELD("node", INDEX, KEEP, member, node), TO_VIEW(NODE)},
    {RG_FIELD("object", LINK, KEEP, member, object), TO_GRAPH(OBJECT)},
    {RG_FIELD("root", LINK, KEEP, member, root), TO_GRAPH(ROOT)},
};

static const struct rg_flag edge_flags[] = {
    {RG_VIEW_ON_PATH, "on_path", NULL}, {RG_VIEW_CYCLE, "cycle", NULL},
    {RG_VIEW_WEAK, "weak", NULL},       {RG_VIEW_CUT, "cut", NULL},
    {RG_VIEW_ALIKE, "alike", NULL},     {0, NULL, NULL}};

/* What is left of the room for labels is told as none. */
static bool get_edge(const void *whole, size_t at, void *record)
{
    struct rg_view_edge *edge = record;
    *edge = ((const struct rg_view *)whole)->edges[at];
    for (uint32_t k = edge->label_count; k < RG_VIEW_EDGE_LABELS; k++)
        edge->label[k] = RG_NONE;
    return true;
}

static enum rg_status add_edge(void *whole, const void *record,
                               const char **words)
{
    struct rg_view_edge edge = *(const struct rg_view_edge *)record;
    edge.label_count = 0;
    for (uint32_t k = 0; k < RG_VIEW_EDGE_LABELS; k++) {
        if (edge.label[k] == RG_NONE)
            continue;
        if (edge.label_count != k) {
            *words = "has a label behind none";
            return RG_EFORMAT;
        }
        edge.label_count++;
    }
    return rg_record_append(&rg_view_records[RG_RECORD_EDGE], whole, &edge);
}

static const struct rg_field edge_fields[] = {
    {RG_FIELD("referrer", INDEX, KEEP, rg_view_edge, referrer), TO_VIEW(NODE)},
    {RG_FIELD("referent", INDEX, KEEP, rg_view_edge, referent), TO_VIEW(NODE)},
    {RG_FIELD(NULL, FLAGS, KEEP, rg_view_edge, flags), .flags = edge_flags},
    {RG_FIELD("first", LINK, KEEP, rg_view_edge, label[0]), TO_GRAPH(REFERENCE),
     .only_in_lines = true},
    {RG_FIELD("second", LINK, KEEP, rg_view_edge, label[1]),
     TO_GRAPH(REFERENCE), .only_in_lines = true},
    {RG_FIELD("third", LINK, KEEP, rg_view_edge, label[2]), TO_GRAPH(REFERENCE),
     .only_in_lines = true},
    {RG_FIELD("last", LINK, KEEP, rg_view_edge, last), TO_GRAPH(REFERENCE),
     .only_in_lines = true},
    {RG_FIELD("rest", LINK, KEEP, rg_view_edge, rest), TO_GRAPH(REST),
     .only_in_lines = true},
    {RG_FIELD("count", NUMBER, KEEP, rg_view_edge, reference_count)},
};

_Static_assert(RG_VIEW_EDGE_LABELS == 3, "an edge has a row for each label");

static const struct rg_field way_fields[] = {
    {RG_FIELD("reference", INDEX, KEEP, way, reference), TO_GRAPH(REFERENCE)},
};

/* clang-format off: a row is a paragraph */
const struct rg_record rg_view_records[RG_VIEW_RECORD_COUNT] = {
    [RG_RECORD_COUNTS] = {.word = "view",
                          .name = "counts",
                          ROWS(counts_fields),
                          .size = sizeof(struct rg_view_counts),
                          .is_single = true,
                          .is_of_view = true,
                          .count_of = one_view,
                          .get = get_counts,
                          .add = add_counts,
                          .refuse = refuse_counts},
    [RG_RECORD_CLUSTER] = {.word = "cluster",
                           .name = "clusters",
                           ROWS(cluster_fields),
                           ARRAY(rg_view_cluster, clusters, cluster),
                           .refuse = refuse_cluster},
    [RG_RECORD_NODE] = {.word = "node",
                        .name = "nodes",
                        ROWS(node_fields),
                        ARRAY(rg_view_node, nodes, node),
                        .add = add_view_node},
    [RG_RECORD_MEMBER] = {.word = "member",
                          ROWS(member_fields),
                          .size = sizeof(struct member),
                          .is_of_view = true,
                          .count_of = count_members,
                          .get = get_member,
                          .add = add_member,
                          .refuse = refuse_member},
    [RG_RECORD_EDGE] = {.word = "arrow",
                        .name = "edges",
                        ROWS(edge_fields),
                        ARRAY(rg_view_edge, edges, edge),
                        .get = get_edge,
                        .add = add_edge},
    [RG_RECORD_WAY] = {.word = "way", ROWS(way_fields), ARRAY(way, path, path)},
};
/* clang-format on */
