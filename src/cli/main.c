/* The program: finds the command and runs it. */
#include "config.h"
#include "base/mem.h"

int main(void)
{
	return 0;
}
