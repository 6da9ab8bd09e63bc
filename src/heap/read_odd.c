/* read_odd.c - containers of C beside list, tuple, dict and set
 *
 * What they hold has a place or a key like that of any container. */
#include "heap/cpython/containers.h"
#include "heap/read.h"

struct positions_read {
    struct rg__reader *reader;
    size_t next;
    enum rg_key_type reach;
};

static enum rg_status tell_position(void *context, PyObject *item)
{
    struct positions_read *read = context;
    return rg__tell(read->reader, &(struct rg__told){.value = item,
                                                     .kind = RG_INDEX,
                                                     .key_type = read->reach,
                                                     .index = read->next++});
}

static enum rg_status read_positions(struct rg__reader *reader,
                                     const PyTypeObject *type,
                                     enum rg_key_type reach)
{
    struct positions_read read = {.reader = reader, .reach = reach};
    return rg__positions_walk(reader->object, type, tell_position, &read);
}

static enum rg_status read_lru_cache(struct rg__reader *reader,
                                     const PyTypeObject *type)
{
    PyObject *cache = rg__lru_results(reader->object, type);
    PyObject *key, *value;
    Py_ssize_t position = 0;
    if (cache == NULL)
        return RG_OK;
    enum rg_status status = rg__fold_hidden(reader, cache, "cache");
    while (status == RG_OK && PyDict_Next(cache, &position, &key, &value)) {
        PyObject *result =
            rg__lru_link_result(&reader->snapshot->c_types, value, key);
        bool is_direct = result == NULL;
        status = rg__tell(
            reader, &(struct rg__told){.value = is_direct ? value : result,
                                       .kind = RG_ITEM,
                                       .key_type = RG_KEY_INNER,
                                       .key = key,
                                       .through_plumbing = is_direct});
        if (status == RG_OK)
            status = rg__tell(
                reader, &(struct rg__told){.value = key,
                                           .kind = RG_KEY,
                                           .through_plumbing = is_direct});
    }
    return status;
}

/* memoryview: what it shows stands behind a buffer that several may share. */
static enum rg_status read_memoryview(struct rg__reader *reader)
{
    PyObject *buffer = rg__memoryview_buffer(reader->object);
    if (buffer == NULL)
        return RG_OK;
    enum rg_status status = rg__fold_hidden(reader, buffer, "buffer");
    return status == RG_OK
               ? rg__tell(reader,
                          &(struct rg__told){
                              .value = rg__memoryview_object(reader->object),
                              .kind = RG_MEMBER,
                              .through_plumbing = true,
                              .word = "obj"})
               : status;
}

/* mappingproxy: a window on a dict, whose items it seems to have, or on
 * something else. */
static enum rg_status read_proxy(struct rg__reader *reader)
{
    PyObject *mapping = rg__proxy_mapping(reader->object), *key, *value;
    Py_ssize_t position = 0;
    if (mapping == NULL || !PyDict_CheckExact(mapping) ||
        rg__find_namespace(reader->snapshot, mapping) != NULL)
        return rg__tell(reader, &(struct rg__told){.value = mapping,
                                                   .kind = RG_MEMBER,
                                                   .key_type = RG_KEY_FIELD,
                                                   .word = "mapping"});
    enum rg_status status = rg__fold_hidden(reader, mapping, "mapping");
    while (status == RG_OK && PyDict_Next(mapping, &position, &key, &value))
        status = rg__tell(reader, &(struct rg__told){.value = value,
                                                     .kind = RG_ITEM,
                                                     .through_plumbing = true,
                                                     .key = key});
    return status;
}

static enum rg_status read_managed_buffer(struct rg__reader *reader)
{
    return rg__tell(
        reader, &(struct rg__told){.value = rg__buffer_object(reader->object),
                                   .kind = RG_MEMBER,
                                   .key_type = RG_KEY_FIELD,
                                   .word = "obj"});
}

static enum rg_status read_element(struct rg__reader *reader)
{
    PyObject *attributes, *const *children;
    Py_ssize_t count;
    if (!rg__element_parts(reader->object, &attributes, &children, &count))
        return RG_OK;
    enum rg_status status = rg__tell(
        reader, &(struct rg__told){
                    .value = attributes, .kind = RG_MEMBER, .word = "attrib"});
    for (Py_ssize_t i = 0; status == RG_OK && i < count; i++)
        status = rg__tell(reader, &(struct rg__told){.value = children[i],
                                                     .kind = RG_INDEX,
                                                     .index = (size_t)i});
    return status;
}

static enum rg_status read_xml_parser(struct rg__reader *reader,
                                      const PyTypeObject *type)
{
    const char *const *names;
    PyObject *const *handlers;
    size_t count = rg__xml_handlers(reader->object, type, &names, &handlers);
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < count; i++)
        status = rg__tell(reader, &(struct rg__told){.value = handlers[i],
                                                     .kind = RG_MEMBER,
                                                     .word = names[i]});
    return status;
}

enum rg_status rg__read_odd_container(struct rg__reader *reader)
{
    PyObject *object = reader->object;
    const struct rg__c_answer *answer =
        rg__c_type(&reader->snapshot->c_types, Py_TYPE(object));
    if (Py_IS_TYPE(object, &PyDictProxy_Type))
        return read_proxy(reader);
    if (PyMemoryView_Check(object))
        return read_memoryview(reader);
    switch (answer->row == NULL ? RG__C_PLAIN : answer->row->kind) {
    case RG__C_DEQUE:
        return read_positions(reader, answer->type, RG_KEY_NONE);
    case RG__C_SIMPLE_QUEUE:
        return read_positions(reader, answer->type, RG_KEY_INNER);
    case RG__C_LRU_CACHE:
        return read_lru_cache(reader, answer->type);
    case RG__C_ELEMENT:
        return read_element(reader);
    case RG__C_XML_PARSER:
        return read_xml_parser(reader, answer->type);
    case RG__C_MANAGED_BUFFER:
        return read_managed_buffer(reader);
    default:
        return RG_OK;
    }
}
