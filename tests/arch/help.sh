#!/bin/sh
# The manual and the completion say what the program says. Every command, subcommand and option that
# the program knows stands in forecast.1 and the other way round; so does every setting; mandoc finds
# nothing to complain of; the completion offers the same words.
. "${srcdir:-.}/tests/tap.sh"
manual=$srcdir/src/cli/forecast.1

# manual_words FILE: "COMMAND [SUBCOMMAND] [--option]", one a line, as `forecast help --words` has it.
# In COMMANDS each command and subcommand is a .Ss, each of its options an .It Fl with the long name as
# its last flag (.It Fl c , Fl Fl config Ar FILE); the options of every command stand in OPTIONS.
manual_words() {
	awk '
	$1 == ".Sh" { section = $2; where = "" }
	section == "COMMANDS" && $1 == ".Ss" {
		where = $2
		for (i = 3; i <= NF; i++)
			where = where " " $i
		print where
	}
	(section == "COMMANDS" || section == "OPTIONS") && $1 == ".It" && $2 == "Fl" {
		for (i = 2; i < NF; i++)
			if ($i == "Fl" && $(i + 1) == "Fl")
				print (section == "OPTIONS" ? "" : where " ") "--" $(i + 2)
	}' "$1" | sort
}

# manual_settings FILE: keys of the table of settings.
manual_settings() {
	awk '$1 == ".Sh" { section = $2 } section == "SETTINGS" && $1 == ".It" { print $3 }' "$1" | sort
}

# The two sides, one line for each difference.
differences() {
	comm -23 "$1" "$2" | sed 's/^/only the program: /'
	comm -13 "$1" "$2" | sed 's/^/only the manual: /'
}

runs 'the program lists its words' 0 forecast help --words
sort out >program
manual_words "$manual" >in_manual
is 'program and manual have the same commands and options' "$(differences program in_manual)" ''

forecast config show --format csv 2>/dev/null | sed 1d | cut -d , -f 1 | sort >keys
manual_settings "$manual" >manual_keys
is 'program and manual have the same settings' "$(differences keys manual_keys)" ''

# Every command answers --help, help COMMAND gives the same text, and each option stands in it.
answers() {
	grep -v -e '--' program | while read -r words; do
		# shellcheck disable=SC2086 # a command and its subcommand
		forecast $words --help >by_option 2>&1 || echo "$words --help"
		# shellcheck disable=SC2086
		forecast help $words >by_command 2>&1 || echo "help $words"
		cmp -s by_option by_command || echo "help $words differs from $words --help"
		sed -n "s/^$words --/--/p" program | while read -r option; do
			grep -q -e "$option\\b" by_option || echo "$words --help lacks $option"
		done
	done
}
is 'every command answers --help and help the same' "$(answers)" ''

# No help is wider than a terminal of 80 columns.
wide() {
	{ echo; grep -v -e '--' program; } | while read -r words; do
		# shellcheck disable=SC2086
		forecast $words --help | awk -v words="$words" 'length($0) > 80 { print words ": " $0 }'
	done
}
is 'every help fits into 80 columns' "$(wide)" ''

if command -v mandoc >/dev/null 2>&1; then
	is 'mandoc finds nothing in the manual' "$(mandoc -Tlint -Wwarning "$manual" 2>&1)" ''
	is 'the manual fits into 80 columns' "$(mandoc -Tascii -O width=80 "$manual" | sed 's/.\x08//g' | awk 'length($0) > 80')" ''
else
	skip 2 'mandoc is not installed'
fi

# complete WORD ...: what the completion offers for the last word.
complete_words() {
	bash -c '
	source "$0"
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	_forecast
	printf "%s\n" "${COMPREPLY[@]}"' "$srcdir/src/cli/completion/forecast" "$FORECAST" "$@" | sort
}
completed() {
	complete_words '' >offered
	grep -v '[ -]' program >known
	differences known offered
	grep -v -e '--' program | while read -r words; do
		# shellcheck disable=SC2086
		complete_words $words -- >offered
		{ grep '^--' program; sed -n "s/^$words --/--/p" program; } | sort -u >known
		differences known offered | sed "s/^/$words: /"
	done
}
if command -v bash >/dev/null 2>&1; then
	is 'the completion offers the same words' "$(completed)" ''
else
	skip 1 'bash is not installed'
fi

# The look into the manual can fail: one command and one option less, one more.
sed -e '/^\.Ss run$/d' -e 's/Fl Fl json/Fl Fl jason/' "$manual" >worse.1
manual_words worse.1 >worse
found=$(differences program worse)
like 'finds a command that the manual lacks' "$found" '^only the program: run$'
like 'finds an option that the manual lacks' "$found" '^only the program: --json$'
like 'finds an option that the program lacks' "$found" '^only the manual: --jason$'
done_testing
