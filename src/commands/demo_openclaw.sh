# The sample gateway's openclaw. $1 is what is left of its Anthropic token, in ms; the rest is what clawtap asks.
# shellcheck shell=sh
left=$1
login() {
  printf '{"profileId":"%s","provider":"%s","type":"%s","status":"%s","remainingMs":%s}' "$@"
}
if [ "$left" -le 0 ]; then
  status=expired missing='"anthropic"' code=1
elif [ "$left" -lt 86400000 ]; then
  status=expiring missing='' code=2
else
  status=ok missing='' code=0
fi
token=$(login anthropic:claude-code anthropic token "$status" "$left")
codex=$(login openai:me@example.com openai oauth ok 2591188721)
key=$(login openrouter:default openrouter api_key static null)
printf '{"resolvedDefault":"anthropic/claude-opus-4-5","fallbacks":["openai/gpt-5.5"],"auth":{'
printf '"missingProvidersInUse":[%s],"modelRouteIssues":[],"runtimeAuthRoutes":[],' "$missing"
printf '"oauth":{"warnAfterMs":86400000,"profiles":[%s,%s,%s],"providers":[' "$token" "$codex" "$key"
printf '{"provider":"anthropic","effectiveProfiles":[%s]},' "$token"
printf '{"provider":"openai","effectiveProfiles":[%s]},' "$codex"
printf '{"provider":"openrouter","effectiveProfiles":[%s]}]}}}\n' "$key"
exit "$code"
