/* xml.h - a checker for the XML that Graphviz and we write */
#ifndef XML_H
#define XML_H

#include <stddef.h>

/* Fails the test, naming `what`, unless the bytes are one well-formed element:
 * tags balance, attributes are quoted, only the five entities and characters
 * that XML allows, all of it UTF-8.  No document type, no CDATA. */
void xml_check(const char *what, const char *data, size_t size);

#endif
