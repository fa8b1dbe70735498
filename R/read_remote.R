# Files of the net, by curl into the folder that R keeps for caches. One that
# is there is not fetched again: `unlink(tools::R_user_dir("clustcr", "cache"),
# recursive = TRUE)` forgets them all.

is_remote <- function(file) grepl("^https?://", file, ignore.case = TRUE)

# The path of a file, also of one that an address names.
local_file <- function(file) {
    if (!is_remote(file)) return(file)
    need_package("curl", "a file of the net")
    path <- cached_path(file)
    if (file.exists(path)) return(path)
    dir.create(dirname(path), FALSE, TRUE)
    # Never half a file under its name.
    part <- tempfile("part-", dirname(path))
    on.exit(unlink(part))
    tryCatch(curl::curl_download(file, part, quiet = TRUE),
        error = function(e) {
            raise_error("io", paste0(shown_file(file), " can't be fetched: ",
                conditionMessage(e)))
        })
    if (!file.rename(part, path)) {
        raise_error("io", paste0("the cache '", dirname(path),
            "' must be writable"))
    }
    inform("fetched", "Fetched ", shown_file(file), " to '", path, "'.")
    path
}

local_files <- function(files) {
    vapply(files, local_file, "", USE.NAMES = FALSE)
}

# Called as the file, in a folder for the address.
cached_path <- function(file) {
    name <- basename(sub("[?#].*$", "", file))
    name <- gsub("[^A-Za-z0-9._-]", "_", utils::URLdecode(name))
    if (!nzchar(name)) name <- "file"
    file.path(tools::R_user_dir("clustcr", "cache"),
        cpp_md5(charToRaw(enc2utf8(file))), name)
}
