# A reminder that somebody asked for in `clawtap guide`. Android runs it every quarter of an hour; once the time
# has come it takes itself away and checks.
#
# Before this text stand, quoted: prefix, job, due (seconds since 1970); after it the line that checks.
# shellcheck shell=sh disable=SC2154

PATH=$prefix/bin:$PATH
[ "$(date +%s)" -ge "$due" ] || exit 0
rm -f -- "$0"
termux-job-scheduler --cancel --job-id "$job"
