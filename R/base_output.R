# Files where users want them, and folders of files: written aside, as a hidden
# one of the same folder, and renamed. One that is there is replaced by a whole
# one or stays.

# The hidden file is locked as long as its writer lives, however that ends. So
# what a killed one has left is known, and goes when the next file is written
# to its folder.
write_output <- function(path, write) {
    folder <- dirname(path)
    sweep_unfinished(folder)
    aside <- open_aside(folder)
    on.exit(aside$release())
    write(aside$path)
    if (!suppressWarnings(file.rename(aside$path, path))) {
        cant_write(path, "the finished file can't be given its name")
    }
    invisible(path)
}

# The same of a folder, for write(folder). Beside the hidden folder stands the
# locked file that says that its writer lives. `own`: names of the files that a
# folder which is there may hold.
write_output_folder <- function(path, own, write) {
    check_output_folder(path, own)
    sweep_unfinished(dirname(path))
    aside <- open_aside(dirname(path))
    on.exit(aside$release())
    folder <- paste0(aside$path, "s")
    before <- paste0(aside$path, "s.before")
    on.exit(unlink(c(folder, before), recursive = TRUE), add = TRUE,
        after = FALSE)
    if (!dir.create(folder)) cant_write(path, "its folder can't be made")
    write(folder)
    there <- dir.exists(path)
    if (there && !suppressWarnings(file.rename(path, before))) {
        cant_write(path, "the folder that is there can't be replaced")
    }
    if (!suppressWarnings(file.rename(folder, path))) {
        if (there) file.rename(before, path)
        cant_write(path, "the finished folder can't be given its name")
    }
    invisible(path)
}

check_output_folder <- function(path, own) {
    if (!dir.exists(path)) return(check_place(path, "file"))
    others <- list.files(path, all.files = TRUE, no.. = TRUE)
    others <- others[!grepl(own, others)]
    if (length(others)) {
        raise_error("io", paste0("'", path, "' must be a new folder, or one ",
            "that was written so, which is replaced; it holds ",
            name_some(others, 3L)))
    }
}

is_packed <- function(file) endsWith(small_letters(file), ".gz")

# A file can be written there.
check_place <- function(file, name) {
    if (dir.exists(file) || !dir.exists(dirname(file))) {
        raise_error("io", paste0("`", name, "` must be a file in a folder ",
            "that is there, not '", file, "'"))
    }
}

# list(path, release): a file that others leave alone until it is released,
# which removes it where it has not been renamed.
open_aside <- function(folder) {
    repeat {
        path <- tempfile(".clustcr-", folder, ".part")
        lock <- tryCatch(cpp_lock_take(path, "", 0),
            clustcr_error_io = function(e) {
                # No locks there; but files?
                if (!file.exists(path)) stop(e)
                e
            })
        if (inherits(lock, "error")) {
            return(list(path = path, release = function() unlink(path)))
        }
        # Another has swept it away before it was locked.
        if (is.null(lock)) next
        return(list(path = path, release = function() {
            cpp_lock_release(lock, path)
        }))
    }
}

sweep_unfinished <- function(folder) {
    left <- list.files(folder, "^[.]clustcr-[0-9a-f]+[.]part(s([.]before)?)?$",
        all.files = TRUE, full.names = TRUE)
    for (path in unique(sub("s([.]before)?$", "", left))) {
        if (is_link(path) || dir.exists(path)) next
        folders <- setdiff(left[startsWith(left, path)], path)
        folders <- folders[dir.exists(folders) & !is_link(folders)]
        # Another user's can't be opened, and is that user's.
        tryCatch({
            lock <- cpp_lock_take(path, "", 0)
            if (!is.null(lock)) {
                unlink(folders, recursive = TRUE)
                cpp_lock_release(lock, path)
            }
        }, clustcr_error = function(e) NULL)
    }
}

cant_write <- function(path, reason) {
    raise_error("io", paste0(
        if (nzchar(path)) paste0("'", path, "'") else "the standard output",
        " can't be written: ", reason
    ))
}
