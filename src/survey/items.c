/* items.c - what is new in a place that grows
 *
 * The last look is compared with the one before it: an object is the same when
 * its address and its type are.  Types are counted over all looks. */
#include "base/alloc.h"
#include "base/sort.h"
#include "survey/growing.h"

/* Types that are told apart, and owners that are asked whom they share. */
enum { MOST_TYPES = 64, MOST_OWNERS = 256 };

/* An address with a number. */
struct known {
    uint64_t address, number;
};

struct knowledge {
    struct known *items;
    size_t count, capacity;
};

static int by_known_address(const void *left, const void *right)
{
    const struct known *a = left, *b = right;
    return (a->address > b->address) - (a->address < b->address);
}

static enum rg_status note(struct knowledge *knowledge, uint64_t address,
                           uint64_t number)
{
    void *items = knowledge->items;
    if (rg_grow(&items, &knowledge->capacity, knowledge->count + 1,
                sizeof *knowledge->items) < 0)
        return RG_ENOMEM;
    knowledge->items = items;
    knowledge->items[knowledge->count++] =
        (struct known){.address = address, .number = number};
    return RG_OK;
}

static const struct known *find_known(const struct knowledge *knowledge,
                                      uint64_t address)
{
    const struct known key = {.address = address};
    return rg_sort_find(knowledge->items, knowledge->count, sizeof key, &key,
                        by_known_address);
}

/* Pieces of work (poll.h) that it is to look for one object among many. */
enum { PIECES_PER_SIGHT = 8 };

struct finding {
    struct rg_survey *survey;
    struct rg_growth_row *row;
    size_t last;                     /* the number of the last look */
    struct knowledge members, items; /* of the look before: with their lengths;
                                        what these refer to */
    struct rg_growth_item types[MOST_TYPES];
    size_t type_count;
    uint64_t new_items, new_weak, new_dead, new_waiting;
    uint32_t owners[MOST_OWNERS];
    size_t owner_count;
};

/* Types */

static enum rg_status tally_type(struct finding *finding, size_t look,
                                 uint32_t node)
{
    uint32_t type;
    size_t i = 0;
    enum rg_status status = rg__survey_type(finding->survey, look, node, &type);
    while (i < finding->type_count && finding->types[i].type != type)
        i++;
    if (status != RG_OK || i == MOST_TYPES)
        return status;
    if (i == finding->type_count)
        finding->types[finding->type_count++] =
            (struct rg_growth_item){.type = type};
    finding->types[i].before += look == 0;
    finding->types[i].after += look == finding->last;
    return RG_OK;
}

static bool is_wanted(const struct finding *finding, const struct rg__look *at,
                      size_t reference)
{
    const struct rg__step *step = &at->steps[at->dump->how[reference]];
    if (at->place[at->dump->to[reference]] == RG__OURS)
        return false;
    return finding->row->sign == RG_GROWTH_NAMES ? step->is_name
                                                 : step->is_item;
}

static bool is_key(const struct rg__look *at, size_t reference)
{
    return at->steps[at->dump->how[reference]].kind == RG_KEY;
}

static int most_first(const void *left, const void *right)
{
    const struct rg_growth_item *a = left, *b = right;
    uint64_t of_a = a->after > a->before ? a->after - a->before : 0;
    uint64_t of_b = b->after > b->before ? b->after - b->before : 0;
    return of_a != of_b ? (of_a < of_b ? 1 : -1)
                        : (a->type > b->type) - (a->type < b->type);
}

static void keep_types(struct finding *finding)
{
    struct rg_growth_row *row = finding->row;
    rg_sort_in_place(finding->types, finding->type_count,
                     sizeof *finding->types, most_first);
    for (size_t i = 0; i < finding->type_count && i < RG_GROWTH_ITEMS; i++)
        if (finding->types[i].after > finding->types[i].before)
            row->items[row->item_count++] = finding->types[i];
}

/* Weak references */

static bool is_below(const struct rg_survey *survey, uint32_t place,
                     uint32_t above)
{
    while (place != RG_NONE && place != above)
        place = survey->places[place].parent;
    return place == above;
}

/* Whether it refers to something that another place holds; *is_gone, to
 * nothing.  What is held by a value under its own weak key is a leak like any
 * other. */
static bool is_held(const struct finding *finding, const struct rg__look *look,
                    uint32_t weak, bool *is_gone)
{
    const struct rg_dump *dump = look->dump;
    *is_gone = true;
    for (size_t i = dump->first[weak]; i < dump->first[weak + 1]; i++) {
        if (rg_dump_how_of(dump, i)->mode != RG_DUMP_WEAK)
            continue;
        *is_gone = false;
        uint32_t place = look->place[dump->to[i]];
        if (place < RG__OURS)
            return !is_below(finding->survey, place, finding->row->place);
    }
    return false;
}

static bool waits_for_collector(const struct rg__look *look, uint32_t weak)
{
    const struct rg_dump *dump = look->dump;
    for (size_t i = dump->first[weak]; i < dump->first[weak + 1]; i++)
        if (rg_dump_how_of(dump, i)->mode == RG_DUMP_WEAK &&
            look->place[dump->to[i]] < RG__OURS)
            return false;
    return true;
}

/* A weak reference, or the first one of a small container that has nothing else;
 * else RG_NONE. */
static uint32_t weak_of(const struct rg__look *look, uint32_t node)
{
    enum { FEW = 8 };
    const struct rg_dump *dump = look->dump;
    uint32_t found = RG_NONE;
    if (rg__is_sort(look, node, RG__SORT_WEAK))
        return node;
    if (dump->first[node + 1] - dump->first[node] > 2 * FEW)
        return RG_NONE;
    for (size_t i = dump->first[node]; i < dump->first[node + 1]; i++) {
        const struct rg__step *step = &look->steps[dump->how[i]];
        if (!step->is_step || step->is_late)
            continue;
        if (!rg__is_sort(look, dump->to[i], RG__SORT_WEAK))
            return RG_NONE;
        found = dump->to[i];
    }
    return found;
}

static void note_weak(struct finding *finding, const struct rg__look *look,
                      uint32_t node)
{
    bool is_gone;
    node = weak_of(look, node);
    if (node == RG_NONE)
        return;
    if (is_held(finding, look, node, &is_gone))
        finding->new_weak++;
    else if (is_gone)
        finding->new_dead++;
    else
        finding->new_waiting += waits_for_collector(look, node);
}

/* What refers to garbage goes with it. */
static void judge_weak(struct finding *finding)
{
    uint64_t weak =
        finding->new_weak + finding->new_dead + finding->new_waiting;
    if (weak == 0 || weak * 2 < finding->new_items)
        return;
    finding->row->weak = finding->new_dead * 2 > weak      ? RG_GROWTH_DEAD
                         : finding->new_waiting * 2 > weak ? RG_GROWTH_WAITING
                                                           : RG_GROWTH_WEAK;
}

/* Owners */

static void add_owner(struct finding *finding, uint32_t node)
{
    if (finding->owner_count < MOST_OWNERS &&
        (finding->owner_count == 0 ||
         finding->owners[finding->owner_count - 1] != node))
        finding->owners[finding->owner_count++] = node;
}

uint32_t rg__owner_of(const struct rg__look *look, uint32_t node)
{
    do
        node = look->from[node];
    while (node != RG_NONE && look->absorbed[node]);
    return node;
}

static size_t owner_depth(const struct rg__look *look, uint32_t node)
{
    size_t depth = 0;
    for (; node != RG_NONE; node = rg__owner_of(look, node))
        depth++;
    return depth;
}

/* The last object on the ways to both. */
static uint32_t common_owner(const struct rg__look *look, uint32_t a,
                             uint32_t b)
{
    size_t of_a = owner_depth(look, a), of_b = owner_depth(look, b);
    for (; of_a > of_b; of_a--)
        a = rg__owner_of(look, a);
    for (; of_b > of_a; of_b--)
        b = rg__owner_of(look, b);
    while (a != b) {
        a = rg__owner_of(look, a);
        b = rg__owner_of(look, b);
    }
    return a;
}

static void judge_owners(struct finding *finding)
{
    const struct rg__look *look = &finding->survey->looks[finding->last];
    uint32_t common = finding->owner_count > 0 ? finding->owners[0] : RG_NONE;
    bool is_one = finding->owner_count > 0;
    for (size_t i = 1; i < finding->owner_count && common != RG_NONE; i++) {
        is_one &= finding->owners[i] == finding->owners[0];
        common = common_owner(look, common, finding->owners[i]);
    }
    finding->row->owner = is_one ? common : RG_NONE;
    finding->row->common = common;
}

/* Containers */

/* The container of a node, which may be plumbing. */
static uint32_t container_of_node(const struct rg__look *look, uint32_t node)
{
    return look->absorbed[node] ? rg__owner_of(look, node) : node;
}

/* After the references of a node: each was looked for among those of before. */
static enum rg_status poll_row(const struct finding *finding,
                               const struct rg__look *at, uint32_t node)
{
    size_t count = at->dump->first[node + 1] - at->dump->first[node];
    return rg_poll(finding->survey->poll, count * PIECES_PER_SIGHT + 1);
}

/* What the look before knew. */
static enum rg_status learn(struct finding *finding)
{
    size_t before = finding->last - 1;
    const struct rg__look *at = &finding->survey->looks[before];
    const struct rg_dump *dump = at->dump;
    enum rg_status status = RG_OK;
    uint32_t node =
        rg__part(finding->survey, finding->row->place, before)->head;
    for (; status == RG_OK && node != RG_NONE; node = at->next[node]) {
        uint64_t length = 0;
        for (size_t i = dump->first[node];
             status == RG_OK && i < dump->first[node + 1]; i++) {
            bool counts = is_wanted(finding, at, i);
            length += counts;
            if (counts || is_key(at, i))
                status = note(&finding->items, dump->address[dump->to[i]], 0);
        }
        if (status == RG_OK && !at->absorbed[node])
            status = note(&finding->members, dump->address[node], length);
        if (status == RG_OK)
            status = poll_row(finding, at, node);
    }
    if (status == RG_OK)
        status = rg_sort(finding->items.items, finding->items.count,
                         sizeof(struct known), by_known_address,
                         finding->survey->poll);
    if (status == RG_OK)
        status = rg_sort(finding->members.items, finding->members.count,
                         sizeof(struct known), by_known_address,
                         finding->survey->poll);
    return status;
}

static void see_reference(struct finding *finding, const struct rg__look *at,
                          uint32_t node, size_t reference, bool counts)
{
    const struct rg_dump *dump = at->dump;
    uint32_t to = dump->to[reference];
    if (find_known(&finding->items, dump->address[to]) != NULL)
        return;
    if (!counts && at->place[to] < RG__OURS)
        finding->row->key_place = at->place[to];
    finding->new_items += counts;
    note_weak(finding, at, to);
    if (counts) {
        finding->row->newest = to;
        finding->row->newest_owner = container_of_node(at, node);
        finding->row->newest_via = (uint32_t)reference;
    }
}

static enum rg_status see_member(struct finding *finding, uint32_t node)
{
    const struct rg__look *at = &finding->survey->looks[finding->last];
    const struct rg_dump *dump = at->dump;
    uint64_t length = 0;
    enum rg_status status = RG_OK;
    for (size_t i = dump->first[node];
         status == RG_OK && i < dump->first[node + 1]; i++) {
        bool counts = is_wanted(finding, at, i);
        length += counts;
        if (counts || is_key(at, i))
            see_reference(finding, at, node, i, counts);
        if (counts && !at->absorbed[node])
            status = tally_type(finding, finding->last, dump->to[i]);
    }
    const struct known *known =
        find_known(&finding->members, dump->address[node]);
    if (!at->absorbed[node] && length > (known == NULL ? 0 : known->number))
        add_owner(finding, node);
    return status == RG_OK ? poll_row(finding, at, node) : status;
}

static enum rg_status tally_first(struct finding *finding)
{
    const struct rg__look *at = &finding->survey->looks[0];
    const struct rg_dump *dump = at->dump;
    enum rg_status status = RG_OK;
    uint32_t node = rg__part(finding->survey, finding->row->place, 0)->head;
    for (; status == RG_OK && node != RG_NONE; node = at->next[node]) {
        for (size_t i = dump->first[node];
             status == RG_OK && i < dump->first[node + 1]; i++)
            if (!at->absorbed[node] && is_wanted(finding, at, i))
                status = tally_type(finding, 0, dump->to[i]);
        if (status == RG_OK)
            status = poll_row(finding, at, node);
    }
    return status;
}

static enum rg_status see_containers(struct finding *finding)
{
    const struct rg__look *at = &finding->survey->looks[finding->last];
    enum rg_status status = learn(finding);
    uint32_t node =
        rg__part(finding->survey, finding->row->place, finding->last)->head;
    if (status == RG_OK)
        status = tally_first(finding);
    for (; status == RG_OK && node != RG_NONE; node = at->next[node])
        status = see_member(finding, node);
    return status;
}

/* Children, chains */

static enum rg_status see_children(struct finding *finding)
{
    struct rg_growth_row *row = finding->row;
    uint32_t place = row->sign == RG_GROWTH_CHILDREN ? row->child : row->place;
    size_t before = finding->last - 1;
    const struct rg__look *at = &finding->survey->looks[before];
    enum rg_status status = RG_OK;
    for (uint32_t n = rg__part(finding->survey, place, before)->head;
         status == RG_OK && n != RG_NONE; n = at->next[n]) {
        status = note(&finding->items, at->dump->address[n], 0);
        if (status == RG_OK)
            status = rg_poll(finding->survey->poll, 1);
    }
    if (status == RG_OK)
        status = rg_sort(finding->items.items, finding->items.count,
                         sizeof(struct known), by_known_address,
                         finding->survey->poll);
    at = &finding->survey->looks[finding->last];
    for (uint32_t n = rg__part(finding->survey, place, finding->last)->head;
         status == RG_OK && n != RG_NONE; n = at->next[n]) {
        status = rg_poll(finding->survey->poll, PIECES_PER_SIGHT);
        if (at->absorbed[n] ||
            find_known(&finding->items, at->dump->address[n]) != NULL)
            continue;
        finding->new_items++;
        note_weak(finding, at, n);
        row->newest = n;
        row->newest_via = RG_NONE;
        if (row->sign == RG_GROWTH_CHILDREN)
            add_owner(finding, rg__owner_of(at, n));
    }
    row->items[row->item_count++] =
        (struct rg_growth_item){.type = finding->survey->places[place].type,
                                .before = row->sizes[0],
                                .after = row->sizes[finding->last]};
    return status;
}

enum rg_status rg__find_items(struct rg_survey *survey,
                              struct rg_growth_row *row)
{
    struct finding *finding = rg_alloc_zeroed(1, sizeof *finding);
    if (finding == NULL)
        return RG_ENOMEM;
    finding->survey = survey;
    finding->row = row;
    finding->last = survey->look_count - 1;
    bool is_container =
        row->sign == RG_GROWTH_LENGTH || row->sign == RG_GROWTH_NAMES;
    enum rg_status status =
        is_container ? see_containers(finding) : see_children(finding);
    if (status == RG_OK) {
        if (is_container)
            keep_types(finding);
        judge_weak(finding);
        judge_owners(finding);
    }
    rg_free(finding->items.items);
    rg_free(finding->members.items);
    rg_free(finding);
    return status;
}
