# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # variables are shared with the script that sources this
# Tells the server of this pod what has changed in its Secrets: passwords at once, and certificates. Runs beside the server as long as that lives, since
# the files of a mounted Secret change under it. Needs `own_password`, which the server takes now, and the functions password_commands, which prints what
# the server is to be told, and apply_certificates, which answers whether it succeeded.

watch_pause_s=2

# Before the configuration is written, so that no change is missed in between.
remember_files() {
  known_passwords=$(fingerprint_passwords)
  known_certificates=$(fingerprint_certificates)
  publish_passwords
}

watch_files() {
  # Not after the server: the process id is the one that `exec` keeps.
  while kill -0 $$ 2>/dev/null; do
    sleep "$watch_pause_s"
    passwords=$(fingerprint_passwords)
    if [ "$passwords" != "$known_passwords" ] && apply_passwords; then
      log 'took over the passwords that have changed'
      known_passwords=$passwords
      publish_passwords
      # The one to log in with next time.
      password=$(cat "$1") && own_password=$password
    fi
    certificates=$(fingerprint_certificates)
    if [ "$certificates" != "$known_certificates" ] && apply_certificates; then
      log 'took over the certificate that has changed'
      known_certificates=$certificates
    fi
  done
}

# A line HASH FILE for each file that is there.
fingerprint_passwords() {
  set --
  for file in "$REDIS_PASSWORD_FILE" "${SENTINEL_PASSWORD_FILE-}" "${APP_PASSWORD_FILE-}" "${REPLICATION_PASSWORD_FILE-}" "${EXPORTER_PASSWORD_FILE-}"; do
    [ -z "$file" ] || set -- "$@" "$file" "$file-next" "$file-previous"
  done
  sha256sum "$@" 2>/dev/null || :
}

fingerprint_certificates() {
  [ -z "${TLS_DIR-}" ] || sha256sum "$TLS_DIR/tls.crt" "$TLS_DIR/tls.key" "$TLS_DIR/ca.crt" 2>/dev/null || :
}

# For `moorline secrets rotate`, which goes on once every server has what it changed.
publish_passwords() {
  line "$known_passwords" >"$RUN_DIR/passwords.new"
  mv "$RUN_DIR/passwords.new" "$RUN_DIR/passwords"
}

# All or nothing: a file that is missing is about to come.
apply_passwords() {
  commands=$(password_commands) && answers=$(line "$commands" | ask_self "$own_password") && all_ok
}

# Are the words of `answers` all OK, and is there one?
all_ok() {
  for answer in $answers; do
    [ "$answer" = OK ] || return 1
  done
  [ -n "$answers" ]
}
