# Tests: TAP through automake's driver. Unit programs use cmocka, the command line is tested by shell.
TESTS =
check_PROGRAMS =
