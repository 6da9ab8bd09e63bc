#include "draw/pdf.h"

#include <string.h>

void rg__pdf_clear_date(struct rg_buffer *pdf)
{
    static const char key[] = "/CreationDate (D:";
    static const char date[] = "20000101000000";
    size_t key_size = sizeof key - 1, date_size = sizeof date - 1;
    for (size_t i = 0; i + key_size + date_size <= pdf->size; i++) {
        if (memcmp(pdf->data + i, key, key_size) != 0)
            continue;
        char *at = pdf->data + i + key_size;
        char *end = pdf->data + pdf->size;
        memcpy(at, date, date_size);
        /* The offset from UTC: +01'00 and the like. */
        for (at += date_size; at < end && *at != ')'; at++) {
            if (*at == '-' || *at == 'Z')
                *at = '+';
            else if (*at >= '0' && *at <= '9')
                *at = '0';
        }
    }
}
