/* unit.h - what every unit test includes
 *
 * cmocka wants these four headers before its own.  A test program ends with
 *
 *     int main(void)
 *     {
 *         const struct CMUnitTest tests[] = {
 *             cmocka_unit_test(what_must_hold),
 *         };
 *         return cmocka_run_group_tests_name("room", tests, NULL, NULL);
 *     }
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
