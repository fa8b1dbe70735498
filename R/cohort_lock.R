# One call of clusterRepertoires() at a time works in a directory, and what it
# has put there is removed with the store.

# The lock of a directory, taken: a function that gives it back. It says who
# has it, and ends with its process, however that ends.
lock_cohort <- function(directory, wait, say = function(...) NULL) {
    path <- cohort_path(directory, "lock")
    holder <- paste0("process ", Sys.getpid(), " on ", Sys.info()[["nodename"]],
        ", since ", format(Sys.time(), "%Y-%m-%d %H:%M:%S"), "\n")
    lock <- cpp_lock_take(path, holder, 0)
    if (is.null(lock) && wait > 0) {
        say("Waiting for ", holder_of(path), ", which works in '", directory,
            "'.")
        lock <- cpp_lock_take(path, holder, wait)
    }
    if (is.null(lock)) {
        raise_error("locked", paste0(
            "`directory` must not be in use; ",
            holder_of(path), ", works in '", directory, "'. Call again when ",
            "it has ended, or give a larger `wait` than ",
            shown_number(wait), " s"
        ))
    }
    function() cpp_lock_release(lock, path)
}

holder_of <- function(path) {
    line <- tryCatch(readLines(path, 1L, warn = FALSE),
        error = function(e) character(), warning = function(w) character())
    if (length(line) && nzchar(line)) line else "another process"
}

# Removes what clusterRepertoires() has put into a directory, each file only
# where its content says that it is ours, and the folders that are empty then,
# once remove() has removed the store.
clear_cohort <- function(directory, wait, remove) {
    release <- lock_cohort(directory, wait)
    locked <- TRUE
    on.exit(if (locked) release())
    remove()
    # It stays, or is another's, who made it anew.
    if (cpp_store_exists(directory)) return(invisible())
    locked <- FALSE
    remove_cohort_folder(directory, release)
}

# Calls remove() with what lies beside the store, where the directory is ours.
remove_cohort <- function(directory, wait, remove) {
    if (!length(directory) || !is_cohort(directory)) return(remove())
    clear_cohort(directory, wait, remove)
}

register("guard", "cohort", remove_cohort)

# After a first call that failed: where nothing was read nothing stays, which
# would hold the next call to the arguments of this one.
forget_cohort <- function(directory) {
    remove <- function() {
        if (!cpp_store_exists(directory)) return()
        store <- open_store(directory)
        staged <- list.files(file.path(directory, "shards", "staged"))
        if (!length(staged) && !length(cpp_store_batches(store)$name)) {
            cpp_store_remove(store, "", 0)
        }
    }
    tryCatch(clear_cohort(directory, 0, remove),
        clustcr_error = function(e) NULL)
    invisible()
}

# The lock is one of its files, and is given back in between.
remove_cohort_folder <- function(directory, release) {
    folder <- file.path(directory, "cohort")
    made <- tryCatch(remove_cohort_files(folder), finally = release())
    remove_if_empty(folder)
    if (made) remove_if_empty(directory)
    invisible()
}

# Whether the directory was made for it.
remove_cohort_files <- function(folder) {
    inside <- list.files(folder)
    paths <- file.path(folder, inside)
    ours <- vapply(inside, function(name) is_ours(folder, name), NA)
    unlink(paths[ours])
    # What workers of a killed call had drawn.
    remove_task_folders(folder)
    mark <- file.path(folder, "made")
    made <- file.exists(mark)
    if (made && !is_link(mark) && isTRUE(file.size(mark) == 0)) unlink(mark)
    made
}
