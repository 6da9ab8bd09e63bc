/* The rows of a graph: what each of its records consists of. */
#include "graph/graph_parts.h"

#define ROWS(rows) .fields = (rows), .field_count = RG_COUNT_OF(rows)

#define TO(kind) .of = &rg_graph_records[RG_RECORD_##kind]

/* Where struct rg_graph keeps an array, and how large a record of it is. */
#define ARRAY(record, array, one) \
    .size = sizeof(struct record), .items = offsetof(struct rg_graph, array), \
    .count = offsetof(struct rg_graph, one##_count), \
    .capacity = offsetof(struct rg_graph, one##_capacity)

static const struct rg_flag object_flags[] = {
    {RG_OBJECT_TARGET, "target", NULL},
    {RG_OBJECT_DEPTH_LIMIT, "depth_limit", NULL},
    {RG_OBJECT_SUSPENDED, "suspended", NULL},
    {RG_OBJECT_CLASS, "class", NULL},
    {RG_OBJECT_NOT_FOLLOWED, "not_followed", NULL},
    {RG_OBJECT_UNTRACKED_LIMIT, "untracked_limit", NULL},
    {RG_OBJECT_COUNT_LIMIT, "object_limit", NULL},
    {RG_OBJECT_GARBAGE, "garbage", NULL},
    {0, NULL, NULL}};
static const struct rg_flag reference_flags[] = {
    {RG_REFERENCE_CUT, "cut", NULL}, {0, NULL, NULL}};
static const struct rg_flag step_flags[] = {{RG_STEP_CUT, "cut", NULL},
                                            {RG_STEP_CLEAR, "clear", NULL},
                                            {0, NULL, NULL}};
static const struct rg_flag verdict_flags[] = {
    {RG_VERDICT_YOU, "caller", "you"},
    {RG_VERDICT_CYCLE, "cycle", NULL},
    {RG_VERDICT_UNEXPLAINED, "unexplained", NULL},
    {RG_VERDICT_FROZEN, "frozen", NULL},
    {RG_VERDICT_SAVE_ALL, "save_all", NULL},
    {RG_VERDICT_NATIVE_INSIDE, "native_inside", NULL},
    {RG_VERDICT_NOT_AUTOMATIC, "not_automatic", NULL},
    {RG_VERDICT_IMMORTAL, "immortal", NULL},
    {RG_VERDICT_DEFERRED, "deferred", NULL},
    {RG_VERDICT_OVERCOUNTED, "overcounted", NULL},
    {RG_VERDICT_TIMED_OUT, "timed_out", NULL},
    {RG_VERDICT_EXCLUDED, "excluded", NULL},
    {RG_VERDICT_ROOTS_NOT_COUNTED, "roots_not_counted", NULL},
    {RG_VERDICT_EXPLAINED, "explained", NULL},
    {RG_VERDICT_CUT_TOO_LARGE, "cut_too_large", NULL},
    {RG_VERDICT_CUT_IMPOSSIBLE, "cut_impossible", NULL},
    {RG_VERDICT_ON_STACK, "on_stack", NULL},
    {RG_VERDICT_IN_GIVEN, "in_given", NULL},
    {0, NULL, NULL}};
static const struct rg_flag entry_flags[] = {
    {RG_ENTRY_CALLER, "caller", NULL},
    {RG_ENTRY_PROBABLE, "probable", NULL},
    {RG_ENTRY_LEFT_OUT, "left_out", NULL},
    {0, NULL, NULL}};

/* Records that are told in another way than they are kept. */

struct target {
    uint32_t object;
};

struct value {
    uint32_t object;
    struct rg_text text;
};

static size_t one_graph(const void *whole)
{
    (void)whole;
    return 1;
}

static const struct rg_field limits_fields[] = {
    {RG_FIELD("max_depth", SIGNED, KEEP, rg__limits, max_depth)},
    {RG_FIELD("timeout", SECONDS, KEEP, rg__limits, timeout)},
    {RG_FIELD("timed_out", SWITCH, KEEP, rg__limits, timed_out),
     .about = "the graph is partial"},
};

static const struct rg_field unseen_fields[] = {
    {RG_FIELD("kind", WORD, KEEP, rg__unseen, kind), .word = rg_unseen_token},
    {RG_FIELD("count", SIGNED, KEEP, rg__unseen, count), .not_zero = true,
     .about = "null: nobody knows how many"},
};

static const struct rg_field left_out_fields[] = {
    {RG_FIELD("limit", NUMBER, KEEP, rg_left_out, limit)},
    {RG_FIELD("objects", NUMBER, KEEP, rg_left_out, objects), .not_zero = true,
     .about = "that refer to objects of the graph"},
    {RG_FIELD("references", NUMBER, KEEP, rg_left_out, references),
     .not_zero = true, .about = "from these"},
};

static const struct rg_field root_fields[] = {
    {RG_FIELD("kind", WORD, KEEP, rg_root, kind), .word = rg_root_kind_token},
    {RG_FIELD("name", TEXT, HIDE_OWNER, rg_root, name),
     .about = "of the module, function, thread or table"},
    {RG_FIELD("thread", TEXT, HIDE_THREAD, rg_root, thread),
     .about = "of a frame"},
    {RG_FIELD("file", TEXT, HIDE_FOLDER, rg_root, file), .about = "of a frame"},
    {RG_FIELD("line", NUMBER, KEEP, rg_root, line),
     .about = "of a frame; 0: unknown"},
    {RG_FIELD("inner", NUMBER, KEEP, rg_root, inner), .may_lack = true,
     .about = "of a frame: how many of these, of its thread, it waits for"},
};

static const char *refuse_object(const void *whole, const void *record)
{
    const struct rg_graph *graph = whole;
    const struct rg_object *object = record;
    if ((object->flags & RG_OBJECT_DEPTH_LIMIT) && graph->max_depth < 0)
        return "the depth limit cut here, but none was in force";
    return (object->flags & RG_OBJECT_TARGET) && object->depth != 0
               ? "a target is no step away from itself"
               : NULL;
}

static const struct rg_field object_fields[] = {
    {RG_FIELD("id", ADDRESS, KEEP, rg_object, id),
     .about = "the address; only with addresses=True"},
    {RG_FIELD("flags", FLAGS, KEEP, rg_object, flags), .flags = object_flags},
    {RG_FIELD("type", TEXT, KEEP, rg_object, type),
     .about = "the type's __name__"},
    {RG_FIELD("qualname", TEXT, KEEP, rg_object, qualname),
     .about = "the type's __qualname__"},
    {RG_FIELD("module", TEXT, KEEP, rg_object, module),
     .about = "the type's; empty for builtins"},
    {RG_FIELD("detail", TEXT, HIDE_TASK, rg_object, detail),
     .about = "the name of a function, class, module or task"},
    {RG_FIELD("items", SIGNED, KEEP, rg_object, items),
     .about = "len() of a built-in container"},
    {RG_FIELD("depth", NUMBER, KEEP, rg_object, depth),
     .about = "fewest named steps from a target"},
    {RG_FIELD("who", TEXT, KEEP, rg_object, who), .may_lack = true,
     .about = "which function, class or method it is, in words"},
};

static const char *refuse_reference(const void *whole, const void *record)
{
    const struct rg_reference *reference = record;
    bool is_variable = rg_kind_words(reference->kind)->is_variable;
    (void)whole;
    if ((reference->root != RG_NONE) == is_variable &&
        (reference->referrer == RG_NONE) == is_variable)
        return NULL;
    return is_variable ? "a variable needs a root only"
                       : "this kind needs a referrer only";
}

static const struct rg_field reference_fields[] = {
    {RG_FIELD("referent", INDEX, KEEP, rg_reference, referent), TO(OBJECT)},
    {RG_FIELD("referrer", LINK, KEEP, rg_reference, referrer), TO(OBJECT)},
    {RG_FIELD("root", LINK, KEEP, rg_reference, root), TO(ROOT)},
    {RG_FIELD("kind", WORD, KEEP, rg_reference, kind), .word = rg_kind_token},
    {RG_FIELD("flags", FLAGS, KEEP, rg_reference, flags),
     .flags = reference_flags},
    {RG_FIELD("key_type", WORD, HIDE_KEY_TYPE, rg_reference, key_type),
     .word = rg_key_type_token},
    {RG_FIELD("owner", TEXT, HIDE_OWNER, rg_reference, owner),
     .about = "the word before the dot or bracket"},
    {RG_FIELD("label", TEXT, HIDE_KEY, rg_reference, label),
     .about = "the attribute, variable or key"},
    {RG_FIELD("number", NUMBER, HIDE_KEY_LENGTH, rg_reference, number),
     .about = "the position, or the length of the key"},
};

static const struct rg_field rest_fields[] = {
    {RG_FIELD("referent", INDEX, KEEP, rg_rest, referent), TO(OBJECT)},
    {RG_FIELD("after", NUMBER, KEEP, rg_rest, after),
     .about = "it stands behind this reference, among those to the referent"},
    {RG_FIELD("kind", WORD, KEEP, rg_rest, kind), .word = rg_kind_token},
    {RG_FIELD("key_type", WORD, HIDE_KEY_TYPE, rg_rest, key_type),
     .word = rg_key_type_token},
    {RG_FIELD("owner", TEXT, HIDE_OWNER, rg_rest, owner)},
    {RG_FIELD("first", TEXT, HIDE_KEY, rg_rest, first),
     .about = "label of the first one left out"},
    {RG_FIELD("last", TEXT, HIDE_KEY, rg_rest, last)},
    {RG_FIELD("count", NUMBER, KEEP, rg_rest, count), .not_zero = true},
};

static enum rg_status add_target(void *whole, const void *record,
                                 const char **words)
{
    struct rg_graph *graph = whole;
    const struct target *target = record;
    if (graph->objects[target->object].flags & RG_OBJECT_TARGET) {
        *words = "names a target a second time";
        return RG_EFORMAT;
    }
    return rg_graph_add_target(graph, target->object);
}

static const struct rg_field target_fields[] = {
    {RG_FIELD("object", INDEX, KEEP, target, object), TO(OBJECT)},
};

/* It knows its object; told is the place among the targets, as everywhere. */
static bool copy_verdict(const void *whole, size_t at, void *record)
{
    struct rg_verdict *verdict = record;
    *verdict = ((const struct rg_graph *)whole)->verdicts[at];
    verdict->target = (uint32_t)at;
    return true;
}

static enum rg_status add_verdict_record(void *whole, const void *record,
                                         const char **words)
{
    struct rg_graph *graph = whole;
    struct rg_verdict verdict = *(const struct rg_verdict *)record;
    if (verdict.target != graph->verdict_count) {
        *words = "is not the verdict of the next target";
        return RG_EFORMAT;
    }
    verdict.target = graph->targets[verdict.target];
    return rg_graph_add_verdict(graph, &verdict);
}

static const char *refuse_verdict(const void *whole, const void *record)
{
    const struct rg_verdict *verdict = record;
    (void)whole;
    return verdict->unexplained > verdict->counted
               ? "more is unexplained than was counted"
               : NULL;
}

static const struct rg_field verdict_fields[] = {
    {RG_FIELD("target", INDEX, KEEP, rg_verdict, target), TO(TARGET)},
    {RG_FIELD("kind", WORD, KEEP, rg_verdict, kind), .word = rg_verdict_token},
    {RG_FIELD("flags", FLAGS, KEEP, rg_verdict, flags), .flags = verdict_flags},
    {RG_FIELD("counted", NUMBER, KEEP, rg_verdict, counted),
     .about = "its reference count"},
    {RG_FIELD("unexplained", NUMBER, KEEP, rg_verdict, unexplained),
     .about = "of these, found nowhere"},
    {RG_FIELD("root_count", NUMBER, KEEP, rg_verdict, root_count),
     .old_name = "roots"},
    {RG_FIELD("cycle_objects", NUMBER, KEEP, rg_verdict, cycle_objects),
     .about = "objects of the cycles that hold it"},
    {RG_FIELD("generation", SIGNED, KEEP, rg_verdict, generation),
     .about = "the collection that frees it"},
};

static const struct rg_field entry_fields[] = {
    {RG_FIELD("target", INDEX, KEEP, rg_entry, target), TO(TARGET)},
    {RG_FIELD("kind", WORD, KEEP, rg_entry, kind), .word = rg_kind_token},
    {RG_FIELD(NULL, FLAGS, KEEP, rg_entry, flags), .old_name = "flags",
     .flags = entry_flags},
    {RG_FIELD("count", NUMBER, KEEP, rg_entry, count), .not_zero = true},
};

/* The steps of all paths come behind the last path. */
static enum rg_status add_path_record(void *whole, const void *record,
                                      const char **words)
{
    struct rg_graph *graph = whole;
    struct rg_path path = *(const struct rg_path *)record;
    (void)words;
    path.first_step = 0;
    if (graph->path_count != 0) {
        const struct rg_path *before = &graph->paths[graph->path_count - 1];
        if (before->step_count > RG_NONE - before->first_step)
            return RG_ELIMIT;
        path.first_step = before->first_step + before->step_count;
    }
    return rg_record_append(&rg_graph_records[RG_RECORD_PATH], graph, &path);
}

static const struct rg_field path_fields[] = {
    {RG_FIELD("target", INDEX, KEEP, rg_path, target), TO(TARGET)},
    {RG_FIELD("kind", WORD, KEEP, rg_path, kind), .word = rg_path_token},
    {RG_FIELD("root", LINK, KEEP, rg_path, root), TO(ROOT)},
    {RG_FIELD("step_count", NUMBER, KEEP, rg_path, step_count),
     .old_name = "steps", .about = "the next so many of the steps are its own"},
    {RG_FIELD("targets", NUMBER, KEEP, rg_path, target_count),
     .about = "how many targets go this way"},
    {RG_FIELD("shared_count", NUMBER, KEEP, rg_path, shared_count),
     .old_name = "shared",
     .about = "first steps that are the same for all of these"},
    {RG_FIELD("awaiting", TEXT, KEEP, rg_path, awaiting), .may_lack = true,
     .about = "what a suspended coroutine on it waits for"},
};

static const struct rg_field step_fields[] = {
    {RG_FIELD("object", LINK, KEEP, rg_step, object), TO(OBJECT),
     .about = "what it leads to, where that is shown"},
    {RG_FIELD("reference", LINK, KEEP, rg_step, reference), TO(REFERENCE)},
    {RG_FIELD("kind", WORD, KEEP, rg_step, kind), .word = rg_kind_token},
    {RG_FIELD(NULL, FLAGS, KEEP, rg_step, flags), .old_name = "flags",
     .flags = step_flags},
    {RG_FIELD("key_type", WORD, HIDE_KEY_TYPE, rg_step, key_type),
     .word = rg_key_type_token},
    {RG_FIELD("owner", TEXT, HIDE_OWNER, rg_step, owner)},
    {RG_FIELD("label", TEXT, HIDE_KEY, rg_step, label)},
    {RG_FIELD("number", NUMBER, HIDE_KEY_LENGTH, rg_step, number)},
    {RG_FIELD("type", TEXT, KEEP, rg_step, type),
     .about = "of what it leads to"},
};

static const struct rg_field hint_fields[] = {
    {RG_FIELD("target", INDEX, KEEP, rg_hint, target), TO(TARGET)},
    {RG_FIELD("kind", WORD, KEEP, rg_hint, kind), .word = rg_hint_token},
    {RG_FIELD("object", LINK, KEEP, rg_hint, object), TO(OBJECT),
     .about = "the one it is about, where that is shown"},
    {RG_FIELD("step", LINK, KEEP, rg_hint, step), TO(STEP),
     .about = "where it shows on the path"},
};

static const struct rg_field native_fields[] = {
    {RG_FIELD("object", INDEX, KEEP, rg_native, object), TO(OBJECT)},
    {RG_FIELD("count", NUMBER, KEEP, rg_native, count), .not_zero = true},
    {RG_FIELD("holder", TEXT, KEEP, rg_native, holder),
     .about = "type of an object whose memory shows the address"},
    {RG_FIELD("offset", NUMBER, KEEP, rg_native, offset),
     .about = "bytes into the holder"},
};

static const struct rg_field retained_fields[] = {
    {RG_FIELD("object", INDEX, KEEP, rg_retained, object), TO(OBJECT)},
    {RG_FIELD("bytes", NUMBER, KEEP, rg_retained, bytes)},
    {RG_FIELD("objects", NUMBER, KEEP, rg_retained, objects)},
};

/* Few objects have a value: it is a record of its own, not a field. */
static bool copy_value(const void *whole, size_t at, void *record)
{
    const struct rg_graph *graph = whole;
    *(struct value *)record = (struct value){.object = (uint32_t)at,
                                             .text = graph->objects[at].value};
    return graph->objects[at].value.size != 0;
}

static enum rg_status add_value(void *whole, const void *record,
                                const char **words)
{
    const struct value *value = record;
    struct rg_object *object =
        &((struct rg_graph *)whole)->objects[value->object];
    if (object->value.size != 0) {
        *words = "gives an object a second value";
        return RG_EFORMAT;
    }
    object->value = value->text;
    return RG_OK;
}

static const struct rg_field value_fields[] = {
    {RG_FIELD("object", INDEX, KEEP, value, object), TO(OBJECT)},
    {RG_FIELD("text", TEXT, HIDE_VALUE, value, text)},
};

/* clang-format off: a row is a paragraph */
const struct rg_record rg_graph_records[RG_RECORD_COUNT] = {
    [RG_RECORD_LIMITS] = {.word = "limits",
                          .name = "limits",
                          ROWS(limits_fields),
                          .size = sizeof(struct rg__limits),
                          .is_single = true,
                          .count_of = one_graph,
                          .get = rg__copy_limits,
                          .add = rg__add_limits,
                          .refuse = rg__refuse_limits,
                          .about = "the limits in force"},
    [RG_RECORD_UNSEEN] = {.word = "unseen",
                          .name = "unseen",
                          ROWS(unseen_fields),
                          .size = sizeof(struct rg__unseen),
                          .count_of = rg__unseen_records,
                          .get = rg__copy_unseen,
                          .add = rg__add_unseen,
                          .about = "objects that may be missing"},
    [RG_RECORD_LEFT_OUT] = {.word = "left-out",
                            .name = "left_out",
                            ROWS(left_out_fields),
                            .size = sizeof(struct rg_left_out),
                            .count_of = one_graph,
                            .get = rg__copy_left_out,
                            .add = rg__add_left_out,
                            .refuse = rg__refuse_left_out,
                            .about = "what the limit on the number of objects "
                                     "cut; at most one"},
    [RG_RECORD_ROOT] = {.word = "root",
                        .name = "roots",
                        ROWS(root_fields),
                        ARRAY(rg_root, roots, root),
                        .about = "where chains end"},
    [RG_RECORD_OBJECT] = {.word = "object",
                          .name = "objects",
                          ROWS(object_fields),
                          ARRAY(rg_object, objects, object),
                          .refuse = refuse_object},
    [RG_RECORD_REFERENCE] =
        {.word = "reference",
         .name = "references",
         ROWS(reference_fields),
         ARRAY(rg_reference, references, reference),
         .refuse = refuse_reference,
         .about = "each from a referrer (an object) or a root to its referent"},
    [RG_RECORD_REST] = {.word = "rest",
                        .name = "rests",
                        ROWS(rest_fields),
                        ARRAY(rg_rest, rests, rest),
                        .about = "references that a limit left out, counted"},
    [RG_RECORD_TARGET] = {.word = "target",
                          .name = "targets",
                          ROWS(target_fields),
                          ARRAY(target, targets, target),
                          .add = add_target,
                          .about = "what was asked about"},
    [RG_RECORD_VERDICT] = {.word = "verdict",
                           .name = "verdicts",
                           ROWS(verdict_fields),
                           ARRAY(rg_verdict, verdicts, verdict),
                           .get = copy_verdict,
                           .add = add_verdict_record,
                           .refuse = refuse_verdict,
                           .about = "why each target is alive"},
    [RG_RECORD_ENTRY] = {.word = "entry",
                         .name = "ledger",
                         ROWS(entry_fields),
                         ARRAY(rg_entry, entries, entry),
                         .about = "the references to each target by kind"},
    [RG_RECORD_PATH] =
        {.word = "path",
         .name = "paths",
         ROWS(path_fields),
         ARRAY(rg_path, paths, path),
         .add = add_path_record,
         .about = "each takes its number of steps from the array of steps, in "
                  "order"},
    [RG_RECORD_STEP] = {.word = "step",
                        .name = "steps",
                        ROWS(step_fields),
                        ARRAY(rg_step, steps, step)},
    [RG_RECORD_HINT] = {.word = "hint",
                        .name = "hints",
                        ROWS(hint_fields),
                        ARRAY(rg_hint, hints, hint),
                        .about = "what people meet again and again; only "
                                 "where it is certain"},
    [RG_RECORD_NATIVE] = {.word = "native",
                          .name = "natives",
                          ROWS(native_fields),
                          ARRAY(rg_native, natives, native),
                          .about = "references that only C code knows"},
    [RG_RECORD_RETAINED] =
        {.word = "retained",
         .name = "retained",
         ROWS(retained_fields),
         ARRAY(rg_retained, retained, retained),
         .about = "what would go with an object, itself included"},
    [RG_RECORD_VALUE] = {.word = "value",
                         .name = "values",
                         ROWS(value_fields),
                         .size = sizeof(struct value),
                         .count = offsetof(struct rg_graph, object_count),
                         .get = copy_value,
                         .add = add_value,
                         .about = "short values, with values=True"},
};
/* clang-format on */
