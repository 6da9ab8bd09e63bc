#include "render/literal.h"

#include <string.h>

static const char *const keywords[] = {
    "False",  "None",   "True",    "and",      "as",       "assert", "async",
    "await",  "break",  "class",   "continue", "def",      "del",    "elif",
    "else",   "except", "finally", "for",      "from",     "global", "if",
    "import", "in",     "is",      "lambda",   "nonlocal", "not",    "or",
    "pass",   "raise",  "return",  "try",      "while",    "with",   "yield"};

static bool is_word(const char *data, size_t size, const char *word)
{
    return size == strlen(word) && memcmp(data, word, size) == 0;
}

static bool is_keyword(const char *data, size_t size)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (is_word(data, size, keywords[i]))
            return true;
    return false;
}

/* Letters beyond ASCII are believed to be letters. */
static bool is_letter(unsigned char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '_' || byte >= 0x80;
}

bool rg__is_identifier(const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)data[i];
        bool is_digit = byte >= '0' && byte <= '9';
        if (!is_letter(byte) && (!is_digit || i == 0))
            return false;
    }
    return size != 0 && !is_keyword(data, size);
}

bool rg__is_dotted_name(const char *data, size_t size)
{
    size_t start = 0;
    for (size_t i = 0; i <= size; i++) {
        if (i < size && data[i] != '.')
            continue;
        if (!rg__is_identifier(data + start, i - start))
            return false;
        start = i + 1;
    }
    return true;
}

static bool contains(const char *data, size_t size, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= size; i++)
        if (memcmp(data + i, text, length) == 0)
            return true;
    return false;
}

bool rg__is_literal(const struct rg_graph *graph, const struct rg_step *step)
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    const char *data = rg_graph_bytes(graph, step->label);
    size_t size = step->label.size;
    bool is_cut = size != 0 && contains(data, size, ellipsis);
    switch ((enum rg_key_type)step->key_type) {
    case RG_KEY_STR: /* the whole of a short one may have such a character */
        return !is_cut || (step->number <= RG_WHOLE_KEY &&
                           !contains(data, size, "0x\xe2\x80\xa6"));
    case RG_KEY_NUMBER:
        return !is_word(data, size, "inf") && !is_word(data, size, "-inf") &&
               !is_word(data, size, "nan") && !contains(data, size, "int of") &&
               !contains(data, size, "...");
    case RG_KEY_BYTES:
    case RG_KEY_TUPLE:
        return !is_cut;
    case RG_KEY_NAMED:
    case RG_KEY_THREAD:
        return false;
    default:
        return true;
    }
}
