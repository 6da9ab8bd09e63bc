#include "heap/dump_live.h"

#include <string.h>

#include "base/alloc.h"
#include "graph/graph.h"
#include "heap/greenlets.h"
#include "heap/word.h"

/* Objects and roots */

/* Whether some references of the referrer are in no count. */
static bool may_be_uncounted(struct rg__snapshot *snapshot, PyObject *object)
{
    if (object == NULL)
        return true;
    if (PyGen_CheckExact(object) || PyCoro_CheckExact(object) ||
        PyAsyncGen_CheckExact(object) ||
        (snapshot->greenlets.are_there &&
         rg__c_is(&snapshot->c_types, object, RG__C_GREENLET)))
        return true;
    return rg__fits(snapshot, RG_MISFIT_ATTRIBUTES) &&
           rg__inline_count(object) > 0 && rg__instance_dict(object) != NULL;
}

/* The references of the referrer, told and not told. */
static enum rg_status read_row(struct rg__recorder *recorder, PyObject *object,
                               uint32_t i)
{
    const struct rg_table *table = &recorder->snapshot->table;
    uint32_t count = table->first[i + 1] - table->first[i];
    enum rg_status status = RG_OK;
    if (count > 0) {
        recorder->may_be_uncounted =
            may_be_uncounted(recorder->snapshot, object);
        status = rg__matching_start(&recorder->matching,
                                    table->referents + table->first[i], count);
    }
    /* What refers to nothing is nobody's referrer, and has no names to tell. */
    if (status == RG_OK && count > 0)
        status = rg__read_recorded(&recorder->reader, &recorder->referrer);
    if (status == RG_OK && count > 0)
        status = rg__record_rest(recorder);
    return status == RG_OK && object != NULL && PyWeakref_Check(object)
               ? rg__record_weak(recorder, object)
               : status;
}

static enum rg_status read_entry(struct rg__recorder *recorder, uint32_t i)
{
    const struct rg__snapshot *snapshot = recorder->snapshot;
    const struct rg_table *table = &snapshot->table;
    enum rg_status status;
    recorder->referrer = (struct rg_node){.object = i};
    if (table->flags[i] & RG_TABLE_ROOT) {
        const struct rg__root *root = &snapshot->roots.items[table->object[i]];
        recorder->generation = -1;
        status = rg__record_root(recorder, root);
        if (status == RG_OK)
            status = read_row(recorder, NULL, i);
        return status == RG_OK ? rg__record_frames(recorder, root) : status;
    }
    PyObject *object = (PyObject *)rg_table_address(table, i);
    status = rg__record_object(recorder, object, table->flags[i]);
    return status == RG_OK ? read_row(recorder, object, i) : status;
}

static enum rg_status read_all(struct rg__recorder *recorder)
{
    const struct rg_table *table = &recorder->snapshot->table;
    enum rg_status status = rg__record_top(recorder);
    for (uint32_t i = 0; status == RG_OK && i < table->count; i++) {
        status = read_entry(recorder, i);
        if (status == RG_OK)
            status = rg_poll(&recorder->poll, 1);
    }
    return status;
}

/* What is known of a few nodes */

static enum rg_status drop_ours(void *context, PyObject *value)
{
    struct rg__recorder *recorder = context;
    uint32_t node = value == NULL
                        ? RG_NONE
                        : rg__place_of(&recorder->places, (uintptr_t)value);
    if (node != RG_NONE && recorder->dump->references[node] > 0)
        recorder->dump->references[node]--;
    return RG_OK;
}

/* What our own frames hold while they look is not counted. */
static void drop_our_references(struct rg__recorder *recorder)
{
    const struct rg__snapshot *snapshot = recorder->snapshot;
    for (size_t i = 0; i < snapshot->asking.our_frame_count; i++) {
        const struct rg__frame *frame = &snapshot->asking.our_frames[i];
        for (int k = 0; k < frame->slot_count; k++) {
            PyObject *name;
            enum rg__slot_kind kind;
            PyObject *value = rg__frame_slot(frame, k, &name, &kind);
            if (!rg__frame_slot_is_borrowed(frame, k))
                drop_ours(recorder, value);
        }
        for (int k = 0; k < frame->stack_count; k++)
            if (!rg__frame_slot_is_borrowed(frame, frame->slot_count + k))
                drop_ours(recorder, rg__frame_stack(frame, k));
    }
    rg__ours_walk(snapshot, drop_ours, recorder);
}

enum rg_status rg__record_stack(struct rg__recorder *recorder, uint32_t node)
{
    const struct rg_node object = {
        .address = (uintptr_t)recorder->dump->address[node], .object = RG_NONE};
    struct rg_on_stacks places =
        recorder->witness.on_stacks(recorder->witness.context, &object);
    if (places.of_caller == 0 && places.of_others == 0)
        return RG_OK;
    uint32_t greenlet = places.greenlet == 0
                            ? RG_NONE
                            : rg__place_of(&recorder->places, places.greenlet);
    return rg_dump_add_stack(
        recorder->dump, &(struct rg_dump_stack){
                            .node = node,
                            .of_caller = places.of_caller,
                            .of_others = places.of_others,
                            .aside = places.aside,
                            .greenlet = greenlet == RG_NONE ? 0 : greenlet});
}

/* Few are unpacked, so that those that are recorded are looked through. */
static enum rg_status record_once_more(void *context, PyObject *value,
                                       const struct rg__frame *frame)
{
    struct rg__recorder *recorder = context;
    const struct rg__snapshot *snapshot = recorder->snapshot;
    struct rg_dump *dump = recorder->dump;
    bool is_caller = snapshot->asking.has_caller &&
                     frame->record == snapshot->asking.caller.record;
    const struct rg_dump_stack stack = {
        .node = rg__place_of(&recorder->places, (uintptr_t)value),
        .of_caller = is_caller,
        .of_others = !is_caller};
    if (stack.node == RG_NONE)
        return RG_OK;
    for (size_t i = 0; i < dump->stack_count; i++)
        if (dump->stacks[i].node == stack.node) {
            dump->stacks[i].of_caller += stack.of_caller;
            dump->stacks[i].of_others += stack.of_others;
            return RG_OK;
        }
    return rg_dump_add_stack(dump, &stack);
}

enum rg_status rg__record_call(struct rg__recorder *recorder,
                               PyObject *arguments)
{
    return PyTuple_CheckExact(arguments) || PyDict_CheckExact(arguments)
               ? rg__each_unpacked(recorder->snapshot, arguments,
                                   record_once_more, recorder)
               : RG_OK;
}

/* What stands on stacks of unknown depth, for each object once. */
static enum rg_status add_stacks_of(struct rg__recorder *recorder,
                                    struct rg_code_map *seen,
                                    const struct rg__frame *frame)
{
    PyObject *const *values;
    bool is_exact;
    int count = rg__frame_hidden_stack(frame, &values, &is_exact);
    enum rg_status status = RG_OK;
    for (int i = 0; status == RG_OK && i < count; i++) {
        uint32_t node = values[i] == NULL ? RG_NONE
                                          : rg__place_of(&recorder->places,
                                                         (uintptr_t)values[i]);
        if (node == RG_NONE || rg_code_map_get(seen, node) != RG_NONE)
            continue;
        if (rg_code_map_add(seen, node, 0) < 0)
            return RG_ENOMEM;
        status = rg__record_stack(recorder, node);
    }
    return status;
}

/* Those of a greenlet that is suspended. */
static enum rg_status add_stacks_aside(struct rg__recorder *recorder,
                                       struct rg_code_map *seen,
                                       PyObject *greenlet)
{
    struct rg__frame frame;
    enum rg_status status = RG_OK;
    bool more = rg__greenlet_frame(recorder->snapshot, greenlet, &frame);
    for (; status == RG_OK && more; more = rg__frame_back(&frame))
        status = add_stacks_of(recorder, seen, &frame);
    return status;
}

static enum rg_status add_stacks(struct rg__recorder *recorder)
{
    const struct rg__snapshot *snapshot = recorder->snapshot;
    struct rg_code_map seen = {0};
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < snapshot->roots.count; i++)
        if (snapshot->roots.items[i].kind == RG__ROOT_FRAME)
            status =
                add_stacks_of(recorder, &seen, &snapshot->roots.items[i].frame);
    for (size_t i = 0; status == RG_OK && i < snapshot->asking.our_frame_count;
         i++)
        status =
            add_stacks_of(recorder, &seen, &snapshot->asking.our_frames[i]);
    for (size_t i = 0;
         status == RG_OK && i < snapshot->greenlets.suspended_count; i++)
        status =
            add_stacks_aside(recorder, &seen, snapshot->greenlets.suspended[i]);
    rg_code_map_free(&seen);
    return status;
}

static void add_caller(struct rg__recorder *recorder)
{
    const struct rg__snapshot *snapshot = recorder->snapshot;
    const struct rg_table *table = &snapshot->table;
    for (uint32_t i = recorder->first_root;
         snapshot->asking.has_caller && i < table->count; i++) {
        const struct rg_node node = {.object = i};
        if (table->flags[i] & RG_TABLE_ROOT &&
            recorder->witness.is_caller(recorder->witness.context, &node))
            recorder->dump->caller = i + 1;
    }
    if (snapshot->asking.has_caller && snapshot->asking.caller.locals != NULL)
        recorder->dump->caller_locals = rg__place_of(
            &recorder->places, (uintptr_t)snapshot->asking.caller.locals);
}

/* The roots that the readers made, as records of a graph. */
static enum rg_status add_text(struct rg__recorder *recorder,
                               struct rg_text text, uint32_t *number)
{
    return rg_texts_add(&recorder->dump->texts,
                        rg_graph_bytes(recorder->snapshot->graph, text),
                        text.size, number);
}

static enum rg_status add_root(struct rg__recorder *recorder,
                               const struct rg_root *root)
{
    struct rg_dump_root record = {.kind = root->kind, .line = root->line};
    struct rg_text file = root->file;
    if (recorder->dump->is_redacted) {
        const char *bytes = rg_graph_bytes(recorder->snapshot->graph, file);
        for (uint32_t i = file.size; i-- > 0;)
            if (bytes[i] == '/') {
                file.offset += i + 1;
                file.size -= i + 1;
                break;
            }
    }
    enum rg_status status = add_text(recorder, root->name, &record.name);
    if (status == RG_OK)
        status = add_text(recorder, root->thread, &record.thread);
    if (status == RG_OK)
        status = add_text(recorder, file, &record.file);
    return status == RG_OK ? rg_dump_add_root(recorder->dump, &record) : status;
}

static enum rg_status add_few(struct rg__recorder *recorder)
{
    const struct rg__snapshot *snapshot = recorder->snapshot;
    struct rg_dump *dump = recorder->dump;
    enum rg_status status = RG_OK;
    drop_our_references(recorder);
    add_caller(recorder);
    for (size_t i = 0; status == RG_OK && i < snapshot->graph->root_count; i++)
        status = add_root(recorder, &snapshot->graph->roots[i]);
    if (status == RG_OK)
        status = add_stacks(recorder);
    if (status == RG_OK)
        status = rg_texts_add(&dump->texts, PY_VERSION, strlen(PY_VERSION),
                              &dump->python);
    dump->facts = recorder->witness.facts;
    memcpy(dump->unseen, snapshot->unseen, sizeof dump->unseen);
    return status;
}

/* Putting it together */

static uint32_t first_root(const struct rg_table *table)
{
    uint32_t i = 0;
    while (i < table->count && !(table->flags[i] & RG_TABLE_ROOT))
        i++;
    return i;
}

static enum rg_status ask_recorder(void *snapshot)
{
    return rg__poll(snapshot);
}

static enum rg_status record_all(struct rg__recorder *recorder)
{
    struct rg__snapshot *snapshot = recorder->snapshot;
    enum rg_status status =
        rg__testimony_init(&recorder->testimony, snapshot, &recorder->witness);
    if (status == RG_OK)
        status = rg__places_init(&recorder->places, &snapshot->table);
    recorder->first_root = first_root(&snapshot->table);
    recorder->generation = -1;
    rg__gc_firsts(recorder->firsts);
    recorder->poll = (struct rg_poll){.ask = ask_recorder, .context = snapshot};
    recorder->reader =
        (struct rg__reader){.snapshot = snapshot, .recorder = recorder};
    if (status == RG_OK)
        status = read_all(recorder);
    if (status == RG_OK)
        status = add_few(recorder);
    if (status == RG_OK)
        status = rg__record_groups(recorder);
    return status == RG_OK ? rg_dump_end(recorder->dump) : status;
}

static void recorder_free(struct rg__recorder *recorder)
{
    if (recorder == NULL)
        return;
    rg__testimony_free(&recorder->testimony);
    rg__places_free(&recorder->places);
    rg__matching_free(&recorder->matching);
    rg_buffer_free(&recorder->reader.owner);
    rg_buffer_free(&recorder->reader.label);
    rg_buffer_free(&recorder->words);
    rg_free(recorder->types);
    rg_hash_free(&recorder->type_index);
    rg_free(recorder);
}

struct rg_dump *rg_heap_dump(const struct rg_query *query, bool redact,
                             struct rg_error *error)
{
    struct rg_query all = *query;
    struct rg__snapshot snapshot = {.query = &all, .hides_names = redact};
    struct rg__recorder *recorder = rg_alloc_zeroed(1, sizeof *recorder);
    struct rg_dump *dump = rg_dump_new();
    all.leaves = all.all_modules = all.untracked = true;
    snapshot.graph = rg_graph_new();
    enum rg_status status =
        recorder == NULL || dump == NULL || snapshot.graph == NULL ? RG_ENOMEM
                                                                   : RG_OK;
    if (status == RG_OK)
        status = rg__read_heap(&snapshot);
    if (status == RG_OK) {
        recorder->snapshot = &snapshot;
        recorder->dump = dump;
        dump->has_values = query->values;
        dump->is_redacted = redact;
        status = record_all(recorder);
    }
    recorder_free(recorder);
    rg_graph_free(snapshot.graph);
    rg__snapshot_free(&snapshot);
    if (status == RG_OK)
        return dump;
    rg__fail(status, error);
    rg_dump_free(dump);
    return NULL;
}
