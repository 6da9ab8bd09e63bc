/* xml.h - safe text on its way into XML
 *
 * The text has been through label.h already; what is left are the characters
 * that mean something to XML, in text as in attribute values. */
#ifndef RG_RENDER_XML_H
#define RG_RENDER_XML_H

#include <stddef.h>

#include "base/sink.h"

/* The entity that takes the place of a byte, or NULL for itself. */
const char *rg_xml_entity(char byte);

void rg_xml_text(struct rg_sink *sink, const char *data, size_t size);

#endif
