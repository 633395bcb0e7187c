# package_name: fails unless NAME is a package's name in a registry, with its @scope/ or without.
package_name() {
    need NAME
    local part='[A-Za-z0-9~][A-Za-z0-9._~-]*'
    [[ ${#NAME} -le 214 && $NAME =~ ^(@$part/)?$part$ ]] || fail "$bad_data" "NAME '$NAME' is not the name of an npm package"
}
