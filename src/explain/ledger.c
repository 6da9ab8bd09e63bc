#include "explain/ledger.h"

#include "base/alloc.h"

/* References by kind; those of the caller apart. */
struct sums {
    uint64_t of[2][RG_KIND_COUNT];
};

struct ledger {
    const struct rg__asked *asked;
    uint32_t target;
    struct sums direct;  /* the referrer's own references */
    struct sums through; /* through its plumbing */
};

static bool is_caller(const struct ledger *ledger, uint32_t referrer)
{
    const struct rg_node *node =
        &ledger->asked->naming.closure->nodes[referrer];
    return node->role & RG_ROLE_STOP &&
           ledger->asked->witness->is_caller(ledger->asked->witness->context,
                                             node);
}

/* Named references; a reference of plumbing is counted under the name it has
 * where the plumbing belongs. */
static enum rg_status sum_named(struct ledger *ledger)
{
    struct rg_reading *reading = ledger->asked->naming.reading;
    enum rg_status status = RG_OK;
    for (uint32_t at = rg__reading_first(reading, ledger->target);
         status == RG_OK && at != RG_NONE;) {
        struct rg__edge edge = *rg__reading_edge(reading, at);
        bool stands = true;
        struct sums *sums =
            edge.through_plumbing ? &ledger->through : &ledger->direct;
        if (!edge.through_plumbing && edge.root == RG_NONE)
            status = rg__reading_stands(reading, edge.referrer, &stands);
        if (stands)
            sums->of[is_caller(ledger, edge.referrer)][edge.kind]++;
        at = edge.next;
    }
    return status;
}

static enum rg_status sum_unnamed(struct ledger *ledger)
{
    const struct rg_closure *closure = ledger->asked->naming.closure;
    enum rg_status status = RG_OK;
    for (uint32_t k = closure->first[ledger->target];
         status == RG_OK && k < closure->first[ledger->target + 1]; k++) {
        uint32_t unnamed =
            rg__reading_unnamed(ledger->asked->naming.reading, k);
        bool stands = true;
        if (unnamed == 0)
            continue;
        status = rg__reading_stands(ledger->asked->naming.reading,
                                    closure->referrer[k], &stands);
        if (stands)
            ledger->direct
                .of[is_caller(ledger, closure->referrer[k])][RG_UNNAMED] +=
                unnamed;
    }
    return status;
}

/* References that the closure leaves out: the plumbing of classes, excluded
 * objects. */
static uint64_t count_left_out(const struct rg__judgement *judgement,
                               const struct ledger *ledger)
{
    const struct rg_closure *closure = ledger->asked->naming.closure;
    const struct rg__hit *hits;
    size_t count = rg__tally_hits(&judgement->tally, ledger->target, &hits);
    uint64_t left_out = 0;
    uint32_t k = closure->first[ledger->target];
    uint32_t end = closure->first[ledger->target + 1];
    for (size_t i = 0; i < count; i++) {
        while (k < end && hits[i].referrer != RG_NONE &&
               closure->referrer[k] < hits[i].referrer)
            k++;
        if (hits[i].referrer == RG_NONE || k == end ||
            closure->referrer[k] != hits[i].referrer)
            left_out += hits[i].times;
    }
    return left_out;
}

static uint64_t total(const struct sums *sums)
{
    uint64_t sum = 0;
    for (int caller = 0; caller < 2; caller++)
        for (int kind = 0; kind < RG_KIND_COUNT; kind++)
            sum += sums->of[caller][kind];
    return sum;
}

/* A dict that implements attributes and is also held as a dict: what is in it
 * is one reference, and called an attribute. */
static void prefer_attributes(struct ledger *ledger)
{
    static const uint8_t kinds[] = {RG_ATTRIBUTE, RG_CLASS_ATTRIBUTE};
    for (size_t i = 0; i < sizeof kinds; i++) {
        uint64_t *named = &ledger->through.of[0][kinds[i]];
        ledger->direct.of[0][kinds[i]] += *named;
        *named = 0;
    }
}

/* What plumbing holds is so many references, whatever the names: a cell that
 * two functions share is one. */
static void move_to_caller(struct ledger *ledger, uint64_t references)
{
    for (int caller = 2; caller-- > 0;)
        for (int kind = 0; kind < RG_KIND_COUNT; kind++) {
            uint64_t named = ledger->through.of[caller][kind];
            uint64_t taken = named < references ? named : references;
            ledger->direct.of[caller][kind] += taken;
            references -= taken;
        }
    ledger->direct.of[0][RG_UNNAMED] += references;
}

/* More names than references: the same one told under two names (a dict that
 * shares its values with an object, 3.13). */
static void drop(struct ledger *ledger, uint64_t excess)
{
    static const uint8_t order[] = {RG_ITEM,   RG_UNNAMED,   RG_KEY,
                                    RG_MEMBER, RG_TEMPORARY, RG_RUNNING};
    for (size_t i = 0; i < sizeof order + RG_KIND_COUNT; i++) {
        size_t kind = i < sizeof order ? order[i] : i - sizeof order;
        for (int caller = 0; caller < 2; caller++) {
            uint64_t *sum = &ledger->direct.of[caller][kind];
            uint64_t taken = *sum < excess ? *sum : excess;
            *sum -= taken;
            excess -= taken;
        }
    }
}

static enum rg_status add_ledger_entry(const struct ledger *ledger,
                                       uint8_t kind, uint8_t flags,
                                       uint64_t count)
{
    if (count == 0)
        return RG_OK;
    return rg_graph_add_entry(ledger->asked->naming.graph,
                              &(struct rg_entry){.target = ledger->target,
                                                 .kind = kind,
                                                 .flags = flags,
                                                 .count = count});
}

static enum rg_status write_ledger(const struct ledger *ledger,
                                   uint64_t left_out, uint64_t on_stacks)
{
    enum rg_status status = RG_OK;
    for (uint8_t kind = 0; status == RG_OK && kind < RG_KIND_COUNT; kind++)
        status = add_ledger_entry(ledger, kind, 0, ledger->direct.of[0][kind]);
    for (uint8_t kind = 0; status == RG_OK && kind < RG_KIND_COUNT; kind++)
        status = add_ledger_entry(ledger, kind, RG_ENTRY_CALLER,
                                  ledger->direct.of[1][kind]);
    if (status == RG_OK)
        status = add_ledger_entry(ledger, RG_TEMPORARY, RG_ENTRY_PROBABLE,
                                  on_stacks);
    if (status == RG_OK)
        status =
            add_ledger_entry(ledger, RG_UNNAMED, RG_ENTRY_LEFT_OUT, left_out);
    return status;
}

enum rg_status rg__ledger_add(const struct rg__judgement *judgement,
                              const struct rg__asked *asked, uint32_t target)
{
    const struct rg_verdict *verdict = &judgement->verdicts[target];
    struct ledger ledger = {.asked = asked, .target = target};
    uint64_t found = judgement->tally.found[target];
    enum rg_status status = rg__reading_raise(asked->naming.reading, target);
    if (status == RG_OK)
        status = sum_named(&ledger);
    if (status == RG_OK)
        status = sum_unnamed(&ledger);
    if (status != RG_OK)
        return status;
    prefer_attributes(&ledger);
    uint64_t left_out = count_left_out(judgement, &ledger);
    uint64_t named = total(&ledger.direct), known = found - left_out;
    if (named < known)
        move_to_caller(&ledger, known - named);
    else
        drop(&ledger, named - known);
    uint64_t on_stacks = 0;
    if (!(verdict->flags &
          (RG_VERDICT_IMMORTAL | RG_VERDICT_DEFERRED | RG_VERDICT_OVERCOUNTED)))
        on_stacks = verdict->counted - verdict->unexplained - found;
    return write_ledger(&ledger, left_out, on_stacks);
}
