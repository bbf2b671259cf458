# what the header must be, of a body on standard input: signature.sh KEY < body.json
printf 'sha256=%s\n' "$(openssl dgst -sha256 -hmac "$1" -binary | base64 -w0)"
