/* What every test includes: cmocka with the headers that it wants before itself. */
#ifndef EXCHAIN_TESTS_TEST_H
#define EXCHAIN_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#endif
