#include "base/error.h"

#include <stdarg.h>

#include "base/format.h"

enum rg_status rg_error_set(struct rg_error *error, enum rg_status status,
                            const char *format, ...)
{
    if (error == NULL)
        return status;
    va_list arguments;
    va_start(arguments, format);
    error->status = status;
    rg_format_list(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return status;
}

enum rg_status rg_error_no_memory(struct rg_error *error)
{
    return rg_error_set(error, RG_ENOMEM, "not enough memory");
}
