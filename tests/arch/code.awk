# C source without what is not code, line for line: comments become blanks, and the insides of
# strings too unless -v strings=1. Include lines stay whole, so that their paths can be read.
BEGIN { in_comment = 0 }
{
	line = $0
	out = ""
	if (!in_comment && line ~ /^[ \t]*#[ \t]*include/) {
		sub(/\/\*.*/, "", line)
		print line
		next
	}
	n = length(line)
	for (i = 1; i <= n; i++) {
		c = substr(line, i, 1)
		two = substr(line, i, 2)
		if (in_comment) {
			if (two == "*/") {
				in_comment = 0
				i++
			}
		} else if (two == "/*") {
			in_comment = 1
			out = out " "
			i++
		} else if (two == "//") {
			break
		} else if (c == "\"" || c == "'") {
			out = out c
			for (i++; i <= n && (d = substr(line, i, 1)) != c; i++) {
				if (strings)
					out = out d
				if (d == "\\") {
					i++
					if (strings)
						out = out substr(line, i, 1)
				}
			}
			out = out c
		} else {
			out = out c
		}
	}
	print out
}
