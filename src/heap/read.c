#include "heap/read.h"

#include <string.h>

#include "heap/dump_live.h"
#include "heap/greenlets.h"
#include "heap/reach.h"
#include "heap/word.h"

bool rg__is_target(const struct rg__snapshot *snapshot, PyObject *object)
{
    if (snapshot->target_node_count == 0)
        return false;
    uint32_t node = rg_closure_node(&snapshot->closure, &snapshot->table,
                                    (uintptr_t)object);
    return node < snapshot->target_node_count;
}

/* Telling */

static struct rg_word buffer_word(const struct rg_buffer *buffer)
{
    return (struct rg_word){.data = buffer->data, .size = buffer->size};
}

static enum rg_status write_told_owner(struct rg__reader *reader,
                                       const struct rg__told *told)
{
    bool is_own = told->owner_text == NULL &&
                  (told->owner == NULL || !PyUnicode_Check(told->owner));
    /* A list of a million items is called the same a million times. */
    if (is_own && reader->object != NULL && reader->owner_of == reader->object)
        return RG_OK;
    reader->owner.size = 0;
    reader->owner_of = is_own ? reader->object : NULL;
    if (told->owner_text != NULL)
        return rg_buffer_append(&reader->owner, told->owner_text->data,
                                told->owner_text->size) < 0
                   ? RG_ENOMEM
                   : RG_OK;
    if (!is_own)
        return rg__word_str(told->owner, &reader->owner);
    return reader->object == NULL
               ? RG_OK
               : rg__put_owner(reader->object, &reader->owner);
}

static enum rg_status write_told_label(struct rg__reader *reader,
                                       const struct rg__told *told,
                                       struct rg_named *named)
{
    reader->label.size = 0;
    if (told->label_text != NULL)
        return rg_buffer_append(&reader->label, told->label_text->data,
                                told->label_text->size) < 0
                   ? RG_ENOMEM
                   : RG_OK;
    if (told->key != NULL) {
        enum rg_status status =
            rg__word_key(reader->snapshot, told->key, &named->key_type,
                         &reader->label, &named->number);
        if (told->key_type == RG_KEY_INNER &&
            !rg__is_said_key(named->key_type)) {
            named->key_type = RG_KEY_INNER;
            named->number = 0;
        }
        return status;
    }
    if (told->name != NULL && PyUnicode_Check(told->name))
        return rg__word_str(told->name, &reader->label);
    if (told->word != NULL &&
        rg_buffer_append(&reader->label, told->word, strlen(told->word)) < 0)
        return RG_ENOMEM;
    return RG_OK;
}

bool rg__wants(const struct rg__reader *reader, const PyObject *object)
{
    return reader->recorder != NULL ||
           rg_reading_wants(reader->reading, (uintptr_t)object);
}

static enum rg_status tell(struct rg__reader *reader,
                           const struct rg__told *told)
{
    if (reader->recorder != NULL)
        return rg__record(reader->recorder, told, RG_DUMP_TOLD);
    struct rg_named named = {.referent = (uintptr_t)told->value,
                             .kind = told->kind,
                             .through_plumbing = told->through_plumbing,
                             .root = told->is_root ? told->root : RG_NONE,
                             .number = told->index,
                             .key_type = told->key_type};
    enum rg_status status = write_told_owner(reader, told);
    if (status == RG_OK)
        status = write_told_label(reader, told, &named);
    if (status != RG_OK)
        return status;
    named.owner = buffer_word(&reader->owner);
    named.label = buffer_word(&reader->label);
    return rg_reading_named(reader->reading, &named);
}

enum rg_status rg__tell(struct rg__reader *reader, const struct rg__told *told)
{
    struct rg__told furnished = *told;
    if (told->value == NULL || !rg__wants(reader, told->value))
        return RG_OK;
    if (reader->furniture == RG__NO_FURNITURE)
        return tell(reader, told);
    enum rg_status status = rg__furnish(reader, reader->furniture, &furnished);
    return status == RG_OK ? tell(reader, &furnished) : status;
}

enum rg_status rg__tell_members(struct rg__reader *reader,
                                const struct rg__told *members, size_t count)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < count; i++) {
        struct rg__told member = members[i];
        member.kind = RG_MEMBER;
        status = rg__tell(reader, &member);
    }
    return status;
}

enum rg_status rg__folded(struct rg__reader *reader,
                          const struct rg__told *told)
{
    struct rg__told furnished = *told;
    enum rg_status status = RG_OK;
    if (reader->recorder != NULL && reader->furniture != RG__NO_FURNITURE)
        status = rg__furnish(reader, reader->furniture, &furnished);
    if (status == RG_OK && reader->recorder != NULL)
        status = rg__record(reader->recorder, &furnished, RG_DUMP_FOLDED);
    if (reader->recorder != NULL)
        return status;
    rg_reading_folded(reader->reading, (uintptr_t)told->value);
    return RG_OK;
}

enum rg_status rg__pass_over(struct rg__reader *reader, PyObject *object)
{
    if (reader->recorder != NULL)
        return rg__record(
            reader->recorder,
            &(struct rg__told){.value = object, .kind = RG_MEMBER},
            RG_DUMP_SILENT);
    rg_reading_folded(reader->reading, (uintptr_t)object);
    return RG_OK;
}

static enum rg_status fold(struct rg__reader *reader, PyObject *plumbing,
                           const char *word, enum rg_key_type key_type)
{
    if (plumbing == NULL)
        return RG_OK;
    const struct rg__told itself = {.value = plumbing,
                                    .kind = RG_MEMBER,
                                    .word = word,
                                    .key_type = key_type};
    return rg__is_target(reader->snapshot, plumbing)
               ? rg__tell(reader, &itself)
               : rg__folded(reader, &itself);
}

enum rg_status rg__fold(struct rg__reader *reader, PyObject *plumbing,
                        const char *word)
{
    return fold(reader, plumbing, word, RG_KEY_NONE);
}

enum rg_status rg__fold_hidden(struct rg__reader *reader, PyObject *plumbing,
                               const char *word)
{
    return fold(reader, plumbing, word, RG_KEY_FIELD);
}

enum rg_status rg__fold_inner(struct rg__reader *reader, PyObject *plumbing,
                              const struct rg__told *told)
{
    struct rg__told itself = *told;
    itself.value = plumbing;
    itself.key_type = RG_KEY_FIELD;
    if (reader->recorder != NULL)
        return rg__record(reader->recorder, &itself, RG_DUMP_INNER);
    return rg__is_target(reader->snapshot, plumbing) ? rg__tell(reader, &itself)
                                                     : RG_OK;
}

/* Containers */

/* Items before one look at the clock. */
enum { STRETCH = 1 << 14 };

/* The next item that is asked about, or `count`. */
static Py_ssize_t seek_item(struct rg__reader *reader, PyObject *const *items,
                            Py_ssize_t count, Py_ssize_t at,
                            const struct rg_filter *filter)
{
    while (at < count) {
        Py_ssize_t start = at;
        Py_ssize_t end = count - at < STRETCH ? count : at + STRETCH;
        while (at < end && !rg_filter_has(filter, (uintptr_t)items[at]))
            at++;
        if (!rg_reading_passes(reader->reading, (size_t)(at - start)))
            break;
        if (at < end)
            return at;
    }
    return count;
}

static enum rg_status read_array_items(struct rg__reader *reader,
                                       PyObject *const *items, Py_ssize_t count)
{
    enum rg_key_type reach = rg__reach_items(reader->object);
    const struct rg_filter *filter =
        reader->recorder == NULL ? rg_reading_filter(reader->reading) : NULL;
    enum rg_status status = RG_OK;
    for (Py_ssize_t i = 0; status == RG_OK && i < count; i++) {
        if (filter != NULL)
            i = seek_item(reader, items, count, i, filter);
        if (i < count)
            status = rg__tell(reader, &(struct rg__told){.value = items[i],
                                                         .kind = RG_INDEX,
                                                         .key_type = reach,
                                                         .index = (size_t)i});
    }
    return status;
}

/* The items of a struct sequence (os.stat_result) are its members; those that
 * have no name of their own come by position. */
static enum rg_status read_tuple(struct rg__reader *reader)
{
    PyTupleObject *tuple = (PyTupleObject *)reader->object;
    const PyTypeObject *type = Py_TYPE(reader->object);
    size_t before = offsetof(PyTupleObject, ob_item) / sizeof(PyObject *);
    enum rg_status status = RG_OK;
    if (type->tp_members == NULL)
        return read_array_items(reader, tuple->ob_item, Py_SIZE(tuple));
    for (Py_ssize_t i = 0; status == RG_OK && i < Py_SIZE(tuple); i++)
        if (!rg__c_is_member(type, before + (size_t)i))
            status =
                rg__tell(reader, &(struct rg__told){.value = tuple->ob_item[i],
                                                    .kind = RG_INDEX,
                                                    .index = (size_t)i});
    return status;
}

static enum rg_status read_dict_items(struct rg__reader *reader)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    enum rg_status status = RG_OK;
    bool is_ordered = PyODict_Check(reader->object);
    enum rg_key_type reach = rg__reach_items(reader->object);
    while (status == RG_OK &&
           PyDict_Next(reader->object, &position, &key, &value)) {
        /* The list that keeps the order holds each key as well. */
        if (is_ordered)
            status = rg__pass_over(reader, key);
        if (status == RG_OK)
            status = rg__tell(reader, &(struct rg__told){.value = value,
                                                         .kind = RG_ITEM,
                                                         .key_type = reach,
                                                         .key = key});
        if (status == RG_OK)
            status = rg__tell(reader,
                              &(struct rg__told){.value = key, .kind = RG_KEY});
    }
    return status;
}

static enum rg_status read_set(struct rg__reader *reader)
{
    PyObject *member;
    Py_ssize_t position = 0;
    enum rg_status status = RG_OK;
    while (status == RG_OK && rg__set_next(reader->object, &position, &member))
        status = rg__tell(
            reader, &(struct rg__told){.value = member, .kind = RG_SET_MEMBER});
    return status;
}

static enum rg_status read_cell(struct rg__reader *reader)
{
    return rg__tell(reader,
                    &(struct rg__told){.value = PyCell_GET(reader->object),
                                       .kind = RG_MEMBER,
                                       .word = "cell_contents"});
}

static enum rg_status read_class_of(struct rg__reader *reader)
{
    PyTypeObject *type = Py_TYPE(reader->object);
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE) ||
        !rg__wants(reader, (PyObject *)type))
        return RG_OK;
    return rg__tell(reader,
                    &(struct rg__told){.value = (PyObject *)type,
                                       .kind = RG_INSTANCE,
                                       .key_type = rg__reach_class(
                                           reader->snapshot, reader->object)});
}

static enum rg_status read_container(struct rg__reader *reader)
{
    PyObject *object = reader->object;
    if (PyDict_Check(object) || rg__is_frozendict(object))
        return read_dict_items(reader);
    if (PyList_Check(object))
        return read_array_items(reader, ((PyListObject *)object)->ob_item,
                                PyList_GET_SIZE(object));
    if (PyTuple_Check(object))
        return read_tuple(reader);
    if (PyAnySet_Check(object))
        return read_set(reader);
    return rg__read_odd_container(reader);
}

static enum rg_status read_special(struct rg__reader *reader)
{
    PyObject *object = reader->object;
    struct rg__c_types *types = &reader->snapshot->c_types;
    if (rg__is_adapted(types, Py_TYPE(object)))
        return rg__adapted_read(reader);
    if (PyCell_Check(object))
        return read_cell(reader);
    if (PyFunction_Check(object))
        return rg__read_function(reader);
    bool fits = rg__fits(reader->snapshot, RG_MISFIT_FRAMES);
    if (PyGen_CheckExact(object) || PyCoro_CheckExact(object) ||
        PyAsyncGen_CheckExact(object))
        return fits ? rg__read_generator(reader) : RG_OK;
    if (PyFrame_Check(object))
        return fits ? rg__read_frame_object(reader) : RG_OK;
    if (PyType_Check(object))
        return rg__read_class(reader);
    if (PyContext_CheckExact(object))
        return rg__read_context(reader);
    if (rg__c_is(types, object, RG__C_THREAD_LOCAL))
        return rg__read_thread_local(reader);
    if (reader->snapshot->greenlets.are_there &&
        rg__c_is(types, object, RG__C_GREENLET))
        return rg__read_greenlet(reader);
    return read_container(reader);
}

static enum rg_status read_referrer(struct rg__reader *reader)
{
    struct rg__namespace *namespace =
        rg__find_namespace(reader->snapshot, reader->object);
    if (namespace != NULL)
        return rg__read_namespace(reader, namespace);
    const struct rg__container *container =
        rg__find_container(reader->snapshot, reader->object);
    if (container != NULL)
        return rg__read_container(reader, container);
    if (rg__has_state(reader->snapshot, reader->object))
        return rg__read_state(reader);
    if (rg__surrounding_of(reader->snapshot, reader->object) == RG__RUNNER)
        reader->furniture = RG__PYTEST;
    enum rg_status status = read_special(reader);
    /* What a class calls its __dict__ is the namespace read already. */
    if (status == RG_OK && !PyType_Check(reader->object))
        status = rg__read_attributes(reader);
    if (status == RG_OK)
        status = rg__read_members(reader);
    if (status == RG_OK)
        status = read_class_of(reader);
    reader->furniture = RG__NO_FURNITURE;
    return status;
}

/* Items from which on it pays to look through an array for one of them. */
enum { LONG_ARRAY = 64 };

bool rg__is_long(void *context, const struct rg_node *referrer)
{
    struct rg__snapshot *snapshot = context;
    PyObject *object = (PyObject *)referrer->address;
    return object != NULL && !(referrer->role & RG_ROLE_FOLDS) &&
           (PyList_CheckExact(object) || PyTuple_CheckExact(object)) &&
           Py_SIZE(object) >= LONG_ARRAY &&
           rg__find_container(snapshot, object) == NULL &&
           !rg__has_state(snapshot, object) &&
           rg__surrounding_of(snapshot, object) != RG__RUNNER;
}

enum rg_status rg__read_recorded(struct rg__reader *reader,
                                 const struct rg_node *referrer)
{
    struct rg__snapshot *snapshot = reader->snapshot;
    reader->object = (PyObject *)referrer->address;
    return reader->object != NULL
               ? read_referrer(reader)
               : rg__read_root(
                     reader,
                     &snapshot->roots
                          .items[snapshot->table.object[referrer->object]]);
}

enum rg_status rg__read(void *context, const struct rg_node *referrer,
                        struct rg_reading *reading)
{
    struct rg__snapshot *snapshot = context;
    struct rg__reader reader = {.snapshot = snapshot,
                                .reading = reading,
                                .owner = snapshot->owner,
                                .label = snapshot->label};
    enum rg_status status = rg__read_recorded(&reader, referrer);
    snapshot->owner = reader.owner;
    snapshot->label = reader.label;
    return status;
}
