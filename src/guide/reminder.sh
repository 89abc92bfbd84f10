# A reminder that was requested in `clawtap guide`. Android runs this script every quarter of an hour; once it is due,
# it removes itself and its job, and checks.
#
# Before this text the variables are set: prefix, job, due (seconds since 1970); after it is the line that checks.
# shellcheck shell=sh disable=SC2154

PATH=$prefix/bin:$PATH
[ "$(date +%s)" -ge "$due" ] || exit 0
rm -f -- "$0"
termux-job-scheduler --cancel --job-id "$job"
