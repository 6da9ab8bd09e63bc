/* error.h - status codes and the error record that every room fills in
 *
 * A function that can fail returns an enum rg_status (RG_OK is 0) or, where it
 * returns a pointer, NULL.  The words for a person go into a struct rg_error
 * that the caller owns; passing NULL for it is allowed everywhere. */
#ifndef RG_BASE_ERROR_H
#define RG_BASE_ERROR_H

enum rg_status {
    RG_OK = 0,
    RG_ENOMEM,     /* an allocation failed */
    RG_EINVAL,     /* an argument has a value it may not have */
    RG_EIO,        /* reading or writing failed */
    RG_EFORMAT,    /* input does not follow its format */
    RG_ELIMIT,     /* something is larger than this program can count */
    RG_ETIMEOUT,   /* the time allowed has passed */
    RG_EINTERRUPT, /* the user interrupted (Ctrl-C) */
    RG_EINTERNAL   /* an invariant does not hold: a defect of ours */
};

enum { RG_ERROR_TEXT_SIZE = 256 };

/* One failure: what kind, and one line (no newline) that says what to do. */
struct rg_error {
    enum rg_status status;
    char text[RG_ERROR_TEXT_SIZE];
};

/* Fills *error (if not NULL) and returns `status`, so that a failing function
 * can end with `return rg_error_set(error, RG_EIO, "...")`.  A text longer
 * than the record is cut; `format` as in base/format.h. */
enum rg_status rg_error_set(struct rg_error *error, enum rg_status status,
                            const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Same, for the one failure whose text never varies. */
enum rg_status rg_error_no_memory(struct rg_error *error);

#endif
