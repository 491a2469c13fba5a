/** The texts that lie beside a Worker. */

export const WRANGLER_TOML = `# A Cloudflare Worker that keeps an atom trail. README.md says how to deploy it.
name = "atom-trail"
main = "worker.js"
compatibility_date = "2025-09-01"
compatibility_flags = ["nodejs_compat"]
# worker.js is whole already.
no_bundle = true

[[d1_databases]]
binding = "DB"
database_name = "atom-trail"
# As \`npx wrangler d1 create atom-trail\` says it.
database_id = "PUT-THE-ID-HERE"

# Contents above 64 KiB. Without these lines they lie in D1 too, which is fine for small trails.
# Once something was pushed, leave it as it is.
[[r2_buckets]]
binding = "CONTENTS"
bucket_name = "atom-trail"
`

export const WORKER_README = `# An atom trail on Cloudflare

A Worker in front of a D1 database, and an R2 bucket for large contents. It needs Node, wrangler 4 and a Cloudflare account.

    npx wrangler@4 login
    npx wrangler@4 d1 create atom-trail          # put the id that it says into wrangler.toml
    npx wrangler@4 r2 bucket create atom-trail   # or take the lines of R2 out of wrangler.toml
    npx wrangler@4 deploy                        # says the URL; nobody may ask yet
    npx wrangler@4 secret put ATOM_TOKENS < tokens.txt

Then, where the trail is:

    atom remote add cloud https://atom-trail.YOUR-NAME.workers.dev
    atom config --user http.https://atom-trail.YOUR-NAME.workers.dev.token -   # paste one of those that init-worker showed; or set ATOM_TOKEN
    atom push cloud --all

## Tokens

tokens.txt holds a line for each: ROLE:NAME:SHA-256 of the token. The tokens themselves were shown once and are kept nowhere; their hashes tell nobody what they are.

- reader: reads everything
- writer: also adds objects and moves refs; cannot remove an object
- admin: also drops objects, which a push after \`atom forget\` asks for

To take one back, remove its line and put the secret again. To make new ones, run \`atom remote init-worker\` with another folder and put the lines of its tokens.txt beside or in place of these.

## For scripts

    curl -H "Authorization: Bearer $ATOM_TOKEN" "$URL/atoms?type=DECISION&since=2025-01-01"
    curl -H "Authorization: Bearer $ATOM_TOKEN" "$URL/verify"
    curl -H "Authorization: Bearer $ATOM_TOKEN" "$URL/stats"
    atom log --json --since yesterday | jq -s . | curl -H "Authorization: Bearer $ATOM_TOKEN" -H "Content-Type: application/json" --data-binary @- "$URL/atom/sync"

The last one sends words alone: such ATOMs are \`unverified\`, and no backup, until a push brings their objects.

A newer atom brings a newer worker.js: lay out another folder, copy its worker.js here, deploy.
`
