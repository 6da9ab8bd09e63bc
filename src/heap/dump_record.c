/* dump_record.c - one reference, as it is told, into the dump */
#include <string.h>

#include "dump/redact.h"
#include "graph/graph.h"
#include "heap/dump_live.h"
#include "heap/word.h"

/* Words */

/* The text of a str, found again by its address: nothing changes meanwhile. */
static enum rg_status known_word(struct rg__recorder *recorder,
                                 struct rg__known_word *known, PyObject *str,
                                 bool in_brackets, uint32_t *text)
{
    struct rg__known_word *word =
        &known[((uintptr_t)str >> 4) % RG__WORD_SLOTS];
    if (word->str == str) {
        *text = word->text;
        return RG_OK;
    }
    enum rg_status status = RG_OK;
    recorder->words.size = 0;
    if (in_brackets)
        status = rg_buffer_put(&recorder->words, "[");
    if (status == RG_OK)
        status = rg__word_str(str, &recorder->words);
    if (status == RG_OK && in_brackets)
        status = rg_buffer_put(&recorder->words, "]");
    if (status == RG_OK)
        status = rg__record_words(recorder, text);
    if (status == RG_OK)
        *word = (struct rg__known_word){.str = str, .text = *text};
    return status;
}

enum rg_status rg__record_str(struct rg__recorder *recorder, PyObject *str,
                              uint32_t *text)
{
    return known_word(recorder, recorder->plain, str, false, text);
}

static enum rg_status owner_text_of(struct rg__recorder *recorder,
                                    const struct rg__told *told,
                                    uint32_t *owner)
{
    if (told->owner_text != NULL)
        return rg_texts_add(&recorder->dump->texts, told->owner_text->data,
                            told->owner_text->size, owner);
    if (told->owner != NULL && PyUnicode_Check(told->owner))
        return rg__record_str(recorder, told->owner, owner);
    *owner = recorder->owner;
    return RG_OK;
}

/* Labels */

/* What DevTools shows where there is no label: the kind, (key). */
static enum rg_status bare_label(struct rg__recorder *recorder,
                                 struct rg_dump_how *how, uint32_t *label)
{
    const char *word = how->mode == RG_DUMP_SILENT
                           ? "(plumbing)"
                           : rg_kind_words((enum rg_kind)how->kind)->suffix;
    how->flags |= RG_DUMP_BARE;
    return rg_texts_add(&recorder->dump->texts, word, strlen(word), label);
}

/* The words of the label that the scratch buffer holds. */
static enum rg_status finish_label(struct rg__recorder *recorder,
                                   struct rg_dump_how *how, uint32_t *label)
{
    struct rg_buffer *words = &recorder->words;
    enum rg_status status = RG_OK;
    if (recorder->dump->is_redacted &&
        rg_dump_is_hidden_key((enum rg_key_type)how->key_type)) {
        status = rg_dump_redact_key((enum rg_key_type)how->key_type,
                                    how->number, words);
        how->key_type = RG_KEY_CONSTANT;
    }
    if (status == RG_OK && how->kind == RG_ITEM) {
        how->flags |= RG_DUMP_BRACKETS;
        status = rg_buffer_put(words, "]");
        if (status == RG_OK && rg_buffer_append(words, "[", 1) < 0)
            status = RG_ENOMEM;
        if (status == RG_OK) {
            memmove(words->data + 1, words->data, words->size - 1);
            words->data[0] = '[';
        }
    }
    if (status == RG_OK && words->size == 0)
        return bare_label(recorder, how, label);
    return status == RG_OK ? rg__record_words(recorder, label) : status;
}

/* Whether the number is what the characters of the label say already. */
static void measure_number(struct rg_dump_how *how)
{
    if (how->key_type != RG_KEY_STR || how->number > 2 * RG__WORD_HALF)
        return;
    how->flags |= RG_DUMP_MEASURED;
    how->number = 0;
}

static enum rg_status key_label(struct rg__recorder *recorder, PyObject *key,
                                struct rg_dump_how *how, uint32_t *label)
{
    bool is_item = how->kind == RG_ITEM;
    if (PyUnicode_CheckExact(key) && !recorder->dump->is_redacted &&
        PyUnicode_GET_LENGTH(key) > 0 && !rg__may_have_address(key)) {
        if (how->key_type != RG_KEY_INNER)
            how->key_type = RG_KEY_STR;
        how->number = (uint64_t)PyUnicode_GET_LENGTH(key);
        how->flags |= is_item ? RG_DUMP_BRACKETS : 0;
        measure_number(how);
        if (how->key_type == RG_KEY_INNER)
            how->number = 0;
        return known_word(recorder,
                          is_item ? recorder->bracketed : recorder->plain, key,
                          is_item, label);
    }
    enum rg_key_type type;
    recorder->words.size = 0;
    enum rg_status status = rg__word_key(recorder->snapshot, key, &type,
                                         &recorder->words, &how->number);
    if (how->key_type == RG_KEY_INNER && !rg__is_said_key(type))
        how->number = 0;
    else
        how->key_type = type;
    return status == RG_OK ? finish_label(recorder, how, label) : status;
}

static enum rg_status position_label(struct rg__recorder *recorder,
                                     const struct rg__told *told,
                                     struct rg_dump_how *how, uint32_t *label)
{
    how->number = 0;
    if (how->flags & RG_DUMP_REAL && how->mode == RG_DUMP_TOLD) {
        if (told->index > UINT32_MAX)
            return RG_ELIMIT;
        *label = (uint32_t)told->index;
        return RG_OK;
    }
    char digits[24];
    size_t at = sizeof digits, number = told->index;
    digits[--at] = ']';
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    digits[--at] = '[';
    how->flags |= RG_DUMP_BRACKETS;
    return rg_texts_add(&recorder->dump->texts, digits + at, sizeof digits - at,
                        label);
}

static enum rg_status label_of(struct rg__recorder *recorder,
                               const struct rg__told *told,
                               struct rg_dump_how *how, uint32_t *label)
{
    if (how->mode == RG_DUMP_SILENT)
        return bare_label(recorder, how, label);
    if (told->label_text == NULL && told->key != NULL)
        return key_label(recorder, told->key, how, label);
    if (how->kind == RG_INDEX)
        return position_label(recorder, told, how, label);
    if (told->label_text == NULL && told->name != NULL &&
        PyUnicode_Check(told->name) && how->kind != RG_ITEM &&
        PyUnicode_GET_LENGTH(told->name) > 0)
        return rg__record_str(recorder, told->name, label);
    recorder->words.size = 0;
    enum rg_status status = RG_OK;
    if (told->label_text != NULL)
        status = rg_buffer_append(&recorder->words, told->label_text->data,
                                  told->label_text->size) < 0
                     ? RG_ENOMEM
                     : RG_OK;
    else if (told->name != NULL && PyUnicode_Check(told->name))
        status = rg__word_str(told->name, &recorder->words);
    else if (told->word != NULL)
        status = rg_buffer_put(&recorder->words, told->word);
    return status == RG_OK ? finish_label(recorder, how, label) : status;
}

/* References */

/* How a reference that the object really holds does so. */
static void add_grip(struct rg__recorder *recorder,
                     const struct rg_node *referent, uint32_t to,
                     struct rg_dump_how *how)
{
    const struct rg_witness *witness = &recorder->witness;
    how->flags |= RG_DUMP_REAL;
    how->grip = witness->grip(witness->context, &recorder->referrer, referent);
    how->link =
        PyType_Check((PyObject *)referent->address)
            ? rg__link(recorder->snapshot, &recorder->referrer, referent)
            : RG_LINK_REFERENCE;
    if (!recorder->may_be_uncounted)
        return;
    uint32_t most =
        witness->uncounted(witness->context, &recorder->referrer, referent);
    const struct rg_dump *dump = recorder->dump;
    size_t first = dump->first[dump->node_count - 1];
    for (size_t i = first; most > 0 && i < dump->reference_count; i++)
        most -= dump->to[i] == to &&
                rg_dump_how_of(dump, i)->flags & RG_DUMP_UNCOUNTED;
    how->flags |= most > 0 ? RG_DUMP_UNCOUNTED : 0;
}

static enum rg_status add_reference(struct rg__recorder *recorder, uint32_t to,
                                    const struct rg_dump_how *how,
                                    uint32_t label)
{
    struct rg_dump *dump = recorder->dump;
    uint32_t number;
    /* Alike ones come in rows: the items of a list. */
    if (dump->reference_count > 0 &&
        memcmp(rg_dump_how_of(dump, dump->reference_count - 1), how,
               sizeof *how) == 0)
        return rg_dump_refer(dump, to, dump->how[dump->reference_count - 1],
                             label);
    enum rg_status status = rg_dump_how(dump, how, &number);
    return status == RG_OK ? rg_dump_refer(dump, to, number, label) : status;
}

enum rg_status rg__record(struct rg__recorder *recorder,
                          const struct rg__told *told, enum rg_dump_mode mode)
{
    const struct rg_node referent = {.address = (uintptr_t)told->value};
    struct rg_dump_how how = {.mode = mode,
                              .kind = told->kind,
                              .key_type = told->key_type,
                              .number = told->index,
                              .root = told->is_root ? told->root : RG_NONE};
    uint32_t to = rg__place_of(&recorder->places, referent.address), label = 0;
    rg_code code;
    bool is_real = false;
    enum rg_status status = RG_OK;
    if (to == RG_NONE)
        return RG_OK;
    status = rg_poll(&recorder->poll, 1);
    if (status != RG_OK)
        return status;
    if (told->through_plumbing)
        how.flags |= RG_DUMP_THROUGH;
    else if (mode != RG_DUMP_INNER &&
             rg_regions_find(recorder->snapshot->table.regions,
                             referent.address, &code))
        status = rg__matching_take(&recorder->matching, code, &is_real);
    if (told->stands_in)
        how.flags |= RG_DUMP_INSTEAD;
    if (is_real)
        add_grip(recorder, &referent, to, &how);
    if (status == RG_OK)
        status = owner_text_of(recorder, told, &how.owner);
    if (status == RG_OK)
        status = label_of(recorder, told, &how, &label);
    return status == RG_OK ? add_reference(recorder, to, &how, label) : status;
}

enum rg_status rg__record_rest(struct rg__recorder *recorder)
{
    const struct rg__matching *matching = &recorder->matching;
    const struct rg_table *table = &recorder->snapshot->table;
    enum rg_status status = RG_OK;
    for (uint32_t k = matching->cursor; status == RG_OK && k < matching->count;
         k++) {
        if (matching->told[k])
            continue;
        uint32_t to = rg__place_of(
            &recorder->places,
            rg_regions_address(table->regions, matching->referents[k]));
        if (to == RG_NONE)
            continue; /* what the walk did not reach in time */
        struct rg_node referent = {.address = rg_table_address(table, to - 1)};
        struct rg_dump_how how = {.mode = RG_DUMP_UNNAMED,
                                  .kind = RG_UNNAMED,
                                  .root = RG_NONE,
                                  .owner = recorder->type_name};
        uint32_t label;
        add_grip(recorder, &referent, to, &how);
        status = bare_label(recorder, &how, &label);
        if (status == RG_OK)
            status = add_reference(recorder, to, &how, label);
    }
    return status;
}

/* Weak references, and what hangs below */

enum rg_status rg__record_weak(struct rg__recorder *recorder, PyObject *weak)
{
    PyObject *referent, *container;
    const char *word =
        rg__weak_parts(recorder->snapshot, weak, &referent, &container);
    struct rg_dump_how how = {.mode = RG_DUMP_WEAK,
                              .kind = RG_WEAK,
                              .root = RG_NONE,
                              .owner = recorder->type_name};
    uint32_t to = referent == NULL
                      ? RG_NONE
                      : rg__place_of(&recorder->places, (uintptr_t)referent);
    uint32_t label;
    enum rg_status status = RG_OK;
    if (to == RG_NONE)
        return RG_OK;
    if (word != NULL)
        status = rg_texts_add(&recorder->dump->texts, word, strlen(word),
                              &how.owner);
    if (status == RG_OK)
        status = bare_label(recorder, &how, &label);
    if (status == RG_OK)
        status = add_reference(recorder, to, &how, label);
    to = container == NULL
             ? RG_NONE
             : rg__place_of(&recorder->places, (uintptr_t)container);
    how.mode = RG_DUMP_WEAK_OWNER;
    return status == RG_OK && to != RG_NONE
               ? add_reference(recorder, to, &how, label)
               : status;
}

enum rg_status rg__record_below(struct rg__recorder *recorder, uint32_t node,
                                const char *label, size_t size)
{
    const struct rg_dump_how how = {
        .mode = RG_DUMP_BELOW, .kind = RG_UNNAMED, .root = RG_NONE};
    uint32_t text;
    enum rg_status status =
        rg_texts_add(&recorder->dump->texts, label, size, &text);
    return status == RG_OK ? add_reference(recorder, node, &how, text) : status;
}
