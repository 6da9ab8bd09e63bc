#include <string.h>

#include "draw/escape.h"
#include "failing_malloc.h"
#include "render/xml.h"
#include "unit.h"

typedef void escape(struct rg_sink *sink, const char *data, size_t size);

static void assert_escaped(escape *function, const char *text,
                           const char *expected)
{
    struct rg_buffer buffer = {0};
    struct rg_sink sink = rg_sink_to_buffer(&buffer);
    function(&sink, text, strlen(text));
    rg_sink_write(&sink, "", 1);
    assert_int_equal(sink.status, RG_OK);
    assert_string_equal(buffer.data, expected);
    rg_buffer_free(&buffer);
}

static void html_has_entities_and_double_backslashes(void **state)
{
    (void)state;
    assert_escaped(rg__escape_html, "plain", "plain");
    assert_escaped(rg__escape_html, "<a href=\"x\">&amp;",
                   "&lt;a href=&quot;x&quot;&gt;&amp;amp;");
    assert_escaped(rg__escape_html, "C:\\Names\\", "C:\\\\Names\\\\");
    assert_escaped(rg__escape_html, "\xc3\xa9\xf0\x9f\x90\x8d",
                   "\xc3\xa9\xf0\x9f\x90\x8d");
}

static void html_is_never_empty_and_keeps_its_spaces(void **state)
{
    (void)state;
    assert_escaped(rg__escape_html, "", "\xc2\xa0");
    assert_escaped(rg__escape_html, " ", "\xc2\xa0");
    assert_escaped(rg__escape_html, "a b", "a b");
    assert_escaped(rg__escape_html, " a  b ",
                   "\xc2\xa0"
                   "a\xc2\xa0 b\xc2\xa0");
}

static void tooltips_are_unescaped_twice(void **state)
{
    (void)state;
    assert_escaped(rg__escape_tooltip, "a\\N & <b> \"",
                   "a\\\\\\\\N &amp; <b> \"");
}

static void labels_are_unescaped_once(void **state)
{
    (void)state;
    assert_escaped(rg__escape_label, "a\\N & <b>\\", "a\\\\N &amp; <b>\\\\");
}

static void names_cannot_end_or_escape(void **state)
{
    (void)state;
    assert_escaped(rg__escape_name, "What refers to \"K\\\" & &#1;?",
                   "What refers to 'K/' + +#1;?");
}

static void xml_has_entities_only(void **state)
{
    (void)state;
    assert_escaped(rg_xml_text, "a < b > \"c\" & d\\e --> 'f'",
                   "a &lt; b &gt; &quot;c&quot; &amp; d\\e --&gt; 'f'");
    assert_escaped(rg_xml_text, "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_has_entities_and_double_backslashes),
        cmocka_unit_test(html_is_never_empty_and_keeps_its_spaces),
        cmocka_unit_test(tooltips_are_unescaped_twice),
        cmocka_unit_test(labels_are_unescaped_once),
        cmocka_unit_test(names_cannot_end_or_escape),
        cmocka_unit_test(xml_has_entities_only),
    };
    return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
