/* GSL as a whole. */
#include "config.h"
#include "num/library.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_version.h>

void num_library_init(void)
{
	gsl_set_error_handler_off();
}

const char *num_library_version(void)
{
	return gsl_version;
}
