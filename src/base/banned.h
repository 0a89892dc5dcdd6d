/*
 * Functions that have no place here: they overflow, read the locale or the clock, or keep hidden
 * state. Included last, by files that want the check; tests/arch runs it over all of src.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets
#pragma GCC poison localtime gmtime ctime asctime mktime strftime setlocale rand srand
#pragma GCC poison system popen tmpnam

#endif
