#define PY_SSIZE_T_CLEAN
#include "module/records.h"

#include "view/view_records.h"

const char rg__records_doc[] =
    "records($module, /)\n"
    "--\n"
    "\n"
    "What a graph and a view consist of: \"graph\" and \"view\", lists of\n"
    "records, each with its fields, in the order of the lines.";

static const char *const type_words[] = {
    [RG_FIELD_NUMBER] = "number", [RG_FIELD_SIGNED] = "signed",
    [RG_FIELD_INDEX] = "index",   [RG_FIELD_LINK] = "link",
    [RG_FIELD_WORD] = "word",     [RG_FIELD_FLAGS] = "flags",
    [RG_FIELD_TEXT] = "text",     [RG_FIELD_SECONDS] = "seconds",
    [RG_FIELD_SWITCH] = "switch", [RG_FIELD_ADDRESS] = "address"};

static const char *const redaction_words[RG_REDACTION_COUNT] = {
    [RG_REDACT_UNKNOWN] = "unknown",
    [RG_KEEP] = "keep",
    [RG_HIDE_KEY] = "key",
    [RG_HIDE_KEY_TYPE] = "key_type",
    [RG_HIDE_KEY_LENGTH] = "key_length",
    [RG_HIDE_FOLDER] = "folder",
    [RG_HIDE_TASK] = "task",
    [RG_HIDE_THREAD] = "thread",
    [RG_HIDE_OWNER] = "owner",
    [RG_HIDE_VALUE] = "value"};

static int append_take(PyObject *list, PyObject *item)
{
    int result = item == NULL ? -1 : PyList_Append(list, item);
    Py_XDECREF(item);
    return result;
}

/* The words of a WORD, the names of FLAGS; else an empty list. */
static PyObject *field_words(const struct rg_field *field)
{
    PyObject *list = PyList_New(0);
    const char *word;
    for (unsigned i = 0;
         list != NULL && field->word != NULL && (word = field->word(i)) != NULL;
         i++)
        if (append_take(list, PyUnicode_FromString(word)) < 0)
            Py_CLEAR(list);
    for (const struct rg_flag *flag = field->flags;
         list != NULL && flag != NULL && flag->name != NULL; flag++)
        if (append_take(list, PyUnicode_FromString(flag->name)) < 0)
            Py_CLEAR(list);
    return list;
}

static PyObject *field_dict(const struct rg_field *field)
{
    return Py_BuildValue(
        "{szssssszsNsNsNsNsz}", "name", field->name, "type",
        type_words[field->type], "redaction", redaction_words[field->redaction],
        "of", field->of == NULL ? NULL : field->of->word, "words",
        field_words(field), "only_in_lines",
        PyBool_FromLong(field->only_in_lines), "not_zero",
        PyBool_FromLong(field->not_zero), "may_lack",
        PyBool_FromLong(field->may_lack), "about", field->about);
}

static PyObject *row_dict(const struct rg_record *row)
{
    PyObject *fields = PyList_New(0);
    for (size_t i = 0; fields != NULL && i < row->field_count; i++)
        if (append_take(fields, field_dict(&row->fields[i])) < 0)
            Py_CLEAR(fields);
    return Py_BuildValue("{ssszszsNsN}", "word", row->word, "name", row->name,
                         "about", row->about, "is_single",
                         PyBool_FromLong(row->is_single), "fields", fields);
}

static PyObject *row_list(const struct rg_record *rows, int count)
{
    PyObject *list = PyList_New(0);
    for (int i = 0; list != NULL && i < count; i++)
        if (append_take(list, row_dict(&rows[i])) < 0)
            Py_CLEAR(list);
    return list;
}

PyObject *rg__records(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    return Py_BuildValue("{sNsN}", "graph",
                         row_list(rg_graph_records, RG_RECORD_COUNT), "view",
                         row_list(rg_view_records, RG_VIEW_RECORD_COUNT));
}
