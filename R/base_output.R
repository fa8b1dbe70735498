# Files where users want them: written aside, as a hidden file of the same
# folder, and renamed. One that is there is replaced by a whole one or stays.

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
    left <- list.files(folder, "^[.]clustcr-[0-9a-f]+[.]part$",
        all.files = TRUE, full.names = TRUE)
    for (path in left) {
        if (is_link(path) || dir.exists(path)) next
        # Another user's can't be opened, and is that user's.
        tryCatch({
            lock <- cpp_lock_take(path, "", 0)
            if (!is.null(lock)) cpp_lock_release(lock, path)
        }, clustcr_error = function(e) NULL)
    }
}

cant_write <- function(path, reason) {
    raise_error("io", paste0(
        if (nzchar(path)) paste0("'", path, "'") else "the standard output",
        " can't be written: ", reason
    ))
}
