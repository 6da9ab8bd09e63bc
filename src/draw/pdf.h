/* pdf.h - the same PDF on every run */
#ifndef RG_DRAW_PDF_H
#define RG_DRAW_PDF_H

#include "base/buffer.h"

/* Overwrites the date of creation in place, byte by byte: the offsets in the
 * file stay what they are.  A PDF without one is left alone. */
void rg__pdf_clear_date(struct rg_buffer *pdf);

#endif
