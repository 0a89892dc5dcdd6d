/* GSL as a whole: how it fails, and which version it is. */
#ifndef NUM_LIBRARY_H
#define NUM_LIBRARY_H

/* GSL's own error handler ends the process; after this call its functions return their status, which
 * every caller checks. First thing in main and in each test program. */
void num_library_init(void);
/* "2.7.1" */
const char *num_library_version(void);

#endif
