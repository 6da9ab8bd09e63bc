#include "render/xml.h"

const char *rg_xml_entity(char byte)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

void rg_xml_text(struct rg_sink *sink, const char *data, size_t size)
{
    rg_sink_replaced(sink, data, size, rg_xml_entity);
}
