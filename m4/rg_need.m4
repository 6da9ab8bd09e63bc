# RG_MISSING(WHAT, DEBIAN-PACKAGE, FEDORA-PACKAGE)
# Ends configure with the one line that says what to install.
AC_DEFUN([RG_MISSING], [AC_MSG_ERROR(
  [$1 not found; install $2 (Debian, Ubuntu) or $3 (Fedora)])])

# RG_NEED_CC
# A compiler that can build a program with the C library.  Looked at before
# AC_PROG_CC, whose own message names no package.  When cross-compiling, or
# when the user names a compiler, AC_PROG_CC is left to say what is wrong.
AC_DEFUN([RG_NEED_CC], [
  AS_IF([test -z "$CC" && test -z "$host_alias"], [
    AC_MSG_CHECKING([for a C compiler and the C library's headers])
    cat >conftest.c <<'_RG'
#include <stdio.h>
int main(void) { return puts("x") < 0; }
_RG
    rg_cc=none
    for rg_try in gcc cc clang; do
      AS_IF([$rg_try -o conftest conftest.c >&AS_MESSAGE_LOG_FD 2>&1],
        [rg_cc=$rg_try; break])
    done
    rm -f conftest conftest.c
    AC_MSG_RESULT([$rg_cc])
    AS_IF([test "$rg_cc" = none],
      [RG_MISSING([a working C compiler], [gcc and libc6-dev], [gcc])])
  ])
  AC_PROG_CC
])
