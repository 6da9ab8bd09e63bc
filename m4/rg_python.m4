# RG_PYTHON_ASK(VARIABLE, EXPRESSION)
# Sets VARIABLE to what Python prints for EXPRESSION.
AC_DEFUN([RG_PYTHON_ASK], [
  $1=`"$PYTHON" -c 'import sys, sysconfig; print($2)' 2>&AS_MESSAGE_LOG_FD`
])

# RG_PYTHON_FIND
# Sets PYTHON (absolute, so that a version manager's wrapper script is passed
# once and not at every start), PYTHON_VERSION, EXT_SUFFIX, pythondir, and
# rg_python_gil to yes or no.
AC_DEFUN([RG_PYTHON_FIND], [
  AC_ARG_VAR([PYTHON], [the Python to build for, such as python3.11])
  AS_IF([test -z "$PYTHON"], [AC_CHECK_PROGS([PYTHON], [python3 python])])
  AC_MSG_CHECKING([which Python this is])
  RG_PYTHON_ASK([rg_python], [sys.executable])
  AS_IF([test -z "$rg_python"], [
    AC_MSG_RESULT([none])
    AS_IF([test -z "$PYTHON"],
      [RG_MISSING([Python], [python3], [python3])],
      [AC_MSG_ERROR([PYTHON=$PYTHON does not run])])
  ])
  PYTHON=$rg_python
  RG_PYTHON_ASK([PYTHON_VERSION], ["%d.%d" % sys.version_info@<:@:2@:>@])
  RG_PYTHON_ASK([rg_python_name],
    [getattr(getattr(sys, "implementation", sys), "name", "cpython")])
  RG_PYTHON_ASK([rg_python_gil],
    ["no" if sysconfig.get_config_var("Py_GIL_DISABLED") else "yes"])
  RG_PYTHON_ASK([EXT_SUFFIX], [sysconfig.get_config_var("EXT_SUFFIX")])
  AC_MSG_RESULT([$rg_python_name $PYTHON_VERSION, $PYTHON])
  AC_SUBST([PYTHON_VERSION])
  AC_SUBST([EXT_SUFFIX])

  # Said here and not asked from sysconfig: Debian's Python answers with
  # local/lib/python3.x/dist-packages, which is only right for /usr.
  AC_SUBST([pythondir], ['${prefix}/lib/python$(PYTHON_VERSION)/site-packages'])
])

# RG_PYTHON_HEADERS
# Sets PYTHON_CPPFLAGS.  The internal headers are part of the same packages.
# -isystem: warnings inside CPython's headers are not ours to mend.
AC_DEFUN([RG_PYTHON_HEADERS], [
  AC_ARG_VAR([PYTHON_CPPFLAGS],
    [where the headers of CPython are, when not where PYTHON says])
  AS_IF([test -z "$PYTHON_CPPFLAGS"], [
    RG_PYTHON_ASK([rg_include], [sysconfig.get_path("include")])
    RG_PYTHON_ASK([rg_platinclude], [sysconfig.get_path("platinclude")])
    PYTHON_CPPFLAGS="-isystem $rg_include"
    AS_IF([test "$rg_platinclude" != "$rg_include"],
      [PYTHON_CPPFLAGS="$PYTHON_CPPFLAGS -isystem $rg_platinclude"])
  ])

  AC_MSG_CHECKING([for the headers of CPython $PYTHON_VERSION, internal/ included])
  rg_save_CPPFLAGS=$CPPFLAGS
  CPPFLAGS="$CPPFLAGS $PYTHON_CPPFLAGS"
  AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_gc.h>
]])],
    [AC_MSG_RESULT([yes])],
    [AC_MSG_RESULT([no])
     RG_MISSING([the headers of CPython $PYTHON_VERSION (Python.h, internal/pycore_gc.h)],
       [python3-dev], [python3-devel])])
  CPPFLAGS=$rg_save_CPPFLAGS
])
