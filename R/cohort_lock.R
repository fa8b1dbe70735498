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
            "`directory` must be one that nobody is at work in; ",
            holder_of(path), ", works in '", directory, "'. Call again when ",
            "it has ended, or give a larger `wait`, which is ",
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
# where its content says that it is ours, and the folders that are empty then.
# Calls remove_store() meanwhile, where the directory is ours.
remove_cohort <- function(directory, wait, remove_store) {
    if (!length(directory) || !is_cohort(directory)) return(remove_store())
    release <- lock_cohort(directory, wait)
    locked <- TRUE
    on.exit(if (locked) release())
    remove_store()
    # One made anew since is another's.
    if (cpp_store_exists(directory)) return(invisible())
    folder <- file.path(directory, "cohort")
    made <- file.exists(file.path(folder, "made"))
    inside <- list.files(folder)
    ours <- intersect(inside, c("arguments.tsv", "files.tsv", "clusters.rds"))
    ours <- ours[vapply(ours, function(name) is_ours(folder, name), NA)]
    # What a killed call has not finished, and a mark.
    aside <- grep(paste0("^((arguments[.]tsv|files[.]tsv|clusters[.]rds)-",
        "[0-9a-f]+|staged-[0-9a-f]{32}[.]rds(-[0-9a-f]+)?)$"), inside,
        value = TRUE)
    mark <- if (made && file.size(file.path(folder, "made")) == 0) "made"
    file.remove(file.path(folder, c(ours, aside, mark)))
    # What workers of a killed call had drawn.
    unlink(grep("/drawn-[0-9a-f]+$", list.dirs(folder, recursive = FALSE),
        value = TRUE), recursive = TRUE)
    release()
    locked <- FALSE
    remove_if_empty(folder)
    if (made) remove_if_empty(directory)
    invisible()
}

# file.remove() takes empty folders, and nothing that is in others.
remove_if_empty <- function(folder) {
    if (!length(list.files(folder, all.files = TRUE, no.. = TRUE))) {
        suppressWarnings(file.remove(folder))
    }
}

is_cohort <- function(directory) {
    folder <- file.path(directory, "cohort")
    dir.exists(folder) && is_ours(folder, "arguments.tsv")
}

is_ours <- function(folder, name) {
    path <- file.path(folder, name)
    if (!file.exists(path) || dir.exists(path)) return(FALSE)
    tryCatch({
        if (name == "clusters.rds") {
            methods::is(readRDS(path), "RepertoireClusters")
        } else {
            first <- c(arguments.tsv = "name", files.tsv = "repertoire_id")
            names(read_checked(path))[1L] == first[[name]]
        }
    }, error = function(e) FALSE, warning = function(w) FALSE)
}
